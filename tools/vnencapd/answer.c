// SPDX-License-Identifier: GPL-2.0-only
/*
 * What etcd answers. Its JSON has 64-bit numbers as strings, bytes in base64, and
 * leaves out what is zero, false or empty.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "answer.h"
#include "base64.h"

static json_t *load(const char *text, size_t len)
{
	return json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
}

/* A number, or a string that is one; 0 where it is neither */
static int64_t get_number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	const char *text;
	char *end;
	int64_t n;

	if (json_is_integer(value))
		return json_integer_value(value);
	text = json_string_value(value);
	if (!text)
		return 0;
	errno = 0;
	n = strtoll(text, &end, 10);
	return errno || *end ? 0 : n;
}

static int64_t get_count(const json_t *object, const char *name)
{
	return answer_count(get_number(object, name));
}

static uint64_t get_unsigned(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? strtoull(text, NULL, 10) : 0;
}

static bool get_bool(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

static void get_head(const json_t *object, struct answer_head *head)
{
	const json_t *header = json_object_get(object, "header");

	head->cluster = get_unsigned(header, "cluster_id");
	head->rev = get_count(header, "revision");
	head->term = get_count(header, "raft_term");
}

/* Returns false where the bytes do not fit. */
static bool get_bytes(const json_t *object, const char *name, char *to, size_t size, size_t *len)
{
	const json_t *value = json_object_get(object, name);
	size_t from_len = json_string_length(value);
	const char *from = json_string_value(value);
	size_t fit = (size - 1) / 3 * 4;
	bool good;

	*len = 0;
	to[0] = '\0';
	if (!from)
		return true;
	good = from_len <= fit && base64_get(to, size, len, from, from_len);
	/* so much of it is told that a log can name it */
	if (!good && !base64_get(to, size, len, from, from_len > 64 ? 64 : from_len & ~3ul))
		*len = 0;
	to[*len] = '\0';
	return good;
}

static void get_item(const json_t *kv, struct answer_item *item)
{
	item->long_key = !get_bytes(kv, "key", item->key, sizeof(item->key), &item->key_len);
	item->huge = !get_bytes(kv, "value", item->value, sizeof(item->value),
				&item->value_len);
	item->rev = get_count(kv, "mod_revision");
	item->deleted = false;
}

/* Where the next page goes on; nowhere if that is not base64 */
static void get_last(const char *last64, struct answer_list *list)
{
	size_t len = strlen(last64);

	list->last = malloc(len + 1);
	if (!list->last)
		abort();
	if (base64_get(list->last, len + 1, &list->last_len, last64, len))
		return;
	free(list->last);
	list->last = NULL;
}

static void get_list(const json_t *root, struct answer_list *list, answer_item_fn fn, void *data)
{
	const json_t *kvs = json_object_get(root, "kvs"), *kv;
	struct answer_item item;
	const char *last = NULL;
	size_t i;

	get_head(root, &list->head);
	list->more = get_bool(root, "more");
	list->count = get_count(root, "count");
	json_array_foreach(kvs, i, kv) {
		last = json_string_value(json_object_get(kv, "key"));
		list->items++;
		if (!fn)
			continue;
		get_item(kv, &item);
		fn(&item, data);
	}
	if (last)
		get_last(last, list);
}

/**
 * answer_list - read a page of a list
 * @text: the answer
 * @len: its length
 * @list: to be filled; its @last is to be freed
 * @fn: gets each item; NULL where nobody wants them
 * @data: for @fn
 *
 * Return: whether it is such an answer.
 */
bool answer_list(const char *text, size_t len, struct answer_list *list, answer_item_fn fn,
		 void *data)
{
	json_t *root = load(text, len);
	bool good = json_is_object(json_object_get(root, "header"));

	memset(list, 0, sizeof(*list));
	if (good)
		get_list(root, list, fn, data);
	json_decref(root);
	return good && (!list->more || list->last);
}

static void get_event(const json_t *event, struct answer_watch *watch, answer_item_fn fn,
		      void *data)
{
	const char *type = json_string_value(json_object_get(event, "type"));
	struct answer_item item;

	get_item(json_object_get(event, "kv"), &item);
	item.deleted = type && !strcmp(type, "DELETE");
	if (item.rev > watch->last)
		watch->last = item.rev;
	watch->events++;
	fn(&item, data);
}

static void get_watch(const json_t *result, struct answer_watch *watch, answer_item_fn fn,
		      void *data)
{
	const json_t *events = json_object_get(result, "events"), *event;
	size_t i;

	get_head(result, &watch->head);
	watch->created = get_bool(result, "created");
	watch->canceled = get_bool(result, "canceled");
	watch->compacted = get_count(result, "compact_revision");
	json_array_foreach(events, i, event)
		get_event(event, watch, fn, data);
}

/* As answer_list(), of a line of the stream */
bool answer_watch(const char *text, size_t len, struct answer_watch *watch, answer_item_fn fn,
		  void *data)
{
	json_t *root = load(text, len);
	const json_t *result = json_object_get(root, "result");

	memset(watch, 0, sizeof(*watch));
	if (json_is_object(result))
		get_watch(result, watch, fn, data);
	else if (json_object_get(root, "error"))
		watch->error = true;
	else
		len = 0;
	json_decref(root);
	return len;
}

/* Of a grant, or of a renewal, which is a stream of one */
bool answer_lease(const char *text, size_t len, struct answer_lease *lease)
{
	json_t *root = load(text, len);
	const json_t *result = json_object_get(root, "result");

	if (!json_is_object(result))
		result = root;
	memset(lease, 0, sizeof(*lease));
	get_head(result, &lease->head);
	lease->id = get_number(result, "ID");
	lease->ttl = get_number(result, "TTL");
	json_decref(root);
	return lease->head.cluster;
}

bool answer_txn(const char *text, size_t len, struct answer_txn *txn)
{
	json_t *root = load(text, len);

	memset(txn, 0, sizeof(*txn));
	get_head(root, &txn->head);
	txn->succeeded = get_bool(root, "succeeded");
	json_decref(root);
	return txn->head.cluster;
}

bool answer_token(const char *text, size_t len, char *token, size_t size)
{
	json_t *root = load(text, len);
	const char *got = json_string_value(json_object_get(root, "token"));
	bool good = got && strlen(got) < size && !strpbrk(got, "\r\n");

	if (good)
		memcpy(token, got, strlen(got) + 1);
	json_decref(root);
	return good;
}

/* What etcd says is wrong, for a log: in JSON, or by gRPC in plain words */
void answer_error(const char *text, size_t len, char *error, size_t size)
{
	json_t *root = load(text, len);
	const char *got = json_string_value(json_object_get(root, "message"));

	if (!got)
		got = json_string_value(json_object_get(root, "error"));
	if (got)
		snprintf(error, size, "%s", got);
	else
		snprintf(error, size, "%.*s", (int)(len < size ? len : size),
			 len ? text : "no reason is given");
	json_decref(root);
}
