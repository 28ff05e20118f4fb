// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a key in etcd and its value mean.
 *
 *	map/VNI/ADDR/LEN	via ADDR [weight N]... | blackhole  [host NAME]
 *	host/NAME		via ADDR...
 *	key/VNI			send ID KEY [also ID KEY]
 *	roll			anything: it is a call that hosts answer
 *
 * There is one way only to write a key, so that nobody maps a prefix by another
 * spelling of it than the one that etcd lets him write.
 */
#include <stdio.h>
#include <string.h>

#include "item.h"
#include "words.h"
#include "wrong.h"
#include "../vnencap/text.h"

/* The key of a mapping, without the prefix; returns where it ends. */
char *item_map_key(char *to, const struct dest *dest)
{
	struct prefix prefix;

	dest_prefix(dest, &prefix);
	to = stpcpy(to, "map/");
	to = text_uint(to, dest->vni);
	*to++ = '/';
	return text_prefix(to, &prefix);
}

static bool map_key(struct item *item, const char *key)
{
	char text[ITEM_KEY_MAX], again[ITEM_KEY_MAX], *vni, *prefix_text;
	struct prefix prefix;

	snprintf(text, sizeof(text), "%s", key);
	vni = text + strlen("map/");
	prefix_text = strchr(vni, '/');
	if (!prefix_text || !strchr(prefix_text + 1, '/')) {
		wrong("map/VNI/ADDR/LENGTH is expected");
		return false;
	}
	*prefix_text++ = '\0';
	if (parse_vni(vni, &item->vni) || parse_prefix(prefix_text, &prefix))
		return false;
	dest_make(&item->dest, item->vni, &prefix);
	item_map_key(again, &item->dest);
	if (!strcmp(again, key))
		return true;
	wrong("it must be written %s", again);
	return false;
}

static bool key_key(struct item *item, const char *key)
{
	const char *vni = key + strlen("key/");
	char again[16];

	if (parse_vni(vni, &item->vni))
		return false;
	text_uint(again, item->vni);
	if (!strcmp(again, vni))
		return true;
	wrong("it must be written key/%s", again);
	return false;
}

/**
 * item_key - what is a key about?
 * @item: to be filled
 * @key: without the prefix
 * @len: its length
 *
 * Return: whether it is one of ours; if not, wrong_text() says why.
 */
bool item_key(struct item *item, const char *key, size_t len)
{
	memset(item, 0, sizeof(*item));
	if (strlen(key) != len || len >= ITEM_KEY_MAX) {
		wrong("it is too long, or has a zero byte");
		return false;
	}
	if (!strncmp(key, "map/", 4)) {
		item->kind = ITEM_MAP;
		return map_key(item, key);
	}
	if (!strncmp(key, "key/", 4)) {
		item->kind = ITEM_KEY;
		return key_key(item, key);
	}
	if (!strncmp(key, "host/", 5)) {
		item->kind = ITEM_HOST;
		return words_host(key + 5, item->name);
	}
	if (!strcmp(key, "roll")) {
		item->kind = ITEM_ROLL;
		return true;
	}
	wrong("map, host or key is expected");
	return false;
}

static bool map_value(struct item *item, char *value)
{
	struct words words;

	words_split(&words, value);
	if (!words_way(&words, &item->way, NULL, NULL))
		return false;
	if (item->kind == ITEM_MAP && words_are(&words, "host")) {
		char *name;

		words_next(&words);
		name = words_value(&words, "a name");
		if (!name || !words_host(name, item->way.host))
			return false;
	}
	return words_end(&words);
}

/**
 * item_value - what does the value say?
 * @item: from item_key()
 * @value: is changed
 * @len: its length
 *
 * Return: whether it is right; if not, wrong_text() says why.
 */
bool item_value(struct item *item, char *value, size_t len)
{
	if (strlen(value) != len) {
		wrong("the value has a zero byte");
		return false;
	}
	if (item->kind == ITEM_ROLL)
		return true;
	return item->kind == ITEM_KEY ? keys_parse(value, &item->pair) : map_value(item, value);
}
