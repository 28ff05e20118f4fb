// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much, and how often: streams, requests and datagrams, in time.
 *
 *	rate serve PORT			the other side of all of these, for ever
 *	rate bulk ADDR PORT PUSH PULL BYTES
 *					so many connections side by side that
 *					send, and that fetch, BYTES each
 *	rate rr ADDR PORT COUNT		a byte there and a byte back, COUNT times
 *	rate crr ADDR PORT COUNT	by a connection of its own each time
 *	rate udp ADDR PORT SIZE COUNT	datagrams; none may be lost
 *
 * Prints one line of NAME=VALUE words: count (bytes, requests or datagrams), ns
 * in all and, of requests, the time that half (p50) and all but one in a hundred
 * (p99) or a thousand (p999) took at most. Connections are there before time runs,
 * and it runs until the last byte has been read at the other side. Datagrams are not
 * sent faster than they are read: the server tells each time that a batch has come.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mark.h"
#include "sock.h"

#define CHUNK	(128 << 10)
#define BATCH	64		/* datagrams told of at once */
#define WINDOW	4		/* batches under way at most */
#define WARM	100		/* requests, datagrams that are not timed */
#define PATIENCE 5		/* seconds, for what should be there at once */

/* What the first byte of a connection asks for */
enum { PUSH = 'p', PULL = 'g', ANSWER = 'a' };

static char buf[CHUNK];

static void write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n <= 0)
			fail("write");
		at += n;
		len -= n;
	}
}

static void read_all(int fd, void *data, size_t len)
{
	if (recv(fd, data, len, MSG_WAITALL) != (ssize_t)len)
		fail("read");
}

/* Everything that comes; how much that was. */
static uint64_t swallow(int fd)
{
	uint64_t total = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		total += n;
	if (n < 0)
		fail("read");
	return total;
}

static void pour(int fd, uint64_t bytes)
{
	while (bytes) {
		size_t n = bytes < CHUNK ? bytes : CHUNK;

		write_all(fd, buf, n);
		bytes -= n;
	}
	if (shutdown(fd, SHUT_WR))
		fail("shutdown");
}

/* --- the other side --- */

/* Each stream has a process of its own, as if it were a program of its own. */
static void serve_stream(int fd, char what)
{
	uint64_t bytes;

	if (fork())
		return;
	if (what == PULL) {
		read_all(fd, &bytes, sizeof(bytes));
		pour(fd, bytes);
	}
	swallow(fd);
	exit(0);
}

/* Requests are answered one after the other, and by this process: a fork for
 * each would cost more than everything that is to be measured.
 */
static void serve_tcp(const char *port)
{
	int listener = socket_at(SOCK_STREAM, port), fd;
	char byte;

	signal(SIGCHLD, SIG_IGN);
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
		while (read(fd, &byte, 1) == 1) {
			if (byte != ANSWER) {
				serve_stream(fd, byte);
				break;
			}
			write_all(fd, &byte, 1);
		}
		close(fd);
	}
	fail("accept");
}

static void serve_udp(const char *port)
{
	int fd = socket_at(SOCK_DGRAM, port);
	unsigned int count = 0;

	set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20);
	for (;;) {
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);

		if (recvfrom(fd, buf, sizeof(buf), 0, (void *)&from, &len) < 0)
			fail("recvfrom");
		if (++count % BATCH == 0)
			sendto(fd, "", 1, 0, (void *)&from, len);
	}
}

/* --- this side --- */

static uint64_t begin(void)
{
	mark_begin();
	return now_ns();
}

static uint64_t end(void)
{
	uint64_t ns = now_ns();

	mark_end();
	return ns;
}

/* What was asked for by the first byte goes on. */
static void stream(int fd, char what, uint64_t bytes)
{
	if (what == PUSH) {
		pour(fd, bytes);
		/* it closes when it has read all */
		if (swallow(fd))
			exit(1);
		return;
	}
	write_all(fd, &bytes, sizeof(bytes));
	if (swallow(fd) != bytes)
		exit(1);
}

