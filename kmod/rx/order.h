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
void vnencap_order_forget(const struct vnencap_dev *vn);

int vnencap_order_init(void);
void vnencap_order_exit(void);

#endif /* _VNENCAP_ORDER_H */
