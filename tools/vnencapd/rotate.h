/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of virtual networks: made, and changed by steps that all hosts take. */
#ifndef VNENCAPD_ROTATE_H
#define VNENCAPD_ROTATE_H

#include "core.h"
#include "keys.h"
#include "session.h"

/**
 * struct rotation - the keys of a VNI as etcd has them
 * @pair: these
 * @rev: the revision that they are of
 * @apply: they have to be brought to the kernel
 * @ack: it has to be told that the kernel has them
 * @next_at: when to do that, or to look whether all hosts have them
 * @again: etcd was wiped, restored or spoiled: these are to be told to it again
 * @found_rev: of what it has instead; 0 for nothing
 * @found: that, if it is keys
 */
struct rotation {
	struct rotation *next;
	uint32_t vni;
	struct key_pair pair;
	int64_t rev;
	bool apply;
	bool ack;
	int64_t next_at;
	bool again;
	int64_t found_rev;
	struct key_pair found;
	bool has_found;
};

/* What the change or the question that is under way is for */
enum rotate_asked { ROTATE_NOTHING, ROTATE_ACK, ROTATE_STEP, ROTATE_MAKE, ROTATE_AGAIN };

struct rotate {
	const struct settings *settings;
	struct session *session;
	struct core *core;
	struct rotation *first;
	struct rotation *at;	/* that is asked about */
	enum rotate_asked asked;
	int64_t make_at;
	struct limit limit;
	struct {
		uint64_t steps, made;
	} stats;
};

void rotate_init(struct rotate *rotate, const struct settings *settings,
		 struct session *session, struct core *core, int64_t now);
void rotate_free(struct rotate *rotate);
void rotate_item(struct rotate *rotate, uint32_t vni, const struct key_pair *pair, int64_t rev,
		 int64_t now);
void rotate_spoiled(struct rotate *rotate, uint32_t vni, int64_t rev);
void rotate_forget(struct rotate *rotate);
void rotate_lease(struct rotate *rotate);
void rotate_changed(struct rotate *rotate, uint32_t vni);
void rotate_changed_all(struct rotate *rotate);
bool rotate_asked(const struct rotate *rotate);
void rotate_answer(struct rotate *rotate, enum call call, const char *body, size_t len,
		   int64_t now);
int64_t rotate_run(struct rotate *rotate, int64_t now);

#endif /* VNENCAPD_ROTATE_H */
