/* SPDX-License-Identifier: GPL-2.0-only */
/* The fake TCP header with its option: what every lone segment tells. */
#ifndef _VNENCAP_OPTION_H
#define _VNENCAP_OPTION_H

#include "frame.h"
#include "wire.h"

/**
 * struct vnencap_segment - a segment header, or that of a run, read
 * @frame: layout of the frame that it belongs to
 * @word: the option's word as it travels, for the metadata's tag
 * @win: the window as it travels, likewise
 * @class: enum vnencap_class
 * @last: the frame ends with it
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
	u32 vni;
	u32 id;
	u32 offset;
};

void vnencap_option_build(struct vnencap_segment_hdr *hdr,
			  const struct vnencap_segment *seg,
			  __be16 source, __be16 dest);
void vnencap_option_pack(struct vnencap_segment *seg);
int vnencap_option_parse(const struct vnencap_segment_hdr *hdr,
			 struct vnencap_segment *seg);

#endif /* _VNENCAP_OPTION_H */
