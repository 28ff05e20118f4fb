// SPDX-License-Identifier: GPL-2.0-only
/*
 * A binary trie of address prefixes: longest-prefix match under RCU.
 *
 * A path without a fork is one step: a node stands for a prefix, its children
 * for longer ones. A node either has an endpoint, and then its prefix is a
 * mapping, or it is a fork with both children. So there are fewer than two
 * nodes a mapping.
 *
 * Readers walk down under RCU alone. A writer makes each change visible by
 * the store of one pointer. So readers find a mapping that stays at any time,
 * and of one whose endpoint is replaced they find the old endpoint or the new.
 * A node that is taken out keeps its pointers: a reader that stands on it still
 * finds the way to what was below it.
 */

#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "map/trie.h"

/* A mapping is to take 128 bytes at most, and that is for nearly two nodes. */
#if BITS_PER_LONG == 64
static_assert(sizeof(struct vnencap_trie_node) == 56);
#endif

/* The caller keeps other writers out, by a lock that only the caller knows. */
#define trie_deref(p) rcu_dereference_protected(p, true)

static struct kmem_cache *trie_cache;

/**
 * struct trie_graves - nodes that were taken out and are still to be freed
 * @lock: guards the others
 * @fresh: nodes that wait for those in @old to be freed
 * @old: nodes that wait for a grace period; NULL where @work is idle
 * @work: frees the nodes in @old, many after one grace period: so a node needs
 *	no rcu_head
 */
struct trie_graves {
	spinlock_t lock;	/* see above */
	struct vnencap_trie_node *fresh;
	struct vnencap_trie_node *old;
	struct rcu_work work;
};

static struct trie_graves graves;

/* The bit of a key of either family */
static unsigned int trie_bit(const struct vnencap_trie_key *key, unsigned int n)
{
	return vnencap_trie_bit(key, n, 128);
}

static struct vnencap_trie_key trie_cut(const struct vnencap_trie_key *key,
					unsigned int len)
{
	return (struct vnencap_trie_key){
		.hi = len ? key->hi & ~0ULL << (64 - min(len, 64U)) : 0,
		.lo = len > 64 ? key->lo & ~0ULL << (128 - len) : 0,
	};
}

static struct vnencap_trie_node *
trie_node_new(const struct vnencap_trie_key *key, unsigned int len,
	      struct vnencap_endpoint *endpoint)
{
	struct vnencap_trie_node *n = kmem_cache_zalloc(trie_cache, GFP_KERNEL);

	if (!n)
		return NULL;
	n->key = trie_cut(key, len);
	n->len = len;
	RCU_INIT_POINTER(n->endpoint, endpoint);
	return n;
}

/* The fresh nodes' grace period begins. The lock is held. */
static void trie_graves_start(void)
{
	graves.old = graves.fresh;
	graves.fresh = NULL;
	if (graves.old)
		queue_rcu_work(system_unbound_wq, &graves.work);
}

static void trie_graves_free(struct work_struct *work)
{
	struct vnencap_trie_node *n, *next;

	spin_lock(&graves.lock);
	n = graves.old;
	trie_graves_start();
	spin_unlock(&graves.lock);
	for (; n; n = next) {
		next = n->next;
		kmem_cache_free(trie_cache, n);
		cond_resched();
	}
}

/* Free a node that new readers cannot find, as soon as old readers are gone. */
static void trie_bury(struct vnencap_trie_node *n)
{
	spin_lock(&graves.lock);
	n->next = graves.fresh;
	graves.fresh = n;
	if (!graves.old)
		trie_graves_start();
	spin_unlock(&graves.lock);
}

/**
 * vnencap_trie_find - find the place of a prefix
 * @root: of the trie
 * @key: the prefix
 * @len: its length
 *
 * Context: under the writers' lock.
 * Return: the place, good until the trie is changed.
 */
