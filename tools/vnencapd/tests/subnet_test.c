// SPDX-License-Identifier: GPL-2.0-only
/* The subnet of a host's containers, with an etcd that answers what a test says. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "memory.h"
#include "tap.h"
#include "../cni.h"
#include "../subnet.h"
#include "../words.h"

#define HOST	"a"
/* Eight subnets, of which the first one is nobody's */
#define POOL	"subnets vni 5 10.5.0.0/21 length 24 device vn0 link eth0\n"

static struct settings settings;
static struct session session;
static struct publish publish;
static struct subnets subnets;
static struct memory memory;
static struct calls calls;
static struct core core;
static char folder[32];
static int64_t now;

/* What was said of the subnet */
static unsigned int used, lost;
static char has[DEST_TEXT_MAX];

static void on_use(void *data, unsigned int pool, const struct dest *subnet)
{
	(void)data;
	(void)pool;
	used++;
	dest_text(has, subnet);
}

static void on_lose(void *data, unsigned int pool, const struct dest *subnet)
{
	(void)data;
	(void)pool;
	(void)subnet;
	lost++;
	has[0] = '\0';
}

static const struct subnet_ops ops = { .use = on_use, .lose = on_lose };
static const struct session_ops no_ops;

static void read_settings(void)
{
	static const char text[] = "source etcd http://etcd\nlocal 192.0.2.1\nname " HOST "\n" POOL;
	FILE *from = fmemopen((char *)text, strlen(text), "r");

	settings_init(&settings);
	if (!settings_parse(&settings, from, "test"))
		abort();
	fclose(from);
	free(settings.state);
	settings.state = strdup(folder);
}

/* A daemon begins; nothing is known of etcd. */
static void begin(void)
{
	calls_init(&calls);
	read_settings();
	used = 0;
	lost = 0;
	has[0] = '\0';
	now += 1000000;
	memory_init(&memory);
	core_init(&core, &memory.backend, NULL, 0);
	core.vnis.all = true;
	session_init(&session, &settings, &calls.transport, &no_ops, NULL, now);
	publish_init(&publish, &settings, &session, now);
	subnets_init(&subnets, &settings, &core, &publish, &ops, NULL, now);
}

static void end(void)
{
	session_free(&session);
	publish_free(&publish);
	core_free(&core);
	memory_free(&memory);
	settings_free(&settings);
}

static void forget(void)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/subnets", folder);
	unlink(path);
}

/* Etcd says where a prefix is; @host is NULL where it does so no longer. */
static void told(const char *text, const char *host, int64_t rev)
{
	struct way way = { };
	struct words words;
	struct dest dest;
	char line[100];

	snprintf(line, sizeof(line), "%s", text);
	words_split(&words, line);
	if (!words_dest(&words, &dest))
		abort();
	if (!host) {
		core_del(&core, &dest, rev, now);
		publish_item(&publish, &dest, NULL, NULL, rev, now);
		return;
	}
	snprintf(way.host, sizeof(way.host), "%s", host);
	core_put(&core, &dest, &way, rev);
	publish_item(&publish, &dest, &way, strcmp(host, HOST) ? "other" : publish.value, rev,
		     now);
}

static void list_begin(void)
{
	session.state = SESSION_WATCH;
	core_list_begin(&core);
	publish_list_begin(&publish);
}

static void list_end(int64_t rev)
{
	core_list_end(&core, rev, now);
	publish_list_end(&publish, rev);
}

/* What the daemon's loop does */
static void run(void)
{
	subnets_run(&subnets, now);
	publish_run(&publish, now);
}

static void answer(bool good, int rev)
{
	calls_answer_txn(&session, &publish, good, rev, now);
}

static const char *sent(void)
{
	return calls.body[CALL_TXN];
}

static void asked_for(char *text)
{
	dest_text(text, &subnets.subnet[0].dest);
}

static void test_lease(void)
{
	char first[DEST_TEXT_MAX], text[DEST_TEXT_MAX];

	begin();
	run();
	check(!calls.sent[CALL_TXN] && !used, "no subnet is chosen before etcd was heard");
	list_begin();
	list_end(10);
	run();
	check(calls.sent[CALL_TXN] == 1 && strstr(sent(), "\"mod_revision\":\"0\""),
	      "a free one is claimed, if it is still free");
	check(!used, "and not used before that is so");
	asked_for(first);
	told(first, "b", 11);
	answer(false, 11);
	run();
	check(!used && calls.sent[CALL_TXN] == 2, "of two hosts that want the same one");
	asked_for(text);
	check(strcmp(first, text), "one takes another one");
	answer(true, 12);
	run();
	check(used == 1 && !strcmp(has, text), "which it uses");
	end();
	begin();
	list_begin();
	told(text, HOST, 12);
	list_end(12);
	run();
	check(used == 1 && !strcmp(has, text), "a host that comes back has its old one");
	run();
	check(used == 1 && !calls.sent[CALL_TXN], "and nothing has to be said");
	end();
	forget();
	begin();
	list_begin();
	told(text, HOST, 12);
	list_end(12);
	run();
	check(used == 1 && !strcmp(has, text), "also if it has forgotten it");
	end();
}

