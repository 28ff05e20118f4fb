/* SPDX-License-Identifier: GPL-2.0-only */
/* What waits, by the host that it came from. */
#ifndef _VNENCAP_PEER_H
#define _VNENCAP_PEER_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

struct fqdir;
struct vnencap_addr;

struct vnencap_peers;

/**
 * struct vnencap_peer - the frames that wait, of one host
 * @lock: guards @frames
 * @frames: struct vnencap_wait, the oldest first
 * @bytes: memory that they take
 * @peers: those that it is one of
 *
 * Two hosts may share one, by a hash that nobody can foresee.
 */
struct vnencap_peer {
	spinlock_t lock;	/* frames */
	struct list_head frames;
	atomic_long_t bytes;
	struct vnencap_peers *peers;
};

#define VNENCAP_PEER_BITS	9

/**
 * struct vnencap_peers - the peers of a network namespace
 * @ref: the namespace's reference, and one of each frame that has entered: what
 *	waits may outlive its namespace for a moment
 * @key: by which hosts are told apart
 * @peer: the peers
 */
struct vnencap_peers {
	refcount_t ref;
	siphash_key_t key;
	struct vnencap_peer peer[1 << VNENCAP_PEER_BITS];
};

/**
 * struct vnencap_wait - a frame's place among those of its peer
 * @list: in &vnencap_peer.frames, guarded by its lock; empty when it has left
 * @peer: where it came from; NULL until it has entered, then its peers are
 *	referenced
 * @fqdir: what its memory counts for as well
 */
struct vnencap_wait {
	struct list_head list;
	struct vnencap_peer *peer;
	struct fqdir *fqdir;
};

struct vnencap_peers *vnencap_peers_make(void);
void vnencap_peers_put(struct vnencap_peers *peers);
struct vnencap_peer *vnencap_peer_of(struct vnencap_peers *peers,
				     const struct vnencap_addr *addr);

void vnencap_peer_enter(struct vnencap_peer *peer, struct vnencap_wait *wait,
			u32 size);
void vnencap_peer_leave(struct vnencap_wait *wait, u32 size);
void vnencap_peer_forget(struct vnencap_wait *wait, u32 size);
void vnencap_peer_charge(struct vnencap_wait *wait, long bytes);

#endif /* _VNENCAP_PEER_H */
