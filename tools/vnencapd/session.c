// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session with etcd: one full list, then one stream of changes after it. The
 * session knows neither sockets nor clocks; requests go out by the transport, and
 * the time comes in as a number.
 *
 * Where the stream breaks, it is taken up after the last change seen. A full list
 * is read again where that cannot be (it was compacted), where the stream is
 * behind what other answers say for long (it starves), and now and then.
 *
 * An etcd that is another one, younger than what was seen, or of another history
 * (witness.c), was wiped or restored. Nothing is read from it for a while, in which
 * its hosts can say anew what they have.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "core.h"
#include "lease.h"
#include "list.h"
#include "post.h"
#include "request.h"
#include "session.h"
#include "stream.h"
#include "wrong.h"

/* All hosts are back before what a wiped etcd lacks goes: see hold and grace. */
#define BACKOFF_MAX_MS	10000
/* etcd tells how far a quiet stream is every ten minutes. */
#define STARVED_MS	(11 * 60000)
#define CALM_MS		15000	/* a stream that ran for so long was no mistake */

/* A time that is not the same for all hosts: between half of it and one and a half */
static int64_t about(struct session *s, int64_t ms)
{
	return ms / 2 + s->random(ms + 1);
}

bool session_is_up(const struct session *s)
{
	return s->state == SESSION_LIST || s->state == SESSION_WATCH ||
	       s->state == SESSION_SUSPECT;
}

/* For how long, about, nothing is asked: the longer the more often that was in vain */
static int64_t back_off(struct session *s)
{
	int64_t ms;

	if (s->now >= s->calm_at)
		s->backoff = BACKOFF_MIN_MS;
	s->calm_at = NEVER;
	ms = s->backoff;
	s->backoff = ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : ms * 2;
	return ms;
}

/* This member does not answer, or wrongly: try another one later. */
void session_fail(struct session *s, const char *why)
{
	bool busy[CALLS];
	unsigned int i;

	memcpy(busy, s->busy, sizeof(busy));
	for (i = 0; i < CALLS; i++)
		post_cancel(s, i);
	if (s->state == SESSION_LIST) {
		list_failed(s);
		s->ops->list_abort(s->data);
	}
	if (s->state == SESSION_WATCH)
		stream_failed(s);
	s->stats.failures++;
	s->watching = false;
	s->has_token = false;
	s->retry_at = s->now + about(s, back_off(s));
	complain(&s->limit_log, s->now, "%s: %s", s->settings->server[s->server], why);
	s->server = (s->server + 1) % s->settings->servers;
	s->state = SESSION_DOWN;
	for (i = CALL_TXN; i < CALLS; i++)
		if (busy[i])
			s->ops->answer(s->data, i, NULL, 0, s->now);
}

/* --- what is asked ---------------------------------------------------------- */

static void send_watch(struct session *s)
{
	s->watching = false;
	s->stats.watches++;
	s->state = SESSION_WATCH;
	stream_send(s);
}

static void begin_list(struct session *s)
{
	post_cancel(s, CALL_WATCH);
	if (s->state == SESSION_LIST)
		s->ops->list_abort(s->data);
	post_cancel(s, CALL_LIST);
	list_start(s);
	s->watching = false;
	s->state = SESSION_LIST;
	s->stats.lists++;
	s->relist_at = s->settings->relist ? s->now + about(s, s->settings->relist) : NEVER;
	s->ops->list_begin(s->data);
	list_send(s);
}

static void begin_auth(struct session *s)
{
	char body[REQUEST_ROOM];

	s->state = SESSION_AUTH;
	if (request_auth(body, s->settings))
		post_json(s, CALL_AUTH, "/v3/auth/authenticate", body, ANSWER_MS);
	else
		session_fail(s, "user or password has a character that is not supported");
	explicit_bzero(body, sizeof(body));
}

static void wait_for_hosts(struct session *s)
{
	s->state = SESSION_SUSPECT;
	s->retry_at = s->believe_at;
}

/* Until etcd has told that it is as it was, what was seen of it before is kept. */
static void doubt(struct session *s)
{
	if (!s->in_doubt)
		s->seen = s->witness;
	s->in_doubt = true;
}

