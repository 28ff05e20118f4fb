/* SPDX-License-Identifier: GPL-2.0-only */
/* A dropped packet is counted and traced, both at once. */
#ifndef _VNENCAP_DROP_H
#define _VNENCAP_DROP_H

#include <linux/errno.h>
#include <linux/skbuff.h>

#include "stats/stats.h"
#include "stats/trace.h"
#include "vnencap.h"

/* vnencap_drop(vn, skb, RX_SPOOFED), or where segments are counted and not
 * packets, vnencap_drop_some(vn, skb, RX_..., n). @skb is NULL where there is no
 * packet, as for segments that never came. The caller frees it.
 */
#define vnencap_drop_some(vn, skb, why, n)				\
do {									\
	struct vnencap_dev *_vn = (vn);					\
									\
	vnencap_count_add(_vn, why, n);					\
	trace_vnencap_drop(_vn->dev, skb, VNENCAP_A_STATS_##why);	\
} while (0)
#define vnencap_drop(vn, skb, why) vnencap_drop_some(vn, skb, why, 1)

/* The core's drop reason that comes nearest to an error. Reasons of our own
 * would need a number that only the kernel itself can give to a subsystem; our
 * tracepoint vnencap_drop tells ours.
 */
static inline enum skb_drop_reason vnencap_drop_reason(int err)
{
	switch (err) {
	case -ENOMEM:
		return SKB_DROP_REASON_NOMEM;
	case -EMSGSIZE:
		return SKB_DROP_REASON_PKT_TOO_BIG;
	case -EHOSTUNREACH:
		return SKB_DROP_REASON_IP_OUTNOROUTES;
	default:
		return SKB_DROP_REASON_NOT_SPECIFIED;
	}
}

#endif /* _VNENCAP_DROP_H */
