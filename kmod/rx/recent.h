/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames of a device that came lately on this CPU. What comes again is not
 * handed up again. A frame that came whole is remembered here only, without a
 * table or a lock. Of a frame that came in part it is remembered here that
 * reasm.c knows more.
 */
#ifndef _VNENCAP_RECENT_H
#define _VNENCAP_RECENT_H

#include <linux/hash.h>
#include <linux/ip.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>

#include "vnencap.h"

#define VNENCAP_RECENT_BITS	8
#define VNENCAP_FOLLOWED_BITS	4
#define VNENCAP_FOLLOWED_WAYS	8

/**
 * struct vnencap_recent - the frames of a device that a CPU remembers
 * @frame: each the hash of a frame's name, see vnencap_recent_at(), but for the
 *	lowest bit: that says whether the frame came whole
 * @followed: the same of frames that came whole and that parity follows, the latest of
 *	each set first: a copy comes soon, but others' frames may come before it, and one
 *	of them may take the place of the other memory
 *
 * A frame is one word, so that whoever interrupts finds it before or after a
 * change, never in between. A machine of 32 bits changes it in two steps: what is
 * found in between is the hash of no frame.
 */
struct vnencap_recent {
	u64 frame[1 << VNENCAP_RECENT_BITS];
	u64 followed[VNENCAP_FOLLOWED_WAYS << VNENCAP_FOLLOWED_BITS];
};

u64 vnencap_recent_name_ipv6(const struct sk_buff *skb, u32 id);

void vnencap_recent_init(void);
int vnencap_recent_make(struct vnencap_dev *vn);
void vnencap_recent_free(struct vnencap_dev *vn);

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

/* Where a frame would be remembered; another may be there. @hash becomes what
 * is written there. The highest bits of the name's hash say where, and all but
 * the very highest of them are written: nothing of the name is lost.
 */
static inline u64 *vnencap_recent_at(const struct vnencap_dev *vn, u64 name,
				     u64 *hash)
{
	u64 all = name * GOLDEN_RATIO_64;

	*hash = all << 1;
	return &this_cpu_ptr(vn->recent)->frame[all >> (64 -
						VNENCAP_RECENT_BITS)];
}

/**
 * vnencap_recent_add - remember a frame, for a while
 * @vn: the device that it is for
 * @name: from vnencap_recent_name()
 * @whole: it came whole
 *
 * Context: softirq.
 */
static inline void vnencap_recent_add(const struct vnencap_dev *vn, u64 name,
				      bool whole)
{
	u64 hash, *frame = vnencap_recent_at(vn, name, &hash);

	WRITE_ONCE(*frame, hash | whole);
}

/**
 * vnencap_recent_seen - has any of a frame come lately?
 * @vn: the device that it is for
 * @name: from vnencap_recent_name()
 *
 * Context: softirq.
 * Return: whether a run that is the whole frame has to go by
 * vnencap_reasm_add() all the same, which knows what of it was handed up.
 */
static inline bool vnencap_recent_seen(const struct vnencap_dev *vn, u64 name)
{
	u64 hash, *frame = vnencap_recent_at(vn, name, &hash);

	return (READ_ONCE(*frame) | 1) == (hash | 1);
}

/**
 * vnencap_recent_whole - has all of a frame come lately?
 * @vn: the device that it is for
 * @name: from vnencap_recent_name()
 *
 * Context: softirq.
 * Return: true if it came whole, in one run or in several.
 */
static inline bool vnencap_recent_whole(const struct vnencap_dev *vn, u64 name)
{
	u64 hash, *frame = vnencap_recent_at(vn, name, &hash);

	return READ_ONCE(*frame) == (hash | 1);
}

/* The set in which a frame that parity follows would be remembered */
static inline u64 *vnencap_recent_set(const struct vnencap_dev *vn, u64 name,
				      u64 *hash)
{
	u64 all = name * GOLDEN_RATIO_64;

	*hash = all << 1 | 1;
	all >>= 64 - VNENCAP_FOLLOWED_BITS;
	return &this_cpu_ptr(vn->recent)->followed[all * VNENCAP_FOLLOWED_WAYS];
}

/**
 * vnencap_recent_add_followed - remember a frame that came whole, and that parity follows
 * @vn: the device that it is for
 * @name: from vnencap_recent_name()
 *
 * Context: softirq.
 */
static inline void vnencap_recent_add_followed(const struct vnencap_dev *vn,
					       u64 name)
{
	u64 hash, *set = vnencap_recent_set(vn, name, &hash);
	unsigned int i;

	for (i = VNENCAP_FOLLOWED_WAYS - 1; i; i--)
		WRITE_ONCE(set[i], set[i - 1]);
	WRITE_ONCE(set[0], hash);
}

/**
 * vnencap_recent_followed - has a frame come whole that parity follows?
 * @vn: the device that it is for
 * @name: from vnencap_recent_name()
 *
 * Context: softirq.
 * Return: true if it is remembered.
 */
static inline bool vnencap_recent_followed(const struct vnencap_dev *vn,
					   u64 name)
{
	u64 hash, *set = vnencap_recent_set(vn, name, &hash);
	unsigned int i;

	for (i = 0; i < VNENCAP_FOLLOWED_WAYS; i++)
		if (READ_ONCE(set[i]) == hash)
			return true;
	return false;
}

#endif /* _VNENCAP_RECENT_H */
