// SPDX-License-Identifier: GPL-2.0-only
/*
 * A binary trie of address prefixes: longest-prefix match under RCU.
 *
 * A path without a fork is one step: a node stands for a prefix, its children
 * for longer ones. A node either has an endpoint, and then its prefix is a
 * mapping, or it is a fork with both children. So there are fewer than two
 * nodes a mapping, of one cache line each.
 *
 * Readers walk down under RCU alone. A writer makes each change visible by
 * the store of one pointer: a mapping that stays is found at any time, and one
 * whose endpoint is replaced has the old or the new. A node once taken out
 * keeps its pointers: who stands on it still finds the way to what was below.
 */

#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "trie.h"

#if BITS_PER_LONG == 64
static_assert(sizeof(struct vnencap_trie_node) == 64);
#endif

/* The caller keeps other writers out, by a lock that only it knows. */
#define trie_deref(p) rcu_dereference_protected(p, true)

static struct kmem_cache *trie_cache;

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

static void trie_node_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(trie_cache,
			container_of(rcu, struct vnencap_trie_node, rcu));
}

/**
 * vnencap_trie_find - find the place of a prefix
 * @root: of the trie
 * @key: the prefix
 * @len: its length
 *
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
	call_rcu(&n->rcu, trie_node_free_rcu);
}

/**
 * vnencap_trie_remove - take out a mapping, and what is then no fork any more
 * @place: where its node is
 *
 * Readers may get its endpoint until a grace period has passed.
 *
 * Context: any.
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
	call_rcu(&n->rcu, trie_node_free_rcu);
	return 2;
}

/**
 * vnencap_trie_match - longest-prefix match, for who asks for the prefix
 * @root: of the trie
 * @key: the address
 *
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

/* The first mapping at a node or below it */
static const struct vnencap_trie_node *
trie_first(const struct vnencap_trie_node *n)
{
	while (n && !rcu_access_pointer(n->endpoint))
		n = trie_deref(n->child[0]);
	return n;
}

/**
 * vnencap_trie_first - the first mapping
 * @root: of the trie
 *
 * Return: its node, or NULL.
 */
const struct vnencap_trie_node *
vnencap_trie_first(struct vnencap_trie_node __rcu *const *root)
{
	return trie_first(trie_deref(*root));
}

/* What is below a node comes after it; after that, if it is nothing, @later */
static const struct vnencap_trie_node *
trie_below(const struct vnencap_trie_node *n,
	   const struct vnencap_trie_node *later)
{
	return trie_first(trie_deref(n->child[0]) ?:
			  trie_deref(n->child[1]) ?: later);
}

/**
 * vnencap_trie_next - the mapping after a prefix
 * @root: of the trie
 * @key: the prefix, which need not be there
 * @len: its length
 *
 * The order is that of the addresses, of equal ones the shorter prefix first.
 *
 * Return: its node, or NULL.
 */
const struct vnencap_trie_node *
vnencap_trie_next(struct vnencap_trie_node __rcu *const *root,
		  const struct vnencap_trie_key *key, unsigned int len)
{
	const struct vnencap_trie_node *n = trie_deref(*root), *later = NULL;
	unsigned int common;

	while (n) {
		common = vnencap_trie_common(&n->key, key);
		if (n->len > len && common >= len)
			return trie_first(n);
		if (common < n->len) {
			/* All of it is on one side of the prefix */
			if (trie_bit(&n->key, common))
				return trie_first(n);
			break;
		}
		if (n->len == len)
			return trie_below(n, later);
		if (trie_bit(key, n->len)) {
			n = trie_deref(n->child[1]);
			continue;
		}
		later = trie_deref(n->child[1]) ?: later;
		n = trie_deref(n->child[0]);
	}
	return trie_first(later);
}

/**
 * vnencap_trie_init - make ready for nodes
 *
 * Return: 0, or -ENOMEM.
 */
int __init vnencap_trie_init(void)
{
	trie_cache = kmem_cache_create("vnencap_trie",
				       sizeof(struct vnencap_trie_node), 0,
				       SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT, NULL);
	return trie_cache ? 0 : -ENOMEM;
}

/**
 * vnencap_trie_exit - undo vnencap_trie_init(), when all tries are empty
 *
 * Context: process; sleeps.
 */
void vnencap_trie_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(trie_cache);
}
