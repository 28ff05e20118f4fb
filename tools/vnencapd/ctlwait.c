// SPDX-License-Identifier: GPL-2.0-only
/*
 * vnencapctl wait: until a prefix is where it is to be, and the kernels of all hosts that
 * live were told so. Who moves an address that is at both hosts removes it from the old
 * one then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "wrong.h"

#define WAIT_S		10
#define SECONDS_MAX	86400
#define LOOK_MS		50

/**
 * struct wait - what is waited for
 * @any: no prefix: all that etcd says now
 * @dest: the prefix
 * @host: where it is to be
 * @end: until when, in ms
 */
struct wait {
	bool any;
	struct dest dest;
	char host[HOST_MAX + 1];
	int64_t end;
};

static bool read_host(struct words *words, struct wait *w)
{
	char *word;

	snprintf(w->host, sizeof(w->host), "%s", ctl_settings()->name);
	if (!words_are(words, "host"))
		return true;
	words_next(words);
	word = words_value(words, "a host");
	return word && words_host(word, w->host);
}

static bool read_end(struct words *words, struct wait *w)
{
	unsigned long seconds = WAIT_S;

	if (words_are(words, "for")) {
		words_next(words);
		if (!words_number(words, SECONDS_MAX, &seconds))
			return false;
	}
	w->end = ctl_clock_ms() + seconds * 1000LL;
	return true;
}

static bool read_words(struct words *words, struct wait *w)
{
	w->any = !words_are(words, "vni");
	return (w->any || words_dest(words, &w->dest)) && read_host(words, w) &&
	       read_end(words, w) && words_end(words);
}

static bool time_is_over(const struct wait *w)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };

	if (ctl_clock_ms() >= w->end)
		return true;
	nanosleep(&pause, NULL);
	return false;
}

/* --- where the prefix is ----------------------------------------------------------- */

static void saw_map(const struct answer_item *from, void *data)
{
	struct item *at = data, item;

	if (ctl_read_item(from, &item) && item.kind == ITEM_MAP)
		*at = item;
}

static bool is_there(const struct wait *w, bool *answered)
{
	char key[CTL_KEY_MAX];
	struct item at = { };

	ctl_map_key(key, &w->dest);
	*answered = ctl_list(key + strlen(ctl_settings()->prefix), saw_map, &at);
	return *answered && !strcmp(at.way.host, w->host);
}

static bool wait_for_prefix(const struct wait *w)
{
	bool answered;

	while (!is_there(w, &answered)) {
		if (!answered)
			return false;
		if (time_is_over(w)) {
			wrong("etcd does not have it at host %s", w->host);
			return false;
		}
	}
	return true;
}

/* --- who has heard of it ------------------------------------------------------------ */

/* A host that lives, and the last call that it has answered */
struct host {
	struct host *next;
	char name[HOST_MAX + 1];
	int64_t rev;
};

static struct host *find(struct host *host, const char *name)
{
	while (host && strcmp(host->name, name))
		host = host->next;
	return host;
}

static void saw_host(const struct answer_item *from, void *data)
{
	struct host **first = data, *host;
	struct item item;

	if (!ctl_read_item(from, &item) || item.kind != ITEM_HOST)
		return;
	host = calloc(1, sizeof(*host));
	if (!host)
		abort();
	memcpy(host->name, item.name, sizeof(host->name));
	host->next = *first;
	*first = host;
}

static void saw_answer(const struct answer_item *from, void *data)
{
	const char *name = strrchr(from->key, '/');
	struct host **first = data, *host;

	host = name ? find(*first, name + 1) : NULL;
	if (host)
		host->rev = strtoll(from->value, NULL, 10);
}

static void forget(struct host *host)
{
	struct host *next;

	for (; host; host = next) {
		next = host->next;
		free(host);
	}
}

/* How many that live have not answered; @say_them: which. Below 0 where etcd does not. */
static int missing(int64_t rev, bool say_them, unsigned int *all)
{
	struct host *first = NULL, *host;
	int n = -1;

	*all = 0;
	if (ctl_list("net/host/", saw_host, &first) && ctl_list("ack/roll/", saw_answer, &first))
		n = 0;
	for (host = first; host && !n; host = host->next)
		++*all;
	for (host = *all ? first : NULL; host; host = host->next) {
		if (host->rev >= rev)
			continue;
		n++;
		if (say_them)
			fprintf(stderr, "vnencapctl: host %s has not heard of it\n", host->name);
	}
	forget(first);
	return n;
}

static bool wait_for_hosts(const struct wait *w)
{
	char key[CTL_KEY_MAX];
	unsigned int all;
	int64_t rev;
	int n;

	snprintf(key, sizeof(key), "%snet/roll", ctl_settings()->prefix);
	if (!ctl_change(key, w->host, -1, &rev))
		return false;
	while ((n = missing(rev, false, &all)) > 0)
		if (time_is_over(w)) {
			missing(rev, true, &all);
			return false;
		}
	if (n)
		return false;
	printf("%u hosts have heard of it\n", all);
	return true;
}

/**
 * ctl_wait - "[ vni N PREFIX ] [ host HOST ] [ for SECONDS ]"
 * @words: these
 *
 * Return: whether it is so; if not, what is not was said, or wrong_text() says it.
 */
bool ctl_wait(struct words *words)
{
	struct wait w;

	return read_words(words, &w) && (w.any || wait_for_prefix(&w)) && wait_for_hosts(&w);
}
