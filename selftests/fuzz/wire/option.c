// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header of a segment, as it comes from strangers: what is taken says places
 * that a frame can have, and is what a sender would have written.
 */
#include "expect.h"
#include "wire/option.h"

static void expect_same_bytes(const struct vnencap_segment_hdr *hdr,
			      const struct vnencap_segment *seg)
{
	struct vnencap_segment again = *seg;
	struct vnencap_segment_hdr built;

	again.word = 0;
	again.win = 0;
	vnencap_option_pack(&again);
	expect(again.word == seg->word && again.win == seg->win);
	vnencap_option_build(&built, &again, hdr->tcp.source, hdr->tcp.dest);
	built.tcp.check = hdr->tcp.check;
	expect(!memcmp(&built, hdr, sizeof(built)));
}

/* Shards are in segments, in their order, and each is found again. */
static void expect_places(const struct vnencap_frame *f)
{
	unsigned int i;
	u32 at, last = 0;

	expect(f->n >= 1 && f->n <= VNENCAP_SHARD_N_MAX);
	expect(f->slots <= VNENCAP_SLOTS_MAX && f->n <= f->slots);
	expect(f->shard_len <= VNENCAP_SHARD_LEN_MAX && f->shard_len < f->segsz);
	for (i = 0; i < f->n; i++) {
		at = vnencap_frame_shard_at(f, i);
		expect(!(at % f->segsz) && at / f->segsz < f->slots);
		expect(i ? at > last : !at);
		expect(vnencap_frame_shards_before(f, at) == i);
		expect(vnencap_frame_shards_before(f, at + f->segsz) == i + 1);
		last = at;
	}
}

static void expect_offset(const struct vnencap_segment *seg)
{
	const struct vnencap_frame *f = &seg->frame;
	unsigned int before = vnencap_frame_shards_before(f, seg->offset);
	u32 payload = vnencap_frame_payload_at(f, seg->offset);

	expect(before <= f->n);
	expect(payload <= seg->offset);
	expect(seg->offset / f->segsz < VNENCAP_SEGMENTS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vnencap_segment_hdr *hdr;
	struct vnencap_segment seg;

	if (size < sizeof(*hdr))
		return 0;
	hdr = exactly(data, sizeof(*hdr));
	vnencap_option_there(hdr);
	if (!vnencap_option_parse(hdr, &seg)) {
		expect(vnencap_option_there(hdr));
		expect_same_bytes(hdr, &seg);
		/* parity has no shards */
		if (seg.class != VNENCAP_PARITY) {
			expect_places(&seg.frame);
			expect_offset(&seg);
		}
	}
	free(hdr);
	return 0;
}
