/* SPDX-License-Identifier: GPL-2.0-only */
/* What waits, by the host that it came from. */
#ifndef _VNENCAP_PEER_H
#define _VNENCAP_PEER_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>

struct fqdir;
struct net;
struct vnencap_addr;

/**
 * struct vnencap_peer - the frames that wait, of one host
 * @lock: guards @frames
 * @frames: struct vnencap_wait, the oldest first
 * @bytes: memory that they take
 *
 * Two hosts may share one, by a hash that nobody can foresee.
 */
struct vnencap_peer {
	spinlock_t lock;	/* frames */
	struct list_head frames;
	atomic_long_t bytes;
};

/**
 * struct vnencap_wait - a frame's place among those of its peer
 * @list: in &vnencap_peer.frames, guarded by its lock; empty when it has left
 * @peer: where it came from; NULL until it has entered
 * @fqdir: what its memory counts for as well
 */
struct vnencap_wait {
	struct list_head list;
	struct vnencap_peer *peer;
	struct fqdir *fqdir;
};

void vnencap_peer_init(void);
struct vnencap_peer *vnencap_peer_of(const struct net *net,
				     const struct vnencap_addr *addr);

void vnencap_peer_enter(struct vnencap_peer *peer, struct vnencap_wait *wait,
			u32 size);
void vnencap_peer_leave(struct vnencap_wait *wait, u32 size);
void vnencap_peer_charge(struct vnencap_wait *wait, long bytes);

#endif /* _VNENCAP_PEER_H */
