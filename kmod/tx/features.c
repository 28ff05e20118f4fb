// SPDX-License-Identifier: GPL-2.0-only
/* Which GSO packets go as they are, and which the stack has to segment. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "compat.h"
#include "tx/features.h"
#include "wire/inner.h"

/* The transport protocol if its header comes right after the IP header, else
 * IPPROTO_RAW
 */
static u8 transport_after_ip(const struct sk_buff *skb)
{
	int len = skb_transport_offset(skb) - skb_network_offset(skb);

	if (skb->protocol == htons(ETH_P_IP) && len == ip_hdrlen(skb))
		return ip_hdr(skb)->protocol;
	if (skb->protocol == htons(ETH_P_IPV6) && len == sizeof(struct ipv6hdr))
		return ipv6_hdr(skb)->nexthdr;
	if (unlikely(compat_jumbo_there(skb)))
		return IPPROTO_TCP;
	return IPPROTO_RAW;
}

/* Can the receiver segment a frame in the way that the packet asks for? */
static bool segments_as(const struct sk_buff *skb, u8 proto)
{
	const struct skb_shared_info *si = skb_shinfo(skb);

	if (proto == IPPROTO_UDP)
		return si->gso_type & SKB_GSO_UDP_L4 &&
		       vnencap_inner_train_ok(skb->len -
					      skb_transport_offset(skb) -
					      sizeof(struct udphdr),
					      si->gso_size);
	return proto == IPPROTO_TCP &&
	       si->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6) &&
	       vnencap_meta_stream_ok(si->gso_size);
}

/**
 * vnencap_features_check - ndo_features_check of a vnencap device
 * @skb: a packet to be sent
 * @dev: the vnencap device
 * @features: what the device can do
 *
 * A GSO packet goes as one frame if its TCP or UDP header comes right after the
 * IP header, and its checksum is to be done; the stack segments others (IPv6 extension
 * headers, trains that are too long, segments that are too short, what a NIC has joined
 * and verified: LRO).
 *
 * Context: softirq, or bottom halves disabled.
 * Return: @features, less what is not to be done for @skb.
 */
netdev_features_t vnencap_features_check(struct sk_buff *skb,
					 struct net_device *dev,
					 netdev_features_t features)
{
	if (!skb_is_gso(skb) ||
	    (skb->ip_summed != CHECKSUM_UNNECESSARY &&
	     segments_as(skb, transport_after_ip(skb))))
		return features;
	return features & ~NETIF_F_GSO_MASK;
}
