// SPDX-License-Identifier: GPL-2.0-only
/* vnencap dev: the devices of this namespace's substrate. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "cli.h"
#include "dev.h"
#include "netns.h"
#include "nl.h"
#include "print.h"
#include "show.h"
#include "stats.h"

/*
 * Which device is meant: by its name, in this network namespace or in the one
 * that is given, or by its lower device and VNI, wherever it is.
 */
struct dev_name {
	const char *ifname;	/* NULL where @link is given */
	bool in_fd;
	bool in_nsid;
	uint32_t netns;		/* file descriptor, or id */
	uint32_t link;
	uint32_t vni;
};

/* What "dev set" was told. */
enum {
	DEV_VNI = 1 << 0,
	DEV_LOCAL4 = 1 << 1,
	DEV_LOCAL6 = 1 << 2,
	DEV_PORT = 1 << 3,
	DEV_TTL = 1 << 4,
	DEV_TOS = 1 << 5,
	DEV_SPOOFCHECK = 1 << 6,
	DEV_NOTRACK = 1 << 7,
	DEV_MSSCLAMP = 1 << 8,
	DEV_FWMARK = 1 << 9,
	DEV_FASTPATH = 1 << 10,
	DEV_FEC = 1 << 11,
	DEV_FEC_MAX = 1 << 12,
	DEV_FEC_ECN = 1 << 13,
};

struct dev_config {
	unsigned int given;
	uint32_t vni;
	struct addr local4;
	struct addr local6;
	uint16_t port;
	uint8_t ttl;
	uint8_t tos;
	bool spoofcheck;
	bool notrack;
	bool mssclamp;
	bool fastpath;
	bool ttl_inherit;
	uint32_t fwmark;
	uint8_t fec;
	uint8_t fec_max;
	uint8_t fec_ecn;
};

#define KEYS "vni, local, port, ttl, tos, fwmark, fec, fec-max, fec-ecn, [no]spoofcheck, [no]notrack, [no]mssclamp or [no]fastpath"

static int dev_usage(struct args *args)
{
	(void)args;
	fputs("Usage: vnencap dev set DEVICE [ vni VNI ] [ local { ADDR | any } ] [ port PORT ]\n"
	      "               [ ttl { TTL | auto | inherit } ] [ tos { TOS | inherit } ]\n"
	      "               [ fwmark MARK ] [ fec { PERCENT | off | auto } ] [ fec-max PERCENT ]\n"
	      "               [ fec-ecn { on | off | auto } ] [ [no]spoofcheck ] [ [no]notrack ]\n"
	      "               [ [no]mssclamp ] [ [no]fastpath ]\n"
	      "       vnencap dev delete DEVICE\n"
	      "       vnencap dev [ show [ DEVICE ] ]\n"
	      "where  DEVICE := { DEV [ netns { NAME | PID } | nsid ID ] | link LOWER vni VNI }\n"
	      "       VNI := 0..16777215, decimal or 0x...\n"
	      "       PORT := 1..65535\n"
	      "       TTL := 1..255\n"
	      "       TOS := 0..252, a multiple of 4\n"
	      "       MARK := 0..0xffffffff, 0 for none\n"
	      "       PERCENT := 0..50, of parity segments\n", stderr);
	return OK;
}

/* Is that the next word, with one behind it? */
static bool next_is(const struct args *args, const char *word)
{
	return args->left > 1 && !strcmp(*args->word, word);
}

static int take_netns(struct args *args, struct dev_name *name)
{
	int err, fd;

	if (next_is(args, "netns")) {
		args_next(args);
		err = netns_find(args_next(args), &fd);
		name->in_fd = true;
		name->netns = fd;
		return err;
	}
	if (next_is(args, "nsid")) {
		args_next(args);
		name->in_nsid = true;
		return parse_nsid(args_next(args), &name->netns);
	}
	return OK;
}

/* Behind "link": the lower device, "vni" and the VNI */
static int take_link(struct args *args, struct dev_name *name)
{
	const char *link = args_next(args), *vni;
	int err = parse_ifname(link);

	if (err)
		return err;
	if (!args->left || strcmp(*args->word, "vni"))
		return wrong("argument \"vni VNI\" is required after \"link %s\"",
			     link);
	args_next(args);
	vni = args_value(args, "vni");
	err = vni ? parse_vni(vni, &name->vni) : WRONG;
	if (err)
		return err;
	name->link = if_nametoindex(link);
	return name->link ? OK : wrong("cannot find device \"%s\": %s", link,
				       strerror(errno));
}

