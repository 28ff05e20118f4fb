/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the shards and the payload of a frame are: pure arithmetic. */
#ifndef _VNENCAP_FRAME_H
#define _VNENCAP_FRAME_H

#include <linux/kernel.h>
#include <linux/types.h>

/* The segment size travels as a 12-bit count of four bytes. */
#define VNENCAP_SEGSZ_UNIT	4
#define VNENCAP_SEGSZ_MAX	(0xfff * VNENCAP_SEGSZ_UNIT)
#define VNENCAP_SEGSZ_MIN	256
#define VNENCAP_SLOTS_MAX	63
/* The most segments of a frame. (64 KB in the shortest segments are 256.) */
#define VNENCAP_SEGMENTS_MAX	1024
/* Shards of a frame: a short frame has one in each slot, at most
 * VNENCAP_SHARD_N_MAX; a long one has VNENCAP_SHARD_N_LONG. Where segments are
 * longer than VNENCAP_SHARD_EACH_SEGSZ bytes, a frame with more slots than
 * VNENCAP_SHARD_N_LONG is long. A shard has VNENCAP_SHARD_LEN_MAX bytes at
 * most.
 */
#define VNENCAP_SHARD_N_MAX	8
#define VNENCAP_SHARD_N_LONG	3
#define VNENCAP_SHARD_EACH_SEGSZ 2048
#define VNENCAP_SHARD_LEN_MAX	176

/**
 * struct vnencap_frame - layout of one frame on the wire
 * @segsz: payload bytes of a segment, but for the last
 * @slots: how many segments, from the first, can hold a whole shard; from 1 to
 *	VNENCAP_SLOTS_MAX
 * @shard_len: bytes of a shard
 * @shard_code: what travels in place of @shard_len, below 16
 * @n: shards; they follow from @slots and @segsz
 */
struct vnencap_frame {
	u16 segsz;
	u8 slots;
	u8 shard_len;
	u8 shard_code;
	u8 n;
};

int vnencap_frame_plan(struct vnencap_frame *f, u32 payload, u32 meta,
		       u16 gso_size, u16 segsz);
u8 vnencap_frame_too_long(const struct vnencap_frame *f, u16 gso_size);
u8 vnencap_frame_shard_code(u32 len);

/* The lengths, by their codes */
extern const u8 vnencap_frame_shard_lens[16];

/**
 * vnencap_frame_shard_len - bytes of a shard
 * @code: as it travels, 0 to 15
 *
 * Return: bytes, padding included.
 */
static inline u8 vnencap_frame_shard_len(u8 code)
{
	return vnencap_frame_shard_lens[code];
}

/**
 * vnencap_frame_short - the most slots that a short frame has
 * @segsz: its segment size in bytes
 *
 * Return: how many. A frame with more slots is a long one.
 */
static inline u8 vnencap_frame_short(u32 segsz)
{
	return segsz <= VNENCAP_SHARD_EACH_SEGSZ ? VNENCAP_SHARD_N_MAX :
						   VNENCAP_SHARD_N_LONG;
}

/**
 * vnencap_frame_geometry - how many shards a frame has
 * @f: @segsz and @slots are read, @n is written
 */
static inline void vnencap_frame_geometry(struct vnencap_frame *f)
{
	f->n = f->slots <= vnencap_frame_short(f->segsz) ? f->slots :
							   VNENCAP_SHARD_N_LONG;
}

/**
 * vnencap_frame_shard_at - where a shard begins
 * @f: the frame's layout
 * @i: which shard, below @f->n
 *
 * In a short frame there is one in each slot. In a long one the first is in the
 * first segment, so that a receiver knows the metadata at once. The last is in
 * the last slot, and the other half way: only a long burst of losses takes all
 * three. See Documentation/loss.rst.
 *
 * Return: wire offset in bytes, a multiple of @f->segsz.
 */
static inline u32 vnencap_frame_shard_at(const struct vnencap_frame *f,
					 unsigned int i)
{
	if (f->n < f->slots)
		i = i * (f->slots - 1) / (VNENCAP_SHARD_N_LONG - 1);
	return i * f->segsz;
}

/**
 * vnencap_frame_shards_before - shards that begin before a wire offset
 * @f: the frame's layout
 * @offset: wire offset in bytes
 *
 * Return: how many, 0 to @f->n.
 */
static inline unsigned int
vnencap_frame_shards_before(const struct vnencap_frame *f, u32 offset)
{
	u32 last = (f->slots - 1) * f->segsz;
	unsigned int i;

	/* Mostly it is asked of the two ends of a whole frame. */
	if (!offset)
		return 0;
	if (offset > last)
		return f->n;
	for (i = 1; i < f->n; i++)
		if (vnencap_frame_shard_at(f, i) >= offset)
			break;
	return i;
}

/**
 * vnencap_frame_segsz - the largest segment size that a path has room for
 * @mtu: of the path, in bytes
 * @headers: outer headers, in bytes; @mtu has room for them and
 *	VNENCAP_SEGSZ_MIN
 *
 * Return: bytes, a multiple of VNENCAP_SEGSZ_UNIT, VNENCAP_SEGSZ_MAX at most.
 */
static inline u16 vnencap_frame_segsz(u32 mtu, u32 headers)
{
	return min_t(u32, mtu - headers, VNENCAP_SEGSZ_MAX) &
	       ~(VNENCAP_SEGSZ_UNIT - 1);
}

/**
 * vnencap_frame_wire_len - bytes of a frame's wire payload
 * @f: the frame's layout
 * @payload: inner payload bytes
 *
 * Return: bytes, those of the shards included.
 */
static inline u32 vnencap_frame_wire_len(const struct vnencap_frame *f,
					 u32 payload)
{
	return payload + f->n * f->shard_len;
}

/**
 * vnencap_frame_payload_at - inner payload bytes before a wire offset
 * @f: the frame's layout
 * @offset: wire offset that is a segment's first byte or the frame's end
 *
 * Return: bytes.
 */
static inline u32 vnencap_frame_payload_at(const struct vnencap_frame *f,
					   u32 offset)
{
	return offset - vnencap_frame_shards_before(f, offset) * f->shard_len;
}

#endif /* _VNENCAP_FRAME_H */
