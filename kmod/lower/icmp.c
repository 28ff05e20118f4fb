// SPDX-License-Identifier: GPL-2.0-only
/*
 * A router that has something to say of a segment returns the start of it in an
 * ICMP message. TCP would ignore the message, as it knows no such connection. Here
 * the segment is known again as ours, and found are the routes that the message is
 * about.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/xfrm.h>

#include "compat.h"
#include "lower/icmp.h"
#include "lower/local.h"
#include "lower/lower.h"
#include "lower/substrate.h"
#include "map/endpoint.h"
#include "vnencap.h"
#include "wire/option.h"
#include "wire/outer.h"
#include "wire/wire.h"

/* A router returns the start of the packet that was too big: its IP header and
 * at least that many bytes more, in which the ports are.
 */
#define RETURNED_MIN	8

/* How many lower devices have their routes told of a message, beside the one that it
 * came by, and how many are looked at for that. Both take long, and anybody may send a
 * message. Where there are more, it is the others' turn with the next one: a router says
 * it again of each frame.
 */
#define TOLD_MAX	2
#define LOOKED_AT_MAX	16

/* Is the returned packet one of our segments, sent by this host? Mostly the message comes
 * to the address that the segment was sent from: then it is the host's, or the stack would
 * not have taken the message. Routing rules may have said so, by a mark that the segment's
 * address alone does not tell.
 */
static bool ours_returned(const struct vnencap_substrate *s,
			  const struct sk_buff *skb, const void *ip,
			  const __be16 *ports)
{
	struct vnencap_addr saddr = vnencap_outer_source_at(ip);
	struct vnencap_addr daddr = vnencap_outer_dest_at(skb->data);

	return test_bit(ntohs(ports[1]), s->ports) &&
	       (vnencap_addr_equal(&saddr, &daddr) ||
		vnencap_local_is(skb->dev, &saddr));
}

/* All our segments have such an IPv4 header. */
static bool segment_like(const struct iphdr *iph)
{
	return iph->version == 4 && iph->ihl == 5 &&
	       iph->protocol == IPPROTO_TCP && iph->frag_off == htons(IP_DF);
}

/**
 * vnencap_icmp_ipv4 - the segment of ours that an ICMP message returns
 * @s: the substrate that the message came to
 * @skb: an error or a redirect, data at its IP header; more of it may become linear
 *
 * Context: RCU. @skb not shared.
 * Return: where the segment's IP header is, in bytes from the message's; 0 where the
 * message is damaged, does not return a segment that this host has sent, or is one that
 * IPsec policies do not let in.
 */
unsigned int vnencap_icmp_ipv4(const struct vnencap_substrate *s,
			       struct sk_buff *skb)
{
	unsigned int ihl = ((const struct iphdr *)skb->data)->ihl * 4;
	unsigned int at = ihl + sizeof(struct icmphdr);
	const struct iphdr *iph;

	if (!pskb_may_pull(skb, at + sizeof(*iph) + RETURNED_MIN) ||
	    ip_fast_csum(skb->data, ihl / 4) ||
	    csum_fold(skb_checksum(skb, ihl, skb->len - ihl, 0)))
		return 0;
	iph = (const void *)(skb->data + at);
	if (!segment_like(iph) ||
	    !ours_returned(s, skb, iph, (const __be16 *)(iph + 1)) ||
	    !xfrm_policy_check(NULL, XFRM_POLICY_IN, skb, AF_INET))
		return 0;
	return at;
}

#if IS_ENABLED(CONFIG_IPV6)
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

/**
 * vnencap_icmp_ipv6 - does an ICMPv6 message return a segment of ours?
 * @s: the substrate that the message came to
 * @skb: an error or a redirect, without extension headers, data at its IP header;
 *	more of it may become linear
 * @at: where the returned packet's IP header is, in bytes from the message's
 *
 * Context: RCU. @skb not shared.
 * Return: true if this host has sent the segment, the message is not damaged, and IPsec
 * policies let it in.
 */
bool vnencap_icmp_ipv6(const struct vnencap_substrate *s,
		       struct sk_buff *skb, unsigned int at)
{
	const struct ipv6hdr *ip6h;

