/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be done to bits, as the kernel spells it. */
#ifndef _SHIM_LINUX_BITOPS_H
#define _SHIM_LINUX_BITOPS_H

#include <linux/bits.h>

#define hweight32(x)	__builtin_popcount(x)
#define hweight64(x)	__builtin_popcountll(x)
#define __ffs(x)	__builtin_ctzl(x)
#define rol64(x, n)	((x) << (n) | (x) >> (64 - (n)))

#endif /* _SHIM_LINUX_BITOPS_H */
