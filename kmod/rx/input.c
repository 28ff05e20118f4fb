// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames that come by the host's own local input. What the rx_handler leaves to
 * the stack meets all that the host has for its packets: firewall, connection
 * tracking, IPsec, routing rules. A segment that has passed all of them is taken
 * here, just before TCP would get it. It may have come by any device, been
 * decrypted, or come out of another tunnel.
 *
 * A run from here goes up by the device's cell, never at once. Its frame may have
 * another frame in it, and that one yet another: each would be a deeper call.
 */
#include <linux/bottom_half.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netns/generic.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "compat.h"
#include "lower/admit.h"
#include "lower/local.h"
#include "lower/pmtu.h"
#include "lower/redirect.h"
#include "lower/substrate.h"
#include "rx/accept.h"
#include "rx/cells.h"
#include "rx/deliver.h"
#include "rx/input.h"
#include "rx/inroute.h"
#include "rx/run.h"
#include "stats/drop.h"
#include "wire/outer.h"

/* Before routing and at local input, of IPv4 and of IPv6 */
#define HOOKS_N	4

/**
 * struct input_net - local input of a network namespace
 * @users: how many vnencap devices have their substrate there; RTNL
 * @hooks: the hooks, while there are any; RTNL
 */
struct input_net {
	unsigned int users;
	struct nf_hook_ops hooks[HOOKS_N];
};

static unsigned int input_net_id __read_mostly;

static bool is_icmp(const struct vnencap_peek *peek)
{
	u8 icmp = peek->daddr.family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;

	return !peek->extended && peek->proto == icmp;
}

/* The TCP port that a packet is for, 0 where that cannot be ours */
static __be16 port_of(const struct sk_buff *skb,
		      const struct vnencap_peek *peek)
{
	const __be16 *port;
	__be16 copy;

	if (peek->proto != IPPROTO_TCP)
		return 0;
	port = skb_header_pointer(skb, peek->len + offsetof(struct tcphdr, dest),
				  sizeof(copy), &copy);
	return port ? *port : 0;
}

/* Does a packet look like a segment of ours, and of which VNI? */
static bool segment_like(const struct sk_buff *skb,
			 const struct vnencap_peek *peek, u32 *vni)
{
	const struct vnencap_segment_hdr *hdr;
	struct vnencap_segment_hdr copy;

	if (peek->extended && !compat_jumbo_there(skb))
		return false;
	hdr = skb_header_pointer(skb, peek->len, sizeof(copy), &copy);
	if (!hdr || !vnencap_option_there(hdr))
		return false;
	*vni = be32_to_cpu(hdr->word) & VNENCAP_WORD_VNI;
	return true;
}

/* The port of a VRF that a packet came by, by index; 0 where it is in none. */
static int slave_of(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (skb->protocol == htons(ETH_P_IPV6))
		return inet6_sdif(skb);
#endif
	return inet_sdif(skb);
}

/* Does an address of it mean a host of the link that it came by, and no other? */
static bool is_linklocal(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;

	return vnencap_outer_is_ipv6(skb) &&
	       (ipv6_addr_type(&ip6h->saddr) | ipv6_addr_type(&ip6h->daddr)) &
	       IPV6_ADDR_LINKLOCAL;
}

static struct vnencap_dev *receiver(const struct vnencap_substrate *s,
				    const struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    const struct vnencap_peek *peek,
				    __be16 port, u32 vni)
{
	return vnencap_substrate_receiver(s, vni, &peek->daddr, port,
					  is_linklocal(skb), state->in,
					  slave_of(skb));
}

/* Is it to go on from here, by a routing header of IPv6? */
static bool goes_on(const struct sk_buff *skb, const struct vnencap_peek *peek)
{
	const struct ipv6_rt_hdr *hdr;
	struct ipv6_rt_hdr copy;
	unsigned int at = 0;

	if (likely(!peek->extended) ||
	    ipv6_find_hdr(skb, &at, NEXTHDR_ROUTING, NULL, NULL) !=
	    NEXTHDR_ROUTING)
		return false;
	hdr = skb_header_pointer(skb, at, sizeof(copy), &copy);
	return hdr && hdr->segments_left;
}

/* TCP takes nothing that is sent to many, and does not answer it. */
static bool is_for_many(const struct sk_buff *skb,
			const struct vnencap_peek *peek)
{
	if (skb->pkt_type != PACKET_HOST)
		return true;
	if (peek->daddr.family == AF_INET6)
		return ipv6_addr_is_multicast(&peek->daddr.ip6);
	return skb_rtable(skb)->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST);
}

/* What routers say of our segments */
static void hear(struct vnencap_substrate *s, struct sk_buff *skb,
		 const struct vnencap_peek *peek)
{
	if (is_for_many(skb, peek))
		return;
	vnencap_pmtu_learn(s, skb);
	vnencap_redirect_follow(s, skb);
}