static void go_on(struct session *s)
{
	if (s->listed) {
		doubt(s);
		send_watch(s);
	} else if (s->now < s->believe_at) {
		wait_for_hosts(s);
	} else {
		begin_list(s);
	}
}

static void connect_now(struct session *s)
{
	if (s->settings->user && !s->has_token)
		begin_auth(s);
	else
		go_on(s);
}

/* Read it all again, at once where there is a connection. */
void session_relist(struct session *s, int64_t now)
{
	s->now = now;
	s->listed = false;
	if (s->state == SESSION_LIST || s->state == SESSION_WATCH)
		begin_list(s);
}

/**
 * session_call - make a request of another kind
 * @s: the session
 * @which: CALL_TXN or CALL_ASK, of which none is under way
 * @path: of the request
 * @body: its JSON
 * @now: the time in ms
 *
 * Return: whether it was sent; then its answer will come.
 */
bool session_call(struct session *s, enum call which, const char *path, const char *body,
		  int64_t now)
{
	s->now = now;
	if (!session_is_up(s) || s->busy[which])
		return false;
	post_json(s, which, path, body, ANSWER_MS);
	return true;
}

/* --- what is answered -------------------------------------------------------- */

/* Is it another etcd than before, or one that was set back? Only a list can say
 * so: other answers may be those of a member that lags behind.
 */
static bool is_another(const struct session *s, const struct answer_head *head)
{
	return (s->cluster && head->cluster != s->cluster) || head->rev < s->rev ||
	       head->term < s->term;
}

static void send_probe(struct session *s, bool then)
{
	char body[REQUEST_ROOM];

	s->probe = false;
	doubt(s);
	if (s->seen.rev)
		witness_ask(&s->seen, body, then);
	else
		request_probe(body, s->settings);
	post_json(s, CALL_LIST, "/v3/kv/range", body, ANSWER_MS);
}

static void suspect(struct session *s)
{
	post_cancel(s, CALL_WATCH);
	post_cancel(s, CALL_LIST);
	if (s->state == SESSION_LIST)
		s->ops->list_abort(s->data);
	say(LOG_WARN,
	    "%s: it was wiped, restored or replaced; its hosts get %lld s to say anew what they have",
	    s->settings->server[s->server], (long long)s->settings->hold / 1000);
	s->stats.suspects++;
	s->believe_at = s->now + s->settings->hold;
	wait_for_hosts(s);
	s->trusted = true;
	s->listed = false;
	s->probe = false;
	s->lease = 0;
	s->lease_at = s->now;
	s->rev = 0;
	s->term = 0;
	s->cluster = 0;
	s->elsewhere = 0;
	memset(&s->witness, 0, sizeof(s->witness));
	s->in_doubt = false;
	s->ops->forget(s->data);
}

/* Every answer has a head. False where no more is to be read of it. */
bool session_check_head(struct session *s, const struct answer_head *head)
{
	if (!head->cluster)
		return true;
	if (s->cluster && head->cluster != s->cluster) {
		suspect(s);
		return false;
	}
	s->cluster = head->cluster;
	if (head->term < s->term)
		s->probe = true;
	else
		s->term = head->term;
	if (head->rev > s->elsewhere) {
		if (s->elsewhere <= s->rev)
			s->elsewhere_at = s->now;
		s->elsewhere = head->rev;
	}
	return true;
}

static void list_item(const struct answer_item *item, void *data)
{
	struct session *s = data;

	witness_see(&s->witness, item);
	s->ops->item(s->data, item, s->now);
}

/* The first page is looked at before any of its items is believed. */
static bool check_first_page(struct session *s, const char *body, size_t len)
{
	struct answer_list list;
	bool good = list_read(s, body, len, &list, NULL);

	free(list.last);
	if (!good)
		return true;	/* said by who reads it */
	if (s->trusted || !is_another(s, &list.head))
		return true;
	suspect(s);
	return false;
}

static void list_done(struct session *s)
{
	s->rev = s->page_rev;
	s->listed = true;
	s->trusted = false;
	s->in_doubt = false;
	s->stream_json = s->json;
	list_whole(s);
	/* from here on it is no list that could be aborted */
	s->state = SESSION_WATCH;
	s->ops->list_end(s->data, s->rev, s->now);
	send_watch(s);
}

