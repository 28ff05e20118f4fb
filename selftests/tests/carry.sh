#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an overlay network has to carry: packets of every size, whole or as
# fragments, datagrams with their contents, many flows at once.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# ping_sizes NAME ADDR OPTION... -- SIZE...: each is answered, contents checked
# (ping compares what comes back with what it sent).
ping_sizes()
{
	local name=$1 addr=$2 options=() size lost=()
	shift 2
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	for size; do
		on 1 ping -n -q -c1 -W2 "${options[@]}" -s "$size" "$addr" \
			>"$work/ping" 2>&1 && ! grep -q wrong "$work/ping" ||
			lost+=("$size")
	done
	check_that "$name ($# sizes)" "${lost[*]:-none lost}" = "none lost"
}

# Sizes where the number of segments changes, and those near them: a segment of
# a 1500 byte wire holds 1452, and shards, up to five of some 40 bytes, take part
# of the first ones.
boundary_sizes()
{
	local step=$1 k
	for k in 1 2 3 4 5 6 20; do
		seq $((k * 1452 - (k < 5 ? k : 5) * 40)) "$step" \
			$((k * 1452 + 4))
	done
}

set_mtu()
{
	local i
	for i in 1 2; do
		on $i ip link set vn0 mtu "$1"
	done
}

pings()
{
	local step
	step=$(scaled 13 41)
	mark
	ping_sizes "pings up to the default MTU" "${vn[2]}" -Mdo -- \
		$(seq 0 "$(scaled 7 37)" 130) 1000 $(seq 1380 "$step" 1472) 1472
	ping_sizes "pings in fragments" "${vn[2]}" -- 1473 1500 3000 20000 60000
	check_fails "DF and longer than the MTU is refused" 1 \
		on 1 ping -c1 -W1 -Mdo -s 1473 "${vn[2]}"
	set_mtu 60000
	# shellcheck disable=SC2046 # numbers
	ping_sizes "pings around the ends of segments, MTU 60000" "${vn[2]}" \
		-Mdo -- $(boundary_sizes "$step")
	ping_sizes "pings of all magnitudes, MTU 60000" "${vn[2]}" -Mdo -- \
		7000 10000 16384 32768 40000 50000 59972
	ping_sizes "fragments of 60000 bytes" "${vn[2]}" -- 59973 65000 65507
	# Headers and payload lie elsewhere with IPv6.
	# shellcheck disable=SC2046
	ping_sizes "IPv6 pings" "${vn6[2]}" -Mdo -- 0 56 1232 1400 1452 1460 \
		$(seq 2700 "$step" 2780) 59952
	ping_sizes "IPv6 pings in fragments" "${vn6[2]}" -- 59953 65000
	check_no_errors "nothing was dropped"
	check_that "as many frames arrive as were sent" \
		"$(($(since 2 rx_frames_whole) + $(since 1 rx_frames_whole)))" -eq \
		"$(($(since 1 tx_frames) + $(since 2 tx_frames)))"
}

# One sendmsg() is one frame, also where its datagrams are longer or a lot
# shorter than a segment.
trains()
{
	local frames size
	for size in 1400 1472 500; do
		frames=$(since 1 tx_frames)
		check "a train of datagrams of $size comes back" \
			on 1 udp train "${vn[2]}" 5003 "$size" 40
		check_that "it was one frame" \
			$(($(since 1 tx_frames) - frames)) -eq 1
	done
	check "a train of IPv6 datagrams comes back" \
		on 1 udp train "${vn6[2]}" 5003 1400 40
	check "a train of one byte each, more than one frame takes" \
		on 1 udp train "${vn[2]}" 5003 4 64
}

# charge: what a datagram costs the socket that holds it, in bytes of memory
charge()
{
	on 2 ss -Hluanm "sport = :5004" | sed -n 's/.*skmem:(r\([0-9]*\),.*/\1/p'
}

charged()
{
	[[ $(charge) -gt 0 ]]
}

# charge_by SIZE ADDR: of a datagram to this address
charge_by()
{
	local holder
	start 2 udp hold 5004
	holder=$!
	poll 10 udp_bound 2 5004
	on 1 bash -c "head -c $1 /dev/zero >/dev/udp/$2/5004"
	poll 10 charged
	charge
	stop $holder
}

