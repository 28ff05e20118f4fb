/* SPDX-License-Identifier: GPL-2.0-only */
/* Segments of ours that a router has returned in an ICMP message. */
#ifndef _VNENCAP_ICMP_H
#define _VNENCAP_ICMP_H

#include <linux/types.h>

struct rtable;
struct sk_buff;
struct vnencap_endpoint;
struct vnencap_lower;
struct vnencap_substrate;

/**
 * typedef vnencap_icmp_fn - tell a route of a message
 * @lower: the lower device that the route leads by
 * @skb: the message, data at the returned segment's IP header
 * @what: of the message
 */
typedef void (*vnencap_icmp_fn)(const struct vnencap_lower *lower,
				struct sk_buff *skb, u32 what);

unsigned int vnencap_icmp_ipv4(const struct vnencap_substrate *s,
			       struct sk_buff *skb);
bool vnencap_icmp_ipv6(const struct vnencap_substrate *s,
		       struct sk_buff *skb, unsigned int at);
bool vnencap_icmp_tell(struct vnencap_substrate *s,
		       struct sk_buff *skb, unsigned int at,
		       vnencap_icmp_fn tell, u32 what);
struct vnencap_endpoint *
vnencap_icmp_endpoint(const struct vnencap_substrate *s,
		      const struct sk_buff *skb, unsigned int at);

u32 vnencap_icmp_mark(const struct vnencap_lower *lower,
		      const struct sk_buff *skb, unsigned int at);
struct rtable *vnencap_icmp_route(const struct vnencap_lower *lower,
				  const struct sk_buff *skb, u32 mark);

#endif /* _VNENCAP_ICMP_H */
