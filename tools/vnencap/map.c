// SPDX-License-Identifier: GPL-2.0-only
/* vnencap map: what is mapped where. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/vnencap.h>

#include "map.h"
#include "nl.h"
#include "print.h"
#include "show.h"

const struct map_verb map_add = {
	.cmd = VNENCAP_CMD_MAP_SET,
	.flags = NLM_F_CREATE | NLM_F_EXCL,
	.needs = MAP_VNI | MAP_PREFIX | MAP_VIA,
	.takes = MAP_VNI | MAP_PREFIX | MAP_VIA | MAP_FEC,
};

const struct map_verb map_replace = {
	.cmd = VNENCAP_CMD_MAP_SET,
	.flags = NLM_F_CREATE | NLM_F_REPLACE,
	.needs = MAP_VNI | MAP_PREFIX | MAP_VIA,
	.takes = MAP_VNI | MAP_PREFIX | MAP_VIA | MAP_FEC,
};

const struct map_verb map_change = {
	.cmd = VNENCAP_CMD_MAP_SET,
	.flags = NLM_F_REPLACE,
	.needs = MAP_VNI | MAP_PREFIX | MAP_VIA,
	.takes = MAP_VNI | MAP_PREFIX | MAP_VIA | MAP_FEC,
};

const struct map_verb map_delete = {
	.cmd = VNENCAP_CMD_MAP_DEL,
	.needs = MAP_VNI | MAP_PREFIX,
	.takes = MAP_VNI | MAP_PREFIX | MAP_VIA | MAP_FEC,
};

static int map_usage(struct args *args)
{
	(void)args;
	fputs("Usage: vnencap map { add | replace | change } vni VNI PREFIX TARGET\n"
	      "       vnencap map delete vni VNI PREFIX [ TARGET ]\n"
	      "       vnencap map get vni VNI ADDR\n"
	      "       vnencap map [ show [ vni VNI ] ]\n"
	      "       vnencap map flush { vni VNI | all }\n"
	      "       vnencap map load FILE\n"
	      "where  VNI := 0..16777215, decimal or 0x...\n"
	      "       PREFIX := ADDR[/LENGTH]\n"
	      "       TARGET := { via HOST [ weight N ] [ via HOST [ weight N ] ]... [ fec FEC ] |\n"
	      "                   blackhole }\n"
	      "       FEC := { PERCENT | off | auto }\n"
	      "       HOST := ADDR or a name\n"
	      "       FILE := lines \"[ add | replace | change | delete ] vni VNI PREFIX TARGET\",\n"
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
	struct hop *hop = &m->hop[m->hops];

	if (!word)
		return WRONG;
	if (m->given & MAP_VIA && !m->hops)
		return wrong_arg(word, "a blackhole has no endpoint");
	if (m->hops == VNENCAP_HOPS_MAX)
		return wrong_arg(word, "too many endpoints");
	m->given |= MAP_VIA;
	m->hops++;
	hop->weight = 1;
	return parse_host(word, &hop->via);
}

static int take_weight(struct args *args, struct mapping *m)
{
	const char *word = args_value(args, "weight");

	if (!word)
		return WRONG;
	if (!m->hops)
		return wrong_arg(word, "a weight comes after \"via ADDR\"");
	return parse_weight(word, &m->hop[m->hops - 1].weight);
}

static int take_fec(struct args *args, struct mapping *m)
{
	const char *word = args_value(args, "fec");

	if (!word)
		return WRONG;
	if (m->given & MAP_VIA && !m->hops)
		return wrong_arg(word, "a blackhole has no fec");
	if (m->given & MAP_FEC)
		return wrong_twice("fec", word);
	m->given |= MAP_FEC;
	return parse_fec(word, &m->fec);
}

static int take_blackhole(struct mapping *m)
{
	if (m->hops)
		return wrong_arg("blackhole", "there is an endpoint");
	if (m->given & MAP_FEC)
		return wrong_arg("blackhole", "there is a fec");
	m->given |= MAP_VIA;
	return OK;
}

/* A word where no other may come: which keys may, and maybe one was forgotten. */
static int wrong_word(const char *word, const struct mapping *m,
		      unsigned int takes)
{
	bool via = takes & MAP_VIA, blackhole = m->given & MAP_VIA && !m->hops;

	if (via && is_addr(word) && !m->hops && !blackhole)
		return wrong("argument \"%s\" is wrong: is \"via %s\" meant?",
			     word, word);
	if (takes & MAP_VNI && !(m->given & MAP_VNI))
		return wrong_arg(word, !via || blackhole ? "vni is expected" :
				 "vni, via or blackhole is expected");
	if (!via || blackhole)
		return wrong_arg(word, "no more words are expected");
	return wrong_arg(word, m->hops ? "via, weight or fec is expected" :
			 "via or blackhole is expected");
}

