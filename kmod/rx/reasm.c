// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of which only parts have arrived: a table on the kernel's own
 * fragment queues (inet_frag), with their limits and timers, one for each
 * network namespace. A run of a stream or a train waits here only until the
 * metadata is known; then the metadata waits for late runs. An atomic packet's runs wait
 * for each other. A frame of which all has arrived is remembered till its time
 * is up, or room is short, to know duplicates by.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/skbuff.h>
#include <linux/sysctl.h>
#include <net/inet_ecn.h>
#include <net/inet_frag.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "compat.h"
#include "lower/lower.h"
#include "map/map.h"
#include "map/traffic.h"
#include "rx/peer.h"
#include "rx/reasm.h"
#include "rx/recent.h"
#include "rx/rx.h"
#include "rx/train.h"
#include "skb/chain.h"
#include "skb/strip.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"
#include "wire/inner.h"
#include "wire/outer.h"

/* Reordering in a substrate is a matter of milliseconds. */
#define TIMEOUT_DEFAULT		(HZ / 5)
/* Bytes in a network namespace, and of those of one peer. A frame of which the
 * metadata is known takes about one KB: 4000 frames of a peer in 200 ms.
 */
#define HIGH_THRESH_DEFAULT	(16 << 20)
#define PEER_THRESH_DEFAULT	(4 << 20)

/* Enough for the key of either family to fit in inet_frag's */
struct frame_key {
	struct in6_addr saddr;
	struct in6_addr daddr;
	__be32 word;	/* of the option: VNI, class, slots */
	u32 id;
	int lower_ifindex;
};

/**
 * struct frame_queue - a frame of which only parts have arrived
 * @q: its place in the table; its lock guards what follows
 * @seg: header of the run that came first
 * @meta: the metadata, where @known
 * @known: a shard has arrived, and was right
 * @ecn: outer ECN fields of an atomic packet's runs, as IPFRAG_ECN_*
 * @bytes: wire payload bytes that have arrived, each counted once
 * @got: the segments that have arrived
 * @waiting: runs that are not handed up yet, by offset; outer headers on
 * @train: of a train, the datagrams that runs had only parts of
 * @wait: its place among the frames of its peer
 */
struct frame_queue {
	struct inet_frag_queue q;
	struct vnencap_segment seg;
	struct vnencap_meta meta;
	bool known;
	u8 ecn;
	u32 bytes;
	DECLARE_BITMAP(got, VNENCAP_SEGMENTS_MAX);
	struct sk_buff_head waiting;
	struct vnencap_train train;
	struct vnencap_wait wait;
};

static unsigned int reasm_net_id;

/**
 * struct reasm_net - what waits in a network namespace
 * @fqdir: the table, with its limits
 * @peer_thresh: bytes that may wait of one peer
 * @sysctl: where both can be set
 */
struct reasm_net {
	struct fqdir *fqdir;
	unsigned long peer_thresh;
	struct ctl_table_header *sysctl;
};

static struct frame_queue *queue_of(struct inet_frag_queue *q)
{
	return container_of(q, struct frame_queue, q);
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
	__skb_queue_head_init(&queue_of(q)->waiting);
	__skb_queue_head_init(&queue_of(q)->train.waiting);
	INIT_LIST_HEAD(&queue_of(q)->wait.list);
}

static void wait_end(struct frame_queue *fq, struct sk_buff *skb)
{
	__skb_unlink(skb, &fq->waiting);
	vnencap_peer_charge(&fq->wait, -(long)skb->truesize);
}

static void waiting_purge(struct frame_queue *fq)
{
	struct sk_buff *skb;

	while ((skb = skb_peek(&fq->waiting))) {
		wait_end(fq, skb);
		kfree_skb(skb);
	}
	vnencap_train_purge(&fq->train, &fq->wait);
}

static void queue_destroy(struct inet_frag_queue *q)
{
	struct frame_queue *fq = queue_of(q);

	waiting_purge(fq);
	vnencap_peer_leave(&fq->wait, sizeof(*fq));
}

