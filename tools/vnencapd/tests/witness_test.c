// SPDX-License-Identifier: GPL-2.0-only
/*
 * An etcd that was restored from a backup, and since then got as far as it had been: its
 * revision and term are no others. It is told by the last key that was seen to be put.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "tap.h"

#define HEAD(rev) \
	"\"header\":{\"cluster_id\":\"14841639068965178418\",\"revision\":\"" #rev \
	"\",\"raft_term\":\"2\"}"
/* Of /vnencap/net/a, and of /vnencap/net/b */
#define A(rev, value) \
	"{\"key\":\"L3ZuZW5jYXAvbmV0L2E=\",\"value\":\"" value "\",\"mod_revision\":\"" #rev "\"}"
#define B(rev, value) \
	"{\"key\":\"L3ZuZW5jYXAvbmV0L2I=\",\"value\":\"" value "\",\"mod_revision\":\"" #rev "\"}"

#define A64 "L3ZuZW5jYXAvbmV0L2E="
#define B64 "L3ZuZW5jYXAvbmV0L2I="

static void line(const char *text)
{
	calls_line(&calls, text, now);
}

static void pass(int64_t ms)
{
	now += ms;
	session_run(&session, now);
}

/* A list of A, put at 3, and B, put at 8; then A is put again, at 13. */
static void connect_at(void)
{
	begin(true);
	answer(CALL_LIST, 200, "{" HEAD(10) ",\"kvs\":[" A(3, "eA==") "," B(8, "eQ==")
	       "],\"count\":\"2\"}");
	line("{\"result\":{" HEAD(10) ",\"created\":true}}");
	session_run(&session, now);
}

static void put_a(void)
{
	line("{\"result\":{" HEAD(13) ",\"events\":[{\"kv\":" A(13, "eg==") "}]}}");
}

static void lose(void)
{
	answer(CALL_WATCH, FAILED, "reset");
	now = session.retry_at;
	session_run(&session, now);
}

/* The stream is taken up by an etcd that is at 20. */
static void resume(void)
{
	lose();
	line("{\"result\":{" HEAD(20) ",\"created\":true}}");
	session_run(&session, now);
}

static bool asks(const char *key64, const char *rev)
{
	return calls.busy[CALL_LIST] && strstr(calls.body[CALL_LIST], key64) &&
	       !strstr(calls.body[CALL_LIST], "range_end") &&
	       (rev ? !!strstr(calls.body[CALL_LIST], rev) :
		      !strstr(calls.body[CALL_LIST], "revision"));
}

static bool goes_on(void)
{
	return session.state == SESSION_WATCH && calls.busy[CALL_WATCH] && !did.forgets &&
	       !calls.busy[CALL_LIST] && did.begun == 1;
}

/* The key is asked for, and is there as it was. */
static void resume_by(const char *key64, const char *kv, const char *asked, const char *same)
{
	resume();
	check(asks(key64, NULL), asked);
	answer(CALL_LIST, 200, "{" HEAD(20) ",\"kvs\":[%s],\"count\":\"1\"}", kv);
	pass(1);
	check(goes_on(), same);
	end();
}

static void test_asked(void)
{
	connect_at();
	check(!calls.busy[CALL_LIST], "a stream after a list is not doubted");
	put_a();
	resume_by(A64, A(13, "eg=="), "one that is taken up is, by the last key that was put",
		  "which is there, so it is the same");
	connect_at();
	resume_by(B64, B(8, "eQ=="),
		  "of a list it is the last one that was put, not the last listed",
		  "and that is as good");
}

