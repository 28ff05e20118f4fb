// SPDX-License-Identifier: GPL-2.0-only
/* vnencap map: what is mapped where. */
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "map.h"
#include "nl.h"
#include "print.h"

const struct map_verb map_add = {
	.cmd = VNENCAP_CMD_MAP_SET,
	.flags = NLM_F_CREATE | NLM_F_EXCL,
	.needs = MAP_VNI | MAP_PREFIX | MAP_VIA,
	.takes = MAP_VNI | MAP_PREFIX | MAP_VIA,
};

const struct map_verb map_replace = {
	.cmd = VNENCAP_CMD_MAP_SET,
	.flags = NLM_F_CREATE | NLM_F_REPLACE,
	.needs = MAP_VNI | MAP_PREFIX | MAP_VIA,
	.takes = MAP_VNI | MAP_PREFIX | MAP_VIA,
};

const struct map_verb map_change = {
	.cmd = VNENCAP_CMD_MAP_SET,
	.flags = NLM_F_REPLACE,
	.needs = MAP_VNI | MAP_PREFIX | MAP_VIA,
	.takes = MAP_VNI | MAP_PREFIX | MAP_VIA,
};

const struct map_verb map_delete = {
	.cmd = VNENCAP_CMD_MAP_DEL,
	.needs = MAP_VNI | MAP_PREFIX,
	.takes = MAP_VNI | MAP_PREFIX | MAP_VIA,
};

static int map_usage(struct args *args)
{
	(void)args;
	fputs("Usage: vnencap map { add | replace | change } vni VNI PREFIX via ADDR\n"
	      "       vnencap map delete vni VNI PREFIX [ via ADDR ]\n"
	      "       vnencap map get vni VNI ADDR\n"
	      "       vnencap map [ show [ vni VNI ] ]\n"
	      "       vnencap map flush { vni VNI | all }\n"
	      "       vnencap map load FILE\n"
	      "where  VNI := 0..16777215, decimal or 0x...\n"
	      "       PREFIX := ADDR[/LENGTH]\n"
	      "       FILE := lines \"[ add | replace | change | delete ] vni VNI PREFIX via ADDR\",\n"
	      "               or - for the standard input\n", stderr);
	return OK;
}

static int wrong_twice(const char *key, const char *word)
{
	return wrong("duplicate \"%s\": \"%s\" is the second value", key, word);
}

static int take_vni(struct args *args, struct mapping *m)
{
	const char *word = args_value(args, "vni");

	if (!word)
		return WRONG;
	if (m->given & MAP_VNI)
		return wrong_twice("vni", word);
	m->given |= MAP_VNI;
	return parse_vni(word, &m->vni);
}

static int take_via(struct args *args, struct mapping *m)
{
	const char *word = args_value(args, "via");

	if (!word)
		return WRONG;
	if (m->given & MAP_VIA)
		return wrong_twice("via", word);
	m->given |= MAP_VIA;
	return parse_addr(word, &m->via);
}

/* A word that is no key: what is mapped, where that is taken. */
static int take_dst(const char *word, struct mapping *m, unsigned int takes)
{
	unsigned int dst = takes & (MAP_PREFIX | MAP_ADDR);

	if (!dst)
		return wrong_arg(word, "not expected here");
	if (m->given & dst)
		return wrong_arg(word, dst == MAP_ADDR ?
				 "not expected after the address" :
				 "not expected after the prefix");
	m->given |= dst;
	if (dst == MAP_ADDR)
		return parse_addr(word, &m->dst.addr);
	return parse_prefix(word, &m->dst);
}

static int take_word(const char *word, struct args *args, struct mapping *m,
		     unsigned int takes)
{
	enum { VNI, VIA };
	static const struct word keys[] = {
		[VNI] = { .name = "vni" },
		[VIA] = { .name = "via" },
		{ }
	};
	int key = word_find(keys, word);

	if (key == WORD_AMBIGUOUS)
		return wrong_arg(word, "ambiguous");
	if (key == VNI && takes & MAP_VNI)
		return take_vni(args, m);
	if (key == VIA && takes & MAP_VIA)
		return take_via(args, m);
	if (key != WORD_UNKNOWN)
		return wrong_arg(word, "not expected here");
	return take_dst(word, m, takes);
}

/* Read all words; @needs and @takes are MAP_* flags. */
int mapping_parse(struct args *args, struct mapping *m, unsigned int needs,
		  unsigned int takes)
{
	static const char * const names[] = { "VNI", "PREFIX", "ADDR", "via" };
	unsigned int i, missing;
	const char *word;
	int err;

	memset(m, 0, sizeof(*m));
	while ((word = args_next(args))) {
		err = take_word(word, args, m, takes);
		if (err)
			return err;
	}
	missing = needs & ~m->given;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (missing & 1u << i)
			return wrong("argument \"%s\" is required", names[i]);
	return OK;
}

void mapping_put(struct nlmsghdr *nlh, const struct mapping *m)
{
	if (m->given & MAP_VNI)
		mnl_attr_put_u32(nlh, VNENCAP_A_MAP_VNI, m->vni);
	if (m->given & (MAP_PREFIX | MAP_ADDR))
		nl_put_addr(nlh, VNENCAP_A_MAP_DST4, VNENCAP_A_MAP_DST6,
			    &m->dst.addr);
	if (m->given & MAP_PREFIX)
		mnl_attr_put_u8(nlh, VNENCAP_A_MAP_DST_LEN, m->dst.len);
	if (m->given & MAP_VIA)
		nl_put_addr(nlh, VNENCAP_A_MAP_VIA4, VNENCAP_A_MAP_VIA6,
			    &m->via);
}

