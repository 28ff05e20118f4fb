// SPDX-License-Identifier: GPL-2.0-only
/*
 * The prefixes that vnencapctl publishes for this host: those of virtual machines,
 * say, which are on no device here. They are lines "vni N PREFIX at TIME" of a file
 * that is gone after a boot, as the machines are. vnencapctl puts a new file in its
 * place, and the daemon follows it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "published.h"
#include "words.h"
#include "wrong.h"

static bool read_time(struct words *words, int64_t *at)
{
	char *word, *end;

	if (!words_are(words, "at")) {
		wrong("\"at\" is expected");
		return false;
	}
	words_next(words);
	word = words_value(words, "a time");
	if (!word)
		return false;
	errno = 0;
	*at = strtoll(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno) {
		wrong_arg(word, "invalid time");
		return false;
	}
	return true;
}

static bool read_line(struct published **first, char *line)
{
	struct published *one, read = { };
	struct words words;

	words_split(&words, line);
	if (!words.n)
		return true;
	if (!words_dest(&words, &read.dest) || !read_time(&words, &read.at) ||
	    !words_end(&words))
		return false;
	one = malloc(sizeof(*one));
	if (!one)
		abort();
	*one = read;
	one->next = *first;
	*first = one;
	return true;
}

void published_free(struct published *first)
{
	struct published *next;

	for (; first; first = next) {
		next = first->next;
		free(first);
	}
}

static bool read_all(FILE *from, struct published **first)
{
	char *line = NULL;
	size_t size = 0;
	bool good = true;

	while (good && getline(&line, &size, from) >= 0)
		good = read_line(first, line);
	if (good && ferror(from)) {
		wrong("cannot read: %s", strerror(errno));
		good = false;
	}
	free(line);
	return good;
}

/**
 * published_read - read what is published
 * @folder: where the file is; where there is none, nothing is published
 * @first: the first of them, to be given to published_free() in any case
 *
 * Return: whether all of it is right; if not, wrong_text() says why.
 */
bool published_read(const char *folder, struct published **first)
{
	char path[4096];
	FILE *from;
	bool good;

	*first = NULL;
	snprintf(path, sizeof(path), "%s/" PUBLISHED_NAME, folder);
	from = fopen(path, "re");
	if (!from && errno == ENOENT)
		return true;
	if (!from) {
		wrong("cannot open: %s", strerror(errno));
		return false;
	}
	good = read_all(from, first);
	fclose(from);
	return good;
}

static void write_one(FILE *to, const struct dest *dest, int64_t at)
{
	char text[DEST_TEXT_MAX];

	dest_text(text, dest);
	fprintf(to, "%s at %lld\n", text, (long long)at);
}

/* Only one at a time is here: the folder is locked. */
static bool write_all(int folder, const struct published *first, const struct dest *dest,
		      bool here, int64_t at)
{
	int fd;
	FILE *to;

	unlinkat(folder, PUBLISHED_NAME ".new", 0);
	fd = openat(folder, PUBLISHED_NAME ".new",
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	to = fd < 0 ? NULL : fdopen(fd, "w");
	if (!to)
		return false;
	fchmod(fd, 0644);
	for (; first; first = first->next)
		if (memcmp(&first->dest, dest, sizeof(*dest)))
			write_one(to, &first->dest, first->at);
	if (here)
		write_one(to, dest, at);
	if (ferror(to)) {
		fclose(to);
		return false;
	}
	return !fclose(to) && !renameat(folder, PUBLISHED_NAME ".new", folder, PUBLISHED_NAME);
}

/**
 * published_change - publish a prefix, or withdraw it
 * @folder: where the file is
 * @dest: the prefix
 * @here: publish it; once more, it counts as having come just now
 * @at: the time in ns since boot
 *
 * Return: whether that is done; if not, wrong_text() says why.
 */
bool published_change(const char *folder, const struct dest *dest, bool here, int64_t at)
{
	struct published *first = NULL;
	bool good = false;
	int fd;

	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		wrong("%s: %s; does vnencapd run?", folder, strerror(errno));
	} else if (published_read(folder, &first)) {
		good = write_all(fd, first, dest, here, at);
		if (!good)
			wrong("%s: cannot write: %s", folder, strerror(errno));
	}
	published_free(first);
	if (fd >= 0)
		close(fd);
	return good;
}