/* Take a frame out of the table. */
static void frame_kill(struct frame_queue *fq, int *refs)
{
	vnencap_peer_leave(&fq->wait, sizeof(*fq));
	compat_frag_kill(&fq->q, refs);
}

/* The device that a frame was for, if it is still there */
static struct vnencap_dev *queue_device(const struct frame_queue *fq)
{
	const struct frame_key *key = (const void *)&fq->q.key;
	struct vnencap_lower *lower;
	struct net_device *dev;

	dev = dev_get_by_index_rcu(fq->q.fqdir->net, key->lower_ifindex);
	lower = dev ? vnencap_lower_of(dev) : NULL;
	return lower ? vnencap_lower_find(lower, be32_to_cpu(key->word) &
						 VNENCAP_WORD_VNI) : NULL;
}

static bool all_there(const struct frame_queue *fq)
{
	return fq->known &&
	       fq->bytes == vnencap_frame_wire_len(&fq->seg.frame,
						   fq->meta.payload);
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
 * vnencap_reasm_count_lost - count what is missing of a frame, as lost
 * @vn: the device that it was for
 * @source: the host that it came from, for which it is counted, too
 * @segments: how many are missing
 *
 * Context: softirq, in RCU.
 */
void vnencap_reasm_count_lost(struct vnencap_dev *vn,
			      const struct vnencap_addr *source,
			      unsigned int segments)
{
	struct vnencap_endpoint *endpoint;

	vnencap_count_add(vn, RX_SEGMENTS_LOST, segments);
	endpoint = vnencap_map_endpoint(rcu_dereference(vn->map), source);
	if (!endpoint)
		return;
	vnencap_traffic_add(endpoint, VNENCAP_A_TRAFFIC_RX_FRAMES_PARTIAL, 1);
	vnencap_traffic_add(endpoint, VNENCAP_A_TRAFFIC_RX_SEGMENTS_LOST,
			    segments);
}

/* Of a frame whose metadata is known */
static void count_lost(struct vnencap_dev *vn, const struct frame_queue *fq)
{
	struct vnencap_addr source = key_source((const void *)&fq->q.key);
	const struct vnencap_frame *f = &fq->seg.frame;
	u32 wire = vnencap_frame_wire_len(f, fq->meta.payload);

	vnencap_reasm_count_lost(vn, &source, DIV_ROUND_UP(wire, f->segsz) -
				 bitmap_weight(fq->got, VNENCAP_SEGMENTS_MAX));
}

static void count_given_up(struct vnencap_dev *vn, const struct frame_queue *fq)
{
	if (all_there(fq))
		return;
	if (fq->known)
		count_lost(vn, fq);
	else
		vnencap_drop(vn, NULL, RX_META_LOST);
	if (fq->known && fq->seg.class != VNENCAP_ATOMIC)
		vnencap_count(vn, RX_FRAMES_PARTIAL);
	if (!skb_queue_empty(&fq->waiting) ||
	    !skb_queue_empty(&fq->train.waiting))
		vnencap_drop(vn, NULL, RX_TIMEOUTS);
}

static void queue_expire(struct timer_list *t)
{
	struct inet_frag_queue *q = compat_timer_queue(t);
	struct frame_queue *fq = queue_of(q);
	struct vnencap_dev *vn;
	int refs = 1;

	rcu_read_lock();
	if (READ_ONCE(q->fqdir->dead))
		goto out;
	spin_lock(&q->lock);
	if (!(q->flags & INET_FRAG_COMPLETE)) {
		frame_kill(fq, &refs);
		vn = queue_device(fq);
		if (vn)
			count_given_up(vn, fq);
		waiting_purge(fq);
	}
	spin_unlock(&q->lock);
out:
	rcu_read_unlock();
	compat_frag_put(q, refs);
}

static struct inet_frags frames = {
	.qsize = sizeof(struct frame_queue),
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

/* What no mapping names has no frame to wait for: it shall not fill the table
 * either. Where sources are not checked, it has.
 */
static bool source_named(const struct vnencap_dev *vn,
			 const struct vnencap_addr *source)
{
	return !rcu_dereference(vn->config)->spoofcheck ||
	       vnencap_map_endpoint(rcu_dereference(vn->map), source);
}

static void key_addresses(struct frame_key *key, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	const struct iphdr *iph = (const struct iphdr *)skb->data;

	if (iph->version == 4) {
		ipv6_addr_set_v4mapped(iph->saddr, &key->saddr);
		ipv6_addr_set_v4mapped(iph->daddr, &key->daddr);
	} else {
		key->saddr = ip6h->saddr;
		key->daddr = ip6h->daddr;
	}
}

static struct frame_queue *queue_find(struct reasm_net *rn,
				      const struct vnencap_dev *vn,
				      const struct sk_buff *skb,
				      const struct vnencap_run *run)
{
	struct frame_key key = {
		.word = run->seg.word,
		.id = run->seg.id,
		.lower_ifindex = vn->lower->dev->ifindex,
	};
	struct inet_frag_queue *q;

	key_addresses(&key, skb);
	q = inet_frag_find(rn->fqdir, &key);
	return q ? queue_of(q) : NULL;
}

/* The run's segments: from the first to before the last returned by end */
static unsigned int first_segment(const struct vnencap_run *run)
{
	return run->seg.offset / run->seg.frame.segsz;
}

static unsigned int end_segment(const struct vnencap_run *run)
{
	return DIV_ROUND_UP(vnencap_run_end(run), run->seg.frame.segsz);
}

/* Is the run one that the frame can have? */
static bool belongs(const struct frame_queue *fq, const struct vnencap_run *run)
{
	if (end_segment(run) > VNENCAP_SEGMENTS_MAX)
		return false;
	if (fq->bytes && fq->seg.win != run->seg.win)
		return false;
	if (!vnencap_run_aligned(run))
		return false;
	return !fq->known ||
	       vnencap_run_within(run,
				  vnencap_frame_wire_len(&run->seg.frame,
							 fq->meta.payload));
}

static void mark_arrived(struct frame_queue *fq, const struct vnencap_run *run)
{
	bitmap_set(fq->got, first_segment(run),
		   end_segment(run) - first_segment(run));
	fq->bytes += run->len;
}

/* Put a run in its place among those that wait. */
static void wait_begin(struct frame_queue *fq, struct sk_buff *skb,
		       const struct vnencap_run *run)
{
	struct sk_buff *before;
	struct vnencap_run other;

	skb_queue_reverse_walk(&fq->waiting, before) {
		vnencap_run_read(before, &other);
		if (other.seg.offset < run->seg.offset)
			break;
	}
	__skb_queue_after(&fq->waiting, before, skb);
	vnencap_peer_charge(&fq->wait, skb->truesize);
}

/* Runs that were there before the metadata: those that turn out not to belong
 * are dropped.
 */
static void drop_strangers(struct vnencap_dev *vn, struct frame_queue *fq)
{
	struct sk_buff *skb, *next;
	struct vnencap_run run;

	skb_queue_walk_safe(&fq->waiting, skb, next) {
		vnencap_run_read(skb, &run);
		if (belongs(fq, &run))
			continue;
		vnencap_drop(vn, skb, RX_MALFORMED);
		fq->bytes -= run.len;
		bitmap_clear(fq->got, first_segment(&run),
			     end_segment(&run) - first_segment(&run));
		wait_end(fq, skb);
		kfree_skb(skb);
	}
}

/* Find the metadata, unless it is known. Return: as vnencap_rx_meta(). */
static int learn_meta(struct vnencap_dev *vn, struct frame_queue *fq,
		      const struct sk_buff *skb, const struct vnencap_run *run)
{
	int err;

	if (fq->known)
		return 0;
	err = vnencap_rx_meta(vn, skb, run, &fq->meta);
	if (!err) {
		fq->known = true;
		drop_strangers(vn, fq);
		if (!belongs(fq, run)) {
			vnencap_drop(vn, skb, RX_MALFORMED);
			err = -EPROTO;
		}
	}
	return err;
}

/* Datagrams of a train that are complete now */
static void release_datagrams(struct vnencap_dev *vn, struct frame_queue *fq,
			      struct sk_buff_head *done,
			      struct sk_buff_head *ready)
{
	struct vnencap_part part;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(done))) {
		part = vnencap_train_part(skb);
		if (vnencap_rx_inner(vn, skb, &fq->meta, &part,
				     vnencap_train_tos(skb)))
			kfree_skb(skb);
		else
			__skb_queue_tail(ready, skb);
	}
}

