// SPDX-License-Identifier: GPL-2.0-only
/* A session with an etcd that answers what a test says, by a clock that is a number. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "tap.h"
#include "../base64.h"
#include "../core.h"
#include "../../vnencap/cli.h"

static uint32_t chance_of_own(uint32_t below)
{
	return below ? random() % below : 0;
}

static void line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void line(const char *fmt, ...)
{
	char body[4096];
	va_list list;

	va_start(list, fmt);
	vsnprintf(body, sizeof(body), fmt, list);
	va_end(list);
	calls_line(&calls, body, now);
}

#define HEAD(rev, term) \
	"\"header\":{\"cluster_id\":\"14841639068965178418\",\"revision\":\"" #rev \
	"\",\"raft_term\":\"" #term "\"}"
#define KV(rev) \
	"{\"key\":\"L3ZuZW5jYXAvbmV0L2E=\",\"value\":\"eA==\",\"mod_revision\":\"" #rev "\"}"

/* Time passes, as the session wants to be woken */
static void pass(int64_t ms)
{
	int64_t end_at = now + ms, next;

	while (now < end_at) {
		next = session_run(&session, now);
		now = next < end_at ? (next > now ? next : now + 1) : end_at;
		if (calls.busy[CALL_LEASE])
			answer(CALL_LEASE, 200,
			       "{\"result\":{" HEAD(1, 2) ",\"ID\":\"7\",\"TTL\":\"30\"}}");
	}
	session_run(&session, now);
}

static void connect_at(void)
{
	begin(true);
	answer(CALL_LIST, 200, "{" HEAD(10, 2) ",\"kvs\":[" KV(3) "],\"count\":\"1\"}");
	line("{\"result\":{" HEAD(10, 2) ",\"created\":true}}");
}

static void test_connect(void)
{
	begin(true);
	check(calls.sent[CALL_LIST] == 1 && did.begun == 1, "it begins with a list");
	answer(CALL_LIST, 200,
	       "{" HEAD(10, 2) ",\"kvs\":[" KV(3) "],\"more\":true,\"count\":\"2\"}");
	check(calls.sent[CALL_LIST] == 2 && strstr(calls.body[CALL_LIST], "\"revision\":\"10\"") &&
	      strstr(calls.body[CALL_LIST], "L3ZuZW5jYXAvbmV0L2EA"),
	      "the next page is after the last key, of the same revision");
	answer(CALL_LIST, 200, "{" HEAD(12, 2) ",\"kvs\":[" KV(4) "],\"count\":\"1\"}");
	check(did.ended == 1 && did.rev == 10 && did.items == 2, "all pages are one list");
	check(calls.sent[CALL_WATCH] == 1 &&
	      strstr(calls.body[CALL_WATCH], "\"start_revision\":\"11\""),
	      "then changes after it");
	line("{\"result\":{" HEAD(10, 2) ",\"created\":true}}");
	line("{\"result\":{" HEAD(14, 2) ",\"events\":[{\"kv\":" KV(13)
	     "},{\"type\":\"DELETE\",\"kv\":" KV(14) "}]}}");
	check(did.items == 4 && did.deleted == 1 && session.rev == 14, "which are told");
	pass(1000);
	check(session.lease == 7 && did.leases == 1, "and there is a lease");
	pass(10000);
	check(calls.sent[CALL_LEASE] == 2 && strstr(calls.path[CALL_LEASE], "keepalive"),
	      "which is kept");
	end();
}

static void test_resume(void)
{
	int64_t wait, last = 0;
	bool longer = true;
	unsigned int i;

	connect_at();
	line("{\"result\":{" HEAD(14, 2) ",\"events\":[{\"kv\":" KV(13) "}]}}");
	answer(CALL_WATCH, 200, "%s", "");
	check(session.state == SESSION_DOWN && session.server != 2, "the stream ends");
	for (i = 0; i < 10; i++) {
		wait = session.retry_at - now;
		longer &= wait > last || wait >= 10000;
		last = wait;
		pass(wait);
		check(calls.busy[CALL_WATCH] && did.begun == 1, "it is taken up without a list");
		answer(CALL_WATCH, FAILED, "no route");
	}
	check(longer && last <= 15000, "it waits longer each time, but not for ever");
	check(strstr(calls.body[CALL_WATCH], "\"start_revision\":\"14\""),
	      "after the last change, not after what the head says");
	end();
}

