/* SPDX-License-Identifier: GPL-2.0-only */
/* Output: the same calls make a line of words, or JSON. */
#ifndef VNENCAP_PRINT_H
#define VNENCAP_PRINT_H

#include <stdint.h>

#include "parse.h"

/*
 * A list is a JSON array, as text it is nothing. An object is a line of
 * text. A group is an object in an object, as text it is indented lines.
 */
void print_list_begin(void);
void print_list_end(void);
void print_object_begin(void);
void print_object_end(void);
void print_group_begin(const char *key);
void print_group_end(void);

/* An array of items with several values each; nothing as text. */
void print_array_begin(const char *key);
void print_array_end(void);
void print_item_begin(void);
void print_item_end(void);

/* Only text has plain words, only JSON has tags. */
void print_word(const char *word);
void print_tag(const char *key, const char *value);

/*
 * "key": value as JSON; "word value" as text, or "value" without a word; of a
 * switch only the word, or "noword".
 */
void print_bool(const char *key, const char *word, bool value);
void print_uint(const char *key, const char *word, uint32_t value);
void print_string(const char *key, const char *word, const char *value);
void print_addr(const char *key, const char *word, const struct addr *addr);
void print_fec(uint8_t fec);
void print_prefix(const char *key, const char *word,
		  const struct prefix *prefix);

/* One line of a group. */
void print_counter(const char *key, uint64_t value);

/* Hand the output over; says so where it cannot be written. */
int print_flush(void);

#endif /* VNENCAP_PRINT_H */
