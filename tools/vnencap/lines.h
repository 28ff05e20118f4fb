/* SPDX-License-Identifier: GPL-2.0-only */
/* A file of commands: lines, words, comments. */
#ifndef VNENCAP_LINES_H
#define VNENCAP_LINES_H

#include <stdio.h>

#include "cli.h"

/* More than the longest command has; a longer line is an error. */
#define LINE_WORDS 80

struct lines {
	FILE *file;
	char *line;
	size_t size;
	struct place outer;
	char *words[LINE_WORDS];
};

int lines_open(struct lines *lines, const char *name);
int lines_next(struct lines *lines, struct args *args, bool *more);
void lines_close(struct lines *lines);

#endif /* VNENCAP_LINES_H */