/* Of a train's run, what is not a whole datagram waits for the rest of it. */
static int restore_train(struct vnencap_dev *vn, struct frame_queue *fq,
			 struct sk_buff *skb, const struct vnencap_run *run,
			 struct sk_buff_head *ready)
{
	u8 tos = vnencap_outer_tos(skb);
	struct vnencap_part part;
	struct sk_buff_head done;
	int err;

	err = vnencap_rx_payload(vn, skb, run, &part);
	if (err)
		return err;
	__skb_queue_head_init(&done);
	err = vnencap_train_split(&fq->train, &fq->wait, &fq->meta, skb,
				  &part, tos, &done);
	release_datagrams(vn, fq, &done, ready);
	if (err) {
		vnencap_drop(vn, skb, RX_NOMEM);
		return err;
	}
	if (!part.len)
		return -EINPROGRESS;
	return vnencap_rx_inner(vn, skb, &fq->meta, &part, tos);
}

/* Make a run what is to be handed up. Return: 0, or negative where the run is
 * to be freed.
 */
static int restore_run(struct vnencap_dev *vn, struct frame_queue *fq,
		       struct sk_buff *skb, const struct vnencap_run *run,
		       struct sk_buff_head *ready)
{
	if (run->seg.class == VNENCAP_TRAIN)
		return restore_train(vn, fq, skb, run, ready);
	return vnencap_rx_restore(vn, skb, run, &fq->meta);
}

