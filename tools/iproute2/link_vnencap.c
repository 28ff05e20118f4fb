// SPDX-License-Identifier: GPL-2.0-only
/* ip link ... type vnencap: the words, and what ip -d link shows. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <linux/vnencap.h>
#include <linux/vnencap_link.h>

#include "iproute2.h"

static void print_help(struct link_util *lu, int argc, char **argv, FILE *f)
{
	(void)lu;
	(void)argc;
	(void)argv;
	fprintf(f,
		"Usage: ... vnencap [ vni VNI ]\n"
		"		[ local { ADDR | any } ]\n"
		"		[ port PORT ]\n"
		"		[ ttl { TTL | auto | inherit } ]\n"
		"		[ tos { TOS | inherit } ]\n"
		"		[ fwmark MARK ]\n"
		"		[ fec { PERCENT | off | auto } ] [ fec-max PERCENT ]\n"
	"		[ fec-ecn { on | off | auto } ]\n"
		"		[ [no]spoofcheck ]\n"
		"		[ [no]notrack ]\n"
		"		[ [no]mssclamp ]\n"
		"		[ [no]fastpath ]\n"
		"\n"
		"Where:	VNI	:= 0-%u\n"
		"	ADDR	:= { IPv4_ADDRESS | IPv6_ADDRESS }\n"
		"	PORT	:= 1-65535\n"
		"	TTL	:= 1-255\n"
		"	TOS	:= a multiple of 4 up to 0xfc, or a name\n"
		"	MARK	:= 0-0xffffffff, 0 for none\n"
		"	PERCENT	:= 0-%u, of parity segments\n",
		VNENCAP_VNI_MAX, VNENCAP_FEC_MAX);
}

/* ---- Words ---- */

/* What was given: an attribute may be only once. */
struct request {
	struct nlmsghdr *n;
	bool given[IFLA_VNENCAP_MAX + 1];
};

static void take(struct request *r, int type, const char *key,
		 const char *value)
{
	if (r->given[type])
		duparg(key, value);
	r->given[type] = true;
}

static void parse_vni(struct request *r, const char *value)
{
	uint32_t vni;

	take(r, IFLA_VNENCAP_VNI, "vni", value);
	if (get_u32(&vni, value, 0) || vni > VNENCAP_VNI_MAX)
		invarg("invalid VNI", value);
	addattr32(r->n, REQUEST_MAX, IFLA_VNENCAP_VNI, vni);
}

/* One address of each family may be given; "any" is both families'. */
static void parse_local(struct request *r, const char *value)
{
	bool any = !strcmp(value, "any");
	struct in6_addr ip6 = IN6ADDR_ANY_INIT;
	struct in_addr ip4 = { INADDR_ANY };

	if (any || inet_pton(AF_INET, value, &ip4) == 1) {
		take(r, IFLA_VNENCAP_LOCAL4, "local", value);
		addattr_l(r->n, REQUEST_MAX, IFLA_VNENCAP_LOCAL4, &ip4,
			  sizeof(ip4));
	} else if (inet_pton(AF_INET6, value, &ip6) != 1) {
		invarg("invalid address", value);
	}
	if (any || strchr(value, ':')) {
		take(r, IFLA_VNENCAP_LOCAL6, "local", value);
		addattr_l(r->n, REQUEST_MAX, IFLA_VNENCAP_LOCAL6, &ip6,
			  sizeof(ip6));
	}
}

static void parse_port(struct request *r, const char *value)
{
	uint16_t port;

	take(r, IFLA_VNENCAP_PORT, "port", value);
	if (get_u16(&port, value, 0) || !port)
		invarg("invalid port", value);
	addattr16(r->n, REQUEST_MAX, IFLA_VNENCAP_PORT, port);
}

static void parse_ttl(struct request *r, const char *value)
{
	uint8_t ttl = 0;

	take(r, IFLA_VNENCAP_TTL, "ttl", value);
	if (!strcmp(value, "inherit")) {
		addattr8(r->n, REQUEST_MAX, IFLA_VNENCAP_TTL_INHERIT, 1);
		return;
	}
	if (strcmp(value, "auto") && get_u8(&ttl, value, 0))
		invarg("invalid TTL", value);
	addattr8(r->n, REQUEST_MAX, IFLA_VNENCAP_TTL, ttl);
}

