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
# or some, or none are counted: the others the stack drops before us.
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

# A run of IP bytes 4 to 8 (id, fragment), 8 (TTL), 10 to 12 (checksum) may be
# anything; the rest of the outer headers, and the shard, may not.
flips()
{
	local what=$1 file=$work/$1 shard=$2
	bad "$what, bytes flipped" some flip "$file" 0 $((48 + shard)) raw
	bad "$what, protocol flipped, sums right" none flip "$file" 9 10 fix
	bad "$what, addresses flipped, sums right" some \
		flip "$file" 12 16 fix
	bad "$what, offset and id flipped, sums right" all \
		flip "$file" 24 32 fix
	bad "$what, flags and layout flipped, sums right" all \
		flip "$file" 32 36 fix
	bad "$what, option flipped, sums right" all flip "$file" 40 48 fix
	bad "$what, shard flipped, sums right" all \
		flip "$file" 48 $((48 + shard)) fix
	harmless "$what, other IP fields flipped" flip "$file" 1 2 fix
	harmless "$what, source port flipped" flip "$file" 20 22 fix
	bad "$what, cut off" none truncate "$file" raw
	bad "$what, cut off, sums right" some truncate "$file" fix
}

resets()
{
	tcpdump -n -r "$work/resets" 2>/dev/null | wc -l
}

healthy()
{
	check "$1: pings are answered" \
		poll 5 on 1 ping -q -c1 -W1 "${vn[2]}"
	check "$1: a file arrives" transfer 1 2 "${vn[2]}"
}

hosts_on_veth
overlay_up
for host in 1 2; do
	# so that what is captured is what a NIC would have sent
	on $host ethtool -K wire tx off tso off gso off >/dev/null
	on $host ip link set vn0 mtu 9000
done
make_file 1
start 1 tcpdump -q -n -i wire -U -w "$work/resets" \
	"tcp src port $port and tcp[tcpflags] & tcp-rst != 0" 2>"$work/tcpdump"
poll 10 grep -q listening "$work/tcpdump"
capture single 100 300 64
capture first 1500 1514 6000
healthy "before"

mark
check_that "the packet as it was" \
	"$(on 1 hostile wire replay "$work/single" 10)" -eq 10
poll 3 test "$(since 2 rx_frames_whole)" -ge 10
check_that "comes through" "$(since 2 rx_frames_whole)" -ge 10

flips single 28
flips first 24
bad "random bytes" all random "$work/single" "$(scaled 6000 2000)"
healthy "after random bytes"
bad "all layouts" all fields "$work/single"
healthy "after all layouts"
bad "a flood of first segments" all flood "$work/first" "$(scaled 12000 5000)"
# on a slow kernel they are given up faster than they come
[[ $VNENCAP_DEBUG -eq 1 ]] ||
	check_that "a flood is limited" "$(since 2 rx_over_limit)" -gt 0
healthy "after the flood"
check_that "no reset left from our port" "$(resets)" -eq 0
