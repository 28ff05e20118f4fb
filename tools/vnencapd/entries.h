/* SPDX-License-Identifier: GPL-2.0-only */
/* The lists that a prefix may be in. */
#ifndef VNENCAPD_ENTRIES_H
#define VNENCAPD_ENTRIES_H

#include "table.h"

struct core;

struct entries {
	struct entry *first;
	struct entry *last;
	uint32_t count;
};

void entries_put(struct core *core, struct entry *entry, enum entry_state state);
void entries_take(struct core *core, struct entry *entry);

#endif /* VNENCAPD_ENTRIES_H */
