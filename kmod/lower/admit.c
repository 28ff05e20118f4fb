// SPDX-License-Identifier: GPL-2.0-only
/*
 * May a packet come in, by the host's routing? The rx_handler sits in front of the
 * stack. So what the stack would refuse must not pass here either: a destination
 * that is not the host's own, a source that rp_filter does not let in by this
 * device, a martian, the host's own address as source. The stack itself is asked,
 * by the look-up that it makes for each packet that it receives.
 *
 * The stack's answer is kept. It holds until a route, an address or
 * the device's settings change. Where the host has routing rules, the answer may
 * depend on more than addresses: then the stack is asked for each packet, or gets it.
 */
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/inet_ecn.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "compat.h"
#include "lower/admit.h"
#include "lower/local.h"
#include "lower/lower.h"
#include "map/map.h"
#include "vnencap.h"

/**
 * struct vnencap_admitted - packets that the host's routing lets in
 * @saddr: their source
 * @daddr: their destination
 * @genid: generation of routes that this was found in
 * @dscp: their DSCP, in the upper six bits of the TOS
 * @rp_filter: the setting by which the source was checked
 * @since: the jiffy in which it was found
 * @rcu: readers may hold it until a grace period after another took its place
 *
 * It never changes: another takes its place.
 */
struct vnencap_admitted {
	__be32 saddr;
	__be32 daddr;
	int genid;
	u8 dscp;
	u8 rp_filter;
	unsigned long since;
	struct rcu_head rcu;
};

/* ---- IPv4 ---- */

/* An answer's place. What differs in any of these has a place of its own: two
 * kinds of packets that come in turn would take one from each other each time.
 */
static struct vnencap_admitted __rcu **place_of(struct vnencap_lower *lower,
						const struct iphdr *iph)
{
	u32 word = (__force u32)iph->saddr ^ rol32((__force u32)iph->daddr, 8) ^
		   (iph->tos & ~INET_ECN_MASK);

	return &lower->admitted[hash_32(word, VNENCAP_ADMITTED_BITS)];
}

/* Is that the answer for a packet? @in_dev is not const, for 6.1 cannot read the
 * settings of a const one.
 */
static bool answers(const struct vnencap_admitted *a,
		    const struct net_device *dev, struct in_device *in_dev,
		    const struct iphdr *iph)
{
	return a && a->saddr == iph->saddr && a->daddr == iph->daddr &&
	       a->genid == rt_genid_ipv4(dev_net(dev)) &&
	       a->dscp == (iph->tos & ~INET_ECN_MASK) &&
	       a->rp_filter == IN_DEV_RPFILTER(in_dev);
}

static struct vnencap_admitted answer(const struct net_device *dev,
				      struct in_device *in_dev,
				      const struct iphdr *iph)
{
	return (struct vnencap_admitted){
		.saddr = iph->saddr,
		.daddr = iph->daddr,
		.genid = rt_genid_ipv4(dev_net(dev)),
		.dscp = iph->tos & ~INET_ECN_MASK,
		.rp_filter = IN_DEV_RPFILTER(in_dev),
		.since = jiffies,
	};
}

static void keep(struct vnencap_admitted __rcu **place,
		 const struct vnencap_admitted *q)
{
	const struct vnencap_admitted *old = rcu_dereference(*place);
	struct vnencap_admitted *a;

	/* Several may still share a place. It changes once a jiffy at most. */
	if (old && old->genid == q->genid && old->since == q->since)
		return;
	a = kmemdup(q, sizeof(*q), GFP_ATOMIC | __GFP_NOWARN);
	if (!a)
		return;
	a = unrcu_pointer(xchg(place, RCU_INITIALIZER(a)));
	if (a)
		kfree_rcu(a, rcu);
}

/* Ask as ip_rcv_finish() does. The route does not stay on the skb: if the packet is
 * left to the stack, that is to find its own, by what it has now. A tunnel below may
 * have said there what it came by (tun_id), and routing rules may go by that.
 */
static bool ask_ipv4(struct sk_buff *skb, const struct iphdr *iph)
{
	struct dst_entry *own;
	bool local;

	skb_dst_force(skb);
	own = dst_clone(skb_dst(skb));
	local = !compat_route_input(skb, iph->daddr, iph->saddr, iph->tos,
				    skb->dev) &&
		skb_rtable(skb)->rt_type == RTN_LOCAL &&
		!skb_dst(skb)->lwtstate;
	skb_dst_drop(skb);
	skb_dst_set(skb, own);
	return local;
}

