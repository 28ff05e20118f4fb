// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMP to the sender of a packet that cannot be sent on: its connection fails at
 * once, and not when its patience ends.
 *
 * The message is made in the namespace that the device is in, and tells nothing
 * of the substrate. How many there may be is what the sysctls net.ipv4.icmp_* and
 * net.ipv6.icmp.* say, as for all that a router sends.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/route.h>

#include "skb/unreachable.h"

/* icmp_send() asks the packet's route whose namespace it is in, and whether it is
 * a broadcast. Where the core has dropped the route, it gets one like it.
 */
static bool has_route(struct sk_buff *skb)
{
	struct flowi4 fl4 = {
		.flowi4_oif = skb->dev->ifindex,
		.daddr = ip_hdr(skb)->daddr,
	};
	struct rtable *rt;

	if (skb_valid_dst(skb))
		return true;
	rt = ip_route_output_key(dev_net(skb->dev), &fl4);
	if (IS_ERR(rt))
		return false;
	skb_dst_drop(skb);
	skb_dst_set(skb, &rt->dst);
	return true;
}

/**
 * vnencap_unreachable_tell - tell a sender that its packet goes nowhere
 * @skb: the packet, about to be dropped; its device is the one that it was to be
 *	sent by, its network header is linear
 * @prohibited: somebody wants it so, see ip-route(8)
 *
 * What has translated the sender's address (NAT) on this host is undone. The
 * senders of ICMP errors, and of packets to many, are not answered.
 *
 * Context: any but hard interrupts; in RCU.
 */
void vnencap_unreachable_tell(struct sk_buff *skb, bool prohibited)
{
	if (skb->protocol == htons(ETH_P_IPV6))
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH,
				prohibited ? ICMPV6_ADM_PROHIBITED :
					     ICMPV6_ADDR_UNREACH, 0);
	else if (has_route(skb))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH,
			      prohibited ? ICMP_PKT_FILTERED :
					   ICMP_HOST_UNREACH, 0);
}
