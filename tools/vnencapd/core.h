/* SPDX-License-Identifier: GPL-2.0-only */
/* What the source wants and what the kernel has, and how they become equal. */
#ifndef VNENCAPD_CORE_H
#define VNENCAPD_CORE_H

#include "backend.h"
#include "entries.h"
#include "log.h"
#include "moves.h"
#include "table.h"
#include "target.h"
#include "vnis.h"

struct journal;

#define NEVER INT64_MAX

/**
 * struct core - the daemon's tables
 * @table: all prefixes
 * @targets: all that they are mapped to
 * @vnis: all virtual networks
 * @backend: the kernel
 * @journal: where it is written what was told to the kernel; or NULL
 * @dirty: prefixes for which the kernel may have to be told something
 * @doomed: those that the source names no longer, the oldest first
 * @moves: those that have just moved
 * @grace: for how long what is doomed stays mapped, in ms
 * @lists: how many full lists were begun
 * @listed: the last one that was whole
 * @listing: a list is being read
 * @ready: the source was heard, or was waited for long enough
 * @kernel: the kernel's mappings are known
 * @want_list: a deletion waits for another full list
 * @misses: only what somebody missed is mapped
 * @stats: what was done, for those who watch
 */
struct core {
	struct table table;
	struct targets targets;
	struct vnis vnis;
	struct backend *backend;
	struct journal *journal;
	struct entries dirty;
	struct entries doomed;
	struct moves moves;
	int64_t grace;
	uint32_t lists;
	uint32_t listed;
	bool listing;
	bool ready;
	bool kernel;
	bool want_list;
	bool misses;
	struct limit limit_foreign;
	struct limit limit_refused;
	struct limit limit_held;
	struct {
		uint64_t set, removed, refused, foreign, held, dumps, wanted;
	} stats;
};

void core_init(struct core *core, struct backend *backend, struct journal *journal,
	       int64_t grace);
void core_free(struct core *core);

/* From the source */
void core_list_begin(struct core *core);
void core_list_end(struct core *core, int64_t rev, int64_t now);
void core_list_abort(struct core *core);
void core_put(struct core *core, const struct dest *dest, const struct way *way, int64_t rev);
void core_del(struct core *core, const struct dest *dest, int64_t rev, int64_t now);
void core_keep(struct core *core, const struct dest *dest);
void core_forget_revs(struct core *core);

/* From the kernel */
int core_read_kernel(struct core *core);
void core_heard(struct core *core, const struct dest *dest, const struct way *way);
void core_missed(struct core *core, uint32_t vni, const struct addr *addr);

/* From the state of an earlier life */
void core_recall(struct core *core, const struct dest *dest, const struct way *way);
void core_unrecall(struct core *core, struct entry *entry);

int64_t core_run(struct core *core, int64_t now);

#endif /* VNENCAPD_CORE_H */
