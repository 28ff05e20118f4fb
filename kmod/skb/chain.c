// SPDX-License-Identifier: GPL-2.0-only
/* Chains: the runs of a frame as one skb, the others in the first's frag_list. */
#include <linux/skbuff.h>

#include "compat.h"
#include "skb/chain.h"

/* So few bytes are better copied than kept, by the memory that they keep. */
#define SMALL		256

/**
 * vnencap_chain_tail - the last of the skbs that one is made of
 * @head: the skb
 *
 * Return: the last member of its frag_list, or @head where it has none.
 */
struct sk_buff *vnencap_chain_tail(struct sk_buff *head)
{
	struct sk_buff *last = head, *child;

	skb_walk_frags(head, child)
		last = child;
	return last;
}

/* A member of a frag_list may not have a list of its own: the members of @skb's
 * list come after @skb instead. Return: the last of them.
 */
static struct sk_buff *flatten(struct sk_buff *skb)
{
	struct sk_buff *list = skb_shinfo(skb)->frag_list, *last = skb, *child;

	skb->next = list;
	skb_frag_list_init(skb);
	for (child = list; child; child = child->next) {
		skb->len -= child->len;
		skb->data_len -= child->len;
		skb->truesize -= child->truesize;
		last = child;
	}
	return last;
}

/**
 * vnencap_chain_add - hang a run, less its headers, at the end of a chain
 * @head: what it is hung on; it has its headers
 * @last: vnencap_chain_tail() of it
 * @skb: the run, which is not shared or cloned; belongs to @head from now on
 * @hdr_len: length of the run's headers in bytes
 *
 * Context: softirq.
 * Return: what is the last of the chain now.
 */
struct sk_buff *vnencap_chain_add(struct sk_buff *head, struct sk_buff *last,
				  struct sk_buff *skb, u32 hdr_len)
{
	__skb_pull(skb, hdr_len);
	skb_gso_reset(skb);
	if (last == head)
		skb_shinfo(head)->frag_list = skb;
	else
		last->next = skb;
	head->len += skb->len;
	head->data_len += skb->len;
	head->truesize += skb->truesize;
	/* pages that their sender may write to: see skb_gro_receive() */
	skb_shinfo(head)->flags |= skb_shinfo(skb)->flags & SKBFL_SHARED_FRAG;
	return flatten(skb);
}

/**
 * vnencap_chain_drop_empty - take members without any bytes out of a chain
 * @skb: what they hang on; made our own by vnencap_strip_own()
 *
 * Context: any.
 */
void vnencap_chain_drop_empty(struct sk_buff *skb)
{
	struct sk_buff **next = &skb_shinfo(skb)->frag_list, *child;

	while ((child = *next)) {
		if (child->len) {
			next = &child->next;
			continue;
		}
		*next = child->next;
		consume_skb(child);
	}
}

/* Take the first member off a chain. */
static struct sk_buff *take_first(struct sk_buff *head)
{
	struct sk_buff *child = skb_shinfo(head)->frag_list;

	skb_shinfo(head)->frag_list = child->next;
	child->next = NULL;
	head->len -= child->len;
	head->data_len -= child->len;
	head->truesize -= child->truesize;
	return child;
}

/* Put a member back before the others. */
static void put_first(struct sk_buff *head, struct sk_buff *child)
{
	child->next = skb_shinfo(head)->frag_list;
	skb_shinfo(head)->frag_list = child;
	head->len += child->len;
	head->data_len += child->len;
	head->truesize += child->truesize;
}

/* Copy the bytes of a short skb, from the @at'th on, to a page frag that is added
 * to @to.
 */
static bool copy_small(struct sk_buff *to, const struct sk_buff *skb, u32 at)
{
	unsigned int i = skb_shinfo(to)->nr_frags, len = skb->len - at;
	unsigned int size = SKB_DATA_ALIGN(len);
	struct page *page;
	void *data;

	if (len > SMALL || i == MAX_SKB_FRAGS)
		return false;
	data = compat_alloc_frag(size);
	if (!data)
		return false;
	skb_copy_bits(skb, at, data, len);
	page = virt_to_head_page(data);
	skb_add_rx_frag(to, i, page, data - page_address(page), len, size);
	return true;
}

/* Make the first member's bytes the packet's own. Return: whether it could be. */
static bool absorb_first(struct sk_buff *head)
{
	struct sk_buff *child = take_first(head);
	struct sk_buff *others = skb_shinfo(head)->frag_list;
	bool stolen = false, done;
	int delta;

	/* what has a list takes nothing over */
	skb_frag_list_init(head);
	done = skb_try_coalesce(head, child, &stolen, &delta) ||
	       copy_small(head, child, 0);
	skb_shinfo(head)->frag_list = others;
	if (done)
		kfree_skb_partial(child, stolen);
	else
		put_first(head, child);
	return done;
}

/* Have the few bytes that are not linear in a frag of no more than their length:
 * a segment's buffer has many times that.
 */
static void shrink_tail(struct sk_buff *skb)
{
	struct skb_shared_info *si = skb_shinfo(skb);
	unsigned int n = si->nr_frags, i;

	if (!n || n == MAX_SKB_FRAGS || skb_has_frag_list(skb) ||
	    !copy_small(skb, skb, skb_headlen(skb)))
		return;
	for (i = 0; i < n; i++) {
		u32 size = skb_frag_size(&si->frags[i]);

		skb->len -= size;
		skb->data_len -= size;
		skb_frag_unref(skb, i);
	}
	si->frags[0] = si->frags[n];
	si->nr_frags = 1;
	skb->truesize = SKB_TRUESIZE(skb_end_offset(skb)) +
			SKB_DATA_ALIGN(skb->data_len);
}

/**
 * vnencap_chain_condense - have a packet keep little more memory than its bytes
 * @skb: a chain or a single skb, made our own by vnencap_strip_own()
 *
 * A frame has somewhat more bytes than its datagram, so that often it has a
 * segment more, of a few bytes. A socket that holds the datagram is charged for
 * each segment's buffer. inet_frag_reasm_finish() and skb_condense() do so too.
 *
 * Context: softirq.
 */
void vnencap_chain_condense(struct sk_buff *skb)
{
	while (skb_has_frag_list(skb) && absorb_first(skb))
		;
	shrink_tail(skb);
}

/**
 * vnencap_chain_consume - free an skb that was made use of, and its members
 * @skb: a chain, or a run that GRO has joined, or NULL
 *
 * consume_skb() frees the members of a frag_list as dropped, which whoever watches for
 * drops is told.
 *
 * Context: any but hard interrupts.
 */
void vnencap_chain_consume(struct sk_buff *skb)
{
	struct sk_buff *child;

	/* of a clone the members are others', too */
	if (skb && skb_has_frag_list(skb) && !skb_shared(skb) && !skb_cloned(skb)) {
		while ((child = skb_shinfo(skb)->frag_list)) {
			skb_shinfo(skb)->frag_list = child->next;
			skb_mark_not_on_list(child);
			consume_skb(child);
		}
	}
	consume_skb(skb);
}
