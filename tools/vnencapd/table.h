/* SPDX-License-Identifier: GPL-2.0-only */
/* All prefixes that the daemon knows of, and what is known of each. */
#ifndef VNENCAPD_TABLE_H
#define VNENCAPD_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "../vnencap/parse.h"

struct target;

/* What is mapped. Compared as bytes, so what is not used is zero. */
struct dest {
	uint32_t vni;
	uint8_t family;		/* AF_INET or AF_INET6 */
	uint8_t len;
	uint8_t bytes[16];
	uint8_t zero[2];
};

/* Which of the lists of the core a prefix is in */
enum entry_state { IDLE, DIRTY, DOOMED };

/**
 * struct entry - a prefix
 * @next: in the table's bucket
 * @list_next: in the list that @state says
 * @list_prev: as @list_next
 * @dest: what is mapped
 * @want: what the source says; NULL if it does not name the prefix
 * @have: what the kernel has; NULL for nothing
 * @own: what this daemon has told the kernel; NULL where it has not
 * @was: what it had told it before, where it is not known to have heard @own
 * @rev: the revision of the source that @want is of, or that took it away
 * @doomed_at: when the source took it away, in ms
 * @list: the list that named it last, or the last begun when it was doomed
 * @state: which list it is in
 * @refused: the kernel did not want it; not tried again until it changes
 * @foreign: somebody else mapped it elsewhere, which was said
 * @missed: a packet looked for it
 * @moved: just now: see struct moves
 */
struct entry {
	struct entry *next;
	struct entry *list_next;
	struct entry *list_prev;
	struct dest dest;
	struct target *want;
	struct target *have;
	struct target *own;
	struct target *was;
	int64_t rev;
	int64_t doomed_at;
	uint32_t list;
	uint8_t state;
	bool refused;
	bool foreign;
	bool missed;
	bool moved;
};

struct table {
	struct entry **bucket;
	struct entry *free;
	struct chunk *chunks;
	uint64_t seed;
	uint32_t mask;
	uint32_t count;
};

void dest_make(struct dest *dest, uint32_t vni, const struct prefix *prefix);
void dest_prefix(const struct dest *dest, struct prefix *prefix);
char *dest_text(char *to, const struct dest *dest);

/* Room for "vni N PREFIX" */
#define DEST_TEXT_MAX 80

void table_init(struct table *table);
void table_free(struct table *table);
struct entry *table_find(const struct table *table, const struct dest *dest);
struct entry *table_need(struct table *table, const struct dest *dest);
void table_remove(struct table *table, struct entry *entry);

/* Each entry; the one that is looked at may be removed. */
struct table_walk {
	uint32_t bucket;
	struct entry *next;
};

struct entry *table_next(const struct table *table, struct table_walk *walk);

#endif /* VNENCAPD_TABLE_H */
