// SPDX-License-Identifier: GPL-2.0-only
/* The standard output, by a buffer of our own. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "out.h"

#define OUT_SIZE 65536

static char bytes[OUT_SIZE];
struct out_buffer out_buffer = { .at = bytes, .end = bytes + OUT_SIZE };

/* What could not be written is lost, as is what comes after it. */
int out_flush(void)
{
	static int error;
	const char *from = bytes;
	ssize_t n;

	while (!error && from < out_buffer.at) {
		n = write(STDOUT_FILENO, from, out_buffer.at - from);
		if (n >= 0)
			from += n;
		else if (errno != EINTR)
			error = errno;
	}
	out_buffer.at = bytes;
	return error;
}

void out_format(const char *fmt, ...)
{
	char *to = out_room(OUT_WORD_MAX);
	va_list ap;

	va_start(ap, fmt);
	out_until(to + vsnprintf(to, OUT_WORD_MAX, fmt, ap));
	va_end(ap);
}
