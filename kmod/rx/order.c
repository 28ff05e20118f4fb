// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of streams whose runs come one after the other, from the first on.
 * Long frames mostly come so. Nothing of such a frame has to be kept but the
 * metadata and where the next run begins: a place here, which costs little. As
 * soon as another run comes than the next one, the frame moves to reasm.c. A
 * frame that finds its place taken goes to reasm.c from the start.
 */
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "compat.h"
#include "rx/limits.h"
#include "rx/order.h"
#include "rx/pending.h"
#include "rx/reasm.h"
#include "rx/recent.h"
#include "rx/restore.h"
#include "rx/run.h"
#include "rx/verify.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/meta.h"
#include "wire/outer.h"

/* How many frames can be under way at a time, each of another flow, for each
 * CPU
 */
#define PLACES_PER_CPU	128

/**
 * struct place - a frame of which some has come, in order
 * @lock: guards what follows
 * @vn: the device that the frame is for; NULL where the place is free
 * @name: from vnencap_recent_name()
 * @word: the option's word, the same in each of the frame's runs
 * @win: the window, the same in each of them
 * @next: wire offset that the next run begins at
 * @wire: bytes of the frame's wire payload
 * @expires: when the rest of the frame is given up, in jiffies
 * @source: the host that the frame comes from
 * @meta: the frame's metadata
 */
struct place {
	spinlock_t lock;	/* all of the place */
	struct vnencap_dev *vn;
	u64 name;
	__be32 word;
	__be16 win;
	u32 next;
	u32 wire;
	unsigned long expires;
	struct vnencap_addr source;
	struct vnencap_meta meta;
} ____cacheline_aligned;

static struct place *places __read_mostly;
static unsigned int places_bits __read_mostly;

static void expire(struct timer_list *t);
static DEFINE_TIMER(timer, expire);

static struct place *place_of(u64 name)
{
	return &places[hash_64(name, places_bits)];
}

static bool is_of(const struct place *p, const struct vnencap_dev *vn,
		  const struct vnencap_run *run, u64 name)
{
	return p->vn == vn && p->name == name && p->word == run->seg.word &&
	       p->win == run->seg.win;
}

/* Is it the next run of the frame, and sound as such? */
static bool is_next(const struct place *p, const struct vnencap_run *run)
{
	return run->seg.offset == p->next && vnencap_run_aligned(run) &&
	       vnencap_run_within(run, p->wire);
}

static void leave(struct place *p)
{
	p->vn = NULL;
}

/* Return: as vnencap_order_add(). */
static int take_next(struct place *p, struct sk_buff *skb,
		     const struct vnencap_run *run)
{
	struct vnencap_dev *vn = p->vn;
	int err = vnencap_restore_run(vn, skb, run, &p->meta);

	p->next = vnencap_run_end(run);
	if (run->seg.last) {
		leave(p);
		vnencap_recent_add(p->name, true);
		if (likely(!err || err == -ENODATA))
			vnencap_count(vn, RX_FRAMES_WHOLE);
	}
	return err;
}

/* Have the timer look at the place in time. It may be set for later, for a
 * frame of a namespace where frames wait longer.
 */
static void timer_begin(const struct place *p)
{
	/* Pairs with the barrier in expire(). Either expire() sees that the
	 * place is taken, or the timer is seen here to have gone off, and is
	 * set anew.
	 */
	smp_mb();
	timer_reduce(&timer, p->expires);
}

/* Return: as vnencap_order_add(). */
static int take_first(struct place *p, struct vnencap_dev *vn,
		      struct sk_buff *skb, const struct vnencap_run *run,
		      u64 name)
{
	int err = vnencap_verify_meta(vn, skb, run, &p->meta);

	if (unlikely(err))
		return err == -ENODATA ? -EAGAIN : err;
	p->wire = vnencap_frame_wire_len(&run->seg.frame, p->meta.payload);
	p->next = 0;
	/* the frame may have to go to reasm.c, which knows of no more segments
	 */
	if (!is_next(p, run) ||
	    p->wire > VNENCAP_SEGMENTS_MAX * run->seg.frame.segsz) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	p->vn = vn;
	p->name = name;
	p->word = run->seg.word;
	p->win = run->seg.win;
	p->source = vnencap_outer_source(skb);
	p->expires = jiffies + vnencap_limits_timeout(vn->net);
	timer_begin(p);
	vnencap_recent_add(name, false);
	return take_next(p, skb, run);
}

