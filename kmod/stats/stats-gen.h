/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vnencap.yaml */
/* by tools/ynl-regen */

#ifndef _VNENCAP_STATS_GEN_H
#define _VNENCAP_STATS_GEN_H

/* To be included after linux/vnencap.h, wherever that is. */

static const char * const vnencap_stats_names[VNENCAP_A_STATS_MAX + 1] = {
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
	[VNENCAP_A_STATS_TX_HELD] = "tx_held",
	[VNENCAP_A_STATS_RX_OTHER_KEY] = "rx_other_key",
	[VNENCAP_A_STATS_TX_BLACKHOLE] = "tx_blackhole",
	[VNENCAP_A_STATS_RX_SEGMENTS_LOST] = "rx_segments_lost",
	[VNENCAP_A_STATS_RX_POLICY] = "rx_policy",
	[VNENCAP_A_STATS_TX_LOOP] = "tx_loop",
	[VNENCAP_A_STATS_TX_MULTICAST] = "tx_multicast",
	[VNENCAP_A_STATS_RX_EMPTY] = "rx_empty",
	[VNENCAP_A_STATS_TX_PARITY_SEGMENTS] = "tx_parity_segments",
	[VNENCAP_A_STATS_TX_PARITY_BYTES] = "tx_parity_bytes",
	[VNENCAP_A_STATS_RX_PARITY_SEGMENTS] = "rx_parity_segments",
	[VNENCAP_A_STATS_RX_REPAIRED] = "rx_repaired",
	[VNENCAP_A_STATS_RX_BEYOND_REPAIR] = "rx_beyond_repair",
	[VNENCAP_A_STATS_TX_REDIRECT] = "tx_redirect",
};

#endif /* _VNENCAP_STATS_GEN_H */
