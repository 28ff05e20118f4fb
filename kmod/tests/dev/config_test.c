// SPDX-License-Identifier: GPL-2.0-only
/* The settings of a device as attributes, also such as no tool would send. */
#include <kunit/test.h>
#include <linux/module.h>
#include <net/netlink.h>

#include "dev/config.h"

/* One attribute, and the error that is to come of it; of lengths and ranges,
 * -ERANGE: kernels differ in which of two errors they give there
 */
struct given {
	const char *name;
	u8 type;
	u8 len;
	u8 bytes[16];
	int want;
};

/* Numbers are in host byte order but for LOCAL4: bytes that are the same in
 * either, or one byte.
 */
static const struct given givens[] = {
	{ "VNI 0", IFLA_VNENCAP_VNI, 4, { 0, 0, 0, 0 }, 0 },
	{ "VNI of 32 bits", IFLA_VNENCAP_VNI, 4, { 1, 0, 0, 1 }, -ERANGE },
	{ "short VNI", IFLA_VNENCAP_VNI, 2, { 0, 0 }, -ERANGE },
	{ "long VNI", IFLA_VNENCAP_VNI, 8, { 0 }, -ERANGE },
	{ "empty VNI", IFLA_VNENCAP_VNI, 0, { }, -ERANGE },
	{ "port 0", IFLA_VNENCAP_PORT, 2, { 0, 0 }, -ERANGE },
	{ "port 0x0101", IFLA_VNENCAP_PORT, 2, { 1, 1 }, 0 },
	{ "long port", IFLA_VNENCAP_PORT, 4, { 1, 1, 1, 1 }, -ERANGE },
	{ "address", IFLA_VNENCAP_LOCAL4, 4, { 10, 0, 0, 1 }, 0 },
	{ "no address", IFLA_VNENCAP_LOCAL4, 4, { 0, 0, 0, 0 }, 0 },
	{ "multicast", IFLA_VNENCAP_LOCAL4, 4, { 239, 1, 1, 1 }, -EINVAL },
	{ "broadcast", IFLA_VNENCAP_LOCAL4, 4, { 255, 255, 255, 255 },
	  -EINVAL },
	{ "short address", IFLA_VNENCAP_LOCAL4, 3, { 10, 0, 0 }, -ERANGE },
	{ "IPv6 address", IFLA_VNENCAP_LOCAL6, 16, { 0xfd, [15] = 1 }, 0 },
	{ "no IPv6 address", IFLA_VNENCAP_LOCAL6, 16, { }, 0 },
	{ "IPv6 multicast", IFLA_VNENCAP_LOCAL6, 16, { 0xff, 2, [15] = 1 },
	  -EINVAL },
	{ "mapped", IFLA_VNENCAP_LOCAL6, 16,
	  { [10] = 0xff, 0xff, 10, 0, 0, 1 }, -EINVAL },
	{ "short IPv6 address", IFLA_VNENCAP_LOCAL6, 15, { 0xfd }, -ERANGE },
	{ "TTL 0", IFLA_VNENCAP_TTL, 1, { 0 }, 0 },
	{ "TTL 255", IFLA_VNENCAP_TTL, 1, { 255 }, 0 },
	{ "TTL of 16 bits", IFLA_VNENCAP_TTL, 2, { 1, 1 }, -ERANGE },
	{ "TOS 0", IFLA_VNENCAP_TOS, 1, { 0 }, 0 },
	{ "TOS inherit", IFLA_VNENCAP_TOS, 1, { VNENCAP_TOS_INHERIT }, 0 },
	{ "TOS 0xfc", IFLA_VNENCAP_TOS, 1, { 0xfc }, 0 },
	{ "TOS with ECT(0)", IFLA_VNENCAP_TOS, 1, { 2 }, -EINVAL },
	{ "TOS with CE", IFLA_VNENCAP_TOS, 1, { 0x2b }, -EINVAL },
	{ "DSCP and inherit", IFLA_VNENCAP_TOS, 1, { 0x29 }, -EINVAL },
	{ "no check", IFLA_VNENCAP_SPOOFCHECK, 1, { 0 }, 0 },
	{ "check 2", IFLA_VNENCAP_SPOOFCHECK, 1, { 2 }, -ERANGE },
	{ "no tracking", IFLA_VNENCAP_NOTRACK, 1, { 1 }, 0 },
	{ "tracking 255", IFLA_VNENCAP_NOTRACK, 1, { 255 }, -ERANGE },
	{ "no clamp", IFLA_VNENCAP_MSSCLAMP, 1, { 0 }, 0 },
	{ "clamp 2", IFLA_VNENCAP_MSSCLAMP, 1, { 2 }, -ERANGE },
	{ "mark 0", IFLA_VNENCAP_FWMARK, 4, { 0 }, 0 },
	{ "mark of 32 bits", IFLA_VNENCAP_FWMARK, 4, { 255, 255, 255, 255 },
	  0 },
	{ "mark of 16 bits", IFLA_VNENCAP_FWMARK, 2, { 1, 1 }, -ERANGE },
	{ "TTL inherit", IFLA_VNENCAP_TTL_INHERIT, 1, { 1 }, 0 },
	{ "TTL inherit 2", IFLA_VNENCAP_TTL_INHERIT, 1, { 2 }, -ERANGE },
	{ "no fast path", IFLA_VNENCAP_FASTPATH, 1, { 0 }, 0 },
	{ "fast path 2", IFLA_VNENCAP_FASTPATH, 1, { 2 }, -ERANGE },
	{ "input is only shown", IFLA_VNENCAP_INPUT, 1, { 1 }, -EINVAL },
	{ "no parity", IFLA_VNENCAP_FEC, 1, { 0 }, 0 },
	{ "parity 50", IFLA_VNENCAP_FEC, 1, { 50 }, 0 },
	{ "parity 51", IFLA_VNENCAP_FEC, 1, { 51 }, -EINVAL },
	{ "parity 254", IFLA_VNENCAP_FEC, 1, { 254 }, -EINVAL },
	{ "parity auto", IFLA_VNENCAP_FEC, 1, { VNENCAP_FEC_AUTO }, 0 },
	{ "parity of 16 bits", IFLA_VNENCAP_FEC, 2, { 1, 1 }, -ERANGE },
	{ "parity 0 at most", IFLA_VNENCAP_FEC_MAX, 1, { 0 }, -ERANGE },
	{ "parity 1 at most", IFLA_VNENCAP_FEC_MAX, 1, { 1 }, 0 },
	{ "parity 50 at most", IFLA_VNENCAP_FEC_MAX, 1, { 50 }, 0 },
	{ "parity 51 at most", IFLA_VNENCAP_FEC_MAX, 1, { 51 }, -ERANGE },
	{ "no marks", IFLA_VNENCAP_FEC_ECN, 1, { VNENCAP_FEC_ECN_OFF }, 0 },
	{ "marks by auto", IFLA_VNENCAP_FEC_ECN, 1, { VNENCAP_FEC_ECN_AUTO }, 0 },
	{ "marks 3", IFLA_VNENCAP_FEC_ECN, 1, { 3 }, -ERANGE },
};

