// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of which nothing came. Of a frame in segments the last that came tells of those
 * before it. But of small packets, each of which is one segment, nothing tells but the
 * ids of those that come: a host whose parity follows the loss counts them up by one for
 * each frame that it sends here. So what is missing is what the ids count, less what came
 * (as RFC 3550, appendix A.3, has it). Frames that come in another order are missing only
 * until they are there: so one that is missing counts if it is so the next time, too.
 *
 * Such a host asks for its loss in each frame. One without parity asks too, but in long
 * frames only, and has ids that count what it sends to others as well. So ids are
 * believed to count for as long as small packets ask.
 */
#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include <asm/barrier.h>

#include "map/gap.h"
#include "map/until.h"

/* After the last small packet that asked, in jiffies */
#define COUNTS_FOR	HZ
/* Ids that are farther away from each other than this are no gap: their host counts anew,
 * or nothing came through for long.
 */
#define FAR		4096

/* Whoever counts at the same time sees that they begin anew, either now or the next time. */
static void begin_anew(struct vnencap_gap *gap, u32 id)
{
	WRITE_ONCE(gap->anew, true);
	/* pairs with the acquire in vnencap_gap_count() */
	smp_store_release(&gap->id, id);
	/* once more, if that has looked between the two */
	smp_store_release(&gap->anew, true);
}

/**
 * vnencap_gap_hear - a frame came that asks
 * @gap: that of its endpoint
 * @id: of the frame
 * @lone: it is a small packet
 *
 * Context: softirq; several CPUs may do so at once. The frame has been counted as one that
 * came.
 */
void vnencap_gap_hear(struct vnencap_gap *gap, u32 id, bool lone)
{
	bool counts = vnencap_until_ahead(READ_ONCE(gap->until), COUNTS_FOR);
	s32 ahead = id - READ_ONCE(gap->id);

	if (!counts && !lone)
		return;
	if (!counts || ahead > FAR || ahead < -FAR)
		begin_anew(gap, id);
	else if (ahead > 0)
		WRITE_ONCE(gap->id, id);
	if (lone)
		vnencap_until_set(&gap->until, COUNTS_FOR);
}

/**
 * vnencap_gap_id - up to where frames can be counted now
 * @gap: that of an endpoint
 *
 * Context: any.
 * Return: an id, for vnencap_gap_count().
 */
u32 vnencap_gap_id(const struct vnencap_gap *gap)
{
	/* with a new id it is seen that they begin anew */
	return smp_load_acquire(&gap->id);
}

/**
 * vnencap_gap_count - count the frames of which nothing came
 * @gap: that of an endpoint
 * @id: from vnencap_gap_id()
 * @frames: how many had come from it after that was asked, of all kinds
 *
 * Context: any; the caller sees to it that nobody else does so at the same time.
 * Return: how many, since the first. It may get less, for what was missing may come.
 */
s64 vnencap_gap_count(struct vnencap_gap *gap, u32 id, u64 frames)
{
	s64 before = gap->missing;

	/* both have come round often, their difference has not */
	if (!READ_ONCE(gap->anew) &&
	    vnencap_until_ahead(READ_ONCE(gap->until), COUNTS_FOR))
		gap->missing += (s32)(id - gap->counted -
				      (u32)(frames - gap->frames));
	WRITE_ONCE(gap->anew, false);
	gap->counted = id;
	gap->frames = frames;
	return min(before, gap->missing);
}
