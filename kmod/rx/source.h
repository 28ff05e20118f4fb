/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host that a run came from. A host that sends for another's inner address is
 * refused here ("spoofed"). What each frame takes is inlined.
 */
#ifndef _VNENCAP_SOURCE_H
#define _VNENCAP_SOURCE_H

#include <linux/rcupdate.h>
#include <linux/skbuff.h>

#include "map/group.h"
#include "map/loss.h"
#include "map/map.h"
#include "map/traffic.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/inner.h"
#include "wire/meta.h"
#include "wire/option.h"
#include "wire/outer.h"

void vnencap_source_count(const struct vnencap_dev *vn,
			  const struct vnencap_addr *source,
			  unsigned int counter, unsigned int n);
void vnencap_source_count_lost(const struct vnencap_dev *vn,
			       const struct vnencap_addr *source,
			       unsigned int segments, unsigned int came);
void vnencap_source_count_missing(const struct vnencap_dev *vn,
				  const struct vnencap_addr *source, int n);
void vnencap_source_heard(const struct vnencap_dev *vn,
			  const struct sk_buff *skb,
			  const struct vnencap_segment *seg,
			  const struct vnencap_meta *meta);
void vnencap_source_refused(const struct vnencap_dev *vn,
			    const struct sk_buff *skb,
			    const struct vnencap_segment *seg,
			    const struct vnencap_meta *meta);
struct vnencap_endpoint *
vnencap_source_branch(struct vnencap_endpoint *endpoint,
		      const struct sk_buff *skb);
bool vnencap_source_named(const struct vnencap_dev *vn,
			  const struct vnencap_addr *source);

/* The endpoint that an inner source is mapped to, if a run came from there. The mapping
 * may have several. Return: NULL where none of them is where it came from.
 */
static inline struct vnencap_endpoint *
vnencap_source_endpoint(struct vnencap_endpoint *endpoint,
			const struct sk_buff *skb)
{
	if (unlikely(!endpoint))
		return NULL;
	return likely(vnencap_outer_is_from(skb, &endpoint->addr)) ?
	       endpoint : vnencap_source_branch(endpoint, skb);
}

/* Where an inner source is mapped to */
static inline struct vnencap_endpoint *
vnencap_source_lookup(const struct vnencap_map *map,
		      const struct vnencap_meta *meta)
{
	const void *image = meta->image;

	if (meta->ipv6)
		return vnencap_map_lookup6(map,
					   &((const struct ipv6hdr *)image)->saddr);
	return vnencap_map_lookup4(map, ((const struct iphdr *)image)->saddr);
}

/* A frame has come from a host, and its metadata is right. */
static inline void vnencap_source_heard_from(struct vnencap_endpoint *from,
					     const struct vnencap_segment *seg,
					     const struct vnencap_meta *meta)
{
	const struct vnencap_frame *f = &seg->frame;
	u32 wire = vnencap_frame_wire_len(f, meta->payload);

	vnencap_traffic_received(from, meta->image_len + meta->payload,
				 DIV_ROUND_UP(wire, f->segsz));
	vnencap_loss_heard(from, meta->report, seg->id, !meta->gso_size);
}

/**
 * vnencap_source_mapped - may the host that a packet came from send for its inner
 * source?
 * @vn: the device
 * @skb: a run of the frame, data at the outer header
 * @seg: what the TCP header of one of its segments says
 * @meta: its metadata, found genuine
 *
 * The frame is counted for the host if it may.
 *
 * Context: softirq, in RCU.
 * Return: true if it may.
 */
static inline bool vnencap_source_mapped(const struct vnencap_dev *vn,
					 const struct sk_buff *skb,
					 const struct vnencap_segment *seg,
					 const struct vnencap_meta *meta)
{
	const struct vnencap_map *map = rcu_dereference(vn->map);
	struct vnencap_endpoint *from;

	if (unlikely(!rcu_dereference(vn->config)->spoofcheck)) {
		vnencap_source_heard(vn, skb, seg, meta);
		return true;
	}
	from = vnencap_source_endpoint(vnencap_source_lookup(map, meta), skb);
	if (unlikely(!from)) {
		vnencap_source_refused(vn, skb, seg, meta);
		return false;
	}
	vnencap_source_heard_from(from, seg, meta);
	return true;
}

#endif /* _VNENCAP_SOURCE_H */
