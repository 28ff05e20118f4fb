// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzing by coverage, within a guest whose kernel has KCOV: an input that makes the
 * module do what no input has done yet is kept, and changed in turn.
 *
 *	guided packet|netlink DIR SECONDS SEED DEV WAY
 *	guided packet|netlink DIR least 0 DEV WAY
 *
 * DEV is the tap device, or the vnencap device that is changed by netlink; WAY is how
 * the tap gives packets to the stack. DIR has in.hex, what was found before, and gets
 *
 *	corpus.hex	what was kept; with "least", what is enough of it
 *	places		addresses of what was run
 *	last.hex	what was being run, where the guest has not come to an end
 *	finding-N.hex	inputs after which the kernel's log had something to say,
 *	finding-N.log	and that
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cover.h"
#include "fuzz-attr.h"
#include "input.h"
#include "message.h"
#include "mutate.h"
#include "packet.h"

#define CORPUS_MAX	20000
#define BATCH		16
#define FINDINGS_MAX	20
#define RESET_EACH	2000	/* inputs of netlink: devices and mappings as at first */

static struct input *corpus[CORPUS_MAX];
static unsigned int corpus_n, findings;
static unsigned long runs;
static struct input batch[BATCH];
static const char *dir;
static bool netlink;
static int kmsg;

static FILE *open_in_dir(const char *name, const char *how)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, how);
	if (!file && *how == 'w')
		fail(path);
	return file;
}

/* --- the kernel's log --- */

