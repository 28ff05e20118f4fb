// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path MTU of the substrate, and of the overlay.
 *
 * A router of the substrate that cannot forward a segment says so:
 * "fragmentation needed" (RFC 1191) or "packet too big" (RFC 8201). TCP would
 * ignore the message, as it knows no such connection. Here the path MTU is kept
 * with the route to the peer, as it is for UDP tunnels, and the next frames have
 * shorter segments.
 *
 * The path MTU of the overlay is the device's MTU, whatever the substrate's.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/sock.h>

#include "compat.h"
#include "lower/local.h"
#include "lower/lower.h"
#include "lower/pmtu.h"
#include "lower/substrate.h"
#include "vnencap.h"
#include "wire/option.h"
#include "wire/outer.h"
#include "wire/wire.h"

/* A router returns the start of the packet that was too big: its IP header and
 * at least that many bytes more, in which the ports are.
 */
#define RETURNED_MIN	8

/* How many lower devices have their routes told of a message that came by none of
 * them
 */
#define LOWERS_MAX	16

/* Is the returned packet one of our segments, sent by this host? */
static bool ours_returned(const struct vnencap_substrate *s,
			  const struct sk_buff *skb, const void *ip,
			  const __be16 *ports)
{
	struct vnencap_addr saddr;

	if (!test_bit(ntohs(ports[1]), s->ports))
		return false;
	if (((const struct iphdr *)ip)->version == 4) {
		saddr.family = AF_INET;
		saddr.ip4 = ((const struct iphdr *)ip)->saddr;
	} else {
		saddr.family = AF_INET6;
		saddr.ip6 = ((const struct ipv6hdr *)ip)->saddr;
	}
	return vnencap_local_is(skb->dev, &saddr);
}

typedef void (*update_fn)(const struct vnencap_lower *lower,
			  struct sk_buff *skb, u32 mtu);

/* A message that came by no lower device does not say which is meant: then the route
 * by each is told.
 */
static void tell_lowers(const struct vnencap_substrate *s, struct sk_buff *skb,
			update_fn update, u32 mtu)
{
	unsigned int left = LOWERS_MAX, bucket;
	const struct vnencap_lower *lower;

	hash_for_each_rcu(s->lowers, bucket, lower, node) {
		if (!left--)
			return;
		update(lower, skb, mtu);
	}
}

/* Tell the route by the lower device that the message came by, and the one that
 * devices without a lower device take.
 */
static void tell_routes(const struct vnencap_substrate *s, struct sk_buff *skb,
			update_fn update, u32 mtu)
{
	const struct vnencap_lower *own = vnencap_lower_of(skb->dev);
	const struct vnencap_lower *anywhere = rcu_dereference(s->anywhere);

	if (likely(own))
		update(own, skb, mtu);
	else
		tell_lowers(s, skb, update, mtu);
	if (anywhere)
		update(anywhere, skb, mtu);
}

/* The mark that the returned segment had. If the router returned no more of it than
 * it must, nothing tells which device sent it: then the mark is taken to be 0.
 */
static u32 mark_returned(const struct vnencap_lower *lower,
			 const struct sk_buff *skb, unsigned int at)
{
	const struct vnencap_segment_hdr *hdr;
	struct vnencap_segment_hdr copy;
	const struct vnencap_dev *vn;
	u32 word;

	hdr = skb_header_pointer(skb, at, sizeof(copy), &copy);
	if (!hdr || !vnencap_option_ours(hdr))
		return 0;
	word = be32_to_cpu(hdr->word);
	vn = vnencap_lower_find(lower, FIELD_GET(VNENCAP_WORD_VNI, word));
	return vn ? rcu_dereference(vn->config)->fwmark : 0;
}

static bool too_big_told(const struct sk_buff *skb, unsigned int at)
{
	struct icmphdr buffer;
	const struct icmphdr *icmp;

	icmp = skb_header_pointer(skb, at, sizeof(buffer), &buffer);
	return icmp && icmp->type == ICMP_DEST_UNREACH &&
	       icmp->code == ICMP_FRAG_NEEDED;
}

