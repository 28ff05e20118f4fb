// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames that came lately: the memory of a device, and the names of frames that
 * came over IPv6.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/ipv6.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/siphash.h>

#include "rx/recent.h"

/* A name has no room for an IPv6 address. With this key nobody can choose two
 * addresses that give the same name.
 */
static siphash_key_t name_key __read_mostly;

/**
 * vnencap_recent_name_ipv6 - what tells a frame over IPv6 from others
 * @skb: any of its runs, data at the outer header
 * @id: frame id
 *
 * Return: as vnencap_recent_name().
 */
u64 vnencap_recent_name_ipv6(const struct sk_buff *skb, u32 id)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	const __be32 *a = ip6h->saddr.s6_addr32;

	return siphash_3u64((u64)be32_to_cpu(a[0]) << 32 | be32_to_cpu(a[1]),
			    (u64)be32_to_cpu(a[2]) << 32 | be32_to_cpu(a[3]),
			    id, &name_key);
}

/**
 * vnencap_recent_init - make ready to name frames
 *
 * Context: process.
 */
void vnencap_recent_init(void)
{
	get_random_bytes(&name_key, sizeof(name_key));
}

/**
 * vnencap_recent_make - make a device's memory
 * @vn: the device
 *
 * It is charged to whoever makes the device.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int vnencap_recent_make(struct vnencap_dev *vn)
{
	vn->recent = alloc_percpu_gfp(struct vnencap_recent,
				      GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	return vn->recent ? 0 : -ENOMEM;
}

/**
 * vnencap_recent_free - free a device's memory
 * @vn: the device; it receives nothing any more
 *
 * Context: process.
 */
void vnencap_recent_free(struct vnencap_dev *vn)
{
	free_percpu(vn->recent);
}
