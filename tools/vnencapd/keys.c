// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keys that a VNI is to have. They are reached by steps of which none loses
 * a packet of those who are one step behind (Documentation/keys.rst).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "secret.h"
#include "words.h"
#include "wrong.h"

static bool is_wanted(const struct key_pair *want, uint32_t id)
{
	return id == want->send.id || (want->has_also && id == want->also.id);
}

static bool is_there(const struct key_ids *ids, uint32_t id)
{
	return id == ids->id || (ids->has_also && id == ids->also);
}

static int add(struct backend *backend, uint32_t vni, const struct key *key)
{
	return backend->key_add(backend, vni, key->id, key->id ? key->secret : NULL);
}

/* One step; 1 if there is no more to do */
static int step(struct backend *backend, uint32_t vni, const struct key_pair *want,
		const struct key_ids *ids)
{
	if (ids->has_also && !is_wanted(want, ids->also))
		return backend->key_del(backend, vni, ids->also);
	if (!is_there(ids, want->send.id))
		return ids->has_also ? backend->key_use(backend, vni, ids->also) :
				       add(backend, vni, &want->send);
	if (ids->id != want->send.id)
		return backend->key_use(backend, vni, want->send.id);
	if (want->has_also && !is_there(ids, want->also.id))
		return add(backend, vni, &want->also);
	return 1;
}

#define STEPS_MAX 8

/**
 * keys_reach - make the kernel have these keys, and no others
 * @backend: the kernel
 * @vni: the virtual network
 * @want: the keys
 *
 * Return: 0 or -errno.
 */
int keys_reach(struct backend *backend, uint32_t vni, const struct key_pair *want)
{
	struct key_ids ids;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < STEPS_MAX; i++) {
		err = backend->key_get(backend, vni, &ids);
		if (!err)
			err = step(backend, vni, want, &ids);
	}
	return err == 1 ? 0 : err ? err : -ELOOP;
}

static bool read_key(struct words *words, struct key *key)
{
	char *id = words_value(words, "the id of a key"), *secret;

	if (!id || parse_key_id(id, &key->id))
		return false;
	if (!key->id)
		return true;
	secret = words_value(words, "a key");
	return secret && secret_parse(secret, key->secret);
}

/**
 * keys_parse - read "send ID KEY [also ID KEY]"
 * @text: that; is changed
 * @pair: to be filled
 *
 * Return: whether it is such; if not, wrong_text() says why, without the key.
 */
bool keys_parse(char *text, struct key_pair *pair)
{
	struct words words;

	memset(pair, 0, sizeof(*pair));
	words_split(&words, text);
	if (!words_are(&words, "send")) {
		wrong("\"send\" is expected");
		return false;
	}
	words_next(&words);
	if (!read_key(&words, &pair->send))
		return false;
	if (words_are(&words, "also")) {
		words_next(&words);
		pair->has_also = true;
		if (!read_key(&words, &pair->also))
			return false;
		if (pair->also.id == pair->send.id) {
			wrong("both keys have the same id");
			return false;
		}
	}
	if (words.at < words.n || words.too_many) {
		wrong("there is more than two keys");
		return false;
	}
	return true;
}

static bool key_same(const struct key *a, const struct key *b)
{
	return a->id == b->id && (!a->id || !memcmp(a->secret, b->secret, KEY_LEN));
}

/* Do they say the same? */
bool keys_same(const struct key_pair *a, const struct key_pair *b)
{
	return key_same(&a->send, &b->send) && a->has_also == b->has_also &&
	       (!a->has_also || key_same(&a->also, &b->also));
}

static char *key_text(char *to, const struct key *key)
{
	to += sprintf(to, "%u", key->id);
	if (!key->id)
		return to;
	*to++ = ' ';
	secret_text(to, key->secret);
	return to + strlen(to);
}

/* KEYS_TEXT_MAX bytes, which are secret */
void keys_text(char *to, const struct key_pair *pair)
{
	to = stpcpy(to, "send ");
	to = key_text(to, &pair->send);
	if (!pair->has_also)
		return;
	to = stpcpy(to, " also ");
	key_text(to, &pair->also);
}
