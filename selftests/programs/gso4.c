// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long an IPv4 packet may be that TCP makes for a device, and that its GRO
 * joins, as newer ip(8) does:
 *
 *	gso4 DEV BYTES
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Not in the headers of those who build this */
enum {
	GSO_IPV4_MAX_SIZE = 63,		/* IFLA_... */
	GRO_IPV4_MAX_SIZE = 64,
};

struct request {
	struct nlmsghdr hdr;
	struct ifinfomsg link;
	struct {
		struct rtattr attr;
		uint32_t value;
	} size[2];
};

struct answer {
	struct nlmsghdr hdr;
	struct nlmsgerr err;
};

/* Return: 0 or the kernel's error. */
static int ask(const struct request *request)
{
	struct answer answer = { .err.error = -EBADMSG };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	if (fd < 0 || send(fd, request, sizeof(*request), 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		return errno;
	close(fd);
	return -answer.err.error;
}

int main(int argc, char **argv)
{
	static const int types[] = { GSO_IPV4_MAX_SIZE, GRO_IPV4_MAX_SIZE };
	struct request request = {
		.hdr = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
	};
	unsigned int i;
	int err;

	if (argc != 3) {
		fprintf(stderr, "usage: gso4 DEV BYTES\n");
		return 2;
	}
	request.link.ifi_index = if_nametoindex(argv[1]);
	for (i = 0; i < 2; i++) {
		request.size[i].attr.rta_len = sizeof(request.size[i]);
		request.size[i].attr.rta_type = types[i];
		request.size[i].value = strtoul(argv[2], NULL, 0);
	}
	err = request.link.ifi_index ? ask(&request) : ENODEV;
	if (err) {
		fprintf(stderr, "gso4: %s: %s\n", argv[1], strerror(err));
		return 1;
	}
	return 0;
}
