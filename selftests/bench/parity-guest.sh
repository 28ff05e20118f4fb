#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/bench/parity: measures, and leaves "results", a line for
# each measurement: what, the wire, the network, and NAME=VALUE words.
exec 3>&1 >/dev/null		# no TAP here
# shellcheck source-path=SCRIPTDIR source=../tests/lib.sh
. "$(dirname -- "$0")/../tests/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lossy.sh
. "$(dirname -- "$0")/lossy.sh"

: "${BENCH_RUNS:=1}" "${BENCH_MEGABYTES:=4}" "${BENCH_COUNT:=1000}"
: "${BENCH_PARTS:=tcp auto requests datagrams}" "${VNENCAP_OUT:=$work}"
results=$VNENCAP_OUT/results

# What is measured where: congestion control, flows, networks. A number is vnencap's fec.
tcp="none cubic 1 native 0
none bbr 1 native 0
none bbr 16 native 0
random1 cubic 1 native 10 auto
random1 bbr 1 native 0 10 vxlan
random1 bbr 16 native 0 10
random5 cubic 1 native 20 auto
random5 bbr 1 native 0 20 vxlan
random5 bbr 16 native 0 20
random10 bbr 1 native 0 vxlan
burst cubic 1 native 20"

found()
{
	echo "$*" | tee -a "$results" >&2
}

# use NETWORK WIRE: its address at host 2 is in $to. What was told of losses is forgotten.
use()
{
	local i
	wire_as_in none
	to=${vn[2]}
	case $1 in
	native)	to=${sub[2]} ;;
	vxlan)	to=192.168.5.2 ;;
	*)	for i in 1 2; do
			on $i vnencap dev set vn0 fec "$1" || die "no fec $1"
		done
		poll 60 told_no_more || die "loss is told for ever" ;;
	esac
	wire_as_in "$2"
}

# --- TCP -------------------------------------------------------------------

# transfers CASE CC FLOWS NETWORK...
transfers()
{
	local case=$1 cc=$2 flows=$3 network run words
	shift 3
	for ((run = 1; run <= BENCH_RUNS; run++)); do
		for network; do
			use "$network" "$case"
			read -ra words <<<"$(transfer_to "$to" "$cc" "$flows" \
				"$BENCH_MEGABYTES")"
			found "$cc-$flows" "$case" "$network" \
				"bps=${words[0]%.*}" "again=${words[1]}"
		done
	done
}

measure_tcp()
{
	local words
	while read -ra words; do
		transfers "${words[@]}"
	done <<<"$tcp"
}

# --- a loss that comes and goes --------------------------------------------

# lose PERCENT: from now on, and what is under way is not lost by that
lose()
{
	on 3 tc qdisc change dev port2 root netem limit 100000 delay "$delay" \
		rate "$rate" loss "$1%"
}

# change_wire: ten seconds without loss, ten in which 3 % is lost, ten without
change_wire()
{
	sleep 10
	lose 3
	sleep 10
	lose 0
}

# The bits of each second at the receiver, one after the other
seconds()
{
	jq -r '[.intervals[].sum.bits_per_second | floor | tostring] | join(",")' "$1"
}

# come_and_go NETWORK CC FLOWS
come_and_go()
{
	local server changes
	use "$1" none
	start 2 iperf3 -s -1 -J -i 1 >"$work/server"
	server=$!
	poll 10 listening 2 5201
	change_wire &
	changes=$!
	on 1 iperf3 -c "$to" -C "$2" -P "$3" -t 30 >"$work/iperf" ||
		die "$1: iperf3: $(cat "$work/iperf")"
	wait "$server" "$changes"
	found "$2-$3" come-and-go "$1" "seconds=$(seconds "$work/server")"
}

measure_auto()
{
	local run network
	for ((run = 1; run <= BENCH_RUNS; run++)); do
		for network in native 0 auto; do
			come_and_go "$network" cubic 1
		done
	done
	for network in native auto; do
		come_and_go "$network" cubic 16
		come_and_go "$network" bbr 1
		come_and_go "$network" bbr 16
	done
}

# --- requests and answers --------------------------------------------------

# Of each 100 segments one is lost, either way
measure_requests()
{
	local case network
	start 2 rate serve 5004
	poll 10 listening 2 5004
	for case in none random1; do
		for network in native 0 10 auto; do
			use "$network" $case
			[[ $case == none ]] || wire_netem 1 delay "$delay" loss 1%
			# shellcheck disable=SC2046 # words
			found rr $case "$network" \
				$(on 1 rate rr "$to" 5004 "$BENCH_COUNT" ||
					die "$network: no answers")
		done
	done
}

# --- datagrams -------------------------------------------------------------

# datagrams NAME COUNT TIMES: COUNT at once, TIMES one after the other
datagrams()
{
	local network
	for network in native 0 10; do
		use "$network" random1
		# shellcheck disable=SC2046 # words
		found "$1" random1 "$network" sent=$(($2 * $3)) \
			$(on 1 udp train "$to" 5003 1400 "$2" "$3")
	done
}

measure_datagrams()
{
	start 2 udp serve 5003
	poll 5 udp_bound 2 5003
	datagrams lone 1 "$BENCH_COUNT"
	datagrams trains 40 $((BENCH_COUNT / 8))
}

modprobe tcp_bbr || die "no BBR"
hosts_on_lossy_wire
overlay_up
vxlan_up
: >"$results"
for part in $BENCH_PARTS; do
	"measure_$part"
done
echo "kernel $(uname -r); $BENCH_RUNS runs of $BENCH_MEGABYTES MB, in turns;" \
	"$rate, $delay each way" >"$VNENCAP_OUT/about"
ok "parity"
