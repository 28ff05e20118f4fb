// SPDX-License-Identifier: GPL-2.0-only
/* What the core does to a kernel in memory, by a clock that is a number. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "tap.h"
#include "../core.h"
#include "../journal.h"
#include "../words.h"

#define GRACE 30000

static struct memory memory;
static struct journal journal;
static struct core core;
static char path[32] = "/tmp/vnencapd-test-XXXXXX";

static void begin(int64_t grace)
{
	memory_init(&memory);
	core_init(&core, &memory.backend, &journal, grace);
	core.vnis.all = true;
	unlink(path);
	journal_open(&journal, path, &core);
	core_read_kernel(&core);
}

static void end(void)
{
	journal_close(&journal);
	core_free(&core);
	memory_free(&memory);
}

/* The daemon dies, and another one begins; the kernel has what it has. */
static void die(int64_t grace)
{
	journal_close(&journal);
	core_free(&core);
	core_init(&core, &memory.backend, &journal, grace);
	core.vnis.all = true;
	journal_open(&journal, path, &core);
	core_read_kernel(&core);
}

static void read_words(const char *text, struct dest *dest, struct way *way)
{
	static char line[1024];
	struct words words;

	snprintf(line, sizeof(line), "%s", text);
	words_split(&words, line);
	if (!words_dest(&words, dest))
		abort();
	memset(way, 0, sizeof(*way));
	words_way(&words, way, NULL, NULL);
}

static void put(const char *text, int64_t rev)
{
	struct dest dest;
	struct way way;

	read_words(text, &dest, &way);
	core_put(&core, &dest, &way, rev);
}

static void del(const char *text, int64_t rev, int64_t now)
{
	struct dest dest;
	struct way way;

	read_words(text, &dest, &way);
	core_del(&core, &dest, rev, now);
}

static void heard(const char *text, bool removed)
{
	struct dest dest;
	struct way way;

	read_words(text, &dest, &way);
	core_heard(&core, &dest, removed ? NULL : &way);
}

static void list(int64_t rev, int64_t now, const char *const *texts)
{
	core_list_begin(&core);
	for (; *texts; texts++)
		put(*texts, rev);
	core_list_end(&core, rev, now);
	core_run(&core, now);
}

#define LIST(rev, now, ...) list(rev, now, (const char *const[]){ __VA_ARGS__, NULL })

static bool at(const char *what, const char *where)
{
	const char *got = memory_get(&memory, what);

	if (!strcmp(got, where))
		return true;
	printf("# %s is \"%s\", not \"%s\"\n", what, got, where);
	return false;
}

static const char a1[] = "vni 1 10.0.0.1/32 via 192.0.2.1";
static const char a2[] = "vni 1 10.0.0.2/32 via 192.0.2.2";
static const char a3[] = "vni 1 10.0.0.3/32 via 192.0.2.3";
static const char moved[] = "vni 1 10.0.0.1/32 via 192.0.2.9";
static const char p1[] = "vni 1 10.0.0.1/32", p2[] = "vni 1 10.0.0.2/32";
static const char p3[] = "vni 1 10.0.0.3/32";

/* A prefix that moves is where it is to be at once, and its old host is heard. */
static void test_moves(void)
{
	static const char away[] = "via 192.0.2.9 via 192.0.2.1 weight 0";

	begin(0);
	core.moves.ms = 5000;
	LIST(1, 0, a1, a2);
	put(moved, 2);
	core_run(&core, 1000);
	check(at(p1, away), "the host that a prefix has left is heard");
	check(at(p2, "via 192.0.2.2"), "for that prefix alone");
	LIST(3, 2000, moved, a2);
	check(at(p1, away) && memory.sets == 3, "a list changes nothing of that");
	heard("vni 1 10.0.0.1/32 via 192.0.2.9 via 192.0.2.1 weight 0", false);
	check(core_run(&core, 3000) == 6000 && at(p1, away), "until its time is over");
	core_run(&core, 6000);
	check(at(p1, "via 192.0.2.9") && memory.sets == 4, "then it is not");
	put(a1, 4);
	core_run(&core, 7000);
	put(moved, 5);
	core_run(&core, 8000);
	check(at(p1, away), "a prefix may move back and forth");
	core_run(&core, 12500);
	check(at(p1, away), "each time counts anew");
	die(0);
	core.moves.ms = 5000;
	LIST(6, 13000, moved, a2);
	check(at(p1, "via 192.0.2.9") && !core.stats.foreign,
	      "what another life of the daemon has begun is ended");
	put(a1, 7);
	core_run(&core, 14000);
	del(a1, 8, 15000);
	core_run(&core, 15000);
	check(at(p1, ""), "what has just moved may go");
	core_run(&core, 30000);
	put(a1, 9);
	core_run(&core, 31000);
	put("vni 1 10.0.0.1/32 blackhole", 10);
	core_run(&core, 32000);
	check(at(p1, "blackhole"), "to nowhere is no move");
	end();
}

