/* SPDX-License-Identifier: GPL-2.0-only */
/* How much may wait of one host. */
#ifndef _VNENCAP_QUOTA_H
#define _VNENCAP_QUOTA_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

struct fqdir;
struct vnencap_addr;

struct vnencap_quotas;

/**
 * struct vnencap_quota - the frames that wait of one host, and what they take
 * @lock: guards @frames
 * @frames: struct vnencap_wait, the oldest first
 * @bytes: memory that they take
 * @quotas: those that it is one of
 *
 * Two hosts may share one, by a hash that nobody can foresee.
 */
struct vnencap_quota {
	spinlock_t lock;	/* frames */
	struct list_head frames;
	atomic_long_t bytes;
	struct vnencap_quotas *quotas;
};

#define VNENCAP_QUOTA_BITS	9

/**
 * struct vnencap_quotas - the quotas of a network namespace
 * @ref: the namespace's reference, and one of each frame that has entered: what
 *	waits may outlive its namespace for a moment
 * @key: by which hosts and VNIs are told apart
 * @quota: the quotas
 * @vni: memory that the frames of each VNI take; two may share one as well
 */
struct vnencap_quotas {
	refcount_t ref;
	siphash_key_t key;
	struct vnencap_quota quota[1 << VNENCAP_QUOTA_BITS];
	atomic_long_t vni[1 << VNENCAP_QUOTA_BITS];
};

/**
 * struct vnencap_wait - a frame's place among those of its host
 * @list: in &vnencap_quota.frames, guarded by its lock; empty when it has left
 * @quota: the host's; NULL until it has entered, then all quotas are
 *	referenced
 * @vni: memory of its VNI
 * @fqdir: what its memory counts for as well
 */
struct vnencap_wait {
	struct list_head list;
	struct vnencap_quota *quota;
	atomic_long_t *vni;
	struct fqdir *fqdir;
};

struct vnencap_quotas *vnencap_quotas_make(void);
void vnencap_quotas_put(struct vnencap_quotas *quotas);
struct vnencap_quota *vnencap_quota_of(struct vnencap_quotas *quotas,
				       const struct vnencap_addr *addr);

atomic_long_t *vnencap_quota_vni(struct vnencap_quotas *quotas, u32 vni);

void vnencap_quota_enter(struct vnencap_quota *quota, struct vnencap_wait *wait,
			 u32 vni, u32 size);
void vnencap_quota_leave(struct vnencap_wait *wait, u32 size);
void vnencap_quota_forget(struct vnencap_wait *wait, u32 size);
void vnencap_quota_charge(struct vnencap_wait *wait, long bytes);

#endif /* _VNENCAP_QUOTA_H */
