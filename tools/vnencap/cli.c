// SPDX-License-Identifier: GPL-2.0-only
/* Words and errors of the command line. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "out.h"

struct options options;
struct place place;
bool bar_shown;

static void say(const char *kind, const char *fmt, va_list ap)
{
	/* What was printed before it shall be read before it. */
	out_flush();
	if (bar_shown)
		fputs("\r\033[K", stderr);
	bar_shown = false;

	fprintf(stderr, "%s: ", kind);
	if (place.line)
		fprintf(stderr, "%s:%u: ", place.file, place.line);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int wrong(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("Error", fmt, ap);
	va_end(ap);
	return WRONG;
}

int refused(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("Error", fmt, ap);
	va_end(ap);
	return REFUSED;
}

void warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("Warning", fmt, ap);
	va_end(ap);
}

int wrong_arg(const char *arg, const char *why)
{
	return wrong("argument \"%s\" is wrong: %s", arg, why);
}

/* The word after @key, or NULL where it is missing, which is said. */
const char *args_value(struct args *args, const char *key)
{
	const char *value = args_next(args);

	if (!value)
		wrong("argument \"%s\" needs a value", key);
	return value;
}

int args_end(struct args *args)
{
	const char *word = args_next(args);

	return word ? wrong_arg(word, "no more words are expected") : OK;
}

/* "COMMAND help" and nothing more. */
bool args_want_help(const struct args *args)
{
	return args->left == 2 && !strcmp(args->word[1], "help");
}

/*
 * Index of the word that @s is or abbreviates. Unlike iproute2, where the
 * first of several wins, an abbreviation of two words is refused: a word
 * added later must not change what a script does.
 */
int word_find(const struct word *words, const char *s)
{
	int i, found = WORD_UNKNOWN;
	const char *name;
	size_t len;

	if (!*s)
		return WORD_UNKNOWN;
	for (i = 0; (name = words[i].name); i++) {
		for (len = 0; s[len] && s[len] == name[len]; len++)
			;
		if (s[len])
			continue;
		if (!name[len])
			return i;
		found = found == WORD_UNKNOWN ? i : WORD_AMBIGUOUS;
	}
	return found;
}

/* Run what the next word says; without a word, the first of @words. */
int word_run(const struct word *words, const char *what, const char *path,
	     struct args *args)
{
	const char *word = args_next(args);
	int i = word ? word_find(words, word) : 0;

	if (i == WORD_AMBIGUOUS)
		return wrong("%s \"%s\" is ambiguous, try \"%s help\"",
			     what, word, path);
	if (i == WORD_UNKNOWN)
		return wrong("%s \"%s\" is unknown, try \"%s help\"",
			     what, word, path);
	return words[i].run(args);
}
