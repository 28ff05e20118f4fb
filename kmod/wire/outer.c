// SPDX-License-Identifier: GPL-2.0-only
/*
 * The outer IP header: written when a frame is sent, read when a run has come.
 * IPv4 and IPv6 differ in few files: here, and in lower/.
 */
#include <linux/netdevice.h>
#include <linux/tcp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "wire/outer.h"

/**
 * vnencap_outer_push_ipv6 - write the IPv6 header
 * @skb: as for vnencap_outer_push()
 * @outer: likewise
 *
 * Context: softirq, or bottom halves disabled.
 */
void vnencap_outer_push_ipv6(struct sk_buff *skb,
			     const struct vnencap_outer *outer)
{
	struct tcphdr *th = (struct tcphdr *)skb->data;
	struct ipv6hdr *ip6h;

	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	th->check = ~csum_ipv6_magic(&outer->saddr.ip6, &outer->daddr->ip6,
				     skb->len, IPPROTO_TCP, 0);
	ip6h = __skb_push(skb, sizeof(*ip6h));
	ip6_flow_hdr(ip6h, outer->tos, outer->label);
	ip6h->nexthdr = IPPROTO_TCP;
	ip6h->hop_limit = outer->ttl;
	ip6h->saddr = outer->saddr.ip6;
	ip6h->daddr = outer->daddr->ip6;
}

/* Go on behind an extension header. None is shorter than that of a fragment. */
static bool peek_behind(const struct sk_buff *skb, struct vnencap_peek *peek)
{
	const struct frag_hdr *hdr;
	struct frag_hdr copy;

	hdr = skb_header_pointer(skb, peek->len, sizeof(copy), &copy);
	if (!hdr || (peek->proto == NEXTHDR_FRAGMENT &&
		     hdr->frag_off & htons(IP6_OFFSET)))
		return false;
	peek->len += peek->proto == NEXTHDR_FRAGMENT ?
		     sizeof(*hdr) :
		     ipv6_optlen((const struct ipv6_opt_hdr *)hdr);
	peek->proto = hdr->nexthdr;
	return true;
}

/* Look behind extension headers: TCP would find its header there, and answer. But what
 * is behind IPsec's (AH) is nobody's yet: when the stack has found it genuine, it comes
 * again, without that header.
 */
static bool peek_beyond(const struct sk_buff *skb, struct vnencap_peek *peek,
			unsigned int most)
{
	for (; ipv6_ext_hdr(peek->proto); most--)
		if (!most || peek->proto == NEXTHDR_NONE ||
		    peek->proto == NEXTHDR_AUTH || !peek_behind(skb, peek))
			return false;
	peek->extended = true;
	return true;
}

/**
 * vnencap_outer_peek_ipv6 - look at a packet's IPv6 header, by copy
 * @skb: as for vnencap_outer_peek()
 * @peek: likewise
 * @most: likewise
 *
 * Return: likewise.
 */
bool vnencap_outer_peek_ipv6(const struct sk_buff *skb,
			     struct vnencap_peek *peek, unsigned int most)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr copy;

	ip6h = skb_header_pointer(skb, 0, sizeof(copy), &copy);
	if (!ip6h || ip6h->version != 6)
		return false;
	peek->daddr.family = AF_INET6;
	peek->daddr.ip6 = ip6h->daddr;
	peek->len = sizeof(*ip6h);
	peek->proto = ip6h->nexthdr;
	peek->part = false;
	peek->extended = false;
	return !ipv6_ext_hdr(ip6h->nexthdr) || peek_beyond(skb, peek, most);
}

/* Is it longer than a packet on a wire can be? GRO has made it, or a sender on
 * this host, and it was not segmented.
 */
static bool is_big(const struct sk_buff *skb)
{
	return skb_is_gso(skb) &&
	       skb->len > sizeof(struct ipv6hdr) + IPV6_MAXPLEN;
}

/**
 * vnencap_outer_trim_ipv6 - see that the outer header is right
 * @skb: as for vnencap_outer_trim()
 *
 * A packet of more than 64 KB gives its length as zero. Any other packet that
 * does would be a jumbogram (RFC 2675), and is too short for that.
 *
 * Return: likewise.
 */
bool vnencap_outer_trim_ipv6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;
	u32 len;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return false;
	ip6h = (const struct ipv6hdr *)skb->data;
	len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (unlikely(!ip6h->payload_len))
		return is_big(skb);
	return len <= skb->len &&
	       !pskb_trim_rcsum(skb, len);
}

