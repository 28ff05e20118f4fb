// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way to an endpoint. It is looked up in the substrate's namespace, by the
 * lower device only, with all that the host's rules and IPsec policies go by. If
 * there is no lower device, or it is another's port, any device will do.
 *
 * The route is kept in the endpoint's dst_cache, for all frames that go there,
 * unless the host may want some of them to go another way: by a rule, an IPsec policy,
 * or one of several next hops, each of which has its share of the flows.
 */
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/xfrm.h>
#include <net/dst.h>
#include <net/dst_cache.h>
#include <net/flow.h>
#include <net/inet_dscp.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/nexthop.h>
#include <net/route.h>
#include <net/sock.h>
#include <uapi/linux/vnencap.h>

#include "compat.h"
#include "lower/lower.h"
#include "lower/route.h"
#include "map/map.h"
#include "vnencap.h"
#include "wire/outer.h"

/* What a look-up goes by */
struct query {
	const struct vnencap_dev *vn;
	const struct vnencap_config *config;
	struct vnencap_endpoint *endpoint;
	struct vnencap_outer *outer;
	u32 mark;
	__be16 source;
	bool keep;			/* the route may be kept */
};

/* May frames leave by a device that is not the lower one? A VRF's routes lead by
 * its ports. This host's own addresses are routed to the loopback device.
 */
static noinline bool leads_elsewhere(const struct vnencap_dev *vn,
				     const struct net_device *dev)
{
	const struct net_device *lower = vn->lower->dev;

	if (dev->flags & IFF_LOOPBACK || dev == vn->dev)
		return false;
	if (!vnencap_lower_oif(vn->lower))
		return true;
	return netif_is_l3_master(lower) &&
	       l3mdev_master_ifindex_rcu(dev) == lower->ifindex;
}

static bool leads_out(const struct vnencap_dev *vn, const struct dst_entry *dst)
{
	return likely(dst->dev == vn->lower->dev) ||
	       leads_elsewhere(vn, dst->dev);
}

/* May that route be kept, or one that was kept be taken? A route by any device is
 * not to be taken for one by a certain device, nor the other way round.
 */
static bool ours_alone(const struct vnencap_dev *vn, const struct dst_entry *dst)
{
	return likely(dst->dev == vn->lower->dev) ||
	       (leads_elsewhere(vn, dst->dev) && vnencap_substrate_alone(vn));
}

/* May the route be kept that a frame has found? If not, the next may find another. */
static bool is_for_all(const struct query *q, const struct dst_entry *dst,
		       bool several)
{
	if (several)
		vnencap_endpoint_set_apart(q->endpoint);
	return q->keep && !several && !dst_xfrm(dst) && ours_alone(q->vn, dst);
}

/* The kept route, if it is still one that we would take. */
static struct dst_entry *cached_ipv4(const struct vnencap_dev *vn,
				     __be32 local,
				     struct vnencap_endpoint *endpoint,
				     __be32 *saddr)
{
	struct rtable *rt = dst_cache_get_ip4(&endpoint->dst_cache, saddr);

	if (!rt)
		return NULL;
	/* if the device has a local address, the cache has none */
	if (likely(ours_alone(vn, &rt->dst) && !*saddr == !!local)) {
		*saddr = *saddr ?: local;
		return &rt->dst;
	}
	ip_rt_put(rt);
	return NULL;
}

/* Is there a route at all? If a look-up names a device and finds no route, the
 * kernel supposes that the address is on that device's link. Packets would wait
 * for a neighbour that never answers, and be dropped where nobody counts them.
 *
 * Written to @several: whether it has several next hops. One by a certain device is
 * the first that leads by that.
 */
static bool has_route_ipv4(struct net *net, struct flowi4 fl4, bool *several)
{
	struct fib_result res;
	bool found;

	fl4.flowi4_iif = LOOPBACK_IFINDEX;
	rcu_read_lock();
	found = !fib_lookup(net, &fl4, &res, 0);
	*several = found && !fl4.flowi4_oif && fib_info_num_path(res.fi) > 1;
	rcu_read_unlock();
	return found;
}

