// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page of a list, as etcd's gRPC has it. To make JSON of a page costs etcd many times
 * what the page does.
 */
#include <stdlib.h>
#include <string.h>

#include "proto.h"
#include "range.h"

/**
 * range_request - a page of a list
 * @to: for the frame; RANGE_ROOM bytes
 * @page: which one
 * @limit: items in a page
 * @rev: the revision that all pages are of; 0 for the newest
 *
 * Return: its length.
 */
size_t range_request(char *to, const struct page *page, unsigned int limit, int64_t rev)
{
	char *end = to + PROTO_FRAME;

	end = proto_put_bytes(end, 1, page->from, page->from_len);
	end = proto_put_bytes(end, 2, page->end, page->end_len);
	end = proto_put_number(end, 3, limit);
	if (rev)
		end = proto_put_number(end, 4, rev);
	return proto_close(to, end);
}

static bool get_list(struct message m, struct answer_list *list, struct message *last,
		     answer_item_fn fn, void *data)
{
	struct answer_item item;
	bool headed = false;
	struct field f;

	while (m.at < m.end) {
		if (!proto_field(&m, &f))
			return false;
		if (f.number == 1) {
			headed = f.bytes.at && proto_head(f.bytes, &list->head);
		} else if (f.number == 2) {
			if (!f.bytes.at || !proto_item(f.bytes, &item, last))
				return false;
			list->items++;
			if (fn)
				fn(&item, data);
		} else if (f.number == 3) {
			list->more = f.n;
		} else if (f.number == 4) {
			list->count = answer_count(f.n);
		}
	}
	return headed;
}

/**
 * range_answer - read a page of a list
 * @bytes: the frame
 * @len: its length
 * @list: to be filled; its @last is to be freed
 * @fn: gets each item; NULL where nobody wants them
 * @data: for @fn
 *
 * Return: whether it is such an answer.
 */
bool range_answer(const char *bytes, size_t len, struct answer_list *list, answer_item_fn fn,
		  void *data)
{
	struct message m, last = { };

	memset(list, 0, sizeof(*list));
	if (!proto_open(bytes, len, &m) || !get_list(m, list, &last, fn, data))
		return false;
	if (!last.at)
		return !list->more;
	list->last_len = last.end - last.at;
	list->last = malloc(list->last_len + 1);
	if (!list->last)
		abort();
	memcpy(list->last, last.at, list->last_len);
	return true;
}
