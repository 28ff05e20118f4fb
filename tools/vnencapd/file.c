// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that has all networks, hosts and mappings. A file with a wrong line
 * is refused as a whole: half a network is worse than yesterday's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "log.h"
#include "secret.h"
#include "words.h"
#include "wrong.h"

static void *file_new(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

static const struct file_network *find_network(const struct file *file, const char *name)
{
	const struct file_network *n = file->networks;

	while (n && strcmp(n->name, name))
		n = n->next;
	return n;
}

static const struct file_host *find_host(const struct file *file, const char *name)
{
	const struct file_host *h = file->hosts;

	while (h && strcmp(h->name, name))
		h = h->next;
	return h;
}

static bool host_via(const char *name, struct addr *via, void *data)
{
	const struct file_host *host = find_host(data, name);

	if (host)
		*via = host->via;
	return host;
}

/* "network NAME vni N" */
static bool read_network(struct file *file, struct words *words)
{
	struct file_network network = { }, *n;
	char *name = words_value(words, "a name");
	char *vni;

	if (!name || !words_host(name, network.name))
		return false;
	if (find_network(file, network.name)) {
		wrong_arg(name, "this network was named before");
		return false;
	}
	if (!words_are(words, "vni")) {
		wrong("\"vni N\" is expected");
		return false;
	}
	words_next(words);
	vni = words_value(words, "a VNI");
	if (!vni || parse_vni(vni, &network.vni) || !words_end(words))
		return false;
	n = file_new(sizeof(*n));
	*n = network;
	n->next = file->networks;
	file->networks = n;
	return true;
}

/* "host NAME ADDR" */
static bool read_host(struct file *file, struct words *words)
{
	struct file_host host = { }, *h;
	char *name = words_value(words, "a name");
	char *addr;

	if (!name || !words_host(name, host.name))
		return false;
	if (find_host(file, host.name)) {
		wrong_arg(name, "this host was named before");
		return false;
	}
	addr = words_value(words, "a substrate address");
	if (!addr || parse_addr(addr, &host.via) || !words_end(words))
		return false;
	h = file_new(sizeof(*h));
	*h = host;
	h->next = file->hosts;
	file->hosts = h;
	return true;
}

/* "vni N", or the name of a network */
static bool read_vni(struct file *file, struct words *words, uint32_t *vni)
{
	const struct file_network *network;
	char *word = words_value(words, "a network");

	if (!word)
		return false;
	if (!strcmp(word, "vni")) {
		word = words_value(words, "a VNI");
		return word && !parse_vni(word, vni);
	}
	network = find_network(file, word);
	if (!network) {
		wrong_arg(word, "no network of this name");
		return false;
	}
	*vni = network->vni;
	return true;
}

static void add_map(struct file *file, const struct dest *dest, const struct way *way)
{
	struct file_map *m = file_new(sizeof(*m));

	m->dest = *dest;
	m->way = *way;
	*file->maps_end = m;
	file->maps_end = &m->next;
}

/* "map NETWORK PREFIX TARGET" */
static bool read_map(struct file *file, struct words *words)
{
	struct prefix prefix;
	struct way way = { };
	struct dest dest;
	uint32_t vni;
	char *word;

	if (!read_vni(file, words, &vni))
		return false;
	word = words_value(words, "a prefix");
	if (!word || parse_prefix(word, &prefix))
		return false;
	if (words_are(words, "host") && words->at + 1 < words->n &&
	    !words_host(words->word[words->at + 1], way.host))
		return false;
	if (!words_way(words, &way, host_via, file) || !words_end(words))
		return false;
	if (way.hops > 1)
		way.host[0] = '\0';
	dest_make(&dest, vni, &prefix);
	add_map(file, &dest, &way);
	return true;
}

static void add_key(struct file *file, const struct file_key *key)
{
	struct file_key *k = file_new(sizeof(*k)), **at = &file->keys;

	*k = *key;
	while (*at)
		at = &(*at)->next;
	*at = k;
}

/* "key NETWORK id N file NAME", "key NETWORK id 0" for none */
static bool read_key(struct file *file, struct words *words)
{
	struct file_key key = { };
	char *id, *name;

	if (!read_vni(file, words, &key.vni))
		return false;
	if (!words_are(words, "id")) {
		wrong("\"id N\" is expected");
		return false;
	}
	words_next(words);
	id = words_value(words, "the id of a key");
	if (!id || parse_key_id(id, &key.id))
		return false;
	if (!key.id) {
		if (!words_end(words))
			return false;
		add_key(file, &key);
		return true;
	}
	if (!words_are(words, "file")) {
		wrong("\"file NAME\" is expected");
		return false;
	}
	words_next(words);
	name = words_value(words, "the name of a file");
	if (!name || !words_end(words) || !secret_read(name, key.secret))
		return false;
	add_key(file, &key);
	explicit_bzero(&key, sizeof(key));
	return true;
}

static bool read_number(const char *word, unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno || *value > max) {
		wrong_arg(word, "invalid number");
		return false;
	}
	return true;
}

