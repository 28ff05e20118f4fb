// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of frames of which only parts have arrived. It is made of the
 * kernel's own fragment queues (inet_frag), with their limits and timers; there
 * is one for each network namespace. Where a namespace or a peer has too much
 * in it, its oldest frame is given up. What is missing of a frame that is given
 * up is counted.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/inet_frag.h>
#include <net/ipv6.h>

#include "compat.h"
#include "lower/lower.h"
#include "rx/limits.h"
#include "rx/pending.h"
#include "rx/quota.h"
#include "rx/recent.h"
#include "rx/run.h"
#include "rx/source.h"
#include "rx/train.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/frame.h"
#include "wire/option.h"
#include "wire/outer.h"

/* How many frames a packet may cause to be given up: so many, and one more for so many
 * bytes that it has itself
 */
#define EVICTIONS_LEAST	2
#define EVICTION_BYTES	2048

/* What each VNI may have that waits, and each host there, whatever others have, in bytes */
#define LEAST		(64L << 10)

/**
 * struct frame_key - what tells a frame from others, in inet_frag's key
 * @saddr: the host that it comes from; of IPv4, the mapped address
 * @daddr: the address that it comes to; of IPv6, both halves of it, xored: only
 *	its sender could have two of its own frames meet by that
 * @word: of the option: VNI, class, slots
 * @id: frame id
 * @lower_ifindex: the lower device of the device that it is for; 0 for none
 * @source: source port. All segments of a frame have the same, and so come by
 *	the same queue of a NIC: nobody can make CPUs spin for one frame's lock.
 * @zero: the key is compared as bytes
 */
struct frame_key {
	struct in6_addr saddr;
	__be64 daddr;
	__be32 word;
	u32 id;
	int lower_ifindex;
	__be16 source;
	u16 zero;
};

static struct vnencap_pending *queue_of(struct inet_frag_queue *q)
{
	return container_of(q, struct vnencap_pending, q);
}

static u32 key_hash(const void *data, u32 len, u32 seed)
{
	return jhash2(data, sizeof(struct frame_key) / sizeof(u32), seed);
}

static u32 object_hash(const void *data, u32 len, u32 seed)
{
	const struct inet_frag_queue *q = data;

	return key_hash(&q->key, len, seed);
}

static int object_cmp(struct rhashtable_compare_arg *arg, const void *object)
{
	const struct inet_frag_queue *q = object;

	return memcmp(&q->key, arg->key, sizeof(struct frame_key));
}

static void queue_init(struct inet_frag_queue *q, const void *key)
{
	BUILD_BUG_ON(sizeof(struct frame_key) > sizeof(q->key));

	memcpy(&q->key, key, sizeof(struct frame_key));
	vnencap_sorted_init(&queue_of(q)->waiting);
	vnencap_sorted_init(&queue_of(q)->train.waiting);
	INIT_LIST_HEAD(&queue_of(q)->wait.list);
}

/**
 * vnencap_pending_keep - put a run in its place among those that wait
 * @fq: its frame, entered
 * @skb: the run, data at the outer header; it is the frame's now
 * @run: its headers
 *
 * Context: softirq, the frame's lock held.
 */
void vnencap_pending_keep(struct vnencap_pending *fq, struct sk_buff *skb,
			  const struct vnencap_run *run)
{
	vnencap_sorted_add(&fq->waiting, skb, run->seg.offset);
	vnencap_quota_charge(&fq->wait, skb->truesize);
}

/**
 * vnencap_pending_take - take a run out of those that wait
 * @fq: its frame
 * @skb: one of @fq's; it is the caller's now
 *
 * Context: any but hard interrupts, the frame's lock held, or the frame's last
 * reference.
 */
void vnencap_pending_take(struct vnencap_pending *fq, struct sk_buff *skb)
{
	vnencap_sorted_take(&fq->waiting, skb);
	vnencap_quota_charge(&fq->wait, -(long)skb->truesize);
}

