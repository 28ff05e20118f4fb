/* SPDX-License-Identifier: GPL-2.0-only */
/* Making the layout of an skb ours, so that we may change it. */
#ifndef _VNENCAP_OWN_H
#define _VNENCAP_OWN_H

#include <linux/skbuff.h>

int vnencap_strip_own_shared(struct sk_buff *skb);

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
static inline int vnencap_strip_own(struct sk_buff *skb)
{
	if (likely(!skb_cloned(skb) && !skb_has_frag_list(skb)))
		return 0;
	return vnencap_strip_own_shared(skb);
}

#endif /* _VNENCAP_OWN_H */