/* Not parse_prefix(): the host's part is what it is about. */
static bool read_address(struct words *words, struct file_device *d)
{
	char *word = words_value(words, "an address"), *slash;
	struct prefix *p;
	unsigned long len;

	if (!word)
		return false;
	if (d->addresses == ARRAY_SIZE(d->address)) {
		wrong("too many addresses");
		return false;
	}
	p = &d->address[d->addresses];
	slash = strchr(word, '/');
	if (slash)
		*slash++ = '\0';
	if (parse_addr(word, &p->addr))
		return false;
	len = 8 * addr_size(&p->addr);
	if (slash && !read_number(slash, len, &len))
		return false;
	p->len = len;
	d->addresses++;
	return true;
}

static bool read_link(struct words *words, struct file_device *d)
{
	char *word = words_value(words, "a device");

	if (!word || parse_ifname(word))
		return false;
	memcpy(d->link, word, strlen(word) + 1);
	return true;
}

static bool read_mtu(struct words *words, struct file_device *d)
{
	char *word = words_value(words, "a number");
	unsigned long mtu;

	if (!word || !read_number(word, 1 << 20, &mtu))
		return false;
	d->mtu = mtu;
	return true;
}

static bool read_port(struct words *words, struct file_device *d)
{
	char *word = words_value(words, "a port");

	return word && !parse_port(word, &d->port);
}

static bool read_setting(struct words *words, struct file_device *d)
{
	static const struct {
		const char *name;
		bool (*read)(struct words *words, struct file_device *d);
	} settings[] = {
		{ "link", read_link },
		{ "address", read_address },
		{ "mtu", read_mtu },
		{ "port", read_port },
	};
	char *word = words_next(words);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strcmp(word, settings[i].name))
			return settings[i].read(words, d);
	wrong_arg(word, "link, address, mtu or port is expected");
	return false;
}

/* What a device is to be like: the rest of the line */
bool file_device_words(struct words *words, struct file_device *device)
{
	while (words->at < words->n)
		if (!read_setting(words, device))
			return false;
	if (!device->link[0]) {
		wrong("\"link DEVICE\" is missing");
		return false;
	}
	return words_end(words);
}

/* "device HOST NAME NETWORK link DEVICE [address ADDR/LEN]... [mtu N] [port N]" */
static bool read_device(struct file *file, struct words *words)
{
	struct file_device device = { }, *d;
	char *host = words_value(words, "a host"), *name;

	if (!host || !words_host(host, device.host))
		return false;
	if (!find_host(file, host)) {
		wrong_arg(host, "no host of this name");
		return false;
	}
	name = words_value(words, "the name of a device");
	if (!name || parse_ifname(name))
		return false;
	memcpy(device.name, name, strlen(name) + 1);
	if (!read_vni(file, words, &device.vni))
		return false;
	if (!file_device_words(words, &device))
		return false;
	d = file_new(sizeof(*d));
	*d = device;
	d->next = file->devices;
	file->devices = d;
	return true;
}

static bool read_line(struct file *file, struct words *words)
{
	static const struct {
		const char *name;
		bool (*read)(struct file *file, struct words *words);
	} lines[] = {
		{ "network", read_network },
		{ "host", read_host },
		{ "map", read_map },
		{ "key", read_key },
		{ "device", read_device },
	};
	char *word = words_next(words);
	unsigned int i;

	if (!word)
		return true;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strcmp(word, lines[i].name))
			return lines[i].read(file, words);
	wrong_arg(word, "network, host, map, key or device is expected");
	return false;
}

#define WRONG_LINES 10

static void line_wrong(struct file *file, const char *name)
{
	if (file->wrong++ < WRONG_LINES)
		say(LOG_ERROR, "%s:%u: %s", name, file->line, wrong_text());
}

/**
 * file_parse - read all lines
 * @file: to be filled; to be given to file_free() in any case
 * @from: where they are
 * @name: what that is called
 *
 * Return: whether all of them are right. What is wrong was said.
 */
bool file_parse(struct file *file, FILE *from, const char *name)
{
	struct words words;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	memset(file, 0, sizeof(*file));
	file->maps_end = &file->maps;
	while ((len = getline(&line, &size, from)) >= 0) {
		file->line++;
		if (strlen(line) != (size_t)len) {
			wrong("the line contains a zero byte");
			line_wrong(file, name);
			continue;
		}
		words_split(&words, line);
		if (!read_line(file, &words))
			line_wrong(file, name);
	}
	if (ferror(from)) {
		wrong("cannot read: %s", strerror(errno));
		line_wrong(file, name);
	}
	free(line);
	return !file->wrong;
}

/* As file_parse() */
bool file_read(struct file *file, const char *name)
{
	FILE *from = fopen(name, "re");
	bool good;

	if (!from) {
		memset(file, 0, sizeof(*file));
		say(LOG_ERROR, "%s: %s", name, strerror(errno));
		return false;
	}
	good = file_parse(file, from, name);
	fclose(from);
	return good;
}

/* Each list's elements begin with the pointer to the next one. */
struct link {
	struct link *next;
};

static void free_all(void *list)
{
	struct link *link = list, *next;

	for (; link; link = next) {
		next = link->next;
		free(link);
	}
}

void file_free(struct file *file)
{
	struct file_key *key;

	for (key = file->keys; key; key = key->next)
		explicit_bzero(key->secret, sizeof(key->secret));
	free_all(file->networks);
	free_all(file->hosts);
	free_all(file->maps);
	free_all(file->keys);
	free_all(file->devices);
}
