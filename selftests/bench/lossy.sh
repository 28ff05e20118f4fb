# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # a part of loss-guest.sh and parity-guest.sh
#
# Wires that lose, and what TCP makes of them. Everything that is lost, reordered or
# doubled is so on the way to host 2, segment by segment; what comes back comes whole.

rate=200mbit delay=5ms		# each way

# burst PERCENT LENGTH: as netem wants it (Gilbert-Elliott): chance to go into a
# burst, chance to come out
burst()
{
	awk -v p="$1" -v n="$2" 'BEGIN {
		out = 1 / n
		printf "%.5f%% %.5f%%", out * p / (100 - p) * 100, out * 100
	}'
}

# losses CASE: what netem is told
losses()
{
	case $1 in
	random*)	echo "loss ${1#random}%" ;;
	burst)		echo "loss gemodel $(burst 0.3 5)" ;;
	duplicate)	echo "duplicate 1%" ;;
	esac
}

wire_as_in()
{
	local args words
	read -ra words <<<"$(losses "$1")"
	args=(delay "$delay" rate "$rate" "${words[@]}")
	wire_netem 1 delay "$delay"
	wire_netem 2 "${args[@]}"
	[[ $1 == reorder ]] || return 0
	# behind the queue: ahead of it, what is early would skip all of it
	on 3 tc qdisc replace dev port2 root handle 1: netem limit 100000 \
		"${args[@]}"
	on 3 tc qdisc add dev port2 parent 1: handle 2: netem limit 100000 \
		delay 1ms reorder 95% || die "no netem behind netem"
}

# transfer_to ADDR CC FLOWS MEGABYTES: bits per second at the receiver, retransmissions
transfer_to()
{
	start 2 iperf3 -s -1 >/dev/null
	local server=$! status=0
	poll 10 listening 2 5201
	on 1 timeout 600 iperf3 -J -i 0 -c "$1" -C "$2" -P "$3" -n "${4}M" \
		>"$work/iperf" || status=1
	[[ $status -eq 0 ]] || {
		stop "$server"
		die "$1: iperf3: $(jq -r .error "$work/iperf")"
	}
	wait "$server"
	jq -r '.end | "\(.sum_received.bits_per_second) \(.sum_sent.retransmits)"' \
		"$work/iperf"
}