KUNIT_ARRAY_PARAM_DESC(given, givens, name);

/* As rtnetlink does it, and then newlink() or changelink() */
static int read_attrs(const struct nlattr *head, int len,
		      struct vnencap_config *config,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[IFLA_VNENCAP_MAX + 1];
	int err;

	err = nla_parse_deprecated(attrs, IFLA_VNENCAP_MAX, head, len,
				   vnencap_config_policy, extack);
	return err ?: vnencap_config_parse(config, attrs, extack);
}

static void one_attribute(struct kunit *test)
{
	const struct given *g = test->param_value;
	struct netlink_ext_ack extack = { };
	struct vnencap_config config;
	struct sk_buff *msg;
	struct nlattr *attr;
	int err;

	msg = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, msg);
	attr = (struct nlattr *)skb_tail_pointer(msg);
	KUNIT_EXPECT_EQ(test, nla_put(msg, g->type, g->len, g->bytes), 0);
	vnencap_config_init(&config);
	err = read_attrs(attr, msg->len, &config, &extack);
	if (g->want == -ERANGE)
		KUNIT_EXPECT_TRUE(test, err == -ERANGE || err == -EINVAL);
	else
		KUNIT_EXPECT_EQ(test, err, g->want);
	KUNIT_EXPECT_EQ(test, !err, !extack._msg);
	KUNIT_EXPECT_PTR_EQ(test, (void *)extack.bad_attr,
			    err ? (void *)attr : NULL);
	nlmsg_free(msg);
}