/* Hand the runs that waited for nothing but the metadata to @ready. */
static void release_waiting(struct vnencap_dev *vn, struct frame_queue *fq,
			    struct sk_buff_head *ready)
{
	struct vnencap_run run;
	struct sk_buff *skb;

	while ((skb = skb_peek(&fq->waiting))) {
		wait_end(fq, skb);
		vnencap_run_read(skb, &run);
		if (vnencap_strip_own(skb) ||
		    restore_run(vn, fq, skb, &run, ready))
			kfree_skb(skb);
		else
			__skb_queue_tail(ready, skb);
	}
}

/* RFC 3168, section 5.3: a mark on one run is one on the packet. Return: false
 * where the marks cannot all be.
 */
static bool merge_ecn(const struct frame_queue *fq, struct sk_buff *head)
{
	u8 ecn = ip_frag_ecn_table[fq->ecn];

	vnencap_outer_mark(head, ecn & INET_ECN_MASK);
	return ecn != 0xff;
}

/* All of an atomic packet's runs are there: make them one. */
static void assemble(struct vnencap_dev *vn, struct frame_queue *fq,
		     struct sk_buff_head *ready)
{
	struct sk_buff *head = skb_peek(&fq->waiting), *last, *skb;
	struct vnencap_run run, whole;

	wait_end(fq, head);
	vnencap_run_read(head, &whole);
	if (vnencap_strip_own(head))
		goto nomem;
	last = vnencap_chain_tail(head);
	while ((skb = skb_peek(&fq->waiting))) {
		wait_end(fq, skb);
		vnencap_run_read(skb, &run);
		if (vnencap_strip_own(skb)) {
			kfree_skb(skb);
			goto nomem;
		}
		last = vnencap_chain_add(head, last, skb, run.hdr_len);
		whole.len += run.len;
	}
	if (!merge_ecn(fq, head)) {
		vnencap_drop(vn, head, RX_MALFORMED);
		kfree_skb(head);
		return;
	}
	if (vnencap_rx_restore(vn, head, &whole, &fq->meta)) {
		kfree_skb(head);
		return;
	}
	vnencap_count(vn, RX_FRAMES_WHOLE);
	__skb_queue_tail(ready, head);
	return;

nomem:
	vnencap_drop(vn, head, RX_NOMEM);
	kfree_skb(head);
}

