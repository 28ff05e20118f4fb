// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inputs as text, a line each: records with their numbers in hexadecimal, and data
 * of which each run of zeros is written as its length: "0.3.0.0:45z10.ff 3.0.0.0:".
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz-attr.h"
#include "input.h"

#define ROOM	(4U * INPUT_MAX)

static uint8_t room[ROOM];
static uint32_t room_used;

void input_room_empty(void)
{
	room_used = 0;
}

/**
 * input_room - room for a record's data
 * @len: bytes
 *
 * Return: the room, or NULL where no more is left.
 */
uint8_t *input_room(uint32_t len)
{
	uint8_t *at = room + room_used;

	if (len > ROOM - room_used)
		return NULL;
	room_used += len;
	return at;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Return: what follows the data, or NULL where it is none */
static const char *read_data(struct record *r, const char *at)
{
	static uint8_t data[RECORD_MAX];
	uint8_t *copy;
	uint32_t len = 0, zeros;
	char *end;

	while (*at && *at != ' ' && *at != '\n') {
		zeros = 0;
		if (*at == 'z') {
			zeros = strtoul(at + 1, &end, 10);
			at = end + (*end == '.');
		}
		if (zeros > RECORD_MAX - len || len == RECORD_MAX)
			return NULL;
		memset(data + len, 0, zeros);
		len += zeros;
		if (zeros)
			continue;
		if (digit(at[0]) < 0 || digit(at[1]) < 0)
			return NULL;
		data[len++] = digit(at[0]) << 4 | digit(at[1]);
		at += 2;
	}
	copy = input_room(len);
	if (!copy)
		return NULL;
	memcpy(copy, data, len);
	r->data = copy;
	r->len = len;
	return at;
}

/**
 * input_read - read a line
 * @in: written; its data is in the room
 * @line: the line
 *
 * Return: false where it is no input.
 */
bool input_read(struct input *in, const char *line)
{
	unsigned int what, how, a, b;
	int used;

	in->n = 0;
	while (sscanf(line, " %x.%x.%x.%x:%n", &what, &how, &a, &b, &used) == 4) {
		struct record *r = &in->r[in->n];

		if (in->n == RECORDS_MAX)
			return false;
		*r = (struct record){ .what = what % WHATS, .how = how, .a = a, .b = b };
		line = read_data(r, line + used);
		if (!line)
			return false;
		in->n++;
	}
	return in->n;
}

static void write_data(const struct record *r, FILE *to)
{
	uint32_t i, zeros;

	for (i = 0; i < r->len; i++) {
		for (zeros = 0; i + zeros < r->len && !r->data[i + zeros]; )
			zeros++;
		if (zeros > 2) {
			fprintf(to, "z%u.", zeros);
			i += zeros - 1;
		} else {
			fprintf(to, "%02x", r->data[i]);
		}
	}
}

void input_write(const struct input *in, FILE *to)
{
	unsigned int i;

	for (i = 0; i < in->n; i++) {
		const struct record *r = &in->r[i];

		fprintf(to, "%s%x.%x.%x.%x:", i ? " " : "", r->what, r->how, r->a, r->b);
		write_data(r, to);
	}
	fputc('\n', to);
}

uint32_t input_size(const struct input *in)
{
	uint32_t size = 0;
	unsigned int i;

	for (i = 0; i < in->n; i++)
		size += in->r[i].len;
	return size;
}

/**
 * input_keep - keep an input for good
 * @in: its data may be in the room
 *
 * Return: a copy that is in memory of its own.
 */
struct input *input_keep(const struct input *in)
{
	struct input *kept = malloc(sizeof(*kept) + input_size(in));
	uint8_t *to = (uint8_t *)(kept + 1);
	unsigned int i;

	if (!kept)
		fail("malloc");
	*kept = *in;
	for (i = 0; i < in->n; i++) {
		memcpy(to, in->r[i].data, in->r[i].len);
		kept->r[i].data = to;
		to += in->r[i].len;
	}
	return kept;
}
