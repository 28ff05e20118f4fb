// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keys of a VNI, and what can be done with them. One is sent with. Another
 * may be accepted as well, so that hosts, which cannot change theirs at one
 * moment, need not lose a packet: each is given the new key (add), then each
 * sends with it (use), then the old one is taken from each (del).
 *
 * A VNI without a key is one with the key of zeros. That can be added, used and
 * deleted like others, so the first key comes, and the last one goes, in the
 * same way.
 *
 * Pure: where keys are kept, and how readers come to them, is map.c's.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "compat.h"
#include "map/key.h"

const struct vnencap_keys vnencap_keys_open = {
	.key = { { .id = VNENCAP_KEY_ID_OPEN } },
	.n = 1,
};

/**
 * vnencap_key_read - take a key as it is told
 * @key: its secret is written
 * @bytes: VNENCAP_KEY_LEN of them
 *
 * Return: whether it is one: zeros are not.
 */
bool vnencap_key_read(struct vnencap_key *key, const u8 *bytes)
{
	key->secret.key[0] = get_unaligned_le64(bytes);
	key->secret.key[1] = get_unaligned_le64(bytes + sizeof(u64));
	return !siphash_key_is_zero(&key->secret);
}

static struct vnencap_key *find(struct vnencap_keys *keys, u32 id)
{
	unsigned int i;

	for (i = 0; i < keys->n; i++)
		if (keys->key[i].id == id)
			return &keys->key[i];
	return NULL;
}

/* Have the first @n, and not even in memory the others. */
static void forget(struct vnencap_keys *keys, unsigned int n)
{
	keys->n = n;
	memzero_explicit(&keys->key[n],
			 (VNENCAP_KEYS_MAX - n) * sizeof(*keys->key));
}

/**
 * vnencap_keys_set - have one key and no other
 * @keys: changed
 * @key: the key
 *
 * Return: 0.
 */
int vnencap_keys_set(struct vnencap_keys *keys, const struct vnencap_key *key)
{
	keys->key[0] = *key;
	forget(keys, 1);
	return 0;
}

/**
 * vnencap_keys_add - accept one more key
 * @keys: changed
 * @key: the key
 *
 * Return: 0; -EEXIST where there is one of that id; -ENOSPC where there are as
 * many as can be.
 */
int vnencap_keys_add(struct vnencap_keys *keys, const struct vnencap_key *key)
{
	if (find(keys, key->id))
		return -EEXIST;
	if (keys->n == VNENCAP_KEYS_MAX)
		return -ENOSPC;
	keys->key[keys->n++] = *key;
	return 0;
}

/**
 * vnencap_keys_use - send with a key that is accepted
 * @keys: changed
 * @key: its id
 *
 * Return: 0, or -ENOENT where there is none of that id.
 */
int vnencap_keys_use(struct vnencap_keys *keys, const struct vnencap_key *key)
{
	struct vnencap_key *found = find(keys, key->id), before;

	if (!found)
		return -ENOENT;
	before = keys->key[0];
	keys->key[0] = *found;
	*found = before;
	memzero_explicit(&before, sizeof(before));
	return 0;
}

/**
 * vnencap_keys_del - do not accept a key any more
 * @keys: changed
 * @key: its id
 *
 * Return: 0; -ENOENT where there is none of that id; -EBUSY where that is the
 * one that is sent with.
 */
int vnencap_keys_del(struct vnencap_keys *keys, const struct vnencap_key *key)
{
	struct vnencap_key *found = find(keys, key->id);

	if (!found)
		return -ENOENT;
	if (found == keys->key)
		return -EBUSY;
	forget(keys, keys->n - 1);
	return 0;
}
