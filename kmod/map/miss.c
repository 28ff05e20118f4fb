// SPDX-License-Identifier: GPL-2.0-only
/*
 * Misses: packets that found no mapping. Listeners are told of them, but packets
 * come faster than anybody wants to hear of them: so the same miss is told once
 * a second at most.
 *
 * Each VNI that has a device has a table of the misses that were told a moment
 * ago. Its size is fixed. A miss has one set of slots in it. Where all of the
 * set's slots are taken by other misses of the last second, a miss is not told.
 *
 * And what listeners are told in a short time is bounded, for a guest that scans
 * its network must not fill their buffers. Each VNI has a share of it, so that no
 * VNI silences another: at least MISS_OWN in a window of time, and more as long
 * as all VNIs together have not had MISS_ALL.
 *
 * The kernel says whether anybody listens, but not where: whoever listens in a
 * namespace of its own makes it say so to all. Only from what became of a message
 * is it known whether anybody has heard it in this namespace.
 */

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "map/miss.h"
#include "map/share.h"
#include "wire/addr.h"

#define MISS_WAYS	4
#define MISS_SETS	128
#define MISS_ALL	128		/* told in a window of time, of all VNIs */
#define MISS_OWN	1		/* and of one VNI in any case */

/**
 * struct miss_slot - a miss that was told
 * @told: the upper half says which miss, the lower half when (jiffies); zero
 *	where there is none
 * @since: how many times it was met since
 */
struct miss_slot {
	atomic64_t told;
	atomic_t since;
};

/**
 * struct vnencap_misses - what misses of a VNI were told
 * @net: the namespace of the substrate
 * @vni: the VNI
 * @told: how many a moment ago
 * @rcu: readers may hold them until a grace period after they went
 * @slots: which; MISS_WAYS of them are a set
 */
struct vnencap_misses {
	struct net *net;
	u32 vni;
	struct vnencap_window told;
	struct rcu_head rcu;
	struct miss_slot slots[MISS_SETS * MISS_WAYS];
};

/**
 * struct miss_net - what the misses of a network namespace have in common
 * @key: hashes them so that guests cannot make them collide
 * @told: how many a moment ago, of all VNIs
 * @heard: somebody heard the last one
 */
struct miss_net {
	siphash_key_t key;
	struct vnencap_window told;
	bool heard;
};

static unsigned int miss_net_id __read_mostly;
static const struct vnencap_miss_ops *miss_ops __ro_after_init;

static struct miss_net *miss_net(const struct vnencap_misses *misses)
{
	return net_generic(misses->net, miss_net_id);
}

/**
 * vnencap_miss_new - no miss of a VNI was told yet
 * @net: the namespace of the substrate
 * @vni: the VNI
 *
 * Context: process; sleeps.
 * Return: what is to be known of the VNI's misses; NULL where memory is short.
 */
struct vnencap_misses *vnencap_miss_new(struct net *net, u32 vni)
{
	struct vnencap_misses *misses;

	misses = kzalloc(sizeof(*misses), GFP_KERNEL_ACCOUNT);
	if (!misses)
		return NULL;
	misses->net = net;
	misses->vni = vni;
	return misses;
}

/**
 * vnencap_miss_end - no device has the VNI any more
 * @misses: the VNI's
 *
 * Readers that found them before may go on with them.
 *
 * Context: process.
 */
void vnencap_miss_end(struct vnencap_misses *misses)
{
	kfree_rcu(misses, rcu);
}

static u64 miss_hash(const siphash_key_t *key, u32 vni,
		     const struct vnencap_addr *dst)
{
	struct {
		u32 vni;
		u32 family;
		struct in6_addr dst;
	} miss __aligned(SIPHASH_ALIGNMENT) = {
		.vni = vni,
		.family = dst->family,
	};

	if (dst->family == AF_INET)
		miss.dst.s6_addr32[0] = dst->ip4;
	else
		miss.dst = dst->ip6;
	return siphash(&miss, sizeof(miss), key);
}

/* Take a slot, which is free or the miss's own, to tell the miss now. Another
 * CPU may take it first: then that tells a miss just now, and this one does not.
 * Return: how many packets the miss stands for, 0 where it is not to be told.
 */
static u32 miss_take(struct miss_slot *slot, u64 was, u32 tag, u32 now, u32 n)
{
	bool own = upper_32_bits(was) == tag;
	u32 since;

	if (own && !n && !atomic_read(&slot->since))
		return 0;
	if (atomic64_cmpxchg(&slot->told, was, (u64)tag << 32 | now) != was)
		return 0;
	since = atomic_xchg(&slot->since, 0);
	/* asked for again (n is 0), a miss stands for the packet that waits */
	return own ? since + n : max(n, 1U);
}

/* May one more be told now? */
static bool miss_share(const struct vnencap_misses *misses)
{
	u32 own = vnencap_window_count(&misses->told);
	u32 all = vnencap_window_count(&miss_net(misses)->told);

	return own < MISS_OWN || own < vnencap_share(MISS_ALL, all);
}

/* Tell a miss in a slot that is free, or the miss's own, if it may be told. */
static u32 miss_tell_in(struct vnencap_misses *misses, struct miss_slot *slot,
			u64 was, u32 tag, u32 n)
{
	u32 count;

	if (!miss_share(misses)) {
		if (upper_32_bits(was) == tag)
			atomic_add(n, &slot->since);
		return 0;
	}
	count = miss_take(slot, was, tag, jiffies, n);
	if (!count)
		return 0;
	vnencap_window_add(&misses->told);
	vnencap_window_add(&miss_net(misses)->told);
	return count;
}

