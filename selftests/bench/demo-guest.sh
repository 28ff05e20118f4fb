#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/demo: measures, and prints the table. Time is
# counted in instructions (--icount): one is a nanosecond, whatever the machine
# that this runs on is busy with.
exec 3>&1 >/dev/null		# no TAP here, only the table on 3
# shellcheck source-path=SCRIPTDIR source=../tests/lib.sh
. "$(dirname -- "$0")/../tests/lib.sh"

kinds=(native vnencap vxlan)
declare -A addr=([native]=${sub[2]} [vnencap]=${vn[2]} [vxlan]=192.168.5.2)
declare -A speed again run wire lost
runs=3

step()
{
	printf '%s\n' "$*" >&2
}

networks_up()
{
	overlay_up
	vxlan_up
}

show_setup()
{
	local i
	for i in 1 2; do
		step "host $i: ${dev[i]} ($(on $i ethtool -i "${dev[i]}" |
			sed -n 's/^driver: //p')), mappings:"
		on $i vnencap map show vni 1 | sed 's/^/    /' >&2
	done
}

# nic NAME: packets or bytes that host 2's NIC has received
nic()
{
	on 2 cat "/sys/class/net/${dev[2]}/statistics/rx_$1"
}

# TCP packets that host 2's TCP was given, as GRO joined them
tcp_in()
{
	# shellcheck disable=SC2016 # awk's
	on 2 awk '/^Tcp:/ && $11 ~ /^[0-9]/ { print $11 }' /proc/net/snmp
}

# Once with a file, whose packets are counted on the wire.
measure_file()
{
	local kind=$1 packets bytes skbs payload wired
	mark
	packets=$(nic packets) bytes=$(nic bytes) skbs=$(tcp_in)
	transfer 1 2 "${addr[$kind]}" || die "$kind: the file did not arrive"
	packets=$(($(nic packets) - packets)) bytes=$(($(nic bytes) - bytes))
	skbs=$(($(tcp_in) - skbs))
	# vnencap counts itself; elsewhere it is what TCP got
	[[ $kind != vnencap ]] || skbs=$(since 2 rx_runs)
	payload=$(xfer_value bytes)
	# the NIC's bytes, and for each packet checksum, preamble and gap
	wired=$((bytes + packets * (4 + 8 + 12)))
	run[$kind]=$(ratio "$packets" "$skbs" 1)
	wire[$kind]=$(ratio "$wired" "$payload" 3)
	again[$kind]=$(xfer_value retrans)
	step "$kind: a file of $((payload >> 20)) MB arrived, its SHA-256 equal"
}

ratio()
{
	awk -v a="$1" -v b="$2" -v d="$3" 'BEGIN { printf "%.*f", d, a / b }'
}

iperf()
{
	local kind=$1 json
	start 2 iperf3 -s -1 >/dev/null
	poll 10 listening 2 5201
	json=$(on 1 iperf3 -J -c "${addr[$kind]}" -n 100M)
	wait $!
	again[$kind]=$((again[$kind] + $(jq .end.sum_sent.retransmits <<<"$json")))
	jq .end.sum_sent.bits_per_second <<<"$json"
}

# In turns, and the middle one: what happens once in a while meets all alike.
measure_speed()
{
	local kind i
	declare -A results
	for ((i = 1; i <= runs; i++)); do
		for kind in "${kinds[@]}"; do
			iperf "$kind" >"$work/bps"
			results[$kind]+=" $(<"$work/bps")"
			step "$kind: iperf3, $i of $runs:" \
				"$(ratio "$(<"$work/bps")" 1e9 2) Gbit/s"
		done
	done
	for kind in "${kinds[@]}"; do
		# shellcheck disable=SC2086 # words
		speed[$kind]=$(printf '%s\n' ${results[$kind]} | sort -g |
			sed -n "$(((runs + 1) / 2))p")
	done
}

# Frames of which nothing was handed up, of those that lost a segment; a frame
# that was a single segment cannot be helped
measure_loss()
{
	local whole partial gone
	hosts_on_lossy_wire
	overlay_up
	make_file 20
	wire_netem 2 loss 1%
	mark
	transfer 1 2 "${addr[vnencap]}" || die "the file did not arrive"
	sleep 1		# what waits is counted when it is given up
	whole=$(since 2 rx_frames_whole) partial=$(since 2 rx_frames_partial)
	gone=$(($(since 1 tx_frames) - whole - partial))
	lost[vnencap]="$gone of $((gone + partial))"
	step "vnencap: $(wire_dropped 2) segments of $(since 1 tx_segments)" \
		"lost, $partial frames handed up for the rest"
}

row()
{
	printf '%-34s %14s %14s %14s\n' "$@" >&3
}

table()
{
	local n=${speed[native]} v=${speed[vnencap]} x=${speed[vxlan]}
	echo >&3
	row "" native vnencap VXLAN
	row "throughput, Gbit/s" "$(ratio "$n" 1e9 2)" "$(ratio "$v" 1e9 2)" \
		"$(ratio "$x" 1e9 2)"
	row "  of native" 1.00 "$(ratio "$v" "$n" 2)" "$(ratio "$x" "$n" 2)"
	row "segments per run received" "${run[native]}" "${run[vnencap]}" \
		"${run[vxlan]}"
	row "TCP retransmissions" "${again[native]}" "${again[vnencap]}" \
		"${again[vxlan]}"
	row "wire bytes per payload byte" "${wire[native]}" \
		"${wire[vnencap]}" "${wire[vxlan]}"
	row "frames lost to a lost segment" - "${lost[vnencap]}" -
	cat >&3 <<-END

	Throughput: middle of $runs runs of iperf3, 100 MB each, in time counted as
	one nanosecond an instruction. Segments per run: packets that the NIC
	received, by the packets that TCP (vnencap: vnencap) was given of them.
	Wire bytes: what the receiving NIC counts, and 24 a packet for checksum,
	preamble and gap. Frames lost: on another wire, which drops 1 % of the
	segments, the frames of which nothing was handed up, of those that lost one.
	END
}

hosts_on_nics
networks_up
show_setup
make_file 100
for kind in "${kinds[@]}"; do
	measure_file "$kind"
done
measure_speed
drop_all_ns
measure_loss
table
# the table is the result
ok "demo"
