/* SPDX-License-Identifier: GPL-2.0-only */
/* The strips of a row of an erasure code, done with one after the other. */
#ifndef _VNENCAP_STRIPS_H
#define _VNENCAP_STRIPS_H

#include <linux/types.h>

/* No strip is shorter. */
#define VNENCAP_STRIP_MIN	8U

/**
 * struct vnencap_strips - how a row is made of strips
 * @strip: bytes of each, VNENCAP_STRIP_MIN at least
 * @len: bytes of all
 * @vectors: vector registers may be used, see vnencap_xor_begin()
 */
struct vnencap_strips {
	u32 strip;
	u32 len;
	bool vectors;
};

void vnencap_strips_divide(const struct vnencap_strips *s, u8 *z, const u8 *y,
			   u32 step, u32 start);
void vnencap_strips_reduce(const struct vnencap_strips *s, u8 *to,
			   const u8 *row);

#endif /* _VNENCAP_STRIPS_H */
