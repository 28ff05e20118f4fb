/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames that came lately on this CPU. What comes again is not handed up again.
 * A frame that came whole is remembered here only, without a table or a lock.
 * Of a frame that came in part it is remembered here that reasm.c knows more.
 */
#ifndef _VNENCAP_RECENT_H
#define _VNENCAP_RECENT_H

#include <linux/hash.h>
#include <linux/ip.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>

#define VNENCAP_RECENT_BITS	8

/**
 * struct vnencap_recent - a frame that is remembered
 * @name: from vnencap_recent_name()
 * @whole: it came whole
 */
struct vnencap_recent {
	u64 name;
	bool whole;
};

DECLARE_PER_CPU(struct vnencap_recent,
		vnencap_recent[1 << VNENCAP_RECENT_BITS]);

u64 vnencap_recent_name_ipv6(const struct sk_buff *skb, u32 id);
void vnencap_recent_init(void);

/**
 * vnencap_recent_name - what tells a frame from others
 * @skb: any of its runs, data at the outer header
 * @id: frame id
 *
 * Return: a number that no other frame has for a while.
 */
static inline u64 vnencap_recent_name(const struct sk_buff *skb, u32 id)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;

	if (unlikely(iph->version != 4))
		return vnencap_recent_name_ipv6(skb, id);
	return (u64)be32_to_cpu(iph->saddr) << 32 | id;
}

/* Where a frame would be remembered; another may have the place. */
static inline struct vnencap_recent *vnencap_recent_at(u64 name)
{
	return this_cpu_ptr(&vnencap_recent[hash_64(name,
						    VNENCAP_RECENT_BITS)]);
}

/**
 * vnencap_recent_add - remember a frame, for a while
 * @name: from vnencap_recent_name()
 * @whole: it came whole
 *
 * Context: softirq.
 */
static inline void vnencap_recent_add(u64 name, bool whole)
{
	struct vnencap_recent *r = vnencap_recent_at(name);

	r->name = name;
	r->whole = whole;
}

/**
 * vnencap_recent_seen - has any of a frame come lately?
 * @name: from vnencap_recent_name()
 *
 * Context: softirq.
 * Return: whether a run that is the whole frame has to go by
 * vnencap_reasm_add() all the same, which knows what of it was handed up.
 */
static inline bool vnencap_recent_seen(u64 name)
{
	return vnencap_recent_at(name)->name == name;
}

/**
 * vnencap_recent_whole - has all of a frame come lately?
 * @name: from vnencap_recent_name()
 *
 * Context: softirq.
 */
static inline bool vnencap_recent_whole(u64 name)
{
	const struct vnencap_recent *r = vnencap_recent_at(name);

	return r->name == name && r->whole;
}

#endif /* _VNENCAP_RECENT_H */
