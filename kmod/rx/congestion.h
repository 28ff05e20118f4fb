/* SPDX-License-Identifier: GPL-2.0-only */
/* A segment that was lost, and that parity brought back. */
#ifndef _VNENCAP_CONGESTION_H
#define _VNENCAP_CONGESTION_H

struct sk_buff;
struct vnencap_addr;
struct vnencap_dev;
struct vnencap_meta;

void vnencap_congestion_tell(struct vnencap_dev *vn, struct sk_buff *skb,
			     const struct vnencap_meta *meta);
void vnencap_congestion_count(struct vnencap_dev *vn,
			      const struct vnencap_addr *source, int err);

#endif /* _VNENCAP_CONGESTION_H */
