/* SPDX-License-Identifier: GPL-2.0-only */
/* Long inner packets cut into short ones. */
#ifndef _VNENCAP_SHORTEN_H
#define _VNENCAP_SHORTEN_H

#include <linux/types.h>

#include "map/loss.h"

struct sk_buff;
struct vnencap_dev;
struct vnencap_frame;

/* From which level of loss on: two of a hundred segments (wire/report.h) */
#define VNENCAP_SHORTEN_FROM	4

u8 vnencap_shorten_most(const struct sk_buff *skb,
			const struct vnencap_frame *f);
struct sk_buff *vnencap_shorten(struct vnencap_dev *vn, struct sk_buff *skb,
				unsigned int most);

/**
 * vnencap_shorten_due - is so much lost that short frames cost less than long ones?
 * @endpoint: where they go
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: true if it is.
 */
static inline bool vnencap_shorten_due(struct vnencap_endpoint *endpoint)
{
	return vnencap_loss_told(endpoint) >= VNENCAP_SHORTEN_FROM;
}

#endif /* _VNENCAP_SHORTEN_H */
