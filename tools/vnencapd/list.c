// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a session's full list, as they are asked for and read: by gRPC, of
 * which etcd makes a page at a tenth of what JSON costs it. JSON is what all else is
 * in, so a list may be in it, too, where something between has no gRPC.
 */
#include "list.h"
#include "post.h"
#include "range.h"
#include "request.h"

#define LIST_MS		30000
/* Few pages, but none that needs much memory; as JSON they need more. */
#define PAGE_ITEMS	100000
#define JSON_ITEMS	16000

void list_init(struct session *s)
{
	s->limit = PAGE_ITEMS;
}

/* The next page is a list's first. */
void list_start(struct session *s)
{
	request_begin_list(&s->page, s->settings);
	s->page_rev = 0;
	s->first_page = true;
}

static bool asks_grpc(const struct session *s)
{
	return s->state == SESSION_LIST && !s->json && !s->json_only;
}

/* Items in a page */
unsigned int list_limit(const struct session *s)
{
	return !asks_grpc(s) && s->limit > JSON_ITEMS ? JSON_ITEMS : s->limit;
}

void list_send(struct session *s)
{
	char body[REQUEST_ROOM];
	size_t len;

	_Static_assert(sizeof(body) >= RANGE_ROOM, "no room for a page's request");
	if (asks_grpc(s)) {
		len = range_request(body, &s->page, list_limit(s), s->page_rev);
		post_grpc(s, CALL_LIST, RANGE_PATH, body, len, LIST_MS);
	} else {
		request_list(body, &s->page, list_limit(s), s->page_rev);
		post_json(s, CALL_LIST, "/v3/kv/range", body, LIST_MS);
	}
}

/**
 * list_read - read a page
 * @s: the session
 * @body: the answer
 * @len: its length
 * @list: to be filled; its @last is to be freed
 * @fn: gets each item and the session; NULL where nobody wants them
 *
 * Return: whether it is one.
 */
bool list_read(struct session *s, const char *body, size_t len, struct answer_list *list,
	       answer_item_fn fn)
{
	return asks_grpc(s) ? range_answer(body, len, list, fn, s) :
			      answer_list(body, len, list, fn, s);
}

/* A page that is too large is asked for in smaller parts. */
bool list_smaller(struct session *s, enum call which)
{
	if (which != CALL_LIST || s->state != SESSION_LIST || s->limit == 1)
		return false;
	s->limit = list_limit(s) / 4;
	if (!s->limit)
		s->limit = 1;
	list_send(s);
	return true;
}

/* The member, or what is before it, has no gRPC: it has JSON. */
bool list_json(struct session *s, enum call which)
{
	if (which != CALL_LIST || !asks_grpc(s))
		return false;
	say(LOG_INFO, "%s: it has no gRPC; the list is asked for in JSON, which takes longer",
	    s->settings->server[s->server]);
	s->json = true;
	list_send(s);
	return true;
}

/* It was given up: whatever has no gRPC may say so by silence, or by noise. */
void list_failed(struct session *s)
{
	s->json = !s->json;
}

/* The next one may be asked for by gRPC again. */
void list_whole(struct session *s)
{
	s->json = false;
}
