/* SPDX-License-Identifier: GPL-2.0-only */
/* How much may wait of one host in one VNI. */
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
 * struct vnencap_quota - the frames that wait of one host in one VNI, and what they take
 * @lock: guards @frames
 * @frames: struct vnencap_wait, the oldest first
 * @bytes: memory that they take
 * @quotas: those that it is one of
 *
 * Two may share one, by a hash that nobody can foresee.
 */
struct vnencap_quota {
	spinlock_t lock;	/* frames */
	struct list_head frames;
	atomic_long_t bytes;
	struct vnencap_quotas *quotas;
};

#define VNENCAP_QUOTA_BITS	11
#define VNENCAP_QUOTA_SUM_BITS	9

/**
 * struct vnencap_quotas - the quotas of a network namespace
 * @ref: the namespace's reference, and one of each frame that has entered: what
 *	waits may outlive its namespace for a moment
 * @key: by which hosts and VNIs are told apart
 * @quota: the quotas
 * @host: memory that the frames of each host take; two may share one as well
 * @vni: the same of each VNI
 */
struct vnencap_quotas {
	refcount_t ref;
	siphash_key_t key;
	struct vnencap_quota quota[1 << VNENCAP_QUOTA_BITS];
	atomic_long_t host[1 << VNENCAP_QUOTA_SUM_BITS];
	atomic_long_t vni[1 << VNENCAP_QUOTA_SUM_BITS];
};

/**
 * struct vnencap_party - whom a frame counts for: its host, its VNI, and that host there
 * @quota: of the host in the VNI
 * @host: memory that the host's frames take, of whatever VNI
 * @vni: memory that the VNI's frames take, of whatever host
 */
struct vnencap_party {
	struct vnencap_quota *quota;
	atomic_long_t *host;
	atomic_long_t *vni;
};

/**
 * struct vnencap_wait - a frame's place among those of its host and VNI
 * @list: in &vnencap_quota.frames, guarded by its lock; empty when it has left
 * @party: whose it is; NULL pointers until it has entered, then all quotas are
 *	referenced
 * @fqdir: what its memory counts for as well
 */
struct vnencap_wait {
	struct list_head list;
	struct vnencap_party party;
	struct fqdir *fqdir;
};

struct vnencap_quotas *vnencap_quotas_make(void);
void vnencap_quotas_put(struct vnencap_quotas *quotas);
struct vnencap_party vnencap_quota_party(struct vnencap_quotas *quotas,
					 const struct vnencap_addr *addr,
					 u32 vni);

void vnencap_quota_enter(const struct vnencap_party *party,
			 struct vnencap_wait *wait, u32 size);
void vnencap_quota_leave(struct vnencap_wait *wait, u32 size);
void vnencap_quota_forget(struct vnencap_wait *wait, u32 size);
void vnencap_quota_charge(struct vnencap_wait *wait, long bytes);

#endif /* _VNENCAP_QUOTA_H */