# Its segments are its headers' and its shards' bytes longer than it is: that may
# be one segment more, but not one more socket buffer.
charges()
{
	local size native ours sizes=(100 1400 1430 1472 3000 8000)
	set_mtu 1500
	# Cache lines of 256 bytes: 2 KB take 1400 natively, and not with our headers.
	[[ $(uname -m) != s390x ]] || sizes=(100 1300 1430 1472 3000 8000)
	for size in "${sizes[@]}"; do
		native=$(charge_by "$size" "${sub[2]}")
		ours=$(charge_by "$size" "${vn[2]}")
		remark "$size bytes: $ours, natively $native"
		check_that "a datagram of $size costs its socket no more" \
			"$ours" -le $((native * 9 / 8))
	done
}

datagrams()
{
	local server i
	start 2 udp serve 5003
	server=$!
	poll 10 udp_bound 2 5003
	mark
	set_mtu 1500
	check "datagrams come back, up to the default MTU" on 1 udp echo \
		"${vn[2]}" 5003 0 1 2 3 4 7 8 100 512 1000 1400 1471 1472
	check "datagrams come back in fragments" on 1 udp echo "${vn[2]}" \
		5003 1473 2944 2960 5000 20000 65000 65507
	check "datagrams come back, IPv6" on 1 udp echo "${vn6[2]}" 5003 \
		0 1 1000 1452 1453 9000 65000
	trains
	set_mtu 60000
	# shellcheck disable=SC2046 # numbers
	check "datagrams come back around the ends of segments" on 1 udp echo \
		"${vn[2]}" 5003 $(boundary_sizes "$(scaled 3 17)") 59972
	# shellcheck disable=SC2046
	check "IPv6 datagrams come back around the ends of segments" \
		on 1 udp echo "${vn6[2]}" 5003 \
		$(boundary_sizes "$(scaled 7 19)") 59952
	check_no_errors "no datagram was dropped"
	stop $server
	charges
	for i in 1 2; do
		check_that "no UDP checksum was wrong at host $i" \
			"$(udp_checksum_errors $i)" -eq 0
	done
}

udp_checksum_errors()
{
	on "$1" nstat -asz UdpInCsumErrors Udp6InCsumErrors TcpInCsumErrors |
		awk '!/^#/ { n += $2 } END { print n }'
}

# Many connections at once, each with the file, in all ways of sending.
flows()
{
	local i count receiver arrived=0 modes=(write small sendfile zerocopy)
	count=$(scaled 32 12)
	make_file 1
	set_mtu "$1"
	rm -f "$work"/copy*
	start 2 xfer recv 5001 "$work/copy" "$count" >/dev/null
	receiver=$!
	poll 10 listening 2 5001
	for ((i = 0; i < count; i++)); do
		start 1 timeout "$(patience 120)" xfer send "${modes[i % 4]}" \
			"${addrs[i % 2]}" 5001 "$work/file" >/dev/null
	done
	wait $receiver
	for ((i = 1; i <= count; i++)); do
		! cmp "$work/file" "$work/copy.$i" ||
			arrived=$((arrived + 1))
	done
	check_that "$count flows side by side, MTU $1" "$arrived" -eq "$count"
}

# Whatever the lower wire's MTU: the segment size follows, the overlay's does
# not have to.
other_wire()
{
	local i
	for i in 1 2; do
		on $i ip link set "${dev[i]}" mtu "$1"
	done
	poll 10 on 1 ping -c1 -W1 "${sub[2]}"
	mark
	check "datagrams come back over a wire of MTU $1" on 1 udp echo \
		"${vn[2]}" 5003 0 1 200 500 1000 1472 3000 9000 59000
	check "a file crosses a wire of MTU $1" transfer 1 2 "${vn[2]}"
	check_no_errors "nothing was dropped on a wire of MTU $1"
}

hosts_on_nics
overlay_up
addrs=("${vn[2]}" "${vn6[2]}")
check_that "vn0 has the lower device's MTU" \
	"$(on 1 cat /sys/class/net/vn0/mtu)" -eq 1500
pings
datagrams
flows 1500
flows 60000
make_file "$(scaled 8 2)"
check "small writes arrive whole" transfer 1 2 "${vn[2]}" small
check "a file by IPv6 arrives whole" transfer 1 2 "${vn6[2]}"
start 2 udp serve 5003
# the least that IPv4, or IPv6, goes by
other_wire $((VNENCAP_SUBSTRATE == 6 ? 1280 : 576))
other_wire 9000
