// SPDX-License-Identifier: GPL-2.0-only
/*
 * The strips of a row of an erasure code (wire/erasure.c), done with one after the
 * other.
 *
 * A strip is seen as lanes, words of eight bytes or vectors of sixteen. The last lane
 * may have bytes of the one before it: what is done to both is the same.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "compat.h"
#include "wire/strips.h"
#include "wire/vectors.h"

#define WORD	VNENCAP_STRIP_MIN
#define WORDS	3U	/* lanes that are done at once */

/* Where in each strip some lanes begin; some may be the same */
struct lanes {
	u32 at0, at1, at2;
};

static u64 word_at(const u8 *from)
{
	return get_unaligned((const u64 *)from);
}

static void put_word(u64 word, u8 *to)
{
	put_unaligned(word, (u64 *)to);
}

static struct lanes lanes_from(const struct vnencap_strips *s, u32 at)
{
	u32 last = s->strip - WORD;

	return (struct lanes){
		min(at, last), min(at + WORD, last), min(at + 2 * WORD, last),
	};
}

/* A place among @len bytes of strips, after @turn more */
static __always_inline size_t turned(size_t place, size_t turn, size_t len)
{
	place += turn;
	return place < len ? place : place - len;
}

static void divide_words(const struct vnencap_strips *s, u8 *z, const u8 *y,
			 u32 step, u32 start, const struct lanes *l)
{
	u64 sum0 = 0, sum1 = 0, sum2 = 0, z0 = 0, z1 = 0, z2 = 0;
	u32 len = s->len, place = start, source = 0, i;

	for (i = 0; i < len; i += s->strip) {
		sum0 ^= word_at(y + i + l->at0);
		sum1 ^= word_at(y + i + l->at1);
		sum2 ^= word_at(y + i + l->at2);
	}
	do {
		put_word(z0, z + place + l->at0);
		put_word(z1, z + place + l->at1);
		put_word(z2, z + place + l->at2);
		place = turned(place, step, len);
		source = turned(source, step, len);
		z0 ^= sum0 ^ word_at(y + source + l->at0);
		z1 ^= sum1 ^ word_at(y + source + l->at1);
		z2 ^= sum2 ^ word_at(y + source + l->at2);
	} while (place != start);
}

static void reduce_words(const struct vnencap_strips *s, u8 *to, const u8 *row,
			 u32 lane)
{
	u32 len = s->len - s->strip, place;
	u64 last = word_at(row + len + lane);

	for (place = lane; place < len; place += s->strip)
		put_word(word_at(row + place) ^ last, to + place);
}

#ifdef VNENCAP_LANE

#define VECTOR	VNENCAP_LANE

/* Two lanes, that from @at on and that from @at2 on */
static void divide_vectors(const struct vnencap_strips *s, u8 *z, const u8 *y,
			   size_t step, size_t start, u32 at, u32 at2)
{
	size_t len = s->len, strip = s->strip, place = start, source = 0, i;
	const u8 *y2 = y + at2;
	u8 *z2 = z + at2;

	y += at;
	z += at;
	vnencap_lanes_zero();
	for (i = 0; i < len; i += strip)
		vnencap_lanes_sum(y, y2, i);
	do {
		vnencap_lanes_store(z, z2, place);
		place = turned(place, step, len);
		source = turned(source, step, len);
		vnencap_lanes_next(y, y2, source);
	} while (place != start);
}

static void reduce_vectors(const struct vnencap_strips *s, u8 *to,
			   const u8 *row, u32 at, u32 at2)
{
	size_t len = s->len - s->strip, strip = s->strip, i;
	const u8 *row2 = row + at2;
	u8 *to2 = to + at2;

	row += at;
	to += at;
	vnencap_lanes_zero();
	vnencap_lanes_sum(row, row2, len);
	for (i = 0; i < len; i += strip) {
		vnencap_lanes_add(row, row2, i);
		vnencap_lanes_store(to, to2, i);
	}
}

static bool by_vectors(const struct vnencap_strips *s)
{
	return s->vectors && s->strip >= VECTOR;
}

#else

#define VECTOR	WORD

static void divide_vectors(const struct vnencap_strips *s, u8 *z, const u8 *y,
			   u32 step, u32 start, u32 at, u32 at2)
{
}

static void reduce_vectors(const struct vnencap_strips *s, u8 *to,
			   const u8 *row, u32 at, u32 at2)
{
}

static bool by_vectors(const struct vnencap_strips *s)
{
	return false;
}

#endif /* VNENCAP_LANE */

/**
 * vnencap_strips_divide - have each strip follow from another one
 * @s: the row
 * @z: written
 * @y: what it follows from, apart from @z
 * @step: from a strip of @z to the next that is made, in bytes; round and round that
 *	comes to all of them
 * @start: the first of them, in bytes
 *
 * The first strip is zero. Each that follows is the one before, and that of @y which is
 * as many steps from its first, and the sum of all strips of @y.
 */
void vnencap_strips_divide(const struct vnencap_strips *s, u8 *z, const u8 *y,
			   u32 step, u32 start)
{
	u32 last = s->strip - VECTOR, at;

	if (by_vectors(s)) {
		for (at = 0; at < s->strip; at += 2 * VECTOR)
			divide_vectors(s, z, y, step, start, min(at, last),
				       min(at + VECTOR, last));
		return;
	}
	for (at = 0; at < s->strip; at += WORDS * WORD) {
		struct lanes l = lanes_from(s, at);

		divide_words(s, z, y, step, start, &l);
	}
}

/**
 * vnencap_strips_reduce - add the last strip to all others
 * @s: the row
 * @to: written: the sums, one after the other
 * @row: the row, apart from @to
 */
void vnencap_strips_reduce(const struct vnencap_strips *s, u8 *to,
			   const u8 *row)
{
	u32 last = s->strip - VECTOR, at;

	if (by_vectors(s)) {
		for (at = 0; at < s->strip; at += 2 * VECTOR)
			reduce_vectors(s, to, row, min(at, last),
				       min(at + VECTOR, last));
		return;
	}
	for (at = 0; at < s->strip; at += WORD)
		reduce_words(s, to, row, min(at, s->strip - WORD));
}