static void parse_fwmark(struct request *r, const char *value)
{
	uint32_t mark;

	take(r, IFLA_VNENCAP_FWMARK, "fwmark", value);
	if (get_u32(&mark, value, 0))
		invarg("invalid mark", value);
	addattr32(r->n, REQUEST_MAX, IFLA_VNENCAP_FWMARK, mark);
}

static void parse_fec(struct request *r, const char *value)
{
	uint8_t percent = 0;

	take(r, IFLA_VNENCAP_FEC, "fec", value);
	if (!strcmp(value, "auto"))
		percent = VNENCAP_FEC_AUTO;
	else if (strcmp(value, "off") &&
		 (get_u8(&percent, value, 0) || percent > VNENCAP_FEC_MAX))
		invarg("a percentage from 0 to 50, \"off\" or \"auto\" is expected",
		       value);
	addattr8(r->n, REQUEST_MAX, IFLA_VNENCAP_FEC, percent);
}

static void parse_fec_max(struct request *r, const char *value)
{
	uint8_t percent;

	take(r, IFLA_VNENCAP_FEC_MAX, "fec-max", value);
	if (get_u8(&percent, value, 0) || !percent || percent > VNENCAP_FEC_MAX)
		invarg("a percentage from 1 to 50 is expected", value);
	addattr8(r->n, REQUEST_MAX, IFLA_VNENCAP_FEC_MAX, percent);
}

static const char *const ecn_words[] = {
	[VNENCAP_FEC_ECN_OFF] = "off",
	[VNENCAP_FEC_ECN_ON] = "on",
	[VNENCAP_FEC_ECN_AUTO] = "auto",
};

static void parse_fec_ecn(struct request *r, const char *value)
{
	unsigned int i;

	take(r, IFLA_VNENCAP_FEC_ECN, "fec-ecn", value);
	for (i = 0; i <= VNENCAP_FEC_ECN_AUTO; i++)
		if (!strcmp(value, ecn_words[i]))
			break;
	if (i > VNENCAP_FEC_ECN_AUTO)
		invarg("\"on\", \"off\" or \"auto\" is expected", value);
	addattr8(r->n, REQUEST_MAX, IFLA_VNENCAP_FEC_ECN, i);
}

/* Its lower two bits, ECN, are the kernel's to refuse, as for all users. */
static void parse_tos(struct request *r, const char *value)
{
	uint32_t tos = VNENCAP_TOS_INHERIT;

	take(r, IFLA_VNENCAP_TOS, "tos", value);
	if (strcmp(value, "inherit") &&
	    (rtnl_dsfield_a2n(&tos, value) || tos > UINT8_MAX ||
	     tos == VNENCAP_TOS_INHERIT))
		invarg("invalid TOS", value);
	addattr8(r->n, REQUEST_MAX, IFLA_VNENCAP_TOS, tos);
}

/* Words that are followed by a value */
static const struct {
	const char *name;
	void (*parse)(struct request *r, const char *value);
} keys[] = {
	{ "vni", parse_vni },
	{ "local", parse_local },
	{ "port", parse_port },
	{ "ttl", parse_ttl },
	{ "tos", parse_tos },
	{ "dsfield", parse_tos },
	{ "fwmark", parse_fwmark },
	{ "fec", parse_fec },
	{ "fec-max", parse_fec_max },
	{ "fec-ecn", parse_fec_ecn },
	{ }
};

/* Words that stand alone, and mean the opposite after "no" */
static const struct {
	const char *name;
	int type;
} switches[] = {
	{ "spoofcheck", IFLA_VNENCAP_SPOOFCHECK },
	{ "notrack", IFLA_VNENCAP_NOTRACK },
	{ "mssclamp", IFLA_VNENCAP_MSSCLAMP },
	{ "fastpath", IFLA_VNENCAP_FASTPATH },
	{ }
};

