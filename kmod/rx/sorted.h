/* SPDX-License-Identifier: GPL-2.0-only */
/* skbs by a number, as runs by their offset. */
#ifndef _VNENCAP_SORTED_H
#define _VNENCAP_SORTED_H

#include <linux/rbtree.h>
#include <linux/skbuff.h>

/**
 * struct vnencap_sorted - skbs that lie by a number
 * @root: the tree of them, by their rbnode
 * @last: the one with the highest number; NULL where there is none
 *
 * No two have the same number.
 */
struct vnencap_sorted {
	struct rb_root root;
	struct sk_buff *last;
};

/**
 * struct vnencap_sorted_key - what an skb lies by, at the start of its cb
 * @at: the number
 */
struct vnencap_sorted_key {
	u32 at;
};

void vnencap_sorted_add(struct vnencap_sorted *s, struct sk_buff *skb, u32 at);
struct sk_buff *vnencap_sorted_find(const struct vnencap_sorted *s, u32 at);
struct sk_buff *vnencap_sorted_from(const struct vnencap_sorted *s, u32 at);
void vnencap_sorted_take(struct vnencap_sorted *s, struct sk_buff *skb);

static inline void vnencap_sorted_init(struct vnencap_sorted *s)
{
	s->root = RB_ROOT;
	s->last = NULL;
}

static inline bool vnencap_sorted_empty(const struct vnencap_sorted *s)
{
	return !s->last;
}

/* The number of one that is there */
static inline u32 vnencap_sorted_at(const struct sk_buff *skb)
{
	return ((const struct vnencap_sorted_key *)skb->cb)->at;
}

/* The one with the lowest number, or NULL */
static inline struct sk_buff *
vnencap_sorted_first(const struct vnencap_sorted *s)
{
	return skb_rb_first(&s->root);
}

#endif /* _VNENCAP_SORTED_H */