/* All our segments have such an IPv4 header. */
static bool segment_like(const struct iphdr *iph)
{
	return iph->version == 4 && iph->ihl == 5 &&
	       iph->protocol == IPPROTO_TCP && iph->frag_off == htons(IP_DF);
}

/* Does what ipv4_update_pmtu() does, which has no parameter for a mark. @skb's data
 * is the packet that was too big.
 */
static void update_marked_ipv4(const struct vnencap_lower *lower,
			       struct sk_buff *skb, u32 mtu, u32 mark)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct net *net = lower->substrate->net;
	struct flowi4 fl4 = {
		.flowi4_oif = vnencap_lower_oif(lower),
		.flowi4_mark = mark,
		.flowi4_proto = IPPROTO_TCP,
		.flowi4_uid = sock_net_uid(net, NULL),
		.daddr = iph->daddr,
		.saddr = iph->saddr,
	};
	u16 network_header = skb->network_header;
	u32 own_mark = skb->mark;
	struct rtable *rt;

	compat_set_flow_tos(&fl4, iph->tos);
	rt = __ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return;
	/* update_pmtu() looks the route up again, by what the skb says */
	skb_reset_network_header(skb);
	skb->mark = mark;
	rt->dst.ops->update_pmtu(&rt->dst, NULL, skb, mtu, false);
	skb->mark = own_mark;
	skb->network_header = network_header;
	ip_rt_put(rt);
}

static void update_ipv4(const struct vnencap_lower *lower, struct sk_buff *skb,
			u32 mtu)
{
	u32 mark = mark_returned(lower, skb, sizeof(struct iphdr));

	if (mark)
		update_marked_ipv4(lower, skb, mtu, mark);
	else
		ipv4_update_pmtu(skb, lower->substrate->net, mtu,
				 vnencap_lower_oif(lower), IPPROTO_TCP);
}

static void learn_ipv4(const struct vnencap_substrate *s, struct sk_buff *skb)
{
	unsigned int ihl = ((const struct iphdr *)skb->data)->ihl * 4;
	unsigned int inner = ihl + sizeof(struct icmphdr);
	const struct iphdr *iph;
	u16 mtu;

	if (!too_big_told(skb, ihl) ||
	    !pskb_may_pull(skb, inner + sizeof(*iph) + RETURNED_MIN) ||
	    ip_fast_csum(skb->data, ihl / 4) ||
	    csum_fold(skb_checksum(skb, ihl, skb->len - ihl, 0)))
		return;
	mtu = ntohs(((struct icmphdr *)(skb->data + ihl))->un.frag.mtu);
	iph = __skb_pull(skb, inner);
	if (segment_like(iph) &&
	    ours_returned(s, skb, iph, (const __be16 *)(iph + 1)))
		tell_routes(s, skb, update_ipv4, mtu);
	__skb_push(skb, inner);
}

#if IS_ENABLED(CONFIG_IPV6)
static bool too_big_told_ipv6(const struct sk_buff *skb)
{
	struct icmp6hdr buffer;
	const struct icmp6hdr *icmp;

	icmp = skb_header_pointer(skb, sizeof(struct ipv6hdr), sizeof(buffer),
				  &buffer);
	return icmp && icmp->icmp6_type == ICMPV6_PKT_TOOBIG;
}

/* Is the checksum of the ICMPv6 message right? What follows it is padding. */
static bool sum_right_ipv6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	u32 len = ntohs(ip6h->payload_len);

	if (len > skb->len - sizeof(*ip6h))
		return false;
	return !csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				IPPROTO_ICMPV6,
				skb_checksum(skb, sizeof(*ip6h), len, 0));
}

static void update_ipv6(const struct vnencap_lower *lower, struct sk_buff *skb,
			u32 mtu)
{
	struct net *net = lower->substrate->net;

	ip6_update_pmtu(skb, net, htonl(mtu), vnencap_lower_oif(lower),
			mark_returned(lower, skb, sizeof(struct ipv6hdr)),
			sock_net_uid(net, NULL));
}

