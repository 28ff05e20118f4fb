// SPDX-License-Identifier: GPL-2.0-only
/*
 * An erasure code that costs one xor a byte for each row.
 *
 * A code word is a number of columns of the same length. A column is taken for a
 * polynomial d(x) of which each coefficient is not a bit but a strip of bytes. There
 * are p - 1 strips, and p is a prime. Polynomials are reckoned with modulo
 *
 *	M(x) = 1 + x + ... + x^(p-1)
 *
 * As M(x) divides x^p - 1, that may be done modulo x^p - 1 first: there a product
 * with x^k only turns the strips round by k places. A column's last strip, of x^(p-1),
 * is zero.
 *
 * All columns of a code word, each with a number c of its own below p, fulfil
 *
 *	sum over c of x^(j c) d_c(x) = 0	for each row j from 0 on.
 *
 * So e missing columns are the solution of e equations, whose matrix is that of
 * Vandermonde in x^c. It has a solution, for x^a + x^b has an inverse modulo M(x)
 * unless a = b: x^k - 1 and M(x) have no common divisor, because p is prime. So any e
 * columns are found by e rows: the code is maximum-distance separable. (Blaum and
 * Roth, "New array codes for multiple phased burst correction", 1993.)
 *
 * The equations are solved as Björck and Pereyra do ("Solution of Vandermonde systems
 * of equations", 1970): by e (e - 1) / 2 products and as many divisions, of the rows
 * only, whatever the number of columns.
 *
 * A row has twice the room that it needs. What a turn moves past the end need not be
 * wrapped round for each stretch that is added, but once for all.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "compat.h"
#include "wire/erasure.h"
#include "wire/xor.h"

/* A strip is seen as lanes, words of eight bytes. No strip is shorter. The last lane
 * may have bytes of the one before it: what is done to both is the same.
 */
#define WORD	8U
#define LANES	3U	/* are done at once */

/* Where in each strip some lanes begin; some may be the same */
struct lanes {
	u32 at0, at1, at2;
};

static const u8 primes[] = {
	61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127,
};

/**
 * vnencap_erasure_prime - the prime that columns of a length are reckoned with
 * @len: of a column, in bytes
 *
 * Return: the prime; 0 where a column cannot have that length.
 */
u32 vnencap_erasure_prime(u32 len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(primes); i++)
		if (len % (primes[i] - 1) == 0 &&
		    len >= WORD * (primes[i] - 1))
			return primes[i];
	return 0;
}

/* Bytes of a row, its strips turned within them */
static u32 turn_len(const struct vnencap_erasure *e)
{
	return e->prime * e->strip;
}

/* The bytes of a row, twice as many, in whole vectors */
static u32 row_room(const struct vnencap_erasure *e)
{
	return ALIGN(2 * turn_len(e), 64);
}

/**
 * vnencap_erasure_plan - see what it takes to find columns
 * @e: written
 * @len: of a column in bytes, with vnencap_erasure_prime()
 * @rows: how many are missing, from 1 to VNENCAP_ERASURE_ROWS
 *
 * Return: bytes of memory.
 */
size_t vnencap_erasure_plan(struct vnencap_erasure *e, u32 len,
			    unsigned int rows)
{
	e->prime = vnencap_erasure_prime(len);
	e->strip = len / (e->prime - 1);
	e->rows = rows;
	return (rows + 1) * row_room(e);
}

/**
 * vnencap_erasure_init - begin a code word
 * @e: planned
 * @memory: as much as vnencap_erasure_plan() said
 * @vectors: from vnencap_xor_begin(), which ends after vnencap_erasure_solve()
 */
void vnencap_erasure_init(struct vnencap_erasure *e, void *memory, bool vectors)
{
	u32 room = row_room(e);
	unsigned int j;

	e->vectors = vectors;
	for (j = 0; j < e->rows; j++)
		e->row[j] = memory + j * room;
	e->spare = memory + e->rows * room;
	memset(memory, 0, e->rows * room);
}

/**
 * vnencap_erasure_add - add bytes of a column that is there
 * @e: the code word
 * @column: its number, less than VNENCAP_ERASURE_COLUMNS
 * @at: where in the column the bytes are
 * @data: the bytes
 * @len: how many
 *
 * What is not added of a column is zero.
 */
void vnencap_erasure_add(struct vnencap_erasure *e, unsigned int column,
			 u32 at, const u8 *data, u32 len)
{
	u8 *to[VNENCAP_ERASURE_ROWS];
	unsigned int j;
	u32 turn = 0;

	for (j = 0; j < e->rows; j++) {
		to[j] = e->row[j] + turn * e->strip + at;
		turn += column;
		if (turn >= e->prime)
			turn -= e->prime;
	}
	vnencap_xor_rows(to, e->rows, data, len, e->vectors);
}

