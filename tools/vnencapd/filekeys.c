// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keys that the file names: the first of a VNI is the one to send with, a
 * second one is accepted as well.
 */
#include <string.h>

#include "filekeys.h"
#include "keys.h"
#include "log.h"

static const struct file_key *next_of(const struct file_key *key, uint32_t vni)
{
	while (key && key->vni != vni)
		key = key->next;
	return key;
}

static void use_vni(const struct file_key *first, struct backend *backend)
{
	const struct file_key *also = next_of(first->next, first->vni);
	struct key_pair want = { };
	int err;

	want.send.id = first->id;
	memcpy(want.send.secret, first->secret, KEY_LEN);
	if (also) {
		want.has_also = true;
		want.also.id = also->id;
		memcpy(want.also.secret, also->secret, KEY_LEN);
	}
	err = keys_reach(backend, first->vni, &want);
	if (err)
		say(LOG_ERROR, "vni %u: cannot set its keys: %s", first->vni, strerror(-err));
	explicit_bzero(&want, sizeof(want));
}

/**
 * filekeys_use - make the kernel have the keys that the file names
 * @file: the file
 * @backend: the kernel
 *
 * VNIs that have none in the file are left alone.
 */
void filekeys_use(const struct file *file, struct backend *backend)
{
	const struct file_key *key;

	for (key = file->keys; key; key = key->next)
		if (next_of(file->keys, key->vni) == key)
			use_vni(key, backend);
}
