/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of an endpoint: per CPU, 64 bits. */
#ifndef _VNENCAP_TRAFFIC_H
#define _VNENCAP_TRAFFIC_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/vnencap.h>

#include "map/endpoint.h"

/* Lost segments as the loss is measured by: of each frame no more than came of it. Else
 * whoever sends one segment again, of many that came long ago, could feign any loss.
 */
#define VNENCAP_TRAFFIC_LOSS	0

/**
 * struct vnencap_traffic - the counters of one endpoint on one CPU
 * @counters: indexed by VNENCAP_A_TRAFFIC_*, and VNENCAP_TRAFFIC_LOSS
 * @syncp: guards the counters' halves on 32-bit machines
 *
 * In cache lines of its own, see struct vnencap_stats. They are taken to be of 64 bytes:
 * s390 has longer ones, but each endpoint has this for each CPU.
 */
struct vnencap_traffic {
	u64_stats_t counters[VNENCAP_A_TRAFFIC_MAX + 1];
	struct u64_stats_sync syncp;
} __aligned(64);

struct sk_buff;

struct vnencap_traffic __percpu *
vnencap_traffic_ready(struct vnencap_endpoint *endpoint);
void vnencap_traffic_add(struct vnencap_endpoint *endpoint,
			 unsigned int counter, u64 n);
void vnencap_traffic_losses(const struct vnencap_endpoint *endpoint,
			    u64 *segments, u64 *lost);
int vnencap_traffic_fill(const struct vnencap_endpoint *endpoint,
			 struct sk_buff *msg);

#ifdef VNENCAP_TESTS
u64 vnencap_traffic_sum(const struct vnencap_endpoint *endpoint,
			unsigned int counter);
#endif

/* This CPU's counters, NULL where there are none */
static inline struct vnencap_traffic *
vnencap_traffic_here(struct vnencap_endpoint *endpoint)
{
	struct vnencap_traffic __percpu *t = READ_ONCE(endpoint->traffic);

	if (unlikely(!t))
		t = vnencap_traffic_ready(endpoint);
	return likely(t) ? this_cpu_ptr(t) : NULL;
}

/**
 * vnencap_traffic_sent - count a frame on its way to an endpoint
 * @endpoint: the endpoint
 * @bytes: of the inner packet
 * @segments: that it was cut into
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 */
static inline void vnencap_traffic_sent(struct vnencap_endpoint *endpoint,
					u32 bytes, u32 segments)
{
	struct vnencap_traffic *t = vnencap_traffic_here(endpoint);

	if (unlikely(!t))
		return;
	u64_stats_update_begin(&t->syncp);
	u64_stats_inc(&t->counters[VNENCAP_A_TRAFFIC_TX_FRAMES]);
	u64_stats_add(&t->counters[VNENCAP_A_TRAFFIC_TX_BYTES], bytes);
	u64_stats_add(&t->counters[VNENCAP_A_TRAFFIC_TX_SEGMENTS], segments);
	u64_stats_update_end(&t->syncp);
}

/**
 * vnencap_traffic_received - count a frame that came from an endpoint
 * @endpoint: the endpoint
 * @bytes: of the inner packet
 * @segments: that it was sent as
 *
 * Context: softirq, in RCU.
 */
static inline void vnencap_traffic_received(struct vnencap_endpoint *endpoint,
					    u32 bytes, u32 segments)
{
	struct vnencap_traffic *t = vnencap_traffic_here(endpoint);

	if (unlikely(!t))
		return;
	u64_stats_update_begin(&t->syncp);
	u64_stats_inc(&t->counters[VNENCAP_A_TRAFFIC_RX_FRAMES]);
	u64_stats_add(&t->counters[VNENCAP_A_TRAFFIC_RX_BYTES], bytes);
	u64_stats_add(&t->counters[VNENCAP_A_TRAFFIC_RX_SEGMENTS], segments);
	u64_stats_update_end(&t->syncp);
}

#endif /* _VNENCAP_TRAFFIC_H */
