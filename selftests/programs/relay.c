// SPDX-License-Identifier: GPL-2.0-only
/*
 * The NIC of a virtual machine: packets go between two TAPs, one of the host's
 * and one of the guest's network namespace, with their virtio headers, as they
 * are: large ones whole, sums undone.
 *
 *	relay HOST-TAP GUEST-NETNS GUEST-TAP [plain]
 *
 * With "plain" neither side may leave anything undone. Both TAPs are made, and
 * gone when this is. Prints "ready", and when it is terminated what went each
 * way: packets, the longest, those that are to be segmented and their bytes,
 * those with a sum still to be done.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "sock.h"

#ifndef TUN_F_USO4
#define TUN_F_USO4	0x20
#define TUN_F_USO6	0x40
#endif

struct counts {
	unsigned long packets, longest, gso, gso_bytes, undone;
};

static int open_tap(const char *name, int plain)
{
	unsigned int offloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 |
				TUN_F_TSO_ECN;
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	if (fd < 0)
		fail("/dev/net/tun");
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr))
		fail(name);
	if (plain)
		return fd;
	/* UDP since 6.2 */
	if (ioctl(fd, TUNSETOFFLOAD, offloads | TUN_F_USO4 | TUN_F_USO6) &&
	    ioctl(fd, TUNSETOFFLOAD, offloads))
		fail("TUNSETOFFLOAD");
	return fd;
}

static void enter(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail(path);
	close(fd);
}

/* All that there is; a TAP that is down takes nothing. */
static void move(int from, int to, struct counts *c)
{
	static char buf[1 << 17];
	struct virtio_net_hdr *hdr = (void *)buf;
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0) {
		unsigned long len = n - sizeof(*hdr);

		c->packets++;
		if (len > c->longest)
			c->longest = len;
		if (hdr->gso_type != VIRTIO_NET_HDR_GSO_NONE) {
			c->gso++;
			c->gso_bytes += len;
		}
		if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
			c->undone++;
		if (write(to, buf, n) != n && errno != EIO && errno != EAGAIN)
			fail("write");
	}
	if (n < 0 && errno != EAGAIN && errno != EIO && errno != EBADFD)
		fail("read");
}

/* Readable when this is to end */
static int ended(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, 0);
	if (fd < 0)
		fail("signalfd");
	return fd;
}

static void report(const char *way, const struct counts *c)
{
	printf("%s packets=%lu longest=%lu gso=%lu gso_bytes=%lu undone=%lu\n",
	       way, c->packets, c->longest, c->gso, c->gso_bytes, c->undone);
}

int main(int argc, char **argv)
{
	struct counts in = { 0 }, out = { 0 };
	struct pollfd p[3] = {
		{ .events = POLLIN }, { .events = POLLIN }, { .events = POLLIN },
	};
	int plain = argc == 5 && !strcmp(argv[4], "plain");

	if (argc != 4 && !plain) {
		fprintf(stderr, "usage: relay HOST-TAP GUEST-NETNS GUEST-TAP [plain]\n");
		return 2;
	}
	p[2].fd = ended();
	p[0].fd = open_tap(argv[1], plain);
	enter(argv[2]);
	p[1].fd = open_tap(argv[3], plain);
	puts("ready");
	fflush(stdout);
	while (!p[2].revents) {
		if (poll(p, 3, -1) < 0)
			fail("poll");
		move(p[0].fd, p[1].fd, &in);
		move(p[1].fd, p[0].fd, &out);
	}
	report("in", &in);
	report("out", &out);
	return 0;
}