static void waiting_purge(struct vnencap_pending *fq)
{
	struct sk_buff *skb;

	while ((skb = vnencap_sorted_first(&fq->waiting))) {
		vnencap_pending_take(fq, skb);
		kfree_skb(skb);
	}
	vnencap_train_purge(&fq->train, &fq->wait);
	vnencap_repair_free(fq);
}

static void queue_destroy(struct inet_frag_queue *q)
{
	struct vnencap_pending *fq = queue_of(q);

	waiting_purge(fq);
	vnencap_quota_forget(&fq->wait, sizeof(*fq));
}

/**
 * vnencap_pending_kill - take a frame out of the table
 * @fq: the frame
 * @refs: references that the caller is to give up, the table's are added
 *
 * Context: softirq, the frame's lock held.
 */
void vnencap_pending_kill(struct vnencap_pending *fq, int *refs)
{
	vnencap_quota_leave(&fq->wait, sizeof(*fq));
	compat_frag_kill(&fq->q, refs);
}

static u32 key_vni(const struct frame_key *key)
{
	return be32_to_cpu(key->word) & VNENCAP_WORD_VNI;
}

/* The device that a frame was for, if it is still there */
static struct vnencap_dev *queue_device(const struct vnencap_pending *fq)
{
	const struct frame_key *key = (const void *)&fq->q.key;
	const struct vnencap_substrate *s;

	s = vnencap_substrate_of(fq->q.fqdir->net);
	return s ? vnencap_substrate_on(s, key->lower_ifindex, key_vni(key)) :
		   NULL;
}

static struct vnencap_addr key_source(const struct frame_key *key)
{
	struct vnencap_addr source = { .family = AF_INET6, .ip6 = key->saddr };

	if (ipv6_addr_v4mapped(&key->saddr)) {
		source.family = AF_INET;
		source.ip4 = key->saddr.s6_addr32[3];
	}
	return source;
}

/**
 * vnencap_pending_count_lost - count what is missing of a frame, as lost
 * @vn: the device that it was for
 * @source: the host that it came from, for which it is counted, too
 * @segments: how many are missing
 * @came: how many came
 *
 * Context: softirq, in RCU.
 */
void vnencap_pending_count_lost(struct vnencap_dev *vn,
				const struct vnencap_addr *source,
				unsigned int segments, unsigned int came)
{
	vnencap_count_add(vn, RX_SEGMENTS_LOST, segments);
	vnencap_source_count_lost(vn, source, segments, came);
}

/* From now on so many segments are taken for lost, until they come, or until the frame
 * is given up.
 */
static void set_missed(struct vnencap_dev *vn, struct vnencap_pending *fq,
		       unsigned int n)
{
	struct vnencap_addr source = key_source((const void *)&fq->q.key);

	vnencap_source_count_missing(vn, &source, (int)n - fq->missed);
	fq->missed = n;
}

/* Segments that are missing before the last that came, but no more than came: see
 * VNENCAP_TRAFFIC_LOSS.
 */
static unsigned int count_missing(const struct vnencap_pending *fq)
{
	unsigned int came = bitmap_weight(fq->got, VNENCAP_SEGMENTS_MAX);

	return came ? min_t(unsigned int, came,
			    find_last_bit(fq->got, VNENCAP_SEGMENTS_MAX) + 1 - came) : 0;
}

/* Did nothing come that is behind a segment that did not? */
static bool in_order(const struct vnencap_pending *fq)
{
	unsigned int first = find_first_zero_bit(fq->got, VNENCAP_SEGMENTS_MAX);

	return find_next_bit(fq->got, VNENCAP_SEGMENTS_MAX, first) >=
	       VNENCAP_SEGMENTS_MAX;
}

/**
 * vnencap_pending_note_missing - take for lost what is missing, until it comes
 * @vn: the device that the frame is for
 * @fq: the frame, in the table
 *
 * The loss is measured by it: whoever waited for the frame's end, or for its time to
 * be up, would tell of it too late.
 *
 * Context: softirq, in RCU, the frame's lock held.
 */
