/* SPDX-License-Identifier: GPL-2.0-only */
/* Small packets of an endpoint that did not come, by the gaps that they leave in the ids. */
#ifndef _VNENCAP_GAP_H
#define _VNENCAP_GAP_H

#include <linux/atomic.h>
#include <linux/types.h>

/**
 * struct vnencap_gap - what is known of an endpoint's small packets by their ids
 * @id: the last id, in the order of the ids
 * @bound: what it was when they were counted last: what has a later one is fresh
 * @before: what it was the time before
 * @fresh: how many came since that have ids after @bound
 * @came: how many came that have ids after @before, and up to @bound
 * @late: how many came since that have ids up to @before
 * @begun: there is a last id
 * @anew: the ids have begun anew
 * @unsure: they had begun anew before @bound
 * @sent: how many were sent of which @lost tells the last news; 0 where that is unknown
 * @blamed: how many of these, and of those before, may still come; less of those longer ago
 * @lost: how many did not come, in all
 *
 * Zeros are a good beginning.
 */
struct vnencap_gap {
	u32 id;
	u32 bound;
	u32 before;
	atomic_t fresh;
	atomic_t came;
	atomic_t late;
	u32 anew;
	bool begun;
	bool unsure;
	u32 sent;
	u32 blamed;
	u64 lost;
};

/* Ids that count are odd, so that no other frame of a host whose parity follows the loss
 * has the same.
 */
#define VNENCAP_GAP_STEP	2

/**
 * vnencap_gap_id_of - the id of a small packet that counts
 * @n: its number
 *
 * Context: any.
 * Return: the id. It comes round with half of all numbers.
 */
static inline u32 vnencap_gap_id_of(u32 n)
{
	return n * VNENCAP_GAP_STEP + 1;
}

/**
 * vnencap_gap_counts - does an id count small packets?
 * @id: of a small packet that asks for its loss
 *
 * Context: any.
 * Return: true if it does.
 */
static inline bool vnencap_gap_counts(u32 id)
{
	return id % VNENCAP_GAP_STEP;
}

void vnencap_gap_hear(struct vnencap_gap *gap, u32 id);
void vnencap_gap_skip(struct vnencap_gap *gap);
void vnencap_gap_count(struct vnencap_gap *gap);

#endif /* _VNENCAP_GAP_H */
