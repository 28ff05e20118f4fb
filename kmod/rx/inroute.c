// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stack's route for datagrams of the overlay that are for this host. A NIC's
 * driver hands packets up in batches, and the stack looks a route up for the first of
 * them. Inner packets come one by one, and each has a look-up of its own: for a UDP
 * socket that is not connected first one for a connected socket, and then the
 * route's. So the answer is kept, and put on the datagrams that follow.
 *
 * It is put on in the last hook before the stack would look it up, when all that could
 * change the packet or its way has seen it: taps, traffic control, XDP, RPS. What is
 * kept is the stack's own route, found by the stack's own look-up. It is put on only
 * where a look-up would find the same:
 *
 * - nothing that a route depends on has changed: the namespace's generation of
 *   routes, addresses and rules is the same, and so are the device's settings that the
 *   look-up goes by;
 * - the host has no routing rules, which may go by more than what is compared here;
 * - no other hook is there before routing or at local input. The stack gives a packet
 *   without a route its connected socket before local input, which rules there may ask
 *   for;
 * - it was found less than a second ago: a setting without a generation
 *   (ignore_routes_with_linkdown) may matter where sources are checked.
 *
 * TCP is left alone: the stack finds the route with the connection. So is IPv6.
 */
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/inet_ecn.h>
#include <net/ip_fib.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "compat.h"
#include "rx/firewall.h"
#include "rx/inroute.h"
#include "vnencap.h"

#define PLACE_BITS	6

/* An answer is not used for longer, in jiffies. */
#define AGE_MAX		HZ

/**
 * struct inroute - what the stack answered
 * @saddr: source of the packet
 * @daddr: its destination
 * @genid: generation of routes that this was found in
 * @rp_filter: the device's setting by which the source was checked
 * @accept_local: likewise
 * @route_localnet: likewise
 * @dscp: of the packet, in the upper six bits of the TOS
 * @since: the jiffy in which it was found
 * @rt: the route, of type RTN_LOCAL, with a reference; NULL where that is not the
 *	answer, and the stack is to look it up
 * @rcu: readers, and packets with @rt, may hold it for a grace period after another
 *	took its place
 *
 * It never changes: another takes its place.
 */
struct inroute {
	__be32 saddr;
	__be32 daddr;
	int genid;
	int rp_filter;
	bool accept_local;
	bool route_localnet;
	u8 dscp;
	unsigned long since;
	struct rtable *rt;
	struct rcu_head rcu;
};

/**
 * struct vnencap_inroutes - answers for what a device received, RCU
 * @place: each has a place by its addresses
 */
struct vnencap_inroutes {
	struct inroute __rcu *place[1 << PLACE_BITS];
};

/* By these a vnencap device is known. All have the same. */
static const struct net_device_ops *ops;

/**
 * vnencap_inroute_make - make a device's places for routes
 * @vn: the device
 *
 * Context: process, RTNL.
 * Return: 0 or -ENOMEM.
 */
int vnencap_inroute_make(struct vnencap_dev *vn)
{
	vn->inroutes = kzalloc(sizeof(*vn->inroutes), GFP_KERNEL_ACCOUNT);
	if (!vn->inroutes)
		return -ENOMEM;
	WRITE_ONCE(ops, vn->dev->netdev_ops);
	return 0;
}

static void free_rcu(struct rcu_head *rcu)
{
	struct inroute *r = container_of(rcu, struct inroute, rcu);

	if (r->rt)
		dst_release(&r->rt->dst);
	kfree(r);
}

static void put(struct inroute *r)
{
	if (r)
		call_rcu(&r->rcu, free_rcu);
}

/**
 * vnencap_inroute_free - free them, with what is there
 * @vn: the device; nothing is received by it any more
 *
 * Context: process. What is there is freed after a grace period, see
 * vnencap_map_exit().
 */
void vnencap_inroute_free(struct vnencap_dev *vn)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vn->inroutes->place); i++)
		put(rcu_dereference_protected(vn->inroutes->place[i], true));
	kfree(vn->inroutes);
}

static struct inroute __rcu **place_of(struct vnencap_inroutes *routes,
				       const struct iphdr *iph)
{
	u32 word = (__force u32)iph->saddr ^ rol32((__force u32)iph->daddr, 8) ^
		   (iph->tos & ~INET_ECN_MASK);

	return &routes->place[hash_32(word, PLACE_BITS)];
}

/* An answer for a packet, but for the route. @in_dev is not const, for 6.1 cannot read
 * the settings of a const one.
 */
static struct inroute answer(const struct net *net, struct in_device *in_dev,
			     const struct iphdr *iph)
{
	return (struct inroute){
		.saddr = iph->saddr,
		.daddr = iph->daddr,
		.genid = rt_genid_ipv4(net),
		.rp_filter = IN_DEV_RPFILTER(in_dev),
		.accept_local = IN_DEV_ACCEPT_LOCAL(in_dev),
		.route_localnet = IN_DEV_NET_ROUTE_LOCALNET(in_dev, net),
		.dscp = iph->tos & ~INET_ECN_MASK,
		.since = jiffies,
	};
}

