// SPDX-License-Identifier: GPL-2.0-only
/* The settings of this host: lines "WORD VALUE...". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "settings.h"
#include "words.h"
#include "wrong.h"

#define DEFAULT_FILE	"/etc/vnencap/network"
#define DEFAULT_PREFIX	"/vnencap/"
#define DEFAULT_STATE	"/var/lib/vnencapd"
#define DEFAULT_RUN	"/run/vnencapd"
#define DEFAULT_CNI	"/etc/cni/net.d"
/* Subnets of a network: 2 to the power of that */
#define POOL_BITS	16

static void set_text(char **at, const char *text)
{
	free(*at);
	*at = text ? strdup(text) : NULL;
	if (text && !*at)
		abort();
}

void settings_init(struct settings *s)
{
	char name[HOST_MAX + 1] = "";

	memset(s, 0, sizeof(*s));
	gethostname(name, sizeof(name) - 1);
	if (!words_host(name, s->name))
		memcpy(s->name, "unnamed", sizeof("unnamed"));
	set_text(&s->file, DEFAULT_FILE);
	set_text(&s->prefix, DEFAULT_PREFIX);
	set_text(&s->state, DEFAULT_STATE);
	set_text(&s->run, DEFAULT_RUN);
	set_text(&s->cni, DEFAULT_CNI);
	s->hold = 10000;
	s->relist = 3600000;
	s->ttl = 30;
	s->keys = true;
}

void settings_free(struct settings *s)
{
	unsigned int i;

	for (i = 0; i < s->servers; i++)
		free(s->server[i]);
	free(s->file);
	free(s->prefix);
	free(s->ca);
	free(s->cert);
	free(s->key);
	free(s->user);
	free(s->password_file);
	free(s->state);
	free(s->run);
	free(s->cni);
	free(s->metrics);
}

static bool one_word(struct words *words, char **at)
{
	char *word = words_value(words, "a value");

	if (!word)
		return false;
	set_text(at, word);
	return true;
}

/* "source file [NAME]" or "source etcd URL..." */
static bool set_source(struct settings *s, struct words *words)
{
	char *word = words_value(words, "file or etcd");

	if (!word)
		return false;
	if (!strcmp(word, "file")) {
		s->source = SOURCE_FILE;
		return words->at == words->n || one_word(words, &s->file);
	}
	if (strcmp(word, "etcd")) {
		wrong_arg(word, "file or etcd is expected");
		return false;
	}
	s->source = SOURCE_ETCD;
	while ((word = words_next(words))) {
		if (strncmp(word, "http://", 7) && strncmp(word, "https://", 8)) {
			wrong_arg(word, "http:// or https:// is expected");
			return false;
		}
		if (s->servers == SERVERS_MAX) {
			wrong_arg(word, "too many servers");
			return false;
		}
		set_text(&s->server[s->servers++], word);
	}
	if (!s->servers)
		wrong("the URL of a server is expected");
	return s->servers;
}

static bool set_name(struct settings *s, struct words *words)
{
	char *word = words_value(words, "a name");

	return word && words_host(word, s->name);
}

static bool set_local(struct settings *s, struct words *words)
{
	char *word = words_value(words, "an address");

	if (!word)
		return false;
	if (s->locals == ARRAY_SIZE(s->local)) {
		wrong_arg(word, "one address of each family is enough");
		return false;
	}
	return !parse_addr(word, &s->local[s->locals++]);
}

/* "publish devices", "publish vni N PREFIX" */
static bool set_publish(struct settings *s, struct words *words)
{
	if (words_are(words, "devices")) {
		words_next(words);
		s->publish_devices = true;
		return true;
	}
	if (s->published == PUBLISH_MAX) {
		wrong("too many prefixes");
		return false;
	}
	return words_dest(words, &s->publish[s->published++]);
}

/* "vnis all", "vnis devices", "vnis N..." */
static bool set_vnis(struct settings *s, struct words *words)
{
	char *word = words_value(words, "all, devices or a VNI");

	if (!word)
		return false;
	if (!strcmp(word, "all")) {
		s->vnis = VNIS_ALL;
		return true;
	}
	if (!strcmp(word, "devices")) {
		s->vnis = VNIS_DEVICES;
		return true;
	}
	s->vnis = VNIS_LISTED;
	for (; word; word = words_next(words)) {
		if (s->vnis_listed == VNIS_MAX) {
			wrong_arg(word, "too many VNIs");
			return false;
		}
		if (parse_vni(word, &s->vni[s->vnis_listed++]))
			return false;
	}
	return true;
}

static bool read_subnet_length(struct words *words, struct pool *pool)
{
	unsigned int most = pool->network.family == AF_INET ? 30 : 126;
	unsigned long len;

	if (!words_are(words, "length")) {
		wrong("\"length N\" of the subnets' prefixes is expected");
		return false;
	}
	words_next(words);
	if (!words_number(words, most, &len))
		return false;
	if (len <= pool->network.len || len - pool->network.len > POOL_BITS) {
		wrong("a network has 2 to %u subnets", 1 << POOL_BITS);
		return false;
	}
	pool->len = len;
	return true;
}

