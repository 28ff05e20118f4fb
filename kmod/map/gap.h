/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames of an endpoint of which nothing came, by the gaps that they leave in the ids. */
#ifndef _VNENCAP_GAP_H
#define _VNENCAP_GAP_H

#include <linux/types.h>

/**
 * struct vnencap_gap - what is known of an endpoint's frames by their ids
 * @id: the last id, in the order of the ids
 * @counted: up to which id frames were counted
 * @frames: how many had come from the endpoint by then
 * @missing: how many had not, in all; less where some came twice
 * @until: until when ids are taken to count frames, in jiffies
 * @anew: the ids have begun anew since
 *
 * Zeros are a good beginning.
 */
struct vnencap_gap {
	u32 id;
	u32 counted;
	u64 frames;
	s64 missing;
	unsigned long until;
	bool anew;
};

void vnencap_gap_hear(struct vnencap_gap *gap, u32 id, bool lone);
u32 vnencap_gap_id(const struct vnencap_gap *gap);
s64 vnencap_gap_count(struct vnencap_gap *gap, u32 id, u64 frames);

#endif /* _VNENCAP_GAP_H */
