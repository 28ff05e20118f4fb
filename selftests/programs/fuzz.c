// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink messages that no program of ours would send, made from the spec:
 *
 *	fuzz DEV COUNT SEED
 *
 * First every operation with every attribute wrong in every way, the others
 * right; then, until COUNT messages are sent, whatever chance gives. DEV is the
 * one device that is changed; mappings of VNI 0xabcdef are never touched, nor
 * are all flushed at once.
 *
 * Every message that asks for an answer has to get one, and one only. Prints for
 * each operation how many were sent, obeyed and refused.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/vnencap.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GUARDED_VNI	0xabcdef
#define BATCH		32	/* messages in one send */
#define MESSAGE_MAX	4096
#define ENTRIES_MAX	8
#define WAYS		10	/* which addresses a mapping has */
#define RCVBUF		(8 << 20)

enum kind {
	KIND_U8, KIND_U16, KIND_U32, KIND_UINT, KIND_BINARY, KIND_STRING,
	KIND_NEST, KIND_PAD, KIND_FLAG
};

struct attr {
	const char *name;
	unsigned short type;
	enum kind kind;
	unsigned int size;
	unsigned long long low;
	unsigned long long high;
	const struct attr *nested;
};

struct op {
	const char *name;
	unsigned char cmd;
	bool dump;
	const struct attr *attrs;
	unsigned long long takes;
};

#include "fuzz-table.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define OPS		ARRAY_SIZE(ops)

/* What can be wrong with one attribute */
enum fault {
	RIGHT,
	MISSING,
	DOUBLED,
	EMPTY,
	SHORT,
	LONG,
	OTHER_TYPE,
	UNKNOWN_TYPE,
	NESTED_FLAG,
	BYTEORDER_FLAG,
	BELOW,
	ABOVE,
	GARBAGE,
	HEADER_CUT,
	LENGTH_BEYOND,
	NESTED_DEEP,
	FAULTS
};

struct message {
	unsigned char data[MESSAGE_MAX] __attribute__((aligned(4)));
	unsigned int len;
};

/* One message of those that are on their way */
struct asked {
	unsigned int op;
	bool answer;	/* it has to get one */
	unsigned int answers;
};

static struct asked asked[BATCH];
static unsigned long tally[OPS][3];
enum { SENT, OBEYED, REFUSED };

static unsigned char batch[BATCH * MESSAGE_MAX] __attribute__((aligned(4)));
static unsigned int batch_len, batch_n;
static unsigned int seq_base = 1;

