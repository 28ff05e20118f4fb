/* SPDX-License-Identifier: GPL-2.0-only */
/* A change by which a session knows etcd's history again. */
#ifndef VNENCAPD_WITNESS_H
#define VNENCAPD_WITNESS_H

#include "answer.h"

/* What a look at the witness has told */
enum testimony {
	WITNESS_SAME,		/* it is the history that was seen */
	WITNESS_OTHER,		/* it is another one */
	WITNESS_LATER,		/* the key has changed since: look at it as it was then */
	WITNESS_NONSENSE,	/* that was no answer */
};

/**
 * struct witness - the last key that was seen to be put
 * @key: ended by a zero byte
 * @key_len: its length
 * @value: what was put
 * @value_len: its length
 * @rev: when; 0 as long as there is none
 * @then: it is looked at as it was at that revision, not as it is
 */
struct witness {
	char key[KEY_ROOM];
	size_t key_len;
	char value[VALUE_ROOM];
	size_t value_len;
	int64_t rev;
	bool then;
};

void witness_see(struct witness *witness, const struct answer_item *item);
void witness_ask(struct witness *witness, char *to, bool then);
enum testimony witness_hear(const struct witness *witness, const char *body, size_t len);

#endif /* VNENCAPD_WITNESS_H */
