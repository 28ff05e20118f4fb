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
#include <linux/minmax.h>
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

/* How many frames of a device can be under way at a time, each of another flow:
 * so many for each CPU, but no more than that
 */
#define PLACES_PER_CPU	128
#define PLACES_MAX	512U

/**
 * struct place - a frame of which some has come, in order
 * @lock: guards what follows
 * @vn: the device that the place is one of
 * @taken: there is such a frame
 * @name: from vnencap_recent_name()
 * @word: the option's word, the same in each of the frame's runs
 * @win: the window, the same in each of them
 * @next: wire offset that the next run begins at
 * @wire: bytes of the frame's wire payload
 * @expires: when the rest of the frame is given up, in jiffies
 * @timer: set for then, or for an earlier frame's time
 * @source: the host that the frame comes from
 * @meta: the frame's metadata
 */
struct place {
	spinlock_t lock;	/* all of the place */
	struct vnencap_dev *vn;
	bool taken;
	u64 name;
	__be32 word;
	__be16 win;
	u32 next;
	u32 wire;
	unsigned long expires;
	struct timer_list timer;
	struct vnencap_addr source;
	struct vnencap_meta meta;
} ____cacheline_aligned;

/**
 * struct vnencap_places - the places of a device
 * @bits: the logarithm of how many there are
 * @place: the places
 */
struct vnencap_places {
	unsigned int bits;
	struct place place[];
};

static struct place *place_of(const struct vnencap_dev *vn, u64 name)
{
	struct vnencap_places *places = vn->places;

	return &places->place[hash_64(name, places->bits)];
}

static bool is_of(const struct place *p, const struct vnencap_run *run,
		  u64 name)
{
	return p->taken && p->name == name && p->word == run->seg.word &&
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
	p->taken = false;
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
		vnencap_recent_add(vn, p->name, true);
		if (likely(!err || err == -ENODATA))
			vnencap_count(vn, RX_FRAMES_WHOLE);
	}
	return err;
}

/* Return: as vnencap_order_add(). */
static int take_first(struct place *p, struct sk_buff *skb,
		      const struct vnencap_run *run, u64 name)
{
	struct vnencap_dev *vn = p->vn;
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
	p->taken = true;
	p->name = name;
	p->word = run->seg.word;
	p->win = run->seg.win;
	p->source = vnencap_outer_source(skb);
	p->expires = jiffies + vnencap_limits_timeout(vn->net);
	/* most frames are complete by then: the timer is left as it is */
	timer_reduce(&p->timer, p->expires);
	vnencap_recent_add(vn, name, false);
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
	struct place *p = place_of(vn, name);
	int err = -EAGAIN;

	spin_lock(&p->lock);
	if (is_of(p, run, name))
		err = likely(is_next(p, run)) ? take_next(p, skb, run) :
						move_to_reasm(p, skb, run);
	else if (!p->taken && !run->seg.offset &&
		 !vnencap_recent_seen(vn, name))
		err = take_first(p, skb, run, name);
	spin_unlock(&p->lock);
	return err;
}

/* The rest of a frame has not come in time. */
static void give_up(struct place *p)
{
	u16 segsz = vnencap_option_segsz(p->win);

	vnencap_pending_count_lost(p->vn, &p->source,
				   DIV_ROUND_UP(p->wire - p->next, segsz),
				   p->next / segsz);
	vnencap_count(p->vn, RX_FRAMES_PARTIAL);
	leave(p);
}

/* The timer of a place. It may have been set for a frame that was there before.
 */
static void expire(struct timer_list *t)
{
	struct place *p = container_of(t, struct place, timer);

	rcu_read_lock();
	spin_lock(&p->lock);
	if (p->taken && time_after_eq(jiffies, p->expires))
		give_up(p);
	if (p->taken)
		timer_reduce(t, p->expires);
	spin_unlock(&p->lock);
	rcu_read_unlock();
}

/**
 * vnencap_order_init - make the places of a device
 * @vn: the device
 *
 * Their memory is charged to whoever makes the device.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int vnencap_order_init(struct vnencap_dev *vn)
{
	unsigned int bits = order_base_2(min(PLACES_PER_CPU *
					     num_possible_cpus(), PLACES_MAX));
	struct vnencap_places *places;
	struct place *p;

	places = kvzalloc(struct_size(places, place, 1U << bits),
			  GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!places)
		return -ENOMEM;
	places->bits = bits;
	for (p = places->place; p < &places->place[1U << bits]; p++) {
		spin_lock_init(&p->lock);
		timer_setup(&p->timer, expire, 0);
		p->vn = vn;
	}
	vn->places = places;
	return 0;
}

/**
 * vnencap_order_destroy - forget the frames of a device, and free its places
 * @vn: the device; it receives nothing any more, and has its mappings still
 *
 * Context: process.
 */
void vnencap_order_destroy(struct vnencap_dev *vn)
{
	struct vnencap_places *places = vn->places;
	struct place *p;

	for (p = places->place; p < &places->place[1U << places->bits]; p++) {
		/* a timer that goes off now finds nothing to be set for again
		 */
		spin_lock_bh(&p->lock);
		leave(p);
		spin_unlock_bh(&p->lock);
		timer_delete_sync(&p->timer);
	}
	kvfree(places);
}
