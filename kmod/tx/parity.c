// SPDX-License-Identifier: GPL-2.0-only
/*
 * The skb of a group's parity segments, made of the skb of the group. It has nothing in
 * its head but room for headers. The segments lie in its frags, as many in each as fit
 * in a page: a NIC's driver maps each frag by itself.
 */
#include <linux/errno.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "skb/columns.h"
#include "skb/room.h"
#include "tx/build.h"
#include "tx/parity.h"
#include "wire/erasure.h"
#include "wire/parity.h"
#include "wire/wire.h"

/* How many parity segments a frag has, but for the last one */
static unsigned int segments_of_frag(u32 len)
{
	return max_t(unsigned int, PAGE_SIZE / len, 1);
}

/* What each parity segment has after its header */
static u8 *parity_at(const struct sk_buff *skb, const struct vnencap_parity_of *of,
		     unsigned int k)
{
	u32 len = sizeof(*of->hdr) + of->group->len;
	unsigned int n = segments_of_frag(len);

	return skb_frag_address(&skb_shinfo(skb)->frags[k / n]) + k % n * len +
	       sizeof(*of->hdr);
}

/* Make the parity segments, with nothing in them but their headers. */
static int add_segments(struct sk_buff *skb, const struct vnencap_parity_of *of)
{
	u32 len = sizeof(*of->hdr) + of->group->len;
	unsigned int left = of->group->r, n, k;

	BUILD_BUG_ON(VNENCAP_PARITY_MAX > MAX_SKB_FRAGS);
	for (; left; left -= n) {
		struct page *page;
		void *data;

		n = min(left, segments_of_frag(len));
		data = compat_alloc_frag(n * len);
		if (!data)
			return -ENOMEM;
		for (k = 0; k < n; k++)
			memcpy(data + k * len, of->hdr, sizeof(*of->hdr));
		page = virt_to_head_page(data);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page,
				data - page_address(page), n * len, n * len);
	}
	return 0;
}

/* Copies of the only segment; what it is shorter than a whole number of the unit is
 * made up for by zeros.
 */
static int copy_segment(struct sk_buff *skb, const struct vnencap_parity_of *of)
{
	u32 len = of->skb->len - of->at;
	unsigned int k;

	for (k = 0; k < of->group->r; k++) {
		u8 *to = parity_at(skb, of, k);

		if (skb_copy_bits(of->skb, of->at, to, len))
			return -EFAULT;
		memset(to + len, 0, of->group->len - len);
	}
	return 0;
}

/* Have the parity segments be the columns after the group's. */
static int encode(struct sk_buff *skb, const struct vnencap_parity_of *of)
{
	const struct vnencap_parity *p = of->group;
	struct vnencap_erasure e __uninitialized;
	u8 column[VNENCAP_PARITY_MAX];
	size_t size = vnencap_erasure_plan(&e, p->len, p->r);
	void *memory = vnencap_room_take(size);
	unsigned int k;

	if (!memory)
		return -ENOMEM;
	for (k = 0; k < p->r; k++)
		column[k] = p->n + k;
	vnencap_erasure_init(&e, memory, true);
	vnencap_columns_add(&e, of->skb, of->at, of->skb->len - of->at, 0,
			    of->segsz);
	vnencap_erasure_solve(&e, column);
	for (k = 0; k < p->r; k++)
		vnencap_erasure_read(&e, k, parity_at(skb, of, k));
	vnencap_erasure_end(&e);
	vnencap_room_give(memory, size);
	return 0;
}

/**
 * vnencap_parity_make - make the parity of a group of segments
 * @of: the group; nobody else may write to its bytes
 * @headroom: to keep before the parity, in bytes
 *
 * Context: softirq, or bottom halves disabled.
 * Return: an skb with data at the first parity segment, under way for the same socket
 * as the group; NULL where there is no memory: then the group goes without.
 */
struct sk_buff *vnencap_parity_make(const struct vnencap_parity_of *of,
				    u32 headroom)
{
	struct sk_buff *skb = alloc_skb(headroom, GFP_ATOMIC | __GFP_NOWARN);
	int err;

	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	err = add_segments(skb, of);
	if (!err)
		err = of->group->n == 1 ? copy_segment(skb, of) :
					  encode(skb, of);
	if (err) {
		kfree_skb(skb);
		return NULL;
	}
	skb_copy_header(skb, of->skb);
	skb_gso_reset(skb);
	skb->ooo_okay = 0;
	skb_reset_mac_header(skb);
	vnencap_build_share(skb, of->skb);
	return skb;
}
