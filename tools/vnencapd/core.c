// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the source wants and what the kernel has.
 *
 * A prefix that the source takes away stays mapped for a while (@grace), and
 * if most of its VNI is to go at once, until another full list has confirmed
 * it: nobody deletes most of a network by mistake here. What others told the
 * kernel is left alone.
 *
 * Time comes in as a number, so that tests need not wait.
 */
#include <errno.h>
#include <string.h>

#include "core.h"
#include "journal.h"

/* The deletions that are looked at in one run: the rest of the loop waits. */
#define EXPIRE_MAX 20000
#define HELD_MS 1000

/* Change a reference that an entry holds; @to comes with one of its own. */
static void set_target(struct core *core, struct target **at, struct target *to)
{
	struct target *old = *at;

	*at = to;
	target_put(&core->targets, old);
}

static void entry_want(struct core *core, struct entry *e, struct target *want)
{
	int change = !!want - !!e->want;

	if (change) {
		vnis_need(&core->vnis, e->dest.vni)->wanted += change;
		core->stats.wanted += change;
	}
	set_target(core, &e->want, want);
}

/* The kernel is going to be told this. */
static void set_own(struct core *core, struct entry *e, struct target *to)
{
	if (e->own && !target_same_way(e->own, to))
		set_target(core, &e->was, target_hold(e->own));
	set_target(core, &e->own, target_hold(to));
}

/* Nothing is known of it any more. */
static void entry_drop(struct core *core, struct entry *e)
{
	entries_take(core, e);
	moves_drop(&core->moves, e);
	entry_want(core, e, NULL);
	set_target(core, &e->have, NULL);
	set_target(core, &e->own, NULL);
	set_target(core, &e->was, NULL);
	table_remove(&core->table, e);
}

void core_init(struct core *core, struct backend *backend, struct journal *journal,
	       int64_t grace)
{
	memset(core, 0, sizeof(*core));
	table_init(&core->table);
	core->backend = backend;
	core->journal = journal;
	core->grace = grace;
}

/* Only memory goes: what the kernel was told, it keeps. */
void core_free(struct core *core)
{
	struct table_walk walk = { };
	struct entry *e;

	while ((e = table_next(&core->table, &walk)))
		entry_drop(core, e);
	table_free(&core->table);
	vnis_free(&core->vnis);
}

/**
 * core_list_begin - a full list of what the source wants is going to be read
 * @core: the tables
 */
void core_list_begin(struct core *core)
{
	core->lists++;
	core->listing = true;
}

/**
 * core_list_abort - the list cannot be read to its end
 * @core: the tables
 *
 * What it named stays, and nothing goes for not having been named.
 */
void core_list_abort(struct core *core)
{
	core->listing = false;
}

static void doom(struct core *core, struct entry *e, int64_t rev, int64_t now)
{
	e->rev = rev;
	e->list = core->lists;
	e->doomed_at = now;
	entry_want(core, e, NULL);
	entries_put(core, e, DOOMED);
}

/**
 * core_list_end - the list was whole
 * @core: the tables
 * @rev: the revision that it was of
 * @now: the time in ms
 *
 * What it did not name is doomed, unless it came after that revision.
 */
void core_list_end(struct core *core, int64_t rev, int64_t now)
{
	struct table_walk walk = { };
	struct entry *e;

	core->listing = false;
	core->listed = core->lists;
	core->ready = true;
	core->want_list = false;
	while ((e = table_next(&core->table, &walk)))
		if (e->want && e->list != core->lists && e->rev <= rev)
			doom(core, e, rev, now);
}

/**
 * core_put - the source wants a mapping
 * @core: the tables
 * @dest: what is mapped
 * @way: where it is
 * @rev: the revision that said so
 */
void core_put(struct core *core, const struct dest *dest, const struct way *way, int64_t rev)
{
	struct entry *e;

	if (!vnis_here(&core->vnis, dest->vni))
		return;
	e = table_need(&core->table, dest);
	if (rev < e->rev)
		return;
	e->rev = rev;
	e->list = core->lists;
	e->refused = false;
	entry_want(core, e, target_get(&core->targets, way));
	if (e->state == DOOMED)
		entries_take(core, e);
	if (!core->kernel || !target_same_way(e->want, e->have) || !e->own)
		entries_put(core, e, DIRTY);
}