static noinline struct dst_entry *lookup_ipv4(const struct query *q)
{
	struct net *net = q->vn->net;
	__be32 local = q->config->local4;
	struct flowi4 fl4 = {
		.flowi4_oif = vnencap_lower_oif(q->vn->lower),
		.flowi4_mark = q->mark,
		.flowi4_proto = IPPROTO_TCP,
		.flowi4_uid = sock_net_uid(net, NULL),
		.daddr = q->endpoint->addr.ip4,
		.saddr = local,
		.fl4_sport = q->source,
		.fl4_dport = q->config->port,
	};
	struct rtable *rt;
	bool several;

	compat_set_flow_tos(&fl4, q->outer->tos);
	if (!has_route_ipv4(net, fl4, &several))
		return NULL;
	/* this asks the IPsec policies, too */
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return NULL;
	if (rt->rt_type != RTN_UNICAST || !leads_out(q->vn, &rt->dst)) {
		ip_rt_put(rt);
		return NULL;
	}
	q->outer->saddr.ip4 = fl4.saddr;
	vnencap_endpoint_ready(q->endpoint);
	if (is_for_all(q, &rt->dst, several))
		dst_cache_set_ip4(&q->endpoint->dst_cache, &rt->dst,
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
	if (likely(ours_alone(vn, dst) && ipv6_addr_any(saddr) == own)) {
		if (own)
			*saddr = *local;
		return dst;
	}
	dst_release(dst);
	return NULL;
}

/* With a source address the usual look-up does not insist on the device, so flags
 * have to ask for it. IPsec policies are asked in either case.
 */
static struct dst_entry *ask_ipv6(struct net *net, struct flowi6 *fl6)
{
	struct dst_entry *dst;

	if (ipv6_addr_any(&fl6->saddr))
		return ip6_dst_lookup_flow(net, NULL, fl6, NULL);
	dst = ip6_route_output_flags(net, NULL, fl6, RT6_LOOKUP_F_IFACE);
	if (dst->error) {
		int err = dst->error;

		dst_release(dst);
		return ERR_PTR(err);
	}
	return xfrm_lookup_route(net, dst, flowi6_to_flowi(fl6), NULL, 0);
}

/* Does a route say that nothing is to go there? Such a route has no device, so a
 * look-up that insists on one passes over it. This one does not insist, for
 * @fl6 has its source address by now.
 */
static bool forbidden_ipv6(struct net *net, struct flowi6 fl6)
{
	struct dst_entry *dst = ip6_route_output_flags(net, NULL, &fl6, 0);
	bool forbidden = dst->error;

	dst_release(dst);
	return forbidden;
}

/* Is it by one of several next hops? As in has_route_ipv4(). */
static bool is_one_of_several(const struct dst_entry *dst,
			      const struct flowi6 *fl6)
{
	const struct rt6_info *rt = (const struct rt6_info *)dst;
	const struct fib6_info *from;
	bool several = false;

	rcu_read_lock();
	from = rcu_dereference(rt->from);
	if (from && !fl6->flowi6_oif)
		several = from->nh ? nexthop_num_path(from->nh) > 1 :
				     READ_ONCE(from->fib6_nsiblings);
	rcu_read_unlock();
	return several;
}

/* Those of a VRF are routed to the VRF. */
static bool is_local_ipv6(const struct dst_entry *dst)
{
	const struct rt6_info *rt = (const struct rt6_info *)dst;

	return rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);
}

static noinline struct dst_entry *lookup_ipv6(const struct query *q)
{
	struct net *net = q->vn->net;
	const struct in6_addr *local = &q->config->local6;
	struct flowi6 fl6 = {
		.flowi6_oif = vnencap_lower_oif(q->vn->lower),
		.flowi6_mark = q->mark,
		.flowi6_proto = IPPROTO_TCP,
		.flowi6_uid = sock_net_uid(net, NULL),
		.flowlabel = ip6_make_flowinfo(q->outer->tos, q->outer->label),
		.daddr = q->endpoint->addr.ip6,
		.saddr = *local,
		.fl6_sport = q->source,
		.fl6_dport = q->config->port,
	};
	struct dst_entry *dst = ask_ipv6(net, &fl6);

	if (IS_ERR(dst))
		return NULL;
	if (is_local_ipv6(dst) || !leads_out(q->vn, dst) ||
	    forbidden_ipv6(net, fl6)) {
		dst_release(dst);
		return NULL;
	}
	q->outer->saddr.ip6 = fl6.saddr;
	vnencap_endpoint_ready(q->endpoint);
	if (is_for_all(q, dst, is_one_of_several(dst, &fl6)))
		dst_cache_set_ip6(&q->endpoint->dst_cache, dst,
				  ipv6_addr_any(local) ? &fl6.saddr :
							 &in6addr_any);
	return dst;
}

