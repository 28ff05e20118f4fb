// SPDX-License-Identifier: GPL-2.0-only
/* The counters of a device and their names. */
#include <assert.h>
#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/vnencap.h>

#include "nl.h"
#include "print.h"
#include "stats.h"

/* Every counter of the uapi header; the names are ethtool's too. */
#define COUNTERS(C)					\
	C(TX_FRAMES, tx_frames)				\
	C(TX_SEGMENTS, tx_segments)			\
	C(TX_PAYLOAD_BYTES, tx_payload_bytes)		\
	C(TX_COPIED_BYTES, tx_copied_bytes)		\
	C(TX_NO_MAPPING, tx_no_mapping)			\
	C(TX_NO_ROUTE, tx_no_route)			\
	C(TX_MALFORMED, tx_malformed)			\
	C(TX_TOO_BIG, tx_too_big)			\
	C(TX_NOMEM, tx_nomem)				\
	C(RX_SEGMENTS, rx_segments)			\
	C(RX_RUNS, rx_runs)				\
	C(RX_PAYLOAD_BYTES, rx_payload_bytes)		\
	C(RX_DELIVERED_BYTES, rx_delivered_bytes)	\
	C(RX_FRAMES_WHOLE, rx_frames_whole)		\
	C(RX_FRAMES_PARTIAL, rx_frames_partial)		\
	C(RX_META_REBUILT, rx_meta_rebuilt)		\
	C(RX_META_LOST, rx_meta_lost)			\
	C(RX_SPOOFED, rx_spoofed)			\
	C(RX_MALFORMED, rx_malformed)			\
	C(RX_UNKNOWN_VNI, rx_unknown_vni)		\
	C(RX_BAD_CHECKSUM, rx_bad_checksum)		\
	C(RX_BAD_TAG, rx_bad_tag)			\
	C(RX_DUPLICATES, rx_duplicates)			\
	C(RX_TIMEOUTS, rx_timeouts)			\
	C(RX_OVER_LIMIT, rx_over_limit)			\
	C(RX_NOMEM, rx_nomem)

#define NAME(id, name) [VNENCAP_A_STATS_##id] = #name,
#define ONE_MORE(id, name) + 1

static const char * const names[] = { COUNTERS(NAME) };

static_assert(COUNTERS(ONE_MORE) == VNENCAP_A_STATS_MAX,
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
