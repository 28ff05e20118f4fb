/* SPDX-License-Identifier: GPL-2.0-only */
/* A session's stream of changes. */
#ifndef VNENCAPD_STREAM_H
#define VNENCAPD_STREAM_H

#include "session.h"

void stream_send(struct session *s);
bool stream_read(struct session *s, const char *line, size_t len, struct answer_watch *watch,
		 answer_item_fn fn);
bool stream_json(struct session *s, enum call which);
void stream_failed(struct session *s);

#endif /* VNENCAPD_STREAM_H */
