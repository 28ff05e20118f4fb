/* SPDX-License-Identifier: GPL-2.0-only */
/* The vnencap devices of a substrate's namespace, and where they receive. */
#ifndef _VNENCAP_SUBSTRATE_H
#define _VNENCAP_SUBSTRATE_H

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/hashtable.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "vnencap.h"

#define VNENCAP_SUBSTRATE_HASH_BITS	8
#define VNENCAP_SERVICE_HASH_BITS	6
#define VNENCAP_LOWER_HASH_BITS		6

/**
 * struct vnencap_substrate - what the vnencap devices of a namespace share
 * @rcu: readers may use it for a grace period after the last user left
 * @devices: the devices, by VNI; RCU, changed under RTNL
 * @links: the devices, by lower device and VNI; as @devices
 * @services: the addresses and ports at which devices that are up receive; as
 *	@devices
 * @ports: the ports of @services
 * @all: the devices in a list, where they stay while their VNI is changed
 * @lowers: the lower devices that they are on, by index; as @devices
 * @anywhere: what those share that have no lower device; NULL where none is; RCU
 * @net: the namespace
 * @told_last: the lower device that was looked at last for a router's message, by its
 *	index, see icmp.c
 * @told_sender: of the devices of a VNI, the one that was looked at last, by the index of
 *	its lower device
 * @users: how many lower devices use it, @anywhere counted as one; RTNL
 *
 * It is there while there is a vnencap device in the namespace.
 */
struct vnencap_substrate {
	struct rcu_head rcu;	/* near enough to the front for kvfree_rcu() */
	DECLARE_HASHTABLE(devices, VNENCAP_SUBSTRATE_HASH_BITS);
	DECLARE_HASHTABLE(links, VNENCAP_SUBSTRATE_HASH_BITS);
	DECLARE_HASHTABLE(services, VNENCAP_SERVICE_HASH_BITS);
	DECLARE_BITMAP(ports, 1 << 16);
	DECLARE_HASHTABLE(lowers, VNENCAP_LOWER_HASH_BITS);
	struct vnencap_lower __rcu *anywhere;
	struct hlist_head all;
	struct net *net;
	int told_last;
	int told_sender;
	unsigned int users;
};

struct vnencap_substrate *vnencap_substrate_get(struct net *net);
void vnencap_substrate_put(struct vnencap_substrate *s);
struct vnencap_substrate *vnencap_substrate_of(const struct net *net);

void vnencap_substrate_add(struct vnencap_dev *vn);
void vnencap_substrate_del(struct vnencap_dev *vn);
int vnencap_substrate_change(struct vnencap_dev *vn,
			     struct vnencap_config *new);
int vnencap_substrate_open(struct vnencap_dev *vn);
void vnencap_substrate_close(struct vnencap_dev *vn);

bool vnencap_substrate_serves(const struct vnencap_substrate *s,
			      const struct vnencap_addr *daddr, __be16 port);
struct vnencap_dev *
vnencap_substrate_receiver(const struct vnencap_substrate *s, u32 vni,
			   const struct vnencap_addr *daddr, __be16 port,
			   bool linklocal, const struct net_device *in,
			   int slave);
bool vnencap_substrate_alone(const struct vnencap_dev *vn);
struct vnencap_dev *
vnencap_substrate_witness(const struct vnencap_substrate *s, __be16 port);

int vnencap_substrate_init(void);
void vnencap_substrate_exit(void);

/**
 * vnencap_substrate_takes - does a device receive at an address and port?
 * @vn: the device
 * @daddr: one of the host's own addresses
 * @port: TCP port, network byte order
 *
 * Context: RCU.
 * Return: true if it is up and receives at that port, at this address or at any.
 */
static inline bool vnencap_substrate_takes(const struct vnencap_dev *vn,
					   const struct vnencap_addr *daddr,
					   __be16 port)
{
	const struct vnencap_config *config = rcu_dereference(vn->config);

	if (config->port != port || !netif_running(vn->dev))
		return false;
	return !vnencap_config_local(config, daddr->family) ||
	       vnencap_config_receives(config, daddr);
}

/* Many lower devices may have a device of the same VNI each: the first one is the default. */
static inline u32 vnencap_substrate_key(int link, u32 vni)
{
	return rol32(link, 16) ^ vni;
}

/**
 * vnencap_substrate_on - the device of a VNI on a lower device
 * @s: the substrate
 * @link: index of the lower device; 0 for the device that has none
 * @vni: virtual network identifier
 *
 * Context: RTNL or RCU.
 * Return: the device or NULL.
 */
static inline struct vnencap_dev *
vnencap_substrate_on(const struct vnencap_substrate *s, int link, u32 vni)
{
	struct vnencap_dev *vn;

	hash_for_each_possible_rcu(s->links, vn, link_node,
				   vnencap_substrate_key(link, vni),
				   lockdep_rtnl_is_held())
		if (vn->lower_ifindex == link &&
		    rcu_dereference_rtnl(vn->config)->vni == vni)
			return vn;
	return NULL;
}

#endif /* _VNENCAP_SUBSTRATE_H */
