// SPDX-License-Identifier: GPL-2.0-only
/* A kernel in memory. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "../words.h"

static void put(struct memory *m, const struct dest *dest, const struct target *target)
{
	struct entry *e = table_need(&m->table, dest);
	struct way way = { .hops = target->hops };
	struct target *old = e->have;

	memcpy(way.hop, target->hop, target->hops * sizeof(way.hop[0]));
	e->have = target_get(&m->targets, &way);
	target_put(&m->targets, old);
}

static void drop(struct memory *m, struct entry *e)
{
	target_put(&m->targets, e->have);
	e->have = NULL;
	table_remove(&m->table, e);
}

static int apply_one(struct memory *m, const struct change *c)
{
	struct entry *e = table_find(&m->table, &c->entry->dest);

	if (c->entry->dest.vni == m->refuse)
		return -EINVAL;
	if (m->weighs && !c->remove && c->target->hops == 2 && !c->target->hop[1].weight)
		return -ERANGE;
	if (!c->remove) {
		put(m, &c->entry->dest, c->target);
		m->sets++;
		return 0;
	}
	m->removes++;
	if (e && target_same_way(e->have, c->target))
		drop(m, e);
	return 0;
}

static int apply(struct backend *backend, struct change *changes, unsigned int n)
{
	struct memory *m = (struct memory *)backend;
	unsigned int i;

	if (m->broken)
		return -ECOMM;
	for (i = 0; i < n; i++)
		changes[i].err = apply_one(m, &changes[i]);
	return 0;
}

static int dump(struct backend *backend, backend_map_fn fn, void *data)
{
	struct memory *m = (struct memory *)backend;
	struct table_walk walk = { };
	struct entry *e;

	if (m->broken)
		return -ECOMM;
	while ((e = table_next(&m->table, &walk))) {
		struct way way = { .hops = e->have->hops };

		memcpy(way.hop, e->have->hop, e->have->hops * sizeof(way.hop[0]));
		fn(&e->dest, &way, data);
	}
	return 0;
}

static int devices(struct backend *backend, backend_dev_fn fn, void *data)
{
	struct memory *m = (struct memory *)backend;
	unsigned int i;

	for (i = 0; i < m->devices; i++)
		fn(&m->device[i], data);
	return 0;
}

static struct key_ids *ids_of(struct backend *backend, uint32_t vni)
{
	struct memory *m = (struct memory *)backend;
	unsigned int i;

	for (i = 0; m->keys[i].used && m->keys[i].vni != vni; i++)
		if (i == MEMORY_VNIS - 1)
			abort();
	m->keys[i].used = true;
	m->keys[i].vni = vni;
	return &m->keys[i].ids;
}

static int key_get(struct backend *backend, uint32_t vni, struct key_ids *ids)
{
	*ids = *ids_of(backend, vni);
	return 0;
}

static int key_set(struct backend *backend, uint32_t vni, uint32_t id, const uint8_t *secret)
{
	(void)secret;
	*ids_of(backend, vni) = (struct key_ids){ .id = id };
	return 0;
}

/* The kernel's rules */
static int key_add(struct backend *backend, uint32_t vni, uint32_t id, const uint8_t *secret)
{
	struct key_ids *ids = ids_of(backend, vni);

	(void)secret;
	if (ids->id == id || (ids->has_also && ids->also == id))
		return -EEXIST;
	if (ids->has_also)
		return -ENOSPC;
	ids->also = id;
	ids->has_also = true;
	return 0;
}

static int key_use(struct backend *backend, uint32_t vni, uint32_t id)
{
	struct key_ids *ids = ids_of(backend, vni);

	if (ids->id == id)
		return 0;
	if (!ids->has_also || ids->also != id)
		return -ENOENT;
	ids->also = ids->id;
	ids->id = id;
	return 0;
}

static int key_del(struct backend *backend, uint32_t vni, uint32_t id)
{
	struct key_ids *ids = ids_of(backend, vni);

	if (ids->id == id)
		return -EBUSY;
	if (!ids->has_also || ids->also != id)
		return -ENOENT;
	ids->has_also = false;
	return 0;
}

void memory_init(struct memory *m)
{
	memset(m, 0, sizeof(*m));
	table_init(&m->table);
	m->refuse = UINT32_MAX;
	m->backend = (struct backend){
		dump, apply, devices, key_get, key_set, key_add, key_use, key_del
	};
}

void memory_free(struct memory *m)
{
	struct table_walk walk = { };
	struct entry *e;

	while ((e = table_next(&m->table, &walk)))
		drop(m, e);
	table_free(&m->table);
}

static void split(struct words *words, char *line, size_t size, const char *text,
		  struct dest *dest)
{
	snprintf(line, size, "%s", text);
	words_split(words, line);
	if (!words_dest(words, dest))
		abort();
}

/* "vni N PREFIX via ADDR": somebody else's doing */
void memory_set(struct memory *m, const char *text)
{
	struct target *target;
	struct way way = { };
	struct words words;
	struct dest dest;
	char line[256];

	split(&words, line, sizeof(line), text, &dest);
	if (!words_way(&words, &way, NULL, NULL))
		abort();
	target = target_get(&m->targets, &way);
	put(m, &dest, target);
	target_put(&m->targets, target);
}

void memory_del(struct memory *m, const char *text)
{
	struct words words;
	struct dest dest;
	struct entry *e;
	char line[256];

	split(&words, line, sizeof(line), text, &dest);
	e = table_find(&m->table, &dest);
	if (e)
		drop(m, e);
}

/* Where "vni N PREFIX" is; "" for nowhere */
const char *memory_get(struct memory *m, const char *text)
{
	static char where[TARGET_TEXT_MAX];
	struct words words;
	struct dest dest;
	struct entry *e;
	char line[256];

	split(&words, line, sizeof(line), text, &dest);
	e = table_find(&m->table, &dest);
	where[0] = '\0';
	if (e)
		target_text(where, e->have);
	return where;
}
