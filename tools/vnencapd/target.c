// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a prefix is. A million prefixes have few different targets, so each is
 * kept once and counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"
#include "../vnencap/text.h"

static uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	while (len--)
		hash = (hash ^ *b++) * 16777619u;
	return hash;
}

static uint32_t way_hash(const struct way *way)
{
	uint32_t hash = 2166136261u;
	unsigned int i;

	for (i = 0; i < way->hops; i++) {
		hash = hash_bytes(hash, way->hop[i].via.bytes, addr_size(&way->hop[i].via));
		hash = hash_bytes(hash, &way->hop[i].weight, 1);
	}
	hash = hash_bytes(hash, way->host, strlen(way->host));
	return hash ^ hash >> 15;
}

static bool hops_same(const struct hop *a, const struct hop *b, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (a[i].via.family != b[i].via.family ||
		    memcmp(a[i].via.bytes, b[i].via.bytes, addr_size(&a[i].via)) ||
		    (n > 1 && a[i].weight != b[i].weight))
			return false;
	return true;
}

/**
 * target_same_way - do packets go the same way, whoever said so?
 * @a: a target, or NULL for none
 * @b: another, or NULL for none
 */
bool target_same_way(const struct target *a, const struct target *b)
{
	if (a == b)
		return true;
	return a && b && a->hops == b->hops && hops_same(a->hop, b->hop, a->hops);
}

static struct target *target_new(const struct way *way, uint32_t hash)
{
	size_t size = way->hops * sizeof(way->hop[0]);
	struct target *target = malloc(sizeof(*target) + size);

	if (!target)
		abort();
	target->hash = hash;
	target->refs = 1;
	target->hops = way->hops;
	snprintf(target->host, sizeof(target->host), "%s", way->host);
	memcpy(target->hop, way->hop, size);
	return target;
}

/**
 * target_get - keep a target
 * @targets: those that are kept
 * @way: the target
 *
 * Return: it, with one reference more.
 */
struct target *target_get(struct targets *targets, const struct way *way)
{
	uint32_t hash = way_hash(way);
	struct target **at = &targets->bucket[hash % TARGET_BUCKETS];
	struct target *t;

	for (t = *at; t; t = t->next)
		if (t->hash == hash && t->hops == way->hops && !strcmp(t->host, way->host) &&
		    hops_same(t->hop, way->hop, way->hops))
			return target_hold(t);
	t = target_new(way, hash);
	t->next = *at;
	*at = t;
	return t;
}

/* One reference more, also to none */
struct target *target_hold(struct target *target)
{
	if (target)
		target->refs++;
	return target;
}

/**
 * target_put - give a reference back
 * @targets: those that are kept
 * @target: one of them, or NULL
 */
void target_put(struct targets *targets, struct target *target)
{
	struct target **at;

	if (!target || --target->refs)
		return;
	at = &targets->bucket[target->hash % TARGET_BUCKETS];
	while (*at != target)
		at = &(*at)->next;
	*at = target->next;
	free(target);
}

/* As "vnencap map" takes it; returns where the text ends. */
char *target_text(char *to, const struct target *target)
{
	unsigned int i;

	if (!target->hops)
		return stpcpy(to, "blackhole");
	for (i = 0; i < target->hops; i++) {
		to = stpcpy(to, i ? " via " : "via ");
		to = text_addr(to, &target->hop[i].via);
		if (target->hop[i].weight != 1) {
			to = stpcpy(to, " weight ");
			to = text_uint(to, target->hop[i].weight);
		}
	}
	return to;
}

/* One endpoint more; false if there are too many. */
bool way_add(struct way *way, const struct addr *via, uint8_t weight)
{
	if (way->hops == VNENCAP_HOPS_MAX)
		return false;
	way->hop[way->hops].via = *via;
	way->hop[way->hops++].weight = weight;
	return true;
}
