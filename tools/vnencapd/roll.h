/* SPDX-License-Identifier: GPL-2.0-only */
/* A roll call: each host says up to which revision its kernel was told. */
#ifndef VNENCAPD_ROLL_H
#define VNENCAPD_ROLL_H

#include "core.h"
#include "session.h"

/**
 * struct roll - what is called, and what was answered
 * @called: the revision of the last call; 0 for none
 * @told: the call that was answered last
 * @telling: the one whose answer is under way; 0 for none
 * @next_at: no answer goes before
 */
struct roll {
	const struct settings *settings;
	struct session *session;
	const struct core *core;
	int64_t called;
	int64_t told;
	int64_t telling;
	int64_t next_at;
};

void roll_init(struct roll *roll, const struct settings *settings, struct session *session,
	       const struct core *core);
void roll_called(struct roll *roll, int64_t rev, int64_t now);
void roll_forget(struct roll *roll);
void roll_lease(struct roll *roll);
bool roll_asked(const struct roll *roll);
void roll_answer(struct roll *roll, const char *body, size_t len);
int64_t roll_run(struct roll *roll, int64_t now);

#endif /* VNENCAPD_ROLL_H */
