/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vector registers of this machine, for wire/xor.c and wire/strips.c. Without any,
 * VNENCAP_VECTOR and VNENCAP_LANE are not defined.
 */
#ifndef _VNENCAP_VECTORS_H
#define _VNENCAP_VECTORS_H

#if defined(CONFIG_X86_64)
#include "wire/vectors_x86.h"
#elif defined(CONFIG_ARM64) && defined(CONFIG_KERNEL_MODE_NEON)
#include "wire/vectors_arm64.h"
#else
#include <linux/types.h>

#include "compat.h"

static inline bool vnencap_vectors_begin(struct compat_vectors *kept)
{
	return false;
}

static inline void vnencap_vectors_end(struct compat_vectors *kept)
{
}
#endif

#endif /* _VNENCAP_VECTORS_H */
