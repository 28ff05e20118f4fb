/* SPDX-License-Identifier: GPL-2.0-only */
/* The way to an endpoint. */
#ifndef _VNENCAP_ROUTE_H
#define _VNENCAP_ROUTE_H

#include <net/dst.h>
#include <net/dst_cache.h>
#include <net/inet_dscp.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/net_namespace.h>
#include <net/xfrm.h>

#include "lower/lower.h"
#include "map/endpoint.h"
#include "vnencap.h"
#include "wire/outer.h"

struct sk_buff;

struct dst_entry *vnencap_route_ask(const struct vnencap_dev *vn,
				    const struct vnencap_config *config,
				    struct vnencap_endpoint *endpoint,
				    struct vnencap_outer *outer,
				    __be16 source, const struct sk_buff *skb);
u8 vnencap_route_ttl_ipv6(struct dst_entry *dst);
bool vnencap_route_from_one(const struct vnencap_dev *vn,
			    const struct vnencap_config *config,
			    const struct vnencap_endpoint *endpoint);

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

/* May a route of IPv4 be kept, or one that was kept be taken? A route may be for one DSCP
 * only. So it is kept only for the DSCP that the device is set to. That is zero where
 * frames take the inner packet's.
 */
static inline bool vnencap_route_may_keep(const struct vnencap_dev *vn,
					  const struct vnencap_config *config,
					  const struct vnencap_outer *outer)
{
	return !vnencap_route_ruled(vn->net, AF_INET) &&
	       !((outer->tos ^ config->tos) & INET_DSCP_MASK);
}

/* The route of IPv4 that is kept for all frames to an endpoint, where it leads by the
 * lower device. If the device has a local address, the cache has none. Return: NULL
 * where vnencap_route_ask() has to look closer.
 */
static inline struct dst_entry *
vnencap_route_kept(const struct vnencap_dev *vn,
		   const struct vnencap_config *config,
		   struct vnencap_endpoint *endpoint,
		   struct vnencap_outer *outer)
{
	__be32 saddr __uninitialized;
	struct rtable *rt;

	if (endpoint->addr.family != AF_INET ||
	    !vnencap_route_may_keep(vn, config, outer) ||
	    vnencap_endpoint_route_old(endpoint))
		return NULL;
	rt = dst_cache_get_ip4(&endpoint->dst_cache, &saddr);
	if (unlikely(!rt))
		return NULL;
	if (unlikely(rt->dst.dev != vn->lower->dev ||
		     !saddr != !!config->local4)) {
		dst_release(&rt->dst);
		return NULL;
	}
	outer->saddr.family = AF_INET;
	outer->saddr.ip4 = saddr ?: config->local4;
	return &rt->dst;
}

/**
 * vnencap_route_find - the way to an endpoint
 * @vn: the device that sends
 * @config: its configuration
 * @endpoint: where to
 * @outer: @tos and @label are read, @saddr is written: the address to send from
 * @source: TCP source port, network byte order
 * @skb: the inner packet
 *
 * If an IPsec policy applies to the frame, the route leads through its transforms.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: the route, with a reference that is the caller's; NULL where there
 * is none, or where the host lets none go there.
 */
static inline struct dst_entry *
vnencap_route_find(const struct vnencap_dev *vn,
		   const struct vnencap_config *config,
		   struct vnencap_endpoint *endpoint,
		   struct vnencap_outer *outer, __be16 source,
		   const struct sk_buff *skb)
{
	return vnencap_route_kept(vn, config, endpoint, outer) ?:
	       vnencap_route_ask(vn, config, endpoint, outer, source, skb);
}

/**
 * vnencap_route_ttl - what a packet's TTL or hop limit begins with
 * @net: namespace of the substrate
 * @dst: from vnencap_route_find()
 * @family: of the endpoint
 *
 * As ip4_dst_hoplimit() and ip6_dst_hoplimit() have it.
 *
 * Context: RCU.
 * Return: the TTL or hop limit.
 */
static inline u8 vnencap_route_ttl(const struct net *net,
				   struct dst_entry *dst, u16 family)
{
	if (unlikely(family != AF_INET))
		return vnencap_route_ttl_ipv6(dst);
	return dst_metric_raw(dst, RTAX_HOPLIMIT) ?:
	       READ_ONCE(net->ipv4.sysctl_ip_default_ttl);
}

#endif /* _VNENCAP_ROUTE_H */
