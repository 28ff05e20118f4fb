// SPDX-License-Identifier: GPL-2.0-only
/*
 * A group: several endpoints of one mapping, or none. It says which of them a
 * flow goes to. Each endpoint has a range of the flows' hash values, which is as
 * long as its weight says. One without a weight has none: only what it sends is
 * taken, as from a host that the addresses have just left. While the endpoints
 * and their weights stay, each flow stays with its endpoint. Where they change,
 * only those flows move whose hash value is in another endpoint's range then.
 *
 * A mapping with a setting of its own has a group, too, even if it has one
 * endpoint: that has no room for the setting, as other mappings lead there, too.
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
 * vnencap_group_of_one - a group of a single endpoint
 * @via: its address
 *
 * Context: process; sleeps. As for vnencap_group_new().
 * Return: the group; NULL when out of memory.
 */
struct vnencap_group *vnencap_group_of_one(const struct vnencap_addr *via)
{
	struct vnencap_group *group = vnencap_group_new(1);

	if (group) {
		group->branch[0].via = *via;
		group->branch[0].weight = 1;
	}
	return group;
}

/**
 * vnencap_group_leads - can the flows go anywhere?
 * @group: with all weights set
 *
 * Return: true if an endpoint has a weight, and where there is none: a blackhole is
 * meant to be one.
 */
bool vnencap_group_leads(const struct vnencap_group *group)
{
	unsigned int i;

	for (i = 0; i < group->n; i++)
		if (group->branch[i].weight)
			return true;
	return !group->n;
}

/**
 * vnencap_group_share - share the flows out
 * @group: with all weights set, one of them more than zero
 *
 * Context: any, before the group is a mapping's.
 */
void vnencap_group_share(struct vnencap_group *group)
{
	u64 total = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < group->n; i++)
		total += group->branch[i].weight;
	for (i = 0; i < group->n; i++) {
		sum += group->branch[i].weight;
		group->branch[i].end =
			DIV64_U64_ROUND_CLOSEST(sum << 31, total);
	}
}

/**
 * vnencap_group_same - are these the same endpoints, with the same weights?
 * @a: a group
 * @b: another
 *
 * Return: true if they are, in the same order.
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
 * Return: true if it is.
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
		if (hash >> 1 < group->branch[i].end)
			return group->branch[i].endpoint;
	return NULL;
}

static void put_endpoints(struct vnencap_group *group, unsigned int n)
{
	while (n--)
		vnencap_endpoint_put(group->branch[n].endpoint);
}

/**
 * vnencap_group_get_endpoints - let a group be a mapping's
 * @group: with all addresses and weights set
 * @own: the endpoints of the mapping's VNI
 *
 * Context: process, under the lock of the namespace's mappings; sleeps.
 * Return: 0; or an error where memory is short, with the group as before.
 */
int vnencap_group_get_endpoints(struct vnencap_group *group,
				struct vnencap_endpoints *own)
{
	struct vnencap_endpoint *endpoint;
	unsigned int i;

	for (i = 0; i < group->n; i++) {
		endpoint = vnencap_endpoint_get(own, &group->branch[i].via);
		if (IS_ERR(endpoint)) {
			put_endpoints(group, i);
			return PTR_ERR(endpoint);
		}
		group->branch[i].endpoint = endpoint;
	}
	vnencap_group_share(group);
	return 0;
}

/**
 * vnencap_group_put_endpoints - undo vnencap_group_get_endpoints()
 * @group: the group
 *
 * Context: process, under the lock of the namespace's mappings.
 */
void vnencap_group_put_endpoints(struct vnencap_group *group)
{
	put_endpoints(group, group->n);
}

/**
 * vnencap_group_free_list - free groups that are no mapping's any more
 * @list: the first, which has the next
 *
 * Readers that found such a group before may go on with it.
 *
 * Context: process, under the lock of the namespace's mappings.
 */
void vnencap_group_free_list(struct vnencap_group *list)
{
	struct vnencap_group *group;

	while ((group = list)) {
		list = group->next;
		vnencap_group_put_endpoints(group);
		kfree_rcu(group, any.rcu);
	}
}
