/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of a device. */
#ifndef _VNENCAP_CONFIG_H
#define _VNENCAP_CONFIG_H

#include <linux/types.h>
#include <uapi/linux/vnencap.h>
#include <uapi/linux/vnencap_link.h>

#include "addr.h"

struct netlink_ext_ack;
struct nla_policy;
struct nlattr;
struct sk_buff;

/**
 * struct vnencap_config - what can be set of a device
 * @vni: virtual network identifier, 0 to VNENCAP_VNI_MAX
 * @local4: IPv4 substrate address, INADDR_ANY for the route's choice
 * @local6: IPv6 substrate address, any for the route's choice
 * @port: service port, network byte order
 * @ttl: outer TTL and hop limit, 0 for the route's
 * @tos: outer DSCP in the upper six bits, or VNENCAP_TOS_INHERIT
 * @spoofcheck: drop what has an inner source that is not mapped to the outer
 * @notrack: keep the segments out of connection tracking
 * @mssclamp: lower the MSS of the overlay's TCP connections, see mss.c
 */
struct vnencap_config {
	u32 vni;
	__be32 local4;
	struct in6_addr local6;
	__be16 port;
	u8 ttl;
	u8 tos;
	bool spoofcheck;
	bool notrack;
	bool mssclamp;
};

/* Has it a substrate address of its own in that family? */
static inline bool vnencap_config_local(const struct vnencap_config *config,
					u16 family)
{
	return family == AF_INET ? !!config->local4 :
				   !ipv6_addr_any(&config->local6);
}

/* Is it this one? */
static inline bool vnencap_config_receives(const struct vnencap_config *config,
					   const struct vnencap_addr *daddr)
{
	return daddr->family == AF_INET ?
	       config->local4 == daddr->ip4 :
	       ipv6_addr_equal(&config->local6, &daddr->ip6);
}

extern const struct nla_policy vnencap_config_policy[IFLA_VNENCAP_MAX + 1];

void vnencap_config_init(struct vnencap_config *config);
bool vnencap_config_same(const struct vnencap_config *a,
			 const struct vnencap_config *b);
int vnencap_config_parse(struct vnencap_config *config, struct nlattr **attrs,
			 struct netlink_ext_ack *extack);
int vnencap_config_fill(const struct vnencap_config *config,
			struct sk_buff *msg, const u8 *types);
size_t vnencap_config_size(void);

#endif /* _VNENCAP_CONFIG_H */
