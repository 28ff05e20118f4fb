/* SPDX-License-Identifier: GPL-2.0-only */
/* gRPC's frames and messages of Protocol Buffers, as far as etcd's are read here. */
#ifndef VNENCAPD_PROTO_H
#define VNENCAPD_PROTO_H

#include "answer.h"

/* Before each message: a byte that says whether it is compressed, and its length */
#define PROTO_FRAME	5

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

char *proto_put_number(char *to, unsigned int field, uint64_t n);
char *proto_put_bytes(char *to, unsigned int field, const char *from, size_t len);
size_t proto_close(char *frame, const char *end);

size_t proto_frame_len(const char *bytes, size_t len);
bool proto_open(const char *bytes, size_t len, struct message *m);
bool proto_field(struct message *m, struct field *f);
bool proto_head(struct message m, struct answer_head *head);
bool proto_item(struct message m, struct answer_item *item, struct message *key);

#endif /* VNENCAPD_PROTO_H */
