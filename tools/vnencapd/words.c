// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line's words, and what they mean. What is wrong is kept as wrong_text().
 * Names and text come from others: nothing here trusts their length.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"
#include "wrong.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/**
 * words_split - split a line; "#" begins a comment where a word begins
 * @words: its words, which are parts of @line
 * @line: is changed
 */
void words_split(struct words *words, char *line)
{
	words->n = 0;
	words->at = 0;
	words->too_many = false;
	for (;;) {
		while (is_blank(*line))
			line++;
		if (!*line || *line == '#')
			return;
		if (words->n == WORDS_MAX) {
			words->too_many = true;
			return;
		}
		words->word[words->n++] = line;
		while (*line && !is_blank(*line))
			line++;
		if (*line)
			*line++ = '\0';
	}
}

/* The next word, or NULL at the end */
char *words_next(struct words *words)
{
	return words->at < words->n ? words->word[words->at++] : NULL;
}

/* Is the next word this one? */
bool words_are(const struct words *words, const char *word)
{
	return words->at < words->n && !strcmp(words->word[words->at], word);
}

/* The next word, which must be there */
char *words_value(struct words *words, const char *what)
{
	char *word = words_next(words);

	if (!word)
		wrong("%s is expected", what);
	return word;
}

bool words_end(struct words *words)
{
	if (words->too_many) {
		wrong("the line has too many words");
		return false;
	}
	if (words->at < words->n) {
		wrong_arg(words->word[words->at], "not expected here");
		return false;
	}
	return true;
}

bool words_number(struct words *words, unsigned long max, unsigned long *value)
{
	char *word = words_value(words, "a number"), *end;

	if (!word)
		return false;
	errno = 0;
	*value = strtoul(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno || *value > max) {
		wrong_arg(word, "invalid number");
		return false;
	}
	return true;
}

/* "vni N PREFIX" */
bool words_dest(struct words *words, struct dest *dest)
{
	struct prefix prefix;
	char *vni_word, *word;
	uint32_t vni;

	if (!words_are(words, "vni")) {
		wrong("\"vni\" is expected");
		return false;
	}
	words_next(words);
	vni_word = words_value(words, "a VNI");
	word = vni_word ? words_value(words, "a prefix") : NULL;
	if (!word || parse_vni(vni_word, &vni) || parse_prefix(word, &prefix))
		return false;
	dest_make(dest, vni, &prefix);
	return true;
}

/**
 * words_host - is that a host's name?
 * @word: letters, digits, "-", "_" and "."
 * @host: HOST_MAX + 1 bytes, for a copy
 */
bool words_host(const char *word, char *host)
{
	size_t i, len = strnlen(word, HOST_MAX + 1);

	for (i = 0; i < len && i < HOST_MAX; i++)
		if (!isalnum((unsigned char)word[i]) && !strchr("-_.", word[i]))
			break;
	if (!len || i < len) {
		wrong_arg(word, "not a name of a host");
		return false;
	}
	memcpy(host, word, len + 1);
	return true;
}

/* An endpoint is unicast; that, the kernel would say too, but only here is it
 * known who is wrong.
 */
static bool is_endpoint(const char *word, struct addr *via)
{
	if (parse_addr(word, via))
		return false;
	if (addr_is_any(via) ||
	    (via->family == AF_INET ? via->bytes[0] >= 224 : via->bytes[0] == 0xff)) {
		wrong_arg(word, "not an endpoint");
		return false;
	}
	return true;
}

static bool read_hop(struct words *words, struct way *way, words_host_fn host, void *data)
{
	bool named = !words_are(words, "via");
	struct addr via;
	uint8_t weight = 1;
	char *word;

	words_next(words);
	word = words_value(words, named ? "a host" : "an address");
	if (!word)
		return false;
	if (named) {
		if (!host(word, &via, data)) {
			wrong_arg(word, "no host of this name");
			return false;
		}
	} else if (!is_endpoint(word, &via)) {
		return false;
	}
	if (words_are(words, "weight")) {
		words_next(words);
		word = words_value(words, "a weight");
		if (!word || parse_weight(word, &weight))
			return false;
	}
	if (!way_add(way, &via, weight)) {
		wrong("too many endpoints");
		return false;
	}
	return true;
}

static bool any_leads(const struct way *way)
{
	unsigned int i;

	for (i = 0; i < way->hops; i++)
		if (way->hop[i].weight)
			return true;
	return false;
}

/**
 * words_way - "via ADDR [weight N]...", "blackhole"; "host NAME" for "via ADDR"
 * @words: these
 * @way: to be filled; its host is not changed
 * @host: finds hosts; NULL where none can be named
 * @data: for @host
 */
bool words_way(struct words *words, struct way *way, words_host_fn host, void *data)
{
	way->hops = 0;
	if (words_are(words, "blackhole")) {
		words_next(words);
		return true;
	}
	while (words_are(words, "via") || (host && words_are(words, "host")))
		if (!read_hop(words, way, host, data))
			return false;
	if (way->hops && !any_leads(way)) {
		wrong("no endpoint has a weight");
		return false;
	}
	if (!way->hops)
		wrong("where it is, is missing: \"via ADDR\"%s or \"blackhole\"",
		      host ? ", \"host NAME\"" : "");
	return way->hops;
}
