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

#endif /* _SHIM_LINUX_KERNEL_H */
