// SPDX-License-Identifier: GPL-2.0-only
/*
 * Move a file over TCP: in the ways that fill a sender's skbs differently, and
 * with the kernel's own count of what had to be sent again.
 *
 *	xfer recv PORT FILE [COUNT]
 *	xfer send MODE ADDR PORT FILE
 *
 * MODE: write (copied by the kernel), small (writes of 1 to 3000 bytes, with
 * Nagle's algorithm off), sendfile (pages of the file), zerocopy (pages of this
 * process, MSG_ZEROCOPY). The sender prints one line of NAME=VALUE words when
 * the peer has acknowledged all. With a COUNT, so many connections are taken
 * side by side, into FILE.1 and so on.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/tcp.h>

#include "sock.h"

#define CHUNK	(256 << 10)

/* --- the receiver --- */

static void recv_file(int sock, const char *name)
{
	static char buf[CHUNK];
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	uint64_t total = 0;
	ssize_t n;

	if (file < 0)
		fail(name);
	while ((n = read(sock, buf, sizeof(buf))) > 0) {
		if (write(file, buf, n) != n)
			fail("write");
		total += n;
	}
	if (n < 0)
		fail("read");
	printf("bytes=%llu\n", (unsigned long long)total);
}

static int recv_files(const char *port, const char *name, int count)
{
	int listener = socket_at(SOCK_STREAM, port), i, status, failed = 0;

	for (i = 1; i <= count; i++) {
		int sock = accept(listener, NULL, NULL);
		char numbered[256];

		if (sock < 0)
			fail("accept");
		if (count == 1) {
			recv_file(sock, name);
			return 0;
		}
		if (!fork()) {
			snprintf(numbered, sizeof(numbered), "%s.%d", name, i);
			recv_file(sock, numbered);
			exit(0);
		}
		close(sock);
	}
	while (wait(&status) > 0)
		failed |= status;
	return !!failed;
}

/* --- the sender --- */

struct source {
	int file;
	char *data;
	size_t len;
};

struct zerocopy {
	unsigned int sent, done, copied;
};

static void send_write(int sock, const struct source *src, int small)
{
	size_t at = 0, n;

	while (at < src->len) {
		n = small ? 1 + random() % 3000 : CHUNK;
		if (n > src->len - at)
			n = src->len - at;
		if (send(sock, src->data + at, n, 0) != (ssize_t)n)
			fail("send");
		at += n;
	}
}

static void send_sendfile(int sock, const struct source *src)
{
	off_t at = 0;

	while ((size_t)at < src->len)
		if (sendfile(sock, src->file, &at, src->len - at) <= 0)
			fail("sendfile");
}

/* One message tells of a range of sends, and whether they were copied. */
static void reap(int sock, struct zerocopy *zc)
{
	char control[256];
	struct msghdr msg = {
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct sock_extended_err *ee;
	unsigned int n;

	if (recvmsg(sock, &msg, MSG_ERRQUEUE) < 0) {
		struct pollfd p = { .fd = sock };

		if (errno != EAGAIN)
			fail("recvmsg");
		poll(&p, 1, 1000);
		return;
	}
	if (!CMSG_FIRSTHDR(&msg))
		return;
	ee = (void *)CMSG_DATA(CMSG_FIRSTHDR(&msg));
	if (ee->ee_origin != SO_EE_ORIGIN_ZEROCOPY)
		return;
	n = ee->ee_data - ee->ee_info + 1;
	zc->done += n;
	if (ee->ee_code & SO_EE_CODE_ZEROCOPY_COPIED)
		zc->copied += n;
}

static void send_zerocopy(int sock, const struct source *src,
			  struct zerocopy *zc)
{
	size_t at = 0;

	set_int(sock, SOL_SOCKET, SO_ZEROCOPY, 1);
	while (at < src->len) {
		size_t n = src->len - at < CHUNK ? src->len - at : CHUNK;
		ssize_t sent = send(sock, src->data + at, n, MSG_ZEROCOPY);

		if (sent < 0 && errno != ENOBUFS)
			fail("send");
		if (sent < 0) {
			reap(sock, zc);
			continue;
		}
		zc->sent++;
		at += sent;
	}
	while (zc->done < zc->sent)
		reap(sock, zc);
}

/* Until the peer has closed, and so has taken all. */
static void finish(int sock)
{
	char c;

	if (shutdown(sock, SHUT_WR) || read(sock, &c, 1))
		fail("finish");
}

static void report(int sock, uint64_t len, uint64_t us,
		   const struct zerocopy *zc)
{
	struct tcp_info ti = { 0 };
	socklen_t size = sizeof(ti);

	if (getsockopt(sock, IPPROTO_TCP, TCP_INFO, &ti, &size))
		fail("TCP_INFO");
	printf("bytes=%llu us=%llu mbit=%llu retrans=%u segs=%u zerocopy=%u copied=%u\n",
	       (unsigned long long)len, (unsigned long long)us,
	       (unsigned long long)(len * 8 / (us ? us : 1)),
	       ti.tcpi_total_retrans, ti.tcpi_data_segs_out, zc->sent,
	       zc->copied);
}

static void open_source(struct source *src, const char *name)
{
	struct stat st;

	src->file = open(name, O_RDONLY);
	if (src->file < 0 || fstat(src->file, &st))
		fail(name);
	src->len = st.st_size;
	src->data = mmap(NULL, src->len, PROT_READ, MAP_SHARED | MAP_POPULATE,
			 src->file, 0);
	if (src->data == MAP_FAILED)
		fail("mmap");
}

static int send_file(const char *mode, const char *addr, const char *port,
		     const char *name)
{
	struct zerocopy zc = { 0 };
	struct source src;
	uint64_t start;
	int sock;

	open_source(&src, name);
	sock = connect_to(SOCK_STREAM, addr, port);
	start = now_ns();
	if (!strcmp(mode, "small")) {
		set_int(sock, IPPROTO_TCP, TCP_NODELAY, 1);
		send_write(sock, &src, 1);
	} else if (!strcmp(mode, "write")) {
		send_write(sock, &src, 0);
	} else if (!strcmp(mode, "sendfile")) {
		send_sendfile(sock, &src);
	} else if (!strcmp(mode, "zerocopy")) {
		send_zerocopy(sock, &src, &zc);
	} else {
		return 2;
	}
	finish(sock);
	report(sock, src.len, (now_ns() - start) / 1000, &zc);
	return 0;
}

int main(int argc, char **argv)
{
	if ((argc == 4 || argc == 5) && !strcmp(argv[1], "recv"))
		return recv_files(argv[2], argv[3],
				  argc == 5 ? atoi(argv[4]) : 1);
	if (argc == 6 && !strcmp(argv[1], "send"))
		return send_file(argv[2], argv[3], argv[4], argv[5]);
	fprintf(stderr, "usage: xfer recv PORT FILE [COUNT] | send MODE ADDR PORT FILE\n");
	return 2;
}
