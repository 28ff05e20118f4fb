// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbered datagrams between hosts, all the time, and which of them were lost.
 *
 *	probe PORT MICROSECONDS PEER...
 *
 * Sends one to each PEER in each interval, and takes those that come from them: each
 * of the peers runs this, too. Told to end (SIGINT), it sends no more, takes what is
 * still under way until nothing has come for two seconds, and prints
 *
 *	sent PEER N			numbers 0 to N - 1
 *	got PEER FIRST N		how many, none twice, from the first that came on
 *	gap PEER FROM TO at SECONDS	these did not come; when that was seen, since boot
 *	full N				what came here and found the socket full
 *
 * A machine that was late does not catch up: what comes in one heap might be lost for
 * want of room, and the intervals get longer instead.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "sock.h"

#define PEERS_MAX 16
#define NUMBERS_MAX 16777216u
#define GAPS_MAX 1000
#define QUIET_NS 2000000000ull
#define ROOM (16 << 20)

struct gap {
	uint32_t from;
	uint32_t to;
	double at;
};

struct peer {
	struct sockaddr_in sin;
	const char *name;
	uint32_t sent;
	bool heard;
	uint32_t first;
	uint32_t next;		/* after the highest that came */
	uint32_t count;
	uint8_t *came;		/* a bit for each number */
	struct gap gap[GAPS_MAX];
	unsigned int gaps;
};

static struct peer peers[PEERS_MAX];
static unsigned int n_peers;
static uint32_t full;

static int signals_open(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, 0);
	if (fd < 0)
		fail("signalfd");
	return fd;
}

static double uptime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void add_peer(const char *name, unsigned int port)
{
	struct peer *p = &peers[n_peers++];

	p->name = name;
	p->sin.sin_family = AF_INET;
	p->sin.sin_port = htons(port);
	p->came = calloc(NUMBERS_MAX / 8, 1);
	if (!p->came || inet_pton(AF_INET, name, &p->sin.sin_addr) != 1)
		fail(name);
}

/* What cannot be sent is lost as well: its number was used. */
static void send_all(int fd)
{
	unsigned int i;
	uint32_t number;

	for (i = 0; i < n_peers; i++) {
		if (peers[i].sent == NUMBERS_MAX)
			continue;
		number = htonl(peers[i].sent++);
		sendto(fd, &number, sizeof(number), 0, (struct sockaddr *)&peers[i].sin,
		       sizeof(peers[i].sin));
	}
}

static void take(struct peer *p, uint32_t number)
{
	uint8_t bit = 1 << number % 8;

	if (number >= NUMBERS_MAX)
		return;
	if (!p->heard) {
		p->heard = true;
		p->first = number;
		p->next = number;
	}
	if (number < p->first || p->came[number / 8] & bit)
		return;
	p->came[number / 8] |= bit;
	p->count++;
	if (number > p->next && p->gaps < GAPS_MAX)
		p->gap[p->gaps++] = (struct gap){ p->next, number - 1, uptime() };
	if (number >= p->next)
		p->next = number + 1;
}

/* How many datagrams the socket had no room for, so far */
static void look_full(struct msghdr *msg)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL)
			memcpy(&full, CMSG_DATA(c), sizeof(full));
}

/* Returns whether anything came. */
static bool take_all(int fd)
{
	char control[CMSG_SPACE(sizeof(full))];
	struct sockaddr_in from;
	uint32_t number;
	struct iovec iov = { &number, sizeof(number) };
	bool any = false;
	unsigned int i;

	for (;;) {
		struct msghdr msg = {
			.msg_name = &from, .msg_namelen = sizeof(from),
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control, .msg_controllen = sizeof(control),
		};

		if (recvmsg(fd, &msg, MSG_DONTWAIT) != sizeof(number))
			return any;
		any = true;
		look_full(&msg);
		for (i = 0; i < n_peers; i++)
			if (peers[i].sin.sin_addr.s_addr == from.sin_addr.s_addr)
				take(&peers[i], ntohl(number));
	}
}

static int open_socket(unsigned int port)
{
	const struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&sin, sizeof(sin)))
		fail("socket");
	set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, ROOM);
	set_int(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
	return fd;
}

static void run(int fd, long us)
{
	const struct itimerspec each = {
		.it_interval = { us / 1000000, us % 1000000 * 1000 },
		.it_value = { us / 1000000, us % 1000000 * 1000 },
	};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct pollfd fds[] = {
		{ .fd = signals_open(), .events = POLLIN },
		{ .fd = timer, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	uint64_t ticks;

	if (timer < 0 || timerfd_settime(timer, 0, &each, NULL))
		fail("timer");
	while (!fds[0].revents) {
		poll(fds, 3, -1);
		take_all(fd);
		if (read(timer, &ticks, sizeof(ticks)) == sizeof(ticks))
			send_all(fd);
	}
	close(timer);
	close(fds[0].fd);
}

static void take_rest(int fd)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	uint64_t quiet = now_ns();

	while (now_ns() - quiet < QUIET_NS * patience(1)) {
		poll(&in, 1, 100);
		if (take_all(fd))
			quiet = now_ns();
	}
}

/* One that was late has come after all. */
static bool still_missing(const struct peer *p, const struct gap *gap)
{
	uint32_t i;

	for (i = gap->from; i <= gap->to; i++)
		if (!(p->came[i / 8] & 1 << i % 8))
			return true;
	return false;
}

static void print(const struct peer *p)
{
	unsigned int i;

	printf("sent %s %u\n", p->name, p->sent);
	printf("got %s %u %u\n", p->name, p->first, p->count);
	for (i = 0; i < p->gaps; i++)
		if (still_missing(p, &p->gap[i]))
			printf("gap %s %u %u at %.3f\n", p->name, p->gap[i].from,
			       p->gap[i].to, p->gap[i].at);
}

int main(int argc, char **argv)
{
	int i, fd;

	if (argc < 4 || argc - 3 > PEERS_MAX || atol(argv[2]) <= 0) {
		fprintf(stderr, "usage: probe PORT MICROSECONDS PEER...\n");
		return 2;
	}
	for (i = 3; i < argc; i++)
		add_peer(argv[i], atoi(argv[1]));
	fd = open_socket(atoi(argv[1]));
	run(fd, atol(argv[2]));
	take_rest(fd);
	for (i = 0; i < (int)n_peers; i++)
		print(&peers[i]);
	printf("full %u\n", full);
	return 0;
}