/* A run that has to wait: the caller's skb is the caller's to free. */
static int wait_for_more(struct vnencap_dev *vn, struct frame_queue *fq,
			 struct sk_buff *skb, const struct vnencap_run *run)
{
	struct sk_buff *clone = skb_clone(skb, GFP_ATOMIC);

	if (!clone) {
		vnencap_drop(vn, skb, RX_NOMEM);
		return -ENOMEM;
	}
	mark_arrived(fq, run);
	fq->ecn |= BIT(vnencap_outer_tos(skb) & INET_ECN_MASK);
	wait_begin(fq, clone, run);
	return -EINPROGRESS;
}

/* A run of which nothing has arrived before. Return: as vnencap_reasm_add(). */
static int add_new(struct vnencap_dev *vn, struct frame_queue *fq,
		   struct sk_buff *skb, const struct vnencap_run *run,
		   struct sk_buff_head *ready)
{
	int err;

	if (!fq->bytes)
		fq->seg = run->seg;
	err = learn_meta(vn, fq, skb, run);
	if (err && err != -ENODATA)
		return err;
	if (!fq->known || run->seg.class == VNENCAP_ATOMIC) {
		err = wait_for_more(vn, fq, skb, run);
		if (all_there(fq))
			assemble(vn, fq, ready);
		return err;
	}
	mark_arrived(fq, run);
	release_waiting(vn, fq, ready);
	err = restore_run(vn, fq, skb, run, ready);
	if ((!err || err == -ENODATA || err == -EINPROGRESS) && all_there(fq))
		vnencap_count(vn, RX_FRAMES_WHOLE);
	return err;
}

/* Leave of a run the segments from @first to before @end. Return: 0, or -ENOMEM
 * with the skb in no state but to be freed.
 */
static int cut_run(struct sk_buff *skb, struct vnencap_run *run,
		   unsigned int first, unsigned int end)
{
	u32 segsz = run->seg.frame.segsz;
	u32 skip = first * segsz - run->seg.offset;
	u32 len = min(end * segsz, vnencap_run_end(run)) - first * segsz;
	struct vnencap_cuts cuts = {
		.n = 1, .cut = { { run->hdr_len, skip } },
	};
	struct vnencap_segment_hdr *hdr;

	if (pskb_trim(skb, run->hdr_len + skip + len) ||
	    (skip && vnencap_strip(skb, &cuts)))
		return -ENOMEM;
	hdr = (void *)skb->data + run->hdr_len - sizeof(*hdr);
	hdr->tcp.seq = htonl(first * segsz);
	if (end < end_segment(run))
		hdr->tcp.psh = 0;
	return vnencap_run_read(skb, run);
}

/* A copy of some segments of a run, of which @run is made to tell */
static struct sk_buff *copy_run(struct sk_buff *skb, struct vnencap_run *run,
				unsigned int first, unsigned int end)
{
	struct sk_buff *part = skb_clone(skb, GFP_ATOMIC);

	if (part && (vnencap_strip_own(part) ||
		     cut_run(part, run, first, end))) {
		kfree_skb(part);
		part = NULL;
	}
	return part;
}

/* Some of the run's segments came before: take the others, stretch by stretch,
 * the last of them by what is left of the run itself. Return: as
 * vnencap_reasm_add().
 */
static int add_overlapping(struct vnencap_dev *vn, struct frame_queue *fq,
			   struct sk_buff *skb, const struct vnencap_run *run,
			   struct sk_buff_head *ready)
{
	unsigned int stop = end_segment(run), first, end, next;
	struct vnencap_run part_run;
	struct sk_buff *part;

	first = find_next_zero_bit(fq->got, stop, first_segment(run));
	for (;; first = next) {
		end = find_next_bit(fq->got, stop, first);
		next = find_next_zero_bit(fq->got, stop, end);
		part_run = *run;
		if (next >= stop)
			break;
		part = copy_run(skb, &part_run, first, end);
		if (!part)
			goto nomem;
		if (add_new(vn, fq, part, &part_run, ready))
			kfree_skb(part);
		else
			__skb_queue_tail(ready, part);
	}
	if (cut_run(skb, &part_run, first, end))
		goto nomem;
	return add_new(vn, fq, skb, &part_run, ready);

nomem:
	vnencap_drop(vn, skb, RX_NOMEM);
	return -ENOMEM;
}

