/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers in memory, of a byte order and at any place. */
#ifndef _SHIM_COMPAT_H
#define _SHIM_COMPAT_H

#include <linux/kernel.h>

#define __uninitialized

static inline u64 get_unaligned_be(const void *from, unsigned int len)
{
	const u8 *at = from;
	u64 value = 0;

	while (len--)
		value = value << 8 | *at++;
	return value;
}

static inline void put_unaligned_be(u64 value, void *to, unsigned int len)
{
	u8 *at = to;

	for (; len; value >>= 8)
		at[--len] = value;
}

static inline u64 get_unaligned_le(const void *from, unsigned int len)
{
	const u8 *at = from;
	u64 value = 0;

	while (len--)
		value = value << 8 | at[len];
	return value;
}

#define get_unaligned_be16(from)	((u16)get_unaligned_be(from, 2))
#define get_unaligned_be24(from)	((u32)get_unaligned_be(from, 3))
#define get_unaligned_be32(from)	((u32)get_unaligned_be(from, 4))
#define get_unaligned_be48(from)	get_unaligned_be(from, 6)
#define put_unaligned_be16(value, to)	put_unaligned_be(value, to, 2)
#define put_unaligned_be24(value, to)	put_unaligned_be(value, to, 3)
#define put_unaligned_be32(value, to)	put_unaligned_be(value, to, 4)
#define put_unaligned_be48(value, to)	put_unaligned_be(value, to, 6)
#define get_unaligned_le16(from)	((u16)get_unaligned_le(from, 2))
#define get_unaligned_le32(from)	((u32)get_unaligned_le(from, 4))
#define get_unaligned_le64(from)	get_unaligned_le(from, 8)

#endif /* _SHIM_COMPAT_H */
