// SPDX-License-Identifier: GPL-2.0-only
/*
 * The subnet of a network that this host has for its containers. What etcd says of
 * that is the subnet's mapping and nothing else: the host whose mapping it is has
 * the subnet. It is made only where etcd has none, in one transaction, so that of
 * two hosts that want the same one, one gets it.
 *
 * Nothing of that lapses. A host that comes back finds its subnet in a file of its
 * own, or by its name in etcd. The administrator frees those of hosts that will not
 * come back (vnencapctl drain).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "subnet.h"
#include "words.h"

#define FILE_NAME	"subnets"
/* A subnet that somebody has, and nobody tells who, is not waited for longer. */
#define ASKED_MS	5000
#define FULL_MS		10000
#define LOOK_MS		1000

/* --- which ones there are ------------------------------------------------------ */

static uint32_t pool_size(const struct pool *pool)
{
	return 1u << (pool->len - pool->network.len);
}

/* The subnet @i of a pool */
static void pool_subnet(const struct pool *pool, uint32_t i, struct dest *subnet)
{
	unsigned int bit = pool->len;

	*subnet = pool->network;
	subnet->len = pool->len;
	for (; i; i >>= 1) {
		bit--;
		if (i & 1)
			subnet->bytes[bit / 8] |= 0x80 >> bit % 8;
	}
}

static bool in_pool(const struct pool *pool, const struct dest *subnet)
{
	struct dest network = *subnet;
	unsigned int bit;

	network.len = pool->network.len;
	for (bit = network.len; bit < pool->len; bit++)
		network.bytes[bit / 8] &= ~(0x80 >> bit % 8);
	return subnet->len == pool->len && !memcmp(&network, &pool->network, sizeof(network));
}

/* --- whose they are ------------------------------------------------------------- */

enum owner { NOBODY, ME, OTHER };

/* As the mappings have it */
static enum owner owner_of(const struct subnets *s, const struct dest *subnet)
{
	const struct entry *e = table_find(&s->core->table, subnet);

	if (!e || !e->want)
		return NOBODY;
	return strcmp(e->want->host, s->settings->name) ? OTHER : ME;
}

static bool is_free(const struct subnets *s, const struct dest *subnet)
{
	return owner_of(s, subnet) == NOBODY &&
	       publish_state(s->publish, subnet) == CLAIM_MISSING;
}

/* Where a host begins to look: not where the others do */
static uint32_t place_of(const char *name)
{
	uint32_t hash = 2166136261u;

	while (*name)
		hash = (hash ^ (uint8_t)*name++) * 16777619u;
	return hash;
}

/*
 * That which etcd knows as this host's, or one that is free. The first one of a
 * network is left out: its first address is the network's.
 */
static bool choose(const struct subnets *s, const struct pool *pool, struct dest *subnet)
{
	uint32_t i, n = pool_size(pool) - 1, from = place_of(s->settings->name);

	for (i = 0; i < n; i++) {
		pool_subnet(pool, 1 + i, subnet);
		if (owner_of(s, subnet) == ME)
			return true;
	}
	for (i = 0; i < n; i++) {
		pool_subnet(pool, 1 + (from % n + i) % n, subnet);
		if (is_free(s, subnet))
			return true;
	}
	return false;
}

/* --- what is remembered --------------------------------------------------------- */

static void file_path(const struct subnets *s, char *path, size_t size)
{
	snprintf(path, size, "%s/" FILE_NAME, s->settings->state);
}

static void write_subnets(const struct subnets *s, FILE *to)
{
	char text[DEST_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < s->settings->pools; i++) {
		if (s->subnet[i].state != SUBNET_HAD && s->subnet[i].state != SUBNET_KNOWN)
			continue;
		dest_text(text, &s->subnet[i].dest);
		fprintf(to, "%s\n", text);
	}
}

/* If that cannot be written, etcd knows it still. */
static void remember(const struct subnets *s)
{
	char path[4096], new_path[4104];
	FILE *to;

	file_path(s, path, sizeof(path));
	snprintf(new_path, sizeof(new_path), "%s.new", path);
	to = fopen(new_path, "we");
	if (to) {
		write_subnets(s, to);
		if (!fclose(to) && !rename(new_path, path))
			return;
	}
	say(LOG_WARN, "%s: %s", path, strerror(errno));
}

static void recall(struct subnets *s, const struct dest *dest, int64_t now)
{
	unsigned int i;

	for (i = 0; i < s->settings->pools; i++) {
		struct subnet *one = &s->subnet[i];

		if (one->state != SUBNET_NONE || !in_pool(&s->settings->pool[i], dest))
			continue;
		one->state = SUBNET_ASKED;
		one->dest = *dest;
		one->asked_at = now;
		one->kept = true;
		publish_hold(s->publish, dest, true);
	}
}