/* Segments of a run that have arrived before */
static unsigned int count_known(const struct frame_queue *fq,
				const struct vnencap_run *run)
{
	unsigned int i, n = 0;

	for (i = first_segment(run); i < end_segment(run); i++)
		n += test_bit(i, fq->got);
	return n;
}

static int add_locked(struct vnencap_dev *vn, struct frame_queue *fq,
		      struct sk_buff *skb, const struct vnencap_run *run,
		      struct sk_buff_head *ready)
{
	unsigned int known;

	if (!belongs(fq, run)) {
		vnencap_drop(vn, skb, RX_MALFORMED);
		return -EPROTO;
	}
	known = count_known(fq, run);
	if (!known)
		return add_new(vn, fq, skb, run, ready);
	vnencap_drop_some(vn, skb, RX_DUPLICATES, known);
	if (known == end_segment(run) - first_segment(run))
		return -EEXIST;
	return add_overlapping(vn, fq, skb, run, ready);
}

/* A run of a frame that is through */
static void drop_duplicate(struct vnencap_dev *vn, const struct sk_buff *skb,
			   const struct vnencap_run *run)
{
	vnencap_drop_some(vn, skb, RX_DUPLICATES,
			  end_segment(run) - first_segment(run));
}

/* Frames that are through must not take the room of those that are not. */
static bool forget_early(const struct frame_queue *fq)
{
	const struct fqdir *fqdir = fq->q.fqdir;

	return all_there(fq) &&
	       frag_mem_limit(fqdir) > READ_ONCE(fqdir->high_thresh) / 2;
}

/* By the way that other packets of the device take, so as not to overtake
 * what is on that already.
 */
static void hand_up_ready(struct vnencap_dev *vn, struct sk_buff *skb)
{
	if (netif_elide_gro(vn->dev))
		netif_receive_skb(skb);
	else
		gro_cells_receive(&vn->cells.gro, skb);
}

/* Give up the oldest frame of a peer that has too many. Return: false where it
 * has none.
 */
static bool evict_oldest(struct vnencap_peer *peer)
{
	struct frame_queue *fq;
	struct vnencap_dev *vn;
	int refs = 1;

	spin_lock(&peer->lock);
	list_for_each_entry(fq, &peer->frames, wait.list)
		if (refcount_inc_not_zero(&fq->q.refcnt))
			goto found;
	spin_unlock(&peer->lock);
	return false;

found:
	spin_unlock(&peer->lock);
	/* at once: one that its namespace is about to free stays as it is, and
	 * is not to be found again
	 */
	vnencap_peer_leave(&fq->wait, sizeof(*fq));
	spin_lock(&fq->q.lock);
	if (!(fq->q.flags & INET_FRAG_COMPLETE) &&
	    !READ_ONCE(fq->q.fqdir->dead)) {
		frame_kill(fq, &refs);
		vn = queue_device(fq);
		if (vn && !all_there(fq)) {
			count_given_up(vn, fq);
			vnencap_drop(vn, NULL, RX_OVER_LIMIT);
		}
		waiting_purge(fq);
	}
	spin_unlock(&fq->q.lock);
	compat_frag_put(&fq->q, refs);
	return true;
}

/* The frame that a run belongs to, found or made */
static struct frame_queue *frame_of(const struct vnencap_dev *vn,
				    struct vnencap_peer *peer,
				    const struct sk_buff *skb,
				    const struct vnencap_run *run)
{
	struct reasm_net *rn = net_generic(vn->net, reasm_net_id);
	struct frame_queue *fq;

	while (atomic_long_read(&peer->bytes) > READ_ONCE(rn->peer_thresh))
		if (!evict_oldest(peer))
			break;
	fq = queue_find(rn, vn, skb, run);
	if (!fq && evict_oldest(peer))
		fq = queue_find(rn, vn, skb, run);
	return fq;
}