/* Is it the answer for a packet, as of now? */
static inline bool answers(const struct inroute *r, const struct net *net,
			   struct in_device *in_dev, const struct iphdr *iph)
{
	return r && r->saddr == iph->saddr && r->daddr == iph->daddr &&
	       r->genid == rt_genid_ipv4(net) &&
	       r->rp_filter == IN_DEV_RPFILTER(in_dev) &&
	       r->accept_local == IN_DEV_ACCEPT_LOCAL(in_dev) &&
	       r->route_localnet == IN_DEV_NET_ROUTE_LOCALNET(in_dev, net) &&
	       r->dscp == (iph->tos & ~INET_ECN_MASK) &&
	       jiffies - r->since < AGE_MAX;
}

/* Is a route one of the namespace's for its own addresses, and not a dead one? The
 * device may have come from another namespace. A route of a VRF has another device.
 */
static inline bool is_local(const struct rtable *rt, const struct net *net)
{
	return rt->rt_type == RTN_LOCAL &&
	       READ_ONCE(rt->dst.dev) == net->loopback_dev &&
	       READ_ONCE(rt->dst.obsolete) == DST_OBSOLETE_FORCE_CHK;
}

/* Would the stack look a route up by nothing but what is compared here, and with
 * nobody to see that it did not?
 */
static inline bool is_plain(const struct sk_buff *skb, const struct net *net)
{
	const struct net_device *dev = skb->dev;

	return ip_hdr(skb)->ihl == sizeof(struct iphdr) / 4 && !skb_dst(skb) &&
	       !skb->sk && !secpath_exists(skb) && !netif_is_l3_slave(dev) &&
	       !netif_has_l3_rx_handler(dev) &&
	       !fib4_has_custom_rules(net) &&
	       !vnencap_firewall_hooked(net->nf.hooks_ipv4);
}

static void keep(struct inroute __rcu **place, const struct inroute *now)
{
	struct inroute *r = kmemdup(now, sizeof(*now),
				    GFP_ATOMIC | __GFP_NOWARN);

	if (!r)
		return;
	if (r->rt && !dst_hold_safe(&r->rt->dst))
		r->rt = NULL;
	put(unrcu_pointer(xchg(place, RCU_INITIALIZER(r))));
}

/* Ask as ip_rcv_finish() does. Where the packet is not for this host, the stack is left
 * to find that itself: it has a counter for each reason, and a socket may have the
 * packet nevertheless (IP_TRANSPARENT). That the look-up has such counters as well, of a
 * packet that is asked for here, shows in /proc/net/stat/rt_cache only; where it would
 * log the packet as a martian, nothing is asked. The generation and the settings are
 * those of before the look-up: if something has changed since, the answer is out of date.
 */
static noinline void ask(struct sk_buff *skb, struct net *net,
			 struct in_device *in_dev,
			 struct inroute __rcu **place)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct inroute *old = rcu_dereference(*place);
	struct inroute now = answer(net, in_dev, iph);

	if (unlikely(IN_DEV_LOG_MARTIANS(in_dev)))
		return;
	/* Several may share a place. It changes once a jiffy at most. */
	if (old && old->genid == now.genid && old->since == now.since)
		return;
	if (!compat_route_input(skb, iph->daddr, iph->saddr, iph->tos,
				skb->dev) &&
	    is_local(skb_rtable(skb), net))
		now.rt = skb_rtable(skb);
	else
		skb_dst_drop(skb);
	keep(place, &now);
}

/**
 * vnencap_inroute_attach - give a datagram the route that the stack would find
 * @skb: a packet that any device received, where the stack is about to look its route
 *	up; IPv4 and UDP
 * @net: the namespace that it was received in
 *
 * Where that is not known, or might be another one, nothing is done.
 *
 * Context: softirq, in RCU.
 */
void vnencap_inroute_attach(struct sk_buff *skb, struct net *net)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct net_device *dev = skb->dev;
	struct inroute __rcu **place;
	struct in_device *in_dev;
	const struct inroute *r;

	if (dev->netdev_ops != READ_ONCE(ops) || !is_plain(skb, net))
		return;
	in_dev = __in_dev_get_rcu(dev);
	if (unlikely(!in_dev))
		return;
	place = place_of(((struct vnencap_dev *)netdev_priv(dev))->inroutes,
			 iph);
	r = rcu_dereference(*place);
	if (unlikely(!answers(r, net, in_dev, iph) ||
		     (r->rt && !is_local(r->rt, net))))
		ask(skb, net, in_dev, place);
	else if (likely(r->rt))
		skb_dst_set_noref(skb, &r->rt->dst);
}