static u32 miss_count(struct vnencap_misses *misses, struct miss_slot *slots,
		      u32 tag, u32 n)
{
	struct miss_slot *slot = NULL;
	u32 now = jiffies;
	u64 told, was = 0;
	int i;

	for (i = 0; i < MISS_WAYS; i++) {
		told = atomic64_read(&slots[i].told);
		if (!told || now - lower_32_bits(told) >= HZ) {
			if (!slot || upper_32_bits(told) == tag) {
				slot = &slots[i];
				was = told;
			}
		} else if (upper_32_bits(told) == tag) {
			atomic_add(n, &slots[i].since);
			return 0;
		}
	}
	return slot ? miss_tell_in(misses, slot, was, tag, n) : 0;
}

/* The slots of a miss, and in @tag what tells it from others there */
static struct miss_slot *miss_slots(struct vnencap_misses *misses,
				    const struct vnencap_addr *dst, u32 *tag)
{
	u64 hash = miss_hash(&miss_net(misses)->key, misses->vni, dst);

	*tag = upper_32_bits(hash) | 1;
	return misses->slots + lower_32_bits(hash) % MISS_SETS * MISS_WAYS;
}

/**
 * vnencap_miss_due - whether a miss is to be told now; it counts as told then
 * @misses: the VNI's
 * @miss: its @dst is given; if it is due the rest is set: @count is how many
 *	packets met it since it was last told
 * @n: how many more packets met it now; 0 where it is asked for again, for a
 *	packet that waits: it is due then if it was not told yet
 *
 * Context: any, in RCU.
 * Return: true once a second at most for the same miss.
 */
bool vnencap_miss_due(struct vnencap_misses *misses, struct vnencap_miss *miss,
		      u32 n)
{
	struct miss_slot *slots;
	u32 tag;

	slots = miss_slots(misses, &miss->dst, &tag);
	miss->vni = misses->vni;
	miss->count = miss_count(misses, slots, tag, n);
	return miss->count;
}

/**
 * vnencap_miss_wanted - may anybody want to hear of misses?
 * @misses: a VNI's
 *
 * Context: any, in RCU.
 * Return: true where somebody listens, maybe in another namespace.
 */
bool vnencap_miss_wanted(const struct vnencap_misses *misses)
{
	return miss_ops->wanted(misses->net);
}

/**
 * vnencap_miss_heard - does anybody hear of misses?
 * @misses: a VNI's
 *
 * Context: any, in RCU.
 * Return: true where somebody in the substrate's namespace has heard the last that
 * was told there, and may listen still.
 */
bool vnencap_miss_heard(const struct vnencap_misses *misses)
{
	return vnencap_miss_wanted(misses) &&
	       READ_ONCE(miss_net(misses)->heard);
}

/* Nobody has heard of it: its packets count for the next time that it is told. */
static void miss_untell(struct vnencap_misses *misses,
			const struct vnencap_miss *miss)
{
	struct miss_slot *slots;
	u32 tag;
	int i;

	slots = miss_slots(misses, &miss->dst, &tag);
	for (i = 0; i < MISS_WAYS; i++)
		if (upper_32_bits(atomic64_read(&slots[i].told)) == tag)
			atomic_add(miss->count, &slots[i].since);
}

/**
 * vnencap_miss_tell - tell listeners that packets found no mapping
 * @misses: the VNI's
 * @miss: which is due
 *
 * Context: softirq or process, in RCU.
 */
void vnencap_miss_tell(struct vnencap_misses *misses,
		       const struct vnencap_miss *miss)
{
	bool heard = miss_ops->tell(misses->net, miss);

	WRITE_ONCE(miss_net(misses)->heard, heard);
	if (!heard)
		miss_untell(misses, miss);
}

/**
 * vnencap_miss_met - a packet found no mapping
 * @misses: its VNI's
 * @dst: its destination in the overlay
 *
 * The same miss is told once a second at most.
 *
 * Context: softirq, in RCU.
 * Return: whether it may be wanted: the miss was told then, or counts for the next
 * time that it is.
 */
bool vnencap_miss_met(struct vnencap_misses *misses,
		      const struct vnencap_addr *dst)
{
	struct vnencap_miss miss = { .dst = *dst };

	if (!vnencap_miss_wanted(misses))
		return false;
	if (vnencap_miss_due(misses, &miss, 1))
		vnencap_miss_tell(misses, &miss);
	return true;
}

static int __net_init miss_net_init(struct net *net)
{
	struct miss_net *mn = net_generic(net, miss_net_id);

	get_random_bytes(&mn->key, sizeof(mn->key));
	return 0;
}

static struct pernet_operations miss_net_ops = {
	.init = miss_net_init,
	.id = &miss_net_id,
	.size = sizeof(struct miss_net),
};

/**
 * vnencap_miss_init - make ready for misses
 * @ops: where they are told
 *
 * Context: module init.
 * Return: 0, or an error.
 */
int __init vnencap_miss_init(const struct vnencap_miss_ops *ops)
{
	miss_ops = ops;
	return register_pernet_subsys(&miss_net_ops);
}

/**
 * vnencap_miss_exit - undo vnencap_miss_init(), when no miss can come any more
 *
 * Context: module exit (or failed init).
 */
void vnencap_miss_exit(void)
{
	unregister_pernet_subsys(&miss_net_ops);
}
