/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes xored into others, by vector registers where the CPU has them. */
#ifndef _VNENCAP_XOR_H
#define _VNENCAP_XOR_H

#include <linux/types.h>

#include "compat.h"

/* What is cleared is so many bytes, or twice as many, and so on. */
#define VNENCAP_XOR_UNIT	64

bool vnencap_xor_begin(struct compat_vectors *kept);
void vnencap_xor_end(struct compat_vectors *kept, bool vectors);

void vnencap_xor(u8 *to, const u8 *from, u32 len, bool vectors);
void vnencap_xor_rows(u8 *const to[], unsigned int rows, const u8 *from,
		      u32 len, bool vectors);
void vnencap_xor_clear(u8 *to, u32 len, bool vectors);

#endif /* _VNENCAP_XOR_H */
