// SPDX-License-Identifier: GPL-2.0-only
/*
 * Datagrams that come back, and are compared.
 *
 *	udp serve PORT			send each datagram back
 *	udp hold PORT			receive, and read nothing
 *	udp echo ADDR PORT SIZE...	send one of each size, of random bytes
 *	udp train ADDR PORT SIZE COUNT [TIMES]
 *					COUNT of SIZE by one call (UDP_SEGMENT),
 *					and again when these are back
 *	udp flood ADDR PORT SIZE	for ever, whatever becomes of them
 *
 * Prints what did not come back as it went, and fails then.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "sock.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define MAX_SIZE 65536
#define TRAINED_MAX 100000		/* datagrams of all trains */

static char sent[MAX_SIZE], got[MAX_SIZE];

static void buffers(int fd)
{
	int size = 4 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
}

static void hold(const char *port)
{
	socket_at(SOCK_DGRAM, port);
	for (;;)
		pause();
}

static void serve(const char *port)
{
	int fd = socket_at(SOCK_DGRAM, port);

	buffers(fd);
	for (;;) {
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(fd, got, sizeof(got), 0,
				     (struct sockaddr *)&from, &len);

		if (n < 0)
			fail("recvfrom");
		sendto(fd, got, n, 0, (struct sockaddr *)&from, len);
	}
}

static int open_to(const char *host, const char *port)
{
	struct timeval timeout = { .tv_sec = patience(2) };
	int fd = connect_to(SOCK_DGRAM, host, port);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	buffers(fd);
	return fd;
}

static void fill(size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		sent[i] = random();
}

/* One that is late would be taken for the next: so that is not forgiven. */
static int echo(int fd, size_t size)
{
	ssize_t n;

	fill(size);
	if (send(fd, sent, size, 0) != (ssize_t)size) {
		printf("%zu not sent: %s\n", size, strerror(errno));
		return 1;
	}
	n = recv(fd, got, sizeof(got), 0);
	if (n < 0)
		printf("%zu lost\n", size);
	else if ((size_t)n != size || memcmp(sent, got, size))
		printf("%zu came back as %zd others\n", size, n);
	else
		return 0;
	return 1;
}

/* Each datagram begins with its number, so that any may be missing. */
static void number(size_t size, size_t first, size_t count)
{
	uint32_t i;

	fill(size * count);
	for (i = 0; i < count; i++)
		memcpy(sent + i * size, &(uint32_t){ first + i }, sizeof(i));
}

/* Take what comes back of a train, and what comes late of those before; *bad
 * counts what was not sent, or came twice. Return: how many came.
 */
static size_t take_back(int fd, size_t size, size_t first, size_t count,
			size_t *bad)
{
	static char seen[TRAINED_MAX];
	size_t back = 0, late = 0;

	while (back < count) {
		ssize_t n = recv(fd, got, sizeof(got), 0);
		uint32_t i;

		if (n < 0)
			break;
		memcpy(&i, got, sizeof(i));
		if ((size_t)n != size || i >= first + count || seen[i] ||
		    (i >= first &&
		     memcmp(sent + (i - first) * size, got, size))) {
			++*bad;
			continue;
		}
		seen[i] = 1;
		if (i < first)
			late++;
		else
			back++;
	}
	return back + late;
}

static int trains(int fd, size_t size, size_t count, size_t times)
{
	int ms = patience(times > 1 ? 500 : 2000);
	struct timeval timeout = { .tv_sec = ms / 1000,
				   .tv_usec = ms % 1000 * 1000 };
	size_t lost = 0, bad = 0, i;
	int gso = size;

	if (size < 4 || size * count > sizeof(sent) - 100 ||
	    count * times > TRAINED_MAX) {
		fprintf(stderr, "too short or too long a train, or too many\n");
		return 2;
	}
	if (setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &gso, sizeof(gso)))
		fail("UDP_SEGMENT");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	for (i = 0; i < times; i++) {
		number(size, i * count, count);
		if (send(fd, sent, size * count, 0) !=
		    (ssize_t)(size * count))
			fail("send");
		lost += count;
		lost -= take_back(fd, size, i * count, count, &bad);
	}
	printf("lost=%zu bad=%zu\n", lost, bad);
	return lost || bad;
}

static void flood(int fd, size_t size)
{
	fill(size);
	for (;;)
		if (send(fd, sent, size, 0) < 0)
			usleep(1000);
}

int main(int argc, char **argv)
{
	int i, fd, status = 0;

	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "hold"))
		hold(argv[2]);
	if (argc < 5)
		goto usage;
	fd = open_to(argv[2], argv[3]);
	if (!strcmp(argv[1], "flood"))
		flood(fd, atoi(argv[4]));
	if (!strcmp(argv[1], "train") && (argc == 6 || argc == 7))
		return trains(fd, atoi(argv[4]), atoi(argv[5]),
			      argc == 7 ? atoi(argv[6]) : 1);
	if (strcmp(argv[1], "echo"))
		goto usage;
	for (i = 4; i < argc; i++)
		status |= echo(fd, atoi(argv[i]));
	return status;

usage:
	fputs("usage: udp serve PORT\n"
	      "       udp hold PORT\n"
	      "       udp echo ADDR PORT SIZE...\n"
	      "       udp train ADDR PORT SIZE COUNT [TIMES]\n"
	      "       udp flood ADDR PORT SIZE\n", stderr);
	return 2;
}
