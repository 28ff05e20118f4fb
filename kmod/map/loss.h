/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of the segments that are lost on the way to an endpoint, and back. */
#ifndef _VNENCAP_LOSS_H
#define _VNENCAP_LOSS_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "map/endpoint.h"
#include "map/gap.h"
#include "wire/report.h"

/**
 * struct vnencap_loss - what is known of losses between this host and an endpoint
 * @told: level of loss that the endpoint tells of, of what is sent to it
 * @since: since when it tells of any, in jiffies
 * @kept: how long that is remembered after it was told last, in jiffies, about
 * @until: until when, in jiffies
 * @asked: until when the endpoint is told, in jiffies, because it asks for it
 * @asks: it does
 * @many: in the stretch of time before, far more was wished for than there may be
 * @owed: parity that short frames still had none of, in hundredths of a segment
 * @extra_at: this stretch of time
 * @extra: how many parity segments were more than were owed, in it
 * @wished: how many would have been, without a limit
 * @here: loss of what it sends, of a million segments so many
 * @due: when that is measured, or looked at, next, in jiffies
 * @regular: when it is measured next, in jiffies
 * @segments: of the endpoint's counter, what was measured already
 * @lost: the same of those that were lost
 * @recent_segments: how many it sent lately, less of those longer ago; in fractions
 * @recent_lost: how many of these were lost; in fractions
 * @gap: of small packets that did not come
 * @measuring: bit 0 is set while somebody measures. Nobody waits for that, so that it need
 *	be no lock, of which debug kernels and PREEMPT_RT make a large one.
 *
 * There is none before the endpoint asks to be told, or tells of losses.
 */
struct vnencap_loss {
	u8 told;
	bool asks;
	bool many;
	u16 owed;
	u32 extra_at;
	atomic_t extra;
	atomic_t wished;
	u32 here;
	unsigned long since;
	unsigned long kept;
	unsigned long until;
	unsigned long asked;
	unsigned long due;
	unsigned long regular;
	u64 segments;
	u64 lost;
	u64 recent_segments;
	u64 recent_lost;
	struct vnencap_gap gap;
	unsigned long measuring;
};

u8 vnencap_loss_level(struct vnencap_loss *loss);
u8 vnencap_loss_percent(u8 level);
unsigned int vnencap_loss_needs(u8 level, unsigned int n);
unsigned int vnencap_loss_count(struct vnencap_endpoint *endpoint,
				unsigned int n, u8 percent, unsigned int most);
u8 vnencap_loss_measure(struct vnencap_endpoint *endpoint,
			struct vnencap_loss *loss);
void vnencap_loss_hear(struct vnencap_endpoint *endpoint, u8 report, u32 id,
		       bool lone);
void vnencap_loss_refused(struct vnencap_endpoint *endpoint, u8 report, u32 id,
			  bool lone);
void vnencap_loss_note(struct vnencap_endpoint *endpoint);
u32 vnencap_loss_here(const struct vnencap_loss *loss);
u32 vnencap_loss_there(const struct vnencap_loss *loss);

/**
 * vnencap_loss_told - the loss on the way to an endpoint
 * @endpoint: the endpoint
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: its level, see wire/report.h.
 */
static inline u8 vnencap_loss_told(struct vnencap_endpoint *endpoint)
{
	struct vnencap_loss *loss = READ_ONCE(endpoint->loss);

	return likely(!loss) ? 0 : vnencap_loss_level(loss);
}

/**
 * vnencap_loss_fec - how much parity the loss on the way to an endpoint asks for
 * @endpoint: the endpoint
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: percent.
 */
static inline u8 vnencap_loss_fec(struct vnencap_endpoint *endpoint)
{
	return vnencap_loss_percent(vnencap_loss_told(endpoint));
}

/**
 * vnencap_loss_report - what an endpoint is to be told of the loss of what it sends
 * @endpoint: the endpoint
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: a level of loss, see wire/report.h; 0 too where it does not ask.
 */
static inline u8 vnencap_loss_report(struct vnencap_endpoint *endpoint)
{
	struct vnencap_loss *loss = READ_ONCE(endpoint->loss);

	return likely(!loss) ? 0 : vnencap_loss_measure(endpoint, loss);
}

/**
 * vnencap_loss_heard - a frame came from an endpoint
 * @endpoint: the endpoint
 * @report: what the frame's metadata tells, see wire/report.h
 * @id: of the frame
 * @lone: it is a packet that is not to be segmented
 *
 * Context: softirq, in RCU; the metadata's tag was right, and the frame is counted.
 */
static inline void vnencap_loss_heard(struct vnencap_endpoint *endpoint,
				      u8 report, u32 id, bool lone)
{
	if (unlikely(report))
		vnencap_loss_hear(endpoint, report, id, lone);
}

#endif /* _VNENCAP_LOSS_H */
