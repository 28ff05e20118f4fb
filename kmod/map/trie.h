/* SPDX-License-Identifier: GPL-2.0-only */
/* A binary trie of address prefixes: longest-prefix match under RCU. */
#ifndef _VNENCAP_TRIE_H
#define _VNENCAP_TRIE_H

#include <linux/bitops.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "wire/addr.h"

struct vnencap_endpoint;

/**
 * struct vnencap_trie_key - a prefix, or an address
 * @hi: its first 64 bits, those of IPv4 in the upper half, zeros after
 * @lo: the others
 */
struct vnencap_trie_key {
	u64 hi;
	u64 lo;
};

/**
 * struct vnencap_trie_node - a prefix that is a mapping, or a fork
 * @child: nodes of longer prefixes that go on with a 0 and with a 1
 * @endpoint: where it is mapped to; NULL for a fork, which has both children
 * @key: the prefix
 * @next: the next of those that are taken out: readers may stand on it until a
 *	grace period after
 * @len: its length in bits
 */
struct vnencap_trie_node {
	struct vnencap_trie_node __rcu *child[2];
	struct vnencap_endpoint __rcu *endpoint;
	struct vnencap_trie_key key;
	struct vnencap_trie_node *next;
	u8 len;
};

/**
 * struct vnencap_trie_place - where a prefix is in a trie, or would be
 * @link: points to its node, or to where a node would be put in
 * @up: points to the node that @link is part of; NULL if that is the root
 */
struct vnencap_trie_place {
	struct vnencap_trie_node __rcu **link;
	struct vnencap_trie_node __rcu **up;
};

/**
 * struct vnencap_trie_walk - on the way from mapping to mapping
 * @later: nodes still to be seen, the next one last. Each but the last is a
 *	sibling of a node on the way down: so there are no more than a key has
 *	bits, and one
 * @n: how many
 */
struct vnencap_trie_walk {
	const struct vnencap_trie_node *later[129];
	unsigned int n;
};

/* An address as a key */
static inline struct vnencap_trie_key vnencap_trie_key4(__be32 addr)
{
	return (struct vnencap_trie_key){ .hi = (u64)be32_to_cpu(addr) << 32 };
}

static inline struct vnencap_trie_key
vnencap_trie_key6(const struct in6_addr *addr)
{
	const __be32 *w = addr->s6_addr32;

	return (struct vnencap_trie_key){
		.hi = (u64)be32_to_cpu(w[0]) << 32 | be32_to_cpu(w[1]),
		.lo = (u64)be32_to_cpu(w[2]) << 32 | be32_to_cpu(w[3]),
	};
}

static inline struct vnencap_trie_key
vnencap_trie_key_of(const struct vnencap_addr *addr)
{
	return addr->family == AF_INET ? vnencap_trie_key4(addr->ip4) :
					 vnencap_trie_key6(&addr->ip6);
}

/* A key as an address again */
static inline struct vnencap_addr
vnencap_trie_addr(const struct vnencap_trie_key *key, u16 family)
{
	struct vnencap_addr addr = { .family = family };

	if (family == AF_INET) {
		addr.ip4 = cpu_to_be32(key->hi >> 32);
		return addr;
	}
	addr.ip6.s6_addr32[0] = cpu_to_be32(key->hi >> 32);
	addr.ip6.s6_addr32[1] = cpu_to_be32(key->hi);
	addr.ip6.s6_addr32[2] = cpu_to_be32(key->lo >> 32);
	addr.ip6.s6_addr32[3] = cpu_to_be32(key->lo);
	return addr;
}

/* The bit after the first @n of a key of @bits. After the last bit any will do:
 * there is only a leaf, which has no child.
 */
static __always_inline unsigned int
vnencap_trie_bit(const struct vnencap_trie_key *key, unsigned int n,
		 unsigned int bits)
{
	u64 word = bits <= 64 || n < 64 ? key->hi : key->lo;

	return word >> (~n & 63) & 1;
}

/* How many bits two keys have in common, from the first on */
static __always_inline unsigned int
vnencap_trie_common(const struct vnencap_trie_key *a,
		    const struct vnencap_trie_key *b)
{
	if (a->hi != b->hi)
		return 64 - fls64(a->hi ^ b->hi);
	return 128 - fls64(a->lo ^ b->lo);
}

/**
 * vnencap_trie_lookup - longest-prefix match
 * @root: of the trie
 * @key: the address
 * @bits: how many bits the address has; a constant, for speed
 *
 * The prefix of a fork is not compared. All prefixes that match are on the one
 * way down that the address's bits show. Where the address does not match a
 * fork's prefix, it meets only prefixes below that do not match either.
 *
 * Context: RCU, either flavour.
 * Return: the endpoint, or NULL.
 */
static __always_inline struct vnencap_endpoint *
vnencap_trie_lookup(struct vnencap_trie_node __rcu *const *root,
		    const struct vnencap_trie_key *key, unsigned int bits)
{
	struct vnencap_endpoint *endpoint, *best = NULL;
	const struct vnencap_trie_node *n;
	unsigned int bit;

	n = rcu_dereference_check(*root, rcu_read_lock_bh_held());
	while (n) {
		endpoint = rcu_dereference_check(n->endpoint,
						 rcu_read_lock_bh_held());
		if (endpoint) {
			if (vnencap_trie_common(&n->key, key) < n->len)
				break;
			best = endpoint;
		}
		bit = vnencap_trie_bit(key, n->len, bits);
		n = rcu_dereference_check(n->child[bit],
					  rcu_read_lock_bh_held());
	}
	return best;
}

/* For those who keep writers out */
struct vnencap_trie_place
vnencap_trie_find(struct vnencap_trie_node __rcu **root,
		  const struct vnencap_trie_key *key, unsigned int len);
struct vnencap_trie_node *
vnencap_trie_at(const struct vnencap_trie_place *place,
		const struct vnencap_trie_key *key, unsigned int len);
const struct vnencap_trie_node *
vnencap_trie_match(struct vnencap_trie_node __rcu *const *root,
		   const struct vnencap_trie_key *key);
void vnencap_trie_walk_begin(struct vnencap_trie_walk *walk,
			     struct vnencap_trie_node __rcu *const *root);
void vnencap_trie_walk_after(struct vnencap_trie_walk *walk,
			     struct vnencap_trie_node __rcu *const *root,
			     const struct vnencap_trie_key *key,
			     unsigned int len);
const struct vnencap_trie_node *
vnencap_trie_walk_next(struct vnencap_trie_walk *walk);

/* For writers, one at a time */
int vnencap_trie_insert(const struct vnencap_trie_place *place,
			const struct vnencap_trie_key *key, unsigned int len,
			struct vnencap_endpoint *endpoint);
int vnencap_trie_remove(const struct vnencap_trie_place *place);

int vnencap_trie_init(void);
void vnencap_trie_exit(void);

#endif /* _VNENCAP_TRIE_H */
