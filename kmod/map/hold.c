// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that wait for a mapping: where a service answers misses, the first
 * packets need not be lost. Few are held, for three seconds, and none unless the
 * sysctl net.vnencap.miss_queue_len says how many each VNI may have.
 *
 * Each table of mappings has a queue. Its packets are known by their devices:
 * who takes a device from the table takes them out, when no more can come. Who
 * has taken a packet out needs its device until the packet is sent or counted
 * as dropped, and does it all in one RCU section.
 */

#include <linux/atomic.h>
#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysctl.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "compat.h"
#include "map/hold.h"
#include "map/map.h"
#include "map/miss.h"
#include "skb/unreachable.h"
#include "stats/drop.h"
#include "stats/stats.h"
#include "vnencap.h"

/* Longer than it may take until a miss can be told again */
#define HOLD_TIME	(3 * HZ)
#define HOLD_TICK	(HZ / 4)
#define HOLD_LEN_MAX	1024		/* packets that the sysctl may allow */
#define HOLD_SAME_MAX	8		/* packets to one destination */
#define HOLD_BYTES_MAX	(16 << 20)	/* memory of a namespace's packets */
#define HOLD_OWN_MAX	(HOLD_BYTES_MAX / 4)	/* of those of one VNI */
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

static void hold_put(struct vnencap_hold *hold, struct hold_net *hn,
		     struct sk_buff *skb)
{
	if (skb_queue_empty(&hold->queue))
		schedule_delayed_work(&hold->work, HOLD_TICK);
	hold->bytes += skb->truesize;
	atomic_long_add(skb->truesize, &hn->bytes);
	__skb_queue_tail(&hold->queue, skb);
}

static void hold_take(struct vnencap_hold *hold, struct sk_buff *skb,
		      struct sk_buff_head *taken)
{
	__skb_unlink(skb, &hold->queue);
	hold->bytes -= skb->truesize;
	atomic_long_sub(skb->truesize, &hold_net(hold_dev(skb))->bytes);
	__skb_queue_tail(taken, skb);
}

/* Packets of one namespace that come at the same time to two VNIs may exceed the
 * memory by one each.
 */
static bool hold_has_room(const struct vnencap_hold *hold,
			  const struct hold_net *hn,
			  const struct sk_buff *new,
			  const struct vnencap_addr *dst)
{
	unsigned int same = 0;
	struct sk_buff *skb;

	if (skb_queue_len(&hold->queue) >= READ_ONCE(hn->len) ||
	    hold->bytes + new->truesize > HOLD_OWN_MAX ||
	    atomic_long_read(&hn->bytes) + new->truesize > HOLD_BYTES_MAX)
		return false;
	skb_queue_walk(&hold->queue, skb)
		same += vnencap_addr_equal(&hold_cb(skb)->dst, dst);
	return same < HOLD_SAME_MAX;
}

/* ---- What becomes of those that were taken out; in RCU ---- */

static void hold_drop(struct sk_buff_head *taken, bool tell)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(taken))) {
		struct vnencap_dev *vn = hold_dev(skb);

		vnencap_drop(vn, skb, TX_NO_MAPPING);
		if (tell)
			vnencap_unreachable_tell(skb, false);
		DEV_STATS_INC(vn->dev, tx_dropped);
		kfree_skb_reason(skb, vnencap_drop_reason(-ENOENT));
	}
}

static void hold_send(struct sk_buff_head *taken)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(taken)))
		skb->dev->netdev_ops->ndo_start_xmit(skb, skb->dev);
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

static bool hold_covers(const struct vnencap_mapping *m,
			const struct vnencap_addr *dst)
{
	if (m->dst.family != dst->family)
		return false;
	if (dst->family == AF_INET)
		return !((m->dst.ip4 ^ dst->ip4) & inet_make_mask(m->len));
	return ipv6_prefix_equal(&m->dst.ip6, &dst->ip6, m->len);
}

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
		if (m ? hold_covers(m, &hold_cb(skb)->dst) : skb->dev == dev)
			hold_take(hold, skb, taken);
	spin_unlock(&hold->queue.lock);
}