/* An etcd that has too much to do: it takes each stream, and then does not answer. */
static void test_busy(void)
{
	int64_t wait, last = 0;
	bool longer = true;
	unsigned int i;

	connect_at();
	for (i = 0; i < 6; i++) {
		answer(CALL_WATCH, FAILED, "reset");
		wait = session.retry_at - now;
		longer &= wait > last;
		last = wait;
		pass(wait);
		line("{\"result\":{" HEAD(10, 2) ",\"created\":true}}");
	}
	check(longer, "a stream that breaks soon is no reason to come sooner");
	pass(1000);
	session_relist(&session, now);
	check(session.deadline[CALL_LIST] > now + 35000, "and what is asked then is waited for");
	end();
	connect_at();
	pass(20000);
	answer(CALL_WATCH, FAILED, "reset");
	check(session.retry_at - now == 200, "one that ran for long is taken up at once");
	end();
}

static void test_compacted(void)
{
	unsigned int lists = 0, i;

	connect_at();
	line("{\"result\":{" HEAD(50, 2) ",\"canceled\":true,\"compact_revision\":\"40\"}}");
	check(session.state == SESSION_DOWN && !calls.busy[CALL_WATCH], "a compaction");
	pass(1000);
	check(did.begun == 2 && calls.sent[CALL_LIST] == 2, "is a reason for a list");
	check(session.stats.failures == 0, "and no failure");
	for (i = 0; i < 20; i++) {
		answer(CALL_LIST, 200, "{" HEAD(50, 2) "}");
		line("{\"result\":{" HEAD(60, 2)
		     ",\"canceled\":true,\"compact_revision\":\"55\"}}");
		lists = did.begun;
		pass(5000);
	}
	check(lists <= 22, "again and again is not at once");
	end();
	begin(true);
	answer(CALL_LIST, 200, "{" HEAD(10, 2) ",\"kvs\":[" KV(3) "],\"more\":true}");
	answer(CALL_LIST, 400,
	       "{\"error\":\"etcdserver: mvcc: required revision has been compacted\"}");
	check(did.aborted == 1 && did.begun == 2 && !strstr(calls.body[CALL_LIST], "revision"),
	      "a list that was compacted meanwhile begins anew");
	end();
}

static void test_starves(void)
{
	unsigned int i;

	connect_at();
	settings.relist = 0;
	session.relist_at = NEVER;
	pass(5000);
	for (i = 0; i < 100; i++) {
		pass(10000);
		line("{\"result\":{" HEAD(10, 2) "}}");
	}
	check(did.begun == 1, "a quiet stream is no reason for a list");
	session.elsewhere = 20;
	session.elsewhere_at = now;
	pass(600000);
	check(did.begun == 1, "nor is one that is behind for ten minutes");
	pass(61000);
	check(did.begun == 2 && session.stats.starved == 1, "but for longer");
	end();
	connect_at();
	session.elsewhere = 20;
	session.elsewhere_at = now;
	pass(600000);
	line("{\"result\":{" HEAD(20, 2) "}}");
	pass(600000);
	check(session.stats.starved == 0, "word of its progress ends that");
	end();
}

static void test_relist(void)
{
	connect_at();
	settings.relist = 600000;
	session.relist_at = now + 600000;
	pass(600001);
	check(did.begun == 2, "all is read again now and then");
	answer(CALL_LIST, 200, "{" HEAD(10, 2) "}");
	line("{\"result\":{" HEAD(10, 2) ",\"created\":true}}");
	check(did.ended == 2 && did.rev == 10, "and compared");
	pass(299000);
	check(did.begun == 2, "not too often");
	end();
}

