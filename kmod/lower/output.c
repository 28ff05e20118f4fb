// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame leaves the host. The stack's way is ip_local_out(), which calls ip_output(),
 * ip_finish_output() and ip_finish_output2(): they are made for any packet, and mostly
 * find that there is nothing to do. For a frame of IPv4 for which there is nothing to
 * do it is done here in one walk: the same steps, counters and hooks in the same
 * order, and then the neighbour's output. All other frames go the stack's way.
 *
 * Nothing is remembered from frame to frame, so nothing can be out of date.
 */
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <net/arp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/route.h>
#include <net/sock.h>

#include "compat.h"
#include "lower/output.h"
#include "wire/outer.h"

/* Are the hooks behind routing such that need not know what comes after them? Rules
 * may send a copy (TEE), or keep the packet for a program (NFQUEUE). A hook with rules
 * has got them as its private data. One without is what a security module has: it
 * says yes or no: AppArmor has one in each namespace.
 */
static bool hooks_are_simple(const struct nf_hook_entries *hooks)
{
	return !hooks ||
	       (hooks->num_hook_entries == 1 && !hooks->hooks[0].priv);
}

/* Would the stack do no more with the frame than what is done here? A route with
 * transforms or a tunnel has another output than ip_output(), and so has one whose
 * device goes: dst_dev_put() takes first the output and then the device from it.
 */
static bool is_plain(const struct net *net, const struct rtable *rt,
		     const struct net_device *dev)
{
	/* @dev was read before: where the output is there still, it was right */
	smp_rmb();
	return READ_ONCE(rt->dst.output) == ip_output &&
	       rt->rt_type == RTN_UNICAST && rt->rt_gw_family != AF_INET6 &&
	       !rt->dst.lwtstate && !netif_is_l3_slave(dev) &&
	       !rcu_access_pointer(net->nf.hooks_ipv4[NF_INET_LOCAL_OUT]);
}

/* As __ip_local_out() */
static void begin(struct net *net, struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);

	compat_count_out_request(net);
	iph_set_totlen(iph, skb->len);
	iph->check = 0;
	iph->check = ip_fast_csum(iph, iph->ihl);
	skb->protocol = htons(ETH_P_IP);
}

/* As ip_output(). Whoever keeps the packet gives it to ip_output() later, which the
 * flag tells that the hooks have seen it.
 */
static int ask_hooks(struct net *net, struct sk_buff *skb,
		     struct net_device *indev,
		     const struct nf_hook_entries *hooks)
{
	struct nf_hook_state state __uninitialized;

	nf_hook_state_init(&state, NF_INET_POST_ROUTING, NFPROTO_IPV4,
			   indev, skb->dev, NULL, net, ip_output);
	IPCB(skb)->flags |= IPSKB_REROUTED;
	return nf_hook_slow(skb, &state, hooks, 0);
}

static bool has_headroom(const struct sk_buff *skb,
			 const struct net_device *dev)
{
	return skb_headroom(skb) >= LL_RESERVED_SPACE(dev) || !dev->header_ops;
}

/* As ip_finish_output2(), where the next host is a neighbour already. No program of a
 * cgroup has to be asked, for the frame is sent without a socket. Nor is the MTU asked
 * for again: the frame was laid out a moment ago for that of this very route. Where it
 * changes meanwhile, the frame has the fate of those that wait in the device's queue.
 */
static int finish(struct net *net, struct sk_buff *skb,
		  const struct rtable *rt, struct net_device *dev)
{
	__be32 next = rt->rt_gw_family ? rt->rt_gw4 : ip_hdr(skb)->daddr;
	struct neighbour *neigh;

	if (unlikely(skb_rtable(skb) != rt || !has_headroom(skb, dev)))
		return ip_output(net, NULL, skb);
	neigh = __ipv4_neigh_lookup_noref(dev, (__force u32)next);
	if (unlikely(!neigh))
		return ip_output(net, NULL, skb);
	IP_UPD_PO_STATS(net, IPSTATS_MIB_OUT, skb->len);
	sock_confirm_neigh(skb, neigh);
	return neigh_output(neigh, skb, false);
}

/* The hooks are read once: those that were looked at are those that are called. */
static int send_ipv4(struct net *net, struct sk_buff *skb)
{
	const struct rtable *rt = skb_rtable(skb);
	struct net_device *dev = READ_ONCE(rt->dst.dev);
	struct net_device *indev = skb->dev;
	const struct nf_hook_entries *hooks;
	int err = 1;

	hooks = rcu_dereference(net->nf.hooks_ipv4[NF_INET_POST_ROUTING]);
	if (unlikely(!is_plain(net, rt, dev) || !hooks_are_simple(hooks)))
		return ip_local_out(net, NULL, skb);
	begin(net, skb);
	skb->dev = dev;
	if (hooks)
		err = ask_hooks(net, skb, indev, hooks);
	if (unlikely(err != 1))
		return err;
	return finish(net, skb, rt, dev);
}

/**
 * vnencap_output - give a frame to the substrate
 * @net: namespace of the substrate
 * @skb: data at the outer header, with its route; taken over
 *
 * As ip_local_out() or ip6_local_out(). They are given no socket: the skb belongs to
 * one that may be a tenant's, and what filters that socket's packets must not see the
 * outer one.
 *
 * Context: softirq, or bottom halves disabled.
 * Return: as dst_output(), see net_xmit_eval().
 */
int vnencap_output(struct net *net, struct sk_buff *skb)
{
	int err;

	if (unlikely(vnencap_outer_is_ipv6(skb)))
		return ip6_local_out(net, NULL, skb);
	/* with bottom halves disabled we are readers; only lockdep has to be told */
	rcu_lock_acquire(&rcu_lock_map);
	err = send_ipv4(net, skb);
	rcu_lock_release(&rcu_lock_map);
	return err;
}
