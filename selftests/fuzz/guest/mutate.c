// SPDX-License-Identifier: GPL-2.0-only
/* Inputs changed as chance has it: bytes, numbers, records, and the fields of
 * packets.
 */
#include <string.h>

#include "fuzz-attr.h"
#include "mutate.h"
#include "packet.h"
#include "seal.h"

/* Beyond this all bytes of a packet are alike, but for shards. */
#define HEADERS	320

/**
 * mutate_data - data of a record that may be written to
 * @r: the record
 * @grow: bytes more than there are
 *
 * Return: the data, which is the record's; NULL where there is no room.
 */
uint8_t *mutate_data(struct record *r, uint32_t grow)
{
	uint8_t *data;

	if (r->len + grow > RECORD_MAX)
		return NULL;
	data = input_room(r->len + grow);
	if (!data)
		return NULL;
	memcpy(data, r->data, r->len);
	r->data = data;
	return data;
}

static uint32_t some_place(uint32_t len)
{
	if (len > HEADERS && one_of(16))
		len = HEADERS;
	return one_of(len);
}

static void put_number(uint8_t *at, uint32_t len, uint64_t value)
{
	while (len) {
		at[--len] = value;
		value >>= 8;
	}
}

static uint64_t odd_number(void)
{
	static const uint64_t odd[] = {
		0, 1, 2, 3, 4, 7, 8, 15, 16, 20, 28, 31, 32, 40, 48, 63, 64, 127, 128, 176,
		255, 256, 511, 512, 1023, 1024, 1448, 1452, 2048, 4096, 16380, 32767, 32768,
		65535, 65536, 0x7fffff, 0x800000, 0xffffff, 0x7fffffff, 0x80000000,
		0xffffffff,
	};

	return odd[one_of(ARRAY_SIZE(odd))];
}

static void resize(struct record *r)
{
	uint32_t at = some_place(r->len), n = 1 + one_of(one_of(4) ? 8 : 64);
	uint8_t *data;

	if (one_of(2)) {
		r->len = one_of(2) ? at : one_of(r->len);
		return;
	}
	data = mutate_data(r, n);
	if (!data)
		return;
	memmove(data + at + n, data + at, r->len - at);
	r->len += n;
}

/**
 * mutate_bytes - change a few bytes
 * @r: of this record
 */
void mutate_bytes(struct record *r)
{
	uint32_t at, size = 1 << one_of(3);
	uint8_t *data;

	if (!r->len)
		return;
	if (!one_of(8)) {
		resize(r);
		return;
	}
	data = mutate_data(r, 0);
	if (!data)
		return;
	at = some_place(r->len);
	if (size > r->len - at)
		size = 1;
	switch (one_of(4)) {
	case 0:
		data[at] ^= 1 << one_of(8);
		break;
	case 1:
		data[at] = chance();
		break;
	case 2:
		put_number(data + at, size, odd_number());
		break;
	default:
		data[at] += one_of(2) ? 1 + one_of(8) : -1 - one_of(8);
	}
}

static void insert(struct input *in, unsigned int at, const struct record *r)
{
	struct record copy = *r;

	if (in->n == RECORDS_MAX || input_size(in) + r->len > INPUT_MAX)
		return;
	memmove(in->r + at + 1, in->r + at, (in->n - at) * sizeof(in->r[0]));
	in->r[at] = copy;
	in->n++;
}

/**
 * mutate_records - have other records, or the same in another order
 * @in: the input
 * @other: another one, of which some may be taken
 */
void mutate_records(struct input *in, const struct input *other)
{
	static const struct record wait = { .what = WAIT, .a = 60, .data = (uint8_t *)"" };
	unsigned int at = one_of(in->n), with = one_of(in->n);
	struct record r = in->r[at];

	switch (one_of(6)) {
	case 0:
		if (in->n == 1)
			break;
		memmove(in->r + at, in->r + at + 1, (in->n - at - 1) * sizeof(r));
		in->n--;
		break;
	case 1:
		insert(in, with, &r);
		break;
	case 2:
		in->r[at] = in->r[with];
		in->r[with] = r;
		break;
	case 3:
		insert(in, at, &other->r[one_of(other->n)]);
		break;
	case 4:
		for (at = one_of(other->n); at < other->n; at++)
			insert(in, in->n, &other->r[at]);
		break;
	default:
		if (in->r[0].what != MESSAGE)
			insert(in, at + 1, &wait);
	}
}

/* --- packets --- */