/**
 * core_del - the source does not name a prefix any more
 * @core: the tables
 * @dest: the prefix
 * @rev: the revision of the deletion
 * @now: the time in ms
 */
void core_del(struct core *core, const struct dest *dest, int64_t rev, int64_t now)
{
	struct entry *e = table_find(&core->table, dest);

	if (e && e->want && rev >= e->rev)
		doom(core, e, rev, now);
}

/* The source has something of a prefix that cannot be read: all stays as it was. */
void core_keep(struct core *core, const struct dest *dest)
{
	struct entry *e = table_find(&core->table, dest);

	if (e && e->want)
		e->list = core->lists;
}

/* The source begins to count anew: all that it says is news. */
void core_forget_revs(struct core *core)
{
	struct table_walk walk = { };
	struct entry *e;

	while ((e = table_next(&core->table, &walk)))
		e->rev = 0;
}

/**
 * core_recall - what an earlier life of this daemon had told the kernel
 * @core: the tables, in which there is nothing yet but such
 * @dest: what was mapped
 * @way: where
 *
 * It is wanted until the source has been heard.
 */
void core_recall(struct core *core, const struct dest *dest, const struct way *way)
{
	struct entry *e = table_need(&core->table, dest);

	entry_want(core, e, target_get(&core->targets, way));
	set_own(core, e, e->want);
	entries_put(core, e, DIRTY);
}

/* It was taken back later. */
void core_unrecall(struct core *core, struct entry *entry)
{
	entry_drop(core, entry);
}

/* Has somebody mapped it otherwise than this daemon did? */
static bool entry_foreign(const struct entry *e)
{
	return e->have && !target_same_way(e->have, e->own) &&
	       !target_same_way(e->have, e->was);
}

static bool check_foreign(struct core *core, struct entry *e, int64_t now)
{
	char text[DEST_TEXT_MAX];

	if (!entry_foreign(e))
		return false;
	if (!e->foreign) {
		dest_text(text, &e->dest);
		complain(&core->limit_foreign, now,
			 "%s is mapped elsewhere by somebody else, and is left so", text);
		core->stats.foreign++;
	}
	e->foreign = true;
	return true;
}

/* What the kernel is to have of what is wanted; with a reference */
static struct target *goal(struct core *core, struct entry *e, int64_t now)
{
	struct way way;

	if (moves_same(e))
		return target_hold(e->own);
	if (moves_now(&core->moves, e) && moves_add(&core->moves, e, now)) {
		moves_way(e, &way);
		return target_get(&core->targets, &way);
	}
	moves_drop(&core->moves, e);
	return target_hold(e->want);
}

/* Already as wanted, whoever did it: from now on it is ours. */
static void adopt(struct core *core, struct entry *e, struct target *to)
{
	e->foreign = false;
	if (target_same_way(e->own, to))
		return;
	set_target(core, &e->own, target_hold(to));
	journal_set(core->journal, e);
}

/* Does the kernel have to be told that @e is there? */
static bool must_set(struct core *core, struct entry *e, struct target *to, int64_t now)
{
	if (e->refused)
		return false;
	if (target_same_way(to, e->have)) {
		adopt(core, e, to);
		return false;
	}
	return !check_foreign(core, e, now) && !(core->misses && !e->have && !e->missed);
}

static void refused(struct core *core, struct change *c, int64_t now)
{
	char text[DEST_TEXT_MAX];

	dest_text(text, &c->entry->dest);
	complain(&core->limit_refused, now, "%s: the kernel refuses it: %s", text,
		 strerror(-c->err));
	c->entry->refused = true;
	core->stats.refused++;
}

