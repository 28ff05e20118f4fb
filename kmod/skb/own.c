// SPDX-License-Identifier: GPL-2.0-only
/* Making the layout of an skb ours, so that we may change it. */
#include <linux/errno.h>
#include <linux/skbuff.h>

#include "skb/own.h"

/* A clone may share the members of a frag_list: take copies of these. */
static int own_list(struct sk_buff *skb)
{
	struct sk_buff **next = &skb_shinfo(skb)->frag_list, *child, *copy;

	while ((child = *next)) {
		if (skb_shared(child) || skb_cloned(child)) {
			copy = pskb_copy(child, GFP_ATOMIC);
			if (!copy)
				return -ENOMEM;
			copy->next = child->next;
			*next = copy;
			consume_skb(child);
			child = copy;
		}
		next = &child->next;
	}
	return 0;
}

/**
 * vnencap_strip_own - make an skb's layout ours to change
 * @skb: not shared, but maybe cloned
 *
 * Pages stay shared: the caller may change which parts of them the skb has, but
 * may not write to them.
 *
 * Context: softirq.
 * Return: 0 or -ENOMEM.
 */
int vnencap_strip_own(struct sk_buff *skb)
{
	if (skb_unclone(skb, GFP_ATOMIC))
		return -ENOMEM;
	return skb_has_frag_list(skb) ? own_list(skb) : 0;
}
