#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A file of 100 MB crosses a wire that loses nothing, by each way of sending:
# it arrives, nothing is sent again, and the NIC's GRO has long runs for us.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

tso_is_on()
{
	on 1 ethtool -k "${dev[1]}" | grep -q '^tcp-segmentation-offload: on'
}

# joined MODE RUNS SEGMENTS: how long frames are is TCP's to say, which may send
# short ones as the answers come, a kernel as slow as the debug one most; but what
# was sent in one is then received in one. Longer ones are in pieces of 64 KB.
joined()
{
	local pieces
	pieces=$(($(since 1 tx_frames) + $(since 1 tx_payload_bytes) / 60000))
	check_that "$1: a piece is received as two runs at most" \
		"$2" -le $((2 * pieces))
	[[ $VNENCAP_DEBUG -eq 1 ]] ||
		check_that "$1: 8 segments a run or more" "$3" -ge $((8 * $2))
}

# The file by a way of sending
bulk()
{
	local mode=$1 runs segments before
	before=$(probes 1)
	mark
	check "$mode: the file arrives whole" transfer 1 2 "${vn[2]}" "$mode"
	check_that "$mode: nothing is sent again" \
		"$(sent_again 1 "$before")" -le 0
	runs=$(since 2 rx_runs) segments=$(since 2 rx_segments)
	remark "$segments segments in $runs runs, $(since 1 tx_frames) frames," \
		"$(since 1 tx_copied_bytes) bytes copied"
	joined "$mode" "$runs" "$segments"
	check "$mode: all frames sent arrive whole" \
		all_come 1 tx_frames 2 rx_frames_whole
	check "$mode: the segments sent are those received" \
		all_come 1 tx_segments 2 rx_segments
	check "$mode: payload sent is payload received" \
		all_come 1 tx_payload_bytes 2 rx_payload_bytes
	check "$mode: and handed up" \
		all_come 1 tx_payload_bytes 2 rx_delivered_bytes
	check_no_errors "$mode: nothing is dropped"
}

hosts_on_nics
overlay_up
check "TSO is on" tso_is_on
make_file 100
bulk write
check_that "write: payload is shared, not copied" \
	"$(since 1 tx_copied_bytes)" -lt $((10 << 20))
bulk sendfile
make_file 16
bulk zerocopy
remark "zerocopy: $(xfer_value copied) of $(xfer_value zerocopy) sends copied"
before=$(probes 2)
check "the file goes the other way" transfer 2 1 "${vn[1]}"
check_that "nothing is sent again that way" "$(sent_again 2 "$before")" -le 0
