// SPDX-License-Identifier: GPL-2.0-only
/*
 * gRPC's frames and messages of Protocol Buffers. Of etcd's messages so few are needed
 * here, with so few fields, that they are written and read by hand, in place. Unknown
 * fields are passed over. Nothing that is read is trusted.
 */
#include <string.h>

#include "proto.h"

/* Kinds of fields */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

/* --- writing ---------------------------------------------------------------- */

static char *put_varint(char *to, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		*to++ = (char)(n | 0x80);
	*to++ = (char)n;
	return to;
}

char *proto_put_number(char *to, unsigned int field, uint64_t n)
{
	return put_varint(put_varint(to, field << 3 | VARINT), n);
}

char *proto_put_bytes(char *to, unsigned int field, const char *from, size_t len)
{
	to = put_varint(put_varint(to, field << 3 | BYTES), len);
	memcpy(to, from, len);
	return to + len;
}

/**
 * proto_close - a frame is whole
 * @frame: where it begins; its message is PROTO_FRAME bytes behind that
 * @end: where that ends
 *
 * Return: the frame's length.
 */
size_t proto_close(char *frame, const char *end)
{
	size_t len = end - frame - PROTO_FRAME;

	frame[0] = 0;
	frame[1] = (char)(len >> 24);
	frame[2] = (char)(len >> 16);
	frame[3] = (char)(len >> 8);
	frame[4] = (char)len;
	return end - frame;
}

/* --- reading ---------------------------------------------------------------- */

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
bool proto_field(struct message *m, struct field *f)
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

/* The head of an answer */
bool proto_head(struct message m, struct answer_head *head)
{
	struct field f;

	while (m.at < m.end) {
		if (!proto_field(&m, &f))
			return false;
		if (f.number == 1)
			head->cluster = f.n;
		else if (f.number == 3)
			head->rev = answer_count(f.n);
		else if (f.number == 4)
			head->term = answer_count(f.n);
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
bool proto_item(struct message m, struct answer_item *item, struct message *key)
{
	struct message value = { };
	struct field f;

	memset(key, 0, sizeof(*key));
	item->rev = 0;
	item->deleted = false;
	while (m.at < m.end) {
		if (!proto_field(&m, &f))
			return false;
		if (f.number == 1)
			*key = f.bytes;
		else if (f.number == 3)
			item->rev = answer_count(f.n);
		else if (f.number == 5)
			value = f.bytes;
	}
	item->long_key = !copy(item->key, sizeof(item->key), &item->key_len, key);
	item->huge = !copy(item->value, sizeof(item->value), &item->value_len, &value);
	return key->at;
}

/**
 * proto_frame_len - how long is a frame?
 * @bytes: its beginning
 * @len: how much of it there is
 *
 * Return: its length; 0 where that is not there yet.
 */
size_t proto_frame_len(const char *bytes, size_t len)
{
	const unsigned char *b = (const unsigned char *)bytes;

	if (len < PROTO_FRAME)
		return 0;
	return ((size_t)b[1] << 24 | b[2] << 16 | b[3] << 8 | b[4]) + PROTO_FRAME;
}

/* Is it one frame, not compressed, and nothing behind it? */
bool proto_open(const char *bytes, size_t len, struct message *m)
{
	if (!len || proto_frame_len(bytes, len) != len || bytes[0])
		return false;
	m->at = bytes + PROTO_FRAME;
	m->end = bytes + len;
	return true;
}