void vnencap_pending_note_missing(struct vnencap_dev *vn,
				  struct vnencap_pending *fq)
{
	unsigned int n;

	if (!fq->missed && in_order(fq))
		return;
	n = fq->known ? count_missing(fq) : 0;
	if (n != fq->missed)
		set_missed(vn, fq, n);
}

/* Count what is missing of a frame whose metadata is known. */
static void count_lost(struct vnencap_dev *vn, struct vnencap_pending *fq)
{
	struct vnencap_addr source = key_source((const void *)&fq->q.key);
	const struct vnencap_frame *f = &fq->seg.frame;
	u32 wire = vnencap_frame_wire_len(f, fq->meta.payload);
	unsigned int got = bitmap_weight(fq->got, VNENCAP_SEGMENTS_MAX);

	if (fq->missed)
		set_missed(vn, fq, 0);
	vnencap_pending_count_lost(vn, &source,
				   DIV_ROUND_UP(wire, f->segsz) - got, got);
}

static void count_beyond_repair(struct vnencap_dev *vn,
				const struct vnencap_pending *fq)
{
	struct vnencap_addr source = key_source((const void *)&fq->q.key);

	vnencap_count(vn, RX_BEYOND_REPAIR);
	vnencap_source_count(vn, &source, VNENCAP_A_TRAFFIC_RX_BEYOND_REPAIR,
			     1);
}

/* Count a frame that is not waited for any more. */
static void count_given_up(struct vnencap_dev *vn, struct vnencap_pending *fq)
{
	if (vnencap_pending_whole(fq))
		return;
	if (fq->seg.parity)
		count_beyond_repair(vn, fq);
	if (fq->known)
		count_lost(vn, fq);
	else
		vnencap_drop(vn, NULL, RX_META_LOST);
	if (fq->known && fq->seg.class != VNENCAP_ATOMIC)
		vnencap_count(vn, RX_FRAMES_PARTIAL);
	if (!vnencap_sorted_empty(&fq->waiting) ||
	    !vnencap_sorted_empty(&fq->train.waiting))
		vnencap_drop(vn, NULL, RX_TIMEOUTS);
}

/* Who hands up what was held back: reasm.c */
static const struct vnencap_pending_ops *held_ops;

/* A frame has waited for as long as it may. */
static void give_up(struct vnencap_pending *fq, struct vnencap_dev *vn,
		    int *refs)
{
	vnencap_pending_kill(fq, refs);
	if (vn)
		count_given_up(vn, fq);
	waiting_purge(fq);
}

/* Runs that wait for nothing but parity are handed up, not given up. */
static void release_held(struct vnencap_pending *fq, struct vnencap_dev *vn,
			 struct sk_buff_head *ready)
{
	if (vnencap_pending_held(fq) && netif_running(vn->dev))
		held_ops->release(vn, fq, ready);
}

/* Is the frame's own time not up yet? The timer was set to hand up what was held. */
static bool goes_on(const struct vnencap_pending *fq)
{
	return fq->wait.party.quota && time_before(jiffies, fq->expires);
}

/* A frame's timer. Where the frame goes on, the timer does, with its reference. */
static void expire(struct vnencap_pending *fq, struct vnencap_dev *vn,
		   struct sk_buff_head *ready, int *refs)
{
	if (vn)
		release_held(fq, vn, ready);
	if (vn && goes_on(fq)) {
		mod_timer(&fq->q.timer, fq->expires);
		*refs = 0;
	} else {
		give_up(fq, vn, refs);
	}
}

/* inet_frag's timer */
static void queue_expire(struct timer_list *t)
{
	struct inet_frag_queue *q = compat_timer_queue(t);
	struct vnencap_pending *fq = queue_of(q);
	struct sk_buff_head ready;
	struct vnencap_dev *vn;
	int refs = 1;

	__skb_queue_head_init(&ready);
	rcu_read_lock();
	if (READ_ONCE(q->fqdir->dead))
		goto out;
	spin_lock(&q->lock);
	vn = queue_device(fq);
	if (!(q->flags & INET_FRAG_COMPLETE))
		expire(fq, vn, &ready, &refs);
	spin_unlock(&q->lock);
	if (!skb_queue_empty(&ready))
		held_ops->hand_up(vn, &ready);
out:
	rcu_read_unlock();
	compat_frag_put(q, refs);
}

