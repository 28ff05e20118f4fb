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
 * vnencap_strip_own_shared - the same where something may be shared
 * @skb: as for vnencap_strip_own()
 *
 * Context: softirq.
 * Return: 0 or -ENOMEM.
 */
int vnencap_strip_own_shared(struct sk_buff *skb)
{
	if (skb_unclone(skb, GFP_ATOMIC))
		return -ENOMEM;
	return skb_has_frag_list(skb) ? own_list(skb) : 0;
}
