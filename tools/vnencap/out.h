/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The standard output, by a buffer of our own: by stdio's, with its call and its
 * lock for each word, it took longer to print a mapping than for the kernel to
 * tell it.
 */
#ifndef VNENCAP_OUT_H
#define VNENCAP_OUT_H

#include <stddef.h>

#define OUT_WORD_MAX 64

struct out_buffer {
	char *at;		/* where the next byte goes */
	char *end;
};

extern struct out_buffer out_buffer;

/* Write out what there is; 0, or the errno of the first write that failed. */
int out_flush(void);

/* Room for a few bytes, which out_until() then makes part of the output. */
static inline char *out_room(size_t len)
{
	if ((size_t)(out_buffer.end - out_buffer.at) < len)
		out_flush();
	return out_buffer.at;
}

static inline void out_until(char *end)
{
	out_buffer.at = end;
}

static inline void out_char(char c)
{
	char *to = out_room(1);

	*to = c;
	out_until(to + 1);
}

/* A word, of OUT_WORD_MAX bytes at most */
static inline void out_text(const char *s)
{
	char *to = out_room(OUT_WORD_MAX);

	while (*s)
		*to++ = *s++;
	out_until(to);
}

/* OUT_WORD_MAX bytes at most */
void out_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* VNENCAP_OUT_H */
