/* SPDX-License-Identifier: GPL-2.0-only */
/* The outer IP header, IPv4 or IPv6. */
#ifndef _VNENCAP_OUTER_H
#define _VNENCAP_OUTER_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "compat.h"
#include "wire/addr.h"

struct net;

/**
 * struct vnencap_outer - what the outer header of a frame is to say
 * @saddr: source
 * @daddr: destination, of the same family
 * @label: flow label of IPv6, network byte order
 * @id: of IPv4, network byte order
 * @tos: TOS or traffic class
 * @ttl: TTL or hop limit
 */
struct vnencap_outer {
	struct vnencap_addr saddr;
	const struct vnencap_addr *daddr;
	__be32 label;
	__be16 id;
	u8 tos;
	u8 ttl;
};

/* How many of IPv6's extension headers are looked behind. Whoever sends may fill a packet
 * with them. Where the packet meets us again later, only few are.
 */
#define VNENCAP_PEEK_FEW	8
#define VNENCAP_PEEK_ALL	UINT_MAX

/**
 * struct vnencap_peek - what vnencap_outer_peek() saw
 * @daddr: destination
 * @len: length of the IP header and its extension headers, in bytes
 * @proto: protocol of what follows them
 * @part: the packet is the first part of a fragmented one
 * @extended: there are extension headers; no segment of ours has any
 */
struct vnencap_peek {
	struct vnencap_addr daddr;
	unsigned int len;
	u8 proto;
	bool part;
	bool extended;
};

/* For the way out */
void vnencap_outer_push_ipv6(struct sk_buff *skb,
			     const struct vnencap_outer *outer);

static inline void vnencap_outer_push_ipv4(struct sk_buff *skb,
					   const struct vnencap_outer *outer)
{
	struct tcphdr *th = (struct tcphdr *)skb->data;
	struct iphdr *iph;

	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	th->check = ~tcp_v4_check(skb->len, outer->saddr.ip4, outer->daddr->ip4,
				  0);
	iph = __skb_push(skb, sizeof(*iph));
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = outer->tos;
	iph->frag_off = htons(IP_DF);
	iph->ttl = outer->ttl;
	iph->protocol = IPPROTO_TCP;
	iph->saddr = outer->saddr.ip4;
	iph->daddr = outer->daddr->ip4;
	iph->id = outer->id;
}

/**
 * vnencap_outer_push - write the outer header
 * @skb: data at the fake TCP header, room before it
 * @outer: what it is to say
 *
 * The checksum field of the TCP header gets the sum over the pseudo-header, as
 * CHECKSUM_PARTIAL has it. Whoever sends the packet fills in its length, and the
 * checksum of an IPv4 header.
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void vnencap_outer_push(struct sk_buff *skb,
				      const struct vnencap_outer *outer)
{
	if (likely(outer->daddr->family == AF_INET))
		vnencap_outer_push_ipv4(skb, outer);
	else
		vnencap_outer_push_ipv6(skb, outer);
	skb_reset_network_header(skb);
}

/* For the way in, before the header is known to be right */
bool vnencap_outer_peek_ipv6(const struct sk_buff *skb,
			     struct vnencap_peek *peek, unsigned int most);
bool vnencap_outer_trim_ipv6(struct sk_buff *skb);
bool vnencap_outer_sum(struct sk_buff *skb);

/* For runs, whose outer header is known to be right; data is at that header */
bool vnencap_outer_same_flow(const struct sk_buff *a, const struct sk_buff *b);
bool vnencap_outer_alike(const struct sk_buff *a, const struct sk_buff *b);
void vnencap_outer_mark(struct sk_buff *skb, u8 ecn);

/**
 * vnencap_outer_size - room that an outer header takes
 * @family: AF_INET or AF_INET6
 *
 * Return: the length of a header as vnencap_outer_push() makes it, in bytes.
 */
static inline unsigned int vnencap_outer_size(u16 family)
{
	return family == AF_INET ? sizeof(struct iphdr) :
				   sizeof(struct ipv6hdr);
}

static inline bool vnencap_outer_is_ipv6(const struct sk_buff *skb)
{
	return ((const struct iphdr *)skb->data)->version == 6;
}

