// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "sock.h"

void fail(const char *what)
{
	perror(what);
	exit(1);
}

void set_int(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		fail("setsockopt");
}

/* At all addresses, of both families where the kernel has both */
int socket_at(int type, const char *port)
{
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(atoi(port)),
	};
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
	};
	struct sockaddr *sa = (void *)&sin6;
	socklen_t len = sizeof(sin6);
	int fd = socket(AF_INET6, type, 0);

	if (fd >= 0) {
		set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	} else {
		fd = socket(AF_INET, type, 0);
		sa = (void *)&sin;
		len = sizeof(sin);
	}
	if (fd < 0)
		fail("socket");
	if (type == SOCK_STREAM)
		set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(fd, sa, len))
		fail("bind");
	if (type == SOCK_STREAM && listen(fd, 128))
		fail("listen");
	return fd;
}

int connect_to(int type, const char *addr, const char *port)
{
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(atoi(port)),
	};
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
	};
	struct sockaddr *sa = (void *)&sin;
	socklen_t len = sizeof(sin);
	int fd;

	if (inet_pton(AF_INET, addr, &sin.sin_addr) != 1) {
		sa = (void *)&sin6;
		len = sizeof(sin6);
		if (inet_pton(AF_INET6, addr, &sin6.sin6_addr) != 1) {
			fprintf(stderr, "%s: no address\n", addr);
			exit(2);
		}
	}
	fd = socket(sa->sa_family, type, 0);
	if (fd < 0 || connect(fd, sa, len))
		fail("connect");
	return fd;
}

/* How long what takes no longer elsewhere may take on a machine as slow as this */
int patience(int time)
{
	const char *slow = getenv("VNENCAP_SLOW");

	return slow && atoi(slow) > 1 ? time * atoi(slow) : time;
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}