/* What is shown is what is read, in the room that was asked for. */
static void shown_and_read(struct kunit *test)
{
	static const u8 types[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
				    12, 13, 14, 15, 16 };
	struct vnencap_config read, config = {
		.vni = VNENCAP_VNI_MAX,
		.local4 = htonl(0x0a000001),
		.local6 = { { { 0xfd, [15] = 1 } } },
		.port = htons(80),
		.ttl = 255,
		.tos = 0xb8,
		.spoofcheck = false,
		.notrack = true,
		.mssclamp = false,
		.fwmark = 0xfffffffe,
		.fec = VNENCAP_FEC_AUTO,
		.fec_max = VNENCAP_FEC_MAX,
		.fec_ecn = VNENCAP_FEC_ECN_ON,
	};
	struct sk_buff *msg;
	int err;

	BUILD_BUG_ON(ARRAY_SIZE(types) != IFLA_VNENCAP_MAX + 1);
	msg = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, msg);
	KUNIT_EXPECT_EQ(test, vnencap_config_fill(&config, msg, types), 0);
	KUNIT_EXPECT_EQ(test, msg->len, vnencap_config_size());
	vnencap_config_init(&read);
	err = read_attrs((struct nlattr *)msg->data, msg->len, &read, NULL);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_TRUE(test, vnencap_config_same(&read, &config));
	config.notrack = false;
	KUNIT_EXPECT_FALSE(test, vnencap_config_same(&read, &config));
	config.notrack = true;
	config.mssclamp = true;
	KUNIT_EXPECT_FALSE(test, vnencap_config_same(&read, &config));
	config.mssclamp = false;
	config.fastpath = true;
	KUNIT_EXPECT_FALSE(test, vnencap_config_same(&read, &config));
	config.fastpath = false;
	config.fwmark = 0;
	KUNIT_EXPECT_FALSE(test, vnencap_config_same(&read, &config));
	config = read;
	config.fec = 0;
	KUNIT_EXPECT_FALSE(test, vnencap_config_same(&read, &config));
	config = read;
	config.ttl_inherit = true;
	KUNIT_EXPECT_FALSE(test, vnencap_config_same(&read, &config));
	nlmsg_free(msg);
}

/* The TTL attributes of one request; -1 for one that is not there */
static void set_ttl(struct kunit *test, struct vnencap_config *config, int ttl,
		    int inherit)
{
	struct sk_buff *msg = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	struct nlattr *head;

	KUNIT_ASSERT_NOT_NULL(test, msg);
	head = (struct nlattr *)skb_tail_pointer(msg);
	if (ttl >= 0)
		KUNIT_EXPECT_EQ(test,
				nla_put_u8(msg, IFLA_VNENCAP_TTL, ttl), 0);
	if (inherit >= 0)
		KUNIT_EXPECT_EQ(test,
				nla_put_u8(msg, IFLA_VNENCAP_TTL_INHERIT,
					   inherit), 0);
	KUNIT_EXPECT_EQ(test, read_attrs(head, msg->len, config, NULL), 0);
	nlmsg_free(msg);
}

/* A number, "auto" and "inherit" exclude each other, whichever came before. */
static void ttl_or_inherit(struct kunit *test)
{
	static const struct {
		int ttl;
		int inherit;
		u8 want_ttl;
		bool want_inherit;
	} steps[] = {
		{ 9, -1, 9, false },
		{ -1, 1, 0, true },
		{ -1, -1, 0, true },
		{ 7, -1, 7, false },
		{ 7, 0, 7, false },
		{ 7, 1, 0, true },
		{ 0, -1, 0, false },
		{ -1, 1, 0, true },
		{ -1, 0, 0, false },
	};
	struct vnencap_config config;
	unsigned int i;

	vnencap_config_init(&config);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		set_ttl(test, &config, steps[i].ttl, steps[i].inherit);
		KUNIT_EXPECT_EQ_MSG(test, config.ttl, steps[i].want_ttl,
				    "step %u", i);
		KUNIT_EXPECT_EQ_MSG(test, config.ttl_inherit,
				    steps[i].want_inherit, "step %u", i);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(one_attribute, given_gen_params),
	KUNIT_CASE(shown_and_read),
	KUNIT_CASE(ttl_or_inherit),
	{ }
};

static struct kunit_suite suite = {
	.name = "vnencap_config",
	.test_cases = cases,
};

kunit_test_suite(suite);