/**
 * vnencap_outer_len - length of the outer header
 * @skb: data at that header
 *
 * Return: the length in bytes.
 */
static inline unsigned int vnencap_outer_len(const struct sk_buff *skb)
{
	if (vnencap_outer_is_ipv6(skb))
		return sizeof(struct ipv6hdr);
	return ((const struct iphdr *)skb->data)->ihl * 4;
}

/**
 * vnencap_outer_tos - TOS or traffic class that a run came with
 * @skb: data at the outer header
 *
 * Return: the whole byte, DSCP and ECN.
 */
static inline u8 vnencap_outer_tos(const struct sk_buff *skb)
{
	if (vnencap_outer_is_ipv6(skb))
		return ipv6_get_dsfield((const struct ipv6hdr *)skb->data);
	return ((const struct iphdr *)skb->data)->tos;
}

/**
 * vnencap_outer_source_at - where a packet came from
 * @ip: its IP header
 *
 * Return: the source address.
 */
static inline struct vnencap_addr vnencap_outer_source_at(const void *ip)
{
	struct vnencap_addr addr __uninitialized;

	if (((const struct iphdr *)ip)->version == 6) {
		addr.family = AF_INET6;
		addr.ip6 = ((const struct ipv6hdr *)ip)->saddr;
	} else {
		addr.family = AF_INET;
		addr.ip4 = ((const struct iphdr *)ip)->saddr;
	}
	return addr;
}

/**
 * vnencap_outer_dest_at - where a packet goes to
 * @ip: its IP header
 *
 * Return: the destination address.
 */
static inline struct vnencap_addr vnencap_outer_dest_at(const void *ip)
{
	struct vnencap_addr addr __uninitialized;

	if (((const struct iphdr *)ip)->version == 6) {
		addr.family = AF_INET6;
		addr.ip6 = ((const struct ipv6hdr *)ip)->daddr;
	} else {
		addr.family = AF_INET;
		addr.ip4 = ((const struct iphdr *)ip)->daddr;
	}
	return addr;
}

/**
 * vnencap_outer_source - where a run came from
 * @skb: data at the outer header
 *
 * Return: the source address.
 */
static inline struct vnencap_addr
vnencap_outer_source(const struct sk_buff *skb)
{
	return vnencap_outer_source_at(skb->data);
}

/**
 * vnencap_outer_is_from - did a run come from there?
 * @skb: data at the outer header
 * @addr: an address, of any family
 *
 * Return: true if that is its source.
 */
static inline bool vnencap_outer_is_from(const struct sk_buff *skb,
					 const struct vnencap_addr *addr)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	const struct iphdr *iph = (const struct iphdr *)skb->data;

	if (unlikely(iph->version == 6))
		return addr->family == AF_INET6 &&
		       ipv6_addr_equal(&ip6h->saddr, &addr->ip6);
	return addr->family == AF_INET && iph->saddr == addr->ip4;
}

/**
 * vnencap_outer_remove_jumbo - take off a run what GRO gave it for its length
 * @skb: data at the outer header, which is its network header
 * @peek: what was read of it: an extension header is there; @len is written
 *
 * A run of more than 64 KB has it. Without, it is like any other run.
 *
 * Return: 0 or a negative error.
 */
static inline int vnencap_outer_remove_jumbo(struct sk_buff *skb,
					     struct vnencap_peek *peek)
{
	peek->len = sizeof(struct ipv6hdr);
	return compat_jumbo_remove(skb);
}

static inline bool vnencap_outer_peek_ipv4(const struct sk_buff *skb,
					   struct vnencap_peek *peek)
{
	struct iphdr copy __uninitialized;
	const struct iphdr *iph;

	iph = skb_header_pointer(skb, 0, sizeof(copy), &copy);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    iph->frag_off & htons(IP_OFFSET))
		return false;
	peek->daddr.family = AF_INET;
	peek->daddr.ip4 = iph->daddr;
	peek->len = iph->ihl * 4;
	peek->proto = iph->protocol;
	peek->part = iph->frag_off & htons(IP_MF);
	peek->extended = false;
	return true;
}

