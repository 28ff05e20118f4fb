// SPDX-License-Identifier: GPL-2.0-only
/*
 * skbs by a number. Whoever sends may choose the order in which they come: in a
 * list, the worst would cost a walk along all that are there.
 */
#include <linux/rbtree.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include "rx/sorted.h"

/**
 * vnencap_sorted_add - put an skb in its place
 * @s: those that are there
 * @skb: the skb; next, prev and dev of it are not to be used while it is there
 * @at: its number, which no other there has; written to its cb
 *
 * Context: any, whatever guards @s held.
 */
void vnencap_sorted_add(struct vnencap_sorted *s, struct sk_buff *skb, u32 at)
{
	struct rb_node **link = &s->root.rb_node, *parent = NULL;

	((struct vnencap_sorted_key *)skb->cb)->at = at;
	if (!s->last || vnencap_sorted_at(s->last) < at) {
		/* the usual way: they come in order */
		if (s->last) {
			parent = &s->last->rbnode;
			link = &parent->rb_right;
		}
		s->last = skb;
	}
	while (*link) {
		parent = *link;
		link = at < vnencap_sorted_at(rb_to_skb(parent)) ? &parent->rb_left :
						       &parent->rb_right;
	}
	rb_link_node(&skb->rbnode, parent, link);
	rb_insert_color(&skb->rbnode, &s->root);
}

/**
 * vnencap_sorted_find - find the skb with a number
 * @s: those that are there
 * @at: the number
 *
 * Context: any, whatever guards @s held.
 * Return: the skb, or NULL where none has the number.
 */
struct sk_buff *vnencap_sorted_find(const struct vnencap_sorted *s, u32 at)
{
	struct rb_node *node = s->root.rb_node;

	while (node) {
		struct sk_buff *skb = rb_to_skb(node);

		if (at == vnencap_sorted_at(skb))
			return skb;
		node = at < vnencap_sorted_at(skb) ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/**
 * vnencap_sorted_from - where to begin to walk
 * @s: those that are there
 * @at: a number
 *
 * Context: any, whatever guards @s held.
 * Return: the skb with the largest number that is not above @at; where there is none,
 * the first one, or NULL.
 */
struct sk_buff *vnencap_sorted_from(const struct vnencap_sorted *s, u32 at)
{
	struct rb_node *node = s->root.rb_node;
	struct sk_buff *from = NULL;

	while (node) {
		struct sk_buff *skb = rb_to_skb(node);

		if (at < vnencap_sorted_at(skb)) {
			node = node->rb_left;
		} else {
			from = skb;
			node = node->rb_right;
		}
	}
	return from ?: vnencap_sorted_first(s);
}

/**
 * vnencap_sorted_take - take an skb out
 * @s: those that are there
 * @skb: one of them; it is on no list then, and has no device
 *
 * Context: any, whatever guards @s held.
 */
void vnencap_sorted_take(struct vnencap_sorted *s, struct sk_buff *skb)
{
	if (s->last == skb)
		s->last = skb_rb_prev(skb);
	rb_erase(&skb->rbnode, &s->root);
	memset(&skb->rbnode, 0, sizeof(skb->rbnode));
}
