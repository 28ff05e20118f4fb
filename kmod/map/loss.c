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
 * it makes a level of that. Frames of which no segment came are not seen, but for small
 * packets, where their ids tell of it (map/gap.c).
 *
 * TCP gives way within some round trips. So a loss that begins is to be told before what
 * is counted over a second shows it: after some hundredths of a second, as far as so few
 * segments can tell it from chance.
 *
 * What is told to be more counts at once. What is told to be less counts slowly, a level
 * at a time, and where none is told any more, the last of it is remembered: the path that
 * lost segments for long may do so again. But a queue that ran over for a moment is soon
 * forgotten, and a loss that comes back is told in no time.
 */
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "map/loss.h"
#include "map/traffic.h"
#include "wire/parity.h"

/* How often loss is measured; how much each time what was before counts less */
#define MEASURE_EVERY	(HZ / 8)
#define FADE_SHIFT	3
/* After so many times without, what was measured is forgotten. */
#define LONG_AGO	24
/* How soon after a segment was missed, and by how many that came since the last time */
#define LOOK_AFTER	DIV_ROUND_UP(HZ, 50)
#define LOOK_AT_LEAST	100
/* Of fewer segments than this, one that is lost says little. */
#define SEGMENTS_LEAST	200ULL
/* Sums are in fractions of a segment, for they fade. */
#define FRACTIONS	256U
/* Who has not asked for so long is told no more. */
#define ASKED_FOR	(10 * HZ)
/* For how long what an endpoint told is as good as new. Then it is remembered as a level
 * less: so many times as long as there was some loss, within these. Then it is another level
 * less each step.
 */
#define TOLD_FRESH	(HZ / 2)
#define TOLD_TIMES	8
#define TOLD_LEAST	(3 * HZ)
#define TOLD_FOR	(10 * HZ)
#define TOLD_STEP(kept)	((kept) * 3 / 10)

/* Parity may be more than is owed, by so many segments in a stretch of time, by the level
 * of loss. A group may have one of them even if all it needs would be too many. If in the
 * stretch before that was too few by far, then what is sent is of many flows, or small
 * packets: it is a fraction, for flows that are many can do with some loss.
 */
#define EXTRA_EVERY	(HZ / 8)
#define EXTRA_FAR	2
#define EXTRA_FRACTION	4
static const u16 extra_most[VNENCAP_REPORT_LEVELS] = {
	0, 100, 150, 250, 400, 600, 800, 800,
};

/* How much parity is owed to what is sent, in percent, by the level of loss */
static const u8 percent[VNENCAP_REPORT_LEVELS] = {
	0, 5, 8, 12, 18, 27, 40, 50,
};

/* The most segments that so many parity segments can follow, from one on, by the level of
 * loss: of a thousand such frames one or less is lost for good, where each segment is
 * lost by chance, in the middle of the level. A short frame needs more for each segment.
 */
