#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# IPv4 and IPv6, inside and outside, in all four combinations: files, pings of
# all sizes and datagrams over NICs of either MTU, a wire that loses and
# reorders, and a router with a small MTU.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# combinations COMMAND...: with the overlay over each substrate, and for each
# of the overlay's families: COMMAND NAME ADDR-OF-1 ADDR-OF-2 HEADER, where
# HEADER is the length of the inner IP header
combinations()
{
	local over
	for over in 4 6; do
		overlay_over $over
		"$@" "IPv4 over IPv$over" "${vn[@]:1}" 20
		"$@" "IPv6 over IPv$over" "${vn6[@]:1}" 40
	done
}

set_mtu()
{
	local i
	for i in 1 2; do
		on $i ip link set "$1" mtu "$2"
	done
}

# Both ways, and nothing is lost or sent again. Each connection's packets leave
# by the family that is asked for: the other one's counters stand still.
files()
{
	local name=$1 mtu=$5 before
	before=$(probes 1)
	mark
	check "$name, MTU $mtu: a file arrives whole" transfer 1 2 "$3"
	check_that "$name, MTU $mtu: nothing is sent again" \
		"$(sent_again 1 "$before")" -le 0
	check "$name, MTU $mtu: a file goes the other way" transfer 2 1 "$2"
	check "$name, MTU $mtu: all frames arrive whole" \
		all_come 1 tx_frames 2 rx_frames_whole
	check "$name, MTU $mtu: all bytes are handed up" \
		all_come 1 tx_payload_bytes 2 rx_delivered_bytes
	check_no_errors "$name, MTU $mtu: nothing is dropped"
}

# Each size, contents compared; DF where the packet is to stay whole. HEADER and
# eight bytes of ICMP are around the size.
pings()
{
	local name=$1 addr=$3 header=$4 mtu=$5 size lost=() sizes
	sizes="0 1 56 100 $((1500 - header - 8)) 1501 2850 2904 4356
		8900 8960 9000 20000 40000 $((60000 - header - 8))"
	mark
	for size in $sizes $(seq 1380 "$(scaled 9 40)" 1460); do
		on 1 ping -n -q -c1 -W2 -Mdo -s "$size" "$addr" \
			>"$work/ping" 2>&1 && ! grep -q wrong "$work/ping" ||
			lost+=("$size")
	done
	check_that "$name, MTU $mtu: pings of all sizes" \
		"${lost[*]:-none lost}" = "none lost"
	check "$name, MTU $mtu: a ping in fragments" \
		on 1 ping -q -c1 -W2 -s 64000 "$addr"
	check_no_errors "$name, MTU $mtu: no ping is dropped"
}

datagrams()
{
	local name=$1 addr=$3 header=$4 mtu=$5
	mark
	check "$name, MTU $mtu: datagrams come back" on 1 udp echo "$addr" \
		5003 0 1 100 1400 $((1500 - header - 8)) 1501 2900 9000 30000 \
		$((60000 - header - 8)) 65000
	check_no_errors "$name, MTU $mtu: no datagram is dropped"
}

everything()
{
	files "$@" "$mtu"
	pings "$@" "$mtu"
	datagrams "$@" "$mtu"
}

on_nics()
{
	local mtu server
	hosts_on_nics
	overlay_up mtu 60000
	start 2 udp serve 5003
	server=$!
	poll 10 udp_bound 2 5003
	make_file "$(scaled 16 2)"
	for mtu in 1500 9000; do
		for i in 1 2; do
			set_mtu "${dev[i]}" $mtu 2>/dev/null
		done
		poll 10 on 1 ping -c1 -W1 "${sub6[2]}"
		combinations everything
	done
	set_mtu vn0 1500
	substrate_seen
	own_address
	stop $server
	drop_all_ns
}

# captures COUNT FILTER COMMAND...: so many packets of COMMAND's traffic that
# host 1 sends, as tcpdump describes them
captures()
{
	local count=$1 filter=$2 tracer
	shift 2
	start 1 tcpdump -nn -l -v -i "${dev[1]}" -Q out "$filter" \
		>"$work/captured" 2>"$work/tcpdump"
	tracer=$!
	poll 10 grep -q listening "$work/tcpdump" || die "no capture"
	"$@"
	poll 5 captured "$count"
	stop "$tracer"
}

captured()
{
	[[ $(grep -c flowlabel "$work/captured") -ge $1 ]]
}

labels()
{
	grep -o 'flowlabel 0x[0-9a-f]*' "$work/captured" | sort -u | wc -l
}

