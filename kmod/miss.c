// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which misses were told a moment ago: packets come faster than listeners want
 * to hear that the mapping they need is not there.
 *
 * A table of fixed size in each network namespace, in which a miss has a set
 * of slots that it can be in. If none of them is free, as so many others have
 * been told in the last second, a miss is not told: this bounds what a guest
 * that scans its network costs the listeners.
 */

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "addr.h"
#include "miss.h"

#define MISS_WAYS	4
#define MISS_SETS	256

/**
 * struct miss_net - what misses were told in a network namespace
 * @key: hashes them so that guests cannot make them collide
 * @slots: MISS_SETS times MISS_WAYS; the upper half of one says which miss,
 *	the lower half when (jiffies), and zero is free; NULL until somebody
 *	listens
 */
struct miss_net {
	siphash_key_t key;
	atomic64_t *slots;
};

static unsigned int miss_net_id __read_mostly;

static atomic64_t *miss_slots(struct miss_net *mn)
{
	atomic64_t *slots = READ_ONCE(mn->slots), *old;

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

/**
 * vnencap_miss_due - whether a miss is to be told now; it counts as told then
 * @net: the namespace of the substrate
 * @vni: the packet's VNI
 * @dst: its destination in the overlay
 *
 * Context: any, RCU or whatever else keeps @net.
 * Return: true, once a second at most for the same miss; or false.
 */
bool vnencap_miss_due(struct net *net, u32 vni, const struct vnencap_addr *dst)
{
	struct miss_net *mn = net_generic(net, miss_net_id);
	u64 hash = miss_hash(&mn->key, vni, dst);
	u32 tag = upper_32_bits(hash) | 1, now = jiffies;
	atomic64_t *slots = miss_slots(mn), *slot = NULL;
	u64 seen, was = 0;
	int i;

	if (!slots)
		return false;
	slots += lower_32_bits(hash) % MISS_SETS * MISS_WAYS;
	for (i = 0; i < MISS_WAYS; i++) {
		seen = atomic64_read(&slots[i]);
		if (!seen || now - lower_32_bits(seen) >= HZ) {
			if (!slot || upper_32_bits(seen) == tag) {
				slot = &slots[i];
				was = seen;
			}
		} else if (upper_32_bits(seen) == tag) {
			return false;
		}
	}
	/* Who is too late here met a miss that is being told just now. */
	return slot &&
	       atomic64_cmpxchg(slot, was, (u64)tag << 32 | now) == was;
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
 *
 * Return: 0, or an error.
 */
int __init vnencap_miss_init(void)
{
	return register_pernet_subsys(&miss_net_ops);
}

/**
 * vnencap_miss_exit - undo vnencap_miss_init(), when no miss can come any more
 */
void vnencap_miss_exit(void)
{
	unregister_pernet_subsys(&miss_net_ops);
}
