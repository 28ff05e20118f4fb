// SPDX-License-Identifier: GPL-2.0-only
/* Counters of a device, or of an endpoint, and their names. */
#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "../../kmod/stats/stats-gen.h"
#include "cli.h"
#include "nl.h"
#include "print.h"
#include "stats.h"
#include "traffic-gen.h"

/* In the kernel's order; a newer kernel's counter is known by its number. */
static void counters_print(const struct nlattr *nest,
			   const char * const *names, unsigned int max)
{
	const struct nlattr *attr;
	char unknown[16];
	uint64_t value;
	uint16_t type;

	print_group_begin("stats");
	mnl_attr_for_each_nested(attr, nest) {
		type = mnl_attr_get_type(attr);
		if (!type || !nl_get_uint(attr, &value))
			continue;
		snprintf(unknown, sizeof(unknown), "counter_%u", type);
		print_counter(type <= max ? names[type] : unknown, value);
	}
	print_group_end();
}

void stats_print(const struct nlattr *nest)
{
	counters_print(nest, vnencap_stats_names, VNENCAP_A_STATS_MAX);
}

void traffic_print(const struct nlattr *nest)
{
	counters_print(nest, vnencap_traffic_names, VNENCAP_A_TRAFFIC_MAX);
}
