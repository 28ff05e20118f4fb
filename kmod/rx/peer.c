// SPDX-License-Identifier: GPL-2.0-only
/*
 * What waits, by the host that it came from. A host that sends nothing but
 * first segments fills its own share of the memory. Where that is used up its
 * own oldest frames make room, not another host's.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/inet_frag.h>

#include "rx/peer.h"
#include "wire/addr.h"

/**
 * vnencap_peers_make - make the peers of a network namespace
 *
 * Their memory is charged to whoever makes the namespace's first device.
 *
 * Context: process.
 * Return: the peers, or NULL where there is no memory.
 */
struct vnencap_peers *vnencap_peers_make(void)
{
	struct vnencap_peers *peers = kvzalloc(sizeof(*peers),
					       GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!peers)
		return NULL;
	refcount_set(&peers->ref, 1);
	get_random_bytes(&peers->key, sizeof(peers->key));
	for (i = 0; i < ARRAY_SIZE(peers->peer); i++) {
		spin_lock_init(&peers->peer[i].lock);
		INIT_LIST_HEAD(&peers->peer[i].frames);
		peers->peer[i].peers = peers;
	}
	return peers;
}

/**
 * vnencap_peers_put - give up a reference
 * @peers: maybe NULL
 *
 * Context: any but hard interrupts.
 */
void vnencap_peers_put(struct vnencap_peers *peers)
{
	if (peers && refcount_dec_and_test(&peers->ref))
		kvfree(peers);
}

/**
 * vnencap_peer_of - the peer at an address
 * @peers: of the namespace of the substrate
 * @addr: the address
 *
 * Context: any.
 * Return: the peer, never NULL. Addresses with the same hash share one.
 */
struct vnencap_peer *vnencap_peer_of(struct vnencap_peers *peers,
				     const struct vnencap_addr *addr)
{
	u64 hash = addr->family == AF_INET ?
		   siphash_1u32((__force u32)addr->ip4, &peers->key) :
		   siphash(&addr->ip6, sizeof(addr->ip6), &peers->key);

	return &peers->peer[hash_64(hash, VNENCAP_PEER_BITS)];
}

/**
 * vnencap_peer_enter - a frame begins to wait
 * @peer: where it came from
 * @wait: its place; fqdir is set
 * @size: bytes that it takes by itself
 *
 * Context: softirq, the frame's lock held.
 */
void vnencap_peer_enter(struct vnencap_peer *peer, struct vnencap_wait *wait,
			u32 size)
{
	refcount_inc(&peer->peers->ref);
	wait->peer = peer;
	atomic_long_add(size, &peer->bytes);
	spin_lock(&peer->lock);
	list_add_tail(&wait->list, &peer->frames);
	spin_unlock(&peer->lock);
}

/**
 * vnencap_peer_leave - a frame waits no more
 * @wait: its place; it may have left before, or never have entered
 * @size: as to vnencap_peer_enter()
 *
 * Context: any but hard interrupts.
 */
void vnencap_peer_leave(struct vnencap_wait *wait, u32 size)
{
	struct vnencap_peer *peer = wait->peer;

	if (!peer)
		return;
	spin_lock_bh(&peer->lock);
	if (!list_empty(&wait->list)) {
		list_del_init(&wait->list);
		atomic_long_sub(size, &peer->bytes);
	}
	spin_unlock_bh(&peer->lock);
}

/**
 * vnencap_peer_forget - a frame is about to be freed
 * @wait: its place; it may have left before, or never have entered
 * @size: as to vnencap_peer_enter()
 *
 * Context: any but hard interrupts.
 */
void vnencap_peer_forget(struct vnencap_wait *wait, u32 size)
{
	vnencap_peer_leave(wait, size);
	if (wait->peer)
		vnencap_peers_put(wait->peer->peers);
}

/**
 * vnencap_peer_charge - count memory of a frame that waits
 * @wait: its place, entered
 * @bytes: more, or less where negative
 *
 * Context: any.
 */
void vnencap_peer_charge(struct vnencap_wait *wait, long bytes)
{
	add_frag_mem_limit(wait->fqdir, bytes);
	atomic_long_add(bytes, &wait->peer->bytes);
}
