// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much may wait of one host: its quota. A host that sends nothing but
 * first segments fills its own share of the memory. Where that is used up its
 * own oldest frames make room, not another host's. What all hosts have that wait in a
 * VNI is summed, too: in one where anybody may send, there can be any number of hosts.
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
						 GFP_KERNEL_ACCOUNT);
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
 * vnencap_quota_of - the quota of the host at an address
 * @quotas: of the namespace of the substrate
 * @addr: the address
 *
 * Context: any.
 * Return: the quota, never NULL. Addresses with the same hash share one.
 */
struct vnencap_quota *vnencap_quota_of(struct vnencap_quotas *quotas,
				       const struct vnencap_addr *addr)
{
	u64 hash = vnencap_addr_hash(addr, &quotas->key);

	return &quotas->quota[hash_64(hash, VNENCAP_QUOTA_BITS)];
}

/**
 * vnencap_quota_vni - memory of the frames that wait in a VNI
 * @quotas: of the namespace of the substrate
 * @vni: virtual network identifier
 *
 * Context: any.
 * Return: how many bytes, never NULL. VNIs with the same hash share one.
 */
atomic_long_t *vnencap_quota_vni(struct vnencap_quotas *quotas, u32 vni)
{
	u64 hash = siphash_1u32(vni, &quotas->key);

	return &quotas->vni[hash_64(hash, VNENCAP_QUOTA_BITS)];
}

/**
 * vnencap_quota_enter - a frame begins to wait
 * @quota: where it came from
 * @wait: its place; fqdir is set
 * @vni: its VNI
 * @size: bytes that it takes by itself
 *
 * Context: softirq, the frame's lock held.
 */
void vnencap_quota_enter(struct vnencap_quota *quota, struct vnencap_wait *wait,
			 u32 vni, u32 size)
{
	refcount_inc(&quota->quotas->ref);
	wait->quota = quota;
	wait->vni = vnencap_quota_vni(quota->quotas, vni);
	atomic_long_add(size, &quota->bytes);
	atomic_long_add(size, wait->vni);
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
	struct vnencap_quota *quota = wait->quota;

	if (!quota)
		return;
	spin_lock_bh(&quota->lock);
	if (!list_empty(&wait->list)) {
		list_del_init(&wait->list);
		atomic_long_sub(size, &quota->bytes);
		atomic_long_sub(size, wait->vni);
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
	if (wait->quota)
		vnencap_quotas_put(wait->quota->quotas);
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
	atomic_long_add(bytes, &wait->quota->bytes);
	atomic_long_add(bytes, wait->vni);
}