static void learn_ipv6(const struct vnencap_substrate *s, struct sk_buff *skb)
{
	const unsigned int inner = sizeof(struct ipv6hdr) +
				   sizeof(struct icmp6hdr);
	const struct ipv6hdr *ip6h;
	__be32 mtu;

	if (!too_big_told_ipv6(skb) ||
	    !pskb_may_pull(skb, inner + sizeof(*ip6h) + RETURNED_MIN) ||
	    !sum_right_ipv6(skb))
		return;
	mtu = ((struct icmp6hdr *)(skb->data + sizeof(*ip6h)))->icmp6_mtu;
	ip6h = __skb_pull(skb, inner);
	if (ip6h->version == 6 && ip6h->nexthdr == IPPROTO_TCP &&
	    ours_returned(s, skb, ip6h, (const __be16 *)(ip6h + 1)))
		tell_routes(s, skb, update_ipv6, ntohl(mtu));
	__skb_push(skb, inner);
}
#else
static void learn_ipv6(const struct vnencap_substrate *s, struct sk_buff *skb)
{
}
#endif

/**
 * vnencap_pmtu_learn - maybe learn a path MTU from an ICMP message
 * @s: the substrate that it came to
 * @skb: a message for this host, without IPv6 extension headers, data at its IP
 *	header; it is left as it was, except that more of it may be linear
 *
 * The stack is to get the message, too, and counts it.
 *
 * Context: softirq, in RCU. @skb not shared.
 */
void vnencap_pmtu_learn(const struct vnencap_substrate *s, struct sk_buff *skb)
{
	if (!pskb_may_pull(skb, sizeof(struct iphdr)))
		return;
	if (vnencap_outer_is_ipv6(skb))
		learn_ipv6(s, skb);
	else
		learn_ipv4(s, skb);
}

/* The kernel's function that builds the message wants a link layer header. */
static int build_reply(struct sk_buff *skb, struct dst_entry *dst, u32 mtu)
{
	struct ethhdr *eth;
	int err;

	err = skb_cow_head(skb, ETH_HLEN);
	if (err)
		return err;
	eth = skb_push(skb, ETH_HLEN);
	memset(eth, 0, ETH_HLEN);
	eth->h_proto = skb->protocol;
	skb_reset_mac_header(skb);
	err = skb_tunnel_check_pmtu(skb, dst, dst_mtu(dst) - mtu, true);
	__skb_pull(skb, ETH_HLEN);
	return err;
}

/* Did the packet come from a socket of the device's namespace? Its IP layer has
 * measured it then.
 */
static bool sent_here(const struct vnencap_dev *vn, const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	return sk && (sk->sk_family == AF_INET || sk->sk_family == AF_INET6) &&
	       net_eq(sock_net(sk), dev_net(vn->dev));
}

/**
 * vnencap_pmtu_enforce - refuse a packet that is longer than the device's MTU
 * @vn: the device
 * @skb: the packet, data at its IP header
 * @dst: the way to its endpoint
 *
 * The IP layer sends no such packet. But the MTU may have changed since it
 * looked, and what traffic control redirects from another device has not been
 * measured at all. The sender of such a packet is told, as a bridged VXLAN
 * device tells it. A sender on this host will learn from the device: its packet
 * is carried.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: 0 where @skb is to be carried all the same; -EMSGSIZE where it has
 * become the answer, for vnencap_pmtu_reply(); or another error.
 */
int vnencap_pmtu_enforce(const struct vnencap_dev *vn, struct sk_buff *skb,
			 struct dst_entry *dst)
{
	int err;

	if (sent_here(vn, skb))
		return 0;
	err = build_reply(skb, dst, READ_ONCE(vn->dev->mtu));
	return err > 0 ? -EMSGSIZE : err;
}

/**
 * vnencap_pmtu_reply - hand up an answer, as if it had come by the device
 * @vn: the device
 * @skb: from vnencap_pmtu_enforce(); taken over
 *
 * Context: softirq, or bottom halves disabled.
 */
void vnencap_pmtu_reply(const struct vnencap_dev *vn, struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb->dev = vn->dev;
	netif_rx(skb);
}