static void test_wiped(void)
{
	connect_at();
	pass(1000);
	answer(CALL_WATCH, FAILED, "reset");
	pass(30000);
	line("{\"result\":{" HEAD(2, 2) ",\"created\":true}}");
	check(did.forgets == 0, "a member that is behind is asked again");
	pass(1);
	check(calls.busy[CALL_LIST] && !strstr(calls.body[CALL_LIST], "range_end"),
	      "as a whole, and not for all keys");
	answer(CALL_LIST, 200, "{" HEAD(12, 2) "}");
	check(session.state == SESSION_WATCH && did.forgets == 0, "it was only behind");
	answer(CALL_WATCH, FAILED, "reset");
	pass(30000);
	line("{\"result\":{" HEAD(2, 2) ",\"created\":true}}");
	pass(1);
	answer(CALL_LIST, 200, "{" HEAD(2, 2) "}");
	check(session.state == SESSION_SUSPECT && did.forgets == 1 && did.begun == 1,
	      "it was wiped: nothing is read of it");
	check(session_call(&session, CALL_TXN, "/v3/kv/txn", "{}", now), "it may be told of");
	answer(CALL_TXN, 404, "{\"error\":\"etcdserver: requested lease not found\"}");
	check(session.state == SESSION_DOWN, "where that fails");
	pass(settings.hold - 1000);
	check(did.begun == 1, "all the same not for a while");
	pass(2000);
	check(did.begun == 2, "then all is");
	answer(CALL_LIST, 200, "{" HEAD(5, 2) "}");
	check(session.state == SESSION_WATCH && did.ended == 2 && did.rev == 5,
	      "and believed");
	answer(CALL_WATCH, FAILED, "reset");
	pass(30000);
	line("{\"result\":{\"header\":{"
	     "\"cluster_id\":\"1\",\"revision\":\"90\",\"raft_term\":\"9\"},\"created\":true}}");
	check(session.state == SESSION_SUSPECT && did.forgets == 2, "another cluster is no better");
	end();
}

static void test_slow(void)
{
	begin(true);
	pass(40000);
	check(session.stats.failures >= 1 && did.aborted >= 1, "who does not answer is left");
	end();
	connect_at();
	check(session_call(&session, CALL_TXN, "/v3/kv/txn", "{}", now), "a change is sent");
	check(!session_call(&session, CALL_TXN, "/v3/kv/txn", "{}", now), "one at a time");
	pass(6000);
	check(did.lost == 1 && session.stats.failures == 1,
	      "its answer does not come: so it is told");
	end();
	connect_at();
	session_call(&session, CALL_TXN, "/v3/kv/txn", "{}", now);
	answer(CALL_WATCH, FAILED, "reset");
	check(did.lost == 1, "nor where another request fails");
	end();
	begin(true);
	answer(CALL_LIST, TOO_BIG, "too big");
	check(calls.sent[CALL_LIST] == 2 && session.limit == 4000 && did.begun == 1,
	      "a page that is too large is asked in parts");
	end();
}

static void test_lease(void)
{
	connect_at();
	pass(1000);
	check(session.lease == 7, "a lease");
	now = session.lease_at;
	session_run(&session, now);
	answer(CALL_LEASE, 200, "{\"result\":{" HEAD(10, 2) ",\"ID\":\"7\"}}");
	check(!session.lease && did.begun == 1, "it has lapsed: nothing else happens");
	session_run(&session, now);
	check(strstr(calls.path[CALL_LEASE], "grant"), "and there is a new one");
	answer(CALL_LEASE, 200, "{" HEAD(10, 2) ",\"ID\":\"8\",\"TTL\":\"30\"}");
	check(session.lease == 8 && did.leases == 2, "of which all are told");
	end();
}

/* Renewals are lost, one after the other, and the daemon is stopped for long. */
static void test_missed_renewals(void)
{
	connect_at();
	pass(1000);
	now = session.lease_at;
	session_run(&session, now);
	check(calls.busy[CALL_LEASE] && strstr(calls.path[CALL_LEASE], "keepalive"), "a renewal");
	now += 5001;
	session_run(&session, now);
	check(session.stats.failures == 1 && session.lease == 7, "is not answered: another member");
	now += 120000;
	session_run(&session, now);
	check(calls.busy[CALL_WATCH] && did.begun == 1 && !did.deleted, "the stream is taken up");
	line("{\"result\":{" HEAD(10, 2) ",\"created\":true}}");
	session_run(&session, now);
	check(calls.busy[CALL_LEASE] && strstr(calls.path[CALL_LEASE], "keepalive"),
	      "the lease is renewed, as if it might live");
	answer(CALL_LEASE, 200, "{\"result\":{" HEAD(10, 2) ",\"ID\":\"7\"}}");
	session_run(&session, now);
	answer(CALL_LEASE, 200, "{" HEAD(10, 2) ",\"ID\":\"9\",\"TTL\":\"30\"}");
	check(session.lease == 9 && did.leases == 2 && did.begun == 1,
	      "it does not: there is a new one, and no list");
	end();
}

/* The gateway holds answers back until a stream ends: each renewal is one request. */
static void test_renewals_end(void)
{
	unsigned int before;

	connect_at();
	pass(1000);
	before = calls.sent[CALL_LEASE];
	pass(100000);
	check(calls.sent[CALL_LEASE] == before + 10, "three renewals a lease's time, each alone");
	check(strstr(calls.body[CALL_LEASE], "{\"ID\":\"7\"}") && !did.lost, "of one lease");
	end();
}

