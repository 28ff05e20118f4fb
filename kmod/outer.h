/* SPDX-License-Identifier: GPL-2.0-only */
/* The outer IP header, IPv4 or IPv6: the one place that knows which. */
#ifndef _VNENCAP_OUTER_H
#define _VNENCAP_OUTER_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/dsfield.h>
#include <net/ip.h>

#include "addr.h"

struct net;

/**
 * struct vnencap_outer - what the outer header of a frame is to say
 * @saddr: source
 * @daddr: destination, of the same family
 * @label: flow label of IPv6, network byte order
 * @tos: TOS or traffic class
 * @ttl: TTL or hop limit
 */
struct vnencap_outer {
	struct vnencap_addr saddr;
	const struct vnencap_addr *daddr;
	__be32 label;
	u8 tos;
	u8 ttl;
};

/**
 * struct vnencap_peek - a packet that nobody has looked at yet
 * @daddr: destination
 * @len: of its IP header, with what extension headers there are, in bytes
 * @proto: of what follows
 * @extended: there are extension headers: no segment of ours has any
 */
struct vnencap_peek {
	struct vnencap_addr daddr;
	unsigned int len;
	u8 proto;
	bool extended;
};

/* For the way out */
unsigned int vnencap_outer_size(u16 family);
__sum16 vnencap_outer_tcp_sum(const struct vnencap_outer *outer, u32 len);
void vnencap_outer_push(struct sk_buff *skb,
			const struct vnencap_outer *outer);
int vnencap_outer_send(struct net *net, struct sk_buff *skb);

/* For the way in, before the header is known to be right */
bool vnencap_outer_peek(const struct sk_buff *skb, struct vnencap_peek *peek);
bool vnencap_outer_trim(struct sk_buff *skb);
bool vnencap_outer_sum_right(struct sk_buff *skb);

/* And for runs, of which it is, with data at the header */
bool vnencap_outer_same_flow(const struct sk_buff *a, const struct sk_buff *b);
bool vnencap_outer_alike(const struct sk_buff *a, const struct sk_buff *b);
void vnencap_outer_mark(struct sk_buff *skb, u8 ecn);

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
 * vnencap_outer_is_part - is it the first part of a fragmented packet?
 * @skb: data at the outer header
 *
 * Those of IPv6 have an extension header, and do not come as far as here.
 */
static inline bool vnencap_outer_is_part(const struct sk_buff *skb)
{
	return !vnencap_outer_is_ipv6(skb) &&
	       ((const struct iphdr *)skb->data)->frag_off & htons(IP_MF);
}

/**
 * vnencap_outer_tos - TOS or traffic class that a run came with
 * @skb: data at the outer header
 */
static inline u8 vnencap_outer_tos(const struct sk_buff *skb)
{
	if (vnencap_outer_is_ipv6(skb))
		return ipv6_get_dsfield((const struct ipv6hdr *)skb->data);
	return ((const struct iphdr *)skb->data)->tos;
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
	struct vnencap_addr addr;

	if (vnencap_outer_is_ipv6(skb)) {
		addr.family = AF_INET6;
		addr.ip6 = ((const struct ipv6hdr *)skb->data)->saddr;
	} else {
		addr.family = AF_INET;
		addr.ip4 = ((const struct iphdr *)skb->data)->saddr;
	}
	return addr;
}

#endif /* _VNENCAP_OUTER_H */
