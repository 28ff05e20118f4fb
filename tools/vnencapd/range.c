// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page of a list, as etcd's gRPC has it: a frame of five bytes, and a message of
 * Protocol Buffers. To make JSON of a page costs etcd many times what the page does.
 * So a list of many keys is asked for in this way, and all else in JSON.
 *
 * There are two messages here, of which nine fields matter. Unknown ones are passed
 * over. Nothing in an answer is trusted.
 */
#include <stdlib.h>
#include <string.h>

#include "range.h"

#define FRAME_LEN	5

/* Kinds of fields */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

/* --- what is asked ---------------------------------------------------------- */

static char *put_varint(char *to, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		*to++ = (char)(n | 0x80);
	*to++ = (char)n;
	return to;
}

static char *put_number(char *to, unsigned int field, uint64_t n)
{
	return put_varint(put_varint(to, field << 3 | VARINT), n);
}

static char *put_bytes(char *to, unsigned int field, const char *from, size_t len)
{
	to = put_varint(put_varint(to, field << 3 | BYTES), len);
	memcpy(to, from, len);
	return to + len;
}

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
	char *end = to + FRAME_LEN;
	size_t len;

	end = put_bytes(end, 1, page->from, page->from_len);
	end = put_bytes(end, 2, page->end, page->end_len);
	end = put_number(end, 3, limit);
	if (rev)
		end = put_number(end, 4, rev);
	len = end - to - FRAME_LEN;
	to[0] = 0;
	to[1] = (char)(len >> 24);
	to[2] = (char)(len >> 16);
	to[3] = (char)(len >> 8);
	to[4] = (char)len;
	return end - to;
}

/* --- what is answered ------------------------------------------------------- */

/**
 * struct message - what is left of one
 * @at: the next byte
 * @end: behind the last one
 */
struct message {
	const char *at;
	const char *end;
};

/**
 * struct field - one of a message
 * @number: which
 * @n: its value, where it is a number
 * @bytes: its value, where it is bytes
 */
struct field {
	uint64_t number;
	uint64_t n;
	struct message bytes;
};

static bool get_varint(struct message *m, uint64_t *n)
{
	unsigned int shift;
	unsigned char c;

	*n = 0;
	for (shift = 0; m->at < m->end && shift < 64; shift += 7) {
		c = *m->at++;
		*n |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return true;
	}
	return false;
}

static bool skip(struct message *m, size_t len)
{
	if ((size_t)(m->end - m->at) < len)
		return false;
	m->at += len;
	return true;
}

static bool get_bytes(struct message *m, struct message *bytes)
{
	uint64_t len;

	if (!get_varint(m, &len) || (uint64_t)(m->end - m->at) < len)
		return false;
	bytes->at = m->at;
	m->at += len;
	bytes->end = m->at;
	return true;
}

/* The next field; false where the message is not one */
static bool get_field(struct message *m, struct field *f)
{
	uint64_t tag;

	memset(f, 0, sizeof(*f));
	if (!get_varint(m, &tag))
		return false;
	f->number = tag >> 3;
	switch (tag & 7) {
	case VARINT:
		return get_varint(m, &f->n);
	case BYTES:
		return get_bytes(m, &f->bytes);
	case FIXED64:
		return skip(m, 8);
	case FIXED32:
		return skip(m, 4);
	}
	return false;
}

static bool get_head(struct message m, struct answer_head *head)
{
	struct field f;

	while (m.at < m.end) {
		if (!get_field(&m, &f))
			return false;
		if (f.number == 1)
			head->cluster = f.n;
		else if (f.number == 3)
			head->rev = (int64_t)f.n;
		else if (f.number == 4)
			head->term = (int64_t)f.n;
	}
	return true;
}

/* Returns whether all of it fits; if not, so much is told that a log can name it. */
static bool copy(char *to, size_t room, size_t *to_len, const struct message *from)
{
	size_t len = from->at ? from->end - from->at : 0;
	bool fits = len < room;

	*to_len = fits ? len : 48;
	if (*to_len)
		memcpy(to, from->at, *to_len);
	to[*to_len] = '\0';
	return fits;
}

/* A key, its value and its revision; @key is where the key is. */
static bool get_item(struct message m, struct answer_item *item, struct message *key)
{
	struct message value = { };
	struct field f;

	memset(key, 0, sizeof(*key));
	item->rev = 0;
	item->deleted = false;
	while (m.at < m.end) {
		if (!get_field(&m, &f))
			return false;
		if (f.number == 1)
			*key = f.bytes;
		else if (f.number == 3)
			item->rev = (int64_t)f.n;
		else if (f.number == 5)
			value = f.bytes;
	}
	item->long_key = !copy(item->key, sizeof(item->key), &item->key_len, key);
	item->huge = !copy(item->value, sizeof(item->value), &item->value_len, &value);
	return key->at;
}

/* Is it one frame, not compressed, and nothing behind it? */
static bool open_frame(const char *bytes, size_t len, struct message *m)
{
	const unsigned char *b = (const unsigned char *)bytes;

	if (len < FRAME_LEN || b[0] ||
	    ((size_t)b[1] << 24 | b[2] << 16 | b[3] << 8 | b[4]) != len - FRAME_LEN)
		return false;
	m->at = bytes + FRAME_LEN;
	m->end = bytes + len;
	return true;
}

static bool get_list(struct message m, struct answer_list *list, struct message *last,
		     answer_item_fn fn, void *data)
{
	struct answer_item item;
	bool headed = false;
	struct field f;

	while (m.at < m.end) {
		if (!get_field(&m, &f))
			return false;
		if (f.number == 1) {
			headed = f.bytes.at && get_head(f.bytes, &list->head);
		} else if (f.number == 2) {
			if (!f.bytes.at || !get_item(f.bytes, &item, last))
				return false;
			list->items++;
			if (fn)
				fn(&item, data);
		} else if (f.number == 3) {
			list->more = f.n;
		} else if (f.number == 4) {
			list->count = (int64_t)f.n;
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
	if (!open_frame(bytes, len, &m) || !get_list(m, list, &last, fn, data))
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