/* Its first run makes a frame one of its peer's. */
static void enter(struct frame_queue *fq, struct vnencap_peer *peer)
{
	if (fq->wait.peer)
		return;
	fq->wait.fqdir = fq->q.fqdir;
	vnencap_peer_enter(peer, &fq->wait, sizeof(*fq));
}

static int enter_and_add(struct vnencap_dev *vn, struct frame_queue *fq,
			 struct vnencap_peer *peer, struct sk_buff *skb,
			 const struct vnencap_run *run,
			 struct sk_buff_head *ready)
{
	if (fq->q.flags & INET_FRAG_COMPLETE) {
		drop_duplicate(vn, skb, run);
		return -EEXIST;
	}
	enter(fq, peer);
	return add_locked(vn, fq, skb, run, ready);
}

/**
 * vnencap_reasm_timeout - how long a frame's parts are waited for
 * @net: namespace of the substrate
 *
 * Return: in jiffies.
 */
unsigned long vnencap_reasm_timeout(const struct net *net)
{
	struct reasm_net *rn = net_generic(net, reasm_net_id);

	return READ_ONCE(rn->fqdir->timeout);
}

/**
 * vnencap_reasm_adopt - take over a frame of which some has been handed up
 * @vn: the device that it is for
 * @skb: a run of it, data at the outer header
 * @run: its headers
 * @meta: the frame's metadata
 * @end: wire offset up to which all has been handed up; a segment's first byte
 *
 * Where there is no room, what comes of it has to find the metadata again.
 *
 * Context: softirq, in RCU.
 */
void vnencap_reasm_adopt(struct vnencap_dev *vn, const struct sk_buff *skb,
			 const struct vnencap_run *run,
			 const struct vnencap_meta *meta, u32 end)
{
	struct vnencap_addr source = vnencap_outer_source(skb);
	struct vnencap_peer *peer = vnencap_peer_of(vn->net, &source);
	struct frame_queue *fq = frame_of(vn, peer, skb, run);

	if (!fq)
		return;
	spin_lock(&fq->q.lock);
	if (!(fq->q.flags & INET_FRAG_COMPLETE) && !fq->bytes) {
		enter(fq, peer);
		fq->seg = run->seg;
		fq->meta = *meta;
		fq->known = true;
		fq->bytes = end;
		bitmap_set(fq->got, 0, end / run->seg.frame.segsz);
	}
	spin_unlock(&fq->q.lock);
	compat_frag_put(&fq->q, compat_frag_refs_found());
}

/**
 * vnencap_reasm_add - a run that is not a whole frame
 * @vn: the device
 * @skb: the run, data at the outer header, all ours
 * @run: its headers
 * @name: from vnencap_recent_name()
 *
 * Other runs that this one makes ready are handed up from here.
 *
 * Context: softirq, in RCU.
 * Return: 0 where @skb is an inner packet now, to be handed up; negative where
 * the caller is to free it: it was dropped, and counted, or a copy waits.
 */
int vnencap_reasm_add(struct vnencap_dev *vn, struct sk_buff *skb,
		      const struct vnencap_run *run, u64 name)
{
	struct vnencap_addr source = vnencap_outer_source(skb);
	int refs = compat_frag_refs_found(), err;
	struct vnencap_peer *peer;
	struct sk_buff_head ready;
	struct frame_queue *fq;
	struct sk_buff *other;

	if (vnencap_recent_whole(name)) {
		drop_duplicate(vn, skb, run);
		return -EEXIST;
	}
	if (!source_named(vn, &source)) {
		vnencap_drop(vn, skb, RX_SPOOFED);
		return -EPERM;
	}
	peer = vnencap_peer_of(vn->net, &source);
	fq = frame_of(vn, peer, skb, run);
	if (!fq) {
		vnencap_drop(vn, skb, RX_OVER_LIMIT);
		return -ENOBUFS;
	}
	vnencap_recent_add(name, false);
	__skb_queue_head_init(&ready);
	spin_lock(&fq->q.lock);
	err = enter_and_add(vn, fq, peer, skb, run, &ready);
	if (forget_early(fq) && !(fq->q.flags & INET_FRAG_COMPLETE)) {
		frame_kill(fq, &refs);
		vnencap_recent_add(name, true);
	}
	spin_unlock(&fq->q.lock);
	compat_frag_put(&fq->q, refs);

	while ((other = __skb_dequeue(&ready)))
		hand_up_ready(vn, other);
	return err;
}

