// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink messages that no program of ours would send, made from the spec:
 *
 *	fuzz DEV COUNT SEED
 *
 * First every operation with every attribute wrong in every way, the others
 * right; then COUNT messages of whatever chance gives. DEV is a device that is
 * changed; those of VNIs from 200 on that are on the same lower device are changed
 * and removed. Mappings of VNI 0xabcdef are never touched, nor are all flushed at
 * once.
 *
 * Every message that asks for an answer has to get one, and one only. Prints for
 * each operation how many were sent, obeyed and refused.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/vnencap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz-attr.h"

#define GUARDED_VNI	0xabcdef
#define BATCH		32	/* messages in one send */
#define RCVBUF		(8 << 20)
#define HEADERS		(NLMSG_HDRLEN + GENL_HDRLEN)

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

static int sock;
static unsigned short family;
static unsigned long sent;

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
	const struct genlmsghdr *genl = (void *)(nlh + 1);
	unsigned int flags = nlh->nlmsg_flags;

	if (cut)
		m->len -= one_of(m->len - NLMSG_HDRLEN - GENL_HDRLEN + 1) & ~3U;
	if (flushes_all(m) ||
	    attr_removes_other(genl->cmd, m->data + HEADERS, m->len - HEADERS))
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
	attr_device(argv[1]);
	count = strtoul(argv[2], NULL, 0);
	chance_begin(strtoull(argv[3], NULL, 0));
	open_socket();
	find_family();
	every_fault();
	count += sent;
	while (sent < count)
		whatever();
	send_batch();
	for (op = 0; op < OPS; op++)
		printf("%s %lu %lu %lu\n", ops[op].name, tally[op][SENT],
		       tally[op][OBEYED], tally[op][REFUSED]);
	return 0;
}
