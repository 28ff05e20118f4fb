// SPDX-License-Identifier: GPL-2.0-only
/* A host that is called, and says up to where its kernel was told. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "memory.h"
#include "tap.h"
#include "../core.h"
#include "../roll.h"
#include "../words.h"

static struct memory memory;
static struct core core;
static struct roll roll;

/* Is an answer sent, in these words (as base64)? NULL: none */
static bool sends(const char *value)
{
	unsigned int before = calls.sent[CALL_TXN];

	roll_run(&roll, now);
	if (!value)
		return calls.sent[CALL_TXN] == before;
	return calls.sent[CALL_TXN] == before + 1 && strstr(calls.body[CALL_TXN], value) &&
	       strstr(calls.body[CALL_TXN], "\"lease\":\"7\"");
}

static void told(bool good)
{
	static const char body[] =
		"{\"header\":{\"cluster_id\":\"7\",\"revision\":\"30\"},\"succeeded\":true}";

	session.busy[CALL_TXN] = false;
	roll_answer(&roll, good ? body : NULL, good ? strlen(body) : 0);
	now += 1000;
}

/* A mapping of which the kernel was not told yet */
static void put(void)
{
	struct way way = { };
	struct words words;
	struct dest dest;
	char line[] = "vni 1 10.0.0.1/32 via 192.0.2.1";

	words_split(&words, line);
	if (words_dest(&words, &dest) && words_way(&words, &way, NULL, NULL))
		core_put(&core, &dest, &way, 20);
}

static void test_roll(void)
{
	check(sends(NULL), "who is not called says nothing");
	roll_called(&roll, 12, now);
	now += 1000;
	check(sends("\"MTI=\""), "who is called says which call that was");
	check(sends(NULL) && roll_asked(&roll), "once");
	told(false);
	check(sends("\"MTI=\""), "and again where that was lost");
	told(true);
	check(sends(NULL), "but not where it was heard");
	roll_called(&roll, 12, now);
	now += 1000;
	check(sends(NULL), "a list names a call that was answered already");
	put();
	roll_called(&roll, 21, now);
	now += 1000;
	check(sends(NULL) && roll_run(&roll, now) == now, "the kernel is told first");
	core_run(&core, now);
	roll_called(&roll, 22, now);
	now += 1000;
	check(sends("\"MjI=\""), "calls that come fast are answered together");
	told(true);
	roll_lease(&roll);
	check(sends("\"MjI=\""), "under a new lease it is said again");
	told(true);
	roll_called(&roll, 23, now);
	now += 1000;
	session.state = SESSION_LIST;
	check(sends(NULL), "while a list is read it is not known");
	session.state = SESSION_WATCH;
	roll_forget(&roll);
	check(sends(NULL), "and what a wiped etcd had asked is forgotten");
}

int main(void)
{
	log_level = 0;
	begin(true);
	session.state = SESSION_WATCH;
	session.lease = 7;
	settings.locals = 1;
	snprintf(settings.name, sizeof(settings.name), "me");
	memory_init(&memory);
	core_init(&core, &memory.backend, NULL, 0);
	core.vnis.all = true;
	core.ready = true;
	core_read_kernel(&core);
	roll_init(&roll, &settings, &session, &core);
	test_roll();
	core_free(&core);
	memory_free(&memory);
	end();
	return tap_end();
}
