/* SPDX-License-Identifier: GPL-2.0-only */
/* The lease of a session: it says that this host lives. */
#ifndef VNENCAPD_LEASE_H
#define VNENCAPD_LEASE_H

#include "session.h"

/* What the session has for it */
void session_fail(struct session *s, const char *why);
bool session_check_head(struct session *s, const struct answer_head *head);

void lease_run(struct session *s);
void lease_take(struct session *s, const char *body, size_t len);
bool lease_gone(struct session *s, const char *error);

#endif /* VNENCAPD_LEASE_H */
