#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/bench/hostile: sends each class of burden, and
# leaves "results", a line for each: KIND CLASS PACKETS WINDOW.
exec >/dev/null		# no TAP here
# shellcheck source-path=SCRIPTDIR source=../tests/lib.sh
. "$(dirname -- "$0")/../tests/lib.sh"

: "${BENCH_PACKETS:=1000}" "${VNENCAP_OUT:=$work}"
results=$VNENCAP_OUT/results
window=0

# What each kind's frames are: one segment; some; trains of short datagrams; and
# one segment, at a host that has many devices
declare -A sends=(
	[small]="udp flood ${vn[2]} 5003 100"
	[long]="udp flood ${vn[2]} 5003 6000"
	[train]="udp train ${vn[2]} 5003 64 60 1000"
	[crowd]="udp flood ${vn[2]} 5003 100"
)

# at_port WORD: who has the port: serve, as the trains wait for answers, or hold,
# for what a program does with a packet is not to be counted
at_port()
{
	[[ -z ${server-} ]] || stop "$server"
	start 2 udp "$1" 5003
	server=$!
	poll 10 udp_bound 2 5003
}

# Segments that the receiver has not seen. Its device is down meanwhile.
capture()
{
	local tracer sender
	on 2 ip link set vn0 down
	: >"$work/ready"
	start 1 lever wire capture "$port" "$BENCH_PACKETS" "$work/segments" \
		>"$work/ready"
	tracer=$!
	poll 10 grep -q ready "$work/ready" || die "nothing captures"
	# shellcheck disable=SC2086 # words
	start 1 ${sends[$1]} >/dev/null
	sender=$!
	wait $tracer || die "no segments"
	stop $sender
	on 2 ip link set vn0 up
	poll 10 on 1 ping -q -c1 -W1 "${vn[2]}" || die "no way there"
}

burden()
{
	local sent
	at_port serve
	capture "$1"
	at_port hold
	sent=$(on 1 lever wire send "$2" "$work/segments") || die "$1 $2"
	echo "$1 $2 $sent $window" | tee -a "$results" >&2
	window=$((window + 1))
}

# The receiver has 500 devices more, of VNIs from 1000 on.
crowd()
{
	local i
	for ((i = 0; i < 500; i++)); do
		echo "link add link wire name crowd$i type vnencap" \
			"vni $((1000 + i))"
		echo "link set crowd$i up"
	done | on 2 ip -batch - || die "no crowd"
}

hosts_on_veth
overlay_up
for host in 1 2; do
	on $host ethtool -K wire tso off gso off >/dev/null
	on $host ip link set vn0 mtu 60000
done
sysctl -qw net.core.rmem_default=$((64 << 20))
: >"$results"
for class in $(lever classes); do
	# frames of one segment have no later ones
	[[ $class == later-only ]] || burden small "$class"
done
for class in valid other-host first-only later-only descending overlapping; do
	burden long "$class"
	burden train "$class"
done
crowd
for class in valid other-host unknown-vni no-option spoofed; do
	burden crowd "$class"
done
cat /proc/kallsyms >"$VNENCAP_OUT/symbols"
ok "hostile"
