// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with a word. The readers of words are those of the command line
 * (parse.c), which print what is wrong. A daemon must say where the word stands
 * and not say it too often, so here the text is only kept.
 */
#include <stdarg.h>
#include <stdio.h>

#include "log.h"
#include "wrong.h"

static char text[256];

/* As the command line's: the exit code comes back, which is never OK. */
int wrong(const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	vsnprintf(text, sizeof(text), fmt, list);
	va_end(list);
	return WRONG;
}

int wrong_arg(const char *arg, const char *why)
{
	return wrong("\"%s\": %s", printable(arg, __builtin_strlen(arg)), why);
}

/**
 * wrong_text - what was wrong with the last word that was
 *
 * Return: a line without its end; until the next word is wrong.
 */
const char *wrong_text(void)
{
	return text;
}