static bool parse_key(struct request *r, const char *word, const char *value)
{
	int i;

	for (i = 0; keys[i].name; i++) {
		if (strcmp(word, keys[i].name))
			continue;
		if (!value)
			incomplete_command();
		keys[i].parse(r, value);
		return true;
	}
	return false;
}

static bool parse_switch(struct request *r, const char *word)
{
	int i;

	for (i = 0; switches[i].name; i++) {
		bool on = !strcmp(word, switches[i].name);

		if (!on && (strncmp(word, "no", 2) ||
			    strcmp(word + 2, switches[i].name)))
			continue;
		take(r, switches[i].type, switches[i].name, word);
		addattr8(r->n, REQUEST_MAX, switches[i].type, on);
		return true;
	}
	return false;
}

static int parse_opt(struct link_util *lu, int argc, char **argv,
		     struct nlmsghdr *n)
{
	struct request r = { .n = n };

	for (; argc > 0; argc--, argv++) {
		if (parse_switch(&r, *argv))
			continue;
		if (parse_key(&r, *argv, argc > 1 ? argv[1] : NULL)) {
			argc--;
			argv++;
			continue;
		}
		if (strcmp(*argv, "help"))
			fprintf(stderr, "vnencap: unknown command \"%s\"?\n",
				*argv);
		print_help(lu, argc, argv, stderr);
		return -1;
	}
	return 0;
}

/* ---- What there is ---- */

static uint8_t u8_of(const struct rtattr *attr)
{
	return *(const uint8_t *)RTA_DATA(attr);
}

static bool print_local(const struct rtattr *attr, int family, const char *key)
{
	static const char zeros[sizeof(struct in6_addr)];
	size_t len = family == AF_INET ? sizeof(struct in_addr) :
					 sizeof(struct in6_addr);
	char buf[INET6_ADDRSTRLEN];

	if (!attr || RTA_PAYLOAD(attr) < len ||
	    !memcmp(RTA_DATA(attr), zeros, len))
		return false;
	inet_ntop(family, RTA_DATA(attr), buf, sizeof(buf));
	print_color_string(PRINT_ANY,
			   family == AF_INET ? COLOR_INET : COLOR_INET6,
			   key, "local %s ", buf);
	return true;
}

static void print_locals(struct rtattr **tb)
{
	bool ip4 = print_local(tb[IFLA_VNENCAP_LOCAL4], AF_INET, "local");
	bool ip6 = print_local(tb[IFLA_VNENCAP_LOCAL6], AF_INET6, "local6");

	if (!ip4 && !ip6)
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
				   "local any");
}

static void print_ttl(uint8_t ttl, bool inherit)
{
	print_color_uint(PRINT_JSON, COLOR_NONE, "ttl", NULL, ttl);
	if (ttl)
		print_color_uint(PRINT_FP, COLOR_NONE, NULL, "ttl %u ", ttl);
	else
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
				   inherit ? "ttl inherit" : "ttl auto");
	if (inherit)
		print_color_bool(PRINT_JSON, COLOR_NONE, "ttl_inherit", NULL,
				 true);
}

/* As for other tunnels: not where there is none */
static void print_fwmark(uint32_t mark)
{
	char buf[sizeof("0xffffffff")];

	if (!mark)
		return;
	snprintf(buf, sizeof(buf), "0x%x", mark);
	print_color_string(PRINT_ANY, COLOR_NONE, "fwmark", "fwmark %s ", buf);
}

/* Text has it only where it is on, or not as usual. */
static void print_fec(uint8_t percent)
{
	if (percent == VNENCAP_FEC_AUTO)
		print_color_string(PRINT_ANY, COLOR_NONE, "fec", "fec %s ",
				   "auto");
	else
		print_color_uint(percent ? PRINT_ANY : PRINT_JSON, COLOR_NONE,
				 "fec", "fec %u ", percent);
}

static void print_fec_max(uint8_t percent, bool text)
{
	print_color_uint(text ? PRINT_ANY : PRINT_JSON, COLOR_NONE, "fec_max",
			 "fec-max %u ", percent);
}

