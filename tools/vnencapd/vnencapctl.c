// SPDX-License-Identifier: GPL-2.0-only
/*
 * vnencapctl: what a cluster's etcd says of hosts, networks and mappings, and
 * changes of that. It has vnencapd's settings.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <jansson.h>

#include "core.h"
#include "ctl.h"
#include "item.h"
#include "published.h"
#include "words.h"
#include "wrong.h"
#include "../vnencap/text.h"

#define DEFAULT_SETTINGS "/etc/vnencap/vnencapd.conf"
static const char usage_text[] =
	"Usage: vnencapctl [ -c SETTINGS ] [ -j ] COMMAND\n"
	"where  COMMAND := { status | show [ vni N ] | put vni N PREFIX TARGET |\n"
	"                    drop vni N PREFIX | drain HOST | rotate vni N |\n"
	"                    publish [ vni N PREFIX ] | withdraw vni N PREFIX |\n"
	"                    wait [ vni N PREFIX ] [ host HOST ] [ for SECONDS ] }\n"
	"       TARGET := { via ADDR [ weight N ] [ via ADDR [ weight N ] ]... | blackhole }\n";

/* --- show ------------------------------------------------------------------- */

struct show {
	bool json;
	bool one;
	uint32_t vni;
	json_t *all;
};

static void show_map(struct show *show, const struct item *item, const char *value)
{
	char dest[DEST_TEXT_MAX], prefix_text[TEXT_PREFIX_MAX];
	struct prefix prefix;

	if (item->kind != ITEM_MAP || (show->one && item->dest.vni != show->vni))
		return;
	dest_text(dest, &item->dest);
	if (!show->json) {
		printf("%s %s\n", dest, value);
		return;
	}
	dest_prefix(&item->dest, &prefix);
	text_prefix(prefix_text, &prefix);
	json_array_append_new(show->all, json_pack("{s:i,s:s,s:s,s:s}", "vni", item->dest.vni,
						   "dst", prefix_text, "to", value, "host",
						   item->way.host));
}

static void show_item(const struct answer_item *from, void *data)
{
	struct item item;

	if (ctl_read_item(from, &item))
		show_map(data, &item, from->value);
}

