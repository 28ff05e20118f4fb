// SPDX-License-Identifier: GPL-2.0-only
/*
 * The prefixes that vnencapctl has published here. One that was published after the
 * last look has come just now, and is taken from the host that had it. So is one that
 * was published while no daemon ran: the last time that one has dealt with is kept in
 * a file beside.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "guests.h"
#include "published.h"
#include "wrong.h"

#define DONE_NAME "published.done"

static void read_done(struct guests *g)
{
	char path[4200];
	long long done;
	FILE *from;

	snprintf(path, sizeof(path), "%s/" DONE_NAME, g->folder);
	from = fopen(path, "re");
	if (!from)
		return;
	if (fscanf(from, "%lld", &done) == 1)
		g->done = done;
	fclose(from);
}

/* It may be lost: then what is here is taken once more. */
static void write_done(struct guests *g)
{
	char path[4200], new_path[4300];
	FILE *to;

	g->done = g->newest;
	snprintf(path, sizeof(path), "%s/" DONE_NAME, g->folder);
	snprintf(new_path, sizeof(new_path), "%s.new", path);
	to = fopen(new_path, "we");
	if (!to)
		return;
	fprintf(to, "%lld\n", (long long)g->done);
	if (!fclose(to))
		rename(new_path, path);
}

void guests_init(struct guests *g, const char *folder, int64_t now)
{
	int err;

	memset(g, 0, sizeof(*g));
	g->folder = folder;
	snprintf(g->path, sizeof(g->path), "%s/" PUBLISHED_NAME, folder);
	read_done(g);
	g->newest = g->done;
	err = follow_open(&g->follow, g->path, now);
	if (err)
		say(LOG_ERROR, "%s: cannot follow it: %s", g->path, strerror(-err));
}

void guests_free(struct guests *g)
{
	follow_close(&g->follow);
}

static void look(struct guests *g, struct publish *publish)
{
	struct published *first, *one;
	int64_t known = g->newest;

	if (!published_read(g->folder, &first)) {
		say(LOG_ERROR, "%s: %s; all stays as it is", g->path, wrong_text());
		published_free(first);
		return;
	}
	publish_tell_begin(publish);
	for (one = first; one; one = one->next) {
		publish_tell(publish, &one->dest, one->at > known);
		if (one->at > g->newest)
			g->newest = one->at;
	}
	publish_tell_end(publish);
	published_free(first);
}

/* Returns when there is more to do. */
int64_t guests_run(struct guests *g, struct publish *publish, int64_t now)
{
	follow_hear(&g->follow, now);
	if (follow_due(&g->follow, now))
		look(g, publish);
	if (g->newest > g->done && !publish_taking(publish))
		write_done(g);
	return follow_next(&g->follow);
}
