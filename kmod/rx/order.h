/* SPDX-License-Identifier: GPL-2.0-only */
/* Streams' frames of which the runs come in order. */
#ifndef _VNENCAP_ORDER_H
#define _VNENCAP_ORDER_H

#include <linux/types.h>

struct sk_buff;
struct vnencap_dev;
struct vnencap_run;

int vnencap_order_add(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_run *run, u64 name);

int vnencap_order_init(struct vnencap_dev *vn);
void vnencap_order_destroy(struct vnencap_dev *vn);

#endif /* _VNENCAP_ORDER_H */