/* A module that is older than this daemon wants a weight for each. */
static void give_up_move(struct core *core, struct change *c)
{
	struct entry *e = c->entry;

	moves_drop(&core->moves, e);
	set_target(core, &e->own, target_hold(e->was));
	set_target(core, &e->was, NULL);
	entries_put(core, e, DIRTY);
	if (c->err == -ERANGE)
		core->moves.ms = 0;
}

static void was_set(struct core *core, struct change *c, int64_t now)
{
	struct entry *e = c->entry;

	if (c->err && e->moved) {
		give_up_move(core, c);
		return;
	}
	if (c->err) {
		refused(core, c, now);
		return;
	}
	set_target(core, &e->have, target_hold(e->own));
	set_target(core, &e->was, NULL);
	e->foreign = false;
	core->stats.set++;
}

#define BATCH 4096

/* Returns false where the kernel cannot be spoken to. */
static bool set_batch(struct core *core, struct change *changes, unsigned int n, int64_t now)
{
	unsigned int i;

	journal_flush(core->journal);
	if (n && core->backend->apply(core->backend, changes, n)) {
		for (i = 0; i < n; i++)
			entries_put(core, changes[i].entry, DIRTY);
		core->kernel = false;
		return false;
	}
	for (i = 0; i < n; i++)
		was_set(core, &changes[i], now);
	return true;
}

/* Returns whether the kernel has to be told. */
static bool prepare(struct core *core, struct entry *e, int64_t now)
{
	struct target *to = goal(core, e, now);
	bool must = must_set(core, e, to, now);

	if (must) {
		set_own(core, e, to);
		journal_set(core->journal, e);
	}
	target_put(&core->targets, to);
	return must;
}

static void run_dirty(struct core *core, int64_t now)
{
	static struct change changes[BATCH];
	unsigned int n = 0;
	struct entry *e;

	while ((e = core->dirty.first)) {
		entries_take(core, e);
		if (!e->want && !e->have && !e->own) {
			entry_drop(core, e);
			continue;
		}
		if (!e->want || !prepare(core, e, now))
			continue;
		changes[n++] = (struct change){ .entry = e, .target = e->own };
		if (n == BATCH) {
			if (!set_batch(core, changes, n, now))
				return;
			n = 0;
		}
	}
	set_batch(core, changes, n, now);
}

/* Would most of its VNI go, and no later list has confirmed that? */
static bool must_wait(struct core *core, const struct entry *e)
{
	const struct vni *vni = vnis_need(&core->vnis, e->dest.vni);

	return vni->doomed > vni->wanted && core->listed <= e->list;
}

static void was_removed(struct core *core, struct change *c, int64_t now)
{
	if (c->err) {
		refused(core, c, now);
		return;
	}
	core->stats.removed++;
	journal_remove(core->journal, c->entry);
	entry_drop(core, c->entry);
}

static bool remove_batch(struct core *core, struct change *changes, unsigned int n, int64_t now)
{
	unsigned int i;

	if (n && core->backend->apply(core->backend, changes, n)) {
		for (i = 0; i < n; i++)
			entries_put(core, changes[i].entry, DOOMED);
		core->kernel = false;
		return false;
	}
	for (i = 0; i < n; i++)
		was_removed(core, &changes[i], now);
	journal_flush(core->journal);
	return true;
}

/* Its time is over: gone, or to be removed from the kernel? */
static bool must_remove(struct core *core, struct entry *e)
{
	if (e->have && e->own && !entry_foreign(e) && !e->refused)
		return true;
	journal_remove(core->journal, e);
	entries_take(core, e);
	set_target(core, &e->own, NULL);
	if (!e->have)
		entry_drop(core, e);
	return false;
}

static void hold(struct core *core, const struct entry *e, int64_t now)
{
	if (!core->want_list)
		complain(&core->limit_held, now,
			 "vni %u: most of its mappings would go; another full list is asked first",
			 e->dest.vni);
	core->want_list = true;
	core->stats.held++;
}

