/* SPDX-License-Identifier: GPL-2.0-only */
/* Members of a frag_list that have page frags only, and no linear bytes. */
#ifndef _VNENCAP_PAGED_H
#define _VNENCAP_PAGED_H

#include <linux/skbuff.h>

int vnencap_strip_members_list(struct sk_buff *skb);

/**
 * vnencap_strip_members - leave only page frags in the members of a frag_list
 * @skb: made our own by vnencap_strip_own()
 *
 * skb_segment() can cut such members anywhere. It cannot cut a member within
 * linear bytes, nor go past a member that has no bytes at all: where it would
 * have to, it stops the machine (BUG). And it would have to, for the inner
 * segments do not end where the outer ones did.
 *
 * Context: softirq.
 * Return: 0; -ENOMEM; or -EMSGSIZE where one member has more linear bytes than a
 * packet can have.
 */
static inline int vnencap_strip_members(struct sk_buff *skb)
{
	return skb_has_frag_list(skb) ? vnencap_strip_members_list(skb) : 0;
}

#endif /* _VNENCAP_PAGED_H */
