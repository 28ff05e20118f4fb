#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/bench/hostile: sends each class of burden, and
# leaves "results", a line for each: KIND CLASS PACKETS WINDOW.
exec >/dev/null		# no TAP here
# shellcheck source-path=SCRIPTDIR source=../tests/lib.sh
. "$(dirname -- "$0")/../tests/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../tests/lib/burden.sh
. "$selftests/tests/lib/burden.sh"

: "${BENCH_PACKETS:=1000}" "${BENCH_KINDS:=}" "${VNENCAP_OUT:=$work}"
results=$VNENCAP_OUT/results
window=0

wrong=(unknown-vni wrong-tag wrong-sum no-option spoofed many-sources many-ports empty
	fragments)
fec=30		# the most parity that there can be of a frame of 43 segments
parts=(first-only later-only middles holes descending overlapping)
icmp=(too-big too-short unreachable redirect)
parity=(parity-only parity-first parity-ids parity-groups in-vain again)
many=1000

wanted()
{
	[[ -z $BENCH_KINDS || " $BENCH_KINDS " == *" $1 "* ]]
}

# kind NAME FRAMES CLASS...: what each class costs, made from such frames
kind()
{
	local name=$1 frames=$2 class sent
	shift 2
	for class in nothing other-host valid "$@"; do
		capture_segments "$frames" "$BENCH_PACKETS"
		sent=$(on 1 lever wire send "$class" "$work/segments") ||
			die "$name $class"
		echo "$name $class $sent $window" | tee -a "$results" >&2
		window=$((window + 1))
	done
}

# --- what the hosts are like -----------------------------------------------

kind_joined()
{
	hold_runs 200000
	kind joined stream "${parts[@]}" combed
	hold_runs 0
}

kind_small6()
{
	burden_over 6
	kind small6 small "${wrong[@]}" extended "${icmp[@]}"
	burden_over 4
}

kind_long6()
{
	burden_over 6
	kind long6 long "${parts[@]}" many-headers
	burden_over 4
}

# The receiver has two, as while keys are changed.
kind_keyed()
{
	local key=000102030405060708090a0b0c0d0e0f
	on 1 vnencap key set vni 1 "$key"
	on 2 vnencap key set vni 1 id 2 "${key//0/1}"
	on 2 vnencap key add vni 1 id 1 "$key"
	on 2 vnencap key use vni 1 id 1
	kind keyed small wrong-tag
	on 1 vnencap key delete vni 1 all
	on 2 vnencap key delete vni 1 all
}

kind_copy()
{
	on 1 vnencap dev set vn0 fec $fec
	kind copy small parity-only copies-later wrong-tag in-vain
	on 1 vnencap dev set vn0 fec off
}

kind_parity()
{
	on 1 vnencap dev set vn0 fec $fec
	kind parity stream "${parts[@]}" "${parity[@]}"
	on 1 vnencap dev set vn0 fec off
}

kind_pair()
{
	on 1 vnencap dev set vn0 fec 50
	kind pair pair "${parts[@]}" parity-only parity-first parity-ids in-vain
	on 1 vnencap dev set vn0 fec off
}

kind_open()
{
	on 2 vnencap dev set vn0 nospoofcheck
	kind open long many-sources middles
	on 2 vnencap dev set vn0 spoofcheck
}

kind_stack()
{
	on 2 vnencap dev set vn0 nofastpath
	kind stack small "${wrong[@]}"
	on 2 vnencap dev set vn0 fastpath
}

kind_crowd()
{
	crowd $many
	kind crowd small unknown-vni no-option spoofed too-big
	crowd_leaves
}

kind_away()
{
	new_ns 3
	crowd $many "${ns[3]}"
	kind away small unknown-vni no-option
	crowd_leaves "${ns[3]}"
}

kind_lowers()
{
	lowers $many
	kind lowers small unknown-vni too-big too-short
	lowers_leave
}

kind_vrf()
{
	lowers $many crowd
	kind vrf small unknown-vni too-big too-short
	lowers_leave crowd
}

kind_small()
{
	kind small small "${wrong[@]}" two-addresses reports "${icmp[@]}"
}

kind_long()
{
	kind long long "${parts[@]}"
}

kind_stream()
{
	kind stream stream "${parts[@]}" ladder
}

kind_train()
{
	kind train train "${parts[@]}" one-byte
}

burden_hosts
: >"$results"
for name in small long stream train joined small6 long6 keyed copy pair parity open stack \
	crowd away lowers vrf; do
	! wanted $name || kind_$name
done
cat /proc/kallsyms >"$VNENCAP_OUT/symbols"
ok "hostile"
