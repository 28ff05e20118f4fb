// SPDX-License-Identifier: GPL-2.0-only
/* What the daemon says, a line each, on the standard error output. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"

enum level log_level = LOG_INFO;

/* The journal takes the severity from "<N>"; others would only see it. */
static void say_list(enum level level, const char *fmt, va_list list)
{
	static int journal = -1;
	char line[1024];

	if (level > log_level)
		return;
	if (journal < 0)
		journal = !!getenv("JOURNAL_STREAM");
	vsnprintf(line, sizeof(line), fmt, list);
	if (journal)
		fprintf(stderr, "<%d>%s\n", level, line);
	else
		fprintf(stderr, "vnencapd: %s\n", line);
}

/**
 * say - tell the administrator something
 * @level: how bad it is
 * @fmt: as printf() has it, without the end of the line
 */
void say(enum level level, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	say_list(level, fmt, list);
	va_end(list);
}

/**
 * complain - warn of what others may cause as often as they like
 * @limit: what this place has said lately; zeros at first
 * @now: the time in milliseconds
 * @fmt: as printf() has it, without the end of the line
 *
 * What is not said is counted, and the number is said later.
 */
void complain(struct limit *limit, int64_t now, const char *fmt, ...)
{
	va_list list;

	if (!limit->said || now - limit->since >= LIMIT_PERIOD_MS) {
		if (limit->unsaid)
			say(LOG_WARN, "%u more lines of this kind were not said", limit->unsaid);
		limit->since = now;
		limit->said = 0;
		limit->unsaid = 0;
	}
	if (limit->said == LIMIT_LINES) {
		limit->unsaid++;
		return;
	}
	limit->said++;
	va_start(list, fmt);
	say_list(LOG_WARN, fmt, list);
	va_end(list);
}

/**
 * printable - bytes from others, as a log may have them
 * @bytes: these
 * @len: their number
 *
 * Return: the first of them, with dots for what is not ASCII; until the next
 * call.
 */
const char *printable(const char *bytes, unsigned int len)
{
	static char text[100];
	unsigned int i;

	for (i = 0; i < len && i < sizeof(text) - 4; i++)
		text[i] = isprint((unsigned char)bytes[i]) ? bytes[i] : '.';
	if (i < len)
		text[i++] = '.', text[i++] = '.', text[i++] = '.';
	text[i] = '\0';
	return text;
}
