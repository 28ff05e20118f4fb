// SPDX-License-Identifier: GPL-2.0-only
/* vnencap: show and change devices, mappings and keys of the vnencap module. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "lines.h"
#include "netns.h"
#include "out.h"
#include "print.h"

static int usage(struct args *args)
{
	(void)args;
	fputs("Usage: vnencap [ OPTIONS ] OBJECT { COMMAND | help }\n"
	      "       vnencap [ OPTIONS ] [ -force ] -batch FILE\n"
	      "where  OBJECT := { dev | map | key | endpoint | monitor }\n"
	      "       OPTIONS := { -j[son] | -p[retty] | -s[tatistics] | -hu[man-readable] |\n"
	      "                    -n[etns] NAME | -f[orce] | -V[ersion] | -h[elp] }\n",
	      stderr);
	return OK;
}

static int run_object(struct args *args)
{
	static const struct word objects[] = {
		{ "help", usage },
		{ "dev", dev_main },
		{ "map", map_main },
		{ "key", key_main },
		{ "endpoint", endpoint_main },
		{ "monitor", monitor_main },
		{ }
	};
	int err, flush_err;

	err = word_run(objects, "object", "vnencap", args);
	flush_err = print_flush();
	return err ? err : flush_err;
}

/* One command a line; answers come as each is done, as for a co-process. */
static int run_batch(const char *name)
{
	int err, status = OK;
	struct lines lines;
	struct args args;
	bool more;

	err = lines_open(&lines, name);
	if (err)
		return err;
	do {
		err = lines_next(&lines, &args, &more);
		if (!err && args.left)
			err = run_object(&args);
		status = worse(status, err);
	} while (more && (!status || options.force));
	lines_close(&lines);
	return status;
}

/* What the options ask for, besides options.* */
struct start {
	const char *batch;
	const char *netns;
	bool done;		/* nothing: an option was the whole command */
};

enum {
	OPT_JSON, OPT_PRETTY, OPT_STATISTICS, OPT_STATS, OPT_S, OPT_FORCE,
	OPT_BATCH, OPT_NETNS, OPT_HUMAN, OPT_HELP, OPT_H, OPT_VERSION
};

/* Words of one letter are what it means where several begin with it. */
static const struct word option_words[] = {
	[OPT_JSON] = { .name = "json" },
	[OPT_PRETTY] = { .name = "pretty" },
	[OPT_STATISTICS] = { .name = "statistics" },
	[OPT_STATS] = { .name = "stats" },
	[OPT_S] = { .name = "s" },
	[OPT_FORCE] = { .name = "force" },
	[OPT_BATCH] = { .name = "batch" },
	[OPT_NETNS] = { .name = "netns" },
	[OPT_HUMAN] = { .name = "human-readable" },
	[OPT_HELP] = { .name = "help" },
	[OPT_H] = { .name = "h" },
	[OPT_VERSION] = { .name = "Version" },
	{ }
};

static int set_flag(int option)
{
	bool * const flags[] = {
		[OPT_JSON] = &options.json,
		[OPT_PRETTY] = &options.pretty,
		[OPT_STATISTICS] = &options.stats,
		[OPT_STATS] = &options.stats,
		[OPT_S] = &options.stats,
		[OPT_FORCE] = &options.force,
		[OPT_HUMAN] = &options.human,
	};

	*flags[option] = true;
	return OK;
}

static int take_option(const char *word, struct args *args, struct start *start)
{
	int opt = word_find(option_words, word + 1 + (word[1] == '-'));
	const char **value;

	switch (opt) {
	case OPT_BATCH:
	case OPT_NETNS:
		value = opt == OPT_BATCH ? &start->batch : &start->netns;
		*value = args_value(args, word);
		return *value ? OK : WRONG;
	case OPT_HELP:
	case OPT_H:
		start->done = true;
		return usage(args);
	case OPT_VERSION:
		start->done = true;
		out_text("vnencap utility, vnencap-" VERSION "\n");
		return print_flush();
	case WORD_UNKNOWN:
	case WORD_AMBIGUOUS:
		return wrong("option \"%s\" is %s, try \"vnencap -help\"", word,
			     opt == WORD_UNKNOWN ? "unknown" : "ambiguous");
	default:
		return set_flag(opt);
	}
}

static int run(struct args *args, const struct start *start)
{
	int err = start->netns ? netns_enter(start->netns) : OK;

	if (err)
		return err;
	if (start->batch) {
		err = args_end(args);
		return err ? err : run_batch(start->batch);
	}
	if (!args->left) {
		usage(args);
		return WRONG;
	}
	return run_object(args);
}

/*
 * A standard descriptor that the caller closed must not become a socket
 * that we then print to; what is printed to this one fails and is reported.
 */
static void hold_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct args args = { argv + 1, argc - 1 };
	struct start start = { };
	int err = OK;

	if (argc < 1)
		return WRONG;
	hold_descriptors();
	while (!err && !start.done && args.left && args.word[0][0] == '-')
		err = take_option(args_next(&args), &args, &start);
	if (!err && !start.done)
		err = run(&args, &start);
	return err;
}
