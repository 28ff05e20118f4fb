#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packets to our port that no sender of ours would send: each is dropped and
# counted, or is as good as the one it was made from; no reset answers; the host
# goes on as before. (The kernel's log the bench looks at.)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# Segments as they leave host 1, cut and summed in software: one that is a whole
# frame, and the first one of many.
capture()
{
	local name=$1 min=$2 max=$3 size=$4 tracer
	start 1 hostile "${dev[1]}" capture "$port" "$min" "$max" "$work/$name"
	tracer=$!
	poll 10 sent_and_captured "$name" "$size" || die "no $name to begin with"
	wait $tracer
}

sent_and_captured()
{
	on 1 ping -q -c1 -W1 -Mdo -s "$2" "${vn[2]}" >/dev/null
	[[ -s $work/$1 ]]
}

# Packets dropped at host 2 by us, by the reason, and all of them. One that
# waited is counted as timed out, and for what it lacked.
reasons()
{
	changes 2 | grep -E '^rx_(malformed|bad_|unknown_vni|spoofed|duplicates|meta_lost|timeouts|over_limit)'
}

dropped()
{
	reasons | grep -v rx_timeouts | awk -F= '{ n += $2 } END { print n + 0 }'
}

all_counted()
{
	[[ $(dropped) -ge $1 ]]
}

# bad NAME HOW-MANY WORD...: packets of which nothing is handed up; all of them,
# or some, or none are counted, or any number: the others the stack drops.
bad()
{
	local name=$1 many=$2 sent
	shift 2
	mark
	sent=$(on 1 hostile "${dev[1]}" "$@")
	[[ $many != all ]] || poll 3 all_counted "$sent"
	remark "$name: $sent sent, dropped: $(reasons | xargs)"
	check_that "$name: nothing is handed up" \
		"$(since 2 rx_delivered_bytes)" -eq 0
	case $many in
	all)	check_that "$name: all are counted" "$(dropped)" -ge "$sent" ;;
	some)	check_that "$name: they are counted" "$(dropped)" -gt 0 ;;
	none)	check_that "$name: they are not ours" "$(dropped)" -eq 0 ;;
	esac
}

# Those that only change what nobody relies on: they may come through.
harmless()
{
	local name=$1 sent
	shift
	mark
	sent=$(on 1 hostile "${dev[1]}" "$@")
	remark "$name: $sent sent, $(since 2 rx_frames_whole) handed up"
	check_that "$name: no more comes through than was sent" \
		"$(since 2 rx_frames_whole)" -le "$sent"
}

# Where things are in the IP header of each family: its length, the next
# protocol, the source address, what no checksum guards and nobody relies on, and
# what one does guard, or is looked at. In IPv6's first byte a bit of the traffic
# class is nobody's, one of the version is not.
layout()
{
	case $1 in
	4)	ip_len=20 proto=9 source="12 16" free=("1 2") firm=("0 20")
		both=() ;;
	6)	ip_len=40 proto=6 source="8 24" free=("1 4" "7 8")
		firm=("4 7" "8 40") both=("0 1") ;;
	esac
}

# flip_at NAME HOW-MANY FILE FROM TO: with right sums
flip_at()
{
	bad "$1 flipped, sums right" "$2" flip "$3" "$4" "$5" fix
}

flips()
{
	local what=$1 file=$work/$2 shard=$3 tcp=$ip_len range
	local end=$((tcp + 28 + shard))
	for range in "${firm[@]}"; do
		# shellcheck disable=SC2086 # two numbers
		bad "$what, bytes ${range/ / to } flipped" any \
			flip "$file" $range raw
	done
	for range in "${both[@]}"; do
		# shellcheck disable=SC2086
		harmless "$what, bytes ${range/ / to } flipped" \
			flip "$file" $range raw
	done
	bad "$what, bytes behind flipped" some flip "$file" "$tcp" $end raw
	flip_at "$what, protocol" none "$file" "$proto" $((proto + 1))
	# shellcheck disable=SC2086 # two numbers
	flip_at "$what, addresses" some "$file" $source
	flip_at "$what, offset and id" all "$file" $((tcp + 4)) $((tcp + 12))
	flip_at "$what, flags and layout" all "$file" $((tcp + 12)) \
		$((tcp + 16))
	flip_at "$what, option" all "$file" $((tcp + 20)) $((tcp + 28))
	flip_at "$what, shard" all "$file" $((tcp + 28)) $end
	for range in "${free[@]}"; do
		# shellcheck disable=SC2086 # two numbers
		harmless "$what, other IP fields flipped" \
			flip "$file" $range fix
	done
	harmless "$what, source port flipped" \
		flip "$file" "$tcp" $((tcp + 2)) fix
	bad "$what, cut off" none truncate "$file" raw "$(scaled 1 7)"
	bad "$what, cut off, sums right" some truncate "$file" fix \
		"$(scaled 1 7)"
	bad "$what, other lengths" some lengths "$file"
}

resets()
{
	tcpdump -n -r "$work/resets" 2>/dev/null | tee "$work/seen" | wc -l
}

healthy()
{
	check "$1: pings are answered" \
		poll 5 on 1 ping -q -c1 -W1 "${vn[2]}"
	check "$1: a file arrives" transfer 1 2 "${vn[2]}"
}

