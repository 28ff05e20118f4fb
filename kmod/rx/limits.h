/* SPDX-License-Identifier: GPL-2.0-only */
/* How much may wait in a network namespace, and for how long. */
#ifndef _VNENCAP_LIMITS_H
#define _VNENCAP_LIMITS_H

#include <net/inet_frag.h>
#include <net/netns/generic.h>

#include "rx/quota.h"

struct ctl_table_header;

/**
 * struct vnencap_limits - what may wait in a network namespace
 * @fqdir: the table, with its limits
 * @quotas: the hosts whose frames wait; NULL until there is a device
 * @peer_thresh: bytes that may wait of one peer
 * @fec_wait: how long a frame whose end has come waits for its parity, in jiffies
 * @sysctl: where these can be set
 */
struct vnencap_limits {
	struct fqdir *fqdir;
	struct vnencap_quotas *quotas;
	unsigned long peer_thresh;
	int fec_wait;
	struct ctl_table_header *sysctl;
};

extern unsigned int vnencap_limits_id;

/**
 * vnencap_limits_of - the limits of a namespace
 * @net: namespace of the substrate
 *
 * Context: any.
 * Return: them; they are there as long as the namespace is.
 */
static inline struct vnencap_limits *vnencap_limits_of(const struct net *net)
{
	return net_generic(net, vnencap_limits_id);
}

/**
 * vnencap_limits_timeout - how long a frame's parts are waited for
 * @net: namespace of the substrate
 *
 * Context: any.
 * Return: in jiffies.
 */
static inline unsigned long vnencap_limits_timeout(const struct net *net)
{
	return READ_ONCE(vnencap_limits_of(net)->fqdir->timeout);
}

/**
 * vnencap_limits_fec_wait - how long parity is waited for
 * @net: namespace of the substrate
 *
 * Context: any.
 * Return: in jiffies, from the end of the frame on; 0 for not at all.
 */
static inline unsigned long vnencap_limits_fec_wait(const struct net *net)
{
	return READ_ONCE(vnencap_limits_of(net)->fec_wait);
}

/**
 * vnencap_limits_party - whom frames of a host in a VNI count for
 * @net: namespace of the substrate, where there is a device
 * @addr: the host's address
 * @vni: virtual network identifier
 *
 * Context: any.
 * Return: as vnencap_quota_party().
 */
static inline struct vnencap_party
vnencap_limits_party(const struct net *net, const struct vnencap_addr *addr,
		     u32 vni)
{
	return vnencap_quota_party(vnencap_limits_of(net)->quotas, addr, vni);
}

#ifdef VNENCAP_TESTS
int vnencap_limits_set_timeout(struct net *net, int timeout);
int vnencap_limits_set_fec_wait(struct net *net, int wait);
#endif

int vnencap_limits_start(struct net *net);

int vnencap_limits_init(struct inet_frags *frags);
void vnencap_limits_exit(void);

#endif /* _VNENCAP_LIMITS_H */
