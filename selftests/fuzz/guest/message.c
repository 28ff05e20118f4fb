// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of the netlink family, made of what selftests/programs/fuzz.c knows of the
 * spec. In an input one is its command, two bytes of flags, and its attributes.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/vnencap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz-attr.h"
#include "message.h"
#include "mutate.h"

struct op {
	const char *name;
	unsigned char cmd;
	bool dump;
	const struct attr *attrs;
	unsigned long long takes;
};

#include "fuzz-table.h"

#define OPS	ARRAY_SIZE(ops)
#define HEAD	3	/* command and flags */
#define HEADERS	(NLMSG_HDRLEN + GENL_HDRLEN)

static int sock;
static unsigned short family;

/* --- the family --- */

static ssize_t ask(unsigned int type, unsigned int cmd, unsigned int flags,
		   const void *attrs, uint32_t len, void *answer, size_t size)
{
	static uint8_t msg[HEADERS + RECORD_MAX] __attribute__((aligned(4)));
	struct nlmsghdr *nlh = (void *)msg;
	struct genlmsghdr *genl = (void *)(nlh + 1);

	memset(msg, 0, HEADERS);
	nlh->nlmsg_len = HEADERS + len;
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl->cmd = cmd;
	genl->version = 1;
	memcpy(msg + HEADERS, attrs, len);
	if (send(sock, msg, nlh->nlmsg_len, 0) < 0)
		return -1;
	return recv(sock, answer, size, MSG_DONTWAIT);
}

static void find_family(void)
{
	static uint8_t answer[8192] __attribute__((aligned(4)));
	const struct nlmsghdr *nlh = (void *)answer;
	const struct nlattr *nla;
	struct message m = { .len = 0 };
	unsigned int at = HEADERS;

	put(&m, CTRL_ATTR_FAMILY_NAME, VNENCAP_FAMILY_NAME, sizeof(VNENCAP_FAMILY_NAME));
	if (ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, m.data, m.len, answer, sizeof(answer)) < 0)
		fail("vnencap");
	for (; at + NLA_HDRLEN <= nlh->nlmsg_len; at += NLA_ALIGN(nla->nla_len)) {
		nla = (const void *)(answer + at);
		if (nla->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family, nla + 1, sizeof(family));
	}
}

/**
 * message_open - be ready to run inputs
 * @dev: the device that is changed
 */
void message_open(const char *dev)
{
	int on = 1, size = 8 << 20;

	attr_device(dev);
	sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	if (sock < 0 ||
	    setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)))
		fail("socket");
	find_family();
}

/* --- running --- */

static void run_message(const struct record *r)
{
	static uint8_t answer[1 << 16] __attribute__((aligned(4)));
	struct message m;
	ssize_t got;

	if (r->what != MESSAGE || r->len < HEAD || r->len - HEAD > MESSAGE_MAX)
		return;
	m.len = r->len - HEAD;
	memcpy(m.data, r->data + HEAD, m.len);
	if (attr_removes_other(r->data[0], m.data, m.len))
		return;
	got = ask(family, r->data[0], r->data[1] | r->data[2] << 8, m.data, m.len, answer,
		  sizeof(answer));
	/* a dump goes on as long as it is read */
	while (got > 0 || (got < 0 && errno == ENOBUFS))
		got = recv(sock, answer, sizeof(answer), MSG_DONTWAIT);
}

void message_run(const struct input *in)
{
	unsigned int i;

	for (i = 0; i < in->n; i++)
		run_message(&in->r[i]);
}

/* Devices and mappings as at first */
void message_reset(void)
{
	if (system("/tmp/reset") < 0)
		fail("reset");
}

/* --- making --- */

static unsigned int any_flags(const struct op *op)
{
	static const unsigned int verbs[] = {
		NLM_F_CREATE | NLM_F_EXCL, NLM_F_CREATE | NLM_F_REPLACE, NLM_F_REPLACE, 0
	};
	unsigned int flags = one_of(8) ? NLM_F_ACK : 0;

	if (op->cmd == VNENCAP_CMD_MAP_SET)
		flags |= verbs[one_of(one_of(4) ? 2 : 4)];
	if (!one_of(32))
		flags = chance() & 0xffff;
	if (op->dump && !one_of(3))
		flags |= NLM_F_DUMP;
	if (!one_of(8))
		flags |= NLM_F_ECHO;
	return flags;
}

static bool make(struct record *r, const struct op *op, bool odd)
{
	unsigned int which = one_of(WAYS), flags = any_flags(op);
	bool entries = !one_of(3);
	const struct attr *a;
	struct message m;
	uint8_t *data;

	m.len = 0;
	for (a = op->attrs; a->name; a++) {
		if (odd && !one_of(4))
			put_attr(&m, a, any_fault());
		else if (op->takes >> a->type & 1 && named(a, "entry") == entries &&
			 !left_out(a, which))
			put_attr(&m, a, RIGHT);
	}
	data = input_room(HEAD + m.len);
	if (!data)
		return false;
	data[0] = op->cmd;
	data[1] = flags;
	data[2] = flags >> 8;
	memcpy(data + HEAD, m.data, m.len);
	*r = (struct record){ .what = MESSAGE, .len = HEAD + m.len, .data = data };
	return true;
}

/**
 * message_seeds - each operation, right, some times
 * @take: is given each
 */
void message_seeds(void (*take)(const struct input *in))
{
	struct input in = { .n = 1 };
	unsigned int i, times;

	for (times = 0; times < 8; times++)
		for (i = 0; i < OPS; i++) {
			input_room_empty();
			if (make(&in.r[0], &ops[i], false))
				take(&in);
		}
}

static const struct op *op_of(const struct record *r)
{
	unsigned int i;

	for (i = 0; i < OPS; i++)
		if (r->len && ops[i].cmd == r->data[0])
			return &ops[i];
	return &ops[one_of(OPS)];
}

/**
 * message_mutate - change a message, or have another
 * @in: the input
 */
void message_mutate(struct input *in)
{
	struct record *r = &in->r[one_of(in->n)];

	switch (one_of(6)) {
	case 0:
		make(r, &ops[one_of(OPS)], one_of(2));
		break;
	case 1:
		make(r, op_of(r), one_of(2));
		break;
	case 2:
		if (in->n < RECORDS_MAX && make(&in->r[in->n], &ops[one_of(OPS)], false))
			in->n++;
		break;
	default:
		mutate_bytes(r);
	}
}
