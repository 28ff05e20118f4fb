/* SPDX-License-Identifier: GPL-2.0-only */
/* The maximum segment size that inner TCP connections agree on. */
#ifndef _VNENCAP_MSS_H
#define _VNENCAP_MSS_H

#include <linux/types.h>

struct sk_buff;
struct vnencap_dev;
struct vnencap_meta;

void vnencap_mss_lower(const struct vnencap_dev *vn, struct sk_buff *skb,
		       const struct vnencap_meta *meta, u32 outer);

#endif /* _VNENCAP_MSS_H */