static void test_moves_of_old(void)
{
	begin(0);
	core.moves.ms = 5000;
	LIST(1, 0, a1, a2, a3);
	memory.weighs = true;
	put(moved, 2);
	while (core_run(&core, 1000) <= 1000)
		;
	check(at(p1, "via 192.0.2.9"), "a module that is older is told the new host alone");
	put(a1, 3);
	core_run(&core, 2000);
	check(at(p1, "via 192.0.2.1") && !core.stats.foreign && !core.stats.refused,
	      "and is not asked again");
	end();
}

/* More at once than are remembered */
static void test_moves_of_many(void)
{
	unsigned int i, round, heard_all = 0;
	char text[60];

	begin(0);
	core.moves.ms = 5000;
	core_list_begin(&core);
	for (round = 1; round <= 2; round++) {
		for (i = 0; i < MOVES_MAX + 100; i++) {
			sprintf(text, "vni 1 10.1.%u.%u/32 via 192.0.2.%u", i / 256, i % 256,
				round);
			put(text, round);
		}
		if (round == 1)
			core_list_end(&core, 1, 0);
		core_run(&core, 1000);
	}
	for (i = 0; i < MOVES_MAX + 100; i++) {
		sprintf(text, "vni 1 10.1.%u.%u/32", i / 256, i % 256);
		heard_all += !strcmp(memory_get(&memory, text), "via 192.0.2.2");
	}
	check(heard_all == 100, "those that find no room move all the same");
	core_run(&core, 6000);
	check(at("vni 1 10.1.0.0/32", "via 192.0.2.2"), "and all are done in time");
	end();
}

static void test_differences(void)
{
	begin(0);
	LIST(1, 0, a1, a2, a3);
	check(at(p1, "via 192.0.2.1") && memory.sets == 3, "a list is set");
	LIST(2, 1, a1, a2, a3);
	check(memory.sets == 3, "what is so already is not set again");
	LIST(3, 2, moved, a2, a3);
	check(at(p1, "via 192.0.2.9") && memory.sets == 4, "only what differs is");
	LIST(4, 3, moved, a2);
	check(at(p3, "") && memory.removes == 1, "what is not named goes");
	put("vni 1 10.1.0.0/16 via 192.0.2.1 weight 2 via 192.0.2.2", 5);
	put("vni 1 fd00::/64 blackhole", 5);
	core_run(&core, 4);
	check(at("vni 1 10.1.0.0/16", "via 192.0.2.1 weight 2 via 192.0.2.2") &&
	      at("vni 1 fd00::/64", "blackhole"), "several endpoints, and none");
	end();
}

static void test_foreign(void)
{
	begin(0);
	memory_set(&memory, "vni 1 10.0.0.1/32 via 198.51.100.1");
	memory_set(&memory, "vni 1 10.9.0.0/16 via 198.51.100.1");
	core_read_kernel(&core);
	LIST(1, 0, a1, a2, a3);
	check(at(p1, "via 198.51.100.1"), "what somebody else mapped elsewhere stays");
	check(core.stats.foreign == 1, "and is said");
	LIST(2, 1, a2, a3);
	check(at(p1, "via 198.51.100.1") && at("vni 1 10.9.0.0/16", "via 198.51.100.1"),
	      "and never goes");
	memory_del(&memory, p2);
	heard(a2, true);
	core_run(&core, 2);
	check(at(p2, "via 192.0.2.2"), "what somebody removed is set again");
	memory_set(&memory, "vni 1 10.0.0.2/32 via 198.51.100.1");
	heard("vni 1 10.0.0.2/32 via 198.51.100.1", false);
	core_run(&core, 3);
	check(at(p2, "via 198.51.100.1"), "what somebody changed stays so");
	end();
}