/* An answer is kept only for hosts that mappings name: strangers are not worth the
 * room. Where sources are not checked, all are kept.
 */
static bool expected(const struct vnencap_dev *vn, __be32 saddr)
{
	struct vnencap_addr source = { AF_INET, .ip4 = saddr };

	return !rcu_dereference(vn->config)->spoofcheck ||
	       vnencap_map_endpoint(rcu_dereference(vn->map), &source);
}

/* The answer is of the time before the stack was asked: if something has changed
 * since, it is out of date.
 */
static noinline bool ask_and_keep(const struct vnencap_dev *vn,
				  struct sk_buff *skb,
				  struct in_device *in_dev,
				  struct vnencap_admitted __rcu **place)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct vnencap_admitted a = answer(skb->dev, in_dev, iph);

	if (!ask_ipv4(skb, iph))
		return false;
	if (expected(vn, a.saddr))
		keep(place, &a);
	return true;
}

/* Does anybody capture at the VRF that a device is a port of? The stack shows there what
 * comes by the port.
 */
static bool is_watched(const struct net_device *dev)
{
	const struct net_device *vrf = l3mdev_master_dev_rcu(dev);

	return vrf && !list_empty(&vrf->ptype_all);
}

/* Where there is a VRF there are custom rules, its own. */
static bool admit_ipv4(struct vnencap_lower *lower,
		       const struct vnencap_dev *vn, struct sk_buff *skb)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct in_device *in_dev = __in_dev_get_rcu(lower->dev);
	struct vnencap_admitted __rcu **place;

	if (unlikely(!in_dev))
		return false;
	if (unlikely(fib4_has_custom_rules(dev_net(lower->dev))))
		return !is_watched(lower->dev) && ask_ipv4(skb, iph);
	place = place_of(lower, iph);
	return likely(answers(rcu_dereference(*place), lower->dev, in_dev,
			      iph)) ||
	       ask_and_keep(vn, skb, in_dev, place);
}

/* ---- IPv6 ---- */

#if IS_ENABLED(CONFIG_IPV6)
/* Does IPv6 take packets from a device at all? On others it may go on. */
static bool is_enabled_ipv6(const struct net_device *dev)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);

	return idev && !READ_ONCE(idev->cnf.disable_ipv6);
}

/* IPv6 has no reverse path filter, and no martians but those that ip6_rcv_core()
 * knows by their address.
 */
static bool source_right_ipv6(const struct in6_addr *saddr)
{
	return !(ipv6_addr_type(saddr) &
		 (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK)) &&
	       !ipv6_addr_any(saddr);
}

static struct vnencap_admitted6 __rcu **
place_of_ipv6(struct vnencap_lower *lower, const struct in6_addr *daddr)
{
	return &lower->admitted6[hash_32(ipv6_addr_hash(daddr),
					 VNENCAP_ADMITTED6_BITS)];
}

/* As a socket asks whether its route still holds. That does not tell each change of a
 * link's state (see the setting ignore_routes_with_linkdown), so an answer is good for a
 * second at most.
 */
static bool answers_ipv6(const struct vnencap_admitted6 *a,
			 const struct in6_addr *daddr)
{
	return a && ipv6_addr_equal(&a->daddr, daddr) &&
	       dst_check(a->dst, a->cookie) &&
	       jiffies - a->since < HZ;
}

/* Readers that hold it may still look at the route, which is freed by RCU, too. */
static void forget_ipv6(struct vnencap_admitted6 *a)
{
	if (!a)
		return;
	dst_release(a->dst);
	kfree_rcu(a, rcu);
}

static void keep_ipv6(struct vnencap_admitted6 __rcu **place,
		      const struct in6_addr *daddr, struct rt6_info *rt,
		      u32 cookie)
{
	const struct vnencap_admitted6 *old = rcu_dereference(*place);
	struct vnencap_admitted6 *a;

	/* as for IPv4 */
	if (old && !(jiffies - old->since))
		return;
	a = kmalloc(sizeof(*a), GFP_ATOMIC | __GFP_NOWARN);
	if (!a)
		return;
	if (!dst_hold_safe(&rt->dst)) {
		kfree(a);
		return;
	}
	a->daddr = *daddr;
	a->dst = &rt->dst;
	a->cookie = cookie;
	a->since = jiffies;
	forget_ipv6(unrcu_pointer(xchg(place, RCU_INITIALIZER(a))));
}

/* If another route was added meanwhile, the cookie may be of the time after that, and
 * never be out of date: then the answer is not kept. The generation tells. Nor is it
 * kept where routes may be for certain sources only.
 */
