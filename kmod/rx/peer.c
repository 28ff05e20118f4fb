// SPDX-License-Identifier: GPL-2.0-only
/*
 * What waits, by the host that it came from. A host that sends nothing but
 * first segments fills its own share of the memory. Where that is used up its
 * own oldest frames make room, not another host's.
 */
#include <linux/hash.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <net/inet_frag.h>
#include <net/netns/hash.h>

#include "rx/peer.h"
#include "wire/addr.h"

#define PEER_BITS	9

/* For all network namespaces: what waits may outlive its namespace for a
 * moment.
 */
static struct vnencap_peer peers[1 << PEER_BITS];
static siphash_key_t peer_key __read_mostly;

/**
 * vnencap_peer_init - make room for peers
 *
 * Context: process.
 */
void vnencap_peer_init(void)
{
	unsigned int i;

	get_random_bytes(&peer_key, sizeof(peer_key));
	for (i = 0; i < ARRAY_SIZE(peers); i++) {
		spin_lock_init(&peers[i].lock);
		INIT_LIST_HEAD(&peers[i].frames);
	}
}

/**
 * vnencap_peer_of - the peer at an address
 * @net: namespace of the substrate
 * @addr: the address
 */
struct vnencap_peer *vnencap_peer_of(const struct net *net,
				     const struct vnencap_addr *addr)
{
	u64 hash = addr->family == AF_INET ?
		   siphash_1u32((__force u32)addr->ip4, &peer_key) :
		   siphash(&addr->ip6, sizeof(addr->ip6), &peer_key);

	return &peers[hash_64(hash + net_hash_mix(net), PEER_BITS)];
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
