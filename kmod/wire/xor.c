// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes xored into others: nearly all that parity costs. One stretch is mostly
 * xored into several rows at once, so that it is loaded only once.
 *
 * On x86 this takes AVX2's registers where the CPU has them and they may be used.
 * The other way is for all machines, by words. What both do is the same.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#ifdef CONFIG_X86_64
#include <asm/cpufeature.h>
#include <asm/fpu/api.h>
#endif

#include "wire/xor.h"

/* How many rows a stretch is xored into at once */
#define ROWS_AT_ONCE	6

/* Of bytes that are no whole word the last word is summed first, while it is as it
 * was, and written last.
 */
static void xor_words(u8 *to, const u8 *from, u32 len)
{
	u64 a, b, last;
	size_t i;

	if (unlikely(len < sizeof(a))) {
		while (len--)
			*to++ ^= *from++;
		return;
	}
	memcpy(&a, to + len - sizeof(a), sizeof(a));
	memcpy(&b, from + len - sizeof(b), sizeof(b));
	last = a ^ b;
	for (i = 0; i + sizeof(a) <= len; i += sizeof(a)) {
		memcpy(&a, to + i, sizeof(a));
		memcpy(&b, from + i, sizeof(b));
		a ^= b;
		memcpy(to + i, &a, sizeof(a));
	}
	memcpy(to + len - sizeof(last), &last, sizeof(last));
}

#ifdef CONFIG_X86_64

#define VECTOR	32	/* bytes */

/* User-Mode Linux has the registers as a program has them. */
static bool vectors_begin(void)
{
	if (!boot_cpu_has(X86_FEATURE_AVX) || !boot_cpu_has(X86_FEATURE_AVX2) ||
	    !irq_fpu_usable())
		return false;
	kernel_fpu_begin();
	return true;
}

static void vectors_end(void)
{
	kernel_fpu_end();
}

/* The asm statements name their registers, as those of the kernel's RAID-6 do: the
 * compiler, which is told to use none, knows of no clobbers. They name the address,
 * too: left to itself the compiler keeps one for each row and vector, and runs out of
 * registers.
 */
static __always_inline void avx2_load(const u8 *from, size_t i, int at)
{
	asm volatile("vmovdqu %c2(%0,%1), %%ymm0"
		     : : "r" (from), "r" (i), "i" (at) : "memory");
}

static __always_inline void avx2_add(u8 *to, size_t i, int at)
{
	asm volatile("vpxor %c2(%0,%1), %%ymm0, %%ymm1\n\t"
		     "vmovdqu %%ymm1, %c2(%0,%1)"
		     : : "r" (to), "r" (i), "i" (at) : "memory");
}

/* The vector that is @at after the @i'th byte, into @n rows. @n and @at are constant
 * wherever this is inlined.
 */
static __always_inline void avx2_step(u8 *const to[ROWS_AT_ONCE],
				      unsigned int n, const u8 *from, size_t i,
				      int at)
{
	avx2_load(from, i, at);
	avx2_add(to[0], i, at);
	if (n > 1)
		avx2_add(to[1], i, at);
	if (n > 2)
		avx2_add(to[2], i, at);
	if (n > 3)
		avx2_add(to[3], i, at);
	if (n > 4)
		avx2_add(to[4], i, at);
	if (n > 5)
		avx2_add(to[5], i, at);
}

/* Bytes from @from on into @n rows; @len is a multiple of a vector. */
static __always_inline void avx2_rows(u8 *const rows[], unsigned int n,
				      const u8 *from, u32 len)
{
	u8 *to[ROWS_AT_ONCE] = {
		rows[0], rows[n > 1 ? 1 : 0], rows[n > 2 ? 2 : 0],
		rows[n > 3 ? 3 : 0], rows[n > 4 ? 4 : 0],
		rows[n > 5 ? 5 : 0],
	};
	size_t i = 0;

	for (; i + 4 * VECTOR <= len; i += 4 * VECTOR) {
		avx2_step(to, n, from, i, 0);
		avx2_step(to, n, from, i, VECTOR);
		avx2_step(to, n, from, i, 2 * VECTOR);
		avx2_step(to, n, from, i, 3 * VECTOR);
	}
	for (; i < len; i += VECTOR)
		avx2_step(to, n, from, i, 0);
}

