// SPDX-License-Identifier: GPL-2.0-only
/* Network namespaces, named as "ip netns" does, or by path. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

static int cannot_open(const char *name)
{
	return wrong("cannot open network namespace \"%s\": %s", name,
		     strerror(errno));
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
		return cannot_open(name);
	err = setns(fd, CLONE_NEWNET);
	if (err)
		err = refused("cannot enter network namespace \"%s\": %s",
			      name, strerror(errno));
	close(fd);
	return err;
}

/* As "ip link set netns" has it: what no namespace is named may be a process. */
static int open_netns_of(const char *pid)
{
	char path[PATH_MAX];
	int n;

	if (!*pid || pid[strspn(pid, "0123456789")]) {
		errno = ENOENT;
		return -1;
	}
	n = snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	if ((size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDONLY | O_CLOEXEC);
}

int netns_find(const char *name, int *fd)
{
	*fd = open_netns(name);
	if (*fd < 0 && errno == ENOENT)
		*fd = open_netns_of(name);
	return *fd < 0 ? cannot_open(name) : OK;
}

/* Numbers are those of one file system, where all namespaces are. */
static bool has_inode(int dir, const char *name, uint32_t inode)
{
	struct stat self, st;

	return !stat("/proc/self/ns/net", &self) &&
	       !fstatat(dir, name, &st, 0) && st.st_ino == inode &&
	       st.st_dev == self.st_dev;
}

const char *netns_name(uint32_t inode)
{
	static char name[NAME_MAX + 1];
	const struct dirent *entry;
	DIR *dir = opendir(NETNS_DIR);
	bool found = false;

	if (!dir)
		return NULL;
	while (!found && (entry = readdir(dir))) {
		found = has_inode(dirfd(dir), entry->d_name, inode);
		if (found)
			snprintf(name, sizeof(name), "%s", entry->d_name);
	}
	closedir(dir);
	return found ? name : NULL;
}
