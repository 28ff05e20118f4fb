// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fake TCP header: an option of eight bytes and the window carry what a
 * segment that arrives alone needs to be placed.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>

#include "option.h"

/* Of the flags word: data offset, reserved bits and flags, no window. */
#define FLAGS_MASK	cpu_to_be32(0xffff0000)
#define FLAGS_SEGMENT	(cpu_to_be32(sizeof(struct vnencap_segment_hdr) / 4 \
				     << 28) | TCP_FLAG_ACK)

/**
 * vnencap_option_pack - put a frame's layout in the form that travels
 * @seg: @frame, @class and @vni are read, @word and @win are written
 */
void vnencap_option_pack(struct vnencap_segment *seg)
{
	const struct vnencap_frame *f = &seg->frame;

	seg->word = cpu_to_be32(FIELD_PREP(VNENCAP_WORD_CLASS, seg->class) |
				FIELD_PREP(VNENCAP_WORD_SLOTS, f->slots) |
				FIELD_PREP(VNENCAP_WORD_VNI, seg->vni));
	seg->win = cpu_to_be16(FIELD_PREP(VNENCAP_WIN_SEGSZ,
					  f->segsz / VNENCAP_SEGSZ_UNIT) |
			       FIELD_PREP(VNENCAP_WIN_SHARD,
					  vnencap_frame_shard_code(f->shard_len)));
}

/**
 * vnencap_option_build - write the header of a frame
 * @hdr: written; the checksum is left to the caller
 * @seg: packed by vnencap_option_pack()
 * @source: source port, network byte order
 * @dest: destination port, network byte order
 *
 * PSH is set: segmentation leaves it on the last segment only.
 */
void vnencap_option_build(struct vnencap_segment_hdr *hdr,
			  const struct vnencap_segment *seg,
			  __be16 source, __be16 dest)
{
	struct tcphdr *th = &hdr->tcp;

	th->source = source;
	th->dest = dest;
	th->seq = 0;
	th->ack_seq = cpu_to_be32(seg->id);
	tcp_flag_word(th) = FLAGS_SEGMENT | TCP_FLAG_PSH;
	th->window = seg->win;
	th->check = 0;
	th->urg_ptr = 0;
	hdr->kind = VNENCAP_OPT_KIND;
	hdr->len = VNENCAP_OPT_LEN;
	hdr->exid = cpu_to_be16(VNENCAP_OPT_EXID);
	hdr->word = seg->word;
}

static bool header_ours(const struct vnencap_segment_hdr *hdr)
{
	const struct tcphdr *th = &hdr->tcp;
	__be32 flags = tcp_flag_word(th) & FLAGS_MASK & ~TCP_FLAG_PSH;

	return flags == FLAGS_SEGMENT && !th->urg_ptr &&
	       hdr->kind == VNENCAP_OPT_KIND &&
	       hdr->len == VNENCAP_OPT_LEN &&
	       hdr->exid == cpu_to_be16(VNENCAP_OPT_EXID);
}

static bool layout_possible(const struct vnencap_segment *seg)
{
	const struct vnencap_frame *f = &seg->frame;

	return seg->class <= VNENCAP_TRAIN && f->slots &&
	       f->segsz >= VNENCAP_SEGSZ_MIN && !(seg->offset % f->segsz) &&
	       seg->offset / f->segsz < VNENCAP_SEGMENTS_MAX;
}

/**
 * vnencap_option_parse - read a segment's header
 * @hdr: the fake TCP header, linear
 * @seg: written
 *
 * Return: 0, or -EPROTO where it is not one of ours.
 */
int vnencap_option_parse(const struct vnencap_segment_hdr *hdr,
			 struct vnencap_segment *seg)
{
	struct vnencap_frame *f = &seg->frame;
	u32 word = be32_to_cpu(hdr->word);
	u16 win = be16_to_cpu(hdr->tcp.window);

	if (unlikely(!header_ours(hdr)))
		return -EPROTO;

	seg->word = hdr->word;
	seg->win = hdr->tcp.window;
	seg->class = FIELD_GET(VNENCAP_WORD_CLASS, word);
	seg->vni = FIELD_GET(VNENCAP_WORD_VNI, word);
	seg->last = hdr->tcp.psh;
	seg->id = be32_to_cpu(hdr->tcp.ack_seq);
	seg->offset = be32_to_cpu(hdr->tcp.seq);
	f->slots = FIELD_GET(VNENCAP_WORD_SLOTS, word);
	f->segsz = FIELD_GET(VNENCAP_WIN_SEGSZ, win) * VNENCAP_SEGSZ_UNIT;
	f->shard_len = vnencap_frame_shard_len(FIELD_GET(VNENCAP_WIN_SHARD,
							 win));
	if (unlikely(!layout_possible(seg)))
		return -EPROTO;
	vnencap_frame_geometry(f);
	return 0;
}
