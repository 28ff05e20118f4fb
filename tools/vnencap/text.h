/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers and addresses as text. */
#ifndef VNENCAP_TEXT_H
#define VNENCAP_TEXT_H

#include <stdint.h>

#include "parse.h"

/* Room for a number, an address, a prefix, each with its zero byte */
#define TEXT_UINT_MAX 11
#define TEXT_ADDR_MAX 46
#define TEXT_PREFIX_MAX (TEXT_ADDR_MAX + 4)

/* Each returns where its text ends, and its zero byte is. */
char *text_uint(char *to, uint32_t value);
char *text_addr(char *to, const struct addr *addr);
char *text_prefix(char *to, const struct prefix *prefix);

#endif /* VNENCAP_TEXT_H */
