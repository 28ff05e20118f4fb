// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small packets that did not come. Of a frame in segments those that came tell of the
 * rest. But of a packet that is one segment, nothing tells but the ids of those that
 * come: a host whose parity follows the loss counts them up for each small packet that it
 * sends to another.
 *
 * Packets overtake each other, and several CPUs receive them. So they have time: they are
 * counted a few times a second, and of the ids that came up between one time and the next,
 * those count as lost that have not come by the time after that. One that comes just as
 * they are counted may count as of the wrong time.
 *
 * Nobody is to make much of few packets, such as some that are sent again: of what came,
 * no more than as much again is lost.
 */
#include <linux/compiler.h>
#include <linux/minmax.h>

#include <asm/barrier.h>

#include "map/gap.h"

/* Ids that are farther away from each other than this are no gap: their host counts anew,
 * or nothing came through for long.
 */
#define FAR	(4096 * VNENCAP_GAP_STEP)

/* Whoever counts at the same time sees that they begin anew, now or the next time. */
static void begin_anew(struct vnencap_gap *gap, u32 id)
{
	WRITE_ONCE(gap->anew, 1);
	/* pairs with the acquire in vnencap_gap_count() */
	smp_store_release(&gap->id, id);
	/* once more, if that has taken it between the two */
	smp_store_release(&gap->anew, 1);
	if (!READ_ONCE(gap->begun))
		WRITE_ONCE(gap->begun, true);
}

/**
 * vnencap_gap_hear - a small packet came whose id counts
 * @gap: that of its endpoint
 * @id: the id
 *
 * Context: softirq; several CPUs may do so at once.
 */
void vnencap_gap_hear(struct vnencap_gap *gap, u32 id)
{
	s32 ahead = id - READ_ONCE(gap->id);

	if (!READ_ONCE(gap->begun) || ahead > FAR || ahead < -FAR)
		begin_anew(gap, id);
	else if (ahead > 0)
		WRITE_ONCE(gap->id, id);
	if ((s32)(id - READ_ONCE(gap->bound)) > 0)
		atomic_inc(&gap->fresh);
	else if ((s32)(id - READ_ONCE(gap->before)) > 0)
		atomic_inc(&gap->came);
}

/* Of those with ids after @before, and up to @bound */
static u32 lost_now(const struct vnencap_gap *gap)
{
	s32 sent = (s32)(gap->bound - gap->before) / VNENCAP_GAP_STEP;
	s32 came = atomic_read(&gap->came);

	return clamp(sent - came, 0, came);
}

/**
 * vnencap_gap_count - count the small packets that did not come
 * @gap: that of an endpoint
 *
 * To be called a few times a second.
 *
 * Context: any; the caller sees to it that nobody else does so at the same time.
 */
void vnencap_gap_count(struct vnencap_gap *gap)
{
	u32 anew = xchg(&gap->anew, 0), id;

	if (!gap->unsure)
		gap->lost += lost_now(gap);
	/* with a new id it is seen that they have begun anew */
	id = smp_load_acquire(&gap->id);
	gap->unsure = anew || READ_ONCE(gap->anew);
	/* of two CPUs at once, the one with the lower id may have told it last */
	if (!gap->unsure && (s32)(id - gap->bound) < 0)
		id = gap->bound;
	WRITE_ONCE(gap->before, gap->bound);
	WRITE_ONCE(gap->bound, id);
	atomic_set(&gap->came, atomic_xchg(&gap->fresh, 0));
}
