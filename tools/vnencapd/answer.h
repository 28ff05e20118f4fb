/* SPDX-License-Identifier: GPL-2.0-only */
/* What etcd answers, read from its JSON. Nothing in it is trusted. */
#ifndef VNENCAPD_ANSWER_H
#define VNENCAPD_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer ones are none of ours. */
#define KEY_ROOM	256
#define VALUE_ROOM	1024

/**
 * struct answer_item - a key and its value
 * @key: ended by a zero byte; cut where it is longer than any of ours
 * @key_len: its true length, as far as there is room
 * @value: as @key
 * @rev: of its last change; for a deletion, of that
 * @deleted: it is gone
 * @long_key: the key is too long to be ours
 * @huge: the value is
 */
struct answer_item {
	char key[KEY_ROOM];
	size_t key_len;
	char value[VALUE_ROOM];
	size_t value_len;
	int64_t rev;
	bool deleted;
	bool long_key;
	bool huge;
};

/* A revision, or something else that etcd counts: 0 where it is one that etcd never gets
 * to, so that others may count on from it.
 */
static inline int64_t answer_count(uint64_t n)
{
	return n < INT64_MAX ? (int64_t)n : 0;
}

typedef void (*answer_item_fn)(const struct answer_item *item, void *data);

/* The head of each answer; 0 where something is missing, or cannot be */
struct answer_head {
	uint64_t cluster;
	int64_t rev;
	int64_t term;
};

/* A page of a list; @last is the key to go on after, and @count are the keys that
 * there are from its beginning on, on this page and behind.
 */
struct answer_list {
	struct answer_head head;
	bool more;
	int64_t count;
	unsigned int items;
	char *last;
	size_t last_len;
};

/* A line of the stream of changes */
struct answer_watch {
	struct answer_head head;
	bool created;
	bool canceled;
	bool error;
	int64_t compacted;
	int64_t last;		/* the revision of the last event */
	unsigned int events;
};

struct answer_lease {
	struct answer_head head;
	int64_t id;
	int64_t ttl;
};

struct answer_txn {
	struct answer_head head;
	bool succeeded;
};

bool answer_list(const char *text, size_t len, struct answer_list *list, answer_item_fn fn,
		 void *data);
bool answer_watch(const char *text, size_t len, struct answer_watch *watch, answer_item_fn fn,
		  void *data);
bool answer_lease(const char *text, size_t len, struct answer_lease *lease);
bool answer_txn(const char *text, size_t len, struct answer_txn *txn);
bool answer_token(const char *text, size_t len, char *token, size_t size);
void answer_error(const char *text, size_t len, char *error, size_t size);

#endif /* VNENCAPD_ANSWER_H */
