// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame in pieces. A vnencap device takes packets from TCP that are longer
 * than the lower device takes (BIG TCP): the fewer packets, the less work for
 * TCP. So a frame may have to be cut. A piece is a number of whole segments. On
 * the wire nothing tells where one piece ends and the next begins.
 */
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/sock.h>

#include "compat.h"
#include "tx/build.h"
#include "tx/cut.h"

/**
 * vnencap_cut_max - the longest piece that a lower device takes
 * @lower: the device
 * @family: of the outer header, AF_INET or AF_INET6
 * @headers: outer headers, in bytes
 * @segsz: segment size of the frame, in bytes
 *
 * A longer GSO packet would be cut to single segments by the stack, see
 * gso_features_check().
 *
 * Return: wire payload bytes, a multiple of @segsz.
 */
u32 vnencap_cut_max(const struct net_device *lower, u16 family, u32 headers,
		    u32 segsz)
{
	u32 max = compat_gso_max_size(lower, family);
	u32 segs = READ_ONCE(lower->gso_max_segs);

	headers += lower->hard_header_len;
	segs = min(segs, max > headers ? (max - 1 - headers) / segsz : 0);
	return max(segs, 1U) * segsz;
}

/* The bytes that the sender's socket counts as not yet sent are now in two
 * skbs. Each is to count for the memory that it has, the shards included, which
 * the socket has not counted before.
 */
static void share_owner(struct sk_buff *rest, struct sk_buff *skb)
{
	u32 own = SKB_TRUESIZE(skb_end_offset(skb)) + skb->data_len;
	bool charged = vnencap_build_charged(skb);
	u32 moved = 0;

	/* an owner that is no socket takes back the truesize that it gave */
	if (charged || !skb->destructor)
		moved = min(skb->truesize - min(skb->truesize, own),
			    rest->data_len);
	skb->truesize -= moved;
	rest->truesize += rest->data_len;
	if (!charged)
		return;
	rest->sk = skb->sk;
	rest->destructor = skb->destructor;
	refcount_add(rest->truesize - moved, &rest->sk->sk_wmem_alloc);
}

/* A packet counts as sent when its last byte was: move the request for a
 * timestamp from the skb to the rest.
 */
static void pass_timestamp(struct sk_buff *rest, struct sk_buff *skb)
{
	struct skb_shared_info *from = skb_shinfo(skb), *to = skb_shinfo(rest);

	to->tx_flags |= from->tx_flags & SKBTX_ANY_TSTAMP;
	to->tskey = from->tskey;
	from->tx_flags &= ~SKBTX_ANY_TSTAMP;
}

/* Move what is behind the first @max bytes of an skb to a new one. */
static struct sk_buff *cut_off(struct sk_buff *skb, u32 max, u32 headroom)
{
	u32 linear = skb_headlen(skb) > max ? skb_headlen(skb) - max : 0;
	struct sk_buff *rest = alloc_skb(headroom + linear, GFP_ATOMIC);

	if (!rest)
		return NULL;
	skb_reserve(rest, headroom);
	skb_split(skb, rest, max);
	skb_copy_header(rest, skb);
	rest->ooo_okay = 0;
	skb_reset_mac_header(rest);
	share_owner(rest, skb);
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP))
		pass_timestamp(rest, skb);
	return rest;
}

/**
 * vnencap_cut - cut a frame's wire payload
 * @skb: the payload and nothing else, no clone, without a frag_list; a list of
 *	skbs afterwards, each with all that is not payload
 * @max: bytes that each is to have, but for the last
 * @headroom: to keep before each, in bytes
 *
 * Context: softirq, or bottom halves disabled.
 * Return: 0; or -ENOMEM, where the last skb is longer than @max; all of them are
 * the caller's to free.
 */
int vnencap_cut(struct sk_buff *skb, u32 max, u32 headroom)
{
	/* a zero-copy sender waits for one skb, not for a list: copy its pages */
	if (unlikely(skb_orphan_frags(skb, GFP_ATOMIC)))
		return -ENOMEM;
	while (skb->len > max) {
		skb->next = cut_off(skb, max, headroom);
		skb = skb->next;
		if (unlikely(!skb))
			return -ENOMEM;
	}
	return 0;
}