static struct inet_frags frames = {
	.qsize = sizeof(struct vnencap_pending),
	.constructor = queue_init,
	.destructor = queue_destroy,
	.frag_expire = queue_expire,
	.frags_cache_name = "vnencap_frames",
	.rhash_params = {
		.head_offset = offsetof(struct inet_frag_queue, node),
		.hashfn = key_hash,
		.obj_hashfn = object_hash,
		.obj_cmpfn = object_cmp,
		.automatic_shrinking = true,
	},
};

static void key_addresses(struct frame_key *key, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	const struct iphdr *iph = (const struct iphdr *)skb->data;

	if (iph->version == 4) {
		ipv6_addr_set_v4mapped(iph->saddr, &key->saddr);
		key->daddr = (__force __be64)(u64)(__force u32)iph->daddr;
	} else {
		const __be64 *half = (const __be64 *)&ip6h->daddr;

		key->saddr = ip6h->saddr;
		key->daddr = get_unaligned(half) ^ get_unaligned(half + 1);
	}
}

static __be16 source_port(const struct sk_buff *skb)
{
	const struct vnencap_segment_hdr *hdr;

	hdr = (const void *)skb->data + vnencap_outer_len(skb);
	return hdr->tcp.source;
}

/* The frame that a run belongs to. Where none waits one is made, unless the
 * namespace has no room.
 */
static struct vnencap_pending *queue_find(struct vnencap_limits *limits,
					  const struct vnencap_dev *vn,
					  const struct sk_buff *skb,
					  const struct vnencap_segment *seg)
{
	struct frame_key key = {
		.word = seg->word,
		.id = seg->id,
		.lower_ifindex = vn->lower_ifindex,
		.source = source_port(skb),
	};
	struct inet_frag_queue *q;

	key_addresses(&key, skb);
	q = inet_frag_find(limits->fqdir, &key);
	return q ? queue_of(q) : NULL;
}

/* Give up the oldest frame of a host that has too many in a VNI. Return: false where it
 * has none there.
 */
static bool evict_oldest(struct vnencap_quota *quota)
{
	struct vnencap_dev *vn = NULL;
	struct vnencap_pending *fq;
	struct sk_buff_head ready;
	int refs = 1;

	__skb_queue_head_init(&ready);
	spin_lock(&quota->lock);
	list_for_each_entry(fq, &quota->frames, wait.list)
		if (refcount_inc_not_zero(&fq->q.refcnt))
			goto found;
	spin_unlock(&quota->lock);
	return false;

found:
	spin_unlock(&quota->lock);
	/* The frame leaves its peer in any case. One that its namespace is
	 * about to free is left as it is, and must not be found here again.
	 */
	vnencap_quota_leave(&fq->wait, sizeof(*fq));
	spin_lock(&fq->q.lock);
	if (!(fq->q.flags & INET_FRAG_COMPLETE) &&
	    !READ_ONCE(fq->q.fqdir->dead)) {
		vn = queue_device(fq);
		if (vn)
			release_held(fq, vn, &ready);
		vnencap_pending_kill(fq, &refs);
		if (vn && !vnencap_pending_whole(fq)) {
			count_given_up(vn, fq);
			vnencap_drop(vn, NULL, RX_OVER_LIMIT);
		}
		waiting_purge(fq);
	}
	spin_unlock(&fq->q.lock);
	compat_frag_put(&fq->q, refs);
	if (!skb_queue_empty(&ready))
		held_ops->hand_up(vn, &ready);
	return true;
}

