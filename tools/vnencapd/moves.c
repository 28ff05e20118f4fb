// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefixes that have just moved. The kernel takes what comes from an address only from
 * where that is mapped to. What the old host has sent is still under way, and as long as
 * others send there it answers; so for a while the mapping names it as well, with no
 * weight: nothing goes there.
 *
 * Where very many move at once, those that find no room here do without.
 */
#include <string.h>

#include "core.h"
#include "moves.h"

static bool same_place(const struct target *a, const struct target *b)
{
	return a->hop[0].via.family == b->hop[0].via.family &&
	       !memcmp(a->hop[0].via.bytes, b->hop[0].via.bytes, addr_size(&a->hop[0].via));
}

/* Is it at one host in the kernel, by this daemon, and is to be at another one? */
bool moves_now(const struct moves *moves, const struct entry *e)
{
	return moves->ms && !e->refused && e->want->hops == 1 && e->own &&
	       target_same_way(e->own, e->have) &&
	       (e->own->hops == 1 || (e->moved && e->own->hops)) &&
	       !same_place(e->own, e->want);
}

/* Has the kernel been told that it moved to where it still is to be? */
bool moves_same(const struct entry *e)
{
	return e->moved && e->want->hops == 1 && e->own && e->own->hops &&
	       same_place(e->own, e->want);
}

/* What the kernel is to have of a prefix that moves: where it is, and where it was */
void moves_way(const struct entry *e, struct way *way)
{
	memset(way, 0, sizeof(*way));
	way_add(way, &e->want->hop[0].via, 1);
	way_add(way, &e->own->hop[0].via, 0);
	memcpy(way->host, e->want->host, sizeof(way->host));
}

/* Returns false where there is no room. */
bool moves_add(struct moves *l, struct entry *e, int64_t now)
{
	moves_drop(l, e);
	if (l->count == MOVES_MAX)
		return false;
	l->at[(l->first + l->count++) % MOVES_MAX] = (struct move){ e, now + l->ms };
	e->moved = true;
	return true;
}

/* It does no longer, if it ever did. */
void moves_drop(struct moves *l, struct entry *e)
{
	unsigned int i;

	if (!e->moved)
		return;
	e->moved = false;
	for (i = 0; i < l->count; i++)
		if (l->at[(l->first + i) % MOVES_MAX].entry == e)
			l->at[(l->first + i) % MOVES_MAX].entry = NULL;
}

/* One whose time is over, until there is none */
struct entry *moves_over(struct moves *l, int64_t now)
{
	struct entry *e = NULL;

	while (!e && l->count && l->at[l->first].until <= now) {
		e = l->at[l->first].entry;
		l->first = (l->first + 1) % MOVES_MAX;
		l->count--;
	}
	if (e)
		e->moved = false;
	return e;
}

/* When the next one's is */
int64_t moves_next(const struct moves *l)
{
	return l->count ? l->at[l->first].until : NEVER;
}