static void next_page(struct session *s, const struct answer_list *list)
{
	enum page_next next = page_next(&s->page, list, list_limit(s));

	if (next == PAGE_DONE)
		list_done(s);
	else if (next == PAGE_MORE)
		list_send(s);
	else
		session_fail(s, "its list has a key that is too long, or was not asked for");
}

static void take_page(struct session *s, const char *body, size_t len)
{
	struct answer_list list;
	bool good;

	if (s->first_page && !check_first_page(s, body, len))
		return;
	s->first_page = false;
	good = list_read(s, body, len, &list, list_item);
	if (good && session_check_head(s, &list.head)) {
		if (!s->page_rev)
			s->page_rev = list.head.rev;
		next_page(s, &list);
	} else if (!good) {
		session_fail(s, "it answers a list with something else");
	}
	free(list.last);
}

static void take_probe(struct session *s, const char *body, size_t len)
{
	if (!check_first_page(s, body, len))
		return;
	switch (witness_hear(&s->seen, body, len)) {
	case WITNESS_SAME:
		s->in_doubt = false;
		break;
	case WITNESS_OTHER:
		suspect(s);
		break;
	case WITNESS_LATER:
		send_probe(s, true);
		break;
	case WITNESS_NONSENSE:
		session_fail(s, "it answers a look at a key with something else");
		break;
	}
}

static void watch_item(const struct answer_item *item, void *data)
{
	struct session *s = data;

	s->stats.events++;
	witness_see(&s->witness, item);
	s->ops->item(s->data, item, s->now);
}

static void begin_anew(struct session *s)
{
	s->stats.compactions++;
	complain(&s->limit_log, s->now,
		 "%s: changes after revision %lld were compacted; all is read again",
		 s->settings->server[s->server], (long long)s->rev);
	s->listed = false;
	/* no hurry: many hosts may be told so at the same time */
	post_cancel(s, CALL_WATCH);
	s->watching = false;
	s->state = SESSION_DOWN;
	s->retry_at = s->now + s->random(back_off(s) + 1);
}

static void take_watch(struct session *s, const struct answer_watch *watch)
{
	if (watch->canceled && watch->compacted) {
		begin_anew(s);
		return;
	}
	if (watch->canceled || watch->error) {
		session_fail(s, "it ends the stream of changes");
		return;
	}
	if (watch->created) {
		s->watching = true;
		s->deadline[CALL_WATCH] = NEVER;
		s->calm_at = s->now + CALM_MS;
		s->probe |= s->in_doubt || watch->head.rev < s->rev;
	}
	if (watch->events)
		s->rev = watch->last > s->rev ? watch->last : s->rev;
	else if (!watch->created && watch->head.rev > s->rev)
		s->rev = watch->head.rev;
	if (s->rev >= s->elsewhere)
		s->elsewhere = s->rev;
}

static void session_line(void *data, const char *line, size_t len, int64_t now)
{
	struct session *s = data;
	struct answer_watch watch;

	s->now = now;
	if (s->state != SESSION_WATCH)
		return;
	if (!stream_read(s, line, len, &watch, watch_item)) {
		session_fail(s, "the stream of changes has a line that is none");
		return;
	}
	if (session_check_head(s, &watch.head))
		take_watch(s, &watch);
}

static void take_token(struct session *s, const char *body, size_t len)
{
	s->has_token = answer_token(body, len, s->token, sizeof(s->token));
	if (s->has_token)
		go_on(s);
	else
		session_fail(s, "there is no token in its answer");
}

static void take(struct session *s, enum call which, const char *body, size_t len)
{
	struct answer_txn txn;

	switch (which) {
	case CALL_AUTH:
		take_token(s, body, len);
		break;
	case CALL_LIST:
		if (s->state == SESSION_LIST)
			take_page(s, body, len);
		else if (s->state == SESSION_WATCH)
			take_probe(s, body, len);
		break;
	case CALL_WATCH:
		session_fail(s, "the stream of changes has ended");
		break;
	case CALL_LEASE:
		lease_take(s, body, len);
		break;
	default:
		if (answer_txn(body, len, &txn) && !session_check_head(s, &txn.head))
			body = NULL;
		s->ops->answer(s->data, which, body, len, s->now);
	}
}

