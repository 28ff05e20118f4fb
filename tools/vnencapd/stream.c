// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session's stream of changes, as it is asked for and read: by gRPC, or in JSON where
 * something between has none.
 */
#include "changes.h"
#include "post.h"
#include "request.h"
#include "stream.h"

static bool asks_grpc(const struct session *s)
{
	return !s->stream_json && !s->json_only;
}

void stream_send(struct session *s)
{
	char body[REQUEST_ROOM];
	size_t len;

	_Static_assert(sizeof(body) >= CHANGES_ROOM, "no room for the stream's request");
	if (asks_grpc(s)) {
		len = changes_request(body, s->settings, s->rev + 1);
		post_grpc(s, CALL_WATCH, CHANGES_PATH, body, len, ANSWER_MS);
	} else {
		request_watch(body, s->settings, s->rev + 1);
		post_json(s, CALL_WATCH, "/v3/watch", body, ANSWER_MS);
	}
}

/**
 * stream_read - read a piece of it
 * @s: the session
 * @line: a line, or a frame
 * @len: its length
 * @watch: to be filled
 * @fn: gets each change and the session
 *
 * Return: whether it is one.
 */
bool stream_read(struct session *s, const char *line, size_t len, struct answer_watch *watch,
		 answer_item_fn fn)
{
	return asks_grpc(s) ? changes_answer(line, len, watch, fn, s) :
			      answer_watch(line, len, watch, fn, s);
}

/* The member, or what is before it, has no gRPC: it has JSON. */
bool stream_json(struct session *s, enum call which)
{
	if (which != CALL_WATCH || !asks_grpc(s))
		return false;
	s->stream_json = true;
	stream_send(s);
	return true;
}

/* One that never began is tried the other way: see list_failed(). */
void stream_failed(struct session *s)
{
	if (!s->watching)
		s->stream_json = !s->stream_json;
}
