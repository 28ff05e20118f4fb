/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module's pure files use of the kernel's helpers. */
#ifndef _SHIM_LINUX_KERNEL_H
#define _SHIM_LINUX_KERNEL_H

#include <linux/types.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define DIV_ROUND_UP(n, d) ({						\
	__typeof__(d) _d = (d);						\
	((n) + _d - 1) / _d;						\
})

#define min_t(type, a, b) ({						\
	type _a = (a);							\
	type _b = (b);							\
	_a < _b ? _a : _b;						\
})

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define U16_MAX		0xffff

/* of a little-endian machine */
#define cpu_to_be16(x)	__builtin_bswap16(x)
#define cpu_to_be32(x)	__builtin_bswap32(x)
#define be16_to_cpu(x)	__builtin_bswap16(x)
#define be32_to_cpu(x)	__builtin_bswap32(x)
#define le16_to_cpu(x)	(x)
#define le32_to_cpu(x)	(x)
#define htons(x)	__builtin_bswap16(x)
#define ntohs(x)	__builtin_bswap16(x)

#endif /* _SHIM_LINUX_KERNEL_H */