static void test_changed_since(void)
{
	connect_at();
	put_a();
	resume();
	answer(CALL_LIST, 200, "{" HEAD(20) ",\"kvs\":[" A(18, "eA==") "],\"count\":\"1\"}");
	check(asks(A64, "\"revision\":\"13\""),
	      "a key that has changed since is looked at as it was");
	answer(CALL_LIST, 200, "{" HEAD(20) ",\"kvs\":[" A(13, "eg==") "],\"count\":\"1\"}");
	pass(1);
	check(goes_on(), "it was the same");
	resume();
	answer(CALL_LIST, 200, "{" HEAD(20) "}");
	check(asks(A64, "\"revision\":\"13\""), "so is one that is gone");
	answer(CALL_LIST, 400,
	       "{\"error\":\"etcdserver: mvcc: required revision has been compacted\"}");
	check(did.begun == 2 && !did.forgets && calls.busy[CALL_LIST],
	      "where nobody can tell, all is read again");
	end();
}

static void test_restored(void)
{
	static const char *const now_there[] = {
		A(3, "eA=="),		/* what came after the backup is lost */
		A(13, "eA=="),		/* another change was made at that revision */
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		connect_at();
		put_a();
		resume();
		answer(CALL_LIST, 200, "{" HEAD(20) ",\"kvs\":[%s],\"count\":\"1\"}",
		       now_there[i]);
		check(session.state == SESSION_SUSPECT && did.forgets == 1 &&
		      !calls.busy[CALL_WATCH], "another history is a restored etcd");
		end();
	}
	connect_at();
	put_a();
	resume();
	answer(CALL_LIST, 200, "{" HEAD(20) ",\"kvs\":[" A(18, "eg==") "],\"count\":\"1\"}");
	answer(CALL_LIST, 200, "{" HEAD(20) ",\"kvs\":[" A(3, "eA==") "],\"count\":\"1\"}");
	check(session.state == SESSION_SUSPECT && did.forgets == 1,
	      "so it is where the key was put again since");
	pass(settings.hold + 1);
	answer(CALL_LIST, 200, "{" HEAD(20) ",\"kvs\":[" A(18, "eg==") "],\"count\":\"1\"}");
	line("{\"result\":{" HEAD(20) ",\"created\":true}}");
	session_run(&session, now);
	check(session.state == SESSION_WATCH && did.ended == 2 && !calls.busy[CALL_LIST],
	      "after a while its list is believed");
	end();
}

/* Of a value that is too long to be ours only the beginning is known. */
static void test_huge(void)
{
	char text[4096];

	connect_at();
	snprintf(text, sizeof(text),
		 "{\"result\":{" HEAD(13) ",\"events\":[{\"kv\":{\"key\":\"" A64
		 "\",\"value\":\"%0*d\",\"mod_revision\":\"13\"}}]}}", 2000, 0);
	line(text);
	resume();
	check(asks(B64, NULL), "a key whose value is too long is no witness");
	end();
}

/* What the other history says before the witness was heard is no witness. */
static void test_kept(void)
{
	connect_at();
	put_a();
	lose();
	line("{\"result\":{" HEAD(20) ",\"created\":true}}");
	line("{\"result\":{" HEAD(21) ",\"events\":[{\"kv\":" B(21, "eQ==") "}]}}");
	session_run(&session, now);
	check(asks(A64, NULL), "it is of the time before");
	lose();
	line("{\"result\":{" HEAD(21) ",\"created\":true}}");
	session_run(&session, now);
	check(asks(A64, NULL), "also where the answer was lost");
	answer(CALL_LIST, 200, "null");
	check(session.state == SESSION_DOWN, "what is no answer is a failure");
	end();
	begin(true);
	answer(CALL_LIST, 200, "{" HEAD(10) "}");
	resume();
	check(asks("L3ZuZW5jYXAvbmV0L", NULL), "where nothing was put, the head alone counts");
	answer(CALL_LIST, 200, "{" HEAD(20) "}");
	pass(1);
	check(goes_on(), "and is right");
	end();
}

int main(void)
{
	log_level = 0;
	test_asked();
	test_changed_since();
	test_restored();
	test_huge();
	test_kept();
	return tap_end();
}