struct vnencap_trie_place
vnencap_trie_find(struct vnencap_trie_node __rcu **root,
		  const struct vnencap_trie_key *key, unsigned int len)
{
	struct vnencap_trie_place place = { .link = root };
	struct vnencap_trie_node *n;

	while ((n = trie_deref(*place.link)) && n->len < len &&
	       vnencap_trie_common(&n->key, key) >= n->len) {
		place.up = place.link;
		place.link = &n->child[trie_bit(key, n->len)];
	}
	return place;
}

/**
 * vnencap_trie_at - the node of a prefix
 * @place: where vnencap_trie_find() says it is
 * @key: the prefix
 * @len: its length
 *
 * Context: under the writers' lock.
 * Return: its node, a mapping or a fork; NULL if it has none.
 */
struct vnencap_trie_node *
vnencap_trie_at(const struct vnencap_trie_place *place,
		const struct vnencap_trie_key *key, unsigned int len)
{
	struct vnencap_trie_node *n = trie_deref(*place->link);

	if (!n || n->len != len || vnencap_trie_common(&n->key, key) < len)
		return NULL;
	return n;
}

static void trie_hang(struct vnencap_trie_node *parent,
		      struct vnencap_trie_node *n)
{
	unsigned int bit = trie_bit(&n->key, parent->len);

	RCU_INIT_POINTER(parent->child[bit], n);
}

/**
 * vnencap_trie_insert - put in a prefix that has no node
 * @place: where vnencap_trie_find() says it would be
 * @key: the prefix
 * @len: its length
 * @endpoint: where it is mapped to
 *
 * Context: process; sleeps.
 * Return: how many nodes there are more, or -ENOMEM.
 */
int vnencap_trie_insert(const struct vnencap_trie_place *place,
			const struct vnencap_trie_key *key, unsigned int len,
			struct vnencap_endpoint *endpoint)
{
	struct vnencap_trie_node *n, *fork, *below = trie_deref(*place->link);
	unsigned int common = len;

	n = trie_node_new(key, len, endpoint);
	if (!n)
		return -ENOMEM;

	if (below)
		common = min(vnencap_trie_common(&below->key, key), len);
	if (common == len) {
		if (below)
			trie_hang(n, below);
		rcu_assign_pointer(*place->link, n);
		return 1;
	}

	fork = trie_node_new(key, common, NULL);
	if (!fork) {
		kmem_cache_free(trie_cache, n);
		return -ENOMEM;
	}
	trie_hang(fork, n);
	trie_hang(fork, below);
	rcu_assign_pointer(*place->link, fork);
	return 2;
}

static void trie_unlink(struct vnencap_trie_node __rcu **link,
			struct vnencap_trie_node *n,
			struct vnencap_trie_node *instead)
{
	rcu_assign_pointer(*link, instead);
	trie_bury(n);
}

/**
 * vnencap_trie_remove - take out a mapping, and what then is no fork any more
 * @place: where the mapping's node is
 *
 * Readers may get the mapping's endpoint until a grace period has passed.
 *
 * Context: process.
 * Return: how many nodes there are less.
 */
int vnencap_trie_remove(const struct vnencap_trie_place *place)
{
	struct vnencap_trie_node *n = trie_deref(*place->link);
	struct vnencap_trie_node *left = trie_deref(n->child[0]);
	struct vnencap_trie_node *right = trie_deref(n->child[1]);
	struct vnencap_trie_node *up;

	if (left && right) {
		RCU_INIT_POINTER(n->endpoint, NULL);
		return 0;
	}

	up = place->up ? trie_deref(*place->up) : NULL;
	if (left || right || !up || rcu_access_pointer(up->endpoint)) {
		trie_unlink(place->link, n, left ?: right);
		return 1;
	}

	/* A leaf under a fork: the other child takes the fork's place. The
	 * fork still points to the leaf, so both wait for the same readers.
	 */
	left = trie_deref(up->child[0]);
	right = trie_deref(up->child[1]);
	trie_unlink(place->up, up, left == n ? right : left);
	trie_bury(n);
	return 2;
}

/**
 * vnencap_trie_match - longest-prefix match, where the prefix is asked for too
 * @root: of the trie
 * @key: the address
 *
 * Context: under the writers' lock.
 * Return: the mapping's node, or NULL.
 */
