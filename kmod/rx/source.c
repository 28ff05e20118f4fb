// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host that a run came from, by its outer source address: what it may send, and
 * what is counted for it. What each frame takes is in source.h.
 */
#include <linux/skbuff.h>

#include "map/map.h"
#include "map/traffic.h"
#include "rx/source.h"
#include "vnencap.h"
#include "wire/outer.h"

/**
 * vnencap_source_named - may frames from a host wait?
 * @vn: the device that they are for
 * @source: where they come from
 *
 * A host that no mapping names can have none that is right, and must not fill the
 * table. Where sources are not checked, any may.
 *
 * Context: softirq, in RCU.
 * Return: true if they may.
 */
bool vnencap_source_named(const struct vnencap_dev *vn,
			  const struct vnencap_addr *source)
{
	return !rcu_dereference(vn->config)->spoofcheck ||
	       vnencap_map_endpoint(rcu_dereference(vn->map), source);
}

/* The host that a packet came from. Return: NULL where no mapping leads there.
 */
static struct vnencap_endpoint *source_endpoint(const struct vnencap_dev *vn,
						const struct sk_buff *skb)
{
	struct vnencap_addr source = vnencap_outer_source(skb);

	return vnencap_map_endpoint(rcu_dereference(vn->map), &source);
}

/**
 * vnencap_source_branch - the endpoint of several that a run came from
 * @endpoint: where the inner source is mapped to, if it is to several
 * @skb: the run, data at the outer header
 *
 * Context: softirq, in RCU.
 * Return: NULL where it came from none of them, or where there is only one.
 */
noinline struct vnencap_endpoint *
vnencap_source_branch(struct vnencap_endpoint *endpoint,
		      const struct sk_buff *skb)
{
	const struct vnencap_group *group = vnencap_group_of(endpoint);
	struct vnencap_addr source = vnencap_outer_source(skb);

	return group ? vnencap_group_at(group, &source) : NULL;
}

/**
 * vnencap_source_count - count something that is rare, for the host that it came from
 * @vn: the device
 * @source: the host; one that no mapping leads to counts nothing
 * @counter: VNENCAP_A_TRAFFIC_* or VNENCAP_TRAFFIC_LOSS
 * @n: how much to add
 *
 * Context: softirq, in RCU.
 */
void vnencap_source_count(const struct vnencap_dev *vn,
			  const struct vnencap_addr *source,
			  unsigned int counter, unsigned int n)
{
	struct vnencap_endpoint *endpoint;

	endpoint = vnencap_map_endpoint(rcu_dereference(vn->map), source);
	if (endpoint)
		vnencap_traffic_add(endpoint, counter, n);
}

/**
 * vnencap_source_count_lost - count a frame of which some is lost, for its host
 * @vn: the device
 * @source: the host; one that no mapping leads to counts nothing
 * @segments: how many are missing
 * @came: how many came
 *
 * Context: softirq, in RCU.
 */
void vnencap_source_count_lost(const struct vnencap_dev *vn,
			       const struct vnencap_addr *source,
			       unsigned int segments, unsigned int came)
{
	struct vnencap_endpoint *endpoint;

	endpoint = vnencap_map_endpoint(rcu_dereference(vn->map), source);
	if (!endpoint)
		return;
	vnencap_traffic_add(endpoint, VNENCAP_A_TRAFFIC_RX_FRAMES_PARTIAL, 1);
	vnencap_traffic_add(endpoint, VNENCAP_A_TRAFFIC_RX_SEGMENTS_LOST,
			    segments);
	vnencap_traffic_add(endpoint, VNENCAP_TRAFFIC_LOSS,
			    min(segments, came));
}

/**
 * vnencap_source_count_missing - count segments as lost for now, or no more
 * @vn: the device
 * @source: the host that they came from, or did not
 * @n: how many are missing, negative where they have come
 *
 * Context: softirq, in RCU.
 */
void vnencap_source_count_missing(const struct vnencap_dev *vn,
				  const struct vnencap_addr *source, int n)
{
	struct vnencap_endpoint *endpoint;

	endpoint = vnencap_map_endpoint(rcu_dereference(vn->map), source);
	if (!endpoint)
		return;
	vnencap_traffic_add(endpoint, VNENCAP_TRAFFIC_LOSS, n);
	if (n > 0)
		vnencap_loss_note(endpoint);
}

/**
 * vnencap_source_heard - count a frame where sources are not checked
 * @vn: the device
 * @skb: a run of the frame, data at the outer header
 * @seg: what the TCP header of one of its segments says
 * @meta: its metadata
 *
 * No mapping of the inner source need lead to the host that the packet came from. The
 * packet counts for that host all the same.
 *
 * Context: softirq, in RCU.
 */
noinline void vnencap_source_heard(const struct vnencap_dev *vn,
				   const struct sk_buff *skb,
				   const struct vnencap_segment *seg,
				   const struct vnencap_meta *meta)
{
	struct vnencap_endpoint *from = source_endpoint(vn, skb);

	if (from)
		vnencap_source_heard_from(from, seg, meta);
}

/**
 * vnencap_source_refused - a frame is refused, for its inner source is not mapped to where
 * it came from
 * @vn: the device
 * @skb: a run of the frame, data at the outer header
 * @seg: what the TCP header of one of its segments says
 * @meta: its metadata
 *
 * It is not lost, though: who sends such ones is not to have parity made by that.
 *
 * Context: softirq, in RCU.
 */
noinline void vnencap_source_refused(const struct vnencap_dev *vn,
				     const struct sk_buff *skb,
				     const struct vnencap_segment *seg,
				     const struct vnencap_meta *meta)
{
	struct vnencap_endpoint *from = source_endpoint(vn, skb);

	if (from)
		vnencap_loss_refused(from, meta->report, seg->id,
				     !meta->gso_size);
}