static int sock, device;
static unsigned short family;
static unsigned long sent;
static uint64_t state;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* SplitMix64: the same messages for the same seed, everywhere */
static uint64_t chance(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static unsigned int one_of(unsigned int n)
{
	return chance() % n;
}

/* --- attributes --- */

static bool named(const struct attr *a, const char *name)
{
	return !strcmp(a->name, name);
}

/* Few values, so that what one message adds another finds */
static unsigned long long number(const struct attr *a)
{
	if (named(a, "ifindex"))
		return device;
	if (named(a, "vni"))
		return 100 + one_of(4);
	if (named(a, "id"))
		return one_of(4);
	if (named(a, "dst4"))
		return (0x0aU | one_of(32) << 24) & 0xffffffff;
	if (named(a, "local4"))
		return one_of(2) ? 0 : 0x0100000a;
	if (named(a, "via4") || named(a, "addr4"))
		return 0x0900000a + (one_of(3) << 24);
	if (named(a, "dst-len"))
		return one_of(4) ? 32 : one_of(129);
	if (named(a, "tos"))
		return one_of(64) * 4;
	if (a->high - a->low == UINT64_MAX)
		return chance();
	return a->low + chance() % (a->high - a->low + 1);
}

static void fill_right(const struct attr *a, unsigned char *to)
{
	unsigned long long value;
	unsigned int i;

	if (a->kind == KIND_STRING) {
		if_indextoname(device, (char *)to);
	} else if (a->kind == KIND_BINARY) {
		memset(to, 0, a->size);
		to[0] = 0xfd;
		to[a->size - 1] = 1 + one_of(8);
	} else {
		/* little-endian, as all machines that this runs on */
		value = number(a);
		for (i = 0; i < a->size; i++)
			to[i] = value >> 8 * i;
	}
}

static void fill_garbage(unsigned char *to, unsigned int n)
{
	while (n--)
		*to++ = chance();
}

static unsigned int right_size(const struct attr *a)
{
	char name[IFNAMSIZ];

	if (a->kind != KIND_STRING)
		return a->size;
	return if_indextoname(device, name) ? strlen(name) + 1 : 1;
}

static struct nlattr *put(struct message *m, unsigned int type,
			  const void *data, unsigned int size)
{
	struct nlattr *nla = (void *)(m->data + m->len);

	if (m->len + NLA_HDRLEN + NLA_ALIGN(size) > MESSAGE_MAX)
		return NULL;
	memset(nla, 0, NLA_HDRLEN + NLA_ALIGN(size));
	nla->nla_type = type;
	nla->nla_len = NLA_HDRLEN + size;
	memcpy(nla + 1, data, size);
	m->len += NLA_HDRLEN + NLA_ALIGN(size);
	return nla;
}

static void put_attr(struct message *m, const struct attr *a, enum fault fault);

static enum fault any_fault(void)
{
	unsigned int n = one_of(40);

	return n < 24 ? RIGHT : n < 34 ? MISSING : one_of(FAULTS);
}

/* Of a mapping that is right, one address of each kind is given, or several
 * endpoints, or that there is none; to delete it, none need be. Of a hop, one.
 */
static bool left_out(const struct attr *a, unsigned int which)
{
	if (named(a, "dst4") || named(a, "local4") || named(a, "addr4"))
		return which & 1;
	if (named(a, "dst6") || named(a, "local6") || named(a, "addr6"))
		return !(which & 1);
	if (named(a, "via4") && a->type == VNENCAP_A_HOP_VIA4)
		return which & 1;
	if (named(a, "via6") && a->type == VNENCAP_A_HOP_VIA6)
		return !(which & 1);
	if (named(a, "via4"))
		return which / 2 != 0;
	if (named(a, "via6"))
		return which / 2 != 1;
	if (named(a, "hop"))
		return which / 2 != 3;
	if (named(a, "blackhole"))
		return which / 2 != 4;
	return false;
}

static void put_entry(struct message *m, const struct attr *nest, bool wrong,
		      unsigned int depth)
{
	struct nlattr *nla = put(m, nest->type | NLA_F_NESTED, "", 0);
	unsigned int which = one_of(WAYS);
	const struct attr *a;

	if (!nla)
		return;
	for (a = nest->nested; a->name; a++)
		if (!left_out(a, which))
			put_attr(m, a, wrong ? any_fault() : RIGHT);
	if (depth)
		put_entry(m, nest, wrong, depth - 1);
	nla->nla_len = m->data + m->len - (unsigned char *)nla;
}

static void put_nest(struct message *m, const struct attr *a, enum fault fault)
{
	unsigned int n = 1 + one_of(ENTRIES_MAX);

	while (n--)
		put_entry(m, a, fault == GARBAGE,
			  fault == NESTED_DEEP ? 12 : 0);
}

/* Some attribute, with a value of its own or with bytes that are none */
static void put_attr(struct message *m, const struct attr *a, enum fault fault)
{
	unsigned char value[512];
	unsigned int size = right_size(a), type = a->type;
	unsigned long long out;
	struct nlattr *nla;

	if (fault == MISSING)
		return;
	if (a->kind == KIND_NEST &&
	    (fault == RIGHT || fault == GARBAGE || fault == NESTED_DEEP))
		return put_nest(m, a, fault);
	memset(value, 0, sizeof(value));
	if (a->kind == KIND_NEST || a->kind == KIND_PAD)
		fill_garbage(value, size = one_of(40));
	else
		fill_right(a, value);

	switch (fault) {
	case DOUBLED:
		put(m, type, value, size);
		break;
	case EMPTY:
		size = 0;
		break;
	case SHORT:
		size = size ? one_of(size) : 0;
		break;
	case LONG:
		size += 1 + one_of(300);
		break;
	case OTHER_TYPE:
		type = one_of(32);
		break;
	case UNKNOWN_TYPE:
		type = 32 + one_of(0x3fe0);
		break;
	case NESTED_FLAG:
		type |= NLA_F_NESTED;
		break;
	case BYTEORDER_FLAG:
		type |= NLA_F_NET_BYTEORDER;
		break;
	case BELOW:
		out = a->low ? a->low - 1 : 0;
		memcpy(value, &out, sizeof(out));
		break;
	case ABOVE:
		out = a->high + 1 + one_of(256);
		memcpy(value, &out, sizeof(out));
		break;
	case GARBAGE:
		fill_garbage(value, size);
		/* not the VNI that is to stay as it is */
		if (!memcmp(value, "\xef\xcd\xab", 4))
			value[0] = 0;
		break;
	case NESTED_DEEP:
		fill_garbage(value, size);
		type |= NLA_F_NESTED;
		break;
	default:
		break;
	}
	nla = put(m, type, value, size);
	if (nla && fault == HEADER_CUT)
		nla->nla_len = one_of(NLA_HDRLEN);
	if (nla && fault == LENGTH_BEYOND)
		nla->nla_len += 1 + one_of(2000);
}

/* --- messages --- */

static void begin(struct message *m, unsigned int cmd, unsigned int flags)
{
	struct nlmsghdr *nlh = (void *)m->data;
	struct genlmsghdr *genl = (void *)(nlh + 1);

	memset(m->data, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	m->len = NLMSG_HDRLEN + GENL_HDRLEN;
	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl->cmd = cmd;
	genl->version = 1;
}

static void drain(void);

static void send_batch(void)
{
	unsigned int i;

	if (!batch_n)
		return;
	if (send(sock, batch, batch_len, 0) < 0)
		fail("send");
	drain();
	for (i = 0; i < batch_n; i++) {
		if (asked[i].answer && asked[i].answers != 1) {
			fprintf(stderr, "message %u, %s: %u answers\n",
				seq_base + i, ops[asked[i].op].name,
				asked[i].answers);
			exit(1);
		}
	}
	seq_base += batch_n;
	batch_n = 0;
	batch_len = 0;
}

/* Would it flush all mappings? That is for the test to do, at its end. */
static bool flushes_all(const struct message *m)
{
	const struct nlmsghdr *nlh = (const void *)m->data;
	const struct genlmsghdr *genl = (const void *)(nlh + 1);
	const struct nlattr *nla = (const void *)(genl + 1);

	return genl->cmd == VNENCAP_CMD_MAP_FLUSH &&
	       (m->len == NLMSG_HDRLEN + GENL_HDRLEN ||
		nla->nla_type != VNENCAP_A_MAP_VNI ||
		nla->nla_len != NLA_HDRLEN + 4);
}

/* @cut: the message ends before its attributes do */
static void queue(struct message *m, unsigned int op, bool cut)
{
	struct nlmsghdr *nlh = (void *)m->data;
	unsigned int flags = nlh->nlmsg_flags;

	if (cut)
		m->len -= one_of(m->len - NLMSG_HDRLEN - GENL_HDRLEN + 1) & ~3U;
	if (flushes_all(m))
		return;
	nlh->nlmsg_len = m->len;
	nlh->nlmsg_seq = seq_base + batch_n;
	memcpy(batch + batch_len, m->data, m->len);
	batch_len += NLMSG_ALIGN(m->len);
	/* of a dump only the end is an answer, and one may be on its way */
	asked[batch_n] = (struct asked){
		.op = op,
		.answer = flags & NLM_F_ACK &&
			  (flags & NLM_F_DUMP) != NLM_F_DUMP,
	};
	tally[op][SENT]++;
	sent++;
	if (++batch_n == BATCH)
		send_batch();
}

static unsigned int any_flags(const struct op *op)
{
	static const unsigned int verbs[] = {
		NLM_F_CREATE | NLM_F_EXCL, NLM_F_CREATE | NLM_F_REPLACE,
		NLM_F_REPLACE, 0
	};
	unsigned int flags = NLM_F_ACK;

	/* the others have no meaning for these, and refuse them */
	if (op->cmd == VNENCAP_CMD_MAP_SET)
		flags |= verbs[one_of(4)];
	if (!one_of(16))
		flags = chance() & 0xffff;
	if (op->dump && !one_of(4))
		flags |= NLM_F_DUMP;
	if (!one_of(8))
		flags |= NLM_F_ECHO;
	return flags;
}

/* One attribute is wrong, or all are right, in one of the ways that may be. */
static void one_wrong(unsigned int op, const struct attr *wrong,
		      enum fault fault, unsigned int which)
{
	struct message m;
	const struct attr *a;

	begin(&m, ops[op].cmd, ops[op].cmd == VNENCAP_CMD_MAP_SET ?
	      NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE : NLM_F_ACK);
	for (a = ops[op].attrs; a->name; a++) {
		if (a == wrong)
			put_attr(&m, a, fault);
		else if (ops[op].takes >> a->type & 1 &&
			 !named(a, "entry") && !left_out(a, which))
			put_attr(&m, a, RIGHT);
	}
	queue(&m, op, false);
}

static void every_fault(void)
{
	const struct attr *a;
	unsigned int op, which;
	int fault;

	for (op = 0; op < OPS; op++)
		for (a = ops[op].attrs; a->name; a++)
			for (fault = RIGHT; fault < FAULTS; fault++)
				for (which = 0; which < WAYS; which++)
					one_wrong(op, a, fault, which);
}

static void whatever(void)
{
	unsigned int op = one_of(OPS), which = one_of(WAYS);
	bool entries = !one_of(3), odd = !one_of(3);
	struct message m;
	const struct attr *a;

	/* else there would be few mappings at any time */
	if (ops[op].cmd == VNENCAP_CMD_MAP_FLUSH && one_of(32))
		return;
	begin(&m, one_of(64) ? ops[op].cmd : chance(), any_flags(&ops[op]));
	for (a = ops[op].attrs; a->name; a++) {
		if (odd)
			put_attr(&m, a, any_fault());
		else if (ops[op].takes >> a->type & 1 &&
			 named(a, "entry") == entries && !left_out(a, which))
			put_attr(&m, a, RIGHT);
	}
	queue(&m, op, !one_of(32));
}

/* --- answers --- */

static void answer(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = NLMSG_DATA(nlh);
	unsigned int i = nlh->nlmsg_seq - seq_base;

	if (nlh->nlmsg_type != NLMSG_ERROR || i >= batch_n)
		return;
	asked[i].answers++;
	tally[asked[i].op][err->error ? REFUSED : OBEYED]++;
}

static void drain(void)
{
	static unsigned char buf[1 << 17] __attribute__((aligned(4)));
	const struct nlmsghdr *nlh;
	ssize_t got;
	int len;

	while ((got = recv(sock, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		len = got;
		for (nlh = (void *)buf; NLMSG_OK(nlh, (unsigned int)len);
		     nlh = NLMSG_NEXT(nlh, len))
			answer(nlh);
	}
	if (got < 0 && errno != EAGAIN)
		fail("recv");
}

/* --- the family --- */

static void read_family(const unsigned char *data, ssize_t len)
{
	const struct nlmsghdr *nlh = (const void *)data;
	const struct nlattr *nla;
	unsigned int at = NLMSG_HDRLEN + GENL_HDRLEN;

	for (; at + NLA_HDRLEN <= (size_t)len && at < nlh->nlmsg_len;
	     at += NLA_ALIGN(nla->nla_len)) {
		nla = (const void *)(data + at);
		if (nla->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family, nla + 1, sizeof(family));
	}
}

static void find_family(void)
{
	struct message m;
	ssize_t len;

	family = GENL_ID_CTRL;
	begin(&m, CTRL_CMD_GETFAMILY, 0);
	put(&m, CTRL_ATTR_FAMILY_NAME, VNENCAP_FAMILY_NAME,
	    sizeof(VNENCAP_FAMILY_NAME));
	((struct nlmsghdr *)m.data)->nlmsg_len = m.len;
	if (send(sock, m.data, m.len, 0) < 0)
		fail("send");
	len = recv(sock, m.data, sizeof(m.data), 0);
	if (len < 0)
		fail("recv");
	read_family(m.data, len);
	if (family == GENL_ID_CTRL) {
		fputs("the family is missing\n", stderr);
		exit(1);
	}
}

static void open_socket(void)
{
	int on = 1, size = RCVBUF;

	sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	if (sock < 0)
		fail("socket");
	if (setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(sock, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		fail("setsockopt");
}

int main(int argc, char **argv)
{
	unsigned long count;
	unsigned int op;

	if (argc != 4) {
		fputs("usage: fuzz DEV COUNT SEED\n", stderr);
		return 2;
	}
	device = if_nametoindex(argv[1]);
	if (!device)
		fail(argv[1]);
	count = strtoul(argv[2], NULL, 0);
	state = strtoull(argv[3], NULL, 0);
	open_socket();
	find_family();
	every_fault();
	while (sent < count)
		whatever();
	send_batch();
	for (op = 0; op < OPS; op++)
		printf("%s %lu %lu %lu\n", ops[op].name, tally[op][SENT],
		       tally[op][OBEYED], tally[op][REFUSED]);
	return 0;
}
