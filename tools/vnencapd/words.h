/* SPDX-License-Identifier: GPL-2.0-only */
/* A line's words, and what they mean. */
#ifndef VNENCAPD_WORDS_H
#define VNENCAPD_WORDS_H

#include <stdbool.h>

#include "table.h"
#include "target.h"

#define WORDS_MAX 80

struct words {
	char *word[WORDS_MAX];
	unsigned int n;
	unsigned int at;
	bool too_many;
};

void words_split(struct words *words, char *line);
char *words_next(struct words *words);
bool words_are(const struct words *words, const char *word);
char *words_value(struct words *words, const char *what);
bool words_end(struct words *words);
bool words_number(struct words *words, unsigned long max, unsigned long *value);

bool words_dest(struct words *words, struct dest *dest);

/* Where a host is; false if there is none of that name. */
typedef bool (*words_host_fn)(const char *host, struct addr *via, void *data);

bool words_way(struct words *words, struct way *way, words_host_fn host, void *data);
bool words_host(const char *word, char *host);

#endif /* VNENCAPD_WORDS_H */
