// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much may wait of one host in one VNI: its quota. A host that sends nothing but
 * first segments fills its own share of the memory, and only in that VNI. Where it is
 * used up the oldest frames of that host in that VNI make room, not another host's, nor
 * another VNI's. What waits of a host in all VNIs is summed, too, and what waits in a VNI
 * of all hosts: in one where anybody may send, there can be any number of them.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/inet_frag.h>

#include "rx/quota.h"
#include "wire/addr.h"

/**
 * vnencap_quotas_make - make the quotas of a network namespace
 *
 * Their memory is charged to whoever makes the namespace's first device.
 *
 * Context: process.
 * Return: the quotas, or NULL where there is no memory.
 */
struct vnencap_quotas *vnencap_quotas_make(void)
{
	struct vnencap_quotas *quotas = kvzalloc(sizeof(*quotas),
						 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	unsigned int i;

	if (!quotas)
		return NULL;
	refcount_set(&quotas->ref, 1);
	get_random_bytes(&quotas->key, sizeof(quotas->key));
	for (i = 0; i < ARRAY_SIZE(quotas->quota); i++) {
		spin_lock_init(&quotas->quota[i].lock);
		INIT_LIST_HEAD(&quotas->quota[i].frames);
		quotas->quota[i].quotas = quotas;
	}
	return quotas;
}

/**
 * vnencap_quotas_put - give up a reference
 * @quotas: maybe NULL
 *
 * Context: any but hard interrupts.
 */
void vnencap_quotas_put(struct vnencap_quotas *quotas)
{
	if (quotas && refcount_dec_and_test(&quotas->ref))
		kvfree(quotas);
}

/**
 * vnencap_quota_party - whom frames of a host in a VNI count for
 * @quotas: of the namespace of the substrate
 * @addr: the host's address
 * @vni: virtual network identifier
 *
 * Context: any.
 * Return: the party. What has the same hash shares.
 */
struct vnencap_party vnencap_quota_party(struct vnencap_quotas *quotas,
					 const struct vnencap_addr *addr,
					 u32 vni)
{
	u64 host = vnencap_addr_hash(addr, &quotas->key);
	u64 net = siphash_1u32(vni, &quotas->key);

	return (struct vnencap_party){
		.quota = &quotas->quota[hash_64(host ^ net,
						VNENCAP_QUOTA_BITS)],
		.host = &quotas->host[hash_64(host, VNENCAP_QUOTA_SUM_BITS)],
		.vni = &quotas->vni[hash_64(net, VNENCAP_QUOTA_SUM_BITS)],
	};
}

/* Count memory for all that a frame counts for, but for its namespace. */
static void count(const struct vnencap_party *party, long bytes)
{
	atomic_long_add(bytes, &party->quota->bytes);
	atomic_long_add(bytes, party->host);
	atomic_long_add(bytes, party->vni);
}

/**
 * vnencap_quota_enter - a frame begins to wait
 * @party: whose it is
 * @wait: its place; fqdir is set
 * @size: bytes that it takes by itself
 *
 * Context: softirq, the frame's lock held.
 */
void vnencap_quota_enter(const struct vnencap_party *party,
			 struct vnencap_wait *wait, u32 size)
{
	struct vnencap_quota *quota = party->quota;

	refcount_inc(&quota->quotas->ref);
	wait->party = *party;
	count(party, size);
	spin_lock(&quota->lock);
	list_add_tail(&wait->list, &quota->frames);
	spin_unlock(&quota->lock);
}

/**
 * vnencap_quota_leave - a frame waits no more
 * @wait: its place; it may have left before, or never have entered
 * @size: as to vnencap_quota_enter()
 *
 * Context: any but hard interrupts.
 */
void vnencap_quota_leave(struct vnencap_wait *wait, u32 size)
{
	struct vnencap_quota *quota = wait->party.quota;

	if (!quota)
		return;
	spin_lock_bh(&quota->lock);
	if (!list_empty(&wait->list)) {
		list_del_init(&wait->list);
		count(&wait->party, -(long)size);
	}
	spin_unlock_bh(&quota->lock);
}

/**
 * vnencap_quota_forget - a frame is about to be freed
 * @wait: its place; it may have left before, or never have entered
 * @size: as to vnencap_quota_enter()
 *
 * Context: any but hard interrupts.
 */
void vnencap_quota_forget(struct vnencap_wait *wait, u32 size)
{
	vnencap_quota_leave(wait, size);
	if (wait->party.quota)
		vnencap_quotas_put(wait->party.quota->quotas);
}

/**
 * vnencap_quota_charge - count memory of a frame that waits
 * @wait: its place, entered
 * @bytes: more, or less where negative
 *
 * Context: any.
 */
void vnencap_quota_charge(struct vnencap_wait *wait, long bytes)
{
	add_frag_mem_limit(wait->fqdir, bytes);
	count(&wait->party, bytes);
}