static void test_lives(void)
{
	begin(0);
	LIST(1, 0, a1, a2, a3);
	die(0);
	check(!core.ready && core.table.count == 3, "the next life knows what was set");
	core_run(&core, 100);
	check(memory.removes == 0 && memory.sets == 3, "and does nothing before a list");
	LIST(1, 200, moved, a2);
	check(at(p1, "via 192.0.2.9") && at(p3, ""), "moves and removes what was its own");
	memory_set(&memory, "vni 1 10.0.0.2/32 via 198.51.100.1");
	die(0);
	LIST(1, 300, moved);
	check(at(p2, "via 198.51.100.1"), "not what somebody changed between");
	/* it dies between the journal and the kernel */
	memory.broken = true;
	put("vni 1 10.0.0.1/32 via 192.0.2.7", 2);
	core_run(&core, 301);
	memory.broken = false;
	die(0);
	LIST(3, 400, "vni 1 10.0.0.1/32 via 192.0.2.8");
	check(at(p1, "via 192.0.2.8"), "a change that the kernel did not hear is no foreign one");
	end();
	/* a boot: the kernel has nothing, the source is silent */
	begin(0);
	LIST(1, 0, a1, a2);
	journal_close(&journal);
	core_free(&core);
	memory_free(&memory);
	memory_init(&memory);
	core_init(&core, &memory.backend, &journal, 0);
	core.vnis.all = true;
	journal_open(&journal, path, &core);
	core_read_kernel(&core);
	core.ready = true;
	core_run(&core, 10000);
	check(at(p1, "via 192.0.2.1") && at(p2, "via 192.0.2.2"),
	      "after a boot without a source, what was known is set");
	end();
}

static void test_grace(void)
{
	begin(GRACE);
	LIST(1, 0, a1, a2, a3);
	del(p3, 2, 1000);
	check(core_run(&core, 1000) == 1000 + GRACE, "a deletion waits");
	check(at(p3, "via 192.0.2.3"), "and is not done");
	put(a3, 3);
	check(core_run(&core, 2000) == NEVER && at(p3, "via 192.0.2.3"),
	      "it comes back, and nothing was done");
	del(p3, 4, 3000);
	core_run(&core, 3000 + GRACE);
	check(at(p3, ""), "it is done after that time");
	put(a3, 3);
	core_run(&core, 3000 + GRACE);
	check(at(p3, "via 192.0.2.3"), "a prefix that was forgotten can come back");
	end();
}

static void test_mass(void)
{
	begin(GRACE);
	LIST(1, 0, a1, a2, a3);
	LIST(2, 1000, "vni 2 10.0.0.1/32 via 192.0.2.1");
	core_run(&core, 1000 + GRACE);
	check(at(p1, "via 192.0.2.1") && at(p3, "via 192.0.2.3") && core.want_list,
	      "most of a network does not go by one list");
	LIST(3, 2000 + GRACE, a1, "vni 2 10.0.0.1/32 via 192.0.2.1");
	check(at(p1, "via 192.0.2.1") && at(p2, "") && at(p3, ""),
	      "but by another one; what came back stays");
	del(p1, 4, 100000);
	core_run(&core, 100000 + GRACE);
	check(at(p1, "via 192.0.2.1") && core.want_list, "nor by changes");
	core_list_begin(&core);
	core_run(&core, 100000 + GRACE);
	check(at(p1, "via 192.0.2.1"), "nor while a list is read");
	core_list_abort(&core);
	core_run(&core, 100000 + GRACE);
	check(at(p1, "via 192.0.2.1"), "nor by a list that was not whole");
	LIST(5, 200000, "vni 2 10.0.0.1/32 via 192.0.2.1");
	check(at(p1, ""), "but by one that was");
	end();
}

/* Somebody deletes more than is looked at in one run, and etcd is gone then. */
static void test_many_held(void)
{
	char text[60];
	int64_t next;
	int i;

	begin(GRACE);
	core_list_begin(&core);
	for (i = 0; i < 25000; i++) {
		sprintf(text, "vni 1 10.1.%d.%d/32 via 192.0.2.1", i / 250, i % 250);
		put(text, 1);
	}
	core_list_end(&core, 1, 0);
	core_run(&core, 0);
	LIST(2, 1000, "vni 2 10.0.0.1/32 via 192.0.2.1");
	next = core_run(&core, 1000 + GRACE);
	check(core.want_list && memory.removes == 0 && next > 1000 + GRACE,
	      "while many wait for a list, the daemon sleeps");
	LIST(3, 2000 + GRACE, "vni 2 10.0.0.1/32 via 192.0.2.1");
	for (i = 0; i < 20 && core_run(&core, 3000 + GRACE) == 3000 + GRACE; i++)
		;
	check(memory.removes == 25000 && i < 20, "after it they go, some at a time");
	end();
}

