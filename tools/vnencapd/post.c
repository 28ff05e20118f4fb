// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session's requests, as they are sent: each to the member that is spoken to, and
 * with a time after which it is given up. Lists and the stream of changes are asked for
 * by gRPC, where that is to be had, and all else in JSON.
 */
#include <string.h>

#include "core.h"
#include "post.h"

static void post(struct session *s, enum call which, struct ask *ask, int64_t timeout)
{
	s->busy[which] = true;
	/* an etcd that has too much to do is given time: what is given up, it did for nothing */
	s->deadline[which] = s->now + timeout + 2 * (s->backoff - BACKOFF_MIN_MS);
	ask->server = s->settings->server[s->server];
	ask->token = s->has_token ? s->token : NULL;
	s->transport->send(s->transport, which, ask);
}

/**
 * post_json - send a request in JSON
 * @s: the session
 * @which: what kind it is; none of it is under way
 * @path: of the request
 * @body: its text
 * @timeout: for how many ms its answer is waited for, if etcd has not too much to do
 */
void post_json(struct session *s, enum call which, const char *path, const char *body,
	       int64_t timeout)
{
	struct ask ask = { .path = path, .body = body, .len = strlen(body) };

	post(s, which, &ask, timeout);
}

/* As post_json(), by gRPC: @body is a frame. */
void post_grpc(struct session *s, enum call which, const char *path, const char *body,
	       size_t len, int64_t timeout)
{
	struct ask ask = { .path = path, .body = body, .len = len, .grpc = true };

	post(s, which, &ask, timeout);
}

/* Whatever is under way of that kind is waited for no longer. */
void post_cancel(struct session *s, enum call which)
{
	if (s->busy[which])
		s->transport->cancel(s->transport, which);
	s->busy[which] = false;
	s->deadline[which] = NEVER;
}
