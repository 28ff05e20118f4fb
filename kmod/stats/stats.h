/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of a device: per CPU, 64 bits, named by the netlink spec. */
#ifndef _VNENCAP_STATS_H
#define _VNENCAP_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/vnencap.h>

/**
 * struct vnencap_stats - the counters of one device on one CPU
 * @counters: indexed by VNENCAP_A_STATS_*; index 0 is not used
 * @syncp: guards the counters' halves on 32-bit machines
 * @frame_ids: how far the ids have come of the frames that it makes, see tx/id.h
 *
 * No other per-CPU data is in its cache lines: some of what the kernel has is written by
 * other CPUs, as when a process begins.
 */
struct vnencap_stats {
	u64_stats_t counters[VNENCAP_A_STATS_MAX + 1];
	struct u64_stats_sync syncp;
	u32 frame_ids;
} ____cacheline_aligned_in_smp;

struct sk_buff;

struct vnencap_stats __percpu *vnencap_stats_alloc(void);
void vnencap_stats_read(struct vnencap_stats __percpu *stats,
			u64 sums[VNENCAP_A_STATS_MAX + 1]);
int vnencap_stats_fill(struct vnencap_stats __percpu *stats,
		       struct sk_buff *msg);
const char *vnencap_stats_name(unsigned int counter);

/**
 * vnencap_stats_add - count
 * @stats: the device's counters
 * @counter: VNENCAP_A_STATS_*
 * @n: how much to add
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void vnencap_stats_add(struct vnencap_stats __percpu *stats,
				     unsigned int counter, u64 n)
{
	struct vnencap_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_add(&s->counters[counter], n);
	u64_stats_update_end(&s->syncp);
}

/* One more of a kind of traffic, its segments and its bytes, at once */
static __always_inline void
vnencap_stats_traffic(struct vnencap_stats __percpu *stats, unsigned int kind,
		      unsigned int segments, u32 n_segments,
		      unsigned int bytes, u32 n_bytes)
{
	struct vnencap_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->counters[kind]);
	u64_stats_add(&s->counters[segments], n_segments);
	u64_stats_add(&s->counters[bytes], n_bytes);
	u64_stats_update_end(&s->syncp);
}

/**
 * vnencap_stats_frame - count a frame that was sent
 * @stats: the device's counters
 * @segments: that it was cut into
 * @payload: bytes of inner payload in it
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void vnencap_stats_frame(struct vnencap_stats __percpu *stats,
				       u32 segments, u32 payload)
{
	vnencap_stats_traffic(stats, VNENCAP_A_STATS_TX_FRAMES,
			      VNENCAP_A_STATS_TX_SEGMENTS, segments,
			      VNENCAP_A_STATS_TX_PAYLOAD_BYTES, payload);
}

/**
 * vnencap_stats_run - count a run that came
 * @stats: the device's counters
 * @segments: that it is of
 * @payload: bytes of inner payload in it
 *
 * Context: softirq.
 */
static inline void vnencap_stats_run(struct vnencap_stats __percpu *stats,
				     u32 segments, u32 payload)
{
	vnencap_stats_traffic(stats, VNENCAP_A_STATS_RX_RUNS,
			      VNENCAP_A_STATS_RX_SEGMENTS, segments,
			      VNENCAP_A_STATS_RX_PAYLOAD_BYTES, payload);
}

/* vnencap_count(vn, RX_RUNS), vnencap_count_add(vn, RX_SEGMENTS, n) */
#define vnencap_count_add(vn, name, n) \
	vnencap_stats_add((vn)->stats, VNENCAP_A_STATS_##name, n)
#define vnencap_count(vn, name) vnencap_count_add(vn, name, 1)

#endif /* _VNENCAP_STATS_H */