/* What a fault makes the kernel say, and nothing else does */
static bool is_fault(const char *line)
{
	static const char * const words[] = {
		"WARNING:", "BUG:", "KASAN", "UBSAN", "Oops", "refcount_t", "list_add corruption",
		"list_del corruption", "skb_under_panic", "skb_over_panic", "bad_offload",
		"unregister_netdevice: waiting",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

static void open_log(void)
{
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0)
		fail("/dev/kmsg");
}

static void save_finding(unsigned int n, const char *log)
{
	unsigned int i;
	char name[32];
	FILE *to;

	if (++findings > FINDINGS_MAX)
		return;
	snprintf(name, sizeof(name), "finding-%u.hex", findings);
	to = open_in_dir(name, "w");
	for (i = 0; i < n; i++)
		input_write(&batch[i], to);
	fclose(to);
	snprintf(name, sizeof(name), "finding-%u.log", findings);
	to = open_in_dir(name, "w");
	fputs(log, to);
	fclose(to);
	printf("finding %u after %lu inputs\n%s", findings, runs, log);
	fflush(stdout);
}

/* Has the kernel said something since, and was it of a fault? */
static void look_at_log(unsigned int n)
{
	static char log[1 << 16], line[8192];
	size_t used = 0, len;
	bool fault = false;
	const char *text;
	ssize_t got;

	while ((got = read(kmsg, line, sizeof(line) - 1)) > 0 || (got < 0 && errno == EPIPE)) {
		if (got < 0)
			continue;
		line[got] = '\0';
		text = strchr(line, ';');
		text = text ? text + 1 : line;
		fault = fault || is_fault(text);
		len = strlen(text);
		if (used + len >= sizeof(log))
			continue;
		memcpy(log + used, text, len + 1);
		used += len;
	}
	if (fault)
		save_finding(n, log);
}

/* --- running --- */

static unsigned int run(const struct input *in)
{
	runs++;
	cover_begin();
	if (netlink)
		message_run(in);
	else
		packet_run(in);
	return cover_end();
}

static void keep(const struct input *in)
{
	if (corpus_n < CORPUS_MAX)
		corpus[corpus_n++] = input_keep(in);
}

/* Before they are run: a guest that has stopped tells nothing any more. */
static void save_batch(unsigned int n)
{
	static FILE *last;
	unsigned int i;

	if (!last) {
		last = open_in_dir("last.hex", "w");
		setvbuf(last, NULL, _IOFBF, 1 << 20);
	}
	rewind(last);
	for (i = 0; i < n; i++)
		input_write(&batch[i], last);
	fflush(last);
	if (ftruncate(fileno(last), ftell(last)) || fdatasync(fileno(last)))
		fail("last.hex");
}

static void run_batch(unsigned int n)
{
	unsigned int i;

	save_batch(n);
	for (i = 0; i < n; i++)
		if (run(&batch[i]))
			keep(&batch[i]);
	look_at_log(n);
	input_room_empty();
}

static void run_one(const struct input *in)
{
	batch[0] = *in;
	run_batch(1);
}

/* --- what it begins with --- */

static void read_corpus(void)
{
	FILE *from = open_in_dir("in.hex", "r");
	static char line[LINE_MAX];
	struct input in;

	if (!from)
		return;
	while (fgets(line, sizeof(line), from)) {
		input_room_empty();
		if (line[0] != '#' && input_read(&in, line))
			keep(&in);
	}
	fclose(from);
}

/* As they stand: each may need what those before it have left. */
static void run_corpus(void)
{
	unsigned int i, n = corpus_n;

	for (i = 0; i < n; i++) {
		batch[0] = *corpus[i];
		save_batch(1);
		run(&batch[0]);
		look_at_log(1);
	}
}

/* --- the loop --- */

static const struct input *any_input(void)
{
	/* the newest have not been tried much */
	if (corpus_n > 64 && one_of(2))
		return corpus[corpus_n - 1 - one_of(64)];
	return corpus[one_of(corpus_n)];
}

static void make_input(struct input *in)
{
	unsigned int times = 1 << one_of(4);

	*in = *any_input();
	while (times--) {
		if (!one_of(5))
			mutate_records(in, any_input());
		else if (netlink)
			message_mutate(in);
		else
			packet_mutate(in);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void tell(double since)
{
	printf("%.0f s: %lu inputs, %.0f a second, %u kept, %u edges, %u places, %u findings\n",
	       since, runs, runs / (since + 0.001), corpus_n, cover_edges(), cover_pcs(),
	       findings);
	fflush(stdout);
}

static void fuzz(double seconds)
{
	double begin = now(), told = begin, t = begin;
	unsigned int i;

	while (t < begin + seconds) {
		for (i = 0; i < BATCH; i++)
			make_input(&batch[i]);
		run_batch(BATCH);
		if (netlink && runs % RESET_EACH < BATCH)
			message_reset();
		t = now();
		if (t > told + 10) {
			tell(t - begin);
			told = t;
		}
	}
	tell(t - begin);
}

static void save(const bool *wanted)
{
	FILE *to = open_in_dir("corpus.hex", "w");
	unsigned int i;

	for (i = 0; i < corpus_n; i++)
		if (!wanted || wanted[i])
			input_write(corpus[i], to);
	fclose(to);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = input_size(*(struct input * const *)a);
	uint32_t y = input_size(*(struct input * const *)b);

	return x < y ? -1 : x > y;
}

/* Short ones first: a longer one is wanted only if it does something more. */
static void least(void)
{
	static bool wanted[CORPUS_MAX];
	unsigned int i;

	qsort(corpus, corpus_n, sizeof(corpus[0]), by_size);
	run_corpus();
	cover_forget_edges();
	for (i = 0; i < corpus_n; i++)
		wanted[i] = run(corpus[i]);
	save(wanted);
}

static void begin(const char *dev, const char *way)
{
	open_log();
	if (netlink)
		message_open(dev);
	else
		packet_open(dev, strtoul(way, NULL, 10) % TAP_WAYS);
	cover_open();
	read_corpus();
	if (netlink)
		message_seeds(run_one);
	else
		packet_seeds(run_one);
}

int main(int argc, char **argv)
{
	char path[256];

	if (argc != 7) {
		fputs("usage: guided packet|netlink DIR SECONDS|least SEED DEV WAY\n", stderr);
		return 2;
	}
	netlink = !strcmp(argv[1], "netlink");
	dir = argv[2];
	chance_begin(strtoull(argv[4], NULL, 0));
	begin(argv[5], argv[6]);
	if (!strcmp(argv[3], "least")) {
		least();
	} else {
		run_corpus();
		tell(0);
		fuzz(strtod(argv[3], NULL));
		save(NULL);
	}
	snprintf(path, sizeof(path), "%s/places", dir);
	cover_save(path);
	return 0;
}
