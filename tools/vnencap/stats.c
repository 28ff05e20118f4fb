// SPDX-License-Identifier: GPL-2.0-only
/* The counters of a device and their names. */
#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "../../kmod/stats-gen.h"
#include "cli.h"
#include "nl.h"
#include "print.h"
#include "stats.h"

/* In the kernel's order; a newer kernel's counter is known by its number. */
void stats_print(const struct nlattr *nest)
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
		print_counter(type <= VNENCAP_A_STATS_MAX ?
			      vnencap_stats_names[type] : unknown, value);
	}
	print_group_end();
}