/* The length of a record's outer headers, as seal.c is given the rest */
static uint32_t outer_len(const struct record *r)
{
	const uint8_t *ip = r->data + VNET_HDR;

	if (r->len < VNET_HDR + 20)
		return r->len;
	return VNET_HDR + (ip[0] >> 4 == 6 ? 40 : (ip[0] & 0xf) * 4);
}

static bool place_of(const struct record *r, struct place *place)
{
	uint8_t hdr[SEGMENT_HDR] __attribute__((aligned(4)));
	uint32_t at = outer_len(r);

	if (r->what != WIRE || r->len < at + SEGMENT_HDR)
		return false;
	memcpy(hdr, r->data + at, SEGMENT_HDR);
	return seal_place(hdr, SEGMENT_HDR, place);
}

/* Of the fake TCP header, what a frame is laid out by */
static void change_field(struct record *r)
{
	uint32_t at = outer_len(r);
	struct place place;
	uint8_t *tcp;

	if (!place_of(r, &place) || !mutate_data(r, 0))
		return;
	tcp = (uint8_t *)r->data + at;
	switch (one_of(9)) {
	case 0:
		put_number(tcp + 4, 4, place.segsz * one_of(one_of(4) ? 8 : 1200));
		break;
	case 1:
		put_number(tcp + 8, 4, one_of(4));
		break;
	case 2:
		tcp[13] ^= one_of(4) ? 8 : 1 << one_of(8);
		break;
	case 3:
		put_number(tcp + 14, 2, (256 + 4 * one_of(1000)) / 4 << 4 | one_of(16));
		break;
	case 4:
		tcp[15] = (tcp[15] & 0xf0) | one_of(16);
		break;
	case 5:
		tcp[24] = one_of(4) << 6 | (tcp[24] & 63);
		break;
	case 6:
		tcp[24] = (tcp[24] & 0xc0) | one_of(one_of(2) ? 10 : 64);
		break;
	case 7:
		tcp[27] = one_of(6);
		break;
	default:
		put_number(tcp, 2, chance());
	}
}

/* Two packets of one, parted between two segments or, seldom, in one */
static void part(struct input *in, unsigned int which)
{
	struct record *r = &in->r[which], late = *r;
	uint32_t at = outer_len(r), len, cut;
	struct place place;
	uint8_t *data;

	if (!place_of(r, &place))
		return;
	len = r->len - at - SEGMENT_HDR;
	if (len <= place.segsz)
		return;
	cut = (1 + one_of((len - 1) / place.segsz)) * place.segsz;
	if (!one_of(32))
		cut = 1 + one_of(len - 1);
	data = mutate_data(&late, 0);
	if (!data || !mutate_data(r, 0))
		return;
	put_number(data + at + 4, 4, place.offset + cut);
	memmove(data + at + SEGMENT_HDR, data + at + SEGMENT_HDR + cut, len - cut);
	late.len -= cut;
	r->len = at + SEGMENT_HDR + cut;
	((uint8_t *)r->data)[at + 13] &= ~8;
	insert(in, which + 1, &late);
}

/* A whole segment less or more at the end */
static void change_length(struct record *r)
{
	uint32_t at = outer_len(r), len;
	struct place place;
	uint8_t *data;

	if (!place_of(r, &place) || r->len <= at + SEGMENT_HDR)
		return;
	len = r->len - at - SEGMENT_HDR;
	if (one_of(2)) {
		r->len = at + SEGMENT_HDR + one_of(len / place.segsz + 1) * place.segsz;
		return;
	}
	data = mutate_data(r, place.segsz);
	if (!data)
		return;
	memset(data + r->len, 0, place.segsz);
	r->len += place.segsz - (one_of(2) ? len % place.segsz : 0);
}

static void change_how(struct record *r)
{
	switch (one_of(3)) {
	case 0:
		r->how ^= 1 << one_of(4);
		break;
	case 1:
		r->a = one_of(r->what == WAIT ? 100 : 6);
		break;
	default:
		r->b = chance();
	}
}

/**
 * packet_mutate - change a packet, or how it comes
 * @in: the input
 */
void packet_mutate(struct input *in)
{
	unsigned int which = one_of(in->n);
	struct record *r = &in->r[which];

	switch (one_of(8)) {
	case 0:
		change_how(r);
		break;
	case 1:
		if (one_of(2))
			part(in, which);
		else
			change_length(r);
		break;
	case 2:
	case 3:
		change_field(r);
		break;
	default:
		mutate_bytes(r);
	}
}