static void refusal(struct session *s, enum call which, int status, const char *body, size_t len)
{
	char error[256], why[320];

	answer_error(body, len, error, sizeof(error));
	/* a page of a list, or the witness, may be of a revision that was compacted */
	if (which == CALL_LIST && s->page_rev && strstr(error, "compacted")) {
		session_relist(s, s->now);
		return;
	}
	if (which == CALL_LEASE && lease_gone(s, error))
		return;
	snprintf(why, sizeof(why), "it answers %d: %s", status, printable(error, strlen(error)));
	session_fail(s, why);
}

static void session_answer(void *data, enum call which, int status, const char *body, size_t len,
			   int64_t now)
{
	struct session *s = data;

	s->now = now;
	s->busy[which] = false;
	s->deadline[which] = NEVER;
	if (status == TOO_BIG && list_smaller(s, which))
		return;
	if (status == NO_GRPC && (list_json(s, which) || stream_json(s, which)))
		return;
	if (status < 0) {
		if (which >= CALL_TXN)
			s->busy[which] = true;	/* its owner is told below */
		session_fail(s, body);
	} else if (status != 200) {
		if (which >= CALL_TXN)
			s->busy[which] = true;
		refusal(s, which, status, body, len);
	} else {
		take(s, which, body, len);
	}
}

/* --- time --------------------------------------------------------------------- */

/* Was the stream behind what is known from elsewhere for too long? */
static bool is_starved(struct session *s)
{
	if (s->state != SESSION_WATCH || !s->watching || s->rev >= s->elsewhere ||
	    s->now < s->elsewhere_at + STARVED_MS)
		return false;
	s->stats.starved++;
	say(LOG_WARN, "%s: the stream of changes is at revision %lld, etcd is at %lld: it starves",
	    s->settings->server[s->server], (long long)s->rev, (long long)s->elsewhere);
	return true;
}

static bool timed_out(struct session *s)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++)
		if (s->busy[i] && s->now >= s->deadline[i])
			return true;
	return false;
}

static void run(struct session *s)
{
	if (s->state == SESSION_DOWN) {
		if (s->now >= s->retry_at)
			connect_now(s);
		return;
	}
	if (timed_out(s)) {
		session_fail(s, "it does not answer in time");
		return;
	}
	if (s->state == SESSION_SUSPECT && s->now >= s->retry_at)
		begin_list(s);
	else if (s->state == SESSION_WATCH && (s->now >= s->relist_at || is_starved(s)))
		session_relist(s, s->now);
	if (s->probe && s->state == SESSION_WATCH && !s->busy[CALL_LIST])
		send_probe(s, false);
	lease_run(s);
}

/**
 * session_run - do what is to be done
 * @s: the session
 * @now: the time in ms
 *
 * Return: when there is more to do.
 */
int64_t session_run(struct session *s, int64_t now)
{
	int64_t next = NEVER;
	unsigned int i;

	s->now = now;
	run(s);
	if (s->state == SESSION_DOWN || s->state == SESSION_SUSPECT)
		next = s->retry_at;
	if (s->state == SESSION_WATCH && s->relist_at < next)
		next = s->relist_at;
	if (session_is_up(s) && s->lease_at < next)
		next = s->lease_at;
	for (i = 0; i < CALLS; i++)
		if (s->busy[i] && s->deadline[i] < next)
			next = s->deadline[i];
	return next;
}

/**
 * session_init - begin; the first request is sent by session_run()
 * @s: to be filled
 * @settings: kept
 * @transport: kept; its answers come here from now on
 * @ops: who hears of it
 * @data: for @ops
 * @now: the time in ms
 */
void session_init(struct session *s, const struct settings *settings,
		  struct transport *transport, const struct session_ops *ops, void *data,
		  int64_t now)
{
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->settings = settings;
	s->transport = transport;
	s->ops = ops;
	s->data = data;
	s->random = chance;
	list_init(s);
	s->backoff = BACKOFF_MIN_MS;
	s->calm_at = NEVER;
	s->retry_at = now;
	s->relist_at = NEVER;
	s->lease_at = now;
	for (i = 0; i < CALLS; i++)
		s->deadline[i] = NEVER;
	s->server = s->random(settings->servers);
	transport->receiver = (struct receiver){ session_answer, session_line, s };
}

void session_free(struct session *s)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++)
		post_cancel(s, i);
}
