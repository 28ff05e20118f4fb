/* SPDX-License-Identifier: GPL-2.0-only */
/* Prefixes that have just moved: the host that they left is still heard. */
#ifndef VNENCAPD_MOVES_H
#define VNENCAPD_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "table.h"
#include "target.h"

#define MOVES_MAX 4096

/**
 * struct moves - the prefixes, those first that moved first
 * @ms: for how long; 0 for not at all
 * @first: the place of the first of them
 * @count: places that are taken
 * @at: a ring of them; one of no prefix is over
 */
struct moves {
	int64_t ms;
	unsigned int first;
	unsigned int count;
	struct move {
		struct entry *entry;
		int64_t until;
	} at[MOVES_MAX];
};

bool moves_now(const struct moves *moves, const struct entry *entry);
bool moves_same(const struct entry *entry);
void moves_way(const struct entry *entry, struct way *way);
bool moves_add(struct moves *moves, struct entry *entry, int64_t now);
void moves_drop(struct moves *moves, struct entry *entry);
struct entry *moves_over(struct moves *moves, int64_t now);
int64_t moves_next(const struct moves *moves);

#endif /* VNENCAPD_MOVES_H */