/* A word that is no key: what is mapped, where that is taken. */
static int take_dst(const char *word, struct mapping *m, unsigned int takes)
{
	unsigned int dst = takes & (MAP_PREFIX | MAP_ADDR);

	if (takes & MAP_VNI && !(m->given & MAP_VNI) && is_vni(word))
		return wrong("argument \"%s\" is wrong: is \"vni %s\" meant?",
			     word, word);
	if (!dst || m->given & dst)
		return wrong_word(word, m, takes);
	m->given |= dst;
	if (dst == MAP_ADDR)
		return parse_addr(word, &m->dst.addr);
	return parse_prefix(word, &m->dst);
}

static int take_word(const char *word, struct args *args, struct mapping *m,
		     unsigned int takes)
{
	enum { VNI, VIA, WEIGHT, FEC, BLACKHOLE };
	static const struct word keys[] = {
		[VNI] = { .name = "vni" },
		[VIA] = { .name = "via" },
		[WEIGHT] = { .name = "weight" },
		[FEC] = { .name = "fec" },
		[BLACKHOLE] = { .name = "blackhole" },
		{ }
	};
	int key = word_find(keys, word);

	if (key == WORD_AMBIGUOUS)
		return wrong_arg(word, "ambiguous");
	if (key == VNI && takes & MAP_VNI)
		return take_vni(args, m);
	if (key == VIA && takes & MAP_VIA)
		return take_via(args, m);
	if (key == WEIGHT && takes & MAP_VIA)
		return take_weight(args, m);
	if (key == FEC && takes & MAP_FEC)
		return take_fec(args, m);
	if (key == BLACKHOLE && takes & MAP_VIA)
		return take_blackhole(m);
	if (key != WORD_UNKNOWN)
		return wrong_arg(word, "not expected here");
	return take_dst(word, m, takes);
}

static void mapping_clear(struct mapping *m)
{
	memset(m, 0, offsetof(struct mapping, hop));
}

/* Read all words; @needs and @takes are MAP_* flags. */
int mapping_parse(struct args *args, struct mapping *m, unsigned int needs,
		  unsigned int takes)
{
	static const char * const names[] = { "VNI", "PREFIX", "ADDR", "via" };
	unsigned int i, missing;
	const char *word;
	int err;

	mapping_clear(m);
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

static void hop_put(struct nlmsghdr *nlh, const struct hop *hop)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, VNENCAP_A_MAP_HOP);

	nl_put_addr(nlh, VNENCAP_A_HOP_VIA4, VNENCAP_A_HOP_VIA6, &hop->via);
	mnl_attr_put_u8(nlh, VNENCAP_A_HOP_WEIGHT, hop->weight);
	mnl_attr_nest_end(nlh, nest);
}

static void target_put(struct nlmsghdr *nlh, const struct mapping *m)
{
	unsigned int i;

	if (!m->hops)
		mnl_attr_put(nlh, VNENCAP_A_MAP_BLACKHOLE, 0, NULL);
	else if (m->hops == 1 && m->hop[0].weight)
		nl_put_addr(nlh, VNENCAP_A_MAP_VIA4, VNENCAP_A_MAP_VIA6,
			    &m->hop->via);
	else
		for (i = 0; i < m->hops; i++)
			hop_put(nlh, &m->hop[i]);
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
		target_put(nlh, m);
	if (m->given & MAP_FEC)
		mnl_attr_put_u8(nlh, VNENCAP_A_MAP_FEC, m->fec);
}

