/* SPDX-License-Identifier: GPL-2.0-only */
/* Bits, as the kernel spells them. */
#ifndef _SHIM_LINUX_BITOPS_H
#define _SHIM_LINUX_BITOPS_H

#define BIT_ULL(n)	(1ULL << (n))
#define GENMASK(h, l)	(~0UL << (l) & ~0UL >> (8 * sizeof(long) - 1 - (h)))
#define hweight32(x)	__builtin_popcount(x)
#define hweight64(x)	__builtin_popcountll(x)
#define __ffs(x)	__builtin_ctzl(x)

#endif /* _SHIM_LINUX_BITOPS_H */
