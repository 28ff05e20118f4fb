// SPDX-License-Identifier: GPL-2.0-only
/* Shards, and parity, made right for a frame id: by the module's own frame.c and meta.c. */
#include "seal.h"
#include "wire/meta.h"
#include "wire/option.h"

static bool parse(const uint8_t *tcp, uint32_t len, struct vnencap_segment *seg)
{
	return len >= SEGMENT_HDR && !vnencap_option_parse((const void *)tcp, seg);
}

static uint8_t shard_at_start(const struct vnencap_segment *seg)
{
	unsigned int i;

	for (i = 0; i < seg->frame.n; i++)
		if (vnencap_frame_shard_at(&seg->frame, i) == seg->offset)
			return seg->frame.shard_len;
	return 0;
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
	*place = (struct place){
		.segsz = seg.frame.segsz, .offset = seg.offset, .id = seg.id,
		.parity = seg.class == VNENCAP_PARITY,
	};
	if (!place->parity)
		place->shard_len = shard_at_start(&seg);
	return true;
}

static void key_of(siphash_key_t *key, const struct vnencap_segment *seg)
{
	memset(key, 0, sizeof(*key));
	/* some frames have the other key, which is accepted as well */
	if (seg->vni == KEYED_VNI)
		memset(key, seg->id % 8 == 7 ? 8 : 7, sizeof(*key));
}

static void seal_shards(uint8_t *payload, uint32_t len,
			const struct vnencap_segment *seg, const siphash_key_t *key)
{
	unsigned int i;
	u32 at;

	for (i = 0; i < seg->frame.n; i++) {
		at = vnencap_frame_shard_at(&seg->frame, i);
		if (at < seg->offset)
			continue;
		at -= seg->offset;
		if (at + seg->frame.shard_len > len)
			break;
		vnencap_meta_seal(payload + at, seg->frame.shard_len, seg, key);
	}
}

/* Each parity segment begins with a header that has a tag of its own. */
static void seal_parity(uint8_t *payload, uint32_t len,
			const struct vnencap_segment *seg, const siphash_key_t *key)
{
	u32 at;

	for (at = 0; at + sizeof(struct vnencap_parity_hdr) <= len;
	     at += seg->frame.segsz)
		vnencap_meta_seal(payload + at, sizeof(struct vnencap_parity_hdr),
				  seg, key);
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

	if (!parse(tcp, len, &seg))
		return;
	seg.id = id;
	hdr->tcp.ack_seq = cpu_to_be32(id);
	key_of(&key, &seg);
	if (seg.class == VNENCAP_PARITY)
		seal_parity(tcp + SEGMENT_HDR, len - SEGMENT_HDR, &seg, &key);
	else
		seal_shards(tcp + SEGMENT_HDR, len - SEGMENT_HDR, &seg, &key);
}