	if (!pskb_may_pull(skb, at + sizeof(*ip6h) + RETURNED_MIN) ||
	    !sum_right_ipv6(skb))
		return false;
	ip6h = (const void *)(skb->data + at);
	return ip6h->version == 6 && ip6h->nexthdr == IPPROTO_TCP &&
	       ours_returned(s, skb, ip6h, (const __be16 *)(ip6h + 1)) &&
	       xfrm_policy_check(NULL, XFRM_POLICY_IN, skb, AF_INET6);
}
#endif

/* The VNI of a segment whose TCP header is @at bytes after @skb's data. A router that
 * returns no more than it must does not return the option: then there is none.
 */
static bool returned_vni(const struct sk_buff *skb, unsigned int at, u32 *vni)
{
	const struct vnencap_segment_hdr *hdr;
	struct vnencap_segment_hdr copy;

	hdr = skb_header_pointer(skb, at, sizeof(copy), &copy);
	if (!hdr || !vnencap_option_ours(hdr))
		return false;
	*vni = FIELD_GET(VNENCAP_WORD_VNI, be32_to_cpu(hdr->word));
	return true;
}

/**
 * struct told - who is told of a message
 * @skb: the message, data at the returned segment's IP header
 * @tell: tells the route by a lower device
 * @what: for @tell
 * @domain: the L3 master device that the message came in by, or 0: VRFs do not hear
 *	what routers say in others
 * @own: the lower device that it came by; NULL where it is none
 * @any: whether any was told
 * @tell_left: how many others may still be told
 * @look_left: how many may still be looked at
 */
struct told {
	struct sk_buff *skb;
	vnencap_icmp_fn tell;
	u32 what;
	int domain;
	const struct vnencap_lower *own;
	bool any;
	unsigned int tell_left;
	unsigned int look_left;
};

/* Return: whether it was told. */
static bool tell_lower(struct told *told, const struct vnencap_lower *lower)
{
	if (vnencap_lower_domain(lower) != told->domain)
		return false;
	told->any = true;
	told->tell(lower, told->skb, told->what);
	return true;
}

static bool is_enough(const struct told *told)
{
	return !told->tell_left || !told->look_left;
}

static void tell_other(struct told *told, const struct vnencap_lower *lower)
{
	told->look_left--;
	if (lower != told->own && tell_lower(told, lower))
		told->tell_left--;
}

/* Tell the lower devices in a place of the table; of the place of @last those behind
 * it. @last is the one that was looked at last afterwards, by its index.
 */
static void tell_place(struct told *told, const struct hlist_head *place,
		       int *last, bool behind)
{
	const struct vnencap_lower *lower;

	hlist_for_each_entry_rcu(lower, place, node) {
		if (behind) {
			behind = lower->dev->ifindex != *last;
			continue;
		}
		if (is_enough(told))
			return;
		tell_other(told, lower);
		*last = lower->dev->ifindex;
	}
}

/* Nothing tells which device sent the segment. It may be one by any lower device. They
 * are gone through once around, from where the last message left off.
 */
static void tell_all(struct vnencap_substrate *s, struct told *told)
{
	const struct vnencap_lower *anywhere = rcu_dereference(s->anywhere);
	const unsigned int n = HASH_SIZE(s->lowers);
	int last = READ_ONCE(s->told_last);
	unsigned int at = hash_min(last, HASH_BITS(s->lowers)), i;

	if (anywhere)
		tell_lower(told, anywhere);
	for (i = 0; i <= n && !is_enough(told); i++)
		tell_place(told, &s->lowers[(at + i) % n], &last, !i);
	WRITE_ONCE(s->told_last, last);
}

/* The segment was that of a device of this VNI, which sends from such an address. Return:
 * false where enough were looked at before this one.
 */
static bool tell_sender(struct vnencap_substrate *s, struct told *told,
			const struct vnencap_dev *vn, u32 vni, unsigned int at)
{
	const struct vnencap_addr saddr = vnencap_outer_source(told->skb);
	const struct tcphdr *th = (const void *)(told->skb->data + at);

	if (rcu_dereference(vn->config)->vni != vni)
		return true;
	if (is_enough(told))
		return false;
	if (vnencap_substrate_takes(vn, &saddr, th->dest))
		tell_other(told, vn->lower);
	else
		told->look_left--;
	WRITE_ONCE(s->told_sender, vn->lower_ifindex);
	return true;
}

/* There are hardly ever more of them than may be told. They are gone through once around,
 * from behind the one where the last message left off.
 */
