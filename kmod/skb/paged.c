// SPDX-License-Identifier: GPL-2.0-only
/* Members of a frag_list that have page frags only, and no linear bytes. */
#include <linux/errno.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "skb/chain.h"
#include "skb/paged.h"

/* Put frags before those that are there. */
static void insert_frags(struct sk_buff *skb, const skb_frag_t *frag,
			 unsigned int n)
{
	struct skb_shared_info *si = skb_shinfo(skb);

	if (si->nr_frags)
		memmove(&si->frags[n], &si->frags[0],
			si->nr_frags * sizeof(*frag));
	memcpy(&si->frags[0], frag, n * sizeof(*frag));
	si->nr_frags += n;
}

/* Put the pages of a head's bytes before the frags that are there. */
static void prepend_frags(struct sk_buff *skb, const skb_frag_t *frag,
			  unsigned int n)
{
	insert_frags(skb, frag, n);
	skb->data_len += skb_headlen(skb);
	skb_set_tail_pointer(skb, 0);
}

/* The usual way: the head lies in a page already. */
static void head_to_frag(struct sk_buff *skb)
{
	struct page *page = virt_to_head_page(skb->head);
	skb_frag_t frag;

	get_page(page);
	skb_frag_fill_page_desc(&frag, page,
				skb->data - (u8 *)page_address(page),
				skb_headlen(skb));
	prepend_frags(skb, &frag, 1);
}

/* The frags from the @n'th on go to an skb of their own, which comes after @skb
 * in the list that @skb is in.
 */
static int move_frags(struct sk_buff *skb, unsigned int n)
{
	struct skb_shared_info *si = skb_shinfo(skb);
	struct sk_buff *rest = alloc_skb(0, GFP_ATOMIC);
	unsigned int i;

	if (!rest)
		return -ENOMEM;
	for (i = n; i < si->nr_frags; i++) {
		skb_shinfo(rest)->frags[i - n] = si->frags[i];
		skb_len_add(rest, skb_frag_size(&si->frags[i]));
	}
	skb_shinfo(rest)->nr_frags = si->nr_frags - n;
	si->nr_frags = n;
	rest->pp_recycle = skb->pp_recycle;
	skb->len -= rest->len;
	skb->data_len -= rest->len;
	rest->next = skb->next;
	skb->next = rest;
	return 0;
}

/* Copy linear bytes, from the @at'th on, to a page frag: as many as are left, or
 * as fresh memory comes in one piece. Return: how many, or negative.
 */
static int copy_to_frag(const struct sk_buff *skb, u32 at, skb_frag_t *frag)
{
	u32 len = min_t(u32, skb_headlen(skb) - at, PAGE_FRAG_CACHE_MAX_SIZE);
	void *data = compat_alloc_frag(len);
	struct page *page;

	if (!data)
		return -ENOMEM;
	memcpy(data, skb->data + at, len);
	page = virt_to_head_page(data);
	skb_frag_fill_page_desc(frag, page, data - page_address(page), len);
	return len;
}

static int copy_head(struct sk_buff *skb)
{
	unsigned int n = DIV_ROUND_UP(skb_headlen(skb),
				      PAGE_FRAG_CACHE_MAX_SIZE), i;
	skb_frag_t frag[MAX_SKB_FRAGS] __uninitialized;
	int len = 0;
	u32 at = 0;

	if (n > MAX_SKB_FRAGS)
		return -EMSGSIZE;
	if (skb_shinfo(skb)->nr_frags + n > MAX_SKB_FRAGS &&
	    move_frags(skb, MAX_SKB_FRAGS - n))
		return -ENOMEM;
	for (i = 0; i < n; i++, at += len) {
		len = copy_to_frag(skb, at, &frag[i]);
		if (len < 0)
			goto err_unref;
	}
	prepend_frags(skb, frag, n);
	return 0;

err_unref:
	while (i--)
		put_page(skb_frag_page(&frag[i]));
	return len;
}

/* Does a member's head lie in a page that a frag can have? */
static bool head_in_page(const struct sk_buff *skb)
{
	return skb->head_frag && !skb->pp_recycle;
}

/* Move the last frag to the next member, if that has room for it and for its own
 * head. Return: whether it was moved.
 */
static bool move_last_frag(struct sk_buff *skb)
{
	struct skb_shared_info *si = skb_shinfo(skb);
	struct sk_buff *next = skb->next;
	u32 size;

	if (!next || !head_in_page(next) ||
	    skb_shinfo(next)->nr_frags > MAX_SKB_FRAGS - 2)
		return false;
	if (skb_headlen(next))
		head_to_frag(next);
	si->nr_frags--;
	insert_frags(next, &si->frags[si->nr_frags], 1);
	size = skb_frag_size(&si->frags[si->nr_frags]);
	skb->len -= size;
	skb->data_len -= size;
	next->len += size;
	next->data_len += size;
	return true;
}

static int strip_member(struct sk_buff *child)
{
	if (unlikely(!head_in_page(child)))
		return copy_head(child);
	if (skb_shinfo(child)->nr_frags == MAX_SKB_FRAGS &&
	    !move_last_frag(child) && move_frags(child, MAX_SKB_FRAGS - 1))
		return -ENOMEM;
	head_to_frag(child);
	return 0;
}

/**
 * vnencap_strip_members_list - the same where there is a frag_list
 * @skb: as for vnencap_strip_members()
 *
 * Context: softirq.
 * Return: as vnencap_strip_members().
 */
int vnencap_strip_members_list(struct sk_buff *skb)
{
	struct sk_buff *child;

	vnencap_chain_drop_empty(skb);
	skb_walk_frags(skb, child) {
		int err = skb_headlen(child) ? strip_member(child) : 0;

		if (err)
			return err;
	}
	return 0;
}
