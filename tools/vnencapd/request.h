/* SPDX-License-Identifier: GPL-2.0-only */
/* What a session asks etcd, as JSON. */
#ifndef VNENCAPD_REQUEST_H
#define VNENCAPD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "page.h"
#include "settings.h"

/* Room for any of them */
#define REQUEST_ROOM 6144

void request_begin_list(struct page *page, const struct settings *settings);
void request_list(char *to, const struct page *page, unsigned int limit, int64_t rev);
void request_look(char *to, const char *key, size_t len, int64_t rev);
void request_probe(char *to, const struct settings *settings);
void request_watch(char *to, const struct settings *settings, int64_t rev);
bool request_auth(char *to, const struct settings *settings);

#endif /* VNENCAPD_REQUEST_H */