/*
 * Read DEVICE. The words that begin it may be names of devices, too: they are
 * where no other word follows, or behind "dev".
 */
static int take_name(struct args *args, struct dev_name *name)
{
	int err;

	if (!args->left)
		return wrong("argument \"DEV\" is required");
	if (next_is(args, "link")) {
		args_next(args);
		return take_link(args, name);
	}
	if (next_is(args, "dev"))
		args_next(args);
	name->ifname = args_next(args);
	err = parse_ifname(name->ifname);
	return err ? err : take_netns(args, name);
}

static void put_name(struct nlmsghdr *nlh, const struct dev_name *name)
{
	if (name->ifname) {
		mnl_attr_put_strz(nlh, VNENCAP_A_DEV_IFNAME, name->ifname);
	} else {
		mnl_attr_put_u32(nlh, VNENCAP_A_DEV_LINK, name->link);
		mnl_attr_put_u32(nlh, VNENCAP_A_DEV_BY_VNI, name->vni);
	}
	if (name->in_fd)
		mnl_attr_put_u32(nlh, VNENCAP_A_DEV_NETNS_FD, name->netns);
	if (name->in_nsid)
		mnl_attr_put_u32(nlh, VNENCAP_A_DEV_NETNSID, name->netns);
}

/* The kernel needs the descriptor as long as it has the request. */
static void done_with(const struct dev_name *name)
{
	if (name->in_fd)
		close(name->netns);
}

static int ask(struct nlmsghdr *nlh, const struct dev_name *name)
{
	int err = nl_request(nlh, NULL, NULL);

	done_with(name);
	return err;
}

/* Note that @part is given, unless it was before. */
static int take(struct dev_config *config, unsigned int part, const char *key,
		const char *word)
{
	if (config->given & part)
		return wrong("duplicate \"%s\": \"%s\" is the second value",
			     key, word);
	config->given |= part;
	return OK;
}

/* One address of each family may be given; "any" is both families'. */
static int take_local(struct dev_config *config, const char *word)
{
	struct addr addr;
	int err;

	if (!strcmp(word, "any")) {
		config->local4.family = AF_INET;
		config->local6.family = AF_INET6;
		return take(config, DEV_LOCAL4 | DEV_LOCAL6, "local", word);
	}
	err = parse_addr(word, &addr);
	if (err)
		return err;
	if (addr.family == AF_INET) {
		err = take(config, DEV_LOCAL4, "local", word);
		config->local4 = addr;
	} else {
		err = take(config, DEV_LOCAL6, "local", word);
		config->local6 = addr;
	}
	return err;
}

static int take_vni(struct dev_config *config, const char *word)
{
	int err = take(config, DEV_VNI, "vni", word);

	return err ? err : parse_vni(word, &config->vni);
}

static int take_port(struct dev_config *config, const char *word)
{
	int err = take(config, DEV_PORT, "port", word);

	return err ? err : parse_port(word, &config->port);
}

static int take_ttl(struct dev_config *config, const char *word)
{
	int err = take(config, DEV_TTL, "ttl", word);

	if (err)
		return err;
	config->ttl_inherit = !strcmp(word, "inherit");
	return config->ttl_inherit ? OK : parse_ttl(word, &config->ttl);
}

static int take_tos(struct dev_config *config, const char *word)
{
	int err = take(config, DEV_TOS, "tos", word);

	return err ? err : parse_tos(word, &config->tos);
}

static int take_fwmark(struct dev_config *config, const char *word)
{
	int err = take(config, DEV_FWMARK, "fwmark", word);

	return err ? err : parse_fwmark(word, &config->fwmark);
}

static int take_fec(struct dev_config *config, const char *word)
{
	int err = take(config, DEV_FEC, "fec", word);

	return err ? err : parse_fec(word, &config->fec);
}

