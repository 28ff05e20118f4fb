// SPDX-License-Identifier: GPL-2.0-only
/* Shards made right for a frame id: by the module's own frame.c and meta.c. */
#include "seal.h"
#include "wire/meta.h"
#include "wire/option.h"

static bool parse(const uint8_t *tcp, uint32_t len, struct vnencap_segment *seg)
{
	return len >= SEGMENT_HDR && !vnencap_option_parse((const void *)tcp, seg);
}

/**
 * seal_place - where are these segments?
 * @tcp: their header, four-byte aligned
 * @len: bytes from there on
 * @place: written
 *
 * Return: false where it is no header of ours.
 */
bool seal_place(const uint8_t *tcp, uint32_t len, struct place *place)
{
	struct vnencap_segment seg;

	if (!parse(tcp, len, &seg))
		return false;
	*place = (struct place){ seg.frame.segsz, seg.offset, seg.id };
	return true;
}

static void key_of(siphash_key_t *key, const struct vnencap_segment *seg)
{
	memset(key, 0, sizeof(*key));
	/* some frames have the other key, which is accepted as well */
	if (seg->vni == KEYED_VNI)
		memset(key, seg->id % 8 == 7 ? 8 : 7, sizeof(*key));
}

/**
 * seal_again - give segments another frame id
 * @tcp: their header, four-byte aligned; nothing is done where it is none of ours
 * @len: bytes from there on
 * @id: the id
 */
void seal_again(uint8_t *tcp, uint32_t len, uint32_t id)
{
	struct vnencap_segment_hdr *hdr = (void *)tcp;
	struct vnencap_segment seg;
	siphash_key_t key;
	unsigned int i;
	u32 at;

	if (!parse(tcp, len, &seg))
		return;
	seg.id = id;
	hdr->tcp.ack_seq = cpu_to_be32(id);
	key_of(&key, &seg);
	for (i = 0; i < seg.frame.n; i++) {
		at = vnencap_frame_shard_at(&seg.frame, i);
		if (at < seg.offset)
			continue;
		at -= seg.offset;
		if (at + seg.frame.shard_len > len - SEGMENT_HDR)
			break;
		vnencap_meta_seal(tcp + SEGMENT_HDR + at, seg.frame.shard_len, &seg, &key);
	}
}
