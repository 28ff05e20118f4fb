// SPDX-License-Identifier: GPL-2.0-only
/* What a host says of itself, with an etcd that answers what a test says. */
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "tap.h"
#include "../core.h"
#include "../publish.h"
#include "../words.h"

static struct settings settings;
static struct session session;
static struct publish publish;
static struct calls calls;
static const char *const sent = calls.body[CALL_TXN];
static int64_t now;

static const struct session_ops no_ops;

static struct dest dest(const char *text)
{
	struct words words;
	struct dest dest;
	char line[100];

	snprintf(line, sizeof(line), "%s", text);
	words_split(&words, line);
	if (!words_dest(&words, &dest))
		abort();
	return dest;
}

/* Etcd was listed at revision 10, and this host had nothing. */
static void begin(void)
{
	calls_init(&calls);
	calls_settings(&settings, 1);
	snprintf(settings.name, sizeof(settings.name), "me");
	settings.locals = 1;
	settings.local[0] = (struct addr){ .family = AF_INET, .bytes = { 192, 0, 2, 1 } };
	now = 1000000;
	session_init(&session, &settings, &calls.transport, &no_ops, NULL, now);
	session.state = SESSION_WATCH;
	publish_init(&publish, &settings, &session, now);
	publish_look_begin(&publish);
	publish_look_end(&publish, true);
	publish_list_begin(&publish);
	publish_list_end(&publish, 10);
	now += 60000;
}

static void end(void)
{
	session_free(&session);
	publish_free(&publish);
	settings_free(&settings);
}

/* A look at devices finds this address, or none. */
static void look(const char *text)
{
	struct dest one;

	publish_look_begin(&publish);
	if (text) {
		one = dest(text);
		publish_look(&publish, &one);
	}
	publish_look_end(&publish, false);
}

/* Is a change sent? */
static bool sends(const char *what)
{
	unsigned int before = calls.sent[CALL_TXN];

	publish_run(&publish, now);
	return what ? calls.sent[CALL_TXN] == before + 1 && strstr(sent, what) :
		      calls.sent[CALL_TXN] == before;
}

static void answer(bool good, int rev)
{
	calls_answer_txn(&session, &publish, good, rev, now);
}

/* The stream says where a prefix is; @host is NULL where it is deleted. */
static void told(const char *text, const char *host, int64_t rev)
{
	struct dest one = dest(text);
	struct way way = { };

	if (host)
		snprintf(way.host, sizeof(way.host), "%s", host);
	publish_item(&publish, &one, host ? &way : NULL, host ? publish.value : NULL, rev, now);
}

#define A "vni 5 10.5.0.1"
#define UNASKED "\"compare\":[]"

static void test_take(void)
{
	begin();
	look(A);
	check(sends(UNASKED) && strstr(sent, "request_put"), "what appears is taken");
	answer(true, 11);
	told(A, "me", 11);
	check(sends(NULL), "once");
	told(A, "other", 12);
	check(sends(NULL), "what another host takes is left there");
	look(NULL);
	check(sends(NULL), "also when it goes here");
	look(A);
	check(sends(UNASKED), "and taken when it comes again");
	answer(true, 13);
	look(NULL);
	check(sends("request_delete_range") && strstr(sent, "\"mod_revision\":\"13\""),
	      "what goes is deleted, if it is still this host's");
	answer(false, 14);
	sends("request_delete_range");
	answer(false, 14);
	check(sends(NULL), "or else it is not");
	end();
}

/* It goes and comes while etcd cannot be reached, and moves later. */
static void test_flap(void)
{
	begin();
	look(A);
	sends(UNASKED);
	answer(true, 11);
	session.state = SESSION_DOWN;
	look(NULL);
	look(A);
	session.state = SESSION_WATCH;
	check(sends("\"mod_revision\":\"11\""), "what came again is said again, if nobody took it");
	answer(true, 12);
	told(A, "other", 13);
	check(sends(NULL), "and not taken back from who takes it then");
	end();
}

/* It goes while the change that says it is here is under way. */
static void test_gone_meanwhile(void)
{
	begin();
	look(A);
	check(sends(UNASKED), "it comes");
	look(NULL);
	told(A, "me", 11);
	answer(true, 11);
	check(sends("request_delete_range"), "and goes before that is answered: it is deleted");
	look(A);
	told(A, NULL, 12);
	answer(true, 12);
	check(sends("request_put"), "it comes before that is answered: it is put");
	end();
}

/* One of many cannot be changed as was thought. */
static void test_batch(void)
{
	unsigned int i, one = 0;
	struct dest d;
	char text[40];

	begin();
	publish_look_begin(&publish);
	for (i = 0; i < 200; i++) {
		sprintf(text, "vni 5 10.5.1.%u", i);
		d = dest(text);
		publish_look(&publish, &d);
	}
	publish_look_end(&publish, true);
	check(sends("\"mod_revision\":\"0\""), "what was here before is said if nobody has it");
	answer(false, 11);
	for (i = 0; i < 300 && sends("request_put"); i++) {
		if (!strstr(sent, "},{"))
			one++;
		answer(true, 12 + i);
	}
	check(i >= 4 && i < 20, "where one cannot be said the others are, many at a time");
	check(one >= 1, "but for some that go alone");
	end();
}

static void spoil(const char *text, int64_t rev)
{
	struct dest one = dest(text);

	publish_spoiled(&publish, &one, rev);
}

static void test_spoiled(void)
{
	begin();
	look(A);
	sends(UNASKED);
	answer(true, 11);
	spoil(A, 12);
	check(sends("\"mod_revision\":\"12\"") && strstr(sent, "request_put"),
	      "nonsense in place of what is here is written over");
	answer(true, 13);
	spoil(A, 12);
	check(sends(NULL), "once");
	told(A, "other", 14);
	spoil(A, 15);
	check(sends(NULL), "but not in place of what is elsewhere");
	spoil("vni 5 10.5.0.2", 16);
	check(sends(NULL), "or of what is not known");
	end();
}

int main(void)
{
	log_level = 0;
	test_take();
	test_flap();
	test_gone_meanwhile();
	test_batch();
	test_spoiled();
	return tap_end();
}
