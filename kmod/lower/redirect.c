// SPDX-License-Identifier: GPL-2.0-only
/*
 * Redirects of the substrate.
 *
 * A router that sends a segment back to the link that it came by says that another
 * is nearer to the peer (RFC 792; RFC 4861). TCP would ignore the message, as it
 * knows no such connection, and the router would say so again and again. Here it is
 * followed as UDP tunnels follow it: the kernel decides, by the settings
 * accept_redirects and secure_redirects, whether the sender is the router that we
 * use, and whether the other one is on the link.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/route.h>
#include <net/sock.h>

#include "lower/icmp.h"
#include "lower/lower.h"
#include "lower/redirect.h"
#include "lower/substrate.h"
#include "wire/outer.h"

/* ---- IPv4 ---- */

static bool is_redirect(const struct sk_buff *skb)
{
	struct icmphdr buffer;
	const struct icmphdr *icmp;

	icmp = skb_header_pointer(skb, skb_transport_offset(skb),
				  sizeof(buffer), &buffer);
	return icmp && icmp->type == ICMP_REDIRECT;
}

/* Does what ipv4_redirect() does, which has no parameter for a mark. */
static void redirect_marked(const struct vnencap_lower *lower,
			    struct sk_buff *skb, u32 mark)
{
	struct rtable *rt = vnencap_icmp_route(lower, skb, mark);
	u32 own_mark = skb->mark;

	if (IS_ERR(rt))
		return;
	/* redirect() looks the route up again, by what the skb says */
	skb->mark = mark;
	rt->dst.ops->redirect(&rt->dst, NULL, skb);
	skb->mark = own_mark;
	ip_rt_put(rt);
}

static void redirect_ipv4(const struct vnencap_lower *lower,
			  struct sk_buff *skb, u32 unused)
{
	u32 mark = vnencap_icmp_mark(lower, skb, sizeof(struct iphdr));

	if (mark)
		redirect_marked(lower, skb, mark);
	else
		ipv4_redirect(skb, lower->substrate->net,
			      vnencap_lower_oif(lower), IPPROTO_TCP);
}

static void follow_ipv4(struct vnencap_substrate *s, struct sk_buff *skb)
{
	unsigned int at;

	if (!is_redirect(skb))
		return;
	at = vnencap_icmp_ipv4(s, skb);
	if (at)
		vnencap_icmp_tell(s, skb, at, redirect_ipv4, 0);
}

/* ---- IPv6 ---- */

#if IS_ENABLED(CONFIG_IPV6)
/* What the kernel asks of a redirect before it looks at what that says. A message
 * that came in fragments is none (RFC 6980).
 */
static bool is_redirect_ipv6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct icmp6hdr *icmp;
	struct icmp6hdr buffer;

	icmp = skb_header_pointer(skb, sizeof(*ip6h), sizeof(buffer), &buffer);
	if (!icmp || icmp->icmp6_type != NDISC_REDIRECT || icmp->icmp6_code ||
	    ip6h->hop_limit != 255 ||
	    !(ipv6_addr_type(&ip6h->saddr) & IPV6_ADDR_LINKLOCAL))
		return false;
#ifdef CONFIG_IPV6_NDISC_NODETYPE
	if (skb->ndisc_nodetype == NDISC_NODETYPE_HOST ||
	    skb->ndisc_nodetype == NDISC_NODETYPE_NODEFAULT)
		return false;
#endif
	return !(IP6CB(skb)->flags & IP6SKB_FRAGMENTED);
}

/* The returned packet is in one of the options, all of which are linear. Where is it,
 * in bytes from the message's IP header? 0 if it is in none.
 */
static unsigned int find_returned(const struct sk_buff *skb)
{
	unsigned int at = sizeof(struct ipv6hdr) + sizeof(struct rd_msg), len;
	const struct nd_opt_hdr *opt;

	for (; at + sizeof(*opt) <= skb->len; at += len) {
		opt = (const void *)(skb->data + at);
		len = opt->nd_opt_len * 8;
		if (!len || len > skb->len - at)
			return 0;
		if (opt->nd_opt_type == ND_OPT_REDIRECT_HDR)
			return at + 8;
	}
	return 0;
}

/* The destination that is redirected has to be the returned packet's. */
static bool is_about(const struct sk_buff *skb, unsigned int at)
{
	const struct ipv6hdr *returned = (const void *)(skb->data + at);
	const struct rd_msg *msg;

	msg = (const void *)(skb->data + sizeof(struct ipv6hdr));
	return ipv6_addr_equal(&msg->dest, &returned->daddr);
}

static void redirect_ipv6(const struct vnencap_lower *lower,
			  struct sk_buff *skb, u32 unused)
{
	struct net *net = lower->substrate->net;

	ip6_redirect(skb, net, vnencap_lower_oif(lower),
		     vnencap_icmp_mark(lower, skb, sizeof(struct ipv6hdr)),
		     sock_net_uid(net, NULL));
}

static void follow_ipv6(struct vnencap_substrate *s, struct sk_buff *skb)
{
	unsigned int at;

	if (!is_redirect_ipv6(skb) || !pskb_may_pull(skb, skb->len))
		return;
	at = find_returned(skb);
	if (at && vnencap_icmp_ipv6(s, skb, at) && is_about(skb, at))
		vnencap_icmp_tell(s, skb, at, redirect_ipv6, 0);
}
#else
static void follow_ipv6(struct vnencap_substrate *s, struct sk_buff *skb)
{
}
#endif

/**
 * vnencap_redirect_follow - maybe send to a peer by another router from now on
 * @s: the substrate that the message came to
 * @skb: an ICMP message for this host, without IPv6 extension headers, data and
 *	network header at its IP header, transport header at the message; it is left as
 *	it was, except that more of it may be linear
 *
 * The stack is to get the message, too, and counts it.
 *
 * Context: RCU. @skb not shared.
 */
void vnencap_redirect_follow(struct vnencap_substrate *s,
			     struct sk_buff *skb)
{
	if (vnencap_outer_is_ipv6(skb))
		follow_ipv6(s, skb);
	else
		follow_ipv4(s, skb);
}
