// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small packets that did not come. Of a frame in segments those that came tell of the
 * rest. But of a packet that is one segment, nothing tells but the ids of those that
 * come: a host whose parity follows the loss counts them up for each small packet that it
 * sends to another.
 *
 * Packets overtake each other, and several CPUs receive them. So they have time: they are
 * counted a few times a second, and of the ids that came up between one time and the next,
 * those count as lost that have not come by the time after that. Who comes even later makes
 * up for others. One that comes just as they are counted may count as of the wrong time.
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
/* More than these do not come in the moment in which they are counted. */
#define MOMENT	(64 * VNENCAP_GAP_STEP)
/* By how much less those count, each time, that may still come */
#define FADE_SHIFT	2

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
	s32 ahead = id - READ_ONCE(gap->id), after;

	if (!READ_ONCE(gap->begun) || ahead > FAR || ahead < -FAR)
		begin_anew(gap, id);
	else if (ahead > 0)
		WRITE_ONCE(gap->id, id);
	after = id - READ_ONCE(gap->before);
	if ((s32)(id - READ_ONCE(gap->bound)) > 0)
		atomic_inc(&gap->fresh);
	else if (after > 0)
		atomic_inc(&gap->came);
	else if (after > -FAR)
		atomic_inc(&gap->late);
}

/* Blame those with ids after @before, and up to @bound, that are missing. */
static void blame(struct vnencap_gap *gap)
{
	u32 came = atomic_read(&gap->came), lost = 0;

	gap->sent = 0;
	if (!gap->unsure) {
		gap->sent = (gap->bound - gap->before) / VNENCAP_GAP_STEP;
		lost = min(gap->sent - min(gap->sent, came), came);
	}
	gap->blamed += lost - (gap->blamed >> FADE_SHIFT);
	gap->lost += lost;
}

static void make_up(struct vnencap_gap *gap)
{
	u32 late = min_t(u32, atomic_xchg(&gap->late, 0), gap->blamed);

	gap->blamed -= late;
	gap->lost -= late;
}

/* Up to where they are counted next. Of two CPUs at once, the one with the lower id may
 * have told it last.
 */
static u32 bound_of(const struct vnencap_gap *gap, u32 id)
{
	return !gap->unsure && gap->bound - id <= FAR ? gap->bound : id;
}

/**
 * vnencap_gap_skip - what came since the last time is not to be counted
 * @gap: that of an endpoint
 *
 * Context: as vnencap_gap_count(), which is called next.
 */
void vnencap_gap_skip(struct vnencap_gap *gap)
{
	WRITE_ONCE(gap->anew, 1);
}

/**
 * vnencap_gap_count - count the small packets that did not come
 * @gap: that of an endpoint
 *
 * To be called a few times a second: what came in a long time is to be skipped.
 *
 * Context: any; the caller sees to it that nobody else does so at the same time.
 */
void vnencap_gap_count(struct vnencap_gap *gap)
{
	u32 anew = xchg(&gap->anew, 0), id;

	blame(gap);
	make_up(gap);
	/* with a new id it is seen that they have begun anew */
	id = smp_load_acquire(&gap->id);
	gap->unsure = anew || READ_ONCE(gap->anew);
	id = bound_of(gap, id);
	WRITE_ONCE(gap->before, gap->bound);
	WRITE_ONCE(gap->bound, id);
	atomic_set(&gap->came, atomic_xchg(&gap->fresh, 0));
	/* this CPU was held up, and those of the next time are among them */
	if ((s32)(READ_ONCE(gap->id) - id) > MOMENT)
		WRITE_ONCE(gap->anew, 1);
}