/* A rule (TPROXY) has given the packet to a socket, whoever's address it is sent to. It
 * is ours all the same where that is the host's own.
 */
static bool is_socket_s(const struct sk_buff *skb,
			const struct nf_hook_state *state,
			const struct vnencap_peek *peek)
{
	return unlikely(skb->sk) && !vnencap_local_is(state->in, &peek->daddr);
}

/* ---- What is for our port, but for no device ---- */

/* What it says is of no account where it came otherwise than it was sent. */
static bool is_damaged(struct sk_buff *skb, const struct vnencap_peek *peek)
{
	return !peek->extended &&
	       pskb_may_pull(skb, peek->len + sizeof(struct tcphdr)) &&
	       !vnencap_outer_sum_right(skb, peek->len);
}

/* Where all devices were given away, the host itself counts what is for none of them, as it
 * does what it cannot deliver (RFC 4293, ipIfStatsInDiscards).
 */
static void discard(struct net *net, struct sk_buff *skb)
{
	if (vnencap_outer_is_ipv6(skb))
		__IP6_INC_STATS(net, __in6_dev_get(skb->dev),
				IPSTATS_MIB_INDISCARDS);
	else
		__IP_INC_STATS(net, IPSTATS_MIB_INDISCARDS);
	kfree_skb(skb);
}

static void drop_stranger(struct net *net, struct sk_buff *skb,
			  const struct vnencap_peek *peek,
			  struct vnencap_dev *witness, bool unknown_vni)
{
	if (!witness) {
		discard(net, skb);
		return;
	}
	if (is_damaged(skb, peek))
		vnencap_drop(witness, skb, RX_BAD_CHECKSUM);
	else if (unknown_vni)
		vnencap_drop(witness, skb, RX_UNKNOWN_VNI);
	else
		vnencap_drop(witness, skb, RX_MALFORMED);
	vnencap_deliver_free(witness, skb, -EPROTO);
}

static struct sock *find_socket(struct net *net, struct sk_buff *skb, u32 len)
{
	const struct tcphdr *th = (const void *)skb->data + len;
	int slave = slave_of(skb);

#if IS_ENABLED(CONFIG_IPV6)
	if (vnencap_outer_is_ipv6(skb))
		return compat_tcp6_lookup(net, skb, len, th, slave);
#endif
	return compat_tcp4_lookup(net, skb, len, th, slave);
}

/* Is a TCP packet for a socket of the host? Its IP header has @len bytes. */
static bool has_socket(struct net *net, struct sk_buff *skb, u32 len)
{
	struct sock *sk;

	if (!pskb_may_pull(skb, len + sizeof(struct tcphdr)))
		return false;
	sk = find_socket(net, skb, len);
	if (!sk)
		return false;
	sock_gen_put(sk);
	return true;
}

/* A packet to our port that no device takes. TCP would answer it with a reset, so it
 * is dropped. But if a socket of the host has the port too, or a rule has given the
 * packet to one, what is no segment of ours is left to that socket.
 */
static unsigned int stranger(const struct vnencap_substrate *s,
			     struct sk_buff *skb,
			     const struct nf_hook_state *state,
			     const struct vnencap_peek *peek, __be16 port,
			     bool unknown_vni)
{
	if (!unknown_vni &&
	    (skb->sk || has_socket(state->net, skb, peek->len)))
		return NF_ACCEPT;
	drop_stranger(state->net, skb, peek,
		      vnencap_substrate_witness(s, port), unknown_vni);
	return NF_STOLEN;
}

/* ---- What is for a device ---- */

/* Connection tracking enters a connection into its table by the last hook of local
 * input, which has our priority: of the two, the younger comes first. Where that is
 * ours, the other would never be called.
 */
static bool is_confirmed(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	enum ip_conntrack_info unused;
	const struct nf_ct_hook *hook;
	const struct nf_conn *ct;

	ct = nf_ct_get(skb, &unused);
	if (likely(!ct) || nf_ct_is_confirmed(ct))
		return true;
	hook = rcu_dereference(nf_ct_hook);
	return !hook || hook->confirm(skb) == NF_ACCEPT;
#else
	return true;
#endif
}

static int check_policy(struct vnencap_dev *vn, struct sk_buff *skb,
			u8 family)
{
	if (is_confirmed(skb) &&
	    xfrm_policy_check(NULL, XFRM_POLICY_IN, skb, family))
		return 0;
	vnencap_drop(vn, skb, RX_POLICY);
	return -EACCES;
}

static int make_run(struct vnencap_dev *vn, struct sk_buff *skb,
		    struct vnencap_peek *peek)
{
	struct vnencap_run run;