static int take_fec_max(struct dev_config *config, const char *word)
{
	int err = take(config, DEV_FEC_MAX, "fec-max", word);

	return err ? err : parse_fec_max(word, &config->fec_max);
}

static int parse_fec_ecn(const char *word, uint8_t *ecn)
{
	static const struct word words[] = {
		[VNENCAP_FEC_ECN_OFF] = { .name = "off" },
		[VNENCAP_FEC_ECN_ON] = { .name = "on" },
		[VNENCAP_FEC_ECN_AUTO] = { .name = "auto" },
		{ }
	};
	int i = word_find(words, word);

	if (i < 0)
		return wrong_arg(word, "\"on\", \"off\" or \"auto\" is expected");
	*ecn = i;
	return OK;
}

static int take_fec_ecn(struct dev_config *config, const char *word)
{
	int err = take(config, DEV_FEC_ECN, "fec-ecn", word);

	return err ? err : parse_fec_ecn(word, &config->fec_ecn);
}

/* The words that stand alone, those that switch off behind the others */
enum {
	SPOOFCHECK, NOTRACK, MSSCLAMP, FASTPATH,
	NOSPOOFCHECK, NONOTRACK, NOMSSCLAMP, NOFASTPATH,
	SWITCHES
};

static int take_switch(struct dev_config *config, int key, const char *word)
{
	bool on = key < NOSPOOFCHECK;

	switch (on ? key : key - NOSPOOFCHECK) {
	case SPOOFCHECK:
		config->spoofcheck = on;
		return take(config, DEV_SPOOFCHECK, "spoofcheck", word);
	case NOTRACK:
		config->notrack = on;
		return take(config, DEV_NOTRACK, "notrack", word);
	case MSSCLAMP:
		config->mssclamp = on;
		return take(config, DEV_MSSCLAMP, "mssclamp", word);
	default:
		config->fastpath = on;
		return take(config, DEV_FASTPATH, "fastpath", word);
	}
}

static int take_key(struct args *args, struct dev_config *config)
{
	enum { VNI = SWITCHES, LOCAL, PORT, TTL, TOS, FWMARK, FEC, FEC_MAX, FEC_ECN };
	static const struct word keys[] = {
		[SPOOFCHECK] = { .name = "spoofcheck" },
		[NOTRACK] = { .name = "notrack" },
		[NOSPOOFCHECK] = { .name = "nospoofcheck" },
		[NONOTRACK] = { .name = "nonotrack" },
		[MSSCLAMP] = { .name = "mssclamp" },
		[NOMSSCLAMP] = { .name = "nomssclamp" },
		[FASTPATH] = { .name = "fastpath" },
		[NOFASTPATH] = { .name = "nofastpath" },
		[VNI] = { .name = "vni" },
		[LOCAL] = { .name = "local" },
		[PORT] = { .name = "port" },
		[TTL] = { .name = "ttl" },
		[TOS] = { .name = "tos" },
		[FWMARK] = { .name = "fwmark" },
		[FEC] = { .name = "fec" },
		[FEC_MAX] = { .name = "fec-max" },
		[FEC_ECN] = { .name = "fec-ecn" },
		{ }
	};
	const char *word = args_next(args);
	int key = word_find(keys, word);
	const char *value;

	if (key < 0)
		return wrong_arg(word, KEYS " is expected");
	if (key < SWITCHES)
		return take_switch(config, key, word);
	value = args_value(args, keys[key].name);
	if (!value)
		return WRONG;
	switch (key) {
	case VNI:
		return take_vni(config, value);
	case LOCAL:
		return take_local(config, value);
	case TTL:
		return take_ttl(config, value);
	case TOS:
		return take_tos(config, value);
	case FWMARK:
		return take_fwmark(config, value);
	case FEC:
		return take_fec(config, value);
	case FEC_MAX:
		return take_fec_max(config, value);
	case FEC_ECN:
		return take_fec_ecn(config, value);
	default:
		return take_port(config, value);
	}
}

