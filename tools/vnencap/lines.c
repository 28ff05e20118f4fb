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

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/*
 * "#" begins a comment only where a word begins: names may contain it. Not
 * strtok_r(), which looks up the blanks anew for each word: of a million lines
 * that is felt.
 */
static int split(struct lines *lines, struct args *args)
{
	char *c = lines->line, *word;
	int n = 0;

	for (;;) {
		while (is_blank(*c))
			c++;
		if (!*c || *c == '#')
			break;
		word = c;
		while (*c && !is_blank(*c))
			c++;
		if (*c)
			*c++ = '\0';
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
