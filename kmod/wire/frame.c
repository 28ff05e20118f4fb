// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame's wire payload is the inner payload with n shards put in, each at the
 * start of a segment. Each shard is a copy of the metadata block, so a receiver
 * needs only one of them. Where they are, sender and receiver both learn here:
 * no other file computes an offset.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "wire/frame.h"

/* Lengths that a shard can have, in bytes. What travels is the index. TCP
 * headers make metadata of few lengths: without and with timestamps, and with
 * each number of SACK blocks. For each of them there is a length here that is
 * the same, or longer by three bytes at most.
 */
const u8 vnencap_frame_shard_lens[16] = {
	28, 32, 40, 48, 52, 56, 64, 68, 72, 76, 80, 92, 100, 108, 144, 176,
};

/* The codes of the shortest shards that hold so many units of four bytes */
static const u8 codes[VNENCAP_SHARD_LEN_MAX / 4 + 1] = {
	[0 ... 7] = 0, [8] = 1, [9 ... 10] = 2, [11 ... 12] = 3, [13] = 4, [14] = 5,
	[15 ... 16] = 6, [17] = 7, [18] = 8, [19] = 9, [20] = 10, [21 ... 23] = 11,
	[24 ... 25] = 12, [26 ... 27] = 13, [28 ... 36] = 14, [37 ... 44] = 15,
};

/**
 * vnencap_frame_shard_code - the code of the shortest shard that holds metadata
 * @len: of the metadata, in bytes
 *
 * Return: the code, or 16 where no shard is long enough.
 */
u8 vnencap_frame_shard_code(u32 len)
{
	return len <= VNENCAP_SHARD_LEN_MAX ? codes[DIV_ROUND_UP(len, 4)] :
					      ARRAY_SIZE(vnencap_frame_shard_lens);
}

/* How many segments can hold a shard, if there are @f->n shards. Behind the
 * shard there has to be a byte of payload, if the frame has any: a segment is
 * not made for a shard alone.
 */
static u32 slots_of(const struct vnencap_frame *f, u32 payload)
{
	u32 wire = vnencap_frame_wire_len(f, payload);

	return (wire - f->shard_len - !!payload) / f->segsz + 1;
}

/* A short frame has a shard in each segment. Can it have one segment for each
 * of the inner packet's, too? Then a lost segment costs the overlay one
 * segment, not parts of two. But it must not take twice as many segments as
 * without. Return: how many segments such a frame may have, 0 where there is none.
 */
static u8 align_most(const struct vnencap_frame *f, u16 gso_size)
{
	u32 segsz = gso_size + f->shard_len;

	return segsz % VNENCAP_SEGSZ_UNIT == 0 && segsz <= f->segsz &&
	       segsz > f->segsz / 2U && segsz >= VNENCAP_SEGSZ_MIN ?
	       vnencap_frame_short(segsz) : 0;
}

/* A short frame gets a shard in each slot, a long one only in some. */
static void place_shards(struct vnencap_frame *f, u32 payload)
{
	u8 few = vnencap_frame_short(f->segsz);
	u32 slots;

	f->n = 1;
	f->slots = 1;
	if (payload + f->shard_len <= f->segsz)
		return;
	f->n = VNENCAP_SHARD_N_LONG;
	slots = slots_of(f, payload);
	if (slots > few) {
		f->slots = min_t(u32, slots, VNENCAP_SLOTS_MAX);
		return;
	}
	for (f->n = few; slots_of(f, payload) < f->n; )
		f->n--;
	f->slots = f->n;
}

/**
 * vnencap_frame_plan - lay out a frame
 * @f: written
 * @payload: inner payload bytes
 * @meta: metadata bytes
 * @gso_size: of them in each segment of the inner packet, 0 where it is not
 *	to be segmented
 * @segsz: largest segment payload in bytes, a multiple of VNENCAP_SEGSZ_UNIT
 *	from VNENCAP_SEGSZ_MIN to VNENCAP_SEGSZ_MAX
 *
 * Return: 0, or -EMSGSIZE where the metadata is too long for a shard, or the
 * payload for a frame.
 */
int vnencap_frame_plan(struct vnencap_frame *f, u32 payload, u32 meta,
		       u16 gso_size, u16 segsz)
{
	u8 code = vnencap_frame_shard_code(meta), most;

	if (code >= ARRAY_SIZE(vnencap_frame_shard_lens) ||
	    payload / segsz >= VNENCAP_SEGMENTS_MAX - VNENCAP_SHARD_N_MAX)
		return -EMSGSIZE;
	f->segsz = segsz;
	f->shard_code = code;
	f->shard_len = vnencap_frame_shard_len(code);
	most = gso_size ? align_most(f, gso_size) : 0;
	if (most && payload <= most * gso_size)
		f->segsz = gso_size + f->shard_len;
	place_shards(f, payload);
	return 0;
}

/**
 * vnencap_frame_too_long - could frames be made of a packet whose segments are its own?
 * @f: how it is laid out
 * @gso_size: inner payload bytes of each segment of the packet, not 0
 *
 * Return: how many segments each may have; 0 where there are no such frames, or this is
 * one.
 */
u8 vnencap_frame_too_long(const struct vnencap_frame *f, u16 gso_size)
{
	return f->n < f->slots ? align_most(f, gso_size) : 0;
}
