// SPDX-License-Identifier: GPL-2.0-only
/*
 * Losses between this host and an endpoint, of what either sends to the other.
 *
 * Who sends parity by the loss that there is (VNENCAP_FEC_AUTO) cannot see it. So it
 * asks its endpoints, in the metadata of what it sends, and they tell it in the
 * metadata of what they send: there is no packet more.
 *
 * A host that is asked counts for each frame from the endpoint the segments that it was
 * sent as, and those of them that were lost, brought back or not. A few times a second
 * it makes a level of that. Frames of which no segment came are not seen.
 *
 * What is told to be more counts at once. What is told to be less counts slowly: the
 * path that lost segments a while ago may do so again.
 */
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "map/loss.h"
#include "map/traffic.h"

/* How often loss is measured; how much each time what was before counts less */
#define MEASURE_EVERY	(HZ / 8)
#define FADE_SHIFT	3
/* Of fewer segments than this, one that is lost says little. */
#define SEGMENTS_LEAST	200ULL
/* Sums are in fractions of a segment, for they fade. */
#define FRACTIONS	256U
/* Who has not asked for so long is told no more. */
#define ASKED_FOR	(10 * HZ)
/* How long what an endpoint told is remembered; then it is a level less each step. */
#define TOLD_FOR	(10 * HZ)
#define TOLD_STEP	(3 * HZ)

/* How often in a stretch of time a frame has a parity segment that it is not owed */
#define ROUND_EVERY	(HZ / 8)
#define ROUND_MOST	200

/* Parity in percent, by the level of loss. Of 45 segments that are sent, which are a
 * frame of 64 KB, one in a thousand or less is lost for good where each is lost by
 * chance, up to a loss of 8 in 100.
 */
static const u8 percent[VNENCAP_REPORT_LEVELS] = {
	0, 5, 8, 12, 18, 27, 40, 50,
};

/* Is a time still to come, which was set to be at most so far ahead? Times that nobody
 * has looked at for long are past, though jiffies come round.
 */
static bool is_ahead(unsigned long time, unsigned long most)
{
	return time - jiffies - 1 < most;
}

/* What an endpoint told, now. */
static u8 told_now(const struct vnencap_loss *loss)
{
	unsigned long until = READ_ONCE(loss->until), steps;
	u8 told = READ_ONCE(loss->told);

	if (is_ahead(until, TOLD_FOR))
		return told;
	steps = (jiffies - until) / TOLD_STEP + 1;
	return steps < told ? told - steps : 0;
}

/**
 * vnencap_loss_level - the level of loss that an endpoint tells of
 * @loss: that of the endpoint
 *
 * Context: any.
 * Return: the level, see wire/report.h.
 */
u8 vnencap_loss_level(struct vnencap_loss *loss)
{
	u8 told = told_now(loss);

	if (!told && READ_ONCE(loss->told))
		WRITE_ONCE(loss->told, 0);
	return told;
}

/**
 * vnencap_loss_percent - how much parity a loss asks for
 * @level: its level, see wire/report.h
 *
 * Context: any.
 * Return: percent.
 */
u8 vnencap_loss_percent(u8 level)
{
	return percent[level];
}

/* May a frame have a parity segment that it is not owed? */
static bool may_round_up(struct vnencap_loss *loss)
{
	u32 now = jiffies / ROUND_EVERY;
	u16 rounded = READ_ONCE(loss->rounded);

	if (READ_ONCE(loss->round_at) != now) {
		WRITE_ONCE(loss->round_at, now);
		rounded = 0;
	}
	if (rounded >= ROUND_MOST)
		return false;
	WRITE_ONCE(loss->rounded, rounded + 1);
	return true;
}

/**
 * vnencap_loss_count - how many parity segments a group is to be followed by
 * @endpoint: where it goes
 * @n: segments of the group
 * @percent: parity to a hundred of them, from vnencap_loss_fec() or less
 * @most: the most that it may have
 *
 * A whole one for each of many short frames would be several times as much as the loss
 * asks for. So what is less than one is owed, and comes with a later frame. But a
 * connection whose window is small has short frames, and can open it only if they
 * arrive: so for some frames a second it is rounded up. Two CPUs that count at once
 * may owe a little more or less.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: how many; maybe none.
 */
unsigned int vnencap_loss_count(struct vnencap_endpoint *endpoint,
				unsigned int n, u8 percent, unsigned int most)
{
	struct vnencap_loss *loss = READ_ONCE(endpoint->loss);
	unsigned int owed, r;

	if (!loss)
		return 0;
	owed = READ_ONCE(loss->owed) + n * percent;
	r = min(owed / 100, most);
	if (r < most && owed > r * 100 && may_round_up(loss))
		r++;
	WRITE_ONCE(loss->owed, min(owed - min(owed, r * 100), 100U));
	return r;
}

/* Make room for what is known. An endpoint's memory has bounds, see endpoint.c. */
static struct vnencap_loss *loss_of(struct vnencap_endpoint *endpoint)
{
	struct vnencap_loss *loss = READ_ONCE(endpoint->loss), *old;