static void xor_avx2(u8 *const to[], unsigned int rows, const u8 *from, u32 len)
{
	switch (rows) {
	case 1:
		avx2_rows(to, 1, from, len);
		break;
	case 2:
		avx2_rows(to, 2, from, len);
		break;
	case 3:
		avx2_rows(to, 3, from, len);
		break;
	case 4:
		avx2_rows(to, 4, from, len);
		break;
	case 5:
		avx2_rows(to, 5, from, len);
		break;
	default:
		avx2_rows(to, 6, from, len);
		break;
	}
}

/* Return: how many bytes it has done. */
static u32 xor_vectors(u8 *const to[], unsigned int rows, const u8 *from,
		       u32 len)
{
	len = round_down(len, VECTOR);
	xor_avx2(to, rows, from, len);
	return len;
}

static void clear_vectors(u8 *to, size_t len)
{
	size_t i;

	asm volatile("vpxor %%xmm0, %%xmm0, %%xmm0" : :);
	for (i = 0; i < len; i += 2 * VECTOR)
		asm volatile("vmovdqu %%ymm0, (%0,%1)\n\t"
			     "vmovdqu %%ymm0, %c2(%0,%1)"
			     : : "r" (to), "r" (i), "i" (VECTOR) : "memory");
}

#else

static bool vectors_begin(void)
{
	return false;
}

static void vectors_end(void)
{
}

static u32 xor_vectors(u8 *const to[], unsigned int rows, const u8 *from,
		       u32 len)
{
	return 0;
}

static void clear_vectors(u8 *to, size_t len)
{
}

#endif /* CONFIG_X86_64 */

/**
 * vnencap_xor_begin - take the vector registers, if they are to be had
 *
 * Nothing may sleep until vnencap_xor_end().
 *
 * Context: softirq, or bottom halves disabled.
 * Return: whether there are any; for the functions below.
 */
bool vnencap_xor_begin(void)
{
	return vectors_begin();
}

/**
 * vnencap_xor_end - give the vector registers back
 * @vectors: what vnencap_xor_begin() returned
 *
 * Context: as vnencap_xor_begin().
 */
void vnencap_xor_end(bool vectors)
{
	if (vectors)
		vectors_end();
}

/**
 * vnencap_xor_rows - xor bytes into several rows
 * @to: where, in each of the rows; none has a byte in common with another
 * @rows: how many there are
 * @from: the bytes
 * @len: how many
 * @vectors: by vector registers, from vnencap_xor_begin()
 *
 * No pointer need be aligned.
 *
 * Context: between vnencap_xor_begin() and vnencap_xor_end().
 */
void vnencap_xor_rows(u8 *const to[], unsigned int rows, const u8 *from,
		      u32 len, bool vectors)
{
	unsigned int n, i;
	u32 done = 0;

	for (; rows; rows -= n, to += n) {
		n = min_t(unsigned int, rows, ROWS_AT_ONCE);
		if (vectors)
			done = xor_vectors(to, n, from, len);
		if (done == len)
			continue;
		for (i = 0; i < n; i++)
			xor_words(to[i] + done, from + done, len - done);
	}
}

/**
 * vnencap_xor - xor bytes into others
 * @to: the others
 * @from: the bytes, apart from @to
 * @len: how many
 * @vectors: by vector registers, from vnencap_xor_begin()
 *
 * Context: as vnencap_xor_rows().
 */
void vnencap_xor(u8 *to, const u8 *from, u32 len, bool vectors)
{
	vnencap_xor_rows(&to, 1, from, len, vectors);
}

/**
 * vnencap_xor_clear - fill memory with zeros
 * @to: the memory
 * @len: how many bytes, a multiple of VNENCAP_XOR_UNIT
 * @vectors: by vector registers, from vnencap_xor_begin()
 *
 * Context: as vnencap_xor_rows().
 */
void vnencap_xor_clear(u8 *to, u32 len, bool vectors)
{
	if (vectors)
		clear_vectors(to, len);
	else
		memset(to, 0, len);
}
