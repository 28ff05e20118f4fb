/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host says of itself in etcd: the prefixes that are here. */
#ifndef VNENCAPD_PUBLISH_H
#define VNENCAPD_PUBLISH_H

#include "session.h"
#include "table.h"
#include "target.h"

/* What etcd says of a prefix that is, or was, at this host */
enum claim_state {
	CLAIM_UNKNOWN,		/* no list was read yet */
	CLAIM_MISSING,		/* nothing */
	CLAIM_MINE,		/* that it is here */
	CLAIM_STALE,		/* that it is here, in other words */
	CLAIM_OTHER,		/* that it is at another host */
};

/**
 * struct claim - a prefix that is, or was, at this host
 * @dest: the prefix
 * @state: what etcd says
 * @rev: the revision that said so
 * @list: the full list that had it last
 * @fixed: it is in the settings
 * @here: it is here now
 * @device: on a device, where the last look saw it
 * @told: vnencapctl has published it
 * @held: it is the subnet of this host's containers, or may become that
 * @seen: in the look that is being taken
 * @take: it has come here just now: whoever had it has it no longer
 * @busy: a change is under way
 * @drops: which says that it is not here
 */
struct claim {
	struct claim *next;
	struct dest dest;
	enum claim_state state;
	int64_t rev;
	uint32_t list;
	bool fixed;
	bool device;
	bool told;
	bool held;
	bool here;
	bool seen;
	bool take;
	bool busy;
	bool drops;
};

#define CLAIM_BUCKETS 1024

struct publish {
	struct claim *bucket[CLAIM_BUCKETS];
	const struct settings *settings;
	struct session *session;
	char value[TARGET_TEXT_MAX + HOST_MAX + 8];
	char host_value[TARGET_TEXT_MAX];
	uint32_t list;
	bool listed;
	bool can;		/* this host's substrate address is known */
	bool host_due;		/* the key that says that it lives */
	bool host_busy;
	unsigned int batch;
	int64_t settled_at;	/* what an earlier life left goes from then on */
	struct limit limit_taken;
	struct {
		uint64_t claims, puts, drops, lost;
	} stats;
};

void publish_init(struct publish *p, const struct settings *settings, struct session *session,
		  int64_t now);
void publish_free(struct publish *p);
void publish_list_begin(struct publish *p);
void publish_list_end(struct publish *p, int64_t rev);
void publish_item(struct publish *p, const struct dest *dest, const struct way *way,
		  const char *value, int64_t rev, int64_t now);
void publish_spoiled(struct publish *p, const struct dest *dest, int64_t rev);
void publish_forget(struct publish *p);
void publish_lease(struct publish *p);
void publish_answer(struct publish *p, const char *body, size_t len, int64_t now);
int64_t publish_run(struct publish *p, int64_t now);

/* The addresses of this host's devices: a look at all of them */
void publish_look_begin(struct publish *p);
void publish_look(struct publish *p, const struct dest *dest);
void publish_look_end(struct publish *p, bool first);

/* What vnencapctl has published: all of it */
void publish_tell_begin(struct publish *p);
void publish_tell(struct publish *p, const struct dest *dest, bool comes);
void publish_tell_end(struct publish *p);
/* The subnet of this host's containers */
void publish_hold(struct publish *p, const struct dest *dest, bool on);
enum claim_state publish_state(const struct publish *p, const struct dest *dest);

bool publish_taking(const struct publish *p);

#endif /* VNENCAPD_PUBLISH_H */
