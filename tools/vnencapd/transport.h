/* SPDX-License-Identifier: GPL-2.0-only */
/* How a session's requests get to etcd; tests have one of their own. */
#ifndef VNENCAPD_TRANSPORT_H
#define VNENCAPD_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of each kind there is one request at a time. */
enum call {
	CALL_AUTH,	/* user and password */
	CALL_LIST,	/* a page of a full list */
	CALL_WATCH,	/* the stream of changes */
	CALL_LEASE,	/* the lease, granted and kept */
	CALL_TXN,	/* changes */
	CALL_ASK,	/* who has which keys */
	CALLS
};

/* In place of an HTTP status */
enum { FAILED = -1, TOO_BIG = -2, NO_GRPC = -3 };

/**
 * struct ask - a request
 * @server: the member that is asked
 * @path: of the request
 * @token: who asks; NULL for nobody
 * @body: JSON, or for gRPC a frame
 * @len: its length
 * @grpc: the answer is a frame, too. Where the member has no gRPC to answer with, the
 *	status is NO_GRPC.
 */
struct ask {
	const char *server;
	const char *path;
	const char *token;
	const char *body;
	size_t len;
	bool grpc;
};

/**
 * struct receiver - who gets answers
 * @answer: a request is done with: @status is HTTP's, or one of those above, for
 *	which @body says why
 * @line: a line of the stream of changes
 */
struct receiver {
	void (*answer)(void *data, enum call call, int status, const char *body, size_t len,
		       int64_t now);
	void (*line)(void *data, const char *line, size_t len, int64_t now);
	void *data;
};

/**
 * struct transport - how requests get to etcd
 * @send: send a request; its answer comes later, never from within
 * @cancel: forget a request; there will be no answer
 * @receiver: who gets the answers
 */
struct transport {
	void (*send)(struct transport *transport, enum call call, const struct ask *ask);
	void (*cancel)(struct transport *transport, enum call call);
	struct receiver receiver;
};

#endif /* VNENCAPD_TRANSPORT_H */
