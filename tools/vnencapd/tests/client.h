/* SPDX-License-Identifier: GPL-2.0-only */
/* A session with an etcd that answers what a test says, by a clock that is a number. */
#ifndef TESTS_CLIENT_H
#define TESTS_CLIENT_H

#include "calls.h"
#include "../session.h"

/* What the session has told: how often, and the last list's revision */
struct did {
	unsigned int begun, ended, aborted, items, deleted, forgets, leases, answers, lost;
	int64_t rev;
};

extern struct settings settings;
extern struct session session;
extern struct calls calls;
extern struct did did;
extern int64_t now;

/* It has sent its first request: with @json_only, whatever there is in that. */
void begin(bool json_only);
void end(void);
void answer(enum call call, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* TESTS_CLIENT_H */