static void put_config(struct nlmsghdr *nlh, const struct dev_config *config)
{
	if (config->given & DEV_VNI)
		mnl_attr_put_u32(nlh, VNENCAP_A_DEV_VNI, config->vni);
	if (config->given & DEV_LOCAL4)
		nl_put_addr(nlh, VNENCAP_A_DEV_LOCAL4, VNENCAP_A_DEV_LOCAL6,
			    &config->local4);
	if (config->given & DEV_LOCAL6)
		nl_put_addr(nlh, VNENCAP_A_DEV_LOCAL4, VNENCAP_A_DEV_LOCAL6,
			    &config->local6);
	if (config->given & DEV_PORT)
		mnl_attr_put_u16(nlh, VNENCAP_A_DEV_PORT, config->port);
	if (config->given & DEV_TTL) {
		if (config->ttl_inherit)
			mnl_attr_put_u8(nlh, VNENCAP_A_DEV_TTL_INHERIT, 1);
		else
			mnl_attr_put_u8(nlh, VNENCAP_A_DEV_TTL, config->ttl);
	}
	if (config->given & DEV_TOS)
		mnl_attr_put_u8(nlh, VNENCAP_A_DEV_TOS, config->tos);
	if (config->given & DEV_FWMARK)
		mnl_attr_put_u32(nlh, VNENCAP_A_DEV_FWMARK, config->fwmark);
	if (config->given & DEV_FEC)
		mnl_attr_put_u8(nlh, VNENCAP_A_DEV_FEC, config->fec);
	if (config->given & DEV_FEC_MAX)
		mnl_attr_put_u8(nlh, VNENCAP_A_DEV_FEC_MAX, config->fec_max);
	if (config->given & DEV_FEC_ECN)
		mnl_attr_put_u8(nlh, VNENCAP_A_DEV_FEC_ECN, config->fec_ecn);
	if (config->given & DEV_SPOOFCHECK)
		mnl_attr_put_u8(nlh, VNENCAP_A_DEV_SPOOFCHECK,
				config->spoofcheck);
	if (config->given & DEV_NOTRACK)
		mnl_attr_put_u8(nlh, VNENCAP_A_DEV_NOTRACK, config->notrack);
	if (config->given & DEV_MSSCLAMP)
		mnl_attr_put_u8(nlh, VNENCAP_A_DEV_MSSCLAMP, config->mssclamp);
	if (config->given & DEV_FASTPATH)
		mnl_attr_put_u8(nlh, VNENCAP_A_DEV_FASTPATH, config->fastpath);
}

static int dev_set(struct args *args)
{
	struct dev_config config = { };
	struct dev_name name = { };
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	int err;

	err = take_name(args, &name);
	while (!err && args->left)
		err = take_key(args, &config);
	if (err)
		return err;
	if (!config.given)
		return wrong("no change: " KEYS " is expected");

	nlh = nl_prepare(&buf, VNENCAP_CMD_DEV_SET, 0);
	put_name(nlh, &name);
	put_config(nlh, &config);
	return ask(nlh, &name);
}

static int dev_add(struct args *args)
{
	(void)args;
	return wrong("say \"ip link add link LOWER name DEV type vnencap vni VNI\"");
}

static int dev_delete(struct args *args)
{
	struct dev_name name = { };
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	int err;

	err = take_name(args, &name);
	if (!err)
		err = args_end(args);
	if (err)
		return err;

	nlh = nl_prepare(&buf, VNENCAP_CMD_DEV_DEL, 0);
	put_name(nlh, &name);
	return ask(nlh, &name);
}

static int dev_show(struct args *args)
{
	bool one = args->left;
	struct dev_name name = { };
	struct nl_buffer buf;
	struct nlmsghdr *nlh;
	int err = OK;

	if (one)
		err = take_name(args, &name);
	if (!err)
		err = args_end(args);
	if (err)
		return err;

	nlh = nl_prepare(&buf, VNENCAP_CMD_DEV_GET, one ? 0 : NLM_F_DUMP);
	if (one)
		put_name(nlh, &name);
	err = show(nlh, dev_print);
	done_with(&name);
	return err;
}

int dev_main(struct args *args)
{
	static const struct word commands[] = {
		{ "show", dev_show },
		{ "list", dev_show },
		{ "set", dev_set },
		{ "add", dev_add },
		{ "delete", dev_delete },
		{ "help", dev_usage },
		{ }
	};

	if (args_want_help(args))
		return dev_usage(args);
	return word_run(commands, "command", "vnencap dev", args);
}
