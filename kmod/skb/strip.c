// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking the shards out of a run, where they lie: no byte of the payload is
 * copied if it can be helped. The run may have any layout: linear, frags, a
 * frag_list of such, or any mix.
 */
#include <linux/errno.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "skb/chain.h"
#include "skb/strip.h"

/* Give back a frag, its page with it. */
static void remove_frag(struct sk_buff *skb, unsigned int i)
{
	struct skb_shared_info *si = skb_shinfo(skb);

	skb_frag_unref(skb, i);
	si->nr_frags--;
	memmove(&si->frags[i], &si->frags[i + 1],
		(si->nr_frags - i) * sizeof(*si->frags));
}

/* What is to become of the frags of one skb */
struct frags {
	unsigned int n;
	skb_frag_t frag[MAX_SKB_FRAGS + VNENCAP_SHARD_N_MAX];
	struct sk_buff *spill;		/* takes what is above MAX_SKB_FRAGS */
};

static u32 cut_end(const struct vnencap_cuts *cuts, unsigned int c)
{
	return cuts->cut[c].at + cuts->cut[c].len;
}

/* The first cut, from the @c'th on, that ends after @base */
static unsigned int cut_from(const struct vnencap_cuts *cuts, unsigned int c,
			     u32 base)
{
	while (c < cuts->n && cut_end(cuts, c) <= base)
		c++;
	return c;
}

/* How many bytes the cuts take of @len from @base */
static u32 cut_bytes(const struct vnencap_cuts *cuts, u32 base, u32 len)
{
	unsigned int i;
	u32 sum = 0;

	for (i = cut_from(cuts, 0, base);
	     i < cuts->n && cuts->cut[i].at < base + len; i++)
		sum += min(cut_end(cuts, i), base + len) -
		       max(cuts->cut[i].at, base);
	return sum;
}

/* The linear part, which begins at @base */
static void strip_linear(struct sk_buff *skb, const struct vnencap_cuts *cuts,
			 u32 base)
{
	unsigned int i = cut_from(cuts, 0, base);
	u32 head = skb_headlen(skb), lead = 0, to, from;
	u8 *data = skb->data;

	/* for a cut at the front no byte has to move */
	if (cuts->cut[i].at <= base)
		lead = min(cut_end(cuts, i++) - base, head);
	to = lead;
	from = lead;
	for (; i < cuts->n && cuts->cut[i].at < base + head; i++) {
		u32 kept = cuts->cut[i].at - base - from;

		if (to != from)
			memmove(data + to, data + from, kept);
		to += kept;
		from = min(cut_end(cuts, i) - base, head);
	}
	if (to != from)
		memmove(data + to, data + from, head - from);
	skb->data += lead;
	skb->tail -= from - to;
	skb->len -= lead + from - to;
}

/* Keep a part of a frag. The first part has the skb's reference to the page, any
 * other takes one of its own. References to pages of a page pool are the pool's
 * to count: there the other parts are copied.
 */
static int keep_part(const struct sk_buff *skb, struct frags *to,
		     const skb_frag_t *frag, u32 from, u32 end, bool first)
{
	skb_frag_t *part = &to->frag[to->n];
	u32 len = end - from;
	void *copy;

	*part = *frag;
	skb_frag_off_add(part, from);
	skb_frag_size_set(part, len);
	to->n++;
	if (first)
		return 0;
	if (!skb->pp_recycle) {
		__skb_frag_ref(part);
		return 0;
	}
	copy = len <= PAGE_FRAG_CACHE_MAX_SIZE ? compat_alloc_frag(len) : NULL;
	if (!copy) {
		to->n--;
		return -ENOMEM;
	}
	memcpy(copy, skb_frag_address(part), len);
	skb_frag_fill_page_desc(part, virt_to_head_page(copy),
				copy - page_address(virt_to_head_page(copy)),
				len);
	return 0;
}

/* Keep what the cuts from @c on leave of frag @i, which begins at @base. */
static int keep_frag(struct sk_buff *skb, struct frags *to,
		     unsigned int i, u32 base, const struct vnencap_cuts *cuts,
		     unsigned int *c)
{
	const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
	u32 size = skb_frag_size(frag), from = 0;
	bool first = true;

	while (*c < cuts->n && cuts->cut[*c].at < base + size) {
		u32 at = max(cuts->cut[*c].at, base) - base;
		u32 end = cuts->cut[*c].at + cuts->cut[*c].len - base;

		if (at > from) {
			if (keep_part(skb, to, frag, from, at, first))
				return -ENOMEM;
			first = false;
		}
		from = min(end, size);
		if (end > size)
			break;
		(*c)++;
	}
	if (from < size)
		return keep_part(skb, to, frag, from, size, first);
	if (first)
		skb_frag_unref(skb, i);
	return 0;
}

