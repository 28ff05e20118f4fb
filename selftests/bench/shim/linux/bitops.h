/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be done to bits, as the kernel spells it. */
#ifndef _SHIM_LINUX_BITOPS_H
#define _SHIM_LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

#define hweight32(x)	__builtin_popcount(x)
#define hweight64(x)	__builtin_popcountll(x)
#define __ffs(x)	__builtin_ctzl(x)

static inline u64 rol64(u64 word, unsigned int n)
{
	return word << n | word >> (64 - n);
}

#endif /* _SHIM_LINUX_BITOPS_H */
