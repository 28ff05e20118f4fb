// SPDX-License-Identifier: GPL-2.0-only
/* Requests to the kernel that are answered at once, of any netlink family. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "netlink.h"
#include "../vnencap/nl.h"

#define ANSWER_SECONDS 10
#define EVENTS_RCVBUF (8 << 20)

char netlink_buf[NETLINK_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));

static int bound_socket(int protocol, int flags)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, protocol);
	int err;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/**
 * netlink_socket - a socket for requests
 * @protocol: NETLINK_GENERIC or NETLINK_ROUTE
 * @portid: its address
 *
 * Return: the socket, or -errno.
 */
int netlink_socket(int protocol, uint32_t *portid)
{
	struct timeval timeout = { .tv_sec = ANSWER_SECONDS };
	struct sockaddr_nl addr;
	socklen_t len = sizeof(addr);
	int on = 1, fd = bound_socket(protocol, 0);

	if (fd < 0)
		return fd;
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	getsockname(fd, (struct sockaddr *)&addr, &len);
	*portid = addr.nl_pid;
	return fd;
}

/* A socket for events, which does not wait; or -errno */
int netlink_event_socket(int protocol)
{
	int size = EVENTS_RCVBUF, fd = bound_socket(protocol, SOCK_NONBLOCK);

	if (fd < 0)
		return fd;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return fd;
}

int netlink_join(int fd, uint32_t group)
{
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

/* One datagram from the kernel, and nobody else, into netlink_buf */
ssize_t netlink_recv(int fd)
{
	struct sockaddr_nl from;
	socklen_t from_len;
	ssize_t len;

	do {
		from_len = sizeof(from);
		len = recvfrom(fd, netlink_buf, sizeof(netlink_buf), MSG_TRUNC,
			       (struct sockaddr *)&from, &from_len);
	} while ((len < 0 && errno == EINTR) || (len >= 0 && from.nl_pid));
	if (len < 0)
		return -errno;
	return (size_t)len > sizeof(netlink_buf) ? -EMSGSIZE : len;
}

static int read_error(const struct nlmsghdr *nlh, uint32_t *at)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return -EBADMSG;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += mnl_nlmsg_get_payload_len(&err->msg);
	if (at && err->error && nlh->nlmsg_flags & NLM_F_ACK_TLVS &&
	    mnl_nlmsg_get_payload_len(nlh) >= offset)
		mnl_attr_for_each(attr, nlh, offset)
			if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS)
				nl_get_u32(attr, at);
	return err->error;
}

static int read_done(const struct nlmsghdr *nlh)
{
	const int *error = mnl_nlmsg_get_payload(nlh);

	return mnl_nlmsg_get_payload_len(nlh) < sizeof(*error) ? 0 : *error;
}

/* Returns 1 where the answer goes on. */
static int read_message(const struct nlmsghdr *nlh, netlink_fn fn, void *data, uint32_t *at,
			bool *interrupted)
{
	*interrupted |= nlh->nlmsg_flags & NLM_F_DUMP_INTR;
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		return read_error(nlh, at);
	case NLMSG_DONE:
		return read_done(nlh);
	}
	if (fn && nlh->nlmsg_type >= NLMSG_MIN_TYPE)
		fn(nlh, data);
	return 1;
}

/**
 * netlink_ask - send a request and wait for the whole answer
 * @fd: a socket for requests
 * @portid: its address
 * @nlh: the request, which wants an answer
 * @fn: gets each message of it
 * @data: for @fn
 * @at: if not NULL, where in the request the error is, if the kernel says so
 *
 * Return: 0, what the kernel refused it with (-errno), -EINTR where the kernel's
 * tables changed while they were told, -ECOMM where there is no answer.
 */
int netlink_ask(int fd, uint32_t portid, struct nlmsghdr *nlh, netlink_fn fn, void *data,
		uint32_t *at)
{
	static uint32_t seq;
	const struct nlmsghdr *answer;
	bool interrupted = false;
	int len, status = 1;
	ssize_t n;

	nlh->nlmsg_seq = ++seq;
	do {
		n = send(fd, nlh, nlh->nlmsg_len, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -ECOMM;
	while (status > 0) {
		n = netlink_recv(fd);
		if (n < 0)
			return -ECOMM;
		len = n;
		answer = (const struct nlmsghdr *)netlink_buf;
		for (; status > 0 && mnl_nlmsg_ok(answer, len);
		     answer = mnl_nlmsg_next(answer, &len))
			if (answer->nlmsg_pid == portid && answer->nlmsg_seq == nlh->nlmsg_seq)
				status = read_message(answer, fn, data, at, &interrupted);
	}
	return status ? status : interrupted ? -EINTR : 0;
}