/* Frags beyond what an skb can have go to an skb of their own, which becomes the
 * first member of the list.
 */
static void spill(struct sk_buff *skb, struct frags *frags)
{
	struct skb_shared_info *si = skb_shinfo(skb);
	struct sk_buff *rest = frags->spill;
	unsigned int i;

	for (i = MAX_SKB_FRAGS; i < frags->n; i++) {
		skb_shinfo(rest)->frags[i - MAX_SKB_FRAGS] = frags->frag[i];
		skb_len_add(rest, skb_frag_size(&frags->frag[i]));
	}
	skb_shinfo(rest)->nr_frags = frags->n - MAX_SKB_FRAGS;
	rest->truesize = SKB_TRUESIZE(skb_end_offset(rest));
	rest->pp_recycle = skb->pp_recycle;
	rest->next = si->frag_list;
	si->frag_list = rest;
	frags->n = MAX_SKB_FRAGS;
}

/* The usual way: one cut in a frag, at its front. Return: whether it was so, and
 * is done.
 */
static bool cut_front(skb_frag_t *frag, u32 base,
		      const struct vnencap_cuts *cuts, unsigned int c)
{
	if (cuts->cut[c].at != base ||
	    cuts->cut[c].len >= skb_frag_size(frag) ||
	    (c + 1 < cuts->n &&
	     cuts->cut[c + 1].at < base + skb_frag_size(frag)))
		return false;
	skb_frag_off_add(frag, cuts->cut[c].len);
	skb_frag_size_sub(frag, cuts->cut[c].len);
	return true;
}

/* Any other way, from frag @i on, which begins at @base, and cut @c */
static int split_frags(struct sk_buff *skb, const struct vnencap_cuts *cuts,
		       unsigned int i, u32 base, unsigned int c)
{
	struct skb_shared_info *si = skb_shinfo(skb);
	struct frags to __uninitialized;
	int err = 0;

	to.n = i;
	memcpy(to.frag, si->frags, i * sizeof(*si->frags));
	to.spill = NULL;
	if (si->nr_frags + cuts->n > MAX_SKB_FRAGS) {
		to.spill = alloc_skb(0, GFP_ATOMIC);
		if (!to.spill)
			return -ENOMEM;
	}
	for (; i < si->nr_frags; i++) {
		u32 size = skb_frag_size(&si->frags[i]);

		if (err || c == cuts->n || cuts->cut[c].at >= base + size)
			to.frag[to.n++] = si->frags[i];
		else
			err = keep_frag(skb, &to, i, base, cuts, &c);
		base += size;
	}
	/* on error too: the skb will be freed, and all pages it refers to */
	if (to.n > MAX_SKB_FRAGS)
		spill(skb, &to);
	else
		kfree_skb(to.spill);
	memcpy(si->frags, to.frag, to.n * sizeof(*si->frags));
	si->nr_frags = to.n;
	return err;
}

/* The frags, of which the first begins at @base */
static int strip_frags(struct sk_buff *skb, const struct vnencap_cuts *cuts,
		       u32 base)
{
	struct skb_shared_info *si = skb_shinfo(skb);
	unsigned int i, c = cut_from(cuts, 0, base);

	for (i = 0; i < si->nr_frags && c < cuts->n; i++) {
		u32 size = skb_frag_size(&si->frags[i]);

		if (cuts->cut[c].at < base + size) {
			if (!cut_front(&si->frags[i], base, cuts, c))
				return split_frags(skb, cuts, i, base, c);
			c++;
		}
		base += size;
	}
	return 0;
}

/* Linear part and frags of one skb, @len bytes from @base; not its frag_list */
static int strip_one(struct sk_buff *skb, const struct vnencap_cuts *cuts,
		     u32 base, u32 len)
{
	u32 head = skb_headlen(skb), gone;
	int err;

	if (cut_bytes(cuts, base, head))
		strip_linear(skb, cuts, base);
	gone = cut_bytes(cuts, base + head, len - head);
	if (!gone)
		return 0;
	err = strip_frags(skb, cuts, base + head);
	skb->len -= gone;
	skb->data_len -= gone;
	return err;
}

/* A member of a frag_list may not have a list: what was spilled from it comes
 * after it. Return: the last of the two.
 */
static struct sk_buff *unnest(struct sk_buff *child)
{
	struct sk_buff *rest = skb_shinfo(child)->frag_list;

	if (!rest)
		return child;
	skb_frag_list_init(child);
	child->len -= rest->len;
	child->data_len -= rest->len;
	rest->next = child->next;
	child->next = rest;
	return rest;
}

/* The member of @skb's frag_list that begins at @base */
static int strip_child(struct sk_buff *skb, struct sk_buff *child,
		       const struct vnencap_cuts *cuts, u32 base)
{
	u32 before = child->len;
	int err;

	err = strip_one(child, cuts, base, before);
	skb->len -= before - child->len;
	skb->data_len -= before - child->len;
	return err;
}

