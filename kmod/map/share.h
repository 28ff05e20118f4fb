/* SPDX-License-Identifier: GPL-2.0-only */
/* How the VNIs of a network namespace share what there is only so much of. */
#ifndef _VNENCAP_SHARE_H
#define _VNENCAP_SHARE_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/types.h>

/**
 * vnencap_share - how much one VNI may have of what a namespace has
 * @total: how much there is
 * @taken: how much of it all VNIs have, this one included
 *
 * It is a third of what is left. So one VNI alone has a quarter in the end. Of n
 * that all want as much as they can get each has one part in 3 + n, and three
 * parts are left for whoever comes next. Nobody has to be counted for that.
 *
 * Who decides by it has no lock, so VNIs that take at the same time may have a
 * bit more than @total together. And a user of it gives each VNI some small
 * amount in any case.
 *
 * Context: any.
 * Return: how much, in the units of @total; 0 where nothing is left.
 */
static inline unsigned long vnencap_share(unsigned long total,
					  unsigned long taken)
{
	return taken < total ? (total - taken) / 3 : 0;
}

/* So many windows are a second. */
#define VNENCAP_WINDOWS	16

/**
 * struct vnencap_window - how often something was done in a short time
 * @count: in the upper half which window of time it is, in the lower half how
 *	often it was done in that
 */
struct vnencap_window {
	atomic64_t count;
};

static inline u32 vnencap_window_now(void)
{
	return jiffies / (HZ / VNENCAP_WINDOWS);
}

/**
 * vnencap_window_count - how often it was done in this window of time
 * @w: the window
 *
 * Context: any.
 * Return: how often.
 */
static inline u32 vnencap_window_count(const struct vnencap_window *w)
{
	u64 count = atomic64_read(&w->count);

	return upper_32_bits(count) == vnencap_window_now() ?
	       lower_32_bits(count) : 0;
}

/**
 * vnencap_window_add - it is done once more
 * @w: the window
 *
 * Context: any.
 */
static inline void vnencap_window_add(struct vnencap_window *w)
{
	u64 now = (u64)vnencap_window_now() << 32;
	s64 was = atomic64_read(&w->count);
	u64 count;

	do {
		count = (was ^ now) >> 32 ? now : was;
	} while (!atomic64_try_cmpxchg(&w->count, &was, count + 1));
}

#endif /* _VNENCAP_SHARE_H */
