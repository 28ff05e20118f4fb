// SPDX-License-Identifier: GPL-2.0-only
/*
 * vnencap map load: many mappings from a file.
 *
 * The whole file is read before anything is sent, so that a wrong word in
 * it changes nothing. What is kept is the requests themselves, back to back,
 * each with its line's number for a sequence number.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "lines.h"
#include "map.h"
#include "nl.h"

#define BAR_WIDTH 40
/* Fewer requests are sent before anyone could see a bar. */
#define BAR_REQUESTS 50000
#define BAR_INTERVAL_MS 100

struct load {
	char *requests;
	size_t len;
	size_t size;
	unsigned int count;
};

/* Make room for one more request. */
static int load_reserve(struct load *load)
{
	size_t size = load->size ? 2 * load->size : 1 << 16;
	char *requests;

	if (load->size - load->len >= NL_REQUEST_MAX)
		return OK;
	requests = realloc(load->requests, size);
	if (!requests)
		return wrong("%s", strerror(errno));
	load->requests = requests;
	load->size = size;
	return OK;
}

/* "[ add | replace | change | delete ] vni VNI PREFIX via ADDR" */
static const struct map_verb *load_verb(struct args *args)
{
	static const struct word words[] = {
		{ .name = "add" },
		{ .name = "replace" },
		{ .name = "change" },
		{ .name = "delete" },
		{ }
	};
	static const struct map_verb * const verbs[] = {
		&map_add, &map_replace, &map_change, &map_delete
	};
	int i = word_find(words, args->word[0]);

	if (i < 0)
		return &map_replace;
	args_next(args);
	return verbs[i];
}

static int load_line(struct load *load, struct args *args)
{
	const struct map_verb *verb;
	struct nlmsghdr *nlh;
	int err;

	if (!args->left)
		return OK;
	err = load_reserve(load);
	if (err)
		return err;
	verb = load_verb(args);
	err = mapping_request(args, verb, load->requests + load->len, &nlh);
	if (err)
		return err;
	nlh->nlmsg_seq = place.line;
	load->len += MNL_ALIGN(nlh->nlmsg_len);
	load->count++;
	return OK;
}

/* Read on to the end even after an error: all wrong lines are named. */
static int load_read(struct load *load, struct lines *lines)
{
	int err, status = OK;
	struct args args;
	bool more;

	do {
		err = lines_next(lines, &args, &more);
		if (!err && more)
			err = load_line(load, &args);
		status = worse(status, err);
	} while (more && (!status || options.force));
	return status;
}

static bool bar_wanted(const struct load *load)
{
	return load->count >= BAR_REQUESTS && isatty(STDERR_FILENO);
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void bar_show(unsigned int done, unsigned int total)
{
	static const char marks[] = "########################################";
	static long long last;
	unsigned int width = (unsigned long long)BAR_WIDTH * done / total;
	long long now = now_ms();

	if (now - last < BAR_INTERVAL_MS)
		return;
	last = now;
	fprintf(stderr, "\r[%-*.*s] %3u %% of %u", BAR_WIDTH, (int)width, marks,
		(unsigned int)(100ULL * done / total), total);
	bar_shown = true;
}

static void bar_wipe(void)
{
	if (bar_shown)
		fputs("\r\033[K", stderr);
	bar_shown = false;
}

/* Size of the first @n requests at @at. */
static size_t slice_len(const char *at, unsigned int n)
{
	const struct nlmsghdr *nlh;
	size_t len = 0;

	for (; n; n--) {
		nlh = (const struct nlmsghdr *)(at + len);
		len += MNL_ALIGN(nlh->nlmsg_len);
	}
	return len;
}

/*
 * The kernel did what it could of the slice that contains a wrong request:
 * tell where it ended, so that the user knows what is loaded.
 */
static void load_stopped(const char *at, unsigned int n)
{
	const struct nlmsghdr *last;

	last = (const struct nlmsghdr *)(at + slice_len(at, n - 1));
	place.line = last->nlmsg_seq;
	wrong("stopped, what follows this line is not loaded");
}

static int load_send(const struct load *load)
{
	bool bar = bar_wanted(load);
	unsigned int n, done;
	char *at = load->requests;
	int err, status;

	/* From here on only the answer to a request is about a line. */
	place.line = 0;
	/* Even -force makes no sense without a module. */
	status = load->count ? nl_open() : OK;
	if (status)
		return status;
	for (done = 0; done < load->count; done += n) {
		n = load->count - done;
		if (n > NL_SLICE)
			n = NL_SLICE;
		err = nl_send_lines((struct nlmsghdr *)at, n);
		status = worse(status, err);
		if (err && !options.force) {
			load_stopped(at, n);
			break;
		}
		at += slice_len(at, n);
		if (bar)
			bar_show(done + n, load->count);
	}
	bar_wipe();
	return status;
}

static int load_file(struct lines *lines)
{
	struct load load = { };
	int status = load_read(&load, lines);

	if (!status || options.force)
		status = worse(status, load_send(&load));
	free(load.requests);
	return status;
}

int map_load(struct args *args)
{
	const char *name = args_next(args);
	struct lines lines;
	int err;

	if (!name)
		return wrong("argument \"FILE\" is required");
	err = args_end(args);
	if (!err)
		err = lines_open(&lines, name);
	if (err)
		return err;
	err = load_file(&lines);
	lines_close(&lines);
	return err;
}
