/* SPDX-License-Identifier: GPL-2.0-only */
/* The way to an endpoint. */
#ifndef _VNENCAP_ROUTE_H
#define _VNENCAP_ROUTE_H

#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/net_namespace.h>
#include <net/xfrm.h>

struct dst_entry;
struct sk_buff;
struct vnencap_config;
struct vnencap_dev;
struct vnencap_endpoint;
struct vnencap_outer;

struct dst_entry *vnencap_route_find(const struct vnencap_dev *vn,
				     const struct vnencap_config *config,
				     struct vnencap_endpoint *endpoint,
				     struct vnencap_outer *outer,
				     __be16 source, const struct sk_buff *skb);
u8 vnencap_route_ttl(const struct net *net, struct dst_entry *dst, u16 family);

/**
 * vnencap_route_policed - may IPsec have to do with what a namespace sends?
 * @net: the namespace of the substrate
 *
 * Context: any.
 * Return: true if any policy is there for what is sent.
 */
static inline bool vnencap_route_policed(const struct net *net)
{
#ifdef CONFIG_XFRM
	return READ_ONCE(net->xfrm.policy_count[XFRM_POLICY_OUT]);
#else
	return false;
#endif
}

/**
 * vnencap_route_ruled - may frames to one endpoint go by different ways?
 * @net: the namespace of the substrate
 * @family: of the endpoint
 *
 * They differ in source port, mark and DSCP. An IPsec policy may go by the first two,
 * a routing rule by all three.
 *
 * Context: any.
 * Return: true if the namespace has rules or policies.
 */
static inline bool vnencap_route_ruled(const struct net *net, u16 family)
{
	return vnencap_route_policed(net) ||
	       (family == AF_INET ? fib4_has_custom_rules(net) :
				    fib6_has_custom_rules(net));
}

#endif /* _VNENCAP_ROUTE_H */
