/* SPDX-License-Identifier: GPL-2.0-only */
/* A run: consecutive segments of a frame, in one skb. */
#ifndef _VNENCAP_RUN_H
#define _VNENCAP_RUN_H

#include <linux/errno.h>
#include <linux/skbuff.h>

#include "wire/option.h"

/**
 * struct vnencap_run - a run as it came, headers read
 * @seg: the header of its first segment; but @seg.last is set where the frame
 *	ends with the run
 * @hdr_len: bytes of the headers at skb->data, outer IP and segment's
 * @len: wire payload bytes after them
 */
struct vnencap_run {
	struct vnencap_segment seg;
	u32 hdr_len;
	u32 len;
};

/* Is it all of its frame? */
static inline bool vnencap_run_whole(const struct vnencap_run *run)
{
	return !run->seg.offset && run->seg.last;
}

/* The wire offset after its last byte */
static inline u32 vnencap_run_end(const struct vnencap_run *run)
{
	return run->seg.offset + run->len;
}

/* The first of its segments, counted from the frame's first */
static inline unsigned int vnencap_run_first(const struct vnencap_run *run)
{
	return run->seg.offset / run->seg.frame.segsz;
}

/* The segment after its last */
static inline unsigned int vnencap_run_stop(const struct vnencap_run *run)
{
	return DIV_ROUND_UP(vnencap_run_end(run), run->seg.frame.segsz);
}

/* Does it end where a segment does? Only a frame's last segment may be short.
 */
static inline bool vnencap_run_aligned(const struct vnencap_run *run)
{
	return run->seg.last || !(run->len % run->seg.frame.segsz);
}

/* Does it fit in a frame with so many bytes of wire payload? The run that says
 * to be the last has to end where the frame does, any other before.
 */
static inline bool vnencap_run_within(const struct vnencap_run *run, u32 wire)
{
	u32 end = vnencap_run_end(run);

	return run->seg.last ? end == wire : end < wire;
}

/* What becomes of a run may be told by an error that loses nothing: a copy of
 * its bytes waits, there were none, or it has gone up itself.
 */
static inline bool vnencap_run_lost(int err)
{
	return err && err != -EINPROGRESS && err != -ENODATA &&
	       err != -EALREADY;
}

/**
 * enum vnencap_run_via - which way a run has come so far
 * @VNENCAP_RUN_DIRECT: from the rx_handler, with nothing in the cell
 * @VNENCAP_RUN_CELL: out of the cell
 * @VNENCAP_RUN_LENT: out of the cell, where GRO frees it unless it is to be
 *	handed up now: who else hands it up needs a reference
 */
enum vnencap_run_via {
	VNENCAP_RUN_DIRECT,
	VNENCAP_RUN_CELL,
	VNENCAP_RUN_LENT,
};

int vnencap_run_read(const struct sk_buff *skb, struct vnencap_run *run);
int vnencap_run_part(struct sk_buff *skb, struct vnencap_run *run,
		     const unsigned long *got, struct sk_buff_head *parts);
void vnencap_run_free(struct sk_buff *skb, int err);

/**
 * vnencap_run_parse - read the headers of a run, the outer one's length known
 * @skb: data at the outer IP header; headers linear
 * @outer_len: length of that header, in bytes
 * @run: written
 *
 * Return: as vnencap_run_read().
 */
static inline int vnencap_run_parse(const struct sk_buff *skb,
				    unsigned int outer_len,
				    struct vnencap_run *run)
{
	run->hdr_len = outer_len + sizeof(struct vnencap_segment_hdr);
	run->len = skb->len - run->hdr_len;
	return vnencap_option_parse((const void *)skb->data + outer_len,
				    &run->seg);
}

#endif /* _VNENCAP_RUN_H */