static bool end_json(json_t *all)
{
	if (!all)
		return true;
	json_dumpf(all, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(all);
	return true;
}

static bool run_show(struct words *words, bool json)
{
	struct show show = { .json = json, .all = json ? json_array() : NULL };
	char *word;

	if (words_are(words, "vni")) {
		words_next(words);
		word = words_value(words, "a VNI");
		show.one = word && !parse_vni(word, &show.vni);
		if (!show.one)
			return false;
	}
	return words_end(words) && ctl_list("net/", show_item, &show) && end_json(show.all);
}

/* --- status ------------------------------------------------------------------ */

static void count_up(json_t *in, const char *name, const char *what)
{
	json_t *one = json_object_get(in, name);

	if (!one) {
		one = json_object();
		json_object_set_new(in, name, one);
	}
	json_object_set_new(one, what,
			    json_integer(json_integer_value(json_object_get(one, what)) + 1));
}

static void status_item(const struct answer_item *from, void *data)
{
	json_t *all = data, *hosts = json_object_get(all, "hosts");
	json_t *vnis = json_object_get(all, "vnis");
	char name[32];
	struct item item;

	if (!ctl_read_item(from, &item)) {
		json_t *wrong = json_object_get(all, "wrong");

		json_object_set_new(all, "wrong", json_integer(json_integer_value(wrong) + 1));
		return;
	}
	snprintf(name, sizeof(name), "%u",
		 item.kind == ITEM_MAP ? item.dest.vni : item.vni);
	if (item.kind == ITEM_ROLL)
		return;
	if (item.kind == ITEM_HOST) {
		count_up(hosts, item.name, "lives");
	} else if (item.kind == ITEM_KEY) {
		count_up(vnis, name, "keys");
		json_object_set_new(json_object_get(vnis, name), "key",
				    json_integer(item.pair.send.id));
		if (item.pair.has_also)
			json_object_set_new(json_object_get(vnis, name), "also",
					    json_integer(item.pair.also.id));
	} else {
		count_up(vnis, name, "mappings");
		if (item.way.host[0])
			count_up(hosts, item.way.host, "mappings");
	}
	explicit_bzero(&item, sizeof(item));
}

static long long number(const json_t *of, const char *name)
{
	return json_integer_value(json_object_get(of, name));
}

static void print_status(json_t *all)
{
	const char *name;
	json_t *one;

	json_object_foreach(json_object_get(all, "hosts"), name, one)
		printf("host %s %s mappings %lld\n", name,
		       number(one, "lives") ? "lives" : "silent", number(one, "mappings"));
	json_object_foreach(json_object_get(all, "vnis"), name, one) {
		printf("vni %s mappings %lld", name, number(one, "mappings"));
		if (json_object_get(one, "key"))
			printf(" key %lld", number(one, "key"));
		if (json_object_get(one, "also"))
			printf(" also %lld", number(one, "also"));
		putchar('\n');
	}
	if (number(all, "wrong"))
		printf("wrong %lld\n", number(all, "wrong"));
}

static bool run_status(struct words *words, bool json)
{
	json_t *all = json_pack("{s:{},s:{},s:i}", "hosts", "vnis", "wrong", 0);
	bool good = words_end(words) && ctl_list("net/", status_item, all);

	if (good && json)
		return end_json(all);
	if (good)
		print_status(all);
	json_decref(all);
	return good;
}

/* --- changes ------------------------------------------------------------------ */

static bool run_put(struct words *words, bool json)
{
	struct targets *targets;
	struct way way = { };
	char key[CTL_KEY_MAX], value[TARGET_TEXT_MAX];
	struct dest dest;

	(void)json;
	if (!words_dest(words, &dest) || !words_way(words, &way, NULL, NULL) ||
	    !words_end(words))
		return false;
	targets = calloc(1, sizeof(*targets));
	if (!targets)
		abort();
	target_text(value, target_get(targets, &way));
	ctl_map_key(key, &dest);
	return ctl_change(key, value, -1, NULL);
}

static bool run_drop(struct words *words, bool json)
{
	struct dest dest;
	char key[CTL_KEY_MAX];

	(void)json;
	if (!words_dest(words, &dest) || !words_end(words))
		return false;
	ctl_map_key(key, &dest);
	return ctl_change(key, NULL, -1, NULL);
}

struct drain {
	const char *host;
	struct gone {
		struct gone *next;
		char key[KEY_ROOM];
		int64_t rev;
	} *gone;
};

static void drain_item(const struct answer_item *from, void *data)
{
	struct drain *drain = data;
	struct gone *gone;
	struct item item;

	if (!ctl_read_item(from, &item) || item.kind != ITEM_MAP ||
	    strcmp(item.way.host, drain->host))
		return;
	gone = malloc(sizeof(*gone));
	if (!gone)
		abort();
	memcpy(gone->key, from->key, sizeof(gone->key));
	gone->rev = from->rev;
	gone->next = drain->gone;
	drain->gone = gone;
}

/* Delete what a host has, unless another one has taken it meanwhile. */
static bool run_drain(struct words *words, bool json)
{
	struct drain drain = { .host = words_value(words, "a host") };
	struct gone *gone;
	unsigned int n = 0;
	bool good;

	(void)json;
	good = drain.host && words_end(words) && ctl_list("net/", drain_item, &drain);
	while ((gone = drain.gone)) {
		n += good && ctl_change(gone->key, NULL, gone->rev, NULL);
		drain.gone = gone->next;
		free(gone);
	}
	if (good)
		printf("%u mappings of host %s deleted\n", n, drain.host);
	return good;
}

struct rotation {
	uint32_t vni;
	struct key_pair pair;
	int64_t rev;
};

static void rotate_item(const struct answer_item *from, void *data)
{
	struct rotation *r = data;
	struct item item;

	if (!ctl_read_item(from, &item) || item.kind != ITEM_KEY || item.vni != r->vni)
		return;
	r->pair = item.pair;
	r->rev = from->rev;
}

/* Put a new key behind the one that is sent with; the hosts do the rest. */
static bool run_rotate(struct words *words, bool json)
{
	char key[CTL_KEY_MAX], value[KEYS_TEXT_MAX], *word;
	struct rotation r = { };
	bool good;

	(void)json;
	if (!words_are(words, "vni")) {
		wrong("\"vni N\" is expected");
		return false;
	}
	words_next(words);
	word = words_value(words, "a VNI");
	if (!word || parse_vni(word, &r.vni) || !words_end(words) ||
	    !ctl_list("net/key/", rotate_item, &r))
		return false;
	if (r.pair.has_also) {
		wrong("its key is being changed already");
		return false;
	}
	r.pair.has_also = true;
	r.pair.also.id = r.pair.send.id + 1;
	if (getrandom(r.pair.also.secret, KEY_LEN, 0) != KEY_LEN)
		abort();
	keys_text(value, &r.pair);
	snprintf(key, sizeof(key), "%snet/key/%u", ctl_settings()->prefix, r.vni);
	good = ctl_change(key, value, r.rev, NULL);
	explicit_bzero(value, sizeof(value));
	explicit_bzero(&r, sizeof(r));
	return good;
}

/* --- what is at this host -------------------------------------------------------- */

static bool show_published(void)
{
	struct published *first, *one;
	char text[DEST_TEXT_MAX];
	bool good = published_read(ctl_settings()->run, &first);

	for (one = first; good && one; one = one->next) {
		dest_text(text, &one->dest);
		puts(text);
	}
	published_free(first);
	return good;
}

static bool change_published(struct words *words, bool here)
{
	struct timespec now;
	struct dest dest;

	if (!words_dest(words, &dest) || !words_end(words))
		return false;
	if (!ctl_settings()->locals) {
		wrong("the settings have no \"local\": nothing can be published here");
		return false;
	}
	clock_gettime(CLOCK_BOOTTIME, &now);
	return published_change(ctl_settings()->run, &dest, here,
				now.tv_sec * 1000000000LL + now.tv_nsec);
}

static bool run_publish(struct words *words, bool json)
{
	(void)json;
	return words->at == words->n ? show_published() : change_published(words, true);
}

static bool run_withdraw(struct words *words, bool json)
{
	(void)json;
	return change_published(words, false);
}

static bool run_wait(struct words *words, bool json)
{
	(void)json;
	return ctl_wait(words);
}

static bool run(struct words *words, bool json)
{
	static const struct {
		const char *name;
		bool (*run)(struct words *words, bool json);
		bool here;	/* it asks nobody else */
	} commands[] = {
		{ "status", run_status, false }, { "show", run_show, false },
		{ "put", run_put, false }, { "drop", run_drop, false },
		{ "drain", run_drain, false }, { "rotate", run_rotate, false },
		{ "publish", run_publish, true }, { "withdraw", run_withdraw, true },
		{ "wait", run_wait, false },
	};
	char *word = words_value(words, "a command");
	unsigned int i;

	for (i = 0; word && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(word, commands[i].name))
			return (commands[i].here || ctl_log_in()) && commands[i].run(words, json);
	if (word)
		wrong_arg(word, "no such command");
	return false;
}

int main(int argc, char **argv)
{
	const char *settings = DEFAULT_SETTINGS;
	struct words words = { };
	bool json = false, good;
	int c;

	while ((c = getopt(argc, argv, "+c:jh")) >= 0) {
		if (c == 'c') {
			settings = optarg;
		} else if (c == 'j') {
			json = true;
		} else {
			fputs(usage_text, stderr);
			return c == 'h' ? 0 : 1;
		}
	}
	for (; optind < argc && words.n < WORDS_MAX; optind++)
		words.word[words.n++] = argv[optind];
	if (!ctl_open(settings))
		return 1;
	good = run(&words, json);
	if (!good && *wrong_text())
		fprintf(stderr, "vnencapctl: %s\n", wrong_text());
	ctl_close();
	return good ? 0 : 2;
}
