/* SPDX-License-Identifier: GPL-2.0-only */
/* Parity: what follows a frame, that lost segments of it are found from. */
#ifndef _VNENCAP_PARITY_H
#define _VNENCAP_PARITY_H

#include <linux/siphash.h>
#include <linux/types.h>

#include "wire/erasure.h"
#include "wire/option.h"
#include "wire/wire.h"

/* The most segments of a group, and of its parity */
#define VNENCAP_PARITY_GROUP	(VNENCAP_ERASURE_COLUMNS - VNENCAP_ERASURE_ROWS)
#define VNENCAP_PARITY_MAX	VNENCAP_ERASURE_ROWS

/**
 * struct vnencap_parity - a group of a frame's segments, and its parity
 * @first: the first of the segments, counted from the frame's first
 * @n: how many, 1 to VNENCAP_PARITY_GROUP
 * @r: parity segments, 1 to VNENCAP_PARITY_MAX
 * @len: bytes of each parity segment after its struct vnencap_parity_hdr
 */
struct vnencap_parity {
	u16 first;
	u8 n;
	u8 r;
	u16 len;
};

void vnencap_parity_init(void);
u16 vnencap_parity_segsz(u16 segsz);
u16 vnencap_parity_len(u16 segsz);
u8 vnencap_parity_count(unsigned int n, u8 percent);
unsigned int vnencap_parity_piece(unsigned int most, u8 percent);

void vnencap_parity_build(struct vnencap_parity_hdr *hdr,
			  struct vnencap_segment *seg,
			  const struct vnencap_parity *p,
			  const struct vnencap_segment *of,
			  const siphash_key_t *key);
int vnencap_parity_parse(const struct vnencap_parity_hdr *hdr,
			 const struct vnencap_segment *seg,
			 struct vnencap_parity *p, struct vnencap_segment *of);

/**
 * vnencap_parity_most - the most parity segments that a group may have
 * @n: its segments
 *
 * More would be more work for the receiver than a packet may be.
 *
 * Return: how many.
 */
static inline u8 vnencap_parity_most(unsigned int n)
{
	return min_t(unsigned int, DIV_ROUND_UP(n, 2), VNENCAP_PARITY_MAX);
}

#endif /* _VNENCAP_PARITY_H */
