// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long inner packets cut into short ones. Where many segments are lost, that costs less
 * than what is sent again: a segment of a short frame is one of the inner connection,
 * and one of a long frame has parts of two (Documentation/loss.rst). The stack's own
 * segmentation does it, with segments that are several times as long. Each of them then
 * is a packet to be segmented again.
 */
#include <linux/err.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>

#include "compat.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "tx/shorten.h"
#include "vnencap.h"
#include "wire/frame.h"

/* The stack leaves pages where they are, and checksums to be done. */
#define FEATURES	(NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA)

/**
 * vnencap_shorten_most - is a packet to be cut into short ones?
 * @skb: the packet
 * @f: the frame that it would be otherwise
 *
 * A short frame is of use only where its segments are those of the packet. The members of
 * a frag_list are segments themselves: those cannot be put together.
 *
 * Return: how many segments each may have; 0 where it stays as it is.
 */
u8 vnencap_shorten_most(const struct sk_buff *skb, const struct vnencap_frame *f)
{
	u16 size = skb_shinfo(skb)->gso_size;
	u8 most;

	if (!skb_is_gso(skb) || !skb_is_gso_tcp(skb) ||
	    skb->ip_summed != CHECKSUM_PARTIAL || skb_has_frag_list(skb))
		return 0;
	most = vnencap_frame_too_long(f, size);
	return size * most < GSO_BY_FRAGS ? most : 0;
}

/* Segmentation has counted IPv4 ids up by one for each packet. */
static void count_ids(struct sk_buff *skb, unsigned int before)
{
	struct iphdr *iph = ip_hdr(skb);

	iph->id = htons(ntohs(iph->id) + before);
	ip_send_check(iph);
}

/* Have a packet be segmented again. */
static void become_gso(struct sk_buff *skb, u16 size, unsigned int type)
{
	u32 len = skb->len - skb_transport_offset(skb) - tcp_hdrlen(skb);
	struct skb_shared_info *si = skb_shinfo(skb);

	if (len <= size)
		return;
	/* CWR stays with the first segment of all, and with Accurate ECN in each */
	if (!tcp_hdr(skb)->cwr)
		type &= ~SKB_GSO_TCP_ECN;
	si->gso_size = size;
	si->gso_segs = DIV_ROUND_UP(len, size);
	si->gso_type = type;
}

static struct sk_buff *segment(struct sk_buff *skb, u32 size)
{
	struct sk_buff *segs;

	/* its clone, which TCP keeps, has the size, too */
	if (skb_unclone(skb, GFP_ATOMIC))
		return NULL;
	skb_shinfo(skb)->gso_size = size;
	segs = __skb_gso_segment(skb, FEATURES, false);
	return IS_ERR(segs) ? NULL : segs;
}

/**
 * vnencap_shorten - cut a packet into short ones
 * @vn: the device that sends it
 * @skb: the packet, data at its IP header; taken over
 * @most: from vnencap_shorten_most()
 *
 * Context: softirq, or bottom halves disabled. Errors are counted.
 * Return: a list of packets; NULL where there is no memory.
 */
struct sk_buff *vnencap_shorten(struct vnencap_dev *vn, struct sk_buff *skb,
				unsigned int most)
{
	unsigned int type = skb_shinfo(skb)->gso_type, before = 0;
	u16 size = skb_shinfo(skb)->gso_size;
	struct sk_buff *segs, *seg;

	segs = segment(skb, size * most);
	if (unlikely(!segs)) {
		vnencap_drop(vn, skb, TX_NOMEM);
		DEV_STATS_INC(vn->dev, tx_dropped);
		kfree_skb_reason(skb, vnencap_drop_reason(-ENOMEM));
		return NULL;
	}
	consume_skb(skb);
	for (seg = segs; seg; seg = seg->next, before += most - 1) {
		if (seg->protocol == htons(ETH_P_IP) &&
		    !(type & SKB_GSO_TCP_FIXEDID))
			count_ids(seg, before);
		become_gso(seg, size, type);
	}
	return segs;
}