	BUILD_BUG_ON(sizeof(*loss) > VNENCAP_PIECE_BYTES);
	if (loss || !vnencap_endpoint_take_piece(endpoint))
		return loss;
	loss = kzalloc(sizeof(*loss), VNENCAP_PIECE_GFP);
	if (!loss) {
		vnencap_endpoint_give_piece(endpoint, true);
		return NULL;
	}
	spin_lock_init(&loss->lock);
	loss->due = jiffies;
	loss->until = jiffies;
	old = cmpxchg(&endpoint->loss, NULL, loss);
	if (!old)
		return loss;
	kfree(loss);
	vnencap_endpoint_give_piece(endpoint, false);
	return old;
}

/* Other CPUs read and write it, with each frame: it is moved on a few times a second, and
 * not each jiffy. So it may come a little early.
 */
static void set_time(unsigned long *time, unsigned long after)
{
	unsigned long then = jiffies + after;

	if (then - READ_ONCE(*time) > after / 64)
		WRITE_ONCE(*time, then);
}

/**
 * vnencap_loss_hear - an endpoint asks, or tells
 * @endpoint: the endpoint
 * @report: what a frame of it says, not 0, see wire/report.h
 *
 * Context: softirq, in RCU.
 */
void vnencap_loss_hear(struct vnencap_endpoint *endpoint, u8 report)
{
	struct vnencap_loss *loss = loss_of(endpoint);
	u8 level = report & VNENCAP_REPORT_LEVEL;

	if (!loss)
		return;
	if (report & VNENCAP_REPORT_ASK) {
		set_time(&loss->asked, ASKED_FOR);
		if (!READ_ONCE(loss->asks))
			WRITE_ONCE(loss->asks, true);
	}
	if (!level || level < told_now(loss))
		return;
	set_time(&loss->until, TOLD_FOR);
	if (READ_ONCE(loss->told) != level)
		WRITE_ONCE(loss->told, level);
}

/* Take what was counted of an endpoint since it was last measured. What it sent before
 * it asked is of no interest.
 */
static void take_counts(struct vnencap_endpoint *endpoint,
			struct vnencap_loss *loss)
{
	u64 segments, lost;

	vnencap_traffic_losses(endpoint, &segments, &lost);
	if (loss->segments) {
		loss->recent_segments += (segments - loss->segments) * FRACTIONS;
		loss->recent_lost += (lost - loss->lost) * FRACTIONS;
	}
	loss->segments = segments;
	loss->lost = lost;
}

/* Of a million segments so many */
static u32 rate(const struct vnencap_loss *loss)
{
	u64 segments = max(loss->recent_segments, SEGMENTS_LEAST * FRACTIONS);

	return div64_u64(min(loss->recent_lost, segments) * 1000000, segments);
}

static void fade(struct vnencap_loss *loss, unsigned long times)
{
	/* after so many there is nothing left */
	for (times = min(times, 128UL); times; times--) {
		loss->recent_segments -= loss->recent_segments >> FADE_SHIFT;
		loss->recent_lost -= loss->recent_lost >> FADE_SHIFT;
	}
}

/* Where it is late, what was counted meanwhile may be long ago. */
static void measure(struct vnencap_endpoint *endpoint,
		    struct vnencap_loss *loss)
{
	fade(loss, 1);
	take_counts(endpoint, loss);
	fade(loss, (jiffies - loss->due) / MEASURE_EVERY);
	WRITE_ONCE(loss->here, rate(loss));
	WRITE_ONCE(loss->asks, is_ahead(READ_ONCE(loss->asked), ASKED_FOR));
	WRITE_ONCE(loss->due, jiffies + MEASURE_EVERY);
}

static bool is_due(const struct vnencap_loss *loss)
{
	return !is_ahead(READ_ONCE(loss->due), MEASURE_EVERY);
}

/**
 * vnencap_loss_measure - measure the loss of what an endpoint sends, if it asks
 * @endpoint: the endpoint
 * @loss: the same endpoint's
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: the level that it is to be told.
 */
u8 vnencap_loss_measure(struct vnencap_endpoint *endpoint,
			struct vnencap_loss *loss)
{
	if (!READ_ONCE(loss->asks))
		return 0;
	if (is_due(loss) && spin_trylock(&loss->lock)) {
		if (is_due(loss))
			measure(endpoint, loss);
		spin_unlock(&loss->lock);
	}
	return vnencap_report_level(READ_ONCE(loss->here));
}

/**
 * vnencap_loss_here - of what an endpoint sent lately, how much was lost
 * @loss: that of an endpoint
 *
 * Context: any.
 * Return: of a million segments so many.
 */
u32 vnencap_loss_here(const struct vnencap_loss *loss)
{
	return READ_ONCE(loss->here);
}

/**
 * vnencap_loss_there - of what is sent to an endpoint, how much was lost
 * @loss: that of the endpoint
 *
 * Context: any.
 * Return: of a million segments so many at least, as the endpoint tells.
 */
u32 vnencap_loss_there(const struct vnencap_loss *loss)
{
	return vnencap_report_least[told_now(loss)];
}