/* What renewals say of revisions makes a silent stream known. */
static void test_starves_by_lease(void)
{
	connect_at();
	settings.relist = 0;
	session.relist_at = NEVER;
	pass(1000);
	now = session.lease_at;
	session_run(&session, now);
	answer(CALL_LEASE, 200,
	       "{\"result\":{" HEAD(20, 2) ",\"ID\":\"7\",\"TTL\":\"30\"}}");
	pass(650000);
	check(did.begun == 1, "a stream may be behind what renewals say");
	pass(20000);
	check(did.begun == 2 && session.stats.starved == 1 && !calls.busy[CALL_WATCH],
	      "but not for long: all is read again, and the stream is given up");
	answer(CALL_LIST, 200, "{" HEAD(20, 2) "}");
	check(calls.busy[CALL_WATCH] && strstr(calls.body[CALL_WATCH], "\"start_revision\":\"21\""),
	      "for a new one");
	end();
}

/* All hosts lose etcd, or a revision, at the same time. */
static void test_herd(void)
{
	int64_t at[100], first = NEVER, last = 0;
	unsigned int i, j, same = 0;

	for (i = 0; i < 100; i++) {
		connect_at();
		session.random = chance_of_own;
		session.backoff = 30000;
		answer(CALL_WATCH, FAILED, "reset");
		at[i] = session.retry_at - now;
		for (j = 0; j < i; j++)
			same += at[i] == at[j];
		first = at[i] < first ? at[i] : first;
		last = at[i] > last ? at[i] : last;
		end();
	}
	check(last - first > 20000 && same < 20, "a hundred hosts do not come back together");
	check(first >= 15000 && last <= 45000, "but in due time");
	for (i = 0, first = NEVER, last = 0; i < 100; i++) {
		connect_at();
		session.random = chance_of_own;
		session.backoff = 3000;
		line("{\"result\":{" HEAD(50, 2)
		     ",\"canceled\":true,\"compact_revision\":\"40\"}}");
		at[i] = session.retry_at - now;
		first = at[i] < first ? at[i] : first;
		last = at[i] > last ? at[i] : last;
		end();
	}
	check(last - first > 2000, "nor do they read all at once after a compaction");
}

static void test_nonsense(void)
{
	static const char *const texts[] = {
		"", "{", "null", "[]", "{}", "{\"result\":7}", "{\"result\":{}}",
		"{\"header\":{}}", "{\"header\":{\"revision\":\"x\"},\"kvs\":7}",
		"{\"header\":{},\"kvs\":[7,null,{}],\"more\":true}",
		"{\"result\":{\"events\":[null,{},{\"kv\":[]}]}}",
		"{\"result\":{\"canceled\":true}}", "{\"error\":{\"message\":\"no\"}}",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		begin(true);
		answer(CALL_LIST, 200, "%s", texts[i]);
		end();
		connect_at();
		line("%s", texts[i]);
		end();
		connect_at();
		session_call(&session, CALL_TXN, "", "", now);
		answer(CALL_TXN, 200, "%s", texts[i]);
		answer(CALL_LEASE, 500, "%s", texts[i]);
		end();
	}
	check(true, "nonsense brings nothing down");
}

static void test_token(void)
{
	begin(true);
	settings.user = strdup("u");
	session.state = SESSION_DOWN;
	session.retry_at = now;
	session_run(&session, now);
	check(calls.busy[CALL_AUTH], "a user asks for a token");
	answer(CALL_AUTH, 200, "{" HEAD(1, 1) ",\"token\":\"abc.1\"}");
	check(session.has_token && did.begun == 2, "and goes on with it");
	answer(CALL_LIST, 401, "{\"error\":\"etcdserver: invalid auth token\"}");
	pass(1000);
	check(calls.sent[CALL_AUTH] == 2, "where it is not taken any more, for another");
	end();
}

int main(void)
{
	log_level = 0;
	test_connect();
	test_resume();
	test_busy();
	test_compacted();
	test_starves();
	test_relist();
	test_wiped();
	test_slow();
	test_lease();
	test_missed_renewals();
	test_renewals_end();
	test_starves_by_lease();
	test_herd();
	test_nonsense();
	test_token();
	return tap_end();
}