static const u8 reach[VNENCAP_REPORT_LEVELS][VNENCAP_PARITY_MAX] = {
	[1] = { 22, 49 },
	[2] = { 7, 30, 49 },
	[3] = { 2, 11, 26, 46, 49 },
	[4] = { 1, 5, 12, 22, 33, 46, 49 },
	[5] = { 0, 2, 5, 10, 15, 21, 28, 35, 43, 49 },
	[6] = { 0, 0, 2, 3, 6, 9, 12, 15, 18, 22, 26, 30 },
	[7] = { 0, 0, 0, 1, 2, 4, 5, 7, 9, 11, 13, 15 },
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
	unsigned long kept = READ_ONCE(loss->kept);
	u8 told = READ_ONCE(loss->told);

	if (is_ahead(until - kept + TOLD_FRESH, TOLD_FRESH))
		return told;
	told -= told > 1;
	if (is_ahead(until, TOLD_FOR))
		return told;
	steps = (jiffies - until) / TOLD_STEP(kept) + 1;
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

/**
 * vnencap_loss_needs - how many parity segments bring back what is lost of a group
 * @level: the level of loss, see wire/report.h
 * @n: segments of the group
 *
 * Context: any.
 * Return: how many, VNENCAP_PARITY_MAX at most.
 */
unsigned int vnencap_loss_needs(u8 level, unsigned int n)
{
	unsigned int r = 0;

	while (level && r < VNENCAP_PARITY_MAX && reach[level][r++] < n)
		;
	return r;
}

/* Who is not to have as much as the loss asks for has as much as he may, or needs. */
static unsigned int wanted(u8 level, unsigned int n, u8 most_percent)
{
	unsigned int needs = vnencap_loss_needs(level, n);

	return most_percent < percent[level] ?
	       min(DIV_ROUND_UP(n * most_percent, 100), needs) : needs;
}

/* Is it time for another stretch? Then what was wished for decides on it. One CPU begins
 * it.
 */
static void begin_stretch(struct vnencap_loss *loss, unsigned int most)
{
	u32 now = jiffies / EXTRA_EVERY, at = READ_ONCE(loss->extra_at);
	unsigned int wished;

	if (likely(at == now) || cmpxchg(&loss->extra_at, at, now) != at)
		return;
	wished = atomic_xchg(&loss->wished, 0);
	WRITE_ONCE(loss->many, now - at == 1 && wished > most * EXTRA_FAR);
	atomic_set(&loss->extra, 0);
}

/* Take so many of what there may be in this stretch of time, or none. */
static bool take_all(struct vnencap_loss *loss, unsigned int n, int most)
{
	if (atomic_add_return(n, &loss->extra) <= most)
		return true;
	atomic_sub(n, &loss->extra);
	return false;
}

/* Take parity segments that are not owed, to have @want. Return: how many there are. */
static unsigned int take_extra(struct vnencap_loss *loss, u8 level,
			       unsigned int owed, unsigned int want)
{
	unsigned int most = extra_most[level];

	begin_stretch(loss, most);
	atomic_add(want - owed, &loss->wished);
	if (READ_ONCE(loss->many))
		most /= EXTRA_FRACTION;
	if (take_all(loss, want - owed, most))
		return want;
	return owed ?: take_all(loss, 1, most);
}

/**
 * vnencap_loss_count - how many parity segments a group is to be followed by
 * @endpoint: where it goes
 * @n: segments of the group
 * @percent: parity to a hundred of them, from vnencap_loss_fec() or less
 * @most: the most that it may have
 *
 * What many short frames need would be several times as much as the loss asks for. So
 * what is less than one is owed, and comes with a later frame. But a connection whose
 * window is small has short frames, and can open it only if they arrive: so some
 * parity segments a second are more than are owed. Two CPUs that count at once may owe
 * one more or less.
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: how many; maybe none.
 */
unsigned int vnencap_loss_count(struct vnencap_endpoint *endpoint,
				unsigned int n, u8 percent, unsigned int most)
{
	struct vnencap_loss *loss = READ_ONCE(endpoint->loss);
	unsigned int owed, r;
	u8 level;

	if (!loss)
		return 0;
	level = told_now(loss);
	owed = READ_ONCE(loss->owed) + n * percent;
	r = min(wanted(level, n, percent), most);
	if (r * 100 > owed)
		r = take_extra(loss, level, owed / 100, r);
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
	loss->due = jiffies;
	loss->regular = jiffies;
	loss->until = jiffies;
	loss->kept = TOLD_LEAST;
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

/* An endpoint tells of as much loss as it is known to tell, or more. */
static void take_told(struct vnencap_loss *loss, u8 level)
{
	unsigned long kept;

	if (!told_now(loss))
		WRITE_ONCE(loss->since, jiffies);
	if (READ_ONCE(loss->told) != level)
		WRITE_ONCE(loss->told, level);
	kept = min_t(unsigned long, jiffies - READ_ONCE(loss->since), TOLD_FOR);
	kept = clamp_t(unsigned long, kept * TOLD_TIMES, TOLD_LEAST, TOLD_FOR);
	if (kept / HZ != READ_ONCE(loss->kept) / HZ)
		WRITE_ONCE(loss->kept, kept);
	set_time(&loss->until, READ_ONCE(loss->kept));
}

/* Small packets that ask may have ids that count. */
static void hear_id(struct vnencap_loss *loss, u8 report, u32 id, bool lone)
{
	if (report & VNENCAP_REPORT_ASK && lone && vnencap_gap_counts(id))
		vnencap_gap_hear(&loss->gap, id);
}

/**
 * vnencap_loss_hear - an endpoint asks, or tells
 * @endpoint: the endpoint
 * @report: what a frame of it says, not 0, see wire/report.h
 * @id: of the frame
 * @lone: it is a packet that is not to be segmented
 *
 * Context: softirq, in RCU.
 */
void vnencap_loss_hear(struct vnencap_endpoint *endpoint, u8 report, u32 id,
		       bool lone)
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
	hear_id(loss, report, id, lone);
	if (level && level >= told_now(loss))
		take_told(loss, level);
}

/**
 * vnencap_loss_refused - a frame of an endpoint came, and was refused
 * @endpoint: the endpoint
 * @report: what it says, see wire/report.h
 * @id: its id
 * @lone: it is a packet that is not to be segmented
 *
 * Context: softirq, in RCU.
 */
void vnencap_loss_refused(struct vnencap_endpoint *endpoint, u8 report, u32 id,
			  bool lone)
{
	struct vnencap_loss *loss = READ_ONCE(endpoint->loss);

	if (loss)
		hear_id(loss, report, id, lone);
}

/* What was counted of an endpoint since it was last measured, or of how many segments
 * those were lost, which may have been sent before; or how many segments came after all
 * that had been measured as lost
 */
struct counted {
	u64 segments;
	u64 of;
	u64 lost;
	u64 came;
};

/* What it sent before it asked is of no interest. */
static struct counted count_since(struct vnencap_endpoint *endpoint,
				  struct vnencap_loss *loss)
{
	u64 segments, lost;
	s64 more;

	vnencap_traffic_losses(endpoint, &segments, &lost);
	segments += loss->gap.lost;
	lost += loss->gap.lost;
	if (!loss->segments) {
		loss->segments = segments;
		loss->lost = lost;
	}
	more = lost - loss->lost;
	return (struct counted){
		.segments = segments - loss->segments,
		.of = max_t(u64, segments - loss->segments, loss->gap.sent),
		.lost = max(more, 0LL),
		.came = max(-more, 0LL),
	};
}

static void take_counts(struct vnencap_loss *loss, const struct counted *c)
{
	loss->segments += c->segments;
	loss->lost += c->lost;
	loss->recent_segments += c->of * FRACTIONS;
	loss->recent_lost += c->lost * FRACTIONS;
}

static u32 of_million(u64 lost, u64 segments)
{
	return div64_u64(min(lost, segments) * 1000000, segments);
}

/* Of a million segments so many. What has faded to less than one is over. */
static u32 rate(const struct vnencap_loss *loss)
{
	if (loss->recent_lost < FRACTIONS)
		return 0;
	return of_million(loss->recent_lost,
			  max(loss->recent_segments,
			      SEGMENTS_LEAST * FRACTIONS));
}

/* Of a million segments so many at least, as chance seldom has more than two standard
 * deviations too many. Where losses are rare, that of their number is its root.
 */
static u32 least_rate(const struct counted *c)
{
	unsigned long chance = 2 * int_sqrt(min_t(u64, c->lost, ULONG_MAX));

	if (c->of < LOOK_AT_LEAST || c->lost <= chance)
		return 0;
	return of_million(c->lost - chance, c->of);
}

static void fade(struct vnencap_loss *loss, unsigned long times)
{
	/* after so many there is nothing left */
	for (times = min(times, 128UL); times; times--) {
		loss->recent_segments -= loss->recent_segments >> FADE_SHIFT;
		loss->recent_lost -= loss->recent_lost >> FADE_SHIFT;
	}
}

/* What came although it had been measured as lost makes up for what is lost next: a path
 * that reorders is not one that loses. But for no longer than the measure itself is
 * remembered.
 */
static void forget_came(struct vnencap_loss *loss, u64 came, unsigned long times)
{
	for (; came && times; times--) {
		u64 some = (came + BIT(FADE_SHIFT) - 1) >> FADE_SHIFT;

		loss->lost -= some;
		came -= some;
	}
}

/* Where it is late, what was counted meanwhile may be long ago. What was counted before
 * is no news then: who was told of it may have forgotten it. And what is missing of the
 * small packets that came in a long time may be so for long.
 */
static void measure(struct vnencap_endpoint *endpoint,
		    struct vnencap_loss *loss)
{
	unsigned long late = (jiffies - loss->regular) / MEASURE_EVERY;
	struct counted c;

	if (late >= LONG_AGO)
		vnencap_gap_skip(&loss->gap);
	vnencap_gap_count(&loss->gap);
	c = count_since(endpoint, loss);
	fade(loss, late < LONG_AGO ? 1 : ULONG_MAX);
	take_counts(loss, &c);
	fade(loss, late);
	forget_came(loss, c.came, late + 1);
	WRITE_ONCE(loss->here, max(rate(loss), late ? 0 : least_rate(&c)));
	WRITE_ONCE(loss->asks, is_ahead(READ_ONCE(loss->asked), ASKED_FOR));
	loss->regular = jiffies + MEASURE_EVERY;
}

/* The small packets of the time before are no part of what is looked at. */
static void look(struct vnencap_endpoint *endpoint, struct vnencap_loss *loss)
{
	struct counted c = count_since(endpoint, loss);

	c.of = c.segments;
	WRITE_ONCE(loss->here, max(loss->here, least_rate(&c)));
}

/* It is time to measure, or to look before that. */
static void measure_or_look(struct vnencap_endpoint *endpoint,
			    struct vnencap_loss *loss)
{
	if (is_ahead(loss->regular, MEASURE_EVERY))
		look(endpoint, loss);
	else
		measure(endpoint, loss);
	WRITE_ONCE(loss->due, loss->regular);
}

static bool is_due(const struct vnencap_loss *loss)
{
	return !is_ahead(READ_ONCE(loss->due), MEASURE_EVERY);
}

/**
 * vnencap_loss_note - a segment of an endpoint seems to be lost
 * @endpoint: the endpoint
 *
 * Its loss is looked at soon, if it asks.
 *
 * Context: softirq, in RCU.
 */
void vnencap_loss_note(struct vnencap_endpoint *endpoint)
{
	struct vnencap_loss *loss = READ_ONCE(endpoint->loss);
	unsigned long soon = jiffies + LOOK_AFTER;

	if (loss && READ_ONCE(loss->asks) &&
	    time_before(soon, READ_ONCE(loss->due)))
		WRITE_ONCE(loss->due, soon);
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
	if (is_due(loss) && !test_and_set_bit_lock(0, &loss->measuring)) {
		if (is_due(loss))
			measure_or_look(endpoint, loss);
		clear_bit_unlock(0, &loss->measuring);
	}
	return vnencap_report_level(READ_ONCE(loss->here));
}

/**
 * vnencap_loss_here - of what an endpoint sent lately, how much was lost
 * @loss: that of an endpoint
 *
 * Context: any.
 * Return: of a million segments so many; 0 when it has not asked for long.
 */
u32 vnencap_loss_here(const struct vnencap_loss *loss)
{
	if (!is_ahead(READ_ONCE(loss->asked), ASKED_FOR))
		return 0;
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