/* The run is not the next one, or not sound: reasm.c has to see to the frame.
 */
static int move_to_reasm(struct place *p, const struct sk_buff *skb,
			 const struct vnencap_run *run)
{
	vnencap_reasm_adopt(p->vn, skb, run, &p->meta, p->next);
	leave(p);
	return -EAGAIN;
}

/**
 * vnencap_order_add - take a run of a stream that is not a whole frame
 * @vn: the device
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @name: from vnencap_recent_name()
 *
 * Context: softirq, in RCU.
 * Return: 0 where @skb is an inner packet now, to be handed up; -EAGAIN where
 * it is a run for vnencap_reasm_add(); else negative, and the caller is to free
 * it, see vnencap_deliver_free().
 */
int vnencap_order_add(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_run *run, u64 name)
{
	struct place *p = place_of(name);
	int err = -EAGAIN;

	spin_lock(&p->lock);
	if (is_of(p, vn, run, name))
		err = likely(is_next(p, run)) ? take_next(p, skb, run) :
						move_to_reasm(p, skb, run);
	else if (!p->vn && !run->seg.offset && !vnencap_recent_seen(name))
		err = take_first(p, vn, skb, run, name);
	spin_unlock(&p->lock);
	return err;
}

/* The rest of a frame has not come in time. */
static void give_up(struct place *p)
{
	u16 segsz = vnencap_option_segsz(p->win);

	vnencap_pending_count_lost(p->vn, &p->source,
				   DIV_ROUND_UP(p->wire - p->next, segsz));
	vnencap_count(p->vn, RX_FRAMES_PARTIAL);
	leave(p);
}

/* Return: whether the place is taken still. */
static bool look_at(struct place *p, unsigned long now, unsigned long *next)
{
	bool taken;

	spin_lock(&p->lock);
	if (p->vn && time_after_eq(now, p->expires))
		give_up(p);
	taken = p->vn;
	if (taken && time_before(p->expires, *next))
		*next = p->expires;
	spin_unlock(&p->lock);
	return taken;
}

/* One timer serves all places. It is set as long as any is taken. */
static void expire(struct timer_list *t)
{
	unsigned long now = jiffies, next = now + MAX_JIFFY_OFFSET / 2;
	unsigned int i, taken = 0;

	/* pairs with the barrier in timer_begin() */
	smp_mb();
	rcu_read_lock();
	for (i = 0; i < 1U << places_bits; i++)
		if (READ_ONCE(places[i].vn))
			taken += look_at(&places[i], now, &next);
	rcu_read_unlock();
	if (taken)
		timer_reduce(t, next);
}

/**
 * vnencap_order_forget - forget the frames of a device
 * @vn: the device; it receives nothing any more
 *
 * Context: process.
 */
void vnencap_order_forget(const struct vnencap_dev *vn)
{
	unsigned int i;

	for (i = 0; i < 1U << places_bits; i++) {
		spin_lock_bh(&places[i].lock);
		if (places[i].vn == vn)
			leave(&places[i]);
		spin_unlock_bh(&places[i].lock);
	}
}

/**
 * vnencap_order_init - make room for frames
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int vnencap_order_init(void)
{
	unsigned int i;

	places_bits = order_base_2(PLACES_PER_CPU * num_possible_cpus());
	places = kvcalloc(1U << places_bits, sizeof(*places), GFP_KERNEL);
	if (!places)
		return -ENOMEM;
	for (i = 0; i < 1U << places_bits; i++)
		spin_lock_init(&places[i].lock);
	return 0;
}

/**
 * vnencap_order_exit - free the room
 *
 * Context: process; no device is left.
 */
void vnencap_order_exit(void)
{
	compat_timer_delete_sync(&timer);
	kvfree(places);
}
