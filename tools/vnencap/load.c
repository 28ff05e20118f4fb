// SPDX-License-Identifier: GPL-2.0-only
/*
 * vnencap map load: many mappings from a file.
 *
 * The whole file is read before anything is sent, so that a wrong word in
 * it changes nothing. What is kept is the requests themselves, back to back,
 * each of as many lines as fit and have the same verb.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/vnencap.h>

#include "lines.h"
#include "map.h"
#include "nl.h"

#define BAR_WIDTH 40
/* Fewer lines are sent before anyone could see a bar. */
#define BAR_LINES 50000
#define BAR_INTERVAL_MS 100

/* Bytes of a request, and of the one line that may come on top of these */
#define REQUEST_FULL (32 * 1024)
#define REQUEST_ROOM (REQUEST_FULL + NL_REQUEST_MAX)

struct load {
	char *requests;
	size_t len;
	size_t size;
	size_t last;			/* where the last request begins */
	const struct map_verb *verb;	/* of the last request */
	unsigned int *lines;		/* the number of each line that counts */
	unsigned int lines_size;
	unsigned int count;
};

static void *grown(void *array, size_t size)
{
	void *p = realloc(array, size);

	if (!p)
		wrong("%s", strerror(errno));
	return p;
}

/* Make room for one more line. */
static int load_reserve(struct load *load)
{
	size_t size = load->size ? 2 * load->size : 4 * REQUEST_ROOM;
	void *p;

	if (load->size - load->len < REQUEST_ROOM) {
		p = grown(load->requests, size);
		if (!p)
			return WRONG;
		load->requests = p;
		load->size = size;
	}
	if (load->count == load->lines_size) {
		size = load->lines_size ? 2 * load->lines_size : 4096;
		p = grown(load->lines, size * sizeof(*load->lines));
		if (!p)
			return WRONG;
		load->lines = p;
		load->lines_size = size;
	}
	return OK;
}

/* "[ add | replace | change | delete ] vni VNI PREFIX TARGET" */
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

/* The request that the next line of this verb belongs to */
static struct nlmsghdr *load_request(struct load *load,
				     const struct map_verb *verb)
{
	struct nlmsghdr *nlh = (void *)(load->requests + load->last);

	if (load->verb == verb && nlh->nlmsg_len < REQUEST_FULL)
		return nlh;
	load->last = load->len;
	load->verb = verb;
	return nl_prepare(load->requests + load->last, verb->cmd, verb->flags);
}

static int load_line(struct load *load, struct args *args)
{
	const struct map_verb *verb;
	struct nlmsghdr *nlh;
	struct nlattr *entry;
	struct mapping m;
	int err;

	if (!args->left)
		return OK;
	err = load_reserve(load);
	if (err)
		return err;
	verb = load_verb(args);
	err = mapping_parse(args, &m, verb->needs, verb->takes);
	if (err)
		return err;
	nlh = load_request(load, verb);
	entry = mnl_attr_nest_start(nlh, VNENCAP_A_MAP_ENTRY);
	mapping_put(nlh, &m);
	mnl_attr_nest_end(nlh, entry);
	load->len = load->last + nlh->nlmsg_len;
	load->lines[load->count++] = place.line;
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
	return load->count >= BAR_LINES && isatty(STDERR_FILENO);
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

/* The kernel has done all before it: tell where it ended. */
static int load_stopped(unsigned int line)
{
	place.line = line;
	wrong("stopped, what follows this line is not loaded");
	place.line = 0;
	return REFUSED;
}

/*
 * Make of a request one of the entries from @from on. Its header comes to stand
 * over what is before them.
 */
static struct nlmsghdr *request_rest(struct nlmsghdr *nlh, size_t from)
{
	size_t header = MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr);
	struct nlmsghdr *rest = (void *)((char *)nlh + from - header);
	size_t len = nlh->nlmsg_len;

	memmove(rest, nlh, header);
	rest->nlmsg_len = len - from + header;
	return rest;
}

/* Send a request; with -force also what comes after a line that is refused. */
static int load_send_request(struct nlmsghdr *nlh, const unsigned int *lines)
{
	struct nl_refused refused;
	int err, status = OK;

	while ((err = nl_request_lines(nlh, lines, &refused))) {
		status = worse(status, err);
		if (!refused.next)
			break;
		if (!options.force)
			return load_stopped(lines[refused.entry]);
		if (refused.next >= nlh->nlmsg_len)
			break;
		nlh = request_rest(nlh, refused.next);
		lines += refused.entry + 1;
	}
	return status;
}

static unsigned int request_entries(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	unsigned int n = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		n++;
	return n;
}

static int load_send(struct load *load)
{
	bool bar = bar_wanted(load);
	unsigned int n, done = 0;
	struct nlmsghdr *nlh;
	int err, status;
	size_t at, len;

	/* From here on only the answer to a request is about a line. */
	place.line = 0;
	/* Even -force makes no sense without a module. */
	status = load->count ? nl_open() : OK;
	if (status)
		return status;
	for (at = 0; at < load->len; at += len) {
		nlh = (struct nlmsghdr *)(load->requests + at);
		/* what is sent may be overwritten */
		len = nlh->nlmsg_len;
		n = request_entries(nlh);
		err = load_send_request(nlh, load->lines + done);
		status = worse(status, err);
		if (err && !options.force)
			break;
		done += n;
		if (bar)
			bar_show(done, load->count);
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
	free(load.lines);
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