/**
 * vnencap_route_ttl_ipv6 - what the hop limit of a packet begins with
 * @dst: from vnencap_route_find()
 *
 * Context: RCU.
 * Return: the hop limit.
 */
u8 vnencap_route_ttl_ipv6(struct dst_entry *dst)
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

static struct dst_entry *lookup_ipv6(const struct query *q)
{
	return NULL;
}

u8 vnencap_route_ttl_ipv6(struct dst_entry *dst)
{
	return IPV6_DEFAULT_HOPLIMIT;
}
#endif

static struct dst_entry *cached(const struct vnencap_dev *vn,
				const struct vnencap_config *config,
				struct vnencap_endpoint *endpoint,
				struct vnencap_addr *saddr)
{
	if (unlikely(vnencap_endpoint_route_old(endpoint)))
		vnencap_endpoint_forget_route(endpoint);
	if (saddr->family == AF_INET)
		return cached_ipv4(vn, config->local4, endpoint, &saddr->ip4);
	return cached_ipv6(vn, &config->local6, endpoint, &saddr->ip6);
}

/* A mark of the inner packet holds only where it was set in the namespace of the
 * substrate.
 */
static u32 mark_of(const struct vnencap_dev *vn,
		   const struct vnencap_config *config,
		   const struct sk_buff *skb)
{
	if (config->fwmark)
		return config->fwmark;
	return vnencap_device_away(vn) ? 0 : skb->mark;
}

/**
 * vnencap_route_ask - the way to an endpoint, in all cases
 * @vn: as for vnencap_route_find()
 * @config: likewise
 * @endpoint: likewise
 * @outer: likewise
 * @source: likewise
 * @skb: likewise
 *
 * Context: likewise.
 * Return: likewise.
 */
struct dst_entry *vnencap_route_ask(const struct vnencap_dev *vn,
				    const struct vnencap_config *config,
				    struct vnencap_endpoint *endpoint,
				    struct vnencap_outer *outer,
				    __be16 source, const struct sk_buff *skb)
{
	bool ipv4 = endpoint->addr.family == AF_INET;
	bool keep = ipv4 ? vnencap_route_may_keep(vn, config, outer) :
			   !vnencap_route_ruled(vn->net, AF_INET6);
	struct dst_entry *dst;
	struct query q __uninitialized;

	outer->saddr.family = endpoint->addr.family;
	if (likely(keep)) {
		dst = cached(vn, config, endpoint, &outer->saddr);
		if (likely(dst))
			return dst;
	}
	q = (struct query) {
		.vn = vn,
		.config = config,
		.endpoint = endpoint,
		.outer = outer,
		.mark = mark_of(vn, config, skb),
		.source = source,
		.keep = keep,
	};
	return ipv4 ? lookup_ipv4(&q) : lookup_ipv6(&q);
}

/**
 * vnencap_route_from_one - do all frames to an endpoint come from one address?
 * @vn: the device that sends
 * @config: its configuration
 * @endpoint: the endpoint
 *
 * Whoever receives them knows this host by that address.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: true if they do. Another device of the VNI may have another. Without a local
 * address it is their routes' to say, and not all need go by the same.
 */
bool vnencap_route_from_one(const struct vnencap_dev *vn,
			    const struct vnencap_config *config,
			    const struct vnencap_endpoint *endpoint)
{
	u16 family = endpoint->addr.family;

	if (!vnencap_substrate_alone(vn))
		return false;
	if (family == AF_INET ? config->local4 != 0 :
				!ipv6_addr_any(&config->local6))
		return true;
	return config->tos != VNENCAP_TOS_INHERIT &&
	       !vnencap_route_ruled(vn->net, family) &&
	       !vnencap_endpoint_is_apart(endpoint);
}
