/* SPDX-License-Identifier: GPL-2.0-only */
/* HTTP requests that do not wait, and waiting for all that there is. */
#ifndef VNENCAPD_HTTP_H
#define VNENCAPD_HTTP_H

#include <stdint.h>

#include "settings.h"
#include "transport.h"

struct http;

struct http *http_new(const struct settings *settings);
void http_free(struct http *http);
struct transport *http_transport(struct http *http);
void http_run(struct http *http, int64_t now);
void http_wait(struct http *http, const int *fds, unsigned int n, int64_t ms);

#endif /* VNENCAPD_HTTP_H */