static void hop_get(const struct nlattr *nest, struct mapping *m)
{
	const struct nlattr *tb[VNENCAP_A_HOP_MAX + 1];
	struct hop *hop = &m->hop[m->hops];

	if (m->hops == VNENCAP_HOPS_MAX)
		return;
	nl_nested(nest, tb, VNENCAP_A_HOP_MAX);
	if (nl_get_addr(tb[VNENCAP_A_HOP_VIA4], tb[VNENCAP_A_HOP_VIA6],
			&hop->via) &&
	    nl_get_u8(tb[VNENCAP_A_HOP_WEIGHT], &hop->weight))
		m->hops++;
}

static void hops_get(const struct nlmsghdr *nlh, struct mapping *m)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == VNENCAP_A_MAP_HOP)
			hop_get(attr, m);
}

static bool target_get(const struct nlmsghdr *nlh, const struct nlattr **tb,
		       struct mapping *m)
{
	if (nl_get_addr(tb[VNENCAP_A_MAP_VIA4], tb[VNENCAP_A_MAP_VIA6],
			&m->hop->via))
		m->hops = 1;
	else if (tb[VNENCAP_A_MAP_HOP])
		hops_get(nlh, m);
	return m->hops || tb[VNENCAP_A_MAP_BLACKHOLE];
}

static void mapping_get(const struct nlmsghdr *nlh, struct mapping *m)
{
	const struct nlattr *tb[VNENCAP_A_MAP_MAX + 1];

	mapping_clear(m);
	nl_attrs(nlh, tb, VNENCAP_A_MAP_MAX);
	if (nl_get_u32(tb[VNENCAP_A_MAP_VNI], &m->vni))
		m->given |= MAP_VNI;
	if (nl_get_addr(tb[VNENCAP_A_MAP_DST4], tb[VNENCAP_A_MAP_DST6],
			&m->dst.addr))
		m->given |= nl_get_u8(tb[VNENCAP_A_MAP_DST_LEN], &m->dst.len) ?
			    MAP_PREFIX : MAP_ADDR;
	if (target_get(nlh, tb, m))
		m->given |= MAP_VIA;
	if (nl_get_u8(tb[VNENCAP_A_MAP_FEC], &m->fec))
		m->given |= MAP_FEC;
}

static void target_print(const struct mapping *m)
{
	unsigned int i;

	if (!m->hops) {
		print_bool("blackhole", "blackhole", true);
		return;
	}
	if (m->hops == 1) {
		print_addr("via", "via", &m->hop->via);
		return;
	}
	print_array_begin("hops");
	for (i = 0; i < m->hops; i++) {
		print_item_begin();
		print_addr("via", "via", &m->hop[i].via);
		print_uint("weight", "weight", m->hop[i].weight);
		print_item_end();
	}
	print_array_end();
}

/* In the order and the words that mapping_parse() reads back. */
static void mapping_print(const struct mapping *m)
{
	if (m->given & MAP_VNI)
		print_uint("vni", "vni", m->vni);
	if (m->given & MAP_PREFIX)
		print_prefix("dst", NULL, &m->dst);
	if (m->given & MAP_ADDR)
		print_addr("dst", NULL, &m->dst.addr);
	if (m->given & MAP_VIA)
		target_print(m);
	if (m->given & MAP_FEC)
		print_fec(m->fec);
}

void map_print(const struct nlmsghdr *nlh)
{
	struct mapping m;

	mapping_get(nlh, &m);
	mapping_print(&m);
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
	return show(nlh, map_print);
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
	return show(nlh, map_print);
}

/* All mappings go only where "all" is said, never for a word forgotten. */
static int map_run_flush(struct args *args)
{
	static const struct word keys[] = { { .name = "vni" }, { } };
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	struct mapping m;
	int err;

	mapping_clear(&m);
	if (!args->left)
		return wrong("\"vni VNI\" or \"all\" is required");
	if (!strcmp(args->word[0], "all")) {
		args_next(args);
		err = args_end(args);
	} else if (word_find(keys, args->word[0]) && !is_vni(args->word[0])) {
		err = wrong_arg(args->word[0], "vni or all is expected");
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
