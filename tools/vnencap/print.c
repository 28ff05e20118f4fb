// SPDX-License-Identifier: GPL-2.0-only
/* Output: the same calls make a line of words, or JSON. */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include <linux/vnencap.h>

#include "cli.h"
#include "out.h"
#include "print.h"
#include "text.h"

static struct {
	unsigned int depth;	/* open brackets, JSON */
	bool first;		/* nothing since the last one opened */
	bool list_begun;	/* a list's bracket still to be printed */
} out;

static void new_line(void)
{
	unsigned int i;

	if (!options.pretty)
		return;
	out_char('\n');
	for (i = 0; i < out.depth; i++)
		out_text("    ");
}

/* What stands between the value before, if any, and the next. */
static void separate(void)
{
	if (!out.first)
		out_char(options.json ? ',' : ' ');
	out.first = false;
}

static void json_begin(char bracket)
{
	out_char(bracket);
	out.depth++;
	out.first = true;
}

static void json_end(char bracket)
{
	out.depth--;
	if (!out.first)
		new_line();
	out_char(bracket);
	out.first = false;
}

/*
 * Length of the valid and printable UTF-8 character at @s, else 0. Control
 * characters, C1 too, are not printable: the namespace of a tenant may give
 * its device any name, and it is not to speak to the admin's terminal.
 */
static unsigned int utf8_len(const unsigned char *s)
{
	unsigned int i, n;
	uint32_t c;

	if (*s < 0x80)
		return *s >= 0x20 && *s != 0x7f;
	if (*s < 0xc2 || *s > 0xf4)
		return 0;
	n = 2 + (*s >= 0xe0) + (*s >= 0xf0);
	c = *s & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < 0xa0 || (n == 3 && c < 0x800) || (n == 4 && c < 0x10000))
		return 0;
	if ((c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	return n;
}

static void put_bytes(const unsigned char *c, unsigned int n)
{
	while (n--)
		out_char(*c++);
}

static void put_text(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	unsigned int n;

	for (; *c; c += n) {
		n = utf8_len(c);
		if (n) {
			put_bytes(c, n);
			continue;
		}
		out_format("\\%03o", *c);
		n = 1;
	}
}

static void put_json(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	unsigned int n;

	out_char('"');
	for (; *c; c += n) {
		n = utf8_len(c);
		if (*c == '"' || *c == '\\')
			out_char('\\');
		if (n) {
			put_bytes(c, n);
			continue;
		}
		/* A byte that is no UTF-8 becomes the replacement character. */
		out_format("\\u%04x", *c < 0x80 ? *c : 0xfffd);
		n = 1;
	}
	out_char('"');
}

/* Comma, line and name of a JSON value, or space and word of a text one. */
static void put_key(const char *key, const char *word)
{
	separate();
	if (options.json) {
		new_line();
		out_char('"');
		out_text(key);
		out_text(options.pretty ? "\": " : "\":");
	} else if (word) {
		out_text(word);
		out_char(' ');
	}
}

/*
 * The bracket waits for the first object, so that a command that fails
 * before it prints nothing; one that fails later leaves the list open: half
 * an answer shall not be read as a whole one.
 */
void print_list_begin(void)
{
	out.list_begun = options.json;
}

void print_list_end(void)
{
	if (!options.json)
		return;
	if (out.list_begun)
		json_begin('[');
	out.list_begun = false;
	json_end(']');
	out_char('\n');
}

void print_object_begin(void)
{
	if (!options.json) {
		out.first = true;
		return;
	}
	if (out.list_begun)
		json_begin('[');
	out.list_begun = false;
	if (out.depth) {
		separate();
		new_line();
	}
	json_begin('{');
}

void print_object_end(void)
{
	if (options.json)
		json_end('}');
	if (!out.depth)
		out_char('\n');
}

void print_group_begin(const char *key)
{
	if (!options.json)
		return;
	put_key(key, NULL);
	json_begin('{');
}

void print_group_end(void)
{
	if (options.json)
		json_end('}');
}

void print_array_begin(const char *key)
{
	if (!options.json)
		return;
	put_key(key, NULL);
	json_begin('[');
}

void print_array_end(void)
{
	if (options.json)
		json_end(']');
}

void print_item_begin(void)
{
	if (!options.json)
		return;
	separate();
	new_line();
	json_begin('{');
}

void print_item_end(void)
{
	if (options.json)
		json_end('}');
}

void print_word(const char *word)
{
	if (options.json)
		return;
	separate();
	out_text(word);
}

void print_tag(const char *key, const char *value)
{
	if (options.json)
		print_string(key, NULL, value);
}

void print_bool(const char *key, const char *word, bool value)
{
	put_key(key, NULL);
	if (options.json) {
		out_text(value ? "true" : "false");
		return;
	}
	out_text(value ? "" : "no");
	out_text(word);
}

void print_uint(const char *key, const char *word, uint32_t value)
{
	put_key(key, word);
	out_until(text_uint(out_room(TEXT_UINT_MAX), value));
}

void print_string(const char *key, const char *word, const char *value)
{
	put_key(key, word);
	if (options.json)
		put_json(value);
	else
		put_text(value);
}

/* In the words that are read back */
void print_fec(uint8_t fec)
{
	if (fec == VNENCAP_FEC_AUTO)
		print_string("fec", "fec", "auto");
	else if (fec || options.json)
		print_uint("fec", "fec", fec);
	else
		print_word("fec off");
}

/* Addresses are most of what is printed: nothing in them needs an escape. */
static void put_quote(void)
{
	if (options.json)
		out_char('"');
}

void print_addr(const char *key, const char *word, const struct addr *addr)
{
	put_key(key, word);
	put_quote();
	out_until(text_addr(out_room(TEXT_ADDR_MAX), addr));
	put_quote();
}

void print_prefix(const char *key, const char *word,
		  const struct prefix *prefix)
{
	put_key(key, word);
	put_quote();
	out_until(text_prefix(out_room(TEXT_PREFIX_MAX), prefix));
	put_quote();
}

/* Four digits and a letter, as "ip -human -s link" does. */
static void put_human(uint64_t value)
{
	static const char units[] = " kMGTPE";
	double v = value;
	unsigned int i;

	for (i = 0; v >= 1000; i++)
		v /= 1000;
	if (i)
		out_format("%.*f%c", v < 10 ? 2 : v < 100 ? 1 : 0, v, units[i]);
	else
		out_format("%" PRIu64, value);
}

void print_counter(const char *key, uint64_t value)
{
	if (options.json) {
		put_key(key, NULL);
		out_format("%" PRIu64, value);
		return;
	}
	out_text("\n    ");
	out_text(key);
	out_char(' ');
	if (options.human)
		put_human(value);
	else
		out_format("%" PRIu64, value);
}

int print_flush(void)
{
	static bool reported;
	int error = out_flush();

	if (!error)
		return OK;
	if (reported)
		return WRONG;
	reported = true;
	return wrong("cannot write the output: %s", strerror(error));
}
