// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of a packet, as the kernel tells the socket that asks for it: when it
 * left, or that it did not.
 *
 *	stamp ADDR PORT			a datagram; with the timestamp a socket
 *					gets back what the network device was
 *					given, which is printed in hexadecimal;
 *					nothing where none comes back in a second
 *	stamp late ADDR PORT		a datagram that was to leave long ago; a socket
 *					gets it back from a qdisc which finds that
 *					(etf), and it is printed, too
 *	stamp error ADDR PORT BYTES	a datagram of that many bytes; the errors that
 *					the socket is told of at once are printed:
 *					number, MTU, and the address that they are
 *					about, - for none
 *	stamp sent ADDR PORT		some bytes by TCP; the timestamp is asked for when
 *					they have been sent already, though not by the
 *					lower device if a qdisc there delays them; what
 *					comes back is printed as above
 *	stamp tcp ADDR PORT COUNT BYTES	so many writes of that size, one packet
 *					each where TCP makes such: each is told of
 *					once, by its last byte, in order
 */
#include <time.h>			/* errqueue.h has none */
#include <arpa/inet.h>
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

static void print_address(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in6 *sin6 = (const void *)ss;
	const struct sockaddr_in *sin = (const void *)ss;
	char text[INET6_ADDRSTRLEN] = "-";

	if (ss->ss_family == AF_INET)
		inet_ntop(AF_INET, &sin->sin_addr, text, sizeof(text));
	else if (ss->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &sin6->sin6_addr, text, sizeof(text));
	puts(text);
}

/* Print the error that is told of. */
static void print_error(int fd)
{
	struct sockaddr_storage about = { 0 };
	char control[512], unused[1];
	struct iovec iov = { unused, sizeof(unused) };
	struct msghdr msg = {
		.msg_name = &about,
		.msg_namelen = sizeof(about),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;

	if (recvmsg(fd, &msg, MSG_ERRQUEUE) < 0)
		fail("recvmsg");
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		const struct sock_extended_err *ee = (void *)CMSG_DATA(cmsg);

		if ((cmsg->cmsg_level == SOL_IP &&
		     cmsg->cmsg_type == IP_RECVERR) ||
		    (cmsg->cmsg_level == SOL_IPV6 &&
		     cmsg->cmsg_type == IPV6_RECVERR))
			printf("%u %u ", ee->ee_errno, ee->ee_info);
	}
	print_address(&about);
}

static int error_of(const char *addr, const char *port, size_t bytes)
{
	int fd = connect_to(SOCK_DGRAM, addr, port);
	char *data = calloc(1, bytes);

	if (!data)
		fail("calloc");
	/* a socket of IPv6 may be told by IPv4, too */
	set_int(fd, SOL_IP, IP_RECVERR, 1);
	if (strchr(addr, ':'))
		set_int(fd, SOL_IPV6, IPV6_RECVERR, 1);
	if (send(fd, data, bytes, 0) != (ssize_t)bytes)
		fail("send");
	while (told(fd, patience(100)))
		print_error(fd);
	return 0;
}

/* The buffer is too short for all of it, so send() ends when what was taken has been sent;
 * and TCP asks for the timestamp of the last packet then. Urgent data is not segmented by
 * the device, so each packet is one.
 */
static int sent(const char *addr, const char *port)
{
	static const char data[8000];
	int fd = connect_to(SOCK_STREAM, addr, port);

	set_int(fd, SOL_SOCKET, SO_SNDBUF, 1);
	set_int(fd, SOL_SOCKET, SO_TIMESTAMPING, SENT);
	if (send(fd, data, sizeof(data), MSG_DONTWAIT | MSG_OOB) < 0)
		fail("send");
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
	if (argc == 5 && !strcmp(argv[1], "error"))
		return error_of(argv[2], argv[3], atoi(argv[4]));
	if (argc == 4 && !strcmp(argv[1], "late"))
		return late(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "sent"))
		return sent(argv[2], argv[3]);
	if (argc == 6 && !strcmp(argv[1], "tcp"))
		return stream(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]));
	fprintf(stderr, "usage: stamp [late|sent] ADDR PORT | stamp error ADDR PORT BYTES |\n"
		"       stamp tcp ADDR PORT COUNT BYTES\n");
	return 2;
}
