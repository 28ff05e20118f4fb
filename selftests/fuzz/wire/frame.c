// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of a frame, for any numbers that a sender can have: each shard is in a
 * segment that is there, payload follows it, and the receiver learns the same from
 * what travels.
 */
#include "expect.h"
#include "compat.h"
#include "wire/option.h"

struct numbers {
	u32 payload;
	u32 meta;
	u16 gso_size;
	u16 segsz;
	u32 vni;
	u32 at;
};

static void expect_shards(const struct vnencap_frame *f, const struct numbers *n)
{
	u32 wire = vnencap_frame_wire_len(f, n->payload), at;
	unsigned int i;

	expect(f->n >= 1 && f->n <= VNENCAP_SHARD_N_MAX && f->slots >= f->n);
	expect(f->slots <= VNENCAP_SLOTS_MAX);
	expect(f->shard_len >= n->meta && f->shard_len <= VNENCAP_SHARD_LEN_MAX);
	expect(DIV_ROUND_UP(wire, f->segsz) <= VNENCAP_SEGMENTS_MAX);
	/* as a receiver has it, see layout_agrees() of rx/verify.c */
	expect(f->slots <= (wire - f->shard_len) / f->segsz + 1);
	for (i = 0; i < f->n; i++) {
		at = vnencap_frame_shard_at(f, i);
		expect(!(at % f->segsz));
		expect(at + f->shard_len + !!n->payload <= wire);
		expect(vnencap_frame_shards_before(f, at) == i);
	}
	expect(vnencap_frame_payload_at(f, wire) == n->payload);
}

/* From one segment to the next there is payload, as long as the frame lasts. */
static void expect_progress(const struct vnencap_frame *f, const struct numbers *n)
{
	u32 wire = vnencap_frame_wire_len(f, n->payload);
	u32 at = n->at % (wire / f->segsz + 1) * f->segsz, next = at + f->segsz;

	if (next > wire)
		next = wire;
	if (at >= wire)
		return;
	expect(vnencap_frame_payload_at(f, at) <= n->payload);
	expect(!n->payload ||
	       vnencap_frame_payload_at(f, at) < vnencap_frame_payload_at(f, next));
}

/* What travels is enough for a receiver to have the same layout. */
static void expect_travels(const struct vnencap_frame *f, const struct numbers *n)
{
	struct vnencap_segment seg = {
		.frame = *f, .class = n->at % 3, .vni = n->vni & 0xffffff,
		.id = n->at, .last = n->at & 4,
	}, got;
	struct vnencap_segment_hdr hdr;
	u32 wire = vnencap_frame_wire_len(f, n->payload);

	seg.offset = n->at % DIV_ROUND_UP(wire, f->segsz) * f->segsz;
	vnencap_option_pack(&seg);
	vnencap_option_build(&hdr, &seg, 1, 2);
	expect(!vnencap_option_parse(&hdr, &got));
	expect(got.frame.segsz == f->segsz && got.frame.slots == f->slots);
	expect(got.frame.shard_len == f->shard_len && got.frame.n == f->n);
	expect(got.class == seg.class && got.vni == seg.vni && got.id == seg.id);
	expect(got.offset == seg.offset && got.last == seg.last);
}

static u16 segsz_of(u32 mtu)
{
	u32 headers = 48 + mtu % 33;

	mtu = headers + VNENCAP_SEGSZ_MIN + mtu % 66000;
	return vnencap_frame_segsz(mtu, headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vnencap_frame f;
	struct numbers n;

	if (size < 16)
		return 0;
	n.payload = get_unaligned_be24(data) & 0x7fffff;
	n.meta = get_unaligned_be16(data + 3) % (VNENCAP_SHARD_LEN_MAX + 2);
	n.gso_size = get_unaligned_be16(data + 5);
	n.segsz = segsz_of(get_unaligned_be24(data + 7));
	n.vni = get_unaligned_be24(data + 10);
	n.at = get_unaligned_be24(data + 13);
	expect(n.segsz >= VNENCAP_SEGSZ_MIN && n.segsz <= VNENCAP_SEGSZ_MAX &&
	       !(n.segsz % VNENCAP_SEGSZ_UNIT));
	if (vnencap_frame_plan(&f, n.payload, n.meta, n.gso_size, n.segsz)) {
		expect(n.meta > VNENCAP_SHARD_LEN_MAX ||
		       n.payload / n.segsz >= VNENCAP_SEGMENTS_MAX - VNENCAP_SHARD_N_MAX);
		return 0;
	}
	expect_shards(&f, &n);
	expect_progress(&f, &n);
	expect_travels(&f, &n);
	return 0;
}