/* "subnets vni N NETWORK length N device NAME link DEVICE [mtu N] [port N]" */
static bool set_subnets(struct settings *s, struct words *words)
{
	struct pool *pool = &s->pool[s->pools];
	unsigned int i;
	char *name;

	if (s->pools == POOLS_MAX) {
		wrong("too many networks with subnets");
		return false;
	}
	memset(pool, 0, sizeof(*pool));
	if (!words_dest(words, &pool->network) || !read_subnet_length(words, pool))
		return false;
	if (!words_are(words, "device")) {
		wrong("\"device NAME\" is expected");
		return false;
	}
	words_next(words);
	name = words_value(words, "the name of a device");
	if (!name || parse_ifname(name))
		return false;
	memcpy(pool->device.name, name, strlen(name) + 1);
	pool->device.vni = pool->network.vni;
	if (!file_device_words(words, &pool->device))
		return false;
	if (pool->device.addresses) {
		wrong("its address is that of the subnet");
		return false;
	}
	for (i = 0; i < s->pools; i++)
		if (s->pool[i].network.vni == pool->network.vni) {
			wrong("this network has subnets already");
			return false;
		}
	s->pools++;
	return true;
}

static bool set_seconds(struct words *words, int64_t *ms)
{
	unsigned long value;

	if (!words_number(words, 100000000, &value))
		return false;
	*ms = value * 1000LL;
	return true;
}

static bool set_grace(struct settings *s, struct words *words)
{
	s->grace_given = true;
	return set_seconds(words, &s->grace);
}

static bool set_hold(struct settings *s, struct words *words)
{
	return set_seconds(words, &s->hold);
}

static bool set_relist(struct settings *s, struct words *words)
{
	return set_seconds(words, &s->relist);
}

static bool set_ttl(struct settings *s, struct words *words)
{
	unsigned long value;

	if (!words_number(words, 86400, &value))
		return false;
	s->ttl = value < 5 ? 5 : value;
	return true;
}

/* "mode all", "mode misses" */
static bool set_mode(struct settings *s, struct words *words)
{
	char *word = words_value(words, "all or misses");

	if (!word)
		return false;
	s->misses = !strcmp(word, "misses");
	if (s->misses || !strcmp(word, "all"))
		return true;
	wrong_arg(word, "all or misses is expected");
	return false;
}

/* "keys make", "keys take" */
static bool set_keys(struct settings *s, struct words *words)
{
	char *word = words_value(words, "make or take");

	if (!word)
		return false;
	s->keys = !strcmp(word, "make");
	if (s->keys || !strcmp(word, "take"))
		return true;
	wrong_arg(word, "make or take is expected");
	return false;
}

static bool set_prefix(struct settings *s, struct words *words)
{
	if (!one_word(words, &s->prefix))
		return false;
	if (s->prefix[strlen(s->prefix) - 1] == '/' && strlen(s->prefix) < 200)
		return true;
	wrong_arg(s->prefix, "\"/\" must be at its end");
	return false;
}

/* Settings that are one word, taken as it is */
static char **text_setting(struct settings *s, const char *name)
{
	const struct {
		const char *name;
		char **text;
	} texts[] = {
		{ "cacert", &s->ca },		{ "cert", &s->cert },
		{ "key", &s->key },		{ "user", &s->user },
		{ "state", &s->state },		{ "metrics", &s->metrics },
		{ "password-file", &s->password_file }, { "run", &s->run },
		{ "cni", &s->cni },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strcmp(name, texts[i].name))
			return texts[i].text;
	return NULL;
}

static bool read_line(struct settings *s, struct words *words)
{
	static const struct {
		const char *name;
		bool (*set)(struct settings *s, struct words *words);
	} lines[] = {
		{ "source", set_source },	{ "name", set_name },
		{ "prefix", set_prefix },	{ "local", set_local },
		{ "publish", set_publish },	{ "vnis", set_vnis },
		{ "mode", set_mode },		{ "keys", set_keys },
		{ "grace", set_grace },		{ "hold", set_hold },
		{ "relist", set_relist },	{ "ttl", set_ttl },
		{ "subnets", set_subnets },
	};
	char *word = words_next(words), **text;
	unsigned int i;

	if (!word)
		return true;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strcmp(word, lines[i].name))
			return lines[i].set(s, words) && words_end(words);
	text = text_setting(s, word);
	if (text)
		return one_word(words, text) && words_end(words);
	wrong_arg(word, "no such setting");
	return false;
}

/* What one setting needs of others */
static bool is_whole(const struct settings *s, const char *name)
{
	if (!s->pools || (s->source == SOURCE_ETCD && s->locals))
		return true;
	say(LOG_ERROR, "%s: \"subnets\" needs \"source etcd\" and \"local ADDR\"", name);
	return false;
}

/* Deletions in a file are meant; those in etcd may be an accident. */
static void set_defaults(struct settings *s)
{
	if (!s->grace_given)
		s->grace = s->source == SOURCE_ETCD ? 30000 : 0;
}

/**
 * settings_parse - read all lines
 * @settings: from settings_init()
 * @from: where they are
 * @name: what that is called
 *
 * Return: whether all of them are right. What is wrong was said.
 */
bool settings_parse(struct settings *settings, FILE *from, const char *name)
{
	unsigned int number_of_line = 0;
	struct words words;
	char *line = NULL;
	size_t size = 0;
	bool good = true;

	while (getline(&line, &size, from) >= 0) {
		number_of_line++;
		words_split(&words, line);
		if (read_line(settings, &words))
			continue;
		say(LOG_ERROR, "%s:%u: %s", name, number_of_line, wrong_text());
		good = false;
	}
	free(line);
	set_defaults(settings);
	return is_whole(settings, name) && good;
}

/* As settings_parse(); a file that is not there has no lines. */
bool settings_read(struct settings *settings, const char *name)
{
	FILE *from = fopen(name, "re");
	bool good;

	if (!from && errno == ENOENT) {
		set_defaults(settings);
		return true;
	}
	if (!from) {
		say(LOG_ERROR, "%s: %s", name, strerror(errno));
		return false;
	}
	good = settings_parse(settings, from, name);
	fclose(from);
	return good;
}
