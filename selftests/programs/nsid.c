// SPDX-License-Identifier: GPL-2.0-only
/*
 * What rtnetlink lets do in another namespace that the caller's has an id of
 * (IFLA_TARGET_NETNSID), for which ip(8) has no words.
 *
 *	nsid ID show NAME	the VNI of a vnencap device there, if it is told
 *	nsid ID delete NAME	delete a device there
 *
 * Fails where the kernel does, and says why.
 */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/vnencap_link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ATTR(nest)	((void *)((char *)(nest) + RTA_LENGTH(0)))

static struct {
	struct nlmsghdr hdr;
	struct ifinfomsg body;
	char attrs[256];
} request;
static char answer[1 << 16];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void add(int type, const void *data, size_t len)
{
	struct rtattr *attr = (void *)((char *)&request +
				       NLMSG_ALIGN(request.hdr.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(attr), data, len);
	request.hdr.nlmsg_len = NLMSG_ALIGN(request.hdr.nlmsg_len) +
				RTA_SPACE(len);
}

/* Return: the answer, NULL where it is no more than that all is well. */
static struct nlmsghdr *ask(void)
{
	int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	struct nlmsghdr *hdr = (void *)answer;
	const struct nlmsgerr *err = NLMSG_DATA(hdr);

	if (sock < 0 || send(sock, &request, request.hdr.nlmsg_len, 0) < 0 ||
	    recv(sock, answer, sizeof(answer), 0) < (ssize_t)sizeof(*hdr))
		fail("rtnetlink");
	close(sock);
	if (hdr->nlmsg_type != NLMSG_ERROR)
		return hdr;
	if (err->error) {
		fprintf(stderr, "%s\n", strerror(-err->error));
		exit(2);
	}
	return NULL;
}

static struct rtattr *find(void *first, int len, int type)
{
	struct rtattr *attr = first;

	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len))
		if ((attr->rta_type & NLA_TYPE_MASK) == type)
			return attr;
	return NULL;
}

static struct rtattr *find_in(struct rtattr *nest, int type)
{
	return nest ? find(ATTR(nest), RTA_PAYLOAD(nest), type) : NULL;
}

static void print_vni(struct nlmsghdr *hdr)
{
	struct rtattr *attr = find(IFLA_RTA(NLMSG_DATA(hdr)),
				   IFLA_PAYLOAD(hdr), IFLA_LINKINFO);

	attr = find_in(find_in(attr, IFLA_INFO_DATA), IFLA_VNENCAP_VNI);
	if (attr)
		printf("%u\n", *(uint32_t *)RTA_DATA(attr));
}

int main(int argc, char **argv)
{
	struct nlmsghdr *hdr;
	int32_t id;

	if (argc != 4) {
		fprintf(stderr, "usage: nsid ID show|delete NAME\n");
		return 2;
	}
	id = atoi(argv[1]);
	request.hdr.nlmsg_len = NLMSG_LENGTH(sizeof(request.body));
	request.hdr.nlmsg_flags = NLM_F_REQUEST;
	request.hdr.nlmsg_type = RTM_GETLINK;
	if (!strcmp(argv[2], "delete")) {
		request.hdr.nlmsg_type = RTM_DELLINK;
		request.hdr.nlmsg_flags |= NLM_F_ACK;
	}
	add(IFLA_IFNAME, argv[3], strlen(argv[3]) + 1);
	add(IFLA_TARGET_NETNSID, &id, sizeof(id));
	hdr = ask();
	if (hdr)
		print_vni(hdr);
	return 0;
}
