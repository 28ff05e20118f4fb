#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/bench/loss: measures, prints the table, and
# leaves loss.json.
exec 3>&1 >/dev/null		# no TAP here, only the table on 3
# shellcheck source-path=SCRIPTDIR source=../tests/lib.sh
. "$(dirname -- "$0")/../tests/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lossy.sh
. "$(dirname -- "$0")/lossy.sh"

: "${BENCH_RUNS:=1}" "${BENCH_MEGABYTES:=2}" "${BENCH_CASES:=}"
: "${BENCH_MTU:=}" "${BENCH_FEC:=0}"
: "${VNENCAP_OUT:=$work}"
kinds=(native vnencap vxlan)
declare -A addr=([native]=${sub[2]} [vnencap]=${vn[2]} [vxlan]=192.168.5.2)
cases=(none random1 random5 random10 burst reorder duplicate)
declare -A what=(
	[none]="no loss"
	[random1]="1 % of the segments lost, each by itself"
	[random5]="5 % of the segments lost, each by itself"
	[random10]="10 % of the segments lost, each by itself"
	[burst]="0.3 % of the segments lost, in bursts of 5 on average"
	[reorder]="5 % of the segments come 1 ms late"
	[duplicate]="1 % of the segments come twice"
)
results=$work/results

# --- one transfer ----------------------------------------------------------

# Frames that wait, at both hosts
frames_waiting()
{
	slab_objects vnencap_frames
}

# What vnencap counted of it: payload bytes that arrived and that were handed up,
# frames sent, those handed up in part, those of which something arrived and
# nothing was handed up, and those over a limit
counted()
{
	{
		changes 1 | grep '^tx_frames='
		changes 2
	} | awk -F= '
		{ value[$1] = $2 }
		END {
			n = split("rx_payload_bytes rx_delivered_bytes tx_frames " \
				"rx_frames_partial rx_meta_lost rx_over_limit",
				name, " ")
			for (i = 1; i <= n; i++)
				printf "%d ", value[name[i]]
		}'
}

# measure CASE CC FLOWS RUN: by all, in turns
measure()
{
	local kind counts dropped
	for kind in "${kinds[@]}"; do
		dropped=$(wire_dropped 2) counts="0 0 0 0 0 0"
		[[ $kind != vnencap ]] || mark
		transfer_to "${addr[$kind]}" "$2" "$3" "$BENCH_MEGABYTES" \
			>"$work/speed"
		if [[ $kind == vnencap ]]; then
			poll 5 no_frame_waits || die "$* leaves" \
				"$(frames_waiting) frames that wait for ever"
			counts=$(counted)
		fi
		echo "$1 $2 $3 $4 $kind $(<"$work/speed")" \
			"$(($(wire_dropped 2) - dropped)) $counts" |
			tee -a "$results" >&2
	done
}

# --- what came of it -------------------------------------------------------

write_json()
{
	jq -Rn --arg rate "$rate" --arg delay "$delay" \
		--argjson megabytes "$BENCH_MEGABYTES" \
		--arg mtu "$BENCH_MTU" --arg fec "$BENCH_FEC" --arg kernel "$(uname -r)" '
		{ $kernel, $rate, overlay_mtu: $mtu, $fec, delay_each_way: $delay, $megabytes, results: [
			inputs | split(" ") | {
				case: .[0], congestion_control: .[1],
				flows: (.[2] | tonumber),
				run: (.[3] | tonumber), network: .[4],
				bits_per_second: (.[5] | tonumber),
				retransmits: (.[6] | tonumber),
				segments_lost: (.[7] | tonumber)
			} + if .[4] == "vnencap" then {
				rx_payload_bytes: (.[8] | tonumber),
				rx_delivered_bytes: (.[9] | tonumber),
				tx_frames: (.[10] | tonumber),
				rx_frames_partial: (.[11] | tonumber),
				rx_meta_lost: (.[12] | tonumber),
				rx_over_limit: (.[13] | tonumber)
			} else {} end
		] }' <"$results" >"$VNENCAP_OUT/loss.json"
}

# The middle of the runs for speed and retransmissions, of the counters the sum
rows()
{
	sort -k2,2 -k3,3n "$results" | awk -v want="$1" '
	function middle(list,    a, n, i, j, t) {
		n = split(list, a, " ")
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && a[j - 1] + 0 > a[j] + 0; j--) {
				t = a[j]; a[j] = a[j - 1]; a[j - 1] = t
			}
		return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
	}
	function row(    n, v, x) {
		n = middle(speed["native"]); v = middle(speed["vnencap"])
		x = middle(speed["vxlan"])
		printf "  %-6s%3d %9.1f %9.3f %9.3f  %7d %7d %7d  %9.4f %8d %8d\n",
			cc, flows, n / 1e6, v / n, x / n,
			middle(again["native"]), middle(again["vnencap"]),
			middle(again["vxlan"]),
			payload ? 100 * delivered / payload : 0, partial, lost
	}
	$1 != want { next }
	$2 " " $3 != key {
		if (key != "")
			row()
		key = $2 " " $3; cc = $2; flows = $3
		split("", speed); split("", again)
		payload = delivered = partial = lost = 0
	}
	{
		speed[$5] = speed[$5] " " $6
		again[$5] = again[$5] " " $7
		payload += $9; delivered += $10; partial += $12; lost += $13
	}
	END { if (key != "") row() }'
}

table()
{
	local case
	cat >&3 <<-END

	$BENCH_RUNS of each, in turns, $BENCH_MEGABYTES MB each; $rate, $delay each way; $(uname -r)${BENCH_MTU:+; overlay MTU $BENCH_MTU}; fec $BENCH_FEC

	                goodput              TCP retransmissions           vnencap alone
	           native   vnencap     VXLAN   native vnencap   VXLAN  delivered    parted     lost
	           Mbit/s    of nat.   of nat.                           % of bytes   frames   frames
	END
	for case in "${cases[@]}"; do
		echo "${what[$case]}" >&3
		rows "$case" >&3
	done
	cat >&3 <<-END

	Goodput and retransmissions: the middle of the runs. Delivered: of the payload
	bytes that arrived, those handed up to TCP (what comes twice, only once). Parted
	frames: those handed up without what was lost; lost frames: those of which
	something arrived and nothing was handed up; both in all the runs. After each
	run no frame waited any more.
	END
}

measure_all()
{
	local case cc flows run
	for case in "${cases[@]}"; do
		wire_as_in "$case"
		for cc in cubic bbr; do
			for flows in 1 16; do
				for ((run = 1; run <= BENCH_RUNS; run++)); do
					measure "$case" "$cc" "$flows" "$run"
				done
			done
		done
	done
}

[[ -z ${BENCH_CASES// } ]] || read -ra cases <<<"$BENCH_CASES"
for case in "${cases[@]}"; do
	[[ -n ${what[$case]-} ]] || die "no case is named $case"
done
modprobe tcp_bbr || die "no BBR"
hosts_on_lossy_wire
overlay_up ${BENCH_MTU:+mtu "$BENCH_MTU"}
for i in 1 2; do
	on $i vnencap dev set vn0 fec "$BENCH_FEC" || die "no fec $BENCH_FEC"
done
vxlan_up
poll 5 no_frame_waits || die "frames wait before anything was sent"
measure_all
write_json
table
# the table is the result
ok "loss"
