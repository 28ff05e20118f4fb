/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of a VNI: what headers are authenticated with. */
#ifndef _VNENCAP_KEY_H
#define _VNENCAP_KEY_H

#include <linux/siphash.h>
#include <linux/types.h>

/* So many are valid at the same time, while one takes the other's place */
#define VNENCAP_KEYS_MAX	2

/* The key of zeros, which everybody knows: with it a tag is a mere checksum */
#define VNENCAP_KEY_ID_OPEN	0

/* A key as control tells it: the bytes that SipHash takes, in their order */
#define VNENCAP_KEY_LEN		16

/**
 * struct vnencap_key - a key
 * @secret: the key itself
 * @id: what the administrator calls it, VNENCAP_KEY_ID_OPEN where that is zero
 */
struct vnencap_key {
	siphash_key_t secret;
	u32 id;
};

/**
 * struct vnencap_keys - the keys of a VNI
 * @key: the first is sent with; each of them is accepted
 * @n: how many, one at least
 * @rcu: readers may hold them until a grace period after they were replaced
 */
struct vnencap_keys {
	struct vnencap_key key[VNENCAP_KEYS_MAX];
	unsigned int n;
	struct rcu_head rcu;
};

/* The keys of a VNI that was given none */
extern const struct vnencap_keys vnencap_keys_open;

/* Are these the keys of a VNI that was given none? */
static inline bool vnencap_keys_are_open(const struct vnencap_keys *keys)
{
	return keys->n == 1 && keys->key[0].id == VNENCAP_KEY_ID_OPEN;
}

bool vnencap_key_read(struct vnencap_key *key, const u8 *bytes);

/* What changes keys. Where no key is brought in, only the id of @key counts. */
typedef int (*vnencap_keys_fn)(struct vnencap_keys *keys,
			       const struct vnencap_key *key);

int vnencap_keys_set(struct vnencap_keys *keys, const struct vnencap_key *key);
int vnencap_keys_add(struct vnencap_keys *keys, const struct vnencap_key *key);
int vnencap_keys_use(struct vnencap_keys *keys, const struct vnencap_key *key);
int vnencap_keys_del(struct vnencap_keys *keys, const struct vnencap_key *key);

#endif /* _VNENCAP_KEY_H */