/**
 * vnencap_hold_release - send what has waited for a mapping
 * @hold: those of its VNI that wait
 * @m: the mapping, which packets find now
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
 * vnencap_hold_purge - give up what waits of a device
 * @hold: those of its VNI that wait
 * @vn: the device; for all to be gone it must send no more with this VNI
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

/* A packet may have begun to wait when its miss could not be told, as others
 * had been a moment ago, or nobody listened. Those that can be told now, some of
 * them: the others' turn comes with the next tick.
 */
static unsigned int hold_untold(struct vnencap_hold *hold, struct net *net,
				struct vnencap_miss misses[HOLD_TELL_MAX])
{
	struct sk_buff *skb;
	struct hold_cb *cb;
	unsigned int n = 0;
	bool due;

	if (!vnencap_miss_heard(net))
		return 0;
	skb_queue_walk(&hold->queue, skb) {
		cb = hold_cb(skb);
		misses[n].vni = hold->vni;
		misses[n].dst = cb->dst;
		due = vnencap_miss_due(net, &misses[n], cb->met ? 0 : 1);
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
	struct net *net = NULL;
	unsigned int n = 0;
	struct sk_buff *skb;

	__skb_queue_head_init(&late);
	rcu_read_lock_bh();
	spin_lock(&hold->queue.lock);
	hold_take_late(hold, &late);
	skb = skb_peek(&hold->queue);
	if (skb) {
		/* the same for all: the table's */
		net = hold_dev(skb)->net;
		n = hold_untold(hold, net, misses);
		schedule_delayed_work(&hold->work, HOLD_TICK);
	}
	spin_unlock(&hold->queue.lock);
	hold_drop(&late, true);
	while (n--)
		vnencap_miss_tell(net, &misses[n]);
	rcu_read_unlock_bh();
}

/**
 * vnencap_hold_begin - a queue for a VNI
 * @hold: the queue
 * @vni: the VNI
 */
void vnencap_hold_begin(struct vnencap_hold *hold, u32 vni)
{
	skb_queue_head_init(&hold->queue);
	hold->bytes = 0;
	hold->vni = vni;
	INIT_DELAYED_WORK(&hold->work, hold_tick);
}

/**
 * vnencap_hold_end - no device has the VNI any more
 * @hold: the queue; empty, for the devices took out what was theirs
 *
 * Context: process; sleeps.
 */
void vnencap_hold_end(struct vnencap_hold *hold)
{
	cancel_delayed_work_sync(&hold->work);
	WARN_ON(!skb_queue_empty(&hold->queue));
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

static int __net_init hold_net_init(struct net *net)
{
	struct hold_net *hn = net_generic(net, hold_net_id);
	struct ctl_table *table;

	table = kmemdup(hold_table, sizeof(hold_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	table->data = &hn->len;
	hn->sysctl = compat_register_net_sysctl(net, "net/vnencap", table,
						ARRAY_SIZE(hold_table) - 1);
	if (hn->sysctl)
		return 0;
	kfree(table);
	return -ENOMEM;
}

/* The devices are gone, and what waited of them. */
static void __net_exit hold_net_exit(struct net *net)
{
	struct hold_net *hn = net_generic(net, hold_net_id);
	const struct ctl_table *table = hn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(hn->sysctl);
	kfree(table);
	WARN_ON(atomic_long_read(&hn->bytes));
}

static struct pernet_operations hold_net_ops = {
	.init = hold_net_init,
	.exit = hold_net_exit,
	.id = &hold_net_id,
	.size = sizeof(struct hold_net),
};

/**
 * vnencap_hold_init - make ready to hold packets
 *
 * Return: 0, or an error.
 */
int __init vnencap_hold_init(void)
{
	return register_pernet_subsys(&hold_net_ops);
}

/**
 * vnencap_hold_exit - undo vnencap_hold_init(), when there are no devices
 */
void vnencap_hold_exit(void)
{
	unregister_pernet_subsys(&hold_net_ops);
}