static void tell_all_senders(struct vnencap_substrate *s, struct told *told,
			     u32 vni, unsigned int at)
{
	const struct vnencap_dev *last =
		vnencap_substrate_on(s, READ_ONCE(s->told_sender), vni);
	const struct vnencap_dev *vn = last;

	if (vn) {
		hlist_for_each_entry_continue_rcu(vn, vni_node)
			if (!tell_sender(s, told, vn, vni, at))
				return;
	}
	hash_for_each_possible_rcu(s->devices, vn, vni_node, vni)
		if (!tell_sender(s, told, vn, vni, at) || vn == last)
			return;
}

/* Tell the routes that the segment may have taken: the message may have come by another
 * way than that went. The lower device that it came by is told first, and always.
 */
static void tell_routes(struct vnencap_substrate *s, struct told *told)
{
	const struct net_device *dev = told->skb->dev;
	const struct vnencap_lower *own = vnencap_lower_of(dev);
	unsigned int at = vnencap_outer_len(told->skb);
	bool known;
	u32 vni;

	told->domain = l3mdev_master_ifindex_rcu(dev);
	told->own = own;
	told->tell_left = TOLD_MAX;
	told->look_left = LOOKED_AT_MAX;
	known = returned_vni(told->skb, at, &vni);
	if (own && (!known || vnencap_lower_find(own, vni)))
		tell_lower(told, own);
	if (known)
		tell_all_senders(s, told, vni, at);
	else
		tell_all(s, told);
}

/**
 * vnencap_icmp_tell - tell the routes that a message is about
 * @s: the substrate that it came to
 * @skb: the message, linear up to the ports of the returned segment
 * @at: where that is, in bytes from the message's IP header
 * @tell: called for each lower device whose route is meant
 * @what: for @tell
 *
 * Context: RCU.
 * Return: true if any was told.
 */
bool vnencap_icmp_tell(struct vnencap_substrate *s,
		       struct sk_buff *skb, unsigned int at,
		       vnencap_icmp_fn tell, u32 what)
{
	struct told told = { .skb = skb, .tell = tell, .what = what };

	__skb_pull(skb, at);
	tell_routes(s, &told);
	__skb_push(skb, at);
	return told.any;
}

/**
 * vnencap_icmp_endpoint - the endpoint that a returned segment was sent to
 * @s: the substrate that the message came to
 * @skb: the message, linear up to the ports of the returned segment
 * @at: where that is, in bytes from the message's IP header
 *
 * Context: RCU.
 * Return: the endpoint; NULL if no mapping names it any more, or if the router
 * returned no more of the segment than it must.
 */
struct vnencap_endpoint *
vnencap_icmp_endpoint(const struct vnencap_substrate *s,
		      const struct sk_buff *skb, unsigned int at)
{
	const void *ip = skb->data + at;
	struct vnencap_addr daddr = vnencap_outer_dest_at(ip);
	u32 vni;

	if (!returned_vni(skb, at + vnencap_outer_size(daddr.family), &vni))
		return NULL;
	return vnencap_endpoint_find(s->net, vni, &daddr);
}

/**
 * vnencap_icmp_mark - the mark that a returned segment had
 * @lower: the lower device that it left by
 * @skb: the message, data at the segment's IP header
 * @at: length of that header
 *
 * Context: RCU.
 * Return: the mark. If the router returned no more of the segment than it must,
 * nothing tells which device sent it: then 0.
 */
u32 vnencap_icmp_mark(const struct vnencap_lower *lower,
		      const struct sk_buff *skb, unsigned int at)
{
	const struct vnencap_dev *vn;
	u32 vni;

	if (!returned_vni(skb, at, &vni))
		return 0;
	vn = vnencap_lower_find(lower, vni);
	return vn ? rcu_dereference(vn->config)->fwmark : 0;
}

/**
 * vnencap_icmp_route - the route that a returned IPv4 segment took
 * @lower: the lower device that it left by
 * @skb: the message, data at the segment's IP header
 * @mark: the mark that it had
 *
 * Context: RCU.
 * Return: the route, to be released, or an ERR_PTR.
 */
struct rtable *vnencap_icmp_route(const struct vnencap_lower *lower,
				  const struct sk_buff *skb, u32 mark)
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

	compat_set_flow_tos(&fl4, iph->tos);
	return __ip_route_output_key(net, &fl4);
}