/* etcd does not answer. */
static void test_alone(void)
{
	char text[DEST_TEXT_MAX];

	begin();
	core.ready = true;
	run();
	check(used == 1, "what an earlier life had is used where etcd does not answer");
	snprintf(text, sizeof(text), "%s", has);
	list_begin();
	told(text, "b", 20);
	list_end(20);
	run();
	check(lost == 1 && !has[0], "but not where another host has it meanwhile");
	answer(true, 21);
	run();
	check(used == 2 && strcmp(has, text), "then there is a new one");
	end();
}

/* etcd was wiped. */
static void test_wiped(void)
{
	char text[DEST_TEXT_MAX];

	begin();
	list_begin();
	list_end(10);
	run();
	answer(true, 11);
	run();
	snprintf(text, sizeof(text), "%s", has);
	core_forget_revs(&core);
	publish_forget(&publish);
	run();
	check(!strstr(sent(), "mod_revision") && !lost,
	      "an etcd that was wiped is told again who has a subnet, whatever it says");
	answer(true, 2);
	run();
	check(used == 1 && !lost, "and it stays in use");
	told(text, NULL, 3);
	run();
	check(strstr(sent(), "\"mod_revision\":\"0\"") && !lost, "one that somebody deletes, too");
	told(text, "b", 4);
	answer(false, 4);
	run();
	check(lost == 1, "unless another host was faster");
	end();
	forget();
}

static void test_full(void)
{
	unsigned int i;
	char text[40];

	begin();
	list_begin();
	for (i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "vni 5 10.5.%u.0/24", i);
		told(text, "b", 5);
	}
	list_end(10);
	run();
	check(!used && subnets.subnet[0].full && !calls.sent[CALL_TXN], "a network may be full");
	told("vni 5 10.5.0.0/24", NULL, 11);
	now += 20000;
	run();
	check(!calls.sent[CALL_TXN], "its first subnet is nobody's");
	told("vni 5 10.5.6.0/24", NULL, 12);
	now += 20000;
	run();
	answer(true, 13);
	run();
	check(!strcmp(has, "vni 5 10.5.6.0/24"), "one that gets free is taken");
	end();
	forget();
}

/* A key that cannot be read, where etcd has a subnet */
static void test_odd(void)
{
	char text[DEST_TEXT_MAX], other[DEST_TEXT_MAX];

	begin();
	list_begin();
	list_end(10);
	run();
	asked_for(text);
	answer(false, 11);
	run();		/* alone, in case that it was for another's sake */
	answer(false, 11);
	run();
	asked_for(other);
	check(!strcmp(text, other), "what was refused for no known reason is waited for");
	now += 10000;
	run();
	asked_for(other);
	check(strcmp(text, other), "but not for long");
	answer(true, 12);
	run();
	check(used == 1 && !strcmp(has, other), "another one is as good");
	end();
	forget();
}

static void test_cni(void)
{
	struct dest subnet = { .vni = 5, .family = AF_INET, .len = 24, .bytes = { 10, 5, 6 } };
	char path[100], text[CNI_TEXT_MAX + 1] = "";
	FILE *from;

	check(cni_write(folder, &subnet, 8900), "there is a file for CNI");
	snprintf(path, sizeof(path), "%s/10-vnencap-5.conflist", folder);
	from = fopen(path, "re");
	if (from) {
		text[fread(text, 1, CNI_TEXT_MAX, from)] = '\0';
		fclose(from);
	}
	check(strstr(text, "\"subnet\": \"10.5.6.0/24\"") && strstr(text, "\"mtu\": 8900"),
	      "with subnet and MTU");
	cni_remove(folder, &subnet);
	check(access(path, F_OK), "it can go");
	check(!cni_write("/nowhere", &subnet, 0), "a folder may not be there");
}

int main(void)
{
	log_level = 0;
	snprintf(folder, sizeof(folder), "/tmp/subnet_test.XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	test_lease();
	test_alone();
	test_wiped();
	test_full();
	test_odd();
	test_cni();
	rmdir(folder);
	return tap_end();
}
