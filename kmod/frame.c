// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame's wire payload is the inner payload with n shards put in, each at
 * the first byte of a segment. Sender and receiver both come here to learn
 * where: no offset is computed anywhere else.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "frame.h"
#include "shard.h"

/* Lengths that a shard can have; the index is what travels. */
static const u8 shard_lens[16] = {
	12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 56, 64, 72, 88, 104, 128,
};

/**
 * vnencap_frame_shard_code - the code of the shortest shard that holds a piece
 * @len: length of the piece in bytes
 *
 * Return: the code, or 16 where no shard is long enough.
 */
u8 vnencap_frame_shard_code(u32 len)
{
	unsigned int code;

	for (code = 0; code < ARRAY_SIZE(shard_lens); code++)
		if (len <= shard_lens[code])
			break;
	return code;
}

/**
 * vnencap_frame_shard_len - bytes of a shard
 * @code: as it travels, 0 to 15
 */
u8 vnencap_frame_shard_len(u8 code)
{
	return shard_lens[code];
}

/* Shards and how many of them suffice, by the segments that can hold one. */
static unsigned int shards_for(unsigned int slots)
{
	return min_t(unsigned int, slots, VNENCAP_SHARD_N_MAX);
}

static unsigned int needed_of(unsigned int n)
{
	return n <= 2 ? 1 : VNENCAP_SHARD_K_MAX;
}

/**
 * vnencap_frame_geometry - the code's k and n from what a segment carries
 * @f: @slots is read, @k and @n are written
 */
void vnencap_frame_geometry(struct vnencap_frame *f)
{
	f->n = shards_for(f->slots);
	f->k = needed_of(f->n);
}

/* Segments that can hold a whole shard if there are @f->n shards. */
static u32 slots_of(const struct vnencap_frame *f, u32 payload)
{
	u32 wire = vnencap_frame_wire_len(f, payload);

	return (wire - f->shard_len) / f->segsz + 1;
}

/**
 * vnencap_frame_plan - lay out a frame
 * @f: written
 * @payload: inner payload bytes
 * @meta: metadata bytes
 * @segsz: largest segment payload in bytes, a multiple of VNENCAP_SEGSZ_UNIT
 *	from VNENCAP_SEGSZ_MIN to VNENCAP_SEGSZ_MAX
 *
 * Takes the most shards that have a segment each to sit in. A shard that
 * would not fit whole in a short last segment does not count it.
 *
 * Return: 0, or -EMSGSIZE where the metadata is too long for a shard, or the
 * payload for a frame.
 */
int vnencap_frame_plan(struct vnencap_frame *f, u32 payload, u32 meta,
		       u16 segsz)
{
	unsigned int n;
	u32 slots;

	if (payload / segsz >= VNENCAP_SEGMENTS_MAX - VNENCAP_SHARD_N_MAX)
		return -EMSGSIZE;
	f->segsz = segsz;
	for (n = VNENCAP_SHARD_N_MAX; n; n--) {
		u8 code;

		f->n = n;
		f->k = needed_of(n);
		code = vnencap_frame_shard_code(DIV_ROUND_UP(meta, f->k));
		if (code >= ARRAY_SIZE(shard_lens))
			continue;
		f->shard_len = shard_lens[code];
		slots = slots_of(f, payload);
		if (slots < n)
			continue;
		f->slots = n < VNENCAP_SHARD_N_MAX ? n :
			   min_t(u32, slots, VNENCAP_SLOTS_MAX);
		return 0;
	}
	return -EMSGSIZE;
}

/**
 * vnencap_frame_shard_at - where a shard begins
 * @f: the frame's layout
 * @i: which shard, below @f->n
 *
 * The first two sit in the first two segments, so that a receiver knows the
 * metadata at once; the others are spread evenly to the last slot, so that
 * a burst of losses does not take them all.
 *
 * Return: wire offset in bytes, a multiple of @f->segsz.
 */
u32 vnencap_frame_shard_at(const struct vnencap_frame *f, unsigned int i)
{
	unsigned int segment = i;

	if (i >= 2)
		segment = 1 + (f->slots - 2) * (i - 1) / (f->n - 2);
	return segment * f->segsz;
}

/**
 * vnencap_frame_shards_before - shards that begin before a wire offset
 * @f: the frame's layout
 * @offset: wire offset in bytes
 */
unsigned int vnencap_frame_shards_before(const struct vnencap_frame *f,
					 u32 offset)
{
	unsigned int i;

	for (i = 0; i < f->n; i++)
		if (vnencap_frame_shard_at(f, i) >= offset)
			break;
	return i;
}