#ifdef VNENCAP_TESTS
/**
 * vnencap_reasm_set_timeout - change how long frames wait, for tests
 * @net: namespace of the substrate
 * @timeout: in jiffies
 *
 * Return: what it was before.
 */
int vnencap_reasm_set_timeout(struct net *net, int timeout)
{
	struct reasm_net *rn = net_generic(net, reasm_net_id);

	return xchg(&rn->fqdir->timeout, timeout);
}
#endif

static const struct ctl_table sysctl_table[] = {
	{
		.procname = "frame_high_thresh",
		.maxlen = sizeof(unsigned long),
		.mode = 0644,
		.proc_handler = proc_doulongvec_minmax,
	}, {
		.procname = "frame_peer_thresh",
		.maxlen = sizeof(unsigned long),
		.mode = 0644,
		.proc_handler = proc_doulongvec_minmax,
	}, {
		.procname = "frame_time_ms",
		.maxlen = sizeof(int),
		.mode = 0644,
		.proc_handler = proc_dointvec_ms_jiffies,
	},
	{ }
};

static int __net_init sysctl_register(struct reasm_net *rn, struct net *net)
{
	struct ctl_table *table;

	table = kmemdup(sysctl_table, sizeof(sysctl_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	table[0].data = &rn->fqdir->high_thresh;
	table[1].data = &rn->peer_thresh;
	table[2].data = &rn->fqdir->timeout;
	rn->sysctl = compat_register_net_sysctl(net, "net/vnencap", table,
						ARRAY_SIZE(sysctl_table) - 1);
	if (rn->sysctl)
		return 0;
	kfree(table);
	return -ENOMEM;
}

static void __net_exit sysctl_unregister(struct reasm_net *rn)
{
	const struct ctl_table *table = rn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(rn->sysctl);
	kfree(table);
}

static int __net_init reasm_net_init(struct net *net)
{
	struct reasm_net *rn = net_generic(net, reasm_net_id);
	int err;

	err = fqdir_init(&rn->fqdir, &frames, net);
	if (err < 0)
		return err;
	rn->fqdir->high_thresh = HIGH_THRESH_DEFAULT;
	rn->fqdir->timeout = TIMEOUT_DEFAULT;
	rn->peer_thresh = PEER_THRESH_DEFAULT;
	err = sysctl_register(rn, net);
	if (err)
		fqdir_exit(rn->fqdir);
	return err;
}

static void __net_exit reasm_net_pre_exit(struct net *net)
{
	struct reasm_net *rn = net_generic(net, reasm_net_id);

	sysctl_unregister(rn);
	fqdir_pre_exit(rn->fqdir);
}

static void __net_exit reasm_net_exit(struct net *net)
{
	struct reasm_net *rn = net_generic(net, reasm_net_id);

	fqdir_exit(rn->fqdir);
}

static struct pernet_operations reasm_net_ops = {
	.init = reasm_net_init,
	.pre_exit = reasm_net_pre_exit,
	.exit = reasm_net_exit,
	.id = &reasm_net_id,
	.size = sizeof(struct reasm_net),
};

/**
 * vnencap_reasm_init - make the tables of waiting frames
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int vnencap_reasm_init(void)
{
	int err;

	vnencap_recent_init();
	vnencap_peer_init();
	err = inet_frags_init(&frames);
	if (err)
		return err;
	err = register_pernet_subsys(&reasm_net_ops);
	if (err)
		inet_frags_fini(&frames);
	return err;
}

/**
 * vnencap_reasm_exit - free the tables, with all that still waits
 *
 * Context: process; nothing is received any more.
 */
void vnencap_reasm_exit(void)
{
	unregister_pernet_subsys(&reasm_net_ops);
	inet_frags_fini(&frames);
}
