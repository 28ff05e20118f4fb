// SPDX-License-Identifier: GPL-2.0-only
/*
 * Misses: packets that found no mapping. Listeners are told of them, but packets
 * come faster than anybody wants to hear of them: so the same miss is told once
 * a second at most.
 *
 * Each network namespace has a table of the misses that were told a moment ago.
 * Its size is fixed. A miss has one set of slots in it. Where all of the set's
 * slots are taken by other misses of the last second, a miss is not told: this
 * bounds what a guest that scans its network costs the listeners.
 */

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "map/miss.h"
#include "wire/addr.h"

#define MISS_WAYS	4
#define MISS_SETS	256

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
 * struct miss_net - what misses were told in a network namespace
 * @key: hashes them so that guests cannot make them collide
 * @slots: MISS_SETS times MISS_WAYS; NULL until somebody listens
 */
struct miss_net {
	siphash_key_t key;
	struct miss_slot *slots;
};

static unsigned int miss_net_id __read_mostly;
static const struct vnencap_miss_ops *miss_ops __ro_after_init;

static struct miss_slot *miss_slots(struct miss_net *mn)
{
	struct miss_slot *slots = READ_ONCE(mn->slots), *old;

	if (slots)
		return slots;
	slots = kcalloc(MISS_SETS * MISS_WAYS, sizeof(*slots),
			GFP_ATOMIC | __GFP_NOWARN);
	if (!slots)
		return NULL;
	old = cmpxchg(&mn->slots, NULL, slots);
	if (!old)
		return slots;
	kfree(slots);
	return old;
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

static u32 miss_count(struct miss_slot *slots, u32 tag, u32 n)
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
	return slot ? miss_take(slot, was, tag, now, n) : 0;
}

/**
 * vnencap_miss_due - whether a miss is to be told now; it counts as told then
 * @net: the namespace of the substrate
 * @miss: the miss; if it is due its @count is set: how many packets met it since
 *	it was last told
 * @n: how many more packets met it now; 0 where it is asked for again, for a
 *	packet that waits: it is due then if it was not told yet
 *
 * Context: any, RCU or whatever else keeps @net.
 * Return: true once a second at most for the same miss.
 */
bool vnencap_miss_due(struct net *net, struct vnencap_miss *miss, u32 n)
{
	struct miss_net *mn = net_generic(net, miss_net_id);
	struct miss_slot *slots = miss_slots(mn);
	u64 hash;

	if (!slots)
		return false;
	hash = miss_hash(&mn->key, miss->vni, &miss->dst);
	slots += lower_32_bits(hash) % MISS_SETS * MISS_WAYS;
	miss->count = miss_count(slots, upper_32_bits(hash) | 1, n);
	return miss->count;
}

/**
 * vnencap_miss_heard - does anybody listen to misses?
 * @net: the namespace of the substrate
 *
 * Context: any.
 * Return: true where somebody does.
 */
bool vnencap_miss_heard(struct net *net)
{
	return miss_ops->heard(net);
}

/**
 * vnencap_miss_tell - tell listeners that packets found no mapping
 * @net: the namespace of the substrate
 * @miss: which is due
 *
 * Context: softirq or process, in RCU.
 */
void vnencap_miss_tell(struct net *net, const struct vnencap_miss *miss)
{
	miss_ops->tell(net, miss);
}

/**
 * vnencap_miss_met - a packet found no mapping
 * @net: the namespace of the substrate
 * @vni: the packet's VNI
 * @dst: its destination in the overlay
 *
 * The same miss is told once a second at most.
 *
 * Context: softirq, in RCU.
 * Return: whether anybody listens: the miss was told then, or counts for the
 * next time that it is.
 */
bool vnencap_miss_met(struct net *net, u32 vni, const struct vnencap_addr *dst)
{
	struct vnencap_miss miss = { .vni = vni, .dst = *dst };

	if (!vnencap_miss_heard(net))
		return false;
	if (vnencap_miss_due(net, &miss, 1))
		vnencap_miss_tell(net, &miss);
	return true;
}

static int __net_init miss_net_init(struct net *net)
{
	struct miss_net *mn = net_generic(net, miss_net_id);

	get_random_bytes(&mn->key, sizeof(mn->key));
	return 0;
}

static void __net_exit miss_net_exit(struct net *net)
{
	struct miss_net *mn = net_generic(net, miss_net_id);

	kfree(mn->slots);
}

static struct pernet_operations miss_net_ops = {
	.init = miss_net_init,
	.exit = miss_net_exit,
	.id = &miss_net_id,
	.size = sizeof(struct miss_net),
};

/**
 * vnencap_miss_init - make ready for misses
 * @ops: where they are told
 *
 * Return: 0, or an error.
 */
int __init vnencap_miss_init(const struct vnencap_miss_ops *ops)
{
	miss_ops = ops;
	return register_pernet_subsys(&miss_net_ops);
}

/**
 * vnencap_miss_exit - undo vnencap_miss_init(), when no miss can come any more
 */
void vnencap_miss_exit(void)
{
	unregister_pernet_subsys(&miss_net_ops);
}
