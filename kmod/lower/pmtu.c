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
 * If the host has routing rules or IPsec policies, the frames to a peer may go by many
 * routes. Which of them a segment took, by a mark or by its ports, a message does not
 * tell in full, and the kernel would not be told. So the path MTU is then kept with the
 * endpoint as well, for all frames that go there.
 *
 * The path MTU of the overlay is the device's MTU, whatever the substrate's.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sock.h>

#include "lower/icmp.h"
#include "lower/local.h"
#include "lower/lower.h"
#include "lower/pmtu.h"
#include "lower/route.h"
#include "lower/substrate.h"
#include "map/endpoint.h"
#include "vnencap.h"
#include "wire/outer.h"

/* ---- What is kept with an endpoint ---- */

static bool is_remembered(const struct vnencap_heard *heard,
			  const struct net *net)
{
	return READ_ONCE(heard->mtu) &&
	       READ_ONCE(heard->flushed) == fnhe_genid(net) &&
	       time_before_eq64(get_jiffies_64(), READ_ONCE(heard->until));
}

/* Of what several routers tell the shortest counts, for as long as the kernel would
 * keep it with a route. Another CPU may write at the same time, and what is read be of
 * either message.
 */
static void remember(const struct net *net, struct vnencap_heard *heard,
		     int domain, u32 mtu, int time)
{
	if (is_remembered(heard, net) && READ_ONCE(heard->domain) == domain &&
	    READ_ONCE(heard->mtu) < mtu)
		return;
	WRITE_ONCE(heard->domain, domain);
	WRITE_ONCE(heard->flushed, fnhe_genid(net));
	WRITE_ONCE(heard->until, get_jiffies_64() + time);
	WRITE_ONCE(heard->mtu, mtu);
}

/* @skb: the message, that returns the segment @at bytes from its data */
static void remember_for(const struct vnencap_substrate *s,
			 const struct sk_buff *skb, unsigned int at, u32 mtu,
			 int time)
{
	struct vnencap_endpoint *endpoint = vnencap_icmp_endpoint(s, skb, at);

	if (endpoint && (vnencap_endpoint_is_apart(endpoint) ||
			 vnencap_route_ruled(s->net, endpoint->addr.family)))
		remember(s->net, &endpoint->heard,
			 l3mdev_master_ifindex_rcu(skb->dev), mtu, time);
}

/**
 * vnencap_pmtu_heed - heed what routers told of the ways to an endpoint
 * @vn: the device that sends
 * @endpoint: the endpoint
 * @dst: the route that the frame takes
 * @mtu: path MTU by that route, in bytes
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: the path MTU, in bytes: @mtu or less.
 */
u32 vnencap_pmtu_heed(const struct vnencap_dev *vn,
		      const struct vnencap_endpoint *endpoint,
		      const struct dst_entry *dst, u32 mtu)
{
	const struct vnencap_heard *heard = &endpoint->heard;

	if (likely(!is_remembered(heard, vn->net)) ||
	    READ_ONCE(heard->domain) != vnencap_lower_domain(vn->lower))
		return mtu;
	/* a lock holds for IPv4 only, see __ip6_rt_update_pmtu() */
	if (endpoint->addr.family == AF_INET &&
	    dst_metric_locked(dst, RTAX_MTU))
		return mtu;
	return min(mtu, READ_ONCE(heard->mtu));
}

/* ---- What routers tell ---- */

/* What this host tells itself, its routes know. Its IPsec tells so what it leaves room
 * for. Were the path below told of that, too, it would get shorter, and what IPsec
 * leaves room for with it, again and again. In a VRF all comes in by the VRF's device:
 * there the message's source tells.
 */
static bool is_own_word(const struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	struct vnencap_addr source;

	if (likely(!netif_is_l3_master(dev)))
		return dev->flags & IFF_LOOPBACK;
	source = vnencap_outer_source_at(skb_network_header(skb));
	return vnencap_local_is(dev, &source);
}