/* May a host have more that waits in a VNI? A VNI may have as much as is left: half of
 * all where it is alone. Of that a host may have half of what the VNI may still have
 * (each byte more there is one less that is left): a sixth of all where it is alone. And
 * of what is the host's in all VNIs, eight times what is left: nearly all where it is
 * the only one, half of it each where there are two. So some is left for a host or a VNI
 * that comes next, and nobody has to be counted (Choudhury and Hahne, "Dynamic queue
 * length thresholds").
 */
static bool has_room(const struct vnencap_limits *limits,
		     const struct vnencap_party *party)
{
	long all = min_t(unsigned long, LONG_MAX,
			 READ_ONCE(limits->fqdir->high_thresh));
	long most = min_t(unsigned long, LONG_MAX,
			  READ_ONCE(limits->peer_thresh));
	long left = all - (long)frag_mem_limit(limits->fqdir);
	long own = atomic_long_read(&party->quota->bytes);
	long vni = atomic_long_read(party->vni);

	return own <= most && vni <= max(left, LEAST) &&
	       own <= max((left - vni) / 2 / 2, LEAST) &&
	       (own <= LEAST ||
		own / 8 <= most - atomic_long_read(party->host));
}

/* Give up old frames of a host in a VNI where it has too many there. What a packet may
 * cost is bounded: where the limit has been lowered by much, the next packets go on.
 * Return: false where it has too many still, or others of its VNI.
 */
static bool make_room(const struct vnencap_limits *limits,
		      const struct vnencap_party *party, u32 bytes)
{
	unsigned int left = EVICTIONS_LEAST + bytes / EVICTION_BYTES;

	while (!has_room(limits, party))
		if (!left-- || !evict_oldest(party->quota))
			return false;
	return true;
}

/**
 * vnencap_pending_find - the frame that a run belongs to, found or made
 * @vn: the device that the run is for
 * @party: whose it is
 * @skb: the run, or parity of the frame, data at the outer header
 * @seg: what the header of the frame's segments says
 *
 * Older frames of the host in the VNI are given up where it has too many there, or
 * the namespace.
 *
 * Context: softirq, in RCU.
 * Return: the frame, with compat_frag_refs_found() references taken, or NULL
 * where there is no room.
 */
struct vnencap_pending *vnencap_pending_find(const struct vnencap_dev *vn,
					     const struct vnencap_party *party,
					     const struct sk_buff *skb,
					     const struct vnencap_segment *seg)
{
	struct vnencap_limits *limits = vnencap_limits_of(vn->net);
	struct vnencap_pending *fq;

	if (!make_room(limits, party, skb->len))
		return NULL;
	fq = queue_find(limits, vn, skb, seg);
	if (!fq && evict_oldest(party->quota))
		fq = queue_find(limits, vn, skb, seg);
	return fq;
}

/**
 * vnencap_pending_enter - count a frame for the host that it comes from, and its VNI
 * @fq: the frame; it may have entered before
 * @party: whose it is
 *
 * Context: softirq, the frame's lock held.
 */
void vnencap_pending_enter(struct vnencap_pending *fq,
			   const struct vnencap_party *party)
{
	if (fq->wait.party.quota)
		return;
	fq->expires = fq->q.timer.expires;
	fq->wait.fqdir = fq->q.fqdir;
	vnencap_quota_enter(party, &fq->wait, sizeof(*fq));
}

/**
 * vnencap_pending_init - make the tables of waiting frames
 * @ops: what is done with runs that are held back too long
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int vnencap_pending_init(const struct vnencap_pending_ops *ops)
{
	int err;

	held_ops = ops;
	vnencap_recent_init();
	err = inet_frags_init(&frames);
	if (err)
		return err;
	err = vnencap_limits_init(&frames);
	if (err)
		inet_frags_fini(&frames);
	return err;
}

/**
 * vnencap_pending_exit - free the tables, with all that still waits
 *
 * Context: process; nothing is received any more.
 */
void vnencap_pending_exit(void)
{
	vnencap_limits_exit();
	inet_frags_fini(&frames);
}
