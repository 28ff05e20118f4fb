// SPDX-License-Identifier: GPL-2.0-only
/* A session's full list, by gRPC and in JSON, from an etcd that answers what a test says. */
#include <string.h>

#include "client.h"
#include "tap.h"

/* Until it tries again */
static void pass(void)
{
	now = session.retry_at;
	session_run(&session, now);
}

static void test_grpc(void)
{
	static const char json[] = "{\"header\":{\"cluster_id\":\"7\",\"revision\":\"10\","
		"\"raft_term\":\"2\"},\"kvs\":[{\"key\":\"L3ZuZW5jYXAvbmV0L2E=\","
		"\"value\":\"eA==\",\"mod_revision\":\"3\"}],\"count\":\"1\"}";
	static const char page[] = "\0\0\0\0\x1f"
		"\x0a\x06\x08\x07\x18\x0a\x20\x02\x12\x13\x0a\x0e/vnencap/net/a\x18\x03" "*";

	begin(false);
	check(calls.grpc[CALL_LIST] && strstr(calls.path[CALL_LIST], "KV/Range"),
	      "a list is asked for by gRPC");
	calls.busy[CALL_LIST] = false;
	calls.transport.receiver.answer(&session, CALL_LIST, 200, page, 5 + 0x1f, now);
	check(did.items == 0 && session.state == SESSION_DOWN, "what is no page is none");
	pass();
	check(calls.busy[CALL_LIST] && !calls.grpc[CALL_LIST],
	      "after a failure, of whatever kind, it is asked for in JSON");
	answer(CALL_LIST, FAILED, "reset");
	pass();
	check(calls.grpc[CALL_LIST], "and then by gRPC again");
	answer(CALL_LIST, NO_GRPC, "%s", "");
	check(calls.busy[CALL_LIST] && !calls.grpc[CALL_LIST] && did.aborted == 2,
	      "a member that has no gRPC is asked in JSON at once");
	answer(CALL_LIST, 200, "%s", json);
	check(did.ended == 1 && did.items == 1, "and answers so");
	session_relist(&session, now);
	check(calls.grpc[CALL_LIST], "the next list begins by gRPC");
	answer(CALL_LIST, TOO_BIG, "%s", "");
	check(calls.grpc[CALL_LIST] && session.limit == 25000, "in smaller pages if need be");
	answer(CALL_LIST, 500, "etcdserver: permission denied");
	check(session.state == SESSION_DOWN && !calls.busy[CALL_LIST], "if that is allowed");
	end();
}

static void test_grpc_pages(void)
{
	static const char first[] = "\0\0\0\0\x1d"
		"\x0a\x06\x08\x07\x18\x0a\x20\x02\x12\x11\x0a\x0d/vnencap/net/\x18\x03\x18\x01";
	static const char second[] = "\0\0\0\0\x1c"
		"\x0a\x06\x08\x07\x18\x0c\x20\x02\x12\x12\x0a\x0e/vnencap/net/b\x18\x04";
	static const char begun[] = "\0\0\0\0\x0a"
		"\x0a\x06\x08\x07\x18\x0c\x20\x02\x18\x01";
	struct receiver *receiver = &calls.transport.receiver;

	begin(false);
	receiver->answer(&session, CALL_LIST, 200, first, sizeof(first) - 1, now);
	check(did.items == 1 && calls.sent[CALL_LIST] == 2 && session.page_rev == 10,
	      "there may be a page more");
	check(!memcmp(calls.body[CALL_LIST] + 5, "\x0a\x0e/vnencap/net/\0\x12", 17),
	      "which is after the last key");
	receiver->answer(&session, CALL_LIST, 200, second, sizeof(second) - 1, now);
	check(did.ended == 1 && did.rev == 10 && did.items == 2 && calls.busy[CALL_WATCH],
	      "and all of them are one list");
	check(calls.grpc[CALL_WATCH] && strstr(calls.path[CALL_WATCH], "Watch/Watch"),
	      "the changes after it are asked for by gRPC, too");
	receiver->line(&session, begun, sizeof(begun) - 1, now);
	check(session.watching, "which begin");
	answer(CALL_WATCH, FAILED, "reset");
	pass();
	check(calls.grpc[CALL_WATCH], "and go on so if they break");
	answer(CALL_WATCH, FAILED, "reset");
	pass();
	check(!calls.grpc[CALL_WATCH], "but not if they never begin");
	answer(CALL_WATCH, FAILED, "reset");
	pass();
	answer(CALL_WATCH, NO_GRPC, "%s", "");
	check(calls.busy[CALL_WATCH] && !calls.grpc[CALL_WATCH], "nor where there is no gRPC");
	end();
}

int main(void)
{
	test_grpc();
	test_grpc_pages();
	return tap_end();
}
