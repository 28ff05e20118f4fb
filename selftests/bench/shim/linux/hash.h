/* SPDX-License-Identifier: GPL-2.0-only */
/* The one constant that is used of the kernel's hashes. */
#ifndef _SHIM_LINUX_HASH_H
#define _SHIM_LINUX_HASH_H

#define GOLDEN_RATIO_64	0x61C8864680B583EBull

#endif /* _SHIM_LINUX_HASH_H */
