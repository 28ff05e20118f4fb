/* SPDX-License-Identifier: GPL-2.0-only */
/* Members of a frag_list that have page frags only, and no linear bytes. */
#ifndef _VNENCAP_PAGED_H
#define _VNENCAP_PAGED_H

struct sk_buff;

int vnencap_strip_members(struct sk_buff *skb);

#endif /* _VNENCAP_PAGED_H */
