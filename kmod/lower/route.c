// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way to an endpoint: looked up in the substrate's namespace, by the lower
 * device only, and kept in the endpoint's dst_cache.
 */
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/dst_cache.h>
#include <net/flow.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "compat.h"
#include "lower/lower.h"
#include "lower/route.h"
#include "map/map.h"
#include "vnencap.h"

/* The cached route, if it is still one that we would take. */
static struct dst_entry *cached_ipv4(const struct vnencap_dev *vn,
				     __be32 local,
				     struct vnencap_endpoint *endpoint,
				     __be32 *saddr)
{
	struct rtable *rt = dst_cache_get_ip4(&endpoint->dst_cache, saddr);

	if (!rt)
		return NULL;
	/* with a local address of our own, none is kept with the route */
	if (likely(rt->dst.dev == vn->lower->dev && !*saddr == !!local)) {
		*saddr = *saddr ?: local;
		return &rt->dst;
	}
	ip_rt_put(rt);
	return NULL;
}

/* Is there a route at all? If a look-up names a device and finds no route, the
 * kernel takes it that the address is on that device's link. Packets would wait
 * for a neighbour that never answers, and be dropped where nobody counts them.
 */
static bool has_route_ipv4(struct net *net, struct flowi4 fl4)
{
	struct fib_result res;

	fl4.flowi4_iif = LOOPBACK_IFINDEX;
	return !fib_lookup(net, &fl4, &res, 0);
}

static struct dst_entry *lookup_ipv4(const struct vnencap_dev *vn,
				     __be32 local,
				     struct vnencap_endpoint *endpoint,
				     __be32 *saddr)
{
	struct flowi4 fl4 = {
		.flowi4_oif = vn->lower->dev->ifindex,
		.flowi4_proto = IPPROTO_TCP,
		.daddr = endpoint->addr.ip4,
		.saddr = local,
	};
	struct rtable *rt;

	if (!has_route_ipv4(vn->net, fl4))
		return NULL;
	rt = ip_route_output_key(vn->net, &fl4);
	if (IS_ERR(rt))
		return NULL;
	/* this host's own addresses are routed to the loopback device */
	if (rt->dst.dev != vn->lower->dev || rt->rt_type != RTN_UNICAST) {
		ip_rt_put(rt);
		return NULL;
	}
	*saddr = fl4.saddr;
	vnencap_endpoint_ready(endpoint);
	dst_cache_set_ip4(&endpoint->dst_cache, &rt->dst,
			  local ? 0 : fl4.saddr);
	return &rt->dst;
}

#if IS_ENABLED(CONFIG_IPV6)
static struct dst_entry *cached_ipv6(const struct vnencap_dev *vn,
				     const struct in6_addr *local,
				     struct vnencap_endpoint *endpoint,
				     struct in6_addr *saddr)
{
	struct dst_entry *dst = dst_cache_get_ip6(&endpoint->dst_cache, saddr);
	bool own = !ipv6_addr_any(local);

	if (!dst)
		return NULL;
	if (likely(dst->dev == vn->lower->dev &&
		   ipv6_addr_any(saddr) == own)) {
		if (own)
			*saddr = *local;
		return dst;
	}
	dst_release(dst);
	return NULL;
}

/* Only without a source address does the lookup insist on the device. */
static struct dst_entry *ask_ipv6(const struct vnencap_dev *vn,
				  const struct in6_addr *daddr,
				  struct in6_addr *saddr)
{
	struct flowi6 fl6 = {
		.flowi6_oif = vn->lower->dev->ifindex,
		.flowi6_proto = IPPROTO_TCP,
		.daddr = *daddr,
		.saddr = *saddr,
	};
	struct dst_entry *dst;

	dst = ip6_dst_lookup_flow(vn->net, NULL, &fl6, NULL);
	if (IS_ERR(dst))
		return NULL;
	/* one of this host's own addresses is behind the loopback device */
	if (dst->dev != vn->lower->dev) {
		dst_release(dst);
		return NULL;
	}
	*saddr = fl6.saddr;
	return dst;
}

static struct dst_entry *lookup_ipv6(const struct vnencap_dev *vn,
				     const struct in6_addr *local,
				     struct vnencap_endpoint *endpoint,
				     struct in6_addr *saddr)
{
	bool own = !ipv6_addr_any(local);
	struct dst_entry *dst;

	*saddr = *local;
	dst = ask_ipv6(vn, &endpoint->addr.ip6, saddr);
	if (!dst && own) {
		*saddr = in6addr_any;
		dst = ask_ipv6(vn, &endpoint->addr.ip6, saddr);
		*saddr = *local;
	}
	if (dst) {
		vnencap_endpoint_ready(endpoint);
		dst_cache_set_ip6(&endpoint->dst_cache, dst,
				  own ? &in6addr_any : saddr);
	}
	return dst;
}

static u8 ttl_ipv6(struct dst_entry *dst)
{
	return ip6_dst_hoplimit(dst);
}
#else
static struct dst_entry *cached_ipv6(const struct vnencap_dev *vn,
				     const struct in6_addr *local,
				     struct vnencap_endpoint *endpoint,
				     struct in6_addr *saddr)
{
	return NULL;
}

static struct dst_entry *lookup_ipv6(const struct vnencap_dev *vn,
				     const struct in6_addr *local,
				     struct vnencap_endpoint *endpoint,
				     struct in6_addr *saddr)
{
	return NULL;
}

static u8 ttl_ipv6(struct dst_entry *dst)
{
	return IPV6_DEFAULT_HOPLIMIT;
}
#endif

/**
 * vnencap_route_find - the way to an endpoint, by the lower device
 * @vn: the device that sends
 * @config: its configuration
 * @endpoint: where to
 * @saddr: written: the address to send from
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: the route, with a reference that is the caller's; NULL where there
 * is none.
 */
struct dst_entry *vnencap_route_find(const struct vnencap_dev *vn,
				     const struct vnencap_config *config,
				     struct vnencap_endpoint *endpoint,
				     struct vnencap_addr *saddr)
{
	saddr->family = endpoint->addr.family;
	if (saddr->family == AF_INET)
		return cached_ipv4(vn, config->local4, endpoint,
				   &saddr->ip4) ?:
		       lookup_ipv4(vn, config->local4, endpoint, &saddr->ip4);
	return cached_ipv6(vn, &config->local6, endpoint, &saddr->ip6) ?:
	       lookup_ipv6(vn, &config->local6, endpoint, &saddr->ip6);
}

/**
 * vnencap_route_ttl - what a packet's TTL or hop limit begins with
 * @dst: from vnencap_route_find()
 * @family: of the endpoint
 *
 * Context: RCU.
 * Return: the TTL or hop limit.
 */
u8 vnencap_route_ttl(struct dst_entry *dst, u16 family)
{
	return family == AF_INET ? ip4_dst_hoplimit(dst) : ttl_ipv6(dst);
}
