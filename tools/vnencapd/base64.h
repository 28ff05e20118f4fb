/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys and values as etcd's JSON has them. */
#ifndef VNENCAPD_BASE64_H
#define VNENCAPD_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#define BASE64_LEN(len) (((len) + 2) / 3 * 4 + 1)

char *base64_put(char *to, const void *from, size_t len);
bool base64_get(char *to, size_t size, size_t *len, const char *from, size_t from_len);

#endif /* VNENCAPD_BASE64_H */
