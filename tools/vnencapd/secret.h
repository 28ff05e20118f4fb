/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys as hexadecimal digits, in files and in values. */
#ifndef VNENCAPD_SECRET_H
#define VNENCAPD_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "backend.h"

#define SECRET_DIGITS (2 * KEY_LEN)

bool secret_parse(const char *text, uint8_t *secret);
void secret_text(char *to, const uint8_t *secret);
bool secret_read(const char *name, uint8_t *secret);

#endif /* VNENCAPD_SECRET_H */
