// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel was told. The file says which mappings are this daemon's,
 * and it is what there is to go by after a boot while the source cannot be
 * reached. So it is in /var/lib and not in /run. A mapping is this daemon's if
 * the file has it and the kernel has it just so; after a boot the kernel has
 * none, and nothing wrong comes of an old file.
 *
 * Each line is one that "vnencap map load" takes, written before the kernel is
 * told. The file grows by what changes, and is written anew when most of it is
 * outdated.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core.h"
#include "journal.h"
#include "log.h"
#include "words.h"

#define SPARE_LINES 10000

static void write_set(FILE *file, const struct entry *e, const struct target *target)
{
	char line[DEST_TEXT_MAX + TARGET_TEXT_MAX];
	char *end = dest_text(line, &e->dest);

	*end++ = ' ';
	target_text(end, target);
	if (target->host[0])
		fprintf(file, "%s # %s\n", line, target->host);
	else
		fprintf(file, "%s\n", line);
}

/* A mapping is going to be told to the kernel. */
void journal_set(struct journal *journal, const struct entry *entry)
{
	if (!journal || !journal->file)
		return;
	write_set(journal->file, entry, entry->own);
	journal->lines++;
}

/* A mapping was removed from the kernel, or is another's. */
void journal_remove(struct journal *journal, const struct entry *entry)
{
	char line[DEST_TEXT_MAX];

	if (!journal || !journal->file || !entry->own)
		return;
	dest_text(line, &entry->dest);
	fprintf(journal->file, "delete %s\n", line);
	journal->lines++;
}

static void failed(struct journal *journal, const char *what)
{
	if (!journal->failed)
		say(LOG_ERROR,
		    "%s: cannot %s: %s; what this daemon has set is not known to the next",
		    journal->path, what, strerror(errno));
	journal->failed = true;
}

void journal_flush(struct journal *journal)
{
	if (!journal || !journal->file)
		return;
	if (fflush(journal->file)) {
		failed(journal, "write");
		clearerr(journal->file);
	}
}

static bool write_all(const char *path, struct core *core, uint64_t *lines)
{
	FILE *file = fopen(path, "we");
	struct table_walk walk = { };
	const struct entry *e;
	bool good;

	if (!file)
		return false;
	*lines = 0;
	while ((e = table_next(&core->table, &walk)))
		if (e->own) {
			if (e->was)
				write_set(file, e, e->was);
			write_set(file, e, e->own);
			++*lines;
		}
	good = !fflush(file) && !fsync(fileno(file)) && !ferror(file);
	return !fclose(file) && good;
}

/* Write it anew: the new file takes the old one's place at once. */
static void journal_rewrite(struct journal *journal, struct core *core)
{
	char *path;

	if (asprintf(&path, "%s.new", journal->path) < 0)
		abort();
	if (!write_all(path, core, &journal->lines) || rename(path, journal->path)) {
		failed(journal, "write");
		unlink(path);
	}
	free(path);
	if (journal->file)
		fclose(journal->file);
	journal->file = fopen(journal->path, "ae");
	if (!journal->file)
		failed(journal, "open");
}

/**
 * journal_trim - write the file anew if most of it is outdated
 * @journal: the file
 * @core: what is true
 */
void journal_trim(struct journal *journal, struct core *core)
{
	if (journal && journal->lines > 2ULL * core->table.count + SPARE_LINES)
		journal_rewrite(journal, core);
}

/* A line without its end was not written whole: power failed. */
static void recall_line(struct core *core, char *line)
{
	struct words words;
	struct dest dest;
	struct entry *e;
	struct way way = { };
	char *host = strstr(line, " # ");

	if (host) {
		*host = '\0';
		host[strcspn(host + 3, "\n") + 3] = '\0';
		snprintf(way.host, sizeof(way.host), "%.*s", HOST_MAX, host + 3);
	}
	words_split(&words, line);
	if (words_are(&words, "delete")) {
		words_next(&words);
		if (!words_dest(&words, &dest))
			return;
		e = table_find(&core->table, &dest);
		if (e)
			core_unrecall(core, e);
	} else if (words_dest(&words, &dest) && words_way(&words, &way, NULL, NULL)) {
		core_recall(core, &dest, &way);
	}
}

static void journal_read(FILE *file, struct core *core)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) > 0)
		if (line[len - 1] == '\n')
			recall_line(core, line);
	free(line);
}

/**
 * journal_open - read what an earlier life has told the kernel, and go on
 * @journal: the file
 * @path: its name
 * @core: to recall it; nothing else is in it yet
 *
 * Return: 0, or -errno where the file can neither be read nor written.
 */
int journal_open(struct journal *journal, const char *path, struct core *core)
{
	FILE *file = fopen(path, "re");

	memset(journal, 0, sizeof(*journal));
	journal->path = strdup(path);
	if (file) {
		journal_read(file, core);
		fclose(file);
	} else if (errno != ENOENT) {
		return -errno;
	}
	journal_rewrite(journal, core);
	return journal->file ? 0 : -errno;
}

void journal_close(struct journal *journal)
{
	if (journal->file)
		fclose(journal->file);
	free(journal->path);
	memset(journal, 0, sizeof(*journal));
}
