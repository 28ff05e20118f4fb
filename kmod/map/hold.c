// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that wait for a mapping. Where a service answers misses, a flow's first
 * packets need not be lost while it does so. Few packets are held, and each for
 * three seconds at most. None is held unless the sysctl
 * net.vnencap.miss_queue_len says how many each VNI may have.
 *
 * Each VNI's table has a queue. A packet in it has no reference to its device:
 * a device that goes away, or leaves the VNI, takes its packets out first
 * (vnencap_hold_purge()), when no more can come. What is done with a packet that
 * was taken out still needs the device. So a packet is taken out, and sent, or
 * dropped and counted, in one RCU section: the device is there until the end of
 * it.
 */

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysctl.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "compat.h"
#include "map/hold.h"
#include "map/mapping.h"
#include "map/miss.h"
#include "map/share.h"
#include "map/table.h"
#include "skb/unreachable.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "sysctl.h"
#include "vnencap.h"

/* Longer than it may take until a miss can be told again */
#define HOLD_TIME	(3 * HZ)
#define HOLD_TICK	(HZ / 4)
#define HOLD_LEN_MAX	1024		/* packets that the sysctl may allow */
#define HOLD_SAME_MAX	8		/* packets to one destination */
#define HOLD_BYTES_MAX	(16 << 20)	/* memory of a namespace's packets */
#define HOLD_OWN	(64 << 10)	/* that each VNI may have in any case */
#define HOLD_TELL_MAX	16		/* misses told in a tick */

/**
 * struct hold_cb - what is known of a packet that waits, in its skb->cb
 * @until: when it is given up (jiffies)
 * @met: its miss was told, or counts for the next time that it is
 * @dst: its destination in the overlay
 */
struct hold_cb {
	unsigned long until;
	bool met;
	struct vnencap_addr dst;
};

/**
 * struct hold_net - what all queues of a network namespace have in common
 * @len: how many packets of a VNI may wait, 0 for none
 * @bytes: memory that those take that wait
 * @sysctl: where @len can be set
 */
struct hold_net {
	unsigned int len;
	atomic_long_t bytes;
	struct ctl_table_header *sysctl;
};

static unsigned int hold_net_id __read_mostly;

static struct hold_cb *hold_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct hold_cb) > sizeof(skb->cb));
	return (struct hold_cb *)skb->cb;
}

static struct vnencap_dev *hold_dev(const struct sk_buff *skb)
{
	return netdev_priv(skb->dev);
}

static struct hold_net *hold_net(const struct vnencap_dev *vn)
{
	return net_generic(vn->net, hold_net_id);
}

/* ---- In and out; the queue's lock is held ---- */

/* How many wait for that destination, and for others with the same hash. Nobody can
 * choose those: the hash is made with a random key.
 */
static u8 *hold_same(struct vnencap_hold *hold, const struct vnencap_addr *dst)
{
	static siphash_key_t key __read_mostly;

	net_get_random_once(&key, sizeof(key));
	return &hold->same[hash_64(vnencap_addr_hash(dst, &key),
				   VNENCAP_HOLD_SAME_BITS)];
}

static void hold_put(struct vnencap_hold *hold, struct hold_net *hn,
		     struct sk_buff *skb)
{
	if (skb_queue_empty(&hold->queue))
		schedule_delayed_work(&hold->work, HOLD_TICK);
	hold->bytes += skb->truesize;
	atomic_long_add(skb->truesize, &hn->bytes);
	++*hold_same(hold, &hold_cb(skb)->dst);
	__skb_queue_tail(&hold->queue, skb);
}

static void hold_take(struct vnencap_hold *hold, struct sk_buff *skb,
		      struct sk_buff_head *taken)
{
	__skb_unlink(skb, &hold->queue);
	hold->bytes -= skb->truesize;
	atomic_long_sub(skb->truesize, &hold_net(hold_dev(skb))->bytes);
	--*hold_same(hold, &hold_cb(skb)->dst);
	__skb_queue_tail(taken, skb);
}

/* Is there memory for one more? Each VNI has its share, whatever others take. */
static bool hold_has_memory(const struct vnencap_hold *hold,
			    const struct hold_net *hn,
			    const struct sk_buff *new)
{
	unsigned int own = hold->bytes + new->truesize;

	return own <= HOLD_OWN ||
	       own <= vnencap_share(HOLD_BYTES_MAX,
				    atomic_long_read(&hn->bytes));
}

static bool hold_has_room(struct vnencap_hold *hold, const struct hold_net *hn,
			  const struct sk_buff *new,
			  const struct vnencap_addr *dst)
{
	return skb_queue_len(&hold->queue) < READ_ONCE(hn->len) &&
	       hold_has_memory(hold, hn, new) &&
	       *hold_same(hold, dst) < HOLD_SAME_MAX;
}

/* ---- What becomes of those that were taken out; in RCU ---- */

