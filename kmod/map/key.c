// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keys of a VNI, and what can be done with them. The host sends with one key.
 * It may accept another as well, for the hosts of a VNI cannot all change their
 * keys at one moment. A change loses no packet: each host is given the new key
 * (add), then each sends with it (use), then the old key is taken from each
 * (del).
 *
 * A VNI that was given no key has the key of zeros. This key can be added, used
 * and deleted like others. So the first key comes, and the last one goes, in the
 * same way.
 *
 * Pure functions: where keys are kept is keyring.c's matter.
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
 * vnencap_key_read - take a key as control tells it
 * @key: its secret is written
 * @bytes: VNENCAP_KEY_LEN bytes
 *
 * Context: any.
 * Return: whether it is a key: zeros are not.
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

/* Keep the first @n keys, and wipe the others from memory. */
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
 * Context: any.
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
 * Context: any.
 * Return: 0; -EEXIST where a key of that id is there; -ENOSPC where there are
 * VNENCAP_KEYS_MAX keys.
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
 * Context: any.
 * Return: 0, or -ENOENT where no key of that id is there.
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
 * Context: any.
 * Return: 0; -ENOENT where no key of that id is there; -EBUSY where the host
 * sends with that key.
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