static noinline bool ask_and_keep_ipv6(struct vnencap_lower *lower,
				       const struct ipv6hdr *ip6h)
{
	struct net *net = dev_net(lower->dev);
	int genid = rt_genid_ipv6(net);
	struct rt6_info *rt;
	u32 cookie;

	rt = vnencap_local_route_ipv6(lower->dev, &ip6h->daddr, &ip6h->saddr);
	if (!rt)
		return false;
	cookie = rt6_get_cookie(rt);
	if (rt_genid_ipv6(net) == genid && !fib6_routes_require_src(net))
		keep_ipv6(place_of_ipv6(lower, &ip6h->daddr), &ip6h->daddr, rt,
			  cookie);
	return true;
}

/* Rules are for the stack to follow. */
static bool admit_ipv6(struct vnencap_lower *lower, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	struct vnencap_admitted6 __rcu **place;

	if (!is_enabled_ipv6(lower->dev) ||
	    unlikely(fib6_has_custom_rules(dev_net(lower->dev))) ||
	    !source_right_ipv6(&ip6h->saddr))
		return false;
	place = place_of_ipv6(lower, &ip6h->daddr);
	return likely(answers_ipv6(rcu_dereference(*place), &ip6h->daddr)) ||
	       ask_and_keep_ipv6(lower, ip6h);
}

static void forget_all_ipv6(struct vnencap_lower *lower)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lower->admitted6); i++)
		forget_ipv6(rcu_dereference_protected(lower->admitted6[i],
						      true));
}
#else
static bool admit_ipv6(struct vnencap_lower *lower, const struct sk_buff *skb)
{
	return false;
}

static void forget_all_ipv6(struct vnencap_lower *lower)
{
}
#endif

/**
 * vnencap_admit - would the host's routing deliver a packet to the host itself?
 * @lower: the lower device that it came by
 * @vn: the device that it is for
 * @skb: the packet, not shared, data at its outer header, which is linear and right
 *
 * Context: softirq, in RCU.
 * Return: true if it would. False if it would not, and also if only the stack can
 * tell; in either case the packet goes to the stack.
 */
bool vnencap_admit(struct vnencap_lower *lower, const struct vnencap_dev *vn,
		   struct sk_buff *skb)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;

	if (likely(iph->version == 4))
		return admit_ipv4(lower, vn, skb);
	return admit_ipv6(lower, skb);
}

#if IS_ENABLED(CONFIG_IPV6)
/* As ip6_route_input() asks, but for rules by port */
static bool ask_ipv6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	struct flowi6 fl6 = {
		.flowi6_iif = skb->dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = ip6h->nexthdr,
		.flowlabel = ip6_flowinfo(ip6h),
		.daddr = ip6h->daddr,
		.saddr = ip6h->saddr,
	};
	struct dst_entry *dst;
	bool local;

	dst = ip6_route_input_lookup(dev_net(skb->dev), skb->dev, &fl6, skb,
				     RT6_LOOKUP_F_HAS_SADDR);
	local = vnencap_local_leads_ipv6((const struct rt6_info *)dst);
	dst_release(dst);
	return local;
}

static bool by_rules_ipv6(struct sk_buff *skb)
{
	return fib6_has_custom_rules(dev_net(skb->dev)) && ask_ipv6(skb);
}
#else
static bool by_rules_ipv6(struct sk_buff *skb)
{
	return false;
}
#endif

/**
 * vnencap_admit_by_rules - do routing rules say that a packet is for this host?
 * @skb: the packet, not shared, before it is routed; data at its outer header, which is
 *	linear and right
 *
 * It may be, though its destination is none of the host's addresses: rules choose a
 * table by interface, mark and more, and there may be routes of type local there.
 *
 * Context: softirq, in RCU.
 * Return: true if they do; false also where there are no rules.
 */
bool vnencap_admit_by_rules(struct sk_buff *skb)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;

	if (iph->version != 4)
		return by_rules_ipv6(skb);
	return fib4_has_custom_rules(dev_net(skb->dev)) && ask_ipv4(skb, iph);
}

/**
 * vnencap_admit_forget - forget all that was let in
 * @lower: the lower device; nothing is received by it any more
 *
 * Context: process.
 */
void vnencap_admit_forget(struct vnencap_lower *lower)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lower->admitted); i++)
		kfree(rcu_dereference_protected(lower->admitted[i], true));
	forget_all_ipv6(lower);
}
