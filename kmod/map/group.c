// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several endpoints of a mapping, or none: which of them a flow goes to. Each has
 * a range of the hash values, as long as its weight says. While the endpoints
 * and their weights stay, so does a flow's; where they change, so do those flows
 * only whose value is in another's range then.
 */

#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "map/group.h"

/**
 * vnencap_group_new - room for several endpoints
 * @n: how many
 *
 * Context: process; sleeps. To be freed by kfree() as long as it is no mapping's.
 * Return: the group, zero but for @n; NULL when out of memory.
 */
struct vnencap_group *vnencap_group_new(unsigned int n)
{
	struct vnencap_group *group;

	group = kzalloc(struct_size(group, branch, n), GFP_KERNEL_ACCOUNT);
	if (group)
		group->n = n;
	return group;
}

/**
 * vnencap_group_share - share the flows out
 * @group: with all weights set
 */
void vnencap_group_share(struct vnencap_group *group)
{
	u64 total = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < group->n; i++)
		total += group->branch[i].weight;
	for (i = 0; i < group->n; i++) {
		sum += group->branch[i].weight;
		group->branch[i].bound =
			DIV64_U64_ROUND_CLOSEST(sum << 31, total) - 1;
	}
}

/**
 * vnencap_group_same - are these the same endpoints, with the same weights?
 * @a: a group
 * @b: another
 */
bool vnencap_group_same(const struct vnencap_group *a,
			const struct vnencap_group *b)
{
	unsigned int i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (a->branch[i].weight != b->branch[i].weight ||
		    !vnencap_addr_equal(&a->branch[i].via, &b->branch[i].via))
			return false;
	return true;
}

/**
 * vnencap_group_has - is this the address of one of the endpoints?
 * @group: the group
 * @addr: the address
 *
 * Context: any; in RCU where the group is a mapping's.
 */
bool vnencap_group_has(const struct vnencap_group *group,
		       const struct vnencap_addr *addr)
{
	unsigned int i;

	for (i = 0; i < group->n; i++)
		if (vnencap_addr_equal(&group->branch[i].via, addr))
			return true;
	return false;
}

/**
 * vnencap_group_at - the endpoint at an address
 * @group: a mapping's group
 * @addr: the address
 *
 * Context: RCU.
 * Return: the endpoint; NULL where none of them is there.
 */
struct vnencap_endpoint *vnencap_group_at(const struct vnencap_group *group,
					  const struct vnencap_addr *addr)
{
	unsigned int i;

	for (i = 0; i < group->n; i++)
		if (vnencap_addr_equal(&group->branch[i].via, addr))
			return group->branch[i].endpoint;
	return NULL;
}

/**
 * vnencap_group_pick - the endpoint that a flow goes to
 * @group: a mapping's group
 * @hash: of the flow
 *
 * Context: RCU.
 * Return: the endpoint; NULL where there is none.
 */
struct vnencap_endpoint *vnencap_group_pick(const struct vnencap_group *group,
					    u32 hash)
{
	unsigned int i;

	for (i = 0; i < group->n; i++)
		if (hash >> 1 <= group->branch[i].bound)
			return group->branch[i].endpoint;
	return NULL;
}