static void print_fec_ecn(uint8_t ecn)
{
	bool usual = ecn >= VNENCAP_FEC_ECN_AUTO;

	print_color_string(usual ? PRINT_JSON : PRINT_ANY, COLOR_NONE,
			   "fec_ecn", "fec-ecn %s ",
			   ecn_words[usual ? VNENCAP_FEC_ECN_AUTO : ecn]);
}

static void print_tos(uint8_t tos)
{
	char buf[sizeof("inherit")] = "inherit";

	if (tos != VNENCAP_TOS_INHERIT)
		snprintf(buf, sizeof(buf), "0x%02x", tos);
	print_color_string(PRINT_ANY, COLOR_NONE, "tos", "tos %s ", buf);
}

static void print_switches(struct rtattr **tb)
{
	char word[16];
	int i;

	for (i = 0; switches[i].name; i++) {
		const struct rtattr *attr = tb[switches[i].type];

		if (!attr)
			continue;
		print_color_bool(PRINT_JSON, COLOR_NONE, switches[i].name, NULL,
				 u8_of(attr));
		snprintf(word, sizeof(word), "%s%s", u8_of(attr) ? "" : "no",
			 switches[i].name);
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", word);
	}
}

/* Text has it only where it is not the usual one. */
static void print_input(uint8_t input)
{
	bool stack = input == VNENCAP_INPUT_STACK;

	print_color_string(PRINT_JSON, COLOR_NONE, "input", NULL,
			   stack ? "stack" : "fast");
	if (stack)
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
				   "input stack");
}

/* In the words that are taken; but "input" is only shown. Where the device is away
 * from its substrate there is nothing.
 */
static void print_opt(struct link_util *lu, FILE *f, struct rtattr **tb)
{
	(void)lu;
	(void)f;
	if (!tb || !tb[IFLA_VNENCAP_VNI])
		return;
	print_color_uint(PRINT_ANY, COLOR_NONE, "vni", "vni %u ",
			 *(uint32_t *)RTA_DATA(tb[IFLA_VNENCAP_VNI]));
	print_locals(tb);
	if (tb[IFLA_VNENCAP_PORT])
		print_color_uint(PRINT_ANY, COLOR_NONE, "port", "port %u ",
				 *(uint16_t *)RTA_DATA(tb[IFLA_VNENCAP_PORT]));
	if (tb[IFLA_VNENCAP_TTL])
		print_ttl(u8_of(tb[IFLA_VNENCAP_TTL]),
			  tb[IFLA_VNENCAP_TTL_INHERIT] &&
			  u8_of(tb[IFLA_VNENCAP_TTL_INHERIT]));
	if (tb[IFLA_VNENCAP_TOS])
		print_tos(u8_of(tb[IFLA_VNENCAP_TOS]));
	if (tb[IFLA_VNENCAP_FWMARK])
		print_fwmark(*(uint32_t *)RTA_DATA(tb[IFLA_VNENCAP_FWMARK]));
	if (tb[IFLA_VNENCAP_FEC])
		print_fec(u8_of(tb[IFLA_VNENCAP_FEC]));
	if (tb[IFLA_VNENCAP_FEC_MAX] && tb[IFLA_VNENCAP_FEC])
		print_fec_max(u8_of(tb[IFLA_VNENCAP_FEC_MAX]),
			      u8_of(tb[IFLA_VNENCAP_FEC]) == VNENCAP_FEC_AUTO);
	if (tb[IFLA_VNENCAP_FEC_ECN])
		print_fec_ecn(u8_of(tb[IFLA_VNENCAP_FEC_ECN]));
	print_switches(tb);
	if (tb[IFLA_VNENCAP_INPUT])
		print_input(u8_of(tb[IFLA_VNENCAP_INPUT]));
}

struct link_util vnencap_link_util = {
	.id = "vnencap",
	.maxattr = IFLA_VNENCAP_MAX,
	.parse_opt = parse_opt,
	.print_opt = print_opt,
	.print_help = print_help,
};
