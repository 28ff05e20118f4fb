// SPDX-License-Identifier: GPL-2.0-only
/* A file of commands: lines, words, comments. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

/* From here to lines_close(), errors name the file and the line. */
int lines_open(struct lines *lines, const char *name)
{
	memset(lines, 0, sizeof(*lines));
	lines->file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	if (!lines->file)
		return wrong("cannot open file \"%s\": %s", name,
			     strerror(errno));
	lines->outer = place;
	place.file = name;
	place.line = 0;
	return OK;
}

void lines_close(struct lines *lines)
{
	if (lines->file != stdin)
		fclose(lines->file);
	free(lines->line);
	place = lines->outer;
}

/* "#" begins a comment only where a word begins: names may contain it. */
static int split(struct lines *lines, struct args *args)
{
	static const char blanks[] = " \t\r\n";
	char *word, *rest = NULL;
	int n = 0;

	for (word = strtok_r(lines->line, blanks, &rest);
	     word && *word != '#'; word = strtok_r(NULL, blanks, &rest)) {
		if (n == LINE_WORDS)
			return wrong_arg(word, "no more words are expected");
		lines->words[n++] = word;
	}
	args->word = lines->words;
	args->left = n;
	return OK;
}

/*
 * Read the next line's words, none for an empty line. After an error in the
 * line the next one can be read all the same; @more is false at the end of
 * the file and when it cannot be read.
 */
int lines_next(struct lines *lines, struct args *args, bool *more)
{
	ssize_t len;

	args->left = 0;
	errno = 0;
	len = getline(&lines->line, &lines->size, lines->file);
	*more = len >= 0;
	if (len < 0 && feof(lines->file) && !ferror(lines->file))
		return OK;
	place.line++;
	if (len < 0)
		return wrong("cannot read: %s", strerror(errno));
	if (strlen(lines->line) != (size_t)len)
		return wrong("the line contains a zero byte");
	return split(lines, args);
}
