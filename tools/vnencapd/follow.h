/* SPDX-License-Identifier: GPL-2.0-only */
/* A file whose changes are followed, also where another takes its name. */
#ifndef VNENCAPD_FOLLOW_H
#define VNENCAPD_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct follow {
	int fd;			/* of inotify */
	const char *path;
	char *dir;
	struct stat seen;
	int64_t read_at;	/* when to read it */
	int64_t look_at;	/* when to look whether it is another */
};

int follow_open(struct follow *follow, const char *path, int64_t now);
void follow_close(struct follow *follow);
void follow_hear(struct follow *follow, int64_t now);
bool follow_due(struct follow *follow, int64_t now);
int64_t follow_next(const struct follow *follow);

#endif /* VNENCAPD_FOLLOW_H */
