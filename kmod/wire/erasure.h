/* SPDX-License-Identifier: GPL-2.0-only */
/* An erasure code: columns that are missing are found from those that are there. */
#ifndef _VNENCAP_ERASURE_H
#define _VNENCAP_ERASURE_H

#include <linux/types.h>

#include "compat.h"

/* The lowest of the primes that strips are counted by: the columns of a code word have
 * numbers below it.
 */
#define VNENCAP_ERASURE_COLUMNS	61
/* The most columns that may be missing */
#define VNENCAP_ERASURE_ROWS	12

/**
 * struct vnencap_erasure - a code word of which columns are missing
 * @prime: the strips of a row
 * @strip: bytes of a strip
 * @rows: how many columns are missing
 * @vectors: vector registers are used
 * @kept: memory for what is in them, see vnencap_xor_begin()
 * @row: one sum over the columns for each that is missing; once it is solved, the
 *	missing columns
 * @spare: as much memory as a row has
 *
 * See wire/erasure.c.
 */
struct vnencap_erasure {
	u32 prime;
	u32 strip;
	unsigned int rows;
	bool vectors;
	struct compat_vectors kept;
	u8 *row[VNENCAP_ERASURE_ROWS];
	u8 *spare;
};

u32 vnencap_erasure_prime(u32 len);
size_t vnencap_erasure_plan(struct vnencap_erasure *e, u32 len,
			    unsigned int rows);
void vnencap_erasure_init(struct vnencap_erasure *e, void *memory, bool vectors);
void vnencap_erasure_add(struct vnencap_erasure *e, unsigned int column,
			 u32 at, const u8 *data, u32 len);
void vnencap_erasure_solve(struct vnencap_erasure *e, const u8 *missing);
void vnencap_erasure_end(struct vnencap_erasure *e);
void vnencap_erasure_read(const struct vnencap_erasure *e, unsigned int i,
			  u8 *to);

#endif /* _VNENCAP_ERASURE_H */
