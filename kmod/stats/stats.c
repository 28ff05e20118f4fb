// SPDX-License-Identifier: GPL-2.0-only
/* Counters of a device: per CPU, 64 bits, named by the netlink spec. */

#include <linux/netdevice.h>
#include <net/netlink.h>

#include "compat.h"
#include "stats/stats.h"
#include "stats/stats-gen.h"

/**
 * vnencap_stats_alloc - counters for a new device, all zero
 *
 * Context: process. To be freed by free_percpu().
 * Return: the counters, or NULL when out of memory.
 */
struct vnencap_stats __percpu *vnencap_stats_alloc(void)
{
	return __netdev_alloc_pcpu_stats(struct vnencap_stats,
					 GFP_KERNEL_ACCOUNT);
}

static void vnencap_stats_add_cpu(const struct vnencap_stats *stats,
				  u64 sums[VNENCAP_A_STATS_MAX + 1])
{
	u64 now[VNENCAP_A_STATS_MAX + 1];
	unsigned int start, i;

	do {
		start = u64_stats_fetch_begin(&stats->syncp);
		for (i = 1; i <= VNENCAP_A_STATS_MAX; i++)
			now[i] = u64_stats_read(&stats->counters[i]);
	} while (u64_stats_fetch_retry(&stats->syncp, start));

	for (i = 1; i <= VNENCAP_A_STATS_MAX; i++)
		sums[i] += now[i];
}

/**
 * vnencap_stats_read - sum the counters of all CPUs
 * @stats: the device's counters
 * @sums: by VNENCAP_A_STATS_*; index 0 becomes zero
 *
 * Context: any.
 */
void vnencap_stats_read(struct vnencap_stats __percpu *stats,
			u64 sums[VNENCAP_A_STATS_MAX + 1])
{
	int cpu;

	memset(sums, 0, sizeof(*sums) * (VNENCAP_A_STATS_MAX + 1));
	for_each_possible_cpu(cpu)
		vnencap_stats_add_cpu(per_cpu_ptr(stats, cpu), sums);
}

/**
 * vnencap_stats_fill - put the counters into a netlink message
 * @stats: the device's counters
 * @msg: where to put the nest VNENCAP_A_DEV_STATS
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE when it does not fit; @msg is then as before.
 */
int vnencap_stats_fill(struct vnencap_stats __percpu *stats,
		       struct sk_buff *msg)
{
	u64 sums[VNENCAP_A_STATS_MAX + 1];
	struct nlattr *nest;
	unsigned int i;

	vnencap_stats_read(stats, sums);
	nest = nla_nest_start(msg, VNENCAP_A_DEV_STATS);
	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= VNENCAP_A_STATS_MAX; i++)
		if (nla_put_uint(msg, i, sums[i]))
			goto cancel;
	nla_nest_end(msg, nest);
	return 0;

cancel:
	nla_nest_cancel(msg, nest);
	return -EMSGSIZE;
}

/**
 * vnencap_stats_name - what ethtool calls a counter
 * @counter: VNENCAP_A_STATS_*, from 1 to VNENCAP_A_STATS_MAX
 *
 * Return: its name, or NULL when there is no such counter.
 */
const char *vnencap_stats_name(unsigned int counter)
{
	if (counter > VNENCAP_A_STATS_MAX)
		return NULL;
	return vnencap_stats_names[counter];
}
