/* SPDX-License-Identifier: GPL-2.0-only */
/* Several endpoints of a mapping, or none; or one, and more to say of it. */
#ifndef _VNENCAP_GROUP_H
#define _VNENCAP_GROUP_H

#include <linux/types.h>

#include "map/endpoint.h"
#include "wire/addr.h"

/**
 * struct vnencap_branch - one of several endpoints
 * @via: its address
 * @weight: its share of the flows, by the sum of all; with zero it only may send
 * @end: the first of 2^31 hash values behind those that are its own
 * @endpoint: the endpoint, once the group is a mapping's
 */
struct vnencap_branch {
	struct vnencap_addr via;
	u8 weight;
	u32 end;
	struct vnencap_endpoint *endpoint;
};

/**
 * struct vnencap_group - where a mapping leads that is not one endpoint alone
 * @any: stands for all of them, its address is of family AF_UNSPEC
 * @next: the next of those that are to be freed
 * @n: how many there are; a blackhole has none; one where the mapping has a fec
 *	of its own
 * @fec: as struct vnencap_mapping has it
 * @branch: the endpoints
 *
 * Each mapping has its own. It never changes once it is there: the mapping gets
 * another.
 */
struct vnencap_group {
	struct vnencap_endpoint any;
	struct vnencap_group *next;
	unsigned int n;
	u8 fec;
	struct vnencap_branch branch[];
};

/**
 * vnencap_group_of - the group that an endpoint stands for
 * @endpoint: what a look-up found
 *
 * Context: under the tables' lock, or in RCU (either flavour).
 * Return: the group, or NULL where it is an endpoint itself.
 */
static inline struct vnencap_group *
vnencap_group_of(const struct vnencap_endpoint *endpoint)
{
	return endpoint->addr.family == AF_UNSPEC ?
	       container_of(endpoint, struct vnencap_group, any) : NULL;
}

struct vnencap_group *vnencap_group_new(unsigned int n);
struct vnencap_group *vnencap_group_of_one(const struct vnencap_addr *via);
int vnencap_group_get_endpoints(struct vnencap_group *group,
				struct vnencap_endpoints *own);
void vnencap_group_put_endpoints(struct vnencap_group *group);
void vnencap_group_free_list(struct vnencap_group *list);
void vnencap_group_share(struct vnencap_group *group);
bool vnencap_group_leads(const struct vnencap_group *group);
bool vnencap_group_same(const struct vnencap_group *a,
			const struct vnencap_group *b);
bool vnencap_group_has(const struct vnencap_group *group,
		       const struct vnencap_addr *addr);
struct vnencap_endpoint *vnencap_group_at(const struct vnencap_group *group,
					  const struct vnencap_addr *addr);
struct vnencap_endpoint *vnencap_group_pick(const struct vnencap_group *group,
					    u32 hash);

#endif /* _VNENCAP_GROUP_H */
