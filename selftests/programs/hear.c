// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a socket hears of the netlink family that asks for what is told in all
 * namespaces of which its own has an id (NETLINK_LISTEN_ALL_NSID):
 *
 *	hear
 *
 * Prints "listening", and then a line for each notification: where it came from, "here"
 * or the namespace's id, and its command.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/vnencap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST(nest)	((const struct nlattr *)((const char *)(nest) + NLA_HDRLEN))

static struct {
	struct nlmsghdr hdr;
	struct genlmsghdr genl;
	struct nlattr attr;
	char name[16];
} request;
static char buffer[1 << 16];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* The attribute of a type among those in @len bytes from @attr on, or NULL */
static const struct nlattr *find(const struct nlattr *attr, int len, int type)
{
	while (len >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN) {
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		len -= NLA_ALIGN(attr->nla_len);
		attr = (const void *)((const char *)attr + NLA_ALIGN(attr->nla_len));
	}
	return NULL;
}

static const struct nlattr *find_in(const struct nlattr *nest, int type)
{
	return find(FIRST(nest), nest->nla_len - NLA_HDRLEN, type);
}

/* All groups that the family has: it says them as nests, numbered from one on. */
static void join_groups(int fd, const struct nlattr *groups)
{
	const struct nlattr *group, *id;
	int i, number;

	for (i = 1; (group = find_in(groups, i)); i++) {
		id = find_in(group, CTRL_ATTR_MCAST_GRP_ID);
		number = *(const uint32_t *)FIRST(id);
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &number,
			       sizeof(number)))
			fail("membership");
	}
}

static void listen_to_all(int fd)
{
	const struct nlmsghdr *hdr = (void *)buffer;
	const struct nlattr *groups;
	const size_t head = NLMSG_LENGTH(GENL_HDRLEN);
	int on = 1;

	request.hdr.nlmsg_type = GENL_ID_CTRL;
	request.hdr.nlmsg_flags = NLM_F_REQUEST;
	request.genl.cmd = CTRL_CMD_GETFAMILY;
	request.attr.nla_type = CTRL_ATTR_FAMILY_NAME;
	request.attr.nla_len = NLA_HDRLEN + sizeof(VNENCAP_FAMILY_NAME);
	memcpy(request.name, VNENCAP_FAMILY_NAME, sizeof(VNENCAP_FAMILY_NAME));
	request.hdr.nlmsg_len = head + NLA_ALIGN(request.attr.nla_len);
	if (send(fd, &request, request.hdr.nlmsg_len, 0) < 0 ||
	    recv(fd, buffer, sizeof(buffer), 0) < (ssize_t)head ||
	    hdr->nlmsg_type == NLMSG_ERROR)
		fail("the family");
	groups = find((void *)(buffer + head), hdr->nlmsg_len - head,
		      CTRL_ATTR_MCAST_GROUPS);
	if (!groups)
		fail("groups");
	join_groups(fd, groups);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on, sizeof(on)))
		fail("NETLINK_LISTEN_ALL_NSID");
	puts("listening");
	fflush(stdout);
}

static void print_next(int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { buffer, sizeof(buffer) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	const struct genlmsghdr *genl = NLMSG_DATA(buffer);
	const struct cmsghdr *cmsg;

	if (recvmsg(fd, &msg, 0) < 0)
		fail("recvmsg");
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_type == NETLINK_LISTEN_ALL_NSID)
		printf("%d %u\n", *(const int *)CMSG_DATA(cmsg), genl->cmd);
	else
		printf("here %u\n", genl->cmd);
	fflush(stdout);
}

int main(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	if (fd < 0)
		fail("socket");
	listen_to_all(fd);
	for (;;)
		print_next(fd);
}