# What is seen of it on the wire
substrate_seen()
{
	overlay_over 6
	captures 5 "ip6 and tcp dst port $port" \
		on 1 ping -q -c5 -i0.02 -W1 -Q 0x02 "${vn[2]}"
	check_that "a flow has one flow label" "$(labels)" -eq 1
	check_that "which is not zero" \
		"$(grep -c 'flowlabel 0x00000,' "$work/captured")" -eq 0
	check_that "the traffic class has the inner ECN field" \
		"$(grep -c 'class 0x02' "$work/captured")" -ge 5
	captures 6 "ip6 and tcp dst port $port" some_flows
	check_that "flows have different ones" "$(labels)" -ge 4
}

some_flows()
{
	local i
	for i in 5003 5004 5005 5006 5007 5008; do
		on 1 udp echo "${vn[2]}" "$i" 10 >/dev/null
	done
}

# "local" of IPv6 is sent from, and only there it receives.
own_address()
{
	local i resets
	for i in 1 2; do
		on $i ip addr add "fd00:10::1$i/64" dev "${dev[i]}" nodad
		on $i vnencap dev set vn0 local "fd00:10::1$i"
	done
	via=('' fd00:10::11 fd00:10::12)
	for i in 1 2; do
		overlay_map $i
	done
	check "a device sends from the address that it was given" \
		poll 5 on 1 ping -q -c1 -W1 "${vn[2]}"
	via=("${sub6[@]}")
	overlay_map 1
	mark
	resets=$(tcp_resets 2)
	check_fails "it does not receive at another" 1 \
		on 1 ping -q -c3 -i0.02 -W1 "${vn[2]}"
	check_that "what comes there is not its own" \
		"$(since 2 rx_runs)" -eq 0
	check_that "it is counted" "$(since 2 rx_unknown_vni)" -ge 3
	check_that "and no reset answers" "$(tcp_resets 2)" -eq "$resets"
	for i in 1 2; do
		on $i vnencap dev set vn0 local any
		on $i ip addr del "fd00:10::1$i/64" dev "${dev[i]}"
		overlay_map $i
	done
	check "without one, and without that address, it works again" \
		poll 5 on 1 ping -q -c1 -W1 "${vn6[2]}"
}

# The file over a wire that loses single segments
over_lossy_wire()
{
	local name=$1
	mark
	check "$name: a file arrives whole over a bad wire" transfer 1 2 "$3"
	check_that "$name: frames are handed up in part" \
		"$(since 2 rx_frames_partial)" -gt 0
	check_that "$name: metadata is rebuilt" \
		"$(since 2 rx_meta_rebuilt)" -gt 0
	check_that "$name: duplicates are known" \
		"$(since 2 rx_duplicates)" -gt 0
	check_that "$name: nothing is malformed, nor over a limit" \
		"$(($(since 2 rx_malformed) + $(since 2 rx_bad_tag) +
		    $(since 2 rx_over_limit) + $(since 2 rx_spoofed)))" -eq 0
}

# Of so short a file's frames random losses may spare the one segment that each
# begins with, so the wire loses that of every 16th, with the first shard in it.
lose_beginnings()
{
	on 3 nft -f - <<-EOF || die "nft cannot drop segments"
		table netdev wire {
			chain in {
				type filter hook ingress device port1 priority 0;
				tcp dport $port tcp sequence 0 \
					meta length > 1000 \
					numgen inc mod 16 == 0 drop
			}
		}
	EOF
}

on_lossy_wire()
{
	hosts_on_lossy_wire
	overlay_up mtu 60000
	make_file "$(scaled 16 4)"
	wire_netem 2 loss 1% delay 1ms reorder 95% duplicate 1%
	lose_beginnings
	combinations over_lossy_wire
	drop_all_ns
}

route_mtu()
{
	on 1 ip -j route get "${via[2]}" | jq '.[0].metrics[0].mtu'
}

past_router()
{
	local name=$1
	mark
	check "$name: a file passes a router with a small MTU" \
		transfer 1 2 "$3"
	check_that "$name: the route has learnt it" "$(route_mtu)" = 1300
	check_that "$name: the overlay has not noticed" \
		"$(on 1 ip -j link show vn0 | jq '.[0].mtu')" = 1500
	check "$name: a packet of full size passes" \
		on 1 ping -c1 -W2 -M "do" -s $((1500 - $4 - 8)) "$3"
}

behind_router()
{
	hosts_behind_router 1300
	overlay_up
	make_file "$(scaled 4 2)"
	combinations past_router
	drop_all_ns
}

on_nics
on_lossy_wire
behind_router
