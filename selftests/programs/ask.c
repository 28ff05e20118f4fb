// SPDX-License-Identifier: GPL-2.0-only
/*
 * One request of the netlink family, with headers of one's own:
 *
 *	ask CMD [FLAGS [RESERVED [TYPE:VALUE[/BYTES]]...]]
 *
 * CMD is the operation's number, FLAGS are those of the netlink header beside
 * NLM_F_REQUEST and NLM_F_ACK, RESERVED is the generic header's field of that
 * name, and each TYPE and VALUE are an attribute of 32 bits or, little-endian, of
 * so many BYTES, from none to four. Prints the error number that the kernel
 * answers, 0 for none, and its words.
 */
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

struct request {
	struct nlmsghdr nlh;
	struct genlmsghdr genl;
	unsigned char attrs[64];
};

static unsigned char buf[1 << 16] __attribute__((aligned(NLMSG_ALIGNTO)));

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int open_socket(void)
{
	int on = 1, sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	if (sock < 0)
		fail("socket");
	if (setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(sock, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		fail("setsockopt");
	return sock;
}

static void send_request(int sock, struct request *r)
{
	r->nlh.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	r->genl.version = 1;
	if (send(sock, r, r->nlh.nlmsg_len, 0) < 0)
		fail("send");
}

/* The attribute of that type, among those from @at to the message's end */
static const void *find_attr(const struct nlmsghdr *nlh, unsigned int at,
			     unsigned int type)
{
	const struct nlattr *nla;

	for (; at + NLA_HDRLEN <= nlh->nlmsg_len;
	     at += NLA_ALIGN(nla->nla_len)) {
		nla = (const void *)((const char *)nlh + at);
		if (nla->nla_len < NLA_HDRLEN)
			break;
		if ((nla->nla_type & NLA_TYPE_MASK) == type)
			return nla + 1;
	}
	return NULL;
}

/* Is it the last message of the answer? */
static bool print_end(const struct nlmsghdr *nlh)
{
	const int *error = NLMSG_DATA(nlh);
	unsigned int at = NLMSG_HDRLEN;
	const char *words = NULL;

	if (nlh->nlmsg_type == NLMSG_ERROR)
		at += sizeof(struct nlmsgerr);
	else if (nlh->nlmsg_type == NLMSG_DONE)
		at += sizeof(*error);
	else
		return false;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		words = find_attr(nlh, at, NLMSGERR_ATTR_MSG);
	printf("%d%s%s\n", -*error, words ? " " : "", words ? words : "");
	return true;
}

static unsigned short find_family(int sock)
{
	struct request r = {
		.nlh.nlmsg_type = GENL_ID_CTRL,
		.genl.cmd = CTRL_CMD_GETFAMILY,
	};
	struct nlattr *nla = (void *)r.attrs;
	const unsigned short *id;

	nla->nla_type = CTRL_ATTR_FAMILY_NAME;
	nla->nla_len = NLA_HDRLEN + sizeof(VNENCAP_FAMILY_NAME);
	memcpy(nla + 1, VNENCAP_FAMILY_NAME, sizeof(VNENCAP_FAMILY_NAME));
	r.nlh.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + NLA_ALIGN(nla->nla_len);
	send_request(sock, &r);
	if (recv(sock, buf, sizeof(buf), 0) < 0)
		fail("recv");
	id = find_attr((void *)buf, NLMSG_LENGTH(GENL_HDRLEN),
		       CTRL_ATTR_FAMILY_ID);
	if (!id) {
		fputs("the family is missing\n", stderr);
		exit(1);
	}
	return *id;
}

/* Is @word TYPE:VALUE[/BYTES], and is there room for it? */
static bool put_attr(struct request *r, const char *word)
{
	unsigned int at = r->nlh.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	struct nlattr *nla = (void *)(r->attrs + at);
	const char *colon = strchr(word, ':'), *slash = strchr(word, '/');
	unsigned int size = slash ? strtoul(slash + 1, NULL, 0) : 4;
	uint32_t value;

	if (!colon || size > sizeof(value) ||
	    at + NLA_HDRLEN + sizeof(value) > sizeof(r->attrs))
		return false;
	value = strtoul(colon + 1, NULL, 0);
	nla->nla_type = strtoul(word, NULL, 0);
	nla->nla_len = NLA_HDRLEN + size;
	memcpy(nla + 1, &value, size);
	r->nlh.nlmsg_len += NLA_ALIGN(nla->nla_len);
	return true;
}

static int say_usage(void)
{
	fputs("usage: ask CMD [FLAGS [RESERVED [TYPE:VALUE[/BYTES]]...]]\n", stderr);
	return 1;
}

static void print_answer(int sock)
{
	const struct nlmsghdr *nlh;
	ssize_t got;
	int len;

	while ((got = recv(sock, buf, sizeof(buf), 0)) >= 0) {
		len = got;
		for (nlh = (void *)buf; NLMSG_OK(nlh, (unsigned int)len);
		     nlh = NLMSG_NEXT(nlh, len))
			if (print_end(nlh))
				return;
	}
	fail("recv");
}

int main(int argc, char **argv)
{
	struct request r = { .nlh.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) };
	int sock, i;

	if (argc < 2)
		return say_usage();
	sock = open_socket();
	r.nlh.nlmsg_type = find_family(sock);
	/* with the first socket goes the ACK of that request */
	close(sock);
	sock = open_socket();
	r.genl.cmd = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		r.nlh.nlmsg_flags = strtoul(argv[2], NULL, 0);
	if (argc > 3)
		r.genl.reserved = strtoul(argv[3], NULL, 0);
	for (i = 4; i < argc; i++)
		if (!put_attr(&r, argv[i]))
			return say_usage();
	send_request(sock, &r);
	print_answer(sock);
	return 0;
}
