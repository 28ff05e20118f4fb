/* SPDX-License-Identifier: GPL-2.0-only */
/* Run -> inner skb. */
#ifndef _VNENCAP_RX_H
#define _VNENCAP_RX_H

#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "wire/meta.h"
#include "wire/option.h"

struct vnencap_dev;
struct vnencap_part;

/* Between the lower device's rx_handler and the stack, runs have a protocol of
 * their own: one that no wire can bring, being below 0x600.
 */
#define VNENCAP_ETH_P_RUN	0x00ee

/**
 * struct vnencap_run - a run as it came, headers read
 * @seg: the segment header, which is that of its first segment; last is set
 *	where the frame ends with the run
 * @hdr_len: outer headers at skb->data, in bytes
 * @len: wire payload bytes after them
 */
struct vnencap_run {
	struct vnencap_segment seg;
	u32 hdr_len;
	u32 len;
};

static inline bool vnencap_run_whole(const struct vnencap_run *run)
{
	return !run->seg.offset && run->seg.last;
}

static inline u32 vnencap_run_end(const struct vnencap_run *run)
{
	return run->seg.offset + run->len;
}

/* Only the frame's end may be no multiple of the segment size. */
static inline bool vnencap_run_aligned(const struct vnencap_run *run)
{
	return run->seg.last || !(run->len % run->seg.frame.segsz);
}

/* Does it end where a frame of so many bytes does, if with it, or else before? */
static inline bool vnencap_run_within(const struct vnencap_run *run, u32 wire)
{
	u32 end = vnencap_run_end(run);

	return run->seg.last ? end == wire : end < wire;
}

rx_handler_result_t vnencap_rx_handler(struct sk_buff **pskb);

int vnencap_run_read(const struct sk_buff *skb, struct vnencap_run *run);
int vnencap_rx_meta(struct vnencap_dev *vn, const struct sk_buff *skb,
		    const struct vnencap_run *run, struct vnencap_meta *meta);
int vnencap_rx_payload(struct vnencap_dev *vn, struct sk_buff *skb,
		       const struct vnencap_run *run,
		       struct vnencap_part *part);
int vnencap_rx_inner(struct vnencap_dev *vn, struct sk_buff *skb,
		     const struct vnencap_meta *meta,
		     const struct vnencap_part *part, u8 tos);
int vnencap_rx_restore(struct vnencap_dev *vn, struct sk_buff *skb,
		       const struct vnencap_run *run,
		       const struct vnencap_meta *meta);
int vnencap_rx_run(struct vnencap_dev *vn, struct sk_buff *skb,
		   const struct vnencap_run *run);
bool vnencap_rx_drop(struct vnencap_dev *vn, int err);
void vnencap_rx_free(struct vnencap_dev *vn, struct sk_buff *skb, int err);

#endif /* _VNENCAP_RX_H */
