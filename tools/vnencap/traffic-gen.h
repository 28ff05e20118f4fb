/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vnencap.yaml */
/* by tools/ynl-regen */

#ifndef _VNENCAP_TRAFFIC_GEN_H
#define _VNENCAP_TRAFFIC_GEN_H

/* To be included after linux/vnencap.h, wherever that is. */

static const char * const vnencap_traffic_names[VNENCAP_A_TRAFFIC_MAX + 1] = {
	[VNENCAP_A_TRAFFIC_TX_FRAMES] = "tx_frames",
	[VNENCAP_A_TRAFFIC_TX_BYTES] = "tx_bytes",
	[VNENCAP_A_TRAFFIC_TX_SEGMENTS] = "tx_segments",
	[VNENCAP_A_TRAFFIC_TX_DROPPED] = "tx_dropped",
	[VNENCAP_A_TRAFFIC_RX_FRAMES] = "rx_frames",
	[VNENCAP_A_TRAFFIC_RX_BYTES] = "rx_bytes",
	[VNENCAP_A_TRAFFIC_RX_META_REBUILT] = "rx_meta_rebuilt",
	[VNENCAP_A_TRAFFIC_RX_FRAMES_PARTIAL] = "rx_frames_partial",
	[VNENCAP_A_TRAFFIC_RX_SEGMENTS_LOST] = "rx_segments_lost",
	[VNENCAP_A_TRAFFIC_RX_SPOOFED] = "rx_spoofed",
	[VNENCAP_A_TRAFFIC_RX_SEGMENTS] = "rx_segments",
	[VNENCAP_A_TRAFFIC_RX_REPAIRED] = "rx_repaired",
	[VNENCAP_A_TRAFFIC_RX_BEYOND_REPAIR] = "rx_beyond_repair",
	[VNENCAP_A_TRAFFIC_TX_PARITY_SEGMENTS] = "tx_parity_segments",
	[VNENCAP_A_TRAFFIC_TX_PARITY_BYTES] = "tx_parity_bytes",
};

#endif /* _VNENCAP_TRAFFIC_GEN_H */
