// SPDX-License-Identifier: GPL-2.0-only
/* vnencap monitor: changes and misses as they happen, a line each. */
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/vnencap.h>

#include "cli.h"
#include "dev.h"
#include "key.h"
#include "map.h"
#include "nl.h"
#include "print.h"

static int monitor_usage(struct args *args)
{
	(void)args;
	fputs("Usage: vnencap monitor [ config | misses | all ]\n", stderr);
	return OK;
}

static void print_miss(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[VNENCAP_A_MAP_MAX + 1];
	uint32_t count;

	map_print(nlh);
	nl_attrs(nlh, tb, VNENCAP_A_MAP_MAX);
	if (nl_get_u32(tb[VNENCAP_A_MAP_COUNT], &count))
		print_uint("count", "count", count);
}

struct event {
	const char *tag;	/* "event" in JSON */
	const char *words;	/* how the line of text begins */
	void (*print)(const struct nlmsghdr *nlh);
};

static const struct event events[] = {
	[VNENCAP_CMD_DEV_NTF] = { "dev", "dev", dev_print },
	[VNENCAP_CMD_MAP_NTF] = { "map", "map", map_print },
	[VNENCAP_CMD_MAP_DEL_NTF] = {
		"map_deleted", "deleted map", map_print
	},
	[VNENCAP_CMD_KEY_NTF] = { "key", "key", keys_print },
	[VNENCAP_CMD_MISS_NTF] = { "miss", "miss", print_miss },
};

/*
 * Whoever keeps mappings by our output must know that it is incomplete, so
 * this goes to the output, too.
 */
static const struct event overrun = { "overrun", "overrun", NULL };

static int print_event(const struct nlmsghdr *nlh, void *data)
{
	const struct event *event = &overrun;
	const struct genlmsghdr *genl;

	(void)data;
	if (nlh) {
		genl = mnl_nlmsg_get_payload(nlh);
		if (genl->cmd >= ARRAY_SIZE(events))
			return OK;
		event = &events[genl->cmd];
		if (!event->tag)
			return OK;
	}
	print_object_begin();
	print_tag("event", event->tag);
	print_word(event->words);
	if (event->print)
		event->print(nlh);
	print_object_end();
	return print_flush();
}

static int monitor_all(struct args *args)
{
	int err = args_end(args);

	return err ? err : nl_listen(true, true, print_event);
}

static int monitor_config(struct args *args)
{
	int err = args_end(args);

	return err ? err : nl_listen(true, false, print_event);
}

static int monitor_misses(struct args *args)
{
	int err = args_end(args);

	return err ? err : nl_listen(false, true, print_event);
}

int monitor_main(struct args *args)
{
	static const struct word groups[] = {
		{ "all", monitor_all },
		{ "config", monitor_config },
		{ "misses", monitor_misses },
		{ "help", monitor_usage },
		{ }
	};

	if (args_want_help(args))
		return monitor_usage(args);
	return word_run(groups, "argument", "vnencap monitor", args);
}