static bool too_big_told(const struct sk_buff *skb, unsigned int at)
{
	struct icmphdr buffer;
	const struct icmphdr *icmp;

	icmp = skb_header_pointer(skb, at, sizeof(buffer), &buffer);
	return icmp && icmp->type == ICMP_DEST_UNREACH &&
	       icmp->code == ICMP_FRAG_NEEDED;
}

/* Does what ipv4_update_pmtu() does, which has no parameter for a mark. @skb's data
 * is the packet that was too big.
 */
static void update_marked_ipv4(const struct vnencap_lower *lower,
			       struct sk_buff *skb, u32 mtu, u32 mark)
{
	struct rtable *rt = vnencap_icmp_route(lower, skb, mark);
	u16 network_header = skb->network_header;
	u32 own_mark = skb->mark;

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
	u32 mark = vnencap_icmp_mark(lower, skb, sizeof(struct iphdr));

	if (is_own_word(skb))
		return;
	if (mark)
		update_marked_ipv4(lower, skb, mtu, mark);
	else
		ipv4_update_pmtu(skb, lower->substrate->net, mtu,
				 vnencap_lower_oif(lower), IPPROTO_TCP);
}

/* Does the host believe routers, and what (net.ipv4.ip_no_pmtu_disc)? icmp_unreach()
 * goes by the same. Nothing tells that a message is true, as TCP's sequence numbers do.
 */
static bool believed_ipv4(const struct net *net, u32 *mtu)
{
	switch (READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc)) {
	case 0:
		return true;
	case 1:
		*mtu = 0; /* the least that there may be */
		return true;
	default:
		return false;
	}
}

static void learn_ipv4(struct vnencap_substrate *s, struct sk_buff *skb)
{
	unsigned int ihl = ((const struct iphdr *)skb->data)->ihl * 4;
	unsigned int at;
	u32 mtu;

	if (!too_big_told(skb, ihl))
		return;
	at = vnencap_icmp_ipv4(s, skb);
	if (!at)
		return;
	mtu = ntohs(((struct icmphdr *)(skb->data + ihl))->un.frag.mtu);
	if (!believed_ipv4(s->net, &mtu) ||
	    !vnencap_icmp_tell(s, skb, at, update_ipv4, mtu))
		return;
	/* no less than the kernel would keep */
	mtu = max_t(u32, mtu, READ_ONCE(s->net->ipv4.ip_rt_min_pmtu));
	remember_for(s, skb, at, mtu,
		     READ_ONCE(s->net->ipv4.ip_rt_mtu_expires));
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

static void update_ipv6(const struct vnencap_lower *lower, struct sk_buff *skb,
			u32 mtu)
{
	struct net *net = lower->substrate->net;

	if (is_own_word(skb))
		return;
	ip6_update_pmtu(skb, net, htonl(mtu), vnencap_lower_oif(lower),
			vnencap_icmp_mark(lower, skb, sizeof(struct ipv6hdr)),
			sock_net_uid(net, NULL));
}

static void learn_ipv6(struct vnencap_substrate *s, struct sk_buff *skb)
{
	const unsigned int at = sizeof(struct ipv6hdr) +
				sizeof(struct icmp6hdr);
	const struct icmp6hdr *icmp;
	u32 mtu;

	if (!too_big_told_ipv6(skb) || !vnencap_icmp_ipv6(s, skb, at))
		return;
	icmp = (const void *)(skb->data + sizeof(struct ipv6hdr));
	mtu = ntohl(icmp->icmp6_mtu);
	if (vnencap_icmp_tell(s, skb, at, update_ipv6, mtu) &&
	    mtu >= IPV6_MIN_MTU)
		remember_for(s, skb, at, mtu,
			     READ_ONCE(s->net->ipv6.sysctl.ip6_rt_mtu_expires));
}
#else
static void learn_ipv6(struct vnencap_substrate *s, struct sk_buff *skb)
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
void vnencap_pmtu_learn(struct vnencap_substrate *s, struct sk_buff *skb)
{
	if (!pskb_may_pull(skb, sizeof(struct iphdr)))
		return;
	if (vnencap_outer_is_ipv6(skb))
		learn_ipv6(s, skb);
	else
		learn_ipv4(s, skb);
}

/* ---- What is too big for the device ---- */

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