	skb_reset_network_header(skb);
	if ((peek->extended && vnencap_outer_remove_jumbo(skb, peek)) ||
	    !vnencap_outer_cut(skb, peek)) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	return vnencap_accept_run(vn, skb, peek, &run);
}

static void take(struct vnencap_dev *vn, struct sk_buff *skb,
		 struct vnencap_peek *peek, u8 family)
{
	int err;

	err = check_policy(vn, skb, family) ?: make_run(vn, skb, peek);
	if (err) {
		vnencap_deliver_free(vn, skb, err);
		return;
	}
	vnencap_accept_scrub(vn, skb);
	vnencap_cells_add_run(vn, skb);
}

/* ---- Netfilter ---- */

/* Is a TCP packet for a port that devices receive at? What is not linear may be. */
static __always_inline bool may_be_segment(const struct vnencap_substrate *s,
					   const struct sk_buff *skb,
					   unsigned int len)
{
	const struct tcphdr *th = (const void *)skb->data + len;

	if (unlikely(skb_headlen(skb) < len + offsetofend(struct tcphdr, dest)))
		return true;
	return test_bit(ntohs(th->dest), s->ports);
}

static __always_inline u8 proto_of(const struct sk_buff *skb, bool ipv4)
{
	return ipv4 ? ((const struct iphdr *)skb->data)->protocol :
		      ((const struct ipv6hdr *)skb->data)->nexthdr;
}

/* The hooks see every packet that the namespace receives, whoever it is for; those
 * that devices have handed up, too. So what cannot concern us is let go by one look at
 * the IP header, and at the port behind it. The stack has read the header, so it is
 * linear, and data is there. Each family has hooks of its own, and @ipv4 is constant.
 */
static __always_inline bool concerns_us(const struct vnencap_substrate *s,
					const struct sk_buff *skb, bool ipv4)
{
	unsigned int len = ipv4 ? ((const struct iphdr *)skb->data)->ihl * 4 :
				  sizeof(struct ipv6hdr);
	u8 proto = proto_of(skb, ipv4);

	if (likely(proto == IPPROTO_TCP))
		return may_be_segment(s, skb, len);
	return proto != IPPROTO_UDP && (proto == IPPROTO_ICMP || !ipv4);
}

/* A packet to a port that devices receive at. A segment to another of the host's
 * addresses than theirs was meant for one of them: the sender's mapping is wrong, or
 * the device's address. TCP would answer it with a reset.
 */
static unsigned int decide(const struct vnencap_substrate *s,
			   struct sk_buff *skb,
			   const struct nf_hook_state *state,
			   struct vnencap_peek *peek, __be16 port)
{
	struct vnencap_dev *vn;
	u32 vni;

	if (!segment_like(skb, peek, &vni))
		return vnencap_substrate_serves(s, &peek->daddr, port) ?
		       stranger(s, skb, state, peek, port, false) : NF_ACCEPT;
	vn = receiver(s, skb, state, peek, port, vni);
	if (!vn)
		return stranger(s, skb, state, peek, port, true);
	take(vn, skb, peek, state->pf);
	return NF_STOLEN;
}

/* An ipvlan device may be in another namespace, and yet have its packets go by the
 * hooks of this one, where its NIC is (mode L3S). Only the route tells then whose they
 * are.
 */
static bool is_for_elsewhere(const struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return !net_eq(dev_net(skb_dst(skb)->dev), state->net);
}

static noinline unsigned int take_local(struct vnencap_substrate *s,
					struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	struct vnencap_peek peek __uninitialized;
	unsigned int verdict;
	__be16 port;

	if (unlikely(is_for_elsewhere(skb, state)) ||
	    !vnencap_outer_peek(skb, &peek, VNENCAP_PEEK_ALL))
		return NF_ACCEPT;
	if (is_icmp(&peek)) {
		hear(s, skb, &peek);
		return NF_ACCEPT;
	}
	port = port_of(skb, &peek);
	if (!port || !test_bit(ntohs(port), s->ports) ||
	    is_for_many(skb, &peek) || goes_on(skb, &peek) ||
	    is_socket_s(skb, state, &peek))
		return NF_ACCEPT;
	/* A packet that a program let pass (NFQUEUE) comes here in the program's
	 * context. Softirqs would meet us at the cell and at the counters.
	 */
	local_bh_disable();
	verdict = decide(s, skb, state, &peek, port);
	local_bh_enable();
	return verdict;
}

/* The last of local input's hooks: the host would deliver what gets here. */
static unsigned int local_in_ipv4(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	return unlikely(concerns_us(priv, skb, true)) ?
	       take_local(priv, skb, state) : NF_ACCEPT;
}

