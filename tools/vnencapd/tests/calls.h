/* SPDX-License-Identifier: GPL-2.0-only */
/* What is sent to an etcd that answers what a test says. */
#ifndef TESTS_CALLS_H
#define TESTS_CALLS_H

#include "../publish.h"
#include "../session.h"
#include "../settings.h"
#include "../transport.h"

#define CALLS_BODY 65536

/**
 * struct calls - requests, kept where others are sent
 * @transport: for a session
 * @sent: how many of each kind
 * @busy: one is waited for
 * @body: the last one's
 * @path: as @body
 * @grpc: as @body
 */
struct calls {
	struct transport transport;
	unsigned int sent[CALLS];
	bool busy[CALLS];
	char body[CALLS][CALLS_BODY];
	char path[CALLS][64];
	bool grpc[CALLS];
};

void calls_init(struct calls *calls);
void calls_answer(struct calls *calls, enum call call, int status, const char *body,
		  int64_t now);
/* Of a transaction, straight to what has sent it: was it done? */
void calls_answer_txn(struct session *session, struct publish *publish, bool good, int rev,
		      int64_t now);
void calls_line(struct calls *calls, const char *line, int64_t now);

/* Those of a host in a cluster, whose etcd has these members */
void calls_settings(struct settings *settings, unsigned int servers);

#endif /* TESTS_CALLS_H */
