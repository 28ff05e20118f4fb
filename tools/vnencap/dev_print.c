// SPDX-License-Identifier: GPL-2.0-only
/* A device as output, as text and as JSON. */
#include <net/if.h>
#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "cli.h"
#include "dev.h"
#include "netns.h"
#include "nl.h"
#include "print.h"
#include "stats.h"

/* The lower device is in this namespace, unless it went meanwhile. */
static void print_link(const struct nlattr *attr)
{
	char name[IF_NAMESIZE];
	uint32_t ifindex;

	if (!nl_get_u32(attr, &ifindex))
		return;
	if (!if_indextoname(ifindex, name))
		snprintf(name, sizeof(name), "if%u", ifindex);
	print_string("link", "link", name);
}

/*
 * Where a device is that is not in this namespace: the name, or where there is
 * none the id.
 */
static void print_netns(const struct nlattr *id, const struct nlattr *inode)
{
	const char *name = NULL;
	uint32_t number;

	if (nl_get_u32(inode, &number)) {
		name = netns_name(number);
		if (options.json)
			print_uint("netns_inode", NULL, number);
	}
	if (name)
		print_string("netns", "netns", name);
	if (nl_get_u32(id, &number) && (options.json || !name))
		print_uint("nsid", "nsid", number);
}

static void print_local(const struct nlattr * const tb[])
{
	struct addr addr;
	bool any = true;

	if (nl_get_addr(tb[VNENCAP_A_DEV_LOCAL4], NULL, &addr) &&
	    !addr_is_any(&addr)) {
		print_addr("local", "local", &addr);
		any = false;
	}
	if (nl_get_addr(NULL, tb[VNENCAP_A_DEV_LOCAL6], &addr) &&
	    !addr_is_any(&addr)) {
		print_addr("local6", "local", &addr);
		any = false;
	}
	if (any)
		print_word("local any");
}

static void print_ttl(const struct nlattr * const tb[])
{
	uint8_t ttl, inherit = 0;

	if (!nl_get_u8(tb[VNENCAP_A_DEV_TTL], &ttl))
		return;
	nl_get_u8(tb[VNENCAP_A_DEV_TTL_INHERIT], &inherit);
	if (ttl || options.json)
		print_uint("ttl", "ttl", ttl);
	else
		print_word(inherit ? "ttl inherit" : "ttl auto");
	if (inherit && options.json)
		print_bool("ttl_inherit", NULL, true);
}

static void print_tos(const struct nlattr *attr)
{
	char buf[sizeof("inherit")] = "inherit";
	uint8_t tos;

	if (!nl_get_u8(attr, &tos))
		return;
	if (tos != VNENCAP_TOS_INHERIT)
		snprintf(buf, sizeof(buf), "0x%02x", tos);
	print_string("tos", "tos", buf);
}

/* As "ip link" does it for other tunnels: not where there is none */
static void print_fwmark(const struct nlattr *attr)
{
	char buf[sizeof("0xffffffff")];
	uint32_t mark;

	if (!nl_get_u32(attr, &mark) || !mark)
		return;
	snprintf(buf, sizeof(buf), "0x%x", mark);
	print_string("fwmark", "fwmark", buf);
}

static const char *ecn_word(uint8_t ecn)
{
	switch (ecn) {
	case VNENCAP_FEC_ECN_OFF:	return "off";
	case VNENCAP_FEC_ECN_ON:	return "on";
	default:			return "auto";
	}
}

/* Text has it only where it is on, or not as usual. */
static void print_parity(const struct nlattr **tb)
{
	uint8_t fec, most, ecn;

	if (!nl_get_u8(tb[VNENCAP_A_DEV_FEC], &fec))
		return;
	if (fec || options.json)
		print_fec(fec);
	if (nl_get_u8(tb[VNENCAP_A_DEV_FEC_MAX], &most) &&
	    (fec == VNENCAP_FEC_AUTO || options.json))
		print_uint("fec_max", "fec-max", most);
	if (nl_get_u8(tb[VNENCAP_A_DEV_FEC_ECN], &ecn) &&
	    (ecn != VNENCAP_FEC_ECN_AUTO || options.json))
		print_string("fec_ecn", "fec-ecn", ecn_word(ecn));
}

static void print_switch(const char *name, const struct nlattr *attr)
{
	uint8_t on;

	if (nl_get_u8(attr, &on))
		print_bool(name, name, on);
}

/* Text has it only where it is not the usual one. */
static void print_input(const struct nlattr *attr)
{
	uint8_t input;

	if (!nl_get_u8(attr, &input))
		return;
	if (input == VNENCAP_INPUT_STACK)
		print_string("input", "input", "stack");
	else if (options.json)
		print_string("input", NULL, "fast");
}

/* In the words that "dev set" takes; but "input" is only shown. */
void dev_print(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[VNENCAP_A_DEV_MAX + 1];
	const char *name;
	uint32_t number;
	uint16_t port;

	nl_attrs(nlh, tb, VNENCAP_A_DEV_MAX);
	if (options.json && nl_get_u32(tb[VNENCAP_A_DEV_IFINDEX], &number))
		print_uint("ifindex", NULL, number);
	name = nl_get_string(tb[VNENCAP_A_DEV_IFNAME]);
	if (name)
		print_string("ifname", NULL, name);
	print_netns(tb[VNENCAP_A_DEV_NETNSID], tb[VNENCAP_A_DEV_NETNS_INODE]);
	print_link(tb[VNENCAP_A_DEV_LINK]);
	if (nl_get_u32(tb[VNENCAP_A_DEV_VNI], &number))
		print_uint("vni", "vni", number);
	print_local(tb);
	if (nl_get_u16(tb[VNENCAP_A_DEV_PORT], &port))
		print_uint("port", "port", port);
	print_ttl(tb);
	print_tos(tb[VNENCAP_A_DEV_TOS]);
	print_fwmark(tb[VNENCAP_A_DEV_FWMARK]);
	print_parity(tb);
	print_switch("spoofcheck", tb[VNENCAP_A_DEV_SPOOFCHECK]);
	print_switch("notrack", tb[VNENCAP_A_DEV_NOTRACK]);
	print_switch("mssclamp", tb[VNENCAP_A_DEV_MSSCLAMP]);
	print_switch("fastpath", tb[VNENCAP_A_DEV_FASTPATH]);
	print_input(tb[VNENCAP_A_DEV_INPUT]);
	if (options.stats && tb[VNENCAP_A_DEV_STATS])
		stats_print(tb[VNENCAP_A_DEV_STATS]);
}
