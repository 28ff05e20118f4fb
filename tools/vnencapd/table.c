// SPDX-License-Identifier: GPL-2.0-only
/*
 * All prefixes that the daemon knows of. There may be millions, so entries come
 * out of large pieces of memory. What is hashed is chosen by others, who must
 * not know which prefixes meet in a bucket: there is a seed.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "table.h"
#include "../vnencap/text.h"

#define CHUNK_ENTRIES 512
#define FIRST_BUCKETS 1024

struct chunk {
	struct chunk *next;
	struct entry entry[CHUNK_ENTRIES];
};

/**
 * dest_make - what is mapped, from its parts
 * @dest: to be made
 * @vni: the virtual network
 * @prefix: of the overlay
 */
void dest_make(struct dest *dest, uint32_t vni, const struct prefix *prefix)
{
	memset(dest, 0, sizeof(*dest));
	dest->vni = vni;
	dest->family = prefix->addr.family;
	dest->len = prefix->len;
	memcpy(dest->bytes, prefix->addr.bytes, addr_size(&prefix->addr));
}

void dest_prefix(const struct dest *dest, struct prefix *prefix)
{
	memset(prefix, 0, sizeof(*prefix));
	prefix->addr.family = dest->family;
	prefix->len = dest->len;
	memcpy(prefix->addr.bytes, dest->bytes, sizeof(dest->bytes));
}

/* As "vnencap map" takes it; returns where the text ends. */
char *dest_text(char *to, const struct dest *dest)
{
	struct prefix prefix;

	dest_prefix(dest, &prefix);
	to = stpcpy(to, "vni ");
	to = text_uint(to, dest->vni);
	*to++ = ' ';
	return text_prefix(to, &prefix);
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93ULL;
	x ^= x >> 29;
	x *= 0xa0761d6478bd642fULL;
	return x ^ x >> 32;
}

static uint32_t dest_hash(const struct table *table, const struct dest *dest)
{
	uint64_t hash = table->seed, word;
	unsigned int i;

	for (i = 0; i < sizeof(*dest); i += sizeof(word)) {
		memcpy(&word, (const char *)dest + i, sizeof(word));
		hash = mix(hash ^ word) + table->seed;
	}
	return hash >> 16;
}

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

void table_init(struct table *table)
{
	memset(table, 0, sizeof(*table));
	if (getrandom(&table->seed, sizeof(table->seed), 0) < 0)
		abort();
	table->mask = FIRST_BUCKETS - 1;
	table->bucket = need(calloc(FIRST_BUCKETS, sizeof(*table->bucket)));
}

void table_free(struct table *table)
{
	struct chunk *chunk;

	while ((chunk = table->chunks)) {
		table->chunks = chunk->next;
		free(chunk);
	}
	free(table->bucket);
	memset(table, 0, sizeof(*table));
}

static void table_grow(struct table *table)
{
	uint32_t i, at, mask = 2 * table->mask + 1;
	struct entry **bucket, *e, *next;

	bucket = need(calloc(mask + 1ULL, sizeof(*bucket)));
	for (i = 0; i <= table->mask; i++)
		for (e = table->bucket[i]; e; e = next) {
			next = e->next;
			at = dest_hash(table, &e->dest) & mask;
			e->next = bucket[at];
			bucket[at] = e;
		}
	free(table->bucket);
	table->bucket = bucket;
	table->mask = mask;
}

static void table_feed(struct table *table)
{
	struct chunk *chunk = need(malloc(sizeof(*chunk)));
	unsigned int i;

	chunk->next = table->chunks;
	table->chunks = chunk;
	for (i = 0; i < CHUNK_ENTRIES; i++) {
		chunk->entry[i].next = table->free;
		table->free = &chunk->entry[i];
	}
}

/**
 * table_find - what is known of a prefix
 * @table: of all
 * @dest: the prefix
 *
 * Return: its entry, or NULL.
 */
struct entry *table_find(const struct table *table, const struct dest *dest)
{
	struct entry *e = table->bucket[dest_hash(table, dest) & table->mask];

	while (e && memcmp(&e->dest, dest, sizeof(*dest)))
		e = e->next;
	return e;
}

/**
 * table_need - the entry of a prefix, a new one if there is none
 * @table: of all
 * @dest: the prefix
 *
 * Return: the entry; a new one has neither target nor list.
 */
struct entry *table_need(struct table *table, const struct dest *dest)
{
	struct entry *e = table_find(table, dest), **at;

	if (e)
		return e;
	if (table->count > table->mask)
		table_grow(table);
	if (!table->free)
		table_feed(table);
	e = table->free;
	table->free = e->next;
	memset(e, 0, sizeof(*e));
	e->dest = *dest;
	at = &table->bucket[dest_hash(table, dest) & table->mask];
	e->next = *at;
	*at = e;
	table->count++;
	return e;
}

/* @entry holds no target and is in no list any more. */
void table_remove(struct table *table, struct entry *entry)
{
	struct entry **at = &table->bucket[dest_hash(table, &entry->dest) & table->mask];

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	entry->next = table->free;
	table->free = entry;
	table->count--;
}

/**
 * table_next - look at each entry
 * @table: of all; nothing may be added meanwhile
 * @walk: where it goes on, zeros at first
 *
 * Return: the next entry, which may be removed; NULL at the end.
 */
struct entry *table_next(const struct table *table, struct table_walk *walk)
{
	struct entry *e = walk->next;

	while (!e && walk->bucket <= table->mask)
		e = table->bucket[walk->bucket++];
	walk->next = e ? e->next : NULL;
	return e;
}
