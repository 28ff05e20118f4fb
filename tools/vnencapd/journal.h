/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel was told, on disk: the daemon's memory over its lives. */
#ifndef VNENCAPD_JOURNAL_H
#define VNENCAPD_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "table.h"

struct core;

struct journal {
	char *path;
	FILE *file;
	uint64_t lines;
	bool failed;
};

int journal_open(struct journal *journal, const char *path, struct core *core);
void journal_close(struct journal *journal);
void journal_set(struct journal *journal, const struct entry *entry);
void journal_remove(struct journal *journal, const struct entry *entry);
void journal_flush(struct journal *journal);
void journal_trim(struct journal *journal, struct core *core);

#endif /* VNENCAPD_JOURNAL_H */
