// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file whose changes are followed. The folder is watched, for a file that is
 * replaced is another one. Where the name is a link into a folder that is
 * replaced (as Kubernetes does), nothing is heard: so it is looked at, too.
 */
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core.h"
#include "follow.h"

/* An editor writes in several steps. */
#define SETTLE_MS 50
#define LOOK_MS 5000

static void watch(struct follow *follow)
{
	inotify_add_watch(follow->fd, follow->dir,
			  IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_MOVED_FROM);
}

/**
 * follow_open - follow a file from now on; it is to be read at once
 * @follow: to be filled
 * @path: the file, which need not be there; kept
 * @now: the time in ms
 *
 * Return: 0 or -errno.
 */
int follow_open(struct follow *follow, const char *path, int64_t now)
{
	char *copy = strdup(path);

	memset(follow, 0, sizeof(*follow));
	follow->path = path;
	follow->dir = copy ? strdup(dirname(copy)) : NULL;
	free(copy);
	follow->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (follow->fd < 0 || !follow->dir)
		return -errno;
	watch(follow);
	follow->read_at = now;
	follow->look_at = now + LOOK_MS;
	return 0;
}

void follow_close(struct follow *follow)
{
	close(follow->fd);
	free(follow->dir);
}

/* Something happened in the folder; whether to the file, a look will show. */
void follow_hear(struct follow *follow, int64_t now)
{
	char buf[4096];

	while (read(follow->fd, buf, sizeof(buf)) > 0)
		follow->look_at = now + SETTLE_MS;
}

static bool changed(struct follow *follow)
{
	struct stat st;
	bool other;

	if (stat(follow->path, &st))
		memset(&st, 0, sizeof(st));
	other = st.st_ino != follow->seen.st_ino || st.st_dev != follow->seen.st_dev ||
		st.st_size != follow->seen.st_size ||
		st.st_mtim.tv_sec != follow->seen.st_mtim.tv_sec ||
		st.st_mtim.tv_nsec != follow->seen.st_mtim.tv_nsec ||
		st.st_ctim.tv_sec != follow->seen.st_ctim.tv_sec ||
		st.st_ctim.tv_nsec != follow->seen.st_ctim.tv_nsec;
	follow->seen = st;
	return other;
}

/**
 * follow_due - is the file to be read now?
 * @follow: the file
 * @now: the time in ms
 */
bool follow_due(struct follow *follow, int64_t now)
{
	bool due = now >= follow->read_at;

	if (due)
		follow->read_at = NEVER;
	if (due || now >= follow->look_at) {
		follow->look_at = now + LOOK_MS;
		watch(follow);	/* the folder may be a new one */
		due |= changed(follow);
	}
	return due;
}

int64_t follow_next(const struct follow *follow)
{
	return follow->read_at < follow->look_at ? follow->read_at : follow->look_at;
}
