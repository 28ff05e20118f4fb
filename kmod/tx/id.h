/* SPDX-License-Identifier: GPL-2.0-only */
/* The ids of frames, by which a receiver tells them apart. Nobody can guess them who does
 * not see frames of the VNI.
 */
#ifndef _VNENCAP_ID_H
#define _VNENCAP_ID_H

#include <linux/atomic.h>
#include <linux/percpu.h>

#include "map/endpoint.h"
#include "map/gap.h"
#include "stats/stats.h"
#include "vnencap.h"

/**
 * vnencap_id_next - an id for a frame
 * @vn: the device that sends it
 *
 * Each CPU counts a device's ids up by the number of CPUs: no two CPUs make the same id.
 * Each device counts from a random base, so that from its frames nobody can guess the ids
 * of another's, nor tell how many that sends.
 *
 * Context: softirq, or bottom halves disabled.
 * Return: the id.
 */
static inline u32 vnencap_id_next(const struct vnencap_dev *vn)
{
	u32 id = this_cpu_add_return(vn->stats->frame_ids, nr_cpu_ids);

	return vn->frame_id_base + id + smp_processor_id();
}

/**
 * vnencap_id_counting - an id that counts the small packets to an endpoint
 * @endpoint: where the frame goes
 *
 * Whoever receives them sees which are missing, see map/gap.h. All CPUs count in common.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: the id.
 */
static inline u32 vnencap_id_counting(struct vnencap_endpoint *endpoint)
{
	return vnencap_gap_id_of(atomic_inc_return(&endpoint->ids));
}

/**
 * vnencap_id_other - an id beside those that count
 * @vn: the device that sends the frame
 *
 * Context: softirq, or bottom halves disabled.
 * Return: the id.
 */
static inline u32 vnencap_id_other(const struct vnencap_dev *vn)
{
	return vnencap_id_next(vn) * VNENCAP_GAP_STEP;
}

#endif /* _VNENCAP_ID_H */
