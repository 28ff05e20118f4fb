#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# No packet is a lever: what comes costs this host no more than in proportion to how
# much comes, and not much more than what is right, however many segments, frames,
# devices and lower devices there are. Instructions are counted, by a clock on which each
# is a nanosecond (vm/run --icount).
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/burden.sh
. "$selftests/tests/lib/burden.sh"

[[ ${VNENCAP_ICOUNT-0} -eq 1 ]] || skip_all "instructions are not counted"
# All of it takes minutes.
all=${VNENCAP_ALL-0}

packets=400
after=60		# ms: longer than anything waits, see below

# measure_captured CLASS [GAP]: into $each, the instructions that a packet of the class
# costs, less those of sending it; it is made of what was captured last
measure_captured()
{
	local sent all
	read -r sent all < <(on 1 lever wire cost "$1" "$work/segments" "$after" \
		${2:+"$2"}) || die "$1"
	[[ ${sent:-0} -gt 0 ]] || die "no $1"
	each=$((all / sent - ${sending-0}))
}

# measure FRAMES CLASS [GAP]
measure()
{
	capture_segments "$1" "$packets"
	measure_captured "${@:2}"
}

# begin FRAMES: $sending and $valid, for these
begin()
{
	sending=0
	measure "$1" other-host
	sending=$each
	measure "$1" valid
	valid=$each
	remark "$1: to send a packet $sending, a valid one $valid instructions"
}

# cheap NAME FRAMES CLASS...: no packet costs more than four valid ones
cheap()
{
	local name=$1 frames=$2 class
	shift 2
	begin "$frames"
	for class; do
		measure "$frames" "$class"
		remark "$name, $class: $each"
		check_that "$name, $class: a packet costs no more than four valid ones" \
			"$each" -le $((4 * valid))
	done
}

# --- in proportion ---------------------------------------------------------

# in_proportion NAME FEW MANY: what a segment costs of a frame, and of one that has eight
# times as many, which may cost ten times as much
in_proportion()
{
	remark "$1: $2 instructions a segment, and $3 of eight times as many"
	check_that "$1: what a segment costs hardly depends on how many there are" \
		"$((4 * $3))" -le "$((5 * $2))"
}

# linear NAME CLASS FRAMES LONG: of LONG a frame has eight times as many segments
linear()
{
	local few
	begin "$3"
	measure "$3" "$2"
	few=$each
	measure "$4" "$2"
	in_proportion "$1" "$few" "$each"
}

# As many segments as a frame can have, and an eighth of them
ladder()
{
	local few
	begin stream-8
	packets=120
	measure stream-8 ladder
	few=$each
	packets=960
	measure stream-8 ladder
	in_proportion "middle segments of one frame, from the last on" "$few" "$each"
}

# Segments as short as can be: so there are many of them.
many_segments()
{
	local host
	for host in 1 2; do
		on $host ip link set wire mtu 310
	done
	sends+=(
		[atomic-1]="udp flood ${vn[2]} 5003 7000"
		[atomic-8]="udp flood ${vn[2]} 5003 56000"
		[stream-1]="lever vn0 tcp ${vn[1]} $nobody 7000 1000"
		[stream-8]="lever vn0 tcp ${vn[1]} $nobody 56000 1000"
		[train-1]="lever vn0 udp ${vn[1]} ${vn[2]} 7000 1000"
		[train-8]="lever vn0 udp ${vn[1]} ${vn[2]} 56000 1000"
	)
	packets=450
	linear "a stream's frame from its end to its start" descending \
		stream-1 stream-8
	hold_runs 200000
	linear "runs that fill the gaps of others" combed stream-1 stream-8
	hold_runs 0
	[[ $all -eq 1 ]] || return 0
	linear "a datagram from its end to its start" descending atomic-1 atomic-8
	linear "a train from its end to its start" descending train-1 train-8
	ladder
	packets=450
	on 1 vnencap dev set vn0 fec 30
	hold_runs 200000
	linear "runs that fill gaps in a frame that parity follows" combed \
		stream-1 stream-8
	hold_runs 0
	linear "a frame that parity follows, from its end to its start" descending \
		stream-1 stream-8
	linear "a frame that parity follows, without one segment" holes \
		stream-1 stream-8
	linear "parity of many groups, and then segments" parity-groups \
		stream-1 stream-8
	on 1 vnencap dev set vn0 fec off
}

# What is given up by itself, between two ticks of the clock, costs little more than what
# is handed up by itself.
given_up()
{
	local handed_up at_once
	packets=100
	begin stream
	at_once=$valid
	measure stream valid 4500
	handed_up=$each
	measure stream first-only 4500
	remark "by itself: $handed_up instructions to hand up a segment," \
		"$each to take and give up a frame"
	check_that "a frame that is given up by itself costs little more than a segment" \
		"$each" -le $((handed_up + at_once * 5 / 2))
	packets=400
}