static unsigned int local_in_ipv6(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	return unlikely(concerns_us(priv, skb, false)) ?
	       take_local(priv, skb, state) : NF_ACCEPT;
}

/* Has somebody decided on it already? A template only says how it would be tracked, in
 * which zone, say. Rules that set one may come before us or after.
 */
static bool is_decided(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	enum ip_conntrack_info info;
	const struct nf_conn *ct = nf_ct_get(skb, &info);

	return ct ? !nf_ct_is_template(ct) : info == IP_CT_UNTRACKED;
#else
	return false;
#endif
}

static void set_untracked(struct sk_buff *skb)
{
	nf_reset_ct(skb);
	skb_set_nfct(skb, IP_CT_UNTRACKED);
}

/* This hook comes before the route is looked up. So it has to ask whose the
 * address is, for what only passes through this host is none of our concern.
 */
static noinline unsigned int untrack(struct vnencap_substrate *s,
				     struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	struct vnencap_peek peek __uninitialized;
	struct vnencap_dev *vn;
	__be16 port;
	u32 vni;

	if (is_decided(skb) ||
	    !vnencap_outer_peek(skb, &peek, VNENCAP_PEEK_FEW))
		return NF_ACCEPT;
	port = port_of(skb, &peek);
	if (!port || !vnencap_substrate_serves(s, &peek.daddr, port) ||
	    !segment_like(skb, &peek, &vni) ||
	    (!vnencap_local_is(state->in, &peek.daddr) &&
	     !vnencap_admit_by_rules(skb)))
		return NF_ACCEPT;
	vn = receiver(s, skb, state, &peek, port, vni);
	if (vn && rcu_dereference(vn->config)->notrack)
		set_untracked(skb);
	return NF_ACCEPT;
}

/* Keep segments out of connection tracking, unless the device is set to have them
 * in: the fake connections mean nothing there, and would fill its table. And where
 * there is no other hook, datagrams that a device has received may have their route.
 */
static unsigned int pre_routing_ipv4(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	if (proto_of(skb, true) == IPPROTO_UDP) {
		vnencap_inroute_attach(skb, state->net);
		return NF_ACCEPT;
	}
	return unlikely(concerns_us(priv, skb, true)) ?
	       untrack(priv, skb, state) : NF_ACCEPT;
}

static unsigned int pre_routing_ipv6(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return unlikely(concerns_us(priv, skb, false)) ?
	       untrack(priv, skb, state) : NF_ACCEPT;
}

static const struct nf_hook_ops hooks[HOOKS_N] = {
	{
		.hook = pre_routing_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_RAW,
	}, {
		.hook = local_in_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST,
	}, {
		.hook = pre_routing_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_RAW,
	}, {
		.hook = local_in_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_LAST,
	},
};

/* The hooks of a namespace are given its substrate, which is there as long as any device
 * is, and for a grace period after.
 */
static int register_hooks(struct net *net, struct input_net *in)
{
	struct vnencap_substrate *s = vnencap_substrate_of(net);
	unsigned int i;

	memcpy(in->hooks, hooks, sizeof(hooks));
	for (i = 0; i < HOOKS_N; i++)
		in->hooks[i].priv = s;
	return nf_register_net_hooks(net, in->hooks, HOOKS_N);
}

/**
 * vnencap_input_begin - take frames at a namespace's local input
 * @net: namespace of the substrate
 *
 * Context: RTNL; to be called for each device, before it receives.
 * Return: 0 or a negative error.
 */
int vnencap_input_begin(struct net *net)
{
	struct input_net *in = net_generic(net, input_net_id);
	int err;

	ASSERT_RTNL();
	if (!in->users) {
		err = register_hooks(net, in);
		if (err)
			return err;
	}
	in->users++;
	return 0;
}

/**
 * vnencap_input_end - end of vnencap_input_begin()
 * @net: the same
 *
 * Context: RTNL; the device receives no more.
 */
void vnencap_input_end(struct net *net)
{
	struct input_net *in = net_generic(net, input_net_id);

	ASSERT_RTNL();
	if (!--in->users)
		nf_unregister_net_hooks(net, in->hooks, HOOKS_N);
}

static struct pernet_operations input_net_ops = {
	.id = &input_net_id,
	.size = sizeof(struct input_net),
};

/**
 * vnencap_input_init - make ready to take frames at local input
 *
 * Context: module init.
 * Return: 0 or a negative error.
 */
int __init vnencap_input_init(void)
{
	return register_pernet_subsys(&input_net_ops);
}

/**
 * vnencap_input_exit - undo vnencap_input_init()
 *
 * Context: module exit (or failed init), when there are no devices.
 */
void vnencap_input_exit(void)
{
	unregister_pernet_subsys(&input_net_ops);
}