/* Returns when there is more to do. */
static int64_t run_doomed(struct core *core, int64_t now)
{
	static struct change changes[BATCH];
	unsigned int n = 0, looked = 0;
	struct entry *e, *next;
	bool held = false;

	if (core->listing)
		return NEVER;
	for (e = core->doomed.first; e && n < BATCH && looked < EXPIRE_MAX; e = next, looked++) {
		next = e->list_next;
		if (now < e->doomed_at + core->grace)
			break;
		if (must_wait(core, e)) {
			if (!held)
				hold(core, e, now);
			held = true;
			continue;
		}
		if (must_remove(core, e))
			changes[n++] = (struct change){
				.entry = e, .target = e->have, .remove = true
			};
	}
	if (!remove_batch(core, changes, n, now))
		return NEVER;
	if (n == BATCH || (n && looked == EXPIRE_MAX))
		return now;
	/* all that were looked at wait for a list, and so do those behind them */
	if (looked == EXPIRE_MAX)
		return now + HELD_MS;
	return e ? e->doomed_at + core->grace : NEVER;
}

static void run_moved(struct core *core, int64_t now)
{
	struct entry *e;

	while ((e = moves_over(&core->moves, now)))
		if (e->want)
			entries_put(core, e, DIRTY);
}

/**
 * core_run - do what is to be done
 * @core: the tables
 * @now: the time in ms
 *
 * Return: when there is more to do, or NEVER.
 */
int64_t core_run(struct core *core, int64_t now)
{
	int64_t next;

	if (!core->ready || !core->kernel)
		return NEVER;
	run_moved(core, now);
	run_dirty(core, now);
	if (!core->kernel)
		return NEVER;
	next = run_doomed(core, now);
	if (moves_next(&core->moves) < next)
		next = moves_next(&core->moves);
	return core->dirty.first ? now : next;
}

/* The kernel has this mapping, or none where @way is NULL. */
void core_heard(struct core *core, const struct dest *dest, const struct way *way)
{
	struct entry *e = table_find(&core->table, dest);

	if (!e && !way)
		return;
	if (!e)
		e = table_need(&core->table, dest);
	set_target(core, &e->have, way ? target_get(&core->targets, way) : NULL);
	if (e->want)
		entries_put(core, e, DIRTY);
	else if (e->state == IDLE && !e->have)
		entry_drop(core, e);
}

static void heard_one(const struct dest *dest, const struct way *way, void *data)
{
	core_heard(data, dest, way);
}

/**
 * core_read_kernel - learn all that the kernel has
 * @core: the tables
 *
 * Return: 0 or -errno; what the kernel has is not known then.
 */
int core_read_kernel(struct core *core)
{
	struct table_walk walk = { };
	struct entry *e;
	int err;

	core->kernel = false;
	while ((e = table_next(&core->table, &walk)))
		set_target(core, &e->have, NULL);
	err = core->backend->dump(core->backend, heard_one, core);
	if (err)
		return err;
	core->stats.dumps++;
	core->kernel = true;
	memset(&walk, 0, sizeof(walk));
	while ((e = table_next(&core->table, &walk))) {
		e->refused = false;
		if (e->want)
			entries_put(core, e, DIRTY);
		else if (e->state == IDLE && !e->have)
			entry_drop(core, e);
	}
	return 0;
}

/**
 * core_missed - a packet found no mapping
 * @core: the tables
 * @vni: the virtual network
 * @addr: where it was to go
 *
 * Where not all is mapped, the longest prefix that covers it is from now on.
 */
void core_missed(struct core *core, uint32_t vni, const struct addr *addr)
{
	struct prefix prefix = { .addr = *addr, .len = 8 * addr_size(addr) };
	struct dest dest;
	struct entry *e;

	for (;; prefix.len--) {
		dest_make(&dest, vni, &prefix);
		e = table_find(&core->table, &dest);
		if (e && e->want)
			break;
		if (!prefix.len)
			return;
		prefix.addr.bytes[(prefix.len - 1) / 8] &= ~(0x80 >> (prefix.len - 1) % 8);
	}
	e->missed = true;
	if (!e->have)
		entries_put(core, e, DIRTY);
}
