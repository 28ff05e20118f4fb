/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fake TCP header: an option of eight bytes and the window carry what a
 * segment that arrives alone needs to be placed.
 */
#ifndef _VNENCAP_OPTION_H
#define _VNENCAP_OPTION_H

#include <linux/bitfield.h>
#include <linux/errno.h>

#include "wire/frame.h"
#include "wire/wire.h"

/**
 * struct vnencap_segment - what the header of a segment, or of a run, says
 * @frame: layout of the frame that it belongs to
 * @word: the option's word as it travels, for the metadata's tag
 * @win: the window as it travels, likewise
 * @class: enum vnencap_class
 * @last: the frame ends with it; or the parity of one group of its segments
 * @parity: parity follows the frame; true of parity itself
 * @vni: virtual network identifier
 * @id: frame id
 * @offset: of its first byte in the frame's wire payload
 */
struct vnencap_segment {
	struct vnencap_frame frame;
	__be32 word;
	__be16 win;
	u8 class;
	bool last;
	bool parity;
	u32 vni;
	u32 id;
	u32 offset;
};

/* Of TCP's fourth word, data offset, reserved bits and flags; not the window */
#define VNENCAP_FLAGS_MASK	cpu_to_be32(0xffff0000)
#define VNENCAP_FLAGS_SEGMENT	(cpu_to_be32(sizeof(struct vnencap_segment_hdr) / 4 \
				     << 28) | TCP_FLAG_ACK)

/**
 * vnencap_option_pack - put a frame's layout in the form that travels
 * @seg: @frame, @class and @vni are read, @word and @win are written
 */
static inline void vnencap_option_pack(struct vnencap_segment *seg)
{
	const struct vnencap_frame *f = &seg->frame;

	seg->word = cpu_to_be32(FIELD_PREP(VNENCAP_WORD_CLASS, seg->class) |
				FIELD_PREP(VNENCAP_WORD_SLOTS, f->slots) |
				FIELD_PREP(VNENCAP_WORD_VNI, seg->vni));
	seg->win = cpu_to_be16(FIELD_PREP(VNENCAP_WIN_SEGSZ,
					  f->segsz / VNENCAP_SEGSZ_UNIT) |
			       FIELD_PREP(VNENCAP_WIN_SHARD,
					  f->shard_code));
}

/**
 * vnencap_option_build - write the header of a frame, or of a piece of it
 * @hdr: written; the checksum is left to vnencap_outer_push()
 * @seg: packed by vnencap_option_pack()
 * @source: source port, network byte order
 * @dest: destination port, network byte order
 *
 * Of the piece that ends the frame PSH is set. Segmentation leaves it on the
 * last segment only.
 */
static inline void vnencap_option_build(struct vnencap_segment_hdr *hdr,
					const struct vnencap_segment *seg,
					__be16 source, __be16 dest)
{
	struct tcphdr *th = &hdr->tcp;

	th->source = source;
	th->dest = dest;
	th->seq = cpu_to_be32(seg->offset);
	th->ack_seq = cpu_to_be32(seg->id);
	tcp_flag_word(th) = VNENCAP_FLAGS_SEGMENT |
			    (seg->last ? TCP_FLAG_PSH : 0);
	th->window = seg->win;
	th->check = 0;
	th->urg_ptr = 0;
	hdr->option = likely(!seg->parity) ?
		      cpu_to_be32(VNENCAP_OPTION) :
		      cpu_to_be32(VNENCAP_OPTION_PARITY);
	hdr->word = seg->word;
}

/**
 * vnencap_option_segsz - segment size of a frame
 * @win: the window of any of its segments, as it travels
 *
 * Return: the size in bytes.
 */
static inline u16 vnencap_option_segsz(__be16 win)
{
	return FIELD_GET(VNENCAP_WIN_SEGSZ, be16_to_cpu(win)) *
	       VNENCAP_SEGSZ_UNIT;
}

/* Is it our option, of a frame with parity or without? */
static inline bool vnencap_option_is(__be32 option)
{
	return likely(option == cpu_to_be32(VNENCAP_OPTION)) ||
	       option == cpu_to_be32(VNENCAP_OPTION_PARITY);
}

/**
 * vnencap_option_there - does a TCP packet bear our option?
 * @hdr: its TCP header
 *
 * Return: whether it says to be a segment of ours, right or wrong. What does not
 * is another's TCP.
 */
static inline bool vnencap_option_there(const struct vnencap_segment_hdr *hdr)
{
	return hdr->tcp.doff >= sizeof(*hdr) / 4 &&
	       vnencap_option_is(hdr->option);
}

static inline bool vnencap_option_ours(const struct vnencap_segment_hdr *hdr)
{
	const struct tcphdr *th = &hdr->tcp;
	__be32 flags = tcp_flag_word(th) & VNENCAP_FLAGS_MASK & ~TCP_FLAG_PSH;

	return flags == VNENCAP_FLAGS_SEGMENT && !th->urg_ptr &&
	       vnencap_option_is(hdr->option);
}

/* Parity of a short segment is short, too. */
static inline bool vnencap_option_possible(const struct vnencap_segment *seg)
{
	const struct vnencap_frame *f = &seg->frame;
	u16 least = VNENCAP_SEGSZ_MIN;

	if (unlikely(seg->class == VNENCAP_PARITY)) {
		if (!seg->parity)
			return false;
		least = sizeof(struct vnencap_parity_hdr) + VNENCAP_SEGSZ_UNIT;
	}
	return f->slots && f->segsz >= least && !(seg->offset % f->segsz) &&
	       seg->offset / f->segsz < VNENCAP_SEGMENTS_MAX;
}

/**
 * vnencap_option_parse - read a segment's header
 * @hdr: the fake TCP header, linear
 * @seg: written
 *
 * Return: 0, or -EPROTO where it is not one of ours.
 */
static inline int vnencap_option_parse(const struct vnencap_segment_hdr *hdr,
				       struct vnencap_segment *seg)
{
	struct vnencap_frame *f = &seg->frame;
	u32 word = be32_to_cpu(hdr->word);
	u16 win = be16_to_cpu(hdr->tcp.window);

	if (unlikely(!vnencap_option_ours(hdr)))
		return -EPROTO;

	seg->word = hdr->word;
	seg->win = hdr->tcp.window;
	seg->class = FIELD_GET(VNENCAP_WORD_CLASS, word);
	seg->vni = FIELD_GET(VNENCAP_WORD_VNI, word);
	seg->last = hdr->tcp.psh;
	seg->parity = hdr->option == cpu_to_be32(VNENCAP_OPTION_PARITY);
	seg->id = be32_to_cpu(hdr->tcp.ack_seq);
	seg->offset = be32_to_cpu(hdr->tcp.seq);
	f->slots = FIELD_GET(VNENCAP_WORD_SLOTS, word);
	f->segsz = vnencap_option_segsz(hdr->tcp.window);
	f->shard_code = FIELD_GET(VNENCAP_WIN_SHARD, win);
	f->shard_len = vnencap_frame_shard_len(f->shard_code);
	if (unlikely(!vnencap_option_possible(seg)))
		return -EPROTO;
	vnencap_frame_geometry(f);
	return 0;
}

#endif /* _VNENCAP_OPTION_H */
