#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A storm: at two hosts, under traffic, everything is done to devices, settings,
# mappings, keys and the wire, at random and all at once, and memory is short where
# the kernel can make it so. Nothing hangs, no other host's traffic stops, and
# afterwards all is as it was. (What the kernel has to say of it, and what is
# left behind, the bench looks for when this has ended.)
#
# VNENCAP_STORM has the seconds, VNENCAP_SEED a seed that was printed before: what
# each worker does is then the same, though not how they meet.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

duration=${VNENCAP_STORM:-60}
seed=${VNENCAP_SEED:-$RANDOM}
logs=${VNENCAP_OUT:-$work}
debugfs=/sys/kernel/debug
plenty=1000000000
workers=()
pings=0 files=0 unanswered=0 broken=0 excused=0

# --- memory that is not there --------------------------------------------------

# faults NAME VALUE: of either kind of memory
faults()
{
	local kind
	for kind in failslab fail_page_alloc; do
		echo "$2" >"$debugfs/$kind/$1"
	done
}

faults_prepare()
{
	[[ -d $debugfs/failslab && -d $debugfs/fail_page_alloc ]] || return 1
	faults verbose 0
	faults interval 1
	faults times "$plenty"
	faults stacktrace-depth 32
	echo 0 >"$debugfs/fail_page_alloc/min-order"
	# from the module's first function to its last
	range=$(awk '$4 == "[vnencap]" && $2 ~ /[tT]/ { print $1 }' /proc/kallsyms |
		sort | sed -n '1p;$p' | xargs)
}

# Whatever the workers and their traffic make the module allocate, be it deep in
# what it calls. What else they would do without memory is the kernel's own affair;
# it has warnings there.
faults_of_workers()
{
	faults probability 0
	faults require-start "0x${range% *}"
	faults require-end "0x${range#* }"
	faults task-filter Y
	faults ignore-gfp-wait N
	faults probability 2
}

# Whatever may not sleep, of everybody: packets that are received have no task.
faults_of_all()
{
	faults probability 0
	faults require-start 0
	faults require-end 0xffffffffffffffff
	faults task-filter N
	faults ignore-gfp-wait Y
	faults probability 1
}

# The number of the phase is in a file: at odd ones, all are short of memory.
faults_take_turns()
{
	local phase=0
	until [[ -e $work/enough ]]; do
		faults_of_workers
		nap 8
		echo $((++phase)) >"$work/phase"
		faults_of_all
		nap 2
		faults_of_workers
		echo $((++phase)) >"$work/phase"
	done
	faults probability 0
}

# How many were missed
faults_told()
{
	local kind
	for kind in failslab fail_page_alloc; do
		[[ ! -d $debugfs/$kind ]] ||
			remark "$kind: $((plenty - $(<"$debugfs/$kind/times")))"
	done
}

# --- where the storm is --------------------------------------------------------

# The hosts 3 and 4, which the workers call 1 and 2, and where else devices may be
storm_hosts()
{
	new_ns 3 storm
	new_ns 4 storm
	new_ns 5 tenant
	export STORM=$work VNENCAP_SLOW
	export STORM_NS1=${ns[3]} STORM_NS2=${ns[4]} STORM_TENANT=${ns[5]}
}

# With a wire, and devices, as the traffic needs them
storm_wire()
{
	local i
	on 3 ip link add wire type veth peer name wire netns "${ns[4]}"
	for i in 1 2; do
		on $((i + 2)) ethtool -K wire gro on
		on $((i + 2)) ip addr add "${sub[i]}/24" dev wire
		on $((i + 2)) ip addr add "${sub6[i]}/64" dev wire nodad
		on $((i + 2)) ip link set wire up
		on $((i + 2)) ip link add link wire name vn0 type vnencap vni 1
		on $((i + 2)) ip addr add "${vn[i]}/24" dev vn0
		on $((i + 2)) ip addr add "${vn6[i]}/64" dev vn0 nodad
		on $((i + 2)) ip link set vn0 up
		on $((i + 2)) vnencap key delete vni 1 all
		overlay_map $((i + 2))
	done
}

# All devices, wherever they are now
storm_sweep()
{
	local i name
	for i in 3 4 5; do
		on $i ip link del wire
		for name in vn0 vn1 vn2 vn3 vn9 storm; do
			on $i ip link del $name
		done
	done
}

