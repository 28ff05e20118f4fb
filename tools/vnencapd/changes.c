// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stream of changes, as etcd's gRPC has it. For each host that listens, a change in
 * JSON costs etcd four times as much.
 */
#include <stdio.h>
#include <string.h>

#include "changes.h"
#include "proto.h"

/**
 * changes_request - all changes from a revision on
 * @to: for the frame; CHANGES_ROOM bytes
 * @settings: which keys
 * @rev: the revision
 *
 * Return: its length.
 */
size_t changes_request(char *to, const struct settings *settings, int64_t rev)
{
	char create[CHANGES_ROOM / 2 + 64], *end = create, key[256];
	int len = snprintf(key, sizeof(key), "%snet/", settings->prefix);

	end = proto_put_bytes(end, 1, key, len);
	key[len - 1]++;
	end = proto_put_bytes(end, 2, key, len);
	end = proto_put_number(end, 3, rev);
	end = proto_put_number(end, 4, true);
	return proto_close(to, proto_put_bytes(to + PROTO_FRAME, 1, create, end - create));
}

static bool get_event(struct message m, struct answer_watch *watch, answer_item_fn fn,
		      void *data)
{
	struct answer_item item;
	struct message kv = { }, key;
	bool deleted = false;
	struct field f;

	while (m.at < m.end) {
		if (!proto_field(&m, &f))
			return false;
		if (f.number == 1)
			deleted = f.n == 1;
		else if (f.number == 2)
			kv = f.bytes;
	}
	if (!kv.at || !proto_item(kv, &item, &key))
		return false;
	item.deleted = deleted;
	if (item.rev > watch->last)
		watch->last = item.rev;
	watch->events++;
	fn(&item, data);
	return true;
}

/* As answer_watch(), of a frame */
bool changes_answer(const char *bytes, size_t len, struct answer_watch *watch,
		    answer_item_fn fn, void *data)
{
	bool headed = false;
	struct message m;
	struct field f;

	memset(watch, 0, sizeof(*watch));
	if (!proto_open(bytes, len, &m))
		return false;
	while (m.at < m.end) {
		if (!proto_field(&m, &f))
			return false;
		if (f.number == 1)
			headed = f.bytes.at && proto_head(f.bytes, &watch->head);
		else if (f.number == 3)
			watch->created = f.n;
		else if (f.number == 4)
			watch->canceled = f.n;
		else if (f.number == 5)
			watch->compacted = answer_count(f.n);
		else if (f.number == 11 &&
			 (!f.bytes.at || !get_event(f.bytes, watch, fn, data)))
			return false;
	}
	return headed;
}