static void hold_drop_one(struct sk_buff *skb, bool tell)
{
	struct vnencap_dev *vn = hold_dev(skb);

	vnencap_drop(vn, skb, TX_NO_MAPPING);
	if (tell)
		vnencap_unreachable_tell(skb, false);
	DEV_STATS_INC(vn->dev, tx_dropped);
	kfree_skb_reason(skb, vnencap_drop_reason(-ENOENT));
}

static void hold_drop(struct sk_buff_head *taken, bool tell)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(taken)))
		hold_drop_one(skb, tell);
}

static void hold_send_one(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;

	if (netif_running(dev))
		dev->netdev_ops->ndo_start_xmit(skb, dev);
	else
		hold_drop_one(skb, false);
}

/* The packets have been through the device's qdisc and its taps once: they are
 * given to the device again, as the core gives them, in RCU and with bottom
 * halves disabled. The device needs no lock of a tx queue (LLTX).
 *
 * As the core does, this leaves alone a device that is stopped. The core waits a
 * grace period after it has stopped a device, before it goes on to take it apart
 * (ndo_uninit): who saw it running has sent by then, and nobody sends later.
 */
static void hold_send(struct sk_buff_head *taken)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(taken)))
		hold_send_one(skb);
}

/* ---- For the data path ---- */

/**
 * vnencap_hold_add - let a packet wait for its mapping
 * @hold: those of its VNI that wait
 * @vn: the device
 * @map: the VNI's mappings
 * @skb: the packet, as it was given to the device to be sent
 * @dst: its destination in the overlay
 * @met: what vnencap_miss_met() returned for it
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: 0: it waits, and is not the caller's any more; -EAGAIN: there is a
 * mapping now; -ENOENT: there is no room for it.
 */
int vnencap_hold_add(struct vnencap_hold *hold, struct vnencap_dev *vn,
		     const struct vnencap_map *map, struct sk_buff *skb,
		     const struct vnencap_addr *dst, bool met)
{
	struct hold_net *hn = hold_net(vn);
	int err = 0;

	if (likely(!READ_ONCE(hn->len)))
		return -ENOENT;
	spin_lock(&hold->queue.lock);
	if (vnencap_map_lookup(map, dst)) {
		err = -EAGAIN;
	} else if (!hold_has_room(hold, hn, skb, dst)) {
		err = -ENOENT;
	} else {
		*hold_cb(skb) = (struct hold_cb){
			.until = jiffies + HOLD_TIME,
			.met = met,
			.dst = *dst,
		};
		hold_put(hold, hn, skb);
	}
	spin_unlock(&hold->queue.lock);
	if (!err)
		vnencap_count(vn, TX_HELD);
	return err;
}

/* ---- For control ---- */

/* Take out those that a mapping covers, or all of a device. */
static void hold_take_some(struct vnencap_hold *hold,
			   const struct vnencap_mapping *m,
			   const struct net_device *dev,
			   struct sk_buff_head *taken)
{
	struct sk_buff *skb, *next;

	__skb_queue_head_init(taken);
	spin_lock(&hold->queue.lock);
	skb_queue_walk_safe(&hold->queue, skb, next)
		if (m ? vnencap_mapping_covers(m, &hold_cb(skb)->dst) :
			skb->dev == dev)
			hold_take(hold, skb, taken);
	spin_unlock(&hold->queue.lock);
}

/**
 * vnencap_hold_release - send the packets that have waited for a mapping
 * @hold: those of its VNI that wait
 * @m: the mapping, which packets find now
 *
 * If the mapping has gone meanwhile, they wait anew.
 *
 * Context: process; in RCU, which keeps @hold.
 */
void vnencap_hold_release(struct vnencap_hold *hold,
			  const struct vnencap_mapping *m)
{
	struct sk_buff_head taken;

	rcu_read_lock_bh();
	hold_take_some(hold, m, NULL, &taken);
	hold_send(&taken);
	rcu_read_unlock_bh();
}

/**
 * vnencap_hold_purge - drop the packets of a device that wait
 * @hold: those of its VNI that wait
 * @vn: the device; to have none in the queue any more it must not send with this
 *	VNI any more
 *
 * Others may have taken out a packet just before. It may still be on its way
 * until the end of a grace period: to be sent, as long as the device is not
 * stopped, or to be dropped and counted.
 *
 * Context: process.
 */
void vnencap_hold_purge(struct vnencap_hold *hold, const struct vnencap_dev *vn)
{
	struct sk_buff_head taken;

	rcu_read_lock_bh();
	hold_take_some(hold, NULL, vn->dev, &taken);
	hold_drop(&taken, false);
	rcu_read_unlock_bh();
}

/* ---- As time goes by ---- */

static void hold_take_late(struct vnencap_hold *hold,
			   struct sk_buff_head *taken)
{
	struct sk_buff *skb;

	while ((skb = skb_peek(&hold->queue)) &&
	       time_after_eq(jiffies, hold_cb(skb)->until))
		hold_take(hold, skb, taken);
}

/* When a packet began to wait, its miss may not have been told: others had been
 * told a moment before, or nobody listened. Find some that can be told now; the
 * others' turn comes with the next tick. Return: how many.
 */
