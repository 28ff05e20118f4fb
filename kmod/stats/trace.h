/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: what is dropped and why, and each frame that goes or comes. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vnencap

#if !defined(_VNENCAP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _VNENCAP_TRACE_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tracepoint.h>

#include "compat.h"
#include "stats/stats.h"

TRACE_EVENT(vnencap_drop,
	    TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
		     unsigned int counter),
	    TP_ARGS(dev, skb, counter),
	    TP_STRUCT__entry(__string(name, dev->name)
			     __string(reason, vnencap_stats_name(counter))
			     __field(const void *, skbaddr)
			     __field(unsigned int, len)),
	    TP_fast_assign(compat_assign_str(name, dev->name);
			   compat_assign_str(reason, vnencap_stats_name(counter));
			   __entry->skbaddr = skb;
			   __entry->len = skb ? skb->len : 0;),
	    TP_printk("dev=%s reason=%s skbaddr=%p len=%u", __get_str(name),
		      __get_str(reason), __entry->skbaddr, __entry->len)
);

DECLARE_EVENT_CLASS(vnencap_frame,
		    TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
			     u32 payload),
		    TP_ARGS(dev, skb, payload),
		    TP_STRUCT__entry(__string(name, dev->name)
				     __field(const void *, skbaddr)
				     __field(unsigned int, len)
				     __field(unsigned int, segments)
				     __field(u32, payload)),
		    TP_fast_assign(compat_assign_str(name, dev->name);
				   __entry->skbaddr = skb;
				   __entry->len = skb->len;
				   __entry->segments = skb_shinfo(skb)->gso_segs ?: 1;
				   __entry->payload = payload;),
		    TP_printk("dev=%s skbaddr=%p len=%u segments=%u payload=%u",
			      __get_str(name), __entry->skbaddr, __entry->len,
			      __entry->segments, __entry->payload)
);

/* A frame, or the first piece of it, before it goes to the substrate: outer
 * headers are there
 */
DEFINE_EVENT(vnencap_frame, vnencap_tx_frame,
	     TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
		      u32 payload),
	     TP_ARGS(dev, skb, payload)
);

/* An inner packet, before it goes up the stack: a whole frame or a part of one
 */
DEFINE_EVENT(vnencap_frame, vnencap_rx_frame,
	     TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
		      u32 payload),
	     TP_ARGS(dev, skb, payload)
);

#endif /* _VNENCAP_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH stats
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