/* All of @skb's frag_list, which begins at @base */
static int strip_list(struct sk_buff *skb, const struct vnencap_cuts *cuts,
		      u32 base)
{
	unsigned int c = cut_from(cuts, 0, base);
	struct sk_buff *child;
	bool empty = false;

	skb_walk_frags(skb, child) {
		u32 end = base + child->len;

		if (c == cuts->n)
			break;
		if (cuts->cut[c].at < end) {
			int err = strip_child(skb, child, cuts, base);

			if (err)
				return err;
			empty |= !child->len;
			child = unnest(child);
			c = cut_from(cuts, c, end);
		}
		base = end;
	}
	if (empty)
		vnencap_chain_drop_empty(skb);
	return 0;
}

/* Bytes of @skb itself, not of its frag_list */
static u32 own_len(const struct sk_buff *skb)
{
	const struct sk_buff *child;
	u32 len = skb->len;

	skb_walk_frags(skb, child)
		len -= child->len;
	return len;
}

/* The part of @skb, itself or a member of its frag_list, in which byte @at is.
 * @at is counted from the part's own data then.
 */
static struct sk_buff *part_of(struct sk_buff *skb, u32 *at)
{
	u32 len = own_len(skb);
	struct sk_buff *child;

	if (*at < len)
		return skb;
	*at -= len;
	skb_walk_frags(skb, child) {
		if (*at < child->len)
			break;
		*at -= child->len;
	}
	return child;
}

/* A shard that was put between two frags may have parted what was one frag:
 * frag @i and the one before are one again.
 */
static void heal_frags(struct sk_buff *skb, unsigned int i)
{
	struct skb_shared_info *si = skb_shinfo(skb);
	skb_frag_t *frag = &si->frags[i];
	struct page *page;

	if (!i || i == si->nr_frags)
		return;
	page = skb_frag_page(frag);
	if (!page || !skb_can_coalesce(skb, i, page, skb_frag_off(frag)))
		return;
	skb_frag_size_add(&si->frags[i - 1], skb_frag_size(frag));
	remove_frag(skb, i);
}

/* Take out a stretch at the front of a frag, at its end, or all of it. Return:
 * whether it was so, and is done.
 */
static bool cut_frag(struct sk_buff *part, u32 at, u32 len)
{
	struct skb_shared_info *si = skb_shinfo(part);
	skb_frag_t *frag = si->frags;
	unsigned int i;
	u32 size;

	for (i = 0; i < si->nr_frags; i++, frag++) {
		size = skb_frag_size(frag);
		if (at < size)
			break;
		at -= size;
	}
	if (i == si->nr_frags || at + len > size || (at && at + len < size))
		return false;
	if (len == size) {
		remove_frag(part, i);
		heal_frags(part, i);
		return true;
	}
	if (!at)
		skb_frag_off_add(frag, len);
	skb_frag_size_sub(frag, len);
	return true;
}

/* The usual ways. Where NIC and GRO made the run, the stretch is at the front of
 * the linear part or of a frag. Where nobody cut the frame, it is a frag.
 * Return: whether it was so, and is done.
 */
static bool cut_easily(struct sk_buff *skb, u32 at, u32 len)
{
	struct sk_buff *part = at ? part_of(skb, &at) : skb;
	u32 head = part ? skb_headlen(part) : 0;

	if (!part)
		return false;
	if (at < head) {
		if (at || len > head)
			return false;
		part->data += len;
	} else {
		if (!cut_frag(part, at - head, len))
			return false;
		part->data_len -= len;
	}
	part->len -= len;
	if (part != skb) {
		skb->len -= len;
		skb->data_len -= len;
		if (!part->len)
			vnencap_chain_drop_empty(skb);
	}
	return true;
}

static int strip_all(struct sk_buff *skb, const struct vnencap_cuts *cuts)
{
	u32 own = own_len(skb);
	int err;

	err = strip_list(skb, cuts, own);
	/* last, for frags that spill become a member of the list */
	return err ?: strip_one(skb, cuts, 0, own);
}

/**
 * vnencap_strip - take stretches out of an skb
 * @skb: made our own by vnencap_strip_own()
 * @cuts: what to take out, within skb->len; changed
 *
 * The bytes before skb->data are left alone.
 *
 * Context: softirq.
 * Return: 0, or -ENOMEM; the skb is of no use then but to be freed.
 */
int vnencap_strip(struct sk_buff *skb, struct vnencap_cuts *cuts)
{
	/* from the last, so that what is before stays where it is */
	for (; cuts->n; cuts->n--)
		if (!cut_easily(skb, cuts->cut[cuts->n - 1].at,
				cuts->cut[cuts->n - 1].len))
			return strip_all(skb, cuts);
	return 0;
}
