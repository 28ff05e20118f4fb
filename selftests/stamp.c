// SPDX-License-Identifier: GPL-2.0-only
/*
 * A datagram as it left: with the timestamp of its sending, a socket gets back
 * what the network device was given.
 *
 *	stamp ADDR PORT
 *
 * Prints that packet in hexadecimal; nothing where none comes back in a second.
 */
#include <arpa/inet.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int open_socket(const char *host, const char *port)
{
	int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		fail("socket");
	if (inet_pton(AF_INET, host, &addr.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		fail(host);
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)))
		fail("SO_TIMESTAMPING");
	return fd;
}

int main(int argc, char **argv)
{
	static const char text[] = "as it left";
	struct pollfd error = { 0 };
	unsigned char packet[2048];
	ssize_t i, len;

	if (argc != 3) {
		fprintf(stderr, "usage: stamp ADDR PORT\n");
		return 2;
	}
	error.fd = open_socket(argv[1], argv[2]);
	if (send(error.fd, text, sizeof(text), 0) != sizeof(text))
		fail("send");
	if (poll(&error, 1, 1000) < 1)
		return 0;
	len = recv(error.fd, packet, sizeof(packet), MSG_ERRQUEUE);
	for (i = 0; i < len; i++)
		printf("%02x", packet[i]);
	putchar('\n');
	return 0;
}