static int bulk(const char *addr, const char *port, int push, int pull,
		uint64_t bytes)
{
	int gate[2], i, status, failed = 0;
	uint64_t start;

	if (pipe(gate))
		fail("pipe");
	for (i = 0; i < push + pull; i++) {
		int fd = connect_to(SOCK_STREAM, addr, port);
		char what = i < push ? PUSH : PULL, byte;

		write_all(fd, &what, 1);
		if (fork()) {
			close(fd);
			continue;
		}
		/* until it is closed, when all are there */
		close(gate[1]);
		if (read(gate[0], &byte, 1))
			fail("pipe");
		stream(fd, what, bytes);
		exit(0);
	}
	start = begin();
	close(gate[1]);
	while (wait(&status) > 0)
		failed |= status;
	printf("count=%llu ns=%llu\n",
	       (unsigned long long)(bytes * (push + pull)),
	       (unsigned long long)(end() - start));
	return !!failed;
}

static void request(int fd)
{
	char byte = ANSWER;

	write_all(fd, &byte, 1);
	read_all(fd, &byte, 1);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void report(uint64_t *times, size_t count, uint64_t ns)
{
	qsort(times, count, sizeof(*times), by_value);
	printf("count=%zu ns=%llu p50=%llu p99=%llu p999=%llu\n", count,
	       (unsigned long long)ns, (unsigned long long)times[count / 2],
	       (unsigned long long)times[count - 1 - count / 100],
	       (unsigned long long)times[count - 1 - count / 1000]);
}

static int open_for_requests(const char *addr, const char *port)
{
	int fd = connect_to(SOCK_STREAM, addr, port);

	set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	return fd;
}

static int requests(const char *addr, const char *port, size_t count, int anew)
{
	uint64_t *times = calloc(count, sizeof(*times)), start = 0;
	int fd = -1;
	size_t i;

	if (!times)
		fail("calloc");
	for (i = 0; i < WARM + count; i++) {
		uint64_t before;

		if (i == WARM)
			start = begin();
		before = now_ns();
		if (anew || fd < 0)
			fd = open_for_requests(addr, port);
		request(fd);
		if (anew)
			close(fd);
		if (i >= WARM)
			times[i - WARM] = now_ns() - before;
	}
	report(times, count, end() - start);
	return 0;
}

/* So many, and until the last of them has been read: whole batches. */
static void send_batches(int fd, size_t size, size_t batches)
{
	size_t sent = 0, told = 0;
	char byte;
	int i;

	while (told < batches) {
		if (sent < batches && sent - told < WINDOW) {
			for (i = 0; i < BATCH; i++)
				if (send(fd, buf, size, 0) != (ssize_t)size)
					fail("send");
			sent++;
			continue;
		}
		if (recv(fd, &byte, 1, 0) != 1)
			fail("a datagram is lost");
		told++;
	}
}

static int datagrams(const char *addr, const char *port, size_t size,
		     size_t count)
{
	size_t batches = (count + BATCH - 1) / BATCH;
	struct timeval wait = { .tv_sec = patience(PATIENCE) };
	int fd = connect_to(SOCK_DGRAM, addr, port);
	uint64_t start;

	if (size > sizeof(buf)) {
		fputs("too long a datagram\n", stderr);
		return 2;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	send_batches(fd, size, WARM / BATCH + 1);
	start = begin();
	send_batches(fd, size, batches);
	printf("count=%zu ns=%llu\n", batches * BATCH,
	       (unsigned long long)(end() - start));
	return 0;
}

static int serve(const char *port)
{
	if (fork())
		serve_tcp(port);
	serve_udp(port);
	return 1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 3 && !strcmp(what, "serve"))
		return serve(argv[2]);
	if (argc == 7 && !strcmp(what, "bulk"))
		return bulk(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]),
			    strtoull(argv[6], NULL, 10));
	if (argc == 5 && !strcmp(what, "rr"))
		return requests(argv[2], argv[3], atoi(argv[4]), 0);
	if (argc == 5 && !strcmp(what, "crr"))
		return requests(argv[2], argv[3], atoi(argv[4]), 1);
	if (argc == 6 && !strcmp(what, "udp"))
		return datagrams(argv[2], argv[3], atoi(argv[4]),
				 atoi(argv[5]));
	fputs("usage: rate serve PORT\n"
	      "       rate bulk ADDR PORT PUSH PULL BYTES\n"
	      "       rate rr ADDR PORT COUNT\n"
	      "       rate crr ADDR PORT COUNT\n"
	      "       rate udp ADDR PORT SIZE COUNT\n", stderr);
	return 2;
}
