// SPDX-License-Identifier: GPL-2.0-only
/* vnencap endpoint: the hosts that mappings name, and their counters. */
#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "cli.h"
#include "nl.h"
#include "parse.h"
#include "print.h"
#include "show.h"
#include "stats.h"

static int endpoint_usage(struct args *args)
{
	(void)args;
	fputs("Usage: vnencap [ -s ] endpoint [ show [ vni VNI [ ADDR ] ] ]\n",
	      stderr);
	return OK;
}

/* In text a percentage */
static void loss_print(const char *key, const char *word,
		       const struct nlattr *attr)
{
	char buf[sizeof("100.00%")];
	uint32_t ppm;

	if (!nl_get_u32(attr, &ppm))
		return;
	if (options.json) {
		print_uint(key, NULL, ppm);
		return;
	}
	ppm = ppm < 1000000 ? ppm : 1000000;
	snprintf(buf, sizeof(buf), "%u.%02u%%", ppm / 10000, ppm / 100 % 100);
	print_string(NULL, word, buf);
}

static void endpoint_print(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[VNENCAP_A_ENDPOINT_MAX + 1];
	struct addr addr;
	uint32_t number;

	nl_attrs(nlh, tb, VNENCAP_A_ENDPOINT_MAX);
	if (nl_get_u32(tb[VNENCAP_A_ENDPOINT_VNI], &number))
		print_uint("vni", "vni", number);
	if (nl_get_addr(tb[VNENCAP_A_ENDPOINT_ADDR4],
			tb[VNENCAP_A_ENDPOINT_ADDR6], &addr))
		print_addr("addr", NULL, &addr);
	if (nl_get_u32(tb[VNENCAP_A_ENDPOINT_MAPPINGS], &number))
		print_uint("mappings", "mappings", number);
	loss_print("rx_loss_ppm", "rx_loss", tb[VNENCAP_A_ENDPOINT_RX_LOSS]);
	loss_print("tx_loss_ppm", "tx_loss", tb[VNENCAP_A_ENDPOINT_TX_LOSS]);
	if (options.stats && tb[VNENCAP_A_ENDPOINT_TRAFFIC])
		traffic_print(tb[VNENCAP_A_ENDPOINT_TRAFFIC]);
}

/* Which are to be shown: those of a VNI, or the one at an address. */
struct which {
	bool has_vni;
	uint32_t vni;
	struct addr addr;
};

static int parse_which(struct args *args, struct which *which)
{
	static const struct word keys[] = { { .name = "vni" }, { } };
	const char *word = args_next(args);
	int err;

	if (!word)
		return OK;
	if (word_find(keys, word))
		return wrong_arg(word, "\"vni\" is expected");
	word = args_value(args, "vni");
	err = word ? parse_vni(word, &which->vni) : WRONG;
	if (err)
		return err;
	which->has_vni = true;
	word = args_next(args);
	if (!word)
		return OK;
	err = parse_addr(word, &which->addr);
	return err ? err : args_end(args);
}

static int endpoint_show(struct args *args)
{
	struct which which = { };
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	int err;

	err = parse_which(args, &which);
	if (err)
		return err;
	nlh = nl_prepare(&buf, VNENCAP_CMD_ENDPOINT_GET,
			 which.addr.family ? 0 : NLM_F_DUMP);
	if (which.has_vni)
		mnl_attr_put_u32(nlh, VNENCAP_A_ENDPOINT_VNI, which.vni);
	if (which.addr.family)
		nl_put_addr(nlh, VNENCAP_A_ENDPOINT_ADDR4,
			    VNENCAP_A_ENDPOINT_ADDR6, &which.addr);
	return show(nlh, endpoint_print);
}

int endpoint_main(struct args *args)
{
	static const struct word commands[] = {
		{ "show", endpoint_show },
		{ "list", endpoint_show },
		{ "help", endpoint_usage },
		{ }
	};

	if (args_want_help(args))
		return endpoint_usage(args);
	return word_run(commands, "command", "vnencap endpoint", args);
}
