/* SPDX-License-Identifier: GPL-2.0-only */
/* What a frame's lost segments are found from. */
#ifndef _VNENCAP_REPAIR_H
#define _VNENCAP_REPAIR_H

#include <linux/types.h>

#include "rx/sorted.h"
#include "wire/erasure.h"
#include "wire/parity.h"

struct net;
struct sk_buff;
struct vnencap_pending;
struct vnencap_run;
struct vnencap_segment;

/* The most groups of one frame that are repaired: those of 180,000 bytes in segments of
 * 300, of which each group has 37 at least (see vnencap_parity_piece()).
 */
#define VNENCAP_REPAIR_GROUPS	16

/**
 * struct vnencap_repair_group - a group of which parity has come
 * @p: the group
 * @win: the window of its segments, as it travels
 * @got: which of its parity segments are there
 * @done: what was lost was found once; that may not have been right
 * @parity: them, as runs, one after the other by their next
 */
struct vnencap_repair_group {
	struct vnencap_parity p;
	__be16 win;
	u16 got;
	bool done;
	struct sk_buff *parity;
};

/**
 * struct vnencap_repair - what is kept of a frame that parity follows
 * @next: wire offset up to which all has been handed up
 * @ended: its last segment has come, or parity of that
 * @hasty: nothing is held back any more
 * @broken: of what has come, some could not be kept
 * @kept: runs that were handed up, by offset
 * @n: groups
 * @group: each, no two with a segment in common
 */
struct vnencap_repair {
	u32 next;
	bool ended;
	bool hasty;
	bool broken;
	struct vnencap_sorted kept;
	unsigned int n;
	struct vnencap_repair_group group[VNENCAP_REPAIR_GROUPS];
};

/**
 * struct vnencap_repaired - a group's lost segments while they are found
 * @group: the group
 * @erasure: the code word
 * @memory: of the code word
 * @size: bytes of that
 * @lost: columns that were lost, the segments before the parity
 * @segments: how many of them are segments
 * @i: the next one to be read
 */
struct vnencap_repaired {
	struct vnencap_repair_group *group;
	struct vnencap_erasure erasure;
	void *memory;
	size_t size;
	u8 lost[VNENCAP_ERASURE_ROWS];
	unsigned int segments;
	unsigned int i;
};

struct vnencap_repair *vnencap_repair_of(struct vnencap_pending *fq);
void vnencap_repair_keep(struct vnencap_pending *fq, struct sk_buff *skb,
			 const struct vnencap_run *run);
int vnencap_repair_add(struct vnencap_pending *fq, struct sk_buff *skb,
		       const struct vnencap_run *run,
		       const struct vnencap_parity *p, __be16 win);

void vnencap_repair_hold(const struct net *net, struct vnencap_pending *fq);

struct vnencap_repair_group *vnencap_repair_ready(struct vnencap_pending *fq);
int vnencap_repair_begin(struct vnencap_pending *fq,
			 struct vnencap_repair_group *group,
			 struct vnencap_repaired *r);
struct sk_buff *vnencap_repair_next(struct vnencap_pending *fq,
				    struct vnencap_repaired *r,
				    struct vnencap_run *run);
u32 vnencap_repair_len(const struct vnencap_pending *fq,
		       const struct vnencap_parity *p,
		       struct vnencap_segment *seg);
void vnencap_repair_end(struct vnencap_pending *fq,
			struct vnencap_repaired *r);

int vnencap_repair_copy(struct sk_buff *skb, struct vnencap_run *run,
			const struct vnencap_segment *seg, u32 len);
void vnencap_repair_free(struct vnencap_pending *fq);

#endif /* _VNENCAP_REPAIR_H */
