// SPDX-License-Identifier: GPL-2.0-only
/* Keys of etcd in a kernel that loses them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "memory.h"
#include "tap.h"
#include "../core.h"
#include "../rotate.h"

static struct settings settings;
static struct session session;
static struct memory memory;
static struct rotate rotate;
static struct core core;
static struct calls calls;

static const struct session_ops no_ops;

static bool has(uint32_t vni, uint32_t id)
{
	struct key_ids ids;

	memory.backend.key_get(&memory.backend, vni, &ids);
	return ids.id == id && !ids.has_also;
}

static void put(uint32_t vni, uint32_t id, int64_t rev)
{
	struct key_pair pair = { .send = { .id = id, .secret = { 1, 2, 3 } } };

	rotate_item(&rotate, vni, &pair, rev, 0);
}

/* Are keys put, where etcd has those of revision @rev? */
static bool sends(const char *rev, int64_t now)
{
	unsigned int before = calls.sent[CALL_TXN];
	char compare[64];

	snprintf(compare, sizeof(compare), "\"mod_revision\":\"%s\"", rev);
	rotate_run(&rotate, now);
	return calls.sent[CALL_TXN] == before + 1 &&
	       strstr(calls.body[CALL_TXN], "request_put") &&
	       strstr(calls.body[CALL_TXN], compare);
}

static void answer(bool good, int64_t now)
{
	char body[200];

	snprintf(body, sizeof(body), "{\"header\":{\"cluster_id\":\"7\",\"revision\":\"9\"}%s}",
		 good ? ",\"succeeded\":true" : "");
	session.busy[CALL_TXN] = false;
	rotate_answer(&rotate, CALL_TXN, body, strlen(body), now);
}

/* The keys of VNI 5 and of VNI 6 are 3 and 4. */
static void test_wiped(void)
{
	int64_t now = 100000;

	settings.keys = true;
	session.state = SESSION_SUSPECT;
	rotate_forget(&rotate);
	rotate_run(&rotate, now);
	check(!calls.sent[CALL_TXN], "before it is known what a wiped etcd has, it is told none");
	session.state = SESSION_WATCH;
	session.listed = true;
	put(6, 4, 2);
	check(sends("0", now), "then those that it lacks");
	answer(true, now);
	put(5, 3, 3);
	now += 10000;
	rotate_run(&rotate, now);
	check(calls.sent[CALL_TXN] == 1, "once");
	rotate_forget(&rotate);
	put(5, 2, 4);
	put(6, 4, 5);
	check(has(5, 3), "old keys of a backup are not gone back to");
	check(sends("4", now), "they are put in place of them");
	put(5, 7, 8);
	answer(false, now);
	rotate_run(&rotate, now + 10000);
	check(has(5, 7), "where another host was faster, its keys are taken");
	check(calls.sent[CALL_TXN] == 2, "and left there");
	rotate_forget(&rotate);
	put(6, 4, 2);
	check(sends("0", now + 20000), "another one is wiped");
	answer(false, now + 20000);
	put(5, 8, 3);
	rotate_run(&rotate, now + 30000);
	check(has(5, 8) && calls.sent[CALL_TXN] == 3, "what a faster host said may come later");
	rotate_spoiled(&rotate, 5, 40);
	check(sends("40", now + 40000), "nonsense is written over");
	answer(false, now + 40000);
	rotate_run(&rotate, now + 50000);
	check(has(5, 8), "and if another host was faster with that, all is as it was");
}

int main(void)
{
	log_level = 0;
	calls_init(&calls);
	calls_settings(&settings, 1);
	settings.keys = false;
	memory_init(&memory);
	core_init(&core, &memory.backend, NULL, 0);
	core.vnis.all = true;
	core.kernel = true;
	session_init(&session, &settings, &calls.transport, &no_ops, NULL, 0);
	rotate_init(&rotate, &settings, &session, &core, 0);
	put(5, 3, 1);
	put(6, 4, 2);
	rotate_run(&rotate, 10);
	check(has(5, 3) && has(6, 4), "keys of etcd come to the kernel");
	memset(memory.keys, 0, sizeof(memory.keys));
	rotate_run(&rotate, 20);
	check(has(5, 0), "what happens there is told");
	rotate_changed(&rotate, 5);
	rotate_run(&rotate, 30);
	check(has(5, 3) && has(6, 0), "for one network");
	rotate_changed_all(&rotate);
	rotate_run(&rotate, 40);
	check(has(5, 3) && has(6, 4),
	      "or for all, where the module is another or nobody could listen");
	test_wiped();
	rotate_free(&rotate);
	session_free(&session);
	core_free(&core);
	memory_free(&memory);
	settings_free(&settings);
	return tap_end();
}
