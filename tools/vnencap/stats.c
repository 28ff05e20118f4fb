// SPDX-License-Identifier: GPL-2.0-only
/* The counters of a device and their names. */
#include <assert.h>
#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "cli.h"
#include "nl.h"
#include "print.h"
#include "stats.h"

/* Every counter of the uapi header; the names are ethtool's too. */
static const char * const names[] = {
	[VNENCAP_A_STATS_TX_FRAMES] = "tx_frames",
	[VNENCAP_A_STATS_TX_SEGMENTS] = "tx_segments",
	[VNENCAP_A_STATS_TX_PAYLOAD_BYTES] = "tx_payload_bytes",
	[VNENCAP_A_STATS_TX_COPIED_BYTES] = "tx_copied_bytes",
	[VNENCAP_A_STATS_TX_NO_MAPPING] = "tx_no_mapping",
	[VNENCAP_A_STATS_TX_NO_ROUTE] = "tx_no_route",
	[VNENCAP_A_STATS_TX_MALFORMED] = "tx_malformed",
	[VNENCAP_A_STATS_TX_TOO_BIG] = "tx_too_big",
	[VNENCAP_A_STATS_TX_NOMEM] = "tx_nomem",
	[VNENCAP_A_STATS_RX_SEGMENTS] = "rx_segments",
	[VNENCAP_A_STATS_RX_RUNS] = "rx_runs",
	[VNENCAP_A_STATS_RX_PAYLOAD_BYTES] = "rx_payload_bytes",
	[VNENCAP_A_STATS_RX_DELIVERED_BYTES] = "rx_delivered_bytes",
	[VNENCAP_A_STATS_RX_FRAMES_WHOLE] = "rx_frames_whole",
	[VNENCAP_A_STATS_RX_FRAMES_PARTIAL] = "rx_frames_partial",
	[VNENCAP_A_STATS_RX_META_REBUILT] = "rx_meta_rebuilt",
	[VNENCAP_A_STATS_RX_META_LOST] = "rx_meta_lost",
	[VNENCAP_A_STATS_RX_SPOOFED] = "rx_spoofed",
	[VNENCAP_A_STATS_RX_MALFORMED] = "rx_malformed",
	[VNENCAP_A_STATS_RX_UNKNOWN_VNI] = "rx_unknown_vni",
	[VNENCAP_A_STATS_RX_BAD_CHECKSUM] = "rx_bad_checksum",
	[VNENCAP_A_STATS_RX_BAD_TAG] = "rx_bad_tag",
	[VNENCAP_A_STATS_RX_DUPLICATES] = "rx_duplicates",
	[VNENCAP_A_STATS_RX_TIMEOUTS] = "rx_timeouts",
	[VNENCAP_A_STATS_RX_OVER_LIMIT] = "rx_over_limit",
	[VNENCAP_A_STATS_RX_NOMEM] = "rx_nomem",
};

static_assert(ARRAY_SIZE(names) == VNENCAP_A_STATS_MAX + 1,
	      "a counter of the uapi header has no name here");

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
		print_counter(type <= VNENCAP_A_STATS_MAX ? names[type] :
			      unknown, value);
	}
	print_group_end();
}
