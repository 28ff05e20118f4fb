/* SPDX-License-Identifier: GPL-2.0-only */
/* Bits, as the kernel spells them. */
#ifndef _SHIM_LINUX_BITS_H
#define _SHIM_LINUX_BITS_H

#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#define GENMASK(h, l)	(~0UL << (l) & ~0UL >> (8 * sizeof(long) - 1 - (h)))

#endif /* _SHIM_LINUX_BITS_H */
