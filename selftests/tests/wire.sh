#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of the look at the wire: all kinds of traffic, and a capture
# of the segments as the NIC receives them. wire-host reads it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# Nothing may be joined before the capture; and it must miss nothing.
capture_on()
{
	on 2 ethtool -K "${dev[2]}" gro off
	start 2 tcpdump -q -n -s 0 -B 65536 -i "${dev[2]}" -Q in -U \
		-w "$work/wire.pcap" tcp port "$port" >"$work/tcpdump" 2>&1
	capture=$!
	poll 20 grep -q listening "$work/tcpdump" || die "no capture"
}

# Has it written all that our device was given? The e1000 of QEMU sends empty
# segments, too.
captured()
{
	[[ $(tcpdump -n -r "$work/wire.pcap" 2>/dev/null | wc -l) -ge \
		$(($(since 2 rx_segments) + $(since 2 rx_empty))) ]]
}

traffic()
{
	local size i
	check "a file" transfer 1 2 "${vn[2]}"
	check "a file with small writes" transfer 1 2 "${vn[2]}" small
	for size in 0 100 1400 1450 3000; do
		check "a ping of $size" \
			on 1 ping -q -c1 -W2 -s "$size" "${vn[2]}"
	done
	for i in 1 2; do
		on $i ip link set vn0 mtu 60000
	done
	for size in 4000 20000 59972; do
		check "a ping of $size whole" \
			on 1 ping -q -c1 -W2 -Mdo -s "$size" "${vn[2]}"
	done
	check "a file with an MTU of 60000" transfer 1 2 "${vn[2]}"
	check "a file by IPv6" transfer 1 2 "${vn6[2]}" sendfile
}

traffic_over_ipv6()
{
	local size
	overlay_over 6
	for size in 0 100 1390 1430 4000 59972; do
		check "a ping of $size over IPv6" \
			on 1 ping -q -c1 -W2 -Mdo -s "$size" "${vn[2]}"
	done
	check "a file over IPv6" transfer 1 2 "${vn[2]}"
	check "a file by IPv6 over IPv6" transfer 1 2 "${vn6[2]}" small
}

[[ -n ${VNENCAP_OUT-} ]] || skip_all "no folder to put a capture in"
hosts_on_nics
overlay_up
capture_on
make_file "$(scaled 6 2)"
mark
traffic
traffic_over_ipv6
poll 20 captured
stop $capture
check_that "the capture missed nothing" \
	"$(sed -n 's/ packets* dropped by kernel//p' "$work/tcpdump")" -eq 0
check_no_errors "nothing is dropped"
check_that "no segment counts as come twice" "$(since 2 rx_duplicates)" -eq 0
remark "$(since 2 rx_empty) were empty"
mv "$work/wire.pcap" "$VNENCAP_OUT/"
since 2 rx_segments >"$VNENCAP_OUT/wire.segments"
