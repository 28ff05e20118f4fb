// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a packet left, as the kernel tells the socket that asks for it.
 *
 *	stamp ADDR PORT			a datagram; with the timestamp a socket
 *					gets back what the network device was
 *					given, which is printed in hexadecimal;
 *					nothing where none comes back in a second
 *	stamp late ADDR PORT		a datagram that was to leave long ago; a socket
 *					gets it back from a qdisc which finds that
 *					(etf), and it is printed, too
 *	stamp tcp ADDR PORT COUNT BYTES	so many writes of that size, one packet
 *					each where TCP makes such: each is told of
 *					once, by its last byte, in order
 */
#include <time.h>			/* errqueue.h has none */
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sock.h"

#define SENT	(SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE)

static int told(int fd, int ms)
{
	struct pollfd error = { .fd = fd };

	return poll(&error, 1, ms) == 1 && error.revents & POLLERR;
}

/* Print what comes back in a second. */
static int print_told(int fd)
{
	unsigned char packet[2048];
	ssize_t i, len;

	if (!told(fd, 1000))
		return 0;
	len = recv(fd, packet, sizeof(packet), MSG_ERRQUEUE);
	for (i = 0; i < len; i++)
		printf("%02x", packet[i]);
	putchar('\n');
	return 0;
}

static int datagram(const char *addr, const char *port)
{
	static const char text[] = "as it left";
	int fd = connect_to(SOCK_DGRAM, addr, port);

	set_int(fd, SOL_SOCKET, SO_TIMESTAMPING, SENT);
	if (send(fd, text, sizeof(text), 0) != sizeof(text))
		fail("send");
	return print_told(fd);
}

static int late(const char *addr, const char *port)
{
	char text[] = "as it did not leave";
	struct sock_txtime txtime = { .clockid = CLOCK_TAI,
				      .flags = SOF_TXTIME_REPORT_ERRORS };
	uint64_t when = 1;
	char control[CMSG_SPACE(sizeof(when))] = { 0 };
	struct iovec iov = { text, sizeof(text) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int fd = connect_to(SOCK_DGRAM, addr, port);

	if (setsockopt(fd, SOL_SOCKET, SO_TXTIME, &txtime, sizeof(txtime)))
		fail("SO_TXTIME");
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_TXTIME;
	cmsg->cmsg_len = CMSG_LEN(sizeof(when));
	memcpy(CMSG_DATA(cmsg), &when, sizeof(when));
	/* it may fail as the packet does */
	sendmsg(fd, &msg, 0);
	return print_told(fd);
}

/* Return: the last byte of what was sent by then; -1 where nothing is told. */
static int64_t next_stamp(int fd, int ms)
{
	char control[256];
	struct msghdr msg = {
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;

	if (!told(fd, ms))
		return -1;
	if (recvmsg(fd, &msg, MSG_ERRQUEUE) < 0)
		fail("recvmsg");
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		struct sock_extended_err *ee = (void *)CMSG_DATA(cmsg);

		if ((cmsg->cmsg_level == SOL_IP &&
		     cmsg->cmsg_type == IP_RECVERR) ||
		    (cmsg->cmsg_level == SOL_IPV6 &&
		     cmsg->cmsg_type == IPV6_RECVERR))
			return ee->ee_data;
	}
	return -1;
}

static int stream(const char *addr, const char *port, unsigned int count,
		  size_t bytes)
{
	int fd = connect_to(SOCK_STREAM, addr, port);
	char *data = calloc(1, bytes);
	unsigned int i;
	int64_t at;

	if (!data)
		fail("calloc");
	set_int(fd, SOL_SOCKET, SO_TIMESTAMPING, SENT |
		SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY);
	for (i = 0; i < count; i++)
		if (send(fd, data, bytes, MSG_EOR) != (ssize_t)bytes)
			fail("send");
	for (i = 0; i < count; i++) {
		at = next_stamp(fd, 1000);
		if (at != (int64_t)((i + 1) * bytes - 1)) {
			printf("stamp %u of %u is of byte %lld\n", i + 1, count,
			       (long long)at);
			return 1;
		}
	}
	at = next_stamp(fd, 100);
	if (at >= 0)
		printf("byte %lld is told of again\n", (long long)at);
	return at >= 0;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return datagram(argv[1], argv[2]);
	if (argc == 4 && !strcmp(argv[1], "late"))
		return late(argv[2], argv[3]);
	if (argc == 6 && !strcmp(argv[1], "tcp"))
		return stream(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]));
	fprintf(stderr, "usage: stamp [late] ADDR PORT | stamp tcp ADDR PORT COUNT BYTES\n");
	return 2;
}