/* Before the first full list nothing is known of what the source has not. */
static void test_before_list(void)
{
	begin(0);
	LIST(5, 0, a1, a2, a3);
	die(0);
	del(p1, 7, 1);
	core_list_begin(&core);
	put(a2, 6);
	core_run(&core, 100000);
	check(at(p1, "via 192.0.2.1") && at(p3, "via 192.0.2.3"),
	      "nothing goes before the first list is whole");
	core_list_abort(&core);
	core_run(&core, 200000);
	check(at(p1, "via 192.0.2.1") && at(p3, "via 192.0.2.3"), "nor if it never is");
	LIST(8, 300000, a2, a3);
	core_run(&core, 300000);
	check(at(p1, "") && at(p3, "via 192.0.2.3"), "then goes what it has not");
	end();
}

static void test_revisions(void)
{
	begin(0);
	LIST(10, 0, a1, a2, a3);
	core_list_begin(&core);
	put("vni 1 10.0.0.1/32 via 192.0.2.9", 12);
	del(p2, 12, 1);
	put("vni 1 10.0.0.4/32 via 192.0.2.4", 12);
	put(a1, 10);
	put(a2, 10);
	put(a3, 10);
	core_list_end(&core, 11, 2);
	core_run(&core, 2);
	check(at(p1, "via 192.0.2.9"), "a list does not undo a later change");
	check(at(p2, ""), "nor a later deletion");
	check(at("vni 1 10.0.0.4/32", "via 192.0.2.4"), "nor a later addition");
	core_forget_revs(&core);
	LIST(3, 3, a1, a2, a3);
	check(at(p1, "via 192.0.2.1"), "unless revisions began anew");
	end();
}

static void test_troubles(void)
{
	begin(0);
	memory.refuse = 7;
	LIST(1, 0, a1, "vni 7 10.0.0.1/32 via 192.0.2.1", a2);
	check(at(p1, "via 192.0.2.1") && at(p2, "via 192.0.2.2") && core.stats.refused == 1,
	      "what the kernel refuses does not stop the rest");
	core_run(&core, 1);
	check(core.stats.refused == 1, "and is not tried again and again");
	memory.broken = true;
	put(moved, 2);
	core_run(&core, 2);
	check(!core.kernel, "the kernel does not answer");
	memory.broken = false;
	core_read_kernel(&core);
	core_run(&core, 3);
	check(at(p1, "via 192.0.2.9"), "when it does, nothing was forgotten");
	core.vnis.all = false;
	vnis_need(&core.vnis, 1)->here = true;
	put("vni 9 10.0.0.1/32 via 192.0.2.1", 3);
	core_run(&core, 4);
	check(at("vni 9 10.0.0.1/32", ""), "a network that does not matter is left out");
	end();
}

static void test_misses(void)
{
	struct addr addr = { .family = AF_INET, .bytes = { 10, 5, 6, 7 } };

	begin(0);
	core.misses = true;
	LIST(1, 0, a1, "vni 1 10.5.0.0/16 via 192.0.2.5");
	check(memory.sets == 0, "nothing is mapped before it is missed");
	core_missed(&core, 1, &addr);
	core_run(&core, 1);
	check(at("vni 1 10.5.0.0/16", "via 192.0.2.5") && memory.sets == 1,
	      "then what covers it");
	LIST(2, 2, a1, "vni 1 10.5.0.0/16 via 192.0.2.6");
	check(at("vni 1 10.5.0.0/16", "via 192.0.2.6"), "and it follows the source");
	addr.bytes[1] = 6;
	core_missed(&core, 1, &addr);
	core_run(&core, 3);
	check(memory.sets == 2, "what nothing covers is not mapped");
	end();
}

static void test_journal(void)
{
	FILE *file;
	int i;

	begin(0);
	core.ready = true;
	for (i = 0; i < 30000; i++) {
		put(i % 2 ? a1 : moved, i);
		core_run(&core, i);
		journal_trim(&journal, &core);
	}
	check(journal.lines < 20003, "the journal does not grow for ever");
	journal_close(&journal);
	file = fopen(path, "a");
	fputs("vni 1 10.0.0.9/32 via 192.0", file);
	fclose(file);
	core_free(&core);
	core_init(&core, &memory.backend, &journal, 0);
	core.vnis.all = true;
	journal_open(&journal, path, &core);
	check(core.table.count == 1, "a line that was not written whole is none");
	end();
}

int main(void)
{
	if (mkstemp(path) < 0)
		return 1;
	log_level = 0;
	test_differences();
	test_moves();
	test_moves_of_old();
	test_moves_of_many();
	test_foreign();
	test_lives();
	test_grace();
	test_mass();
	test_many_held();
	test_before_list();
	test_revisions();
	test_troubles();
	test_misses();
	test_journal();
	unlink(path);
	return tap_end();
}
