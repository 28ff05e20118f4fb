// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes xored into others: nearly all that parity costs. One stretch is mostly
 * xored into several rows at once, so that it is loaded only once.
 *
 * On x86-64 and arm64 this takes vector registers (wire/vectors.h) where the CPU has
 * them and they may be used. The other way is for all machines, by words. What both do
 * is the same.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "wire/vectors.h"
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

#ifdef VNENCAP_VECTOR

#define VECTOR	VNENCAP_VECTOR

/* The vector that is @at after the @i'th byte, into @n rows. @n and @at are constant
 * wherever this is inlined.
 */
static __always_inline void step_rows(u8 *const to[ROWS_AT_ONCE],
				      unsigned int n, const u8 *from, size_t i,
				      int at)
{
	vnencap_vector_load(from, i, at);
	vnencap_vector_add(to[0], i, at);
	if (n > 1)
		vnencap_vector_add(to[1], i, at);
	if (n > 2)
		vnencap_vector_add(to[2], i, at);
	if (n > 3)
		vnencap_vector_add(to[3], i, at);
	if (n > 4)
		vnencap_vector_add(to[4], i, at);
	if (n > 5)
		vnencap_vector_add(to[5], i, at);
}

/* Bytes from @from on into @n rows; @len is a multiple of a vector. */
static __always_inline void add_rows(u8 *const rows[], unsigned int n,
				     const u8 *from, u32 len)
{
	u8 *to[ROWS_AT_ONCE] = {
		rows[0], rows[n > 1 ? 1 : 0], rows[n > 2 ? 2 : 0],
		rows[n > 3 ? 3 : 0], rows[n > 4 ? 4 : 0],
		rows[n > 5 ? 5 : 0],
	};
	size_t i = 0;

	for (; i + 4 * VECTOR <= len; i += 4 * VECTOR) {
		step_rows(to, n, from, i, 0);
		step_rows(to, n, from, i, VECTOR);
		step_rows(to, n, from, i, 2 * VECTOR);
		step_rows(to, n, from, i, 3 * VECTOR);
	}
	for (; i < len; i += VECTOR)
		step_rows(to, n, from, i, 0);
}

static void add_to(u8 *const to[], unsigned int rows, const u8 *from, u32 len)
{
	switch (rows) {
	case 1:
		add_rows(to, 1, from, len);
		break;
	case 2:
		add_rows(to, 2, from, len);
		break;
	case 3:
		add_rows(to, 3, from, len);
		break;
	case 4:
		add_rows(to, 4, from, len);
		break;
	case 5:
		add_rows(to, 5, from, len);
		break;
	default:
		add_rows(to, 6, from, len);
		break;
	}
}

/* Return: how many bytes it has done. */
static u32 xor_vectors(u8 *const to[], unsigned int rows, const u8 *from,
		       u32 len)
{
	len = round_down(len, VECTOR);
	add_to(to, rows, from, len);
	return len;
}

static void clear_vectors(u8 *to, size_t len)
{
	size_t i;

	BUILD_BUG_ON(VNENCAP_XOR_UNIT % (2 * VECTOR));
	vnencap_vector_zero();
	for (i = 0; i < len; i += 2 * VECTOR) {
		vnencap_vector_store(to, i, 0);
		vnencap_vector_store(to, i, VECTOR);
	}
}

#else

static u32 xor_vectors(u8 *const to[], unsigned int rows, const u8 *from,
		       u32 len)
{
	return 0;
}

static void clear_vectors(u8 *to, size_t len)
{
}

#endif /* VNENCAP_VECTOR */

/**
 * vnencap_xor_begin - take the vector registers, if they are to be had
 * @kept: memory in which the kernel keeps what is in them, where it has to; its own
 *	until vnencap_xor_end()
 *
 * Nothing may sleep until vnencap_xor_end().
 *
 * Context: softirq, or bottom halves disabled.
 * Return: whether there are any; for the functions below.
 */
bool vnencap_xor_begin(struct compat_vectors *kept)
{
	return vnencap_vectors_begin(kept);
}

/**
 * vnencap_xor_end - give the vector registers back
 * @kept: as given to vnencap_xor_begin()
 * @vectors: what vnencap_xor_begin() returned
 *
 * Context: as vnencap_xor_begin().
 */
void vnencap_xor_end(struct compat_vectors *kept, bool vectors)
{
	if (vectors)
		vnencap_vectors_end(kept);
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