/* The header has to be taken out of a sum that the NIC made over the whole
 * packet (CHECKSUM_COMPLETE). For IPv4 that is not needed: a right header's sum
 * is zero.
 */
static bool sum_right_ipv6(struct sk_buff *skb)
{
	bool wrong;

	__skb_pull(skb, sizeof(struct ipv6hdr));
	skb_reset_transport_header(skb);
	skb_postpull_rcsum(skb, skb_network_header(skb),
			   sizeof(struct ipv6hdr));
	wrong = skb_checksum_validate(skb, IPPROTO_TCP, ip6_compute_pseudo);
	__skb_push(skb, sizeof(struct ipv6hdr));
	skb_postpush_rcsum(skb, skb->data, sizeof(struct ipv6hdr));
	return !wrong;
}

static bool sum_right_ipv4(struct sk_buff *skb)
{
	unsigned int ihl = ip_hdrlen(skb);
	bool wrong;

	__skb_pull(skb, ihl);
	skb_reset_transport_header(skb);
	wrong = skb_checksum_validate(skb, IPPROTO_TCP, inet_compute_pseudo);
	__skb_push(skb, ihl);
	return !wrong;
}

/**
 * vnencap_outer_sum - compute the TCP checksum
 * @skb: as for vnencap_outer_sum_right()
 *
 * Return: whether it is right.
 */
bool vnencap_outer_sum(struct sk_buff *skb)
{
	/* it may speak of another checksum, a tunnel's around this packet */
	skb->csum_valid = 0;
	return vnencap_outer_is_ipv6(skb) ? sum_right_ipv6(skb) :
					    sum_right_ipv4(skb);
}

static const struct tcphdr *tcp_header(const struct sk_buff *skb)
{
	return (const void *)skb->data + vnencap_outer_len(skb);
}

static bool same_addresses(const struct sk_buff *a, const struct sk_buff *b)
{
	const struct iphdr *ia = (const struct iphdr *)a->data;
	const struct iphdr *ib = (const struct iphdr *)b->data;
	const struct ipv6hdr *ia6 = (const struct ipv6hdr *)a->data;
	const struct ipv6hdr *ib6 = (const struct ipv6hdr *)b->data;

	if (ia->version != ib->version)
		return false;
	if (ia->version == 4)
		return ia->saddr == ib->saddr && ia->daddr == ib->daddr;
	return ipv6_addr_equal(&ia6->saddr, &ib6->saddr) &&
	       ipv6_addr_equal(&ia6->daddr, &ib6->daddr);
}

/**
 * vnencap_outer_same_flow - do two runs have the same addresses and ports?
 * @a: a run
 * @b: a run
 *
 * Return: true if they have.
 */
bool vnencap_outer_same_flow(const struct sk_buff *a, const struct sk_buff *b)
{
	const struct tcphdr *ta = tcp_header(a);
	const struct tcphdr *tb = tcp_header(b);

	return same_addresses(a, b) && ta->source == tb->source &&
	       ta->dest == tb->dest;
}

/**
 * vnencap_outer_alike - are the outer headers those of one frame's segments?
 * @a: a run
 * @b: a run of the same flow
 *
 * Return: whether all is the same that each segment's header takes from the
 * frame's: TOS, or traffic class and flow label. Those with IPv4 options never
 * are, for these are not looked at.
 */
bool vnencap_outer_alike(const struct sk_buff *a, const struct sk_buff *b)
{
	const struct iphdr *ia = (const struct iphdr *)a->data;
	const struct iphdr *ib = (const struct iphdr *)b->data;

	if (ia->version == 4)
		return ia->tos == ib->tos && ia->ihl == 5 && ib->ihl == 5;
	/* version, traffic class and flow label are the first word */
	return *(const __be32 *)a->data == *(const __be32 *)b->data;
}

/**
 * vnencap_outer_mark - add to the ECN field of a run
 * @skb: data at the outer header, ours to write to
 * @ecn: bits to be set; sums are not kept right
 */
void vnencap_outer_mark(struct sk_buff *skb, u8 ecn)
{
	if (vnencap_outer_is_ipv6(skb))
		ipv6_change_dsfield((struct ipv6hdr *)skb->data, 0xff, ecn);
	else
		((struct iphdr *)skb->data)->tos |= ecn;
}
