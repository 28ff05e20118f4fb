// SPDX-License-Identifier: GPL-2.0-only
/* Go to another network namespace, named as "ip netns" does, or by path. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "netns.h"

/* Where Debian's ip has it; elsewhere /var/run is a link to /run. */
#define NETNS_DIR "/run/netns"

static int open_netns(const char *name)
{
	char path[PATH_MAX];
	int n;

	if (strchr(name, '/'))
		return open(name, O_RDONLY | O_CLOEXEC);
	n = snprintf(path, sizeof(path), "%s/%s", NETNS_DIR, name);
	if ((size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDONLY | O_CLOEXEC);
}

/*
 * Sockets opened from now on belong to it. No mount namespace of our own,
 * which "ip" makes for /sys, is needed.
 */
int netns_enter(const char *name)
{
	int fd = open_netns(name);
	int err;

	if (fd < 0)
		return wrong("cannot open network namespace \"%s\": %s", name,
			     strerror(errno));
	err = setns(fd, CLONE_NEWNET);
	if (err)
		err = refused("cannot enter network namespace \"%s\": %s",
			      name, strerror(errno));
	close(fd);
	return err;
}