static unsigned int hold_untold(struct vnencap_hold *hold,
				struct vnencap_miss misses[HOLD_TELL_MAX])
{
	struct sk_buff *skb;
	struct hold_cb *cb;
	unsigned int n = 0;
	bool due;

	if (!vnencap_miss_wanted(hold->misses))
		return 0;
	skb_queue_walk(&hold->queue, skb) {
		cb = hold_cb(skb);
		misses[n].dst = cb->dst;
		due = vnencap_miss_due(hold->misses, &misses[n],
				       cb->met ? 0 : 1);
		cb->met = true;
		if (due && ++n == HOLD_TELL_MAX)
			break;
	}
	return n;
}

static void hold_tick(struct work_struct *work)
{
	struct vnencap_hold *hold = container_of(to_delayed_work(work),
						 struct vnencap_hold, work);
	struct vnencap_miss misses[HOLD_TELL_MAX];
	struct sk_buff_head late;
	unsigned int n = 0;

	__skb_queue_head_init(&late);
	rcu_read_lock_bh();
	spin_lock(&hold->queue.lock);
	hold_take_late(hold, &late);
	if (!skb_queue_empty(&hold->queue)) {
		n = hold_untold(hold, misses);
		schedule_delayed_work(&hold->work, HOLD_TICK);
	}
	spin_unlock(&hold->queue.lock);
	hold_drop(&late, true);
	while (n--)
		vnencap_miss_tell(hold->misses, &misses[n]);
	rcu_read_unlock_bh();
}

/**
 * vnencap_hold_new - a queue for a VNI
 * @misses: the VNI's; to be there as long as the queue is
 *
 * Context: process; sleeps.
 * Return: the queue, empty; NULL where memory is short.
 */
struct vnencap_hold *vnencap_hold_new(struct vnencap_misses *misses)
{
	struct vnencap_hold *hold;

	hold = kzalloc(sizeof(*hold), GFP_KERNEL_ACCOUNT);
	if (!hold)
		return NULL;
	skb_queue_head_init(&hold->queue);
	hold->misses = misses;
	INIT_DELAYED_WORK(&hold->work, hold_tick);
	return hold;
}

/**
 * vnencap_hold_end - no device has the VNI any more
 * @hold: the queue; empty, for the devices took out what was theirs
 *
 * Readers that found the queue before may go on with it.
 *
 * Context: process; sleeps.
 */
void vnencap_hold_end(struct vnencap_hold *hold)
{
	cancel_delayed_work_sync(&hold->work);
	WARN_ON(!skb_queue_empty(&hold->queue));
	kfree_rcu(hold, rcu);
}

/* ---- Namespaces ---- */

static const unsigned int hold_len_max = HOLD_LEN_MAX;

static const struct ctl_table hold_table[] = {
	{
		.procname = "miss_queue_len",
		.maxlen = sizeof(unsigned int),
		.mode = 0644,
		.proc_handler = proc_douintvec_minmax,
		.extra1 = SYSCTL_ZERO,
		.extra2 = (void *)&hold_len_max,
	},
	{ }
};

/* Without sysctls nothing can be held. */
static int __net_init hold_net_init(struct net *net)
{
	struct hold_net *hn = net_generic(net, hold_net_id);
	void *const data[] = { &hn->len };

	BUILD_BUG_ON(ARRAY_SIZE(data) + 1 != ARRAY_SIZE(hold_table));
	return vnencap_sysctl_register(&hn->sysctl, net, hold_table, data,
				       ARRAY_SIZE(data));
}

/* The devices are gone, and what waited of them. */
static void __net_exit hold_net_exit(struct net *net)
{
	struct hold_net *hn = net_generic(net, hold_net_id);

	vnencap_sysctl_unregister(hn->sysctl);
	WARN_ON(atomic_long_read(&hn->bytes));
}

static struct pernet_operations hold_net_ops = {
	.init = hold_net_init,
	.exit = hold_net_exit,
	.id = &hold_net_id,
	.size = sizeof(struct hold_net),
};

#ifdef VNENCAP_TESTS
/**
 * vnencap_hold_set_len - set the sysctl, for tests
 * @net: the namespace of the substrate
 * @len: how many packets of a VNI may wait
 *
 * Context: any.
 */
void vnencap_hold_set_len(struct net *net, unsigned int len)
{
	struct hold_net *hn = net_generic(net, hold_net_id);

	WRITE_ONCE(hn->len, len);
}
#endif

/**
 * vnencap_hold_init - make ready to hold packets
 *
 * Context: module init.
 * Return: 0, or an error.
 */
int __init vnencap_hold_init(void)
{
	return register_pernet_subsys(&hold_net_ops);
}

/**
 * vnencap_hold_exit - undo vnencap_hold_init(), when there are no devices
 *
 * Context: module exit (or failed init).
 */
void vnencap_hold_exit(void)
{
	unregister_pernet_subsys(&hold_net_ops);
}
