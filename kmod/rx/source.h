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
#include "wire/outer.h"

void vnencap_source_count(const struct vnencap_dev *vn,
			  const struct vnencap_addr *source,
			  unsigned int counter, unsigned int n);
void vnencap_source_count_lost(const struct vnencap_dev *vn,
			       const struct vnencap_addr *source,
			       unsigned int segments, unsigned int came);
void vnencap_source_heard(const struct vnencap_dev *vn,
			  const struct sk_buff *skb,
			  const struct vnencap_frame *f,
			  const struct vnencap_meta *meta);
bool vnencap_source_named(const struct vnencap_dev *vn,
			  const struct vnencap_addr *source);

/* A mapping's endpoint at an address. The mapping may have several. Return:
 * NULL where none of them is there.
 */
static inline struct vnencap_endpoint *
vnencap_source_endpoint_at(struct vnencap_endpoint *endpoint,
			   const struct vnencap_addr *addr)
{
	const struct vnencap_group *group;

	if (likely(vnencap_addr_equal(&endpoint->addr, addr)))
		return endpoint;
	group = vnencap_group_of(endpoint);
	return group ? vnencap_group_at(group, addr) : NULL;
}

/* A frame has come from a host, and its metadata is right. */
static inline void vnencap_source_heard_from(struct vnencap_endpoint *from,
					     const struct vnencap_frame *f,
					     const struct vnencap_meta *meta)
{
	u32 wire = vnencap_frame_wire_len(f, meta->payload);

	vnencap_traffic_received(from, meta->image_len + meta->payload,
				 DIV_ROUND_UP(wire, f->segsz));
	vnencap_loss_heard(from, meta->report);
}

/**
 * vnencap_source_mapped - may the host that a packet came from send for its inner
 * source?
 * @vn: the device
 * @skb: a run of the frame, data at the outer header
 * @f: the frame's layout
 * @meta: its metadata, found genuine
 *
 * The frame is counted for the host if it may.
 *
 * Context: softirq, in RCU.
 * Return: true if it may.
 */
static inline bool vnencap_source_mapped(const struct vnencap_dev *vn,
					 const struct sk_buff *skb,
					 const struct vnencap_frame *f,
					 const struct vnencap_meta *meta)
{
	const struct vnencap_map *map = rcu_dereference(vn->map);
	struct vnencap_addr src __uninitialized;
	struct vnencap_addr dst __uninitialized;
	struct vnencap_addr outer __uninitialized;
	struct vnencap_endpoint *endpoint, *from;

	if (unlikely(!rcu_dereference(vn->config)->spoofcheck)) {
		vnencap_source_heard(vn, skb, f, meta);
		return true;
	}
	vnencap_inner_addrs(meta, meta->image, &src, &dst);
	endpoint = vnencap_map_lookup(map, &src);
	outer = vnencap_outer_source(skb);
	from = endpoint ? vnencap_source_endpoint_at(endpoint, &outer) :
			  NULL;
	if (unlikely(!from))
		return false;
	vnencap_source_heard_from(from, f, meta);
	return true;
}

#endif /* _VNENCAP_SOURCE_H */