static void read_file(struct subnets *s, int64_t now)
{
	struct words words;
	struct dest dest;
	char line[4096];
	FILE *from;

	file_path(s, line, sizeof(line));
	from = fopen(line, "re");
	if (!from)
		return;
	while (fgets(line, sizeof(line), from)) {
		words_split(&words, line);
		if (words.n && words_dest(&words, &dest))
			recall(s, &dest, now);
	}
	fclose(from);
}

/* --- steps --------------------------------------------------------------------- */

static void ask(struct subnets *s, unsigned int i, int64_t now)
{
	const struct pool *pool = &s->settings->pool[i];
	struct subnet *one = &s->subnet[i];
	char text[DEST_TEXT_MAX];

	if (!s->publish->listed || s->core->listing || now < one->next_at)
		return;
	if (!choose(s, pool, &one->dest)) {
		dest_text(text, &pool->network);
		if (!one->full)
			say(LOG_ERROR,
			    "%s is full: all of its %u subnets are at other hosts; free those of hosts that are gone (vnencapctl drain HOST)",
			    text, pool_size(pool) - 1);
		one->full = true;
		one->next_at = now + FULL_MS;
		return;
	}
	one->state = SUBNET_ASKED;
	one->asked_at = now;
	publish_hold(s->publish, &one->dest, true);
}

static void use(struct subnets *s, unsigned int i, enum subnet_state state)
{
	struct subnet *one = &s->subnet[i];
	bool used = one->state == SUBNET_KNOWN;
	char text[DEST_TEXT_MAX];

	one->state = state;
	one->full = false;
	if (used)
		return;
	dest_text(text, &one->dest);
	say(LOG_INFO, "%s is this host's subnet", text);
	remember(s);
	s->ops->use(s->data, i, &one->dest);
}

static void drop(struct subnets *s, unsigned int i)
{
	struct subnet *one = &s->subnet[i];
	bool used = one->kept || one->state == SUBNET_HAD || one->state == SUBNET_KNOWN;
	char text[DEST_TEXT_MAX];

	publish_hold(s->publish, &one->dest, false);
	one->state = SUBNET_NONE;
	one->kept = false;
	one->next_at = 0;
	if (!used)
		return;
	dest_text(text, &one->dest);
	say(LOG_ERROR,
	    "%s is at another host now: containers that have an address of it have to be started anew",
	    text);
	s->lost++;
	remember(s);
	s->ops->lose(s->data, i, &one->dest);
}

/* Somebody has what was asked for: another host, or a key that nobody can read. */
static bool is_others(const struct subnets *s, const struct subnet *one,
		      enum claim_state claim, int64_t now)
{
	if (claim != CLAIM_OTHER)
		return false;
	return owner_of(s, &one->dest) == OTHER ||
	       (one->state == SUBNET_ASKED && now >= one->asked_at + ASKED_MS);
}

/* What has become of what was asked for? */
static void judge(struct subnets *s, unsigned int i, int64_t now)
{
	struct subnet *one = &s->subnet[i];
	enum claim_state claim = publish_state(s->publish, &one->dest);

	if (is_others(s, one, claim, now))
		drop(s, i);
	else if (one->state == SUBNET_HAD)
		return;
	else if (claim == CLAIM_MINE || claim == CLAIM_STALE)
		use(s, i, SUBNET_HAD);
	else if (claim == CLAIM_UNKNOWN && s->core->ready && one->state == SUBNET_ASKED)
		use(s, i, SUBNET_KNOWN);
}

static void step(struct subnets *s, unsigned int i, int64_t now)
{
	if (s->subnet[i].state == SUBNET_NONE)
		ask(s, i, now);
	if (s->subnet[i].state != SUBNET_NONE)
		judge(s, i, now);
	if (s->subnet[i].state == SUBNET_NONE)
		ask(s, i, now);
}

/**
 * subnets_init - begin with what an earlier life had
 * @s: to be filled
 * @settings: kept
 * @core: kept; it knows all mappings of the networks
 * @publish: kept
 * @ops: who uses subnets
 * @data: for @ops
 * @now: the time in ms
 */
void subnets_init(struct subnets *s, const struct settings *settings, struct core *core,
		  struct publish *publish, const struct subnet_ops *ops, void *data,
		  int64_t now)
{
	memset(s, 0, sizeof(*s));
	s->settings = settings;
	s->core = core;
	s->publish = publish;
	s->ops = ops;
	s->data = data;
	if (settings->pools)
		read_file(s, now);
}

/* Do what is to be done; returns when there is more, or NEVER. */
int64_t subnets_run(struct subnets *s, int64_t now)
{
	int64_t next = NEVER, at;
	unsigned int i;

	for (i = 0; i < s->settings->pools; i++) {
		step(s, i, now);
		at = s->subnet[i].state == SUBNET_NONE ? s->subnet[i].next_at :
		     s->subnet[i].state == SUBNET_ASKED ? now + LOOK_MS : NEVER;
		if (at > now && at < next)
			next = at;
	}
	return next;
}