/* Wrap round what is past the end of a row. */
static void wrap_row(const struct vnencap_erasure *e, u8 *row)
{
	u32 len = turn_len(e);

	vnencap_xor(row, row + len, len, e->vectors);
}

/* To add to a row another, times x^turn */
static void add_turned(const struct vnencap_erasure *e, u8 *row,
		       const u8 *other, u32 turn)
{
	u32 len = turn_len(e), at = turn * e->strip;

	vnencap_xor(row + at, other, len - at, e->vectors);
	vnencap_xor(row, other + len - at, at, e->vectors);
}

static u64 word_at(const u8 *from)
{
	return get_unaligned((const u64 *)from);
}

static void put_word(u64 word, u8 *to)
{
	put_unaligned(word, (u64 *)to);
}

static struct lanes lanes_from(const struct vnencap_erasure *e, u32 at)
{
	u32 last = e->strip - WORD;

	return (struct lanes){
		min(at, last), min(at + WORD, last), min(at + 2 * WORD, last),
	};
}

/* A place among @len bytes of strips, after @turn more */
static u32 turned(u32 place, u32 turn, u32 len)
{
	place += turn;
	return place < len ? place : place - len;
}

/*
 * Divide a row by x^a + x^b, some lanes of it. With d = a - b that is x^b (1 + x^d),
 * and z is wanted of which z_t + z_(t-d) = y_(t+b). One strip of z may be chosen, for
 * M(x) can be added to it: it is zero. The others follow, each from the one d places
 * before. They come round to the first again only if the sum of y's strips is zero. It
 * is made zero by adding M(x) times the sum to y.
 */
static void divide_lanes(const struct vnencap_erasure *e, const u8 *y, u8 *z,
			 u32 step, u32 start, const struct lanes *l)
{
	u64 sum0 = 0, sum1 = 0, sum2 = 0, z0 = 0, z1 = 0, z2 = 0;
	u32 len = turn_len(e), place = start, source = 0, i;

	for (i = 0; i < len; i += e->strip) {
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

/* Divide the @j'th row by x^a + x^b. */
static void divide_row(struct vnencap_erasure *e, unsigned int j, u32 a, u32 b)
{
	u32 step = (a < b ? a + e->prime - b : a - b) * e->strip;
	u32 start = (b ? e->prime - b : 0) * e->strip, at;
	u8 *y = e->row[j], *z = e->spare;

	for (at = 0; at < e->strip; at += LANES * WORD) {
		struct lanes l = lanes_from(e, at);

		divide_lanes(e, y, z, step, start, &l);
	}
	e->spare = y;
	e->row[j] = z;
}

/* Both steps are those of Björck and Pereyra, their x_k is x^missing[k]. */
static void solve_rows(struct vnencap_erasure *e, const u8 *missing)
{
	unsigned int n = e->rows, j, k;

	for (k = 0; k + 1 < n; k++)
		for (j = n - 1; j > k; j--)
			add_turned(e, e->row[j], e->row[j - 1], missing[k]);
	for (k = n - 1; k-- > 0; ) {
		for (j = k + 1; j < n; j++)
			divide_row(e, j, missing[j], missing[j - k - 1]);
		for (j = k; j + 1 < n; j++)
			add_turned(e, e->row[j], e->row[j + 1], 0);
	}
}

/**
 * vnencap_erasure_solve - find the missing columns
 * @e: the code word, with all columns added that are not missing
 * @missing: the numbers of the missing columns, no two alike
 */
void vnencap_erasure_solve(struct vnencap_erasure *e, const u8 *missing)
{
	unsigned int j;

	for (j = 0; j < e->rows; j++)
		wrap_row(e, e->row[j]);
	solve_rows(e, missing);
}

/**
 * vnencap_erasure_read - read a column that was missing
 * @e: the code word, solved
 * @i: which one, of those given to vnencap_erasure_solve()
 * @to: written: as many bytes as a column has
 *
 * A solution is one modulo M(x): what makes the last strip of a column zero is added
 * to all of them.
 */
void vnencap_erasure_read(const struct vnencap_erasure *e, unsigned int i,
			  u8 *to)
{
	u32 len = (e->prime - 1) * e->strip, at, place;
	const u8 *row = e->row[i];

	for (at = 0; at < e->strip; at += WORD) {
		u32 lane = min(at, e->strip - WORD);
		u64 last = word_at(row + len + lane);

		for (place = lane; place < len; place += e->strip)
			put_word(word_at(row + place) ^ last, to + place);
	}
}
