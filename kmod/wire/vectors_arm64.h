/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vector registers of arm64: NEON's, where they may be used. To xor bytes into five
 * rows takes a fifth of the instructions that it takes by words.
 *
 * The asm statements name their registers, because the compiler, which is told to use
 * none, knows of no clobbers. What is loaded in an order of bytes is stored in the same,
 * so it does not matter which one the kernel has.
 */
#ifndef _VNENCAP_VECTORS_ARM64_H
#define _VNENCAP_VECTORS_ARM64_H

#include <linux/types.h>
#include <asm/neon.h>
#include <asm/simd.h>

#include "compat.h"

/* The assembler of clang, which is told to use none of the registers as well, is to know
 * the instructions all the same.
 */
#define VNENCAP_NEON	".arch_extension simd\n\t"

/* Bytes: of two registers, which one instruction loads and stores */
#define VNENCAP_VECTOR	32

static inline bool vnencap_vectors_begin(struct compat_vectors *kept)
{
	if (!may_use_simd())
		return false;
	compat_neon(kernel_neon_begin, kept);
	return true;
}

static inline void vnencap_vectors_end(struct compat_vectors *kept)
{
	compat_neon(kernel_neon_end, kept);
}

/* Of a vector, q0 and q1 have what is added or stored. It is @at after the @i'th byte;
 * @at is constant, and from -1024 to 1008.
 */
static __always_inline void vnencap_vector_load(const u8 *from, size_t i, int at)
{
	asm volatile(VNENCAP_NEON
		     "ldp q0, q1, [%0, %1]"
		     : : "r" (from + i), "i" (at) : "memory");
}

static __always_inline void vnencap_vector_zero(void)
{
	asm volatile(VNENCAP_NEON
		     "movi v0.2d, #0\n\t"
		     "movi v1.2d, #0"
		     : :);
}

static __always_inline void vnencap_vector_store(u8 *to, size_t i, int at)
{
	asm volatile(VNENCAP_NEON
		     "stp q0, q1, [%0, %1]"
		     : : "r" (to + i), "i" (at) : "memory");
}

static __always_inline void vnencap_vector_add(u8 *to, size_t i, int at)
{
	asm volatile(VNENCAP_NEON
		     "ldp q2, q3, [%0, %1]\n\t"
		     "eor v2.16b, v2.16b, v0.16b\n\t"
		     "eor v3.16b, v3.16b, v1.16b\n\t"
		     "stp q2, q3, [%0, %1]"
		     : : "r" (to + i), "i" (at) : "memory");
}

#define VNENCAP_LANE	16U	/* bytes */

/* Of two lanes, q0 and q1 have the strip, q2 and q3 the sum of all. */
static __always_inline void vnencap_lanes_zero(void)
{
	asm volatile(VNENCAP_NEON
		     "movi v0.2d, #0\n\t"
		     "movi v1.2d, #0\n\t"
		     "movi v2.2d, #0\n\t"
		     "movi v3.2d, #0"
		     : :);
}

/* Add to the sum. */
static __always_inline void vnencap_lanes_sum(const u8 *from, const u8 *from2,
					      size_t i)
{
	asm volatile(VNENCAP_NEON
		     "ldr q4, [%0, %2]\n\t"
		     "ldr q5, [%1, %2]\n\t"
		     "eor v2.16b, v2.16b, v4.16b\n\t"
		     "eor v3.16b, v3.16b, v5.16b"
		     : : "r" (from), "r" (from2), "r" (i) : "memory");
}

/* Store the strip. */
static __always_inline void vnencap_lanes_store(u8 *to, u8 *to2, size_t i)
{
	asm volatile(VNENCAP_NEON
		     "str q0, [%0, %2]\n\t"
		     "str q1, [%1, %2]"
		     : : "r" (to), "r" (to2), "r" (i) : "memory");
}

/* The strip is itself, the sum and what is in memory. */
static __always_inline void vnencap_lanes_next(const u8 *from, const u8 *from2,
					       size_t i)
{
	asm volatile(VNENCAP_NEON
		     "ldr q4, [%0, %2]\n\t"
		     "ldr q5, [%1, %2]\n\t"
		     "eor v0.16b, v0.16b, v2.16b\n\t"
		     "eor v1.16b, v1.16b, v3.16b\n\t"
		     "eor v0.16b, v0.16b, v4.16b\n\t"
		     "eor v1.16b, v1.16b, v5.16b"
		     : : "r" (from), "r" (from2), "r" (i) : "memory");
}

/* The strip is the sum and what is in memory. */
static __always_inline void vnencap_lanes_add(const u8 *from, const u8 *from2,
					      size_t i)
{
	asm volatile(VNENCAP_NEON
		     "ldr q4, [%0, %2]\n\t"
		     "ldr q5, [%1, %2]\n\t"
		     "eor v0.16b, v2.16b, v4.16b\n\t"
		     "eor v1.16b, v3.16b, v5.16b"
		     : : "r" (from), "r" (from2), "r" (i) : "memory");
}

#endif /* _VNENCAP_VECTORS_ARM64_H */
