// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of an endpoint: per CPU, 64 bits. Of a million endpoints there
 * may be few that this host ever speaks to: only these get memory for counters,
 * within the bounds of endpoint.c.
 */

#include <linux/netdevice.h>
#include <net/netlink.h>

#include "compat.h"
#include "map/traffic.h"

/**
 * vnencap_traffic_ready - make an endpoint ready to count
 * @endpoint: the endpoint
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 * Return: its counters; NULL where there may be none just now.
 */
struct vnencap_traffic __percpu *
vnencap_traffic_ready(struct vnencap_endpoint *endpoint)
{
	struct vnencap_traffic __percpu *t, *old;

	static_assert(sizeof(*t) <= VNENCAP_PIECE_BYTES);
	if (!vnencap_endpoint_take_piece(endpoint))
		return NULL;
	t = __netdev_alloc_pcpu_stats(struct vnencap_traffic,
				      VNENCAP_PIECE_GFP);
	if (!t) {
		vnencap_endpoint_give_piece(endpoint, true);
		return NULL;
	}
	old = cmpxchg(&endpoint->traffic, NULL, t);
	if (!old)
		return t;
	free_percpu(t);
	vnencap_endpoint_give_piece(endpoint, false);
	return old;
}

/* What is sent makes counters. What came does so only as a frame of which all is
 * right (vnencap_traffic_received()): strangers must not fill memory. What of a
 * right frame is counted here finds counters, then.
 */
static struct vnencap_traffic *traffic_for(struct vnencap_endpoint *endpoint,
					   unsigned int counter)
{
	if (!READ_ONCE(endpoint->traffic) &&
	    counter != VNENCAP_A_TRAFFIC_TX_DROPPED)
		return NULL;
	return vnencap_traffic_here(endpoint);
}

/**
 * vnencap_traffic_add - count what is not in each frame's way
 * @endpoint: the endpoint
 * @counter: VNENCAP_A_TRAFFIC_* or VNENCAP_TRAFFIC_LOSS
 * @n: how much to add, or -1 and so on to take away: what was counted on one CPU may be
 *	taken away on another, only the sum of all is a number
 *
 * Context: softirq, or bottom halves disabled; in RCU.
 */
void vnencap_traffic_add(struct vnencap_endpoint *endpoint,
			 unsigned int counter, u64 n)
{
	struct vnencap_traffic *t = traffic_for(endpoint, counter);
	u64_stats_t *count;

	if (!t)
		return;
	count = &t->counters[counter];
	u64_stats_update_begin(&t->syncp);
	if (IS_ENABLED(CONFIG_64BIT))
		u64_stats_add(count, n);
	else	/* that takes half of it */
		u64_stats_set(count, u64_stats_read(count) + n);
	u64_stats_update_end(&t->syncp);
}

static u64 traffic_read(const struct vnencap_traffic *t, unsigned int counter)
{
	unsigned int start;
	u64 value;

	do {
		start = u64_stats_fetch_begin(&t->syncp);
		value = u64_stats_read(&t->counters[counter]);
	} while (u64_stats_fetch_retry(&t->syncp, start));
	return value;
}

static u64 traffic_sum(const struct vnencap_traffic __percpu *t,
		       unsigned int counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += traffic_read(per_cpu_ptr(t, cpu), counter);
	return sum;
}

#ifdef VNENCAP_TESTS
/**
 * vnencap_traffic_sum - what a counter has come to, for tests
 * @endpoint: the endpoint
 * @counter: VNENCAP_A_TRAFFIC_*
 *
 * Context: any, in RCU.
 * Return: the sum of all CPUs; 0 where the endpoint has no counters.
 */
u64 vnencap_traffic_sum(const struct vnencap_endpoint *endpoint,
			unsigned int counter)
{
	const struct vnencap_traffic __percpu *t = READ_ONCE(endpoint->traffic);

	return t ? traffic_sum(t, counter) : 0;
}
#endif

/**
 * vnencap_traffic_losses - segments that an endpoint sent, and those that were lost
 * @endpoint: the endpoint
 * @segments: written; 0 where the endpoint has no counters
 * @lost: those of them that were lost, brought back or not, written
 * Context: any, in RCU.
 */
void vnencap_traffic_losses(const struct vnencap_endpoint *endpoint,
			    u64 *segments, u64 *lost)
{
	const struct vnencap_traffic __percpu *all = READ_ONCE(endpoint->traffic);
	int cpu;

	*segments = 0;
	*lost = 0;
	if (!all)
		return;
	for_each_possible_cpu(cpu) {
		const struct vnencap_traffic *t = per_cpu_ptr(all, cpu);

		*segments += traffic_read(t, VNENCAP_A_TRAFFIC_RX_SEGMENTS);
		*lost += traffic_read(t, VNENCAP_TRAFFIC_LOSS) +
			 traffic_read(t, VNENCAP_A_TRAFFIC_RX_REPAIRED);
	}
}

/**
 * vnencap_traffic_fill - put the counters into a netlink message
 * @endpoint: the endpoint
 * @msg: where to put the nest VNENCAP_A_ENDPOINT_TRAFFIC, if there are any
 *
 * Context: any, in RCU.
 * Return: 0, or -EMSGSIZE when it does not fit.
 */
int vnencap_traffic_fill(const struct vnencap_endpoint *endpoint,
			 struct sk_buff *msg)
{
	const struct vnencap_traffic __percpu *t = READ_ONCE(endpoint->traffic);
	struct nlattr *nest;
	unsigned int i;

	if (!t)
		return 0;
	nest = nla_nest_start(msg, VNENCAP_A_ENDPOINT_TRAFFIC);
	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= VNENCAP_A_TRAFFIC_MAX; i++)
		if (nla_put_uint(msg, i, traffic_sum(t, i)))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}