# Nothing that host 2 sends from our port is ours: our packets go to it.
watch_resets()
{
	start 1 tcpdump -q -n -i wire -Q in -U -w "$work/resets" \
		"tcp src port $port" 2>"$work/tcpdump"
	poll 10 grep -q listening "$work/tcpdump" || die "no capture"
}

replay()
{
	mark
	check_that "$1, the packet as it was" \
		"$(on 1 hostile wire replay "$work/single" 10)" -eq 10
	poll 3 all_known || :
	check_that "$1, comes through once at most, and is known again" \
		"$(since 2 rx_frames_whole)" -le 1
	check_that "$1, each time" "$(known)" -eq 10
}

# So many others that no CPU remembers the captured ones: what is forged from
# them is looked at, and not dropped for having come before.
forget()
{
	local cpu last=
	for ((cpu = 0; cpu < VNENCAP_SMP; cpu++)); do
		on 1 taskset -c $cpu ping -q -f -c "$(scaled 2000 1000)" -W1 \
			"${vn[2]}" >/dev/null
	done
	poll 10 all_through
}

# ping may leave before its last packets are through.
all_through()
{
	local now
	now=$(counter 2 rx_frames_whole)
	[[ $now != "$last" ]] || return 0
	last=$now
	return 1
}

# later: when nobody remembers it, it is as good as new; which TCP and UDP inside know
# how to take.
later()
{
	mark
	on 1 hostile wire replay "$work/single" 1 >/dev/null
	poll 3 all_frames 1 || :
	check_that "$1, the packet again, later than is remembered: it comes through" \
		"$(since 2 rx_frames_whole)" -eq 1
}

all_frames()
{
	[[ $(since 2 rx_frames_whole) -ge $1 ]]
}

# Who is no member has no place among the frames that wait.
stranger_waits()
{
	on 2 vnencap map flush vni 1
	printf 'vni 1 %s via %s\n' "${vn[1]}" 10.0.0.3 "${vn[2]}" "${via[2]}" |
		on 2 vnencap map load -
	poll 10 no_frame_waits
	bad "$1, middle segments of a stranger's" all flood "$work/first" 500
	check_that "$1, each is refused at once" "$(since 2 rx_spoofed)" -eq 500
	check_that "$1, and none waits" "$(since 2 rx_timeouts)" -eq 0
	on 2 vnencap map flush vni 1
	overlay_map 2
}

# What the stack has written to since it was sent: it is known again all the same.
options()
{
	mark
	check_that "$1, IPv4 options" \
		"$(on 1 hostile wire options "$work/single")" -eq 2
	poll 3 all_runs 2 || :
	check_that "$1, IPv4 options: both are taken" "$(since 2 rx_runs)" -ge 2
	check_that "$1, IPv4 options: none is malformed" \
		"$(since 2 rx_malformed)" -eq 0
}

all_runs()
{
	[[ $(since 2 rx_runs) -ge $1 ]]
}

known()
{
	echo $(($(since 2 rx_frames_whole) + $(since 2 rx_duplicates)))
}

all_known()
{
	[[ $(known) -ge 10 ]]
}

over()
{
	local name="over IPv$1" thresh
	overlay_over "$1"
	layout "$1"
	rm -f "$work/single" "$work/first"
	capture single $((80 + ip_len)) $((280 + ip_len)) 64
	capture first 1500 1514 6000
	healthy "$name, before"
	replay "$name"
	[[ $1 -eq 6 ]] || options "$name"
	forget
	later "$name"
	forget
	flips "$name, single" single 28
	flips "$name, first" first 28
	if [[ $1 -eq 6 ]]; then
		# the stack refuses some before they come to local input
		bad "$name, extension headers" some extend "$work/single"
	fi
	bad "$name, random bytes" all random "$work/single" \
		"$(scaled 6000 2000)"
	healthy "$name, after random bytes"
	bad "$name, all layouts" all fields "$work/single" "$(scaled 1 5)"
	healthy "$name, after all layouts"
	# on a slow host they were given up before they are too many
	thresh=$(on 2 sysctl -n net.vnencap.frame_peer_thresh)
	on 2 sysctl -qw net.vnencap.frame_time_ms=1500 \
		net.vnencap.frame_peer_thresh=$((thresh / 16))
	bad "$name, a flood of middle segments" all flood "$work/first" \
		"$(scaled 12000 5000)"
	check_that "$name, a flood is limited" \
		"$(since 2 rx_over_limit)" -gt 0
	on 2 sysctl -qw net.vnencap.frame_time_ms=200 \
		net.vnencap.frame_peer_thresh="$thresh"
	healthy "$name, after the flood"
	stranger_waits "$name"
}

hosts_on_veth
overlay_up
for host in 1 2; do
	# so that what is captured is what a NIC would have sent
	on $host ethtool -K wire tx off tso off gso off >/dev/null
	on $host ip link set vn0 mtu 9000
done
make_file 1
watch_resets
over 4
# on the debug kernel that takes minutes: in "make test-all" only
[[ $VNENCAP_DEBUG -eq 1 && ${VNENCAP_ALL-0} -eq 0 ]] || over 6
check_that "nothing left from our port, no reset" "$(resets)" -eq 0 ||
	remark "$(head -n 5 "$work/seen")"
