/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vector registers of x86-64: AVX2's, where the CPU has them and they may be used.
 *
 * The asm statements name their registers, as those of the kernel's RAID-6 do: the
 * compiler, which is told to use none, knows of no clobbers. They name the address,
 * too: left to itself the compiler keeps one for each row and vector, and runs out of
 * registers.
 */
#ifndef _VNENCAP_VECTORS_X86_H
#define _VNENCAP_VECTORS_X86_H

#include <linux/types.h>
#include <asm/cpufeature.h>
#include <asm/fpu/api.h>

#include "compat.h"

#define VNENCAP_VECTOR	32	/* bytes */

/* User-Mode Linux has the registers as a program has them. */
static inline bool vnencap_vectors_begin(struct compat_vectors *kept)
{
	if (!boot_cpu_has(X86_FEATURE_AVX) || !boot_cpu_has(X86_FEATURE_AVX2) ||
	    !irq_fpu_usable())
		return false;
	kernel_fpu_begin();
	return true;
}

static inline void vnencap_vectors_end(struct compat_vectors *kept)
{
	kernel_fpu_end();
}

/* Of a vector, ymm0 has what is added or stored. It is @at after the @i'th byte; @at is
 * constant.
 */
static __always_inline void vnencap_vector_load(const u8 *from, size_t i, int at)
{
	asm volatile("vmovdqu %c2(%0,%1), %%ymm0"
		     : : "r" (from), "r" (i), "i" (at) : "memory");
}

static __always_inline void vnencap_vector_zero(void)
{
	asm volatile("vpxor %%xmm0, %%xmm0, %%xmm0" : :);
}

static __always_inline void vnencap_vector_store(u8 *to, size_t i, int at)
{
	asm volatile("vmovdqu %%ymm0, %c2(%0,%1)"
		     : : "r" (to), "r" (i), "i" (at) : "memory");
}

static __always_inline void vnencap_vector_add(u8 *to, size_t i, int at)
{
	asm volatile("vpxor %c2(%0,%1), %%ymm0, %%ymm1\n\t"
		     "vmovdqu %%ymm1, %c2(%0,%1)"
		     : : "r" (to), "r" (i), "i" (at) : "memory");
}

#define VNENCAP_LANE	16U	/* bytes */

/* Of two lanes, xmm0 and xmm1 have the strip, xmm2 and xmm3 the sum of all. */
static __always_inline void vnencap_lanes_zero(void)
{
	asm volatile("vpxor %%xmm0, %%xmm0, %%xmm0\n\t"
		     "vpxor %%xmm1, %%xmm1, %%xmm1\n\t"
		     "vpxor %%xmm2, %%xmm2, %%xmm2\n\t"
		     "vpxor %%xmm3, %%xmm3, %%xmm3"
		     : :);
}

/* Add to the sum. */
static __always_inline void vnencap_lanes_sum(const u8 *from, const u8 *from2,
					      size_t i)
{
	asm volatile("vpxor (%0,%2), %%xmm2, %%xmm2\n\t"
		     "vpxor (%1,%2), %%xmm3, %%xmm3"
		     : : "r" (from), "r" (from2), "r" (i) : "memory");
}

/* Store the strip. */
static __always_inline void vnencap_lanes_store(u8 *to, u8 *to2, size_t i)
{
	asm volatile("vmovdqu %%xmm0, (%0,%2)\n\t"
		     "vmovdqu %%xmm1, (%1,%2)"
		     : : "r" (to), "r" (to2), "r" (i) : "memory");
}

/* The strip is itself, the sum and what is in memory. */
static __always_inline void vnencap_lanes_next(const u8 *from, const u8 *from2,
					       size_t i)
{
	asm volatile("vpxor %%xmm2, %%xmm0, %%xmm0\n\t"
		     "vpxor %%xmm3, %%xmm1, %%xmm1\n\t"
		     "vpxor (%0,%2), %%xmm0, %%xmm0\n\t"
		     "vpxor (%1,%2), %%xmm1, %%xmm1"
		     : : "r" (from), "r" (from2), "r" (i) : "memory");
}

/* The strip is the sum and what is in memory. */
static __always_inline void vnencap_lanes_add(const u8 *from, const u8 *from2,
					      size_t i)
{
	asm volatile("vpxor (%0,%2), %%xmm2, %%xmm0\n\t"
		     "vpxor (%1,%2), %%xmm3, %%xmm1"
		     : : "r" (from), "r" (from2), "r" (i) : "memory");
}

#endif /* _VNENCAP_VECTORS_X86_H */
