// SPDX-License-Identifier: GPL-2.0-only
/* Chains: the runs of a frame as one skb, the others in the first's frag_list. */
#include <linux/skbuff.h>

#include "skb/chain.h"

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