void mapping_get(const struct nlmsghdr *nlh, struct mapping *m)
{
	const struct nlattr *tb[VNENCAP_A_MAP_MAX + 1];

	memset(m, 0, sizeof(*m));
	nl_attrs(nlh, tb, VNENCAP_A_MAP_MAX);
	if (nl_get_u32(tb[VNENCAP_A_MAP_VNI], &m->vni))
		m->given |= MAP_VNI;
	if (nl_get_addr(tb[VNENCAP_A_MAP_DST4], tb[VNENCAP_A_MAP_DST6],
			&m->dst.addr))
		m->given |= nl_get_u8(tb[VNENCAP_A_MAP_DST_LEN], &m->dst.len) ?
			    MAP_PREFIX : MAP_ADDR;
	if (nl_get_addr(tb[VNENCAP_A_MAP_VIA4], tb[VNENCAP_A_MAP_VIA6],
			&m->via))
		m->given |= MAP_VIA;
}

/* In the order and the words that mapping_parse() reads back. */
void mapping_print(const struct mapping *m)
{
	if (m->given & MAP_VNI)
		print_uint("vni", "vni", m->vni);
	if (m->given & MAP_PREFIX)
		print_prefix("dst", NULL, &m->dst);
	if (m->given & MAP_ADDR)
		print_addr("dst", NULL, &m->dst.addr);
	if (m->given & MAP_VIA)
		print_addr("via", "via", &m->via);
}

static int print_reply(const struct nlmsghdr *nlh, void *data)
{
	struct mapping m;

	(void)data;
	mapping_get(nlh, &m);
	print_object_begin();
	mapping_print(&m);
	print_object_end();
	return OK;
}

static int request_and_print(struct nlmsghdr *nlh)
{
	int err;

	print_list_begin();
	err = nl_request(nlh, print_reply, NULL);
	if (!err)
		print_list_end();
	return err;
}

/* Build in @buf, of NL_REQUEST_MAX bytes, what the words of @args ask for. */
static int mapping_request(struct args *args, const struct map_verb *verb,
			   void *buf, struct nlmsghdr **nlh)
{
	struct mapping m;
	int err;

	err = mapping_parse(args, &m, verb->needs, verb->takes);
	if (err)
		return err;
	*nlh = nl_prepare(buf, verb->cmd, verb->flags);
	mapping_put(*nlh, &m);
	return OK;
}

static int map_run(struct args *args, const struct map_verb *verb)
{
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	int err = mapping_request(args, verb, &buf, &nlh);

	return err ? err : nl_request(nlh, NULL, NULL);
}

static int map_run_add(struct args *args)
{
	return map_run(args, &map_add);
}

static int map_run_replace(struct args *args)
{
	return map_run(args, &map_replace);
}

static int map_run_change(struct args *args)
{
	return map_run(args, &map_change);
}

static int map_run_delete(struct args *args)
{
	return map_run(args, &map_delete);
}

static int map_run_get(struct args *args)
{
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	struct mapping m;
	int err;

	err = mapping_parse(args, &m, MAP_VNI | MAP_ADDR, MAP_VNI | MAP_ADDR);
	if (err)
		return err;
	nlh = nl_prepare(&buf, VNENCAP_CMD_MAP_GET, 0);
	mapping_put(nlh, &m);
	return request_and_print(nlh);
}

static int map_run_show(struct args *args)
{
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	struct mapping m;
	int err;

	err = mapping_parse(args, &m, 0, MAP_VNI);
	if (err)
		return err;
	nlh = nl_prepare(&buf, VNENCAP_CMD_MAP_GET, NLM_F_DUMP);
	mapping_put(nlh, &m);
	return request_and_print(nlh);
}

/* All mappings go only where "all" is said, never for a word forgotten. */
static int map_run_flush(struct args *args)
{
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	struct mapping m = { };
	int err;

	if (!args->left)
		return wrong("\"vni VNI\" or \"all\" is required");
	if (!strcmp(args->word[0], "all")) {
		args_next(args);
		err = args_end(args);
	} else {
		err = mapping_parse(args, &m, MAP_VNI, MAP_VNI);
	}
	if (err)
		return err;
	nlh = nl_prepare(&buf, VNENCAP_CMD_MAP_FLUSH, 0);
	mapping_put(nlh, &m);
	return nl_request(nlh, NULL, NULL);
}

int map_main(struct args *args)
{
	static const struct word commands[] = {
		{ "show", map_run_show },
		{ "list", map_run_show },
		{ "add", map_run_add },
		{ "replace", map_run_replace },
		{ "change", map_run_change },
		{ "delete", map_run_delete },
		{ "get", map_run_get },
		{ "flush", map_run_flush },
		{ "load", map_load },
		{ "help", map_usage },
		{ }
	};

	if (args_want_help(args))
		return map_usage(args);
	return word_run(commands, "command", "vnencap map", args);
}
