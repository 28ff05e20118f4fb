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

#include "compat.h"
#include "wire/erasure.h"
#include "wire/strips.h"
#include "wire/xor.h"

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
		    len >= VNENCAP_STRIP_MIN * (primes[i] - 1))
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
	return ALIGN(2 * turn_len(e), VNENCAP_XOR_UNIT);
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
 * @vectors: take vector registers, if they are to be had; vnencap_erasure_end() gives
 *	them back
 *
 * Context: as vnencap_xor_begin().
 */
void vnencap_erasure_init(struct vnencap_erasure *e, void *memory, bool vectors)
{
	u32 room = row_room(e);
	unsigned int j;

	e->vectors = vectors && vnencap_xor_begin(&e->kept);
	for (j = 0; j < e->rows; j++)
		e->row[j] = memory + j * room;
	e->spare = memory + e->rows * room;
	vnencap_xor_clear(memory, e->rows * room, e->vectors);
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
	size_t turn = column * e->strip, all = turn_len(e), i = 0;
	u8 *to[VNENCAP_ERASURE_ROWS] __uninitialized;
	unsigned int j, rows = e->rows;

	for (j = 0; j < rows; j++) {
		to[j] = e->row[j] + at + i;
		i += turn;
		if (i >= all)
			i -= all;
	}
	vnencap_xor_rows(to, rows, data, len, e->vectors);
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
	if (at)
		vnencap_xor(row, other + len - at, at, e->vectors);
}

static struct vnencap_strips strips_of(const struct vnencap_erasure *e)
{
	return (struct vnencap_strips){
		.strip = e->strip,
		.len = turn_len(e),
		.vectors = e->vectors,
	};
}

/*
 * Divide the @j'th row by x^a + x^b. With d = a - b that is x^b (1 + x^d), and z is
 * wanted of which z_t + z_(t-d) = y_(t+b). One strip of z may be chosen, for M(x) can
 * be added to it: it is zero. The others follow, each from the one d places before.
 * They come round to the first again only if the sum of y's strips is zero. It is made
 * zero by adding M(x) times the sum to y.
 */
static void divide_row(struct vnencap_erasure *e, unsigned int j, u32 a, u32 b)
{
	u32 step = (a < b ? a + e->prime - b : a - b) * e->strip;
	u32 start = (b ? e->prime - b : 0) * e->strip;
	struct vnencap_strips s = strips_of(e);
	u8 *y = e->row[j], *z = e->spare;

	vnencap_strips_divide(&s, z, y, step, start);
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
 * vnencap_erasure_end - give the vector registers back
 * @e: the code word; it may be read, but not added to any more
 */
void vnencap_erasure_end(struct vnencap_erasure *e)
{
	vnencap_xor_end(&e->kept, e->vectors);
	e->vectors = false;
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
	struct vnencap_strips s = strips_of(e);

	vnencap_strips_reduce(&s, to, e->row[i]);
}
