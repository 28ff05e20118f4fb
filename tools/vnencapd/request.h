/* SPDX-License-Identifier: GPL-2.0-only */
/* What a session asks etcd, as JSON. */
#ifndef VNENCAPD_REQUEST_H
#define VNENCAPD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"

/* Room for any of them */
#define REQUEST_ROOM 4096

void request_list(char *to, const struct settings *settings, const char *cursor,
		  unsigned int limit, int64_t rev);
void request_probe(char *to, const struct settings *settings);
void request_watch(char *to, const struct settings *settings, int64_t rev);
bool request_auth(char *to, const struct settings *settings);
char *request_after(const char *last64);

#endif /* VNENCAPD_REQUEST_H */
