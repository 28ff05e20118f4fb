/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's integer types, for its pure code in a program. */
#ifndef _SHIM_LINUX_TYPES_H
#define _SHIM_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
/* as the kernel has it, and so %llu prints it */
typedef unsigned long long u64;

#define __force
#define __packed	__attribute__((__packed__))
#define __aligned(n)	__attribute__((__aligned__(n)))
#define noinline	__attribute__((__noinline__))

#endif /* _SHIM_LINUX_TYPES_H */