/**
 * vnencap_outer_peek - look at a packet's IP header, by copy
 * @skb: any packet, data at its network header; maybe shared
 * @peek: written
 * @most: VNENCAP_PEEK_*
 *
 * Return: false where it is no IP packet's first part, or has more extension headers.
 * What is wrong with it is the stack's to find and to count.
 */
static __always_inline bool vnencap_outer_peek(const struct sk_buff *skb,
					       struct vnencap_peek *peek,
					       unsigned int most)
{
	struct vnencap_peek copy __uninitialized;

	if (likely(skb->protocol == htons(ETH_P_IP)))
		return vnencap_outer_peek_ipv4(skb, peek);
	if (skb->protocol != htons(ETH_P_IPV6))
		return false;
	/* The address of @peek is not given away: so the compiler keeps what is in it
	 * in registers, where this is inlined.
	 */
	if (!vnencap_outer_peek_ipv6(skb, &copy, most))
		return false;
	*peek = copy;
	return true;
}

static inline bool vnencap_outer_cut_ipv4(struct sk_buff *skb)
{
	u32 len = iph_totlen(skb, (const struct iphdr *)skb->data);

	return len <= skb->len && !pskb_trim_rcsum(skb, len);
}

static inline bool vnencap_outer_trim_ipv4(struct sk_buff *skb,
					   unsigned int len)
{
	return pskb_may_pull(skb, len) && !ip_fast_csum(skb->data, len / 4) &&
	       vnencap_outer_cut_ipv4(skb);
}

/**
 * vnencap_outer_trim - see that the outer header is right, and cut off padding
 * @skb: seen by vnencap_outer_peek(), not shared
 * @peek: from there
 *
 * Return: whether it is right; it is linear then.
 */
static inline bool vnencap_outer_trim(struct sk_buff *skb,
				      const struct vnencap_peek *peek)
{
	/* A NIC may have left the header in pages, of which the peek took a
	 * copy. The pages may be those of a sender on this host, which can
	 * have written to them since.
	 */
	if (unlikely(skb_headlen(skb) < sizeof(struct iphdr)) &&
	    (!pskb_may_pull(skb, sizeof(struct iphdr)) ||
	     vnencap_outer_len(skb) != peek->len))
		return false;
	return likely(!vnencap_outer_is_ipv6(skb)) ?
	       vnencap_outer_trim_ipv4(skb, peek->len) :
	       vnencap_outer_trim_ipv6(skb);
}

/**
 * vnencap_outer_cut - cut off padding where the stack has found the header right
 * @skb: seen by vnencap_outer_peek(), not shared; from local input
 * @peek: from there
 *
 * The sum over an IPv4 header need not be right any more: the stack writes to options
 * (record route, timestamps) and leaves the sum as it was.
 *
 * Return: whether all of the packet is there; its IP header is linear then.
 */
static inline bool vnencap_outer_cut(struct sk_buff *skb,
				     const struct vnencap_peek *peek)
{
	if (!pskb_may_pull(skb, peek->len))
		return false;
	return vnencap_outer_is_ipv6(skb) ? vnencap_outer_trim_ipv6(skb) :
					    vnencap_outer_cut_ipv4(skb);
}

/**
 * vnencap_outer_sum_right - see that the TCP checksum is right
 * @skb: not shared, data and network header at the outer header, which is
 *	linear and right
 * @len: of that header, in bytes
 *
 * GRO or the NIC may have seen to it before. Or the packet has not left this
 * host, and the checksum is still to be done. The transport header is set.
 *
 * Return: whether it is right, or need not be seen to.
 */
static inline bool vnencap_outer_sum_right(struct sk_buff *skb,
					   unsigned int len)
{
	skb_set_transport_header(skb, len);
	if (likely(skb->ip_summed == CHECKSUM_UNNECESSARY ||
		   (skb->ip_summed == CHECKSUM_PARTIAL &&
		    skb_checksum_start_offset(skb) >= (int)len)))
		return true;
	return vnencap_outer_sum(skb);
}

#endif /* _VNENCAP_OUTER_H */