nothing_shown()
{
	local i
	for i in 3 4; do
		on $i vnencap map flush all
	done
	for i in 3 4 5; do
		[[ -z $(on $i vnencap dev show; on $i vnencap map show) ]] ||
			return 1
	done
}

# --- the storm -----------------------------------------------------------------

# worker KIND HOST
worker()
{
	"$selftests/tests/storm-worker" "$1" "$2" $((seed + ${#workers[@]})) \
		>"$logs/storm.$1.$2" 2>/dev/null &
	workers+=($!)
}

storm_begins()
{
	local i kind
	rm -f "$work/enough"
	echo 0 >"$work/phase"
	for kind in devices settings answer serve talk; do
		for i in 1 2; do
			worker $kind $i
		done
	done
	worker wire 1
	if faults_prepare; then
		faults_take_turns &
		workers+=($!)
	else
		remark "this kernel injects no faults"
	fi
}

none_left()
{
	local pid
	for pid in "${workers[@]}"; do
		gone "$pid" || return 1
	done
}

storm_ends()
{
	touch "$work/enough"
	poll 90 none_left && return
	# where they are
	grep -H . /proc/[0-9]*/stack | grep -vE 'do_wait|schedule_idle' | tail -n 60
	return 1
}

storm_is_right()
{
	! grep -h '^wrong' "$logs"/storm.*
}

# --- the others ------------------------------------------------------------------

# The hosts 1 and 2, on a wire of their own, which nothing is done to
others_talk()
{
	pings=$((pings + 1))
	if ! poll 10 on 1 ping -q -c1 -W1 -s $((RANDOM % 9000)) "${vn[2]}"; then
		unanswered=$((unanswered + 1))
		remark "no answer, $SECONDS s after the start"
	fi
}

# Without memory TCP may give up: a FIN is not sent again, for instance.
others_send()
{
	local phase
	phase=$(<"$work/phase")
	files=$((files + 1))
	tap=$quiet transfer 1 2 "${vn[2]}" >"$work/said" 2>&1 && return
	if [[ $((phase % 2)) -eq 1 || $(<"$work/phase") -ne $phase ]]; then
		excused=$((excused + 1))
	else
		broken=$((broken + 1))
		remark "$(xargs <"$work/said")"
	fi
}

# How much of the storm's own traffic was answered
came_through()
{
	cat "$logs"/storm.talk.* | awk '/^got/ { n += $2 } END { print n + 0 }'
}

# How often it was tried
tries()
{
	cat "$logs"/storm.talk.* | grep -c -E '^(ping|xfer|udp) '
}

# However busy this machine is: a storm is as long as what is done in it, and what comes
# through. (A kernel that checks all it does takes seconds for what is a few commands.)
enough_was_done()
{
	[[ $SECONDS -ge $1 && $(cat "$logs"/storm.{devices,settings,wire}.* |
		wc -l) -ge $((duration * $(scaled 4 1))) ]] || return 1
	[[ $(came_through) -gt 0 || $(tries) -ge 200 ||
		$SECONDS -ge $(($1 + 15 * duration)) ]]
}

others_go_on()
{
	local end=$((SECONDS + duration))
	until enough_was_done $end; do
		others_talk
		others_send
		nap 0.2
	done
}

exec {quiet}>/dev/null
hosts_on_veth
overlay_up
make_file 1
storm_hosts
storm_wire 2>/dev/null
check "where the storm is to be, a ping" poll 10 on 3 ping -q -c1 -W1 "${vn[2]}"
remark "VNENCAP_SEED=$seed VNENCAP_STORM=$duration"
mark
storm_begins
others_go_on
check "nothing hangs" storm_ends
faults_told
remark "$(cat "$logs"/storm.{devices,settings,wire}.* | wc -l) actions," \
	"$pings pings and $files files of others, $excused of them without memory"
check "nothing goes wrong" storm_is_right
remark "its own traffic was tried $(tries) times"
check_that "some of the storm's traffic came through" "$(came_through)" -gt 0
check_that "each ping of others is answered" "$unanswered" -eq 0
check_that "and all of their files are whole" "$broken" -eq 0
[[ -d $debugfs/failslab ]] || check_no_errors "and nothing of it is dropped"
storm_sweep 2>/dev/null
storm_wire 2>/dev/null
check "where it was, a file arrives" transfer 3 4 "${vn[2]}"
storm_sweep 2>/dev/null
check "and nothing is left of it" nothing_shown
