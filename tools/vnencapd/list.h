/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a session's full list. */
#ifndef VNENCAPD_LIST_H
#define VNENCAPD_LIST_H

#include "session.h"

void list_init(struct session *s);
void list_start(struct session *s);
unsigned int list_limit(const struct session *s);
void list_send(struct session *s);
bool list_read(struct session *s, const char *body, size_t len, struct answer_list *list,
	       answer_item_fn fn);
bool list_smaller(struct session *s, enum call which);
bool list_json(struct session *s, enum call which);
void list_failed(struct session *s);
void list_whole(struct session *s);

#endif /* VNENCAPD_LIST_H */
