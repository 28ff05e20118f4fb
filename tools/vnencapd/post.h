/* SPDX-License-Identifier: GPL-2.0-only */
/* A session's requests, as they are sent. */
#ifndef VNENCAPD_POST_H
#define VNENCAPD_POST_H

#include "session.h"

#define ANSWER_MS	5000	/* how long most answers are waited for */
#define BACKOFF_MIN_MS	200

void post_json(struct session *s, enum call which, const char *path, const char *body,
	       int64_t timeout);
void post_grpc(struct session *s, enum call which, const char *path, const char *body,
	       size_t len, int64_t timeout);
void post_cancel(struct session *s, enum call which);

#endif /* VNENCAPD_POST_H */