# What one packet may cause to be given up has a limit, however much room is too much.
less_room()
{
	local thresh
	thresh=$(on 2 sysctl -n net.vnencap.frame_peer_thresh)
	on 2 sysctl -qw net.vnencap.frame_time_ms=10000
	measure stream middles
	on 2 sysctl -qw net.vnencap.frame_peer_thresh=65536
	packets=1
	mark
	measure long first-only
	remark "with less room: $(since 2 rx_over_limit) of 400 are given up for one"
	check_that "with less room than is used, one packet does not clear all up" \
		"$(since 2 rx_over_limit)" -le 4
	check_that "but some" "$(since 2 rx_over_limit)" -gt 0
	packets=400
	cheap "with less room" long middles
	on 2 sysctl -qw net.vnencap.frame_time_ms=40 \
		net.vnencap.frame_peer_thresh="$thresh"
	packets=400
}

# --- however many devices --------------------------------------------------

# as_before NAME BEFORE
as_before()
{
	remark "$1: $2 instructions before, $each now"
	check_that "$1 costs twice as much at most" "$each" -le $((2 * $2))
}

devices()
{
	local many=$((all ? 1000 : 200)) unknown no_option
	begin small
	measure small unknown-vni
	unknown=$each
	measure small no-option
	no_option=$each
	crowd $many
	measure small unknown-vni
	as_before "an unknown VNI, with $many devices," "$unknown"
	crowd_leaves
	[[ $all -eq 1 ]] || return 0
	new_ns 3
	crowd $many "${ns[3]}"
	measure small unknown-vni
	as_before "an unknown VNI, with $many devices elsewhere," "$unknown"
	measure small no-option
	as_before "a stranger's TCP, with $many devices elsewhere," "$no_option"
	crowd_leaves "${ns[3]}"
}

# Many devices have the VNI. What is for none of those that are on the NIC where it came is
# for another one. Of an ICMP message two others are told.
devices_of_one_vni()
{
	local before
	begin small
	before=$valid
	lowers 1000 "" 1
	cheap "1,000 more devices of a VNI" small too-big
	each=$valid
	as_before "a packet, with 1,000 more devices of its VNI," "$before"
	capture_segments small "$packets"
	on 2 vnencap dev set vn0 local 10.0.0.3
	measure_captured valid
	remark "for one of them on another NIC: $each"
	check_that "for one of them on another NIC, a packet costs no more than four valid ones" \
		"$each" -le $((4 * valid))
	on 2 vnencap dev set vn0 local any
	lowers_leave
}

lower_devices()
{
	local many=$((all ? 300 : 100)) before
	begin small
	measure small too-short
	before=$each
	lowers $many
	measure small too-short
	as_before "an ICMP message, with $many lower devices," "$before"
	lowers_leave
	[[ $all -eq 1 ]] || return 0
	devices_of_one_vni
	# from here on there is a routing rule: the first VRF makes it
	lowers $many crowd
	measure small too-short
	as_before "an ICMP message, with $many lower devices in a VRF," "$before"
	lowers_leave crowd
}

# --- no more than what is right --------------------------------------------

parity()
{
	on 1 vnencap dev set vn0 fec 30	# the most that there can be
	cheap "parity" stream middles parity-ids parity-groups in-vain
	if [[ $all -eq 1 ]]; then
		cheap "parity" stream first-only holes parity-only parity-first again
		cheap "copies" small parity-only copies-later in-vain
		on 1 vnencap dev set vn0 fec 50
		cheap "parity of two segments" pair middles parity-only parity-ids in-vain
	fi
	on 1 vnencap dev set vn0 fec off
}

from_anybody()
{
	on 2 vnencap dev set vn0 nospoofcheck
	cheap "from anybody" long many-sources middles
	on 2 vnencap dev set vn0 spoofcheck
}

burden_hosts
# so that it need not be waited for long
on 2 sysctl -qw net.vnencap.frame_time_ms=40
cheap "one segment" small unknown-vni no-option spoofed too-big
cheap "parts of a stream" stream first-only middles
if [[ $all -eq 1 ]]; then
	cheap "one segment" small wrong-tag many-sources many-ports two-addresses reports \
		redirect
	cheap "parts of a datagram" long first-only middles holes overlapping
	cheap "parts of a stream" stream holes overlapping
	cheap "trains" train one-byte middles
	from_anybody
	burden_over 6
	cheap "parts of a datagram, over IPv6" long many-headers
	burden_over 4
	given_up
fi
parity
less_room
devices
lower_devices
many_segments