const struct vnencap_trie_node *
vnencap_trie_match(struct vnencap_trie_node __rcu *const *root,
		   const struct vnencap_trie_key *key)
{
	const struct vnencap_trie_node *n, *best = NULL;

	n = trie_deref(*root);
	while (n && vnencap_trie_common(&n->key, key) >= n->len) {
		if (rcu_access_pointer(n->endpoint))
			best = n;
		n = trie_deref(n->child[trie_bit(key, n->len)]);
	}
	return best;
}

static void walk_push(struct vnencap_trie_walk *walk,
		      const struct vnencap_trie_node *n)
{
	if (n)
		walk->later[walk->n++] = n;
}

/* What is below a node comes after it. */
static void walk_push_below(struct vnencap_trie_walk *walk,
			    const struct vnencap_trie_node *n)
{
	walk_push(walk, trie_deref(n->child[1]));
	walk_push(walk, trie_deref(n->child[0]));
}

/**
 * vnencap_trie_walk_begin - go over all mappings
 * @walk: written
 * @root: of the trie
 *
 * The order is that of the addresses; of prefixes with the same address the
 * shorter one comes first. @walk is good until the trie is changed.
 *
 * Context: under the writers' lock.
 */
void vnencap_trie_walk_begin(struct vnencap_trie_walk *walk,
			     struct vnencap_trie_node __rcu *const *root)
{
	walk->n = 0;
	walk_push(walk, trie_deref(*root));
}

/**
 * vnencap_trie_walk_after - go over the mappings after a prefix
 * @walk: as vnencap_trie_walk_begin()
 * @root: of the trie
 * @key: the prefix, which need not be there
 * @len: its length
 *
 * Context: as vnencap_trie_walk_begin().
 */
void vnencap_trie_walk_after(struct vnencap_trie_walk *walk,
			     struct vnencap_trie_node __rcu *const *root,
			     const struct vnencap_trie_key *key,
			     unsigned int len)
{
	const struct vnencap_trie_node *n = trie_deref(*root);
	unsigned int common;

	walk->n = 0;
	while (n) {
		common = vnencap_trie_common(&n->key, key);
		if (n->len > len && common >= len)
			return walk_push(walk, n);
		if (common < n->len) {
			/* All of it is on one side of the prefix */
			if (trie_bit(&n->key, common))
				walk_push(walk, n);
			return;
		}
		if (n->len == len)
			return walk_push_below(walk, n);
		if (trie_bit(key, n->len)) {
			n = trie_deref(n->child[1]);
			continue;
		}
		walk_push(walk, trie_deref(n->child[1]));
		n = trie_deref(n->child[0]);
	}
}

/**
 * vnencap_trie_walk_next - the next mapping
 * @walk: where it is now
 *
 * Context: as vnencap_trie_walk_begin().
 * Return: its node, or NULL.
 */
const struct vnencap_trie_node *
vnencap_trie_walk_next(struct vnencap_trie_walk *walk)
{
	const struct vnencap_trie_node *n;

	while (walk->n) {
		n = walk->later[--walk->n];
		walk_push_below(walk, n);
		if (rcu_access_pointer(n->endpoint))
			return n;
	}
	return NULL;
}

/**
 * vnencap_trie_init - make ready for nodes
 *
 * Context: module init.
 * Return: 0, or -ENOMEM.
 */
int __init vnencap_trie_init(void)
{
	spin_lock_init(&graves.lock);
	INIT_RCU_WORK(&graves.work, trie_graves_free);
	trie_cache = kmem_cache_create("vnencap_trie",
				       sizeof(struct vnencap_trie_node), 0,
				       SLAB_ACCOUNT, NULL);
	return trie_cache ? 0 : -ENOMEM;
}

/**
 * vnencap_trie_exit - undo vnencap_trie_init(), when all tries are empty
 *
 * Context: process; sleeps.
 */
void vnencap_trie_exit(void)
{
	/* nobody adds to them any more, but one round may start another */
	while (flush_rcu_work(&graves.work))
		;
	kmem_cache_destroy(trie_cache);
}
