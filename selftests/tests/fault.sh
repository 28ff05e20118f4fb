#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Memory that is not there: each allocation of a command fails once, and the
# data paths lose one in a hundred. (Needs CONFIG_FAULT_INJECTION; what leaks or
# is used after it was freed, the bench finds in the kernel's log.)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

slab=/sys/kernel/debug/failslab
plenty=1000000

# faults_set PROBABILITY YES-OR-NO: in percent; spare those that may sleep?
faults_set()
{
	echo 0 >"$slab/verbose"
	echo N >"$slab/task-filter"
	echo "$2" >"$slab/ignore-gfp-wait"
	echo 1 >"$slab/interval"
	echo "$plenty" >"$slab/times"
	echo "$1" >"$slab/probability"
}

# --- commands --------------------------------------------------------------

# A tool that reads commands from us, and whose allocations fail on demand.
tool_start()
{
	tool=("$@")
	rm -f "$work/commands"
	mkfifo "$work/commands"
	# opened both ways at first, as either way alone waits for the other
	exec 9<>"$work/commands"
	ip netns exec "${ns[1]}" "$@" <"$work/commands" >/dev/null 2>&1 9>&- &
	tool_pid=$!
	poll 10 tool_waits || die "$1 does not wait for commands"
}

# It has taken all that there is to read, and sleeps so that a signal would wake it:
# whoever waits for the kernel to do something does not.
tool_waits()
{
	! read -rt 0 -u 9 && [[ $(<"/proc/$tool_pid/stat") == *") S "* ]]
}

tool_stop()
{
	exec 9>&-
	wait "$tool_pid"
}

# Some failures end a tool itself, which is well.
tool_do()
{
	echo "$1" >&9
	nap 0.02
	poll 10 tool_waits_or_gone
	if gone "$tool_pid" 2>/dev/null; then
		tool_stop
		tool_start "${tool[@]}"
		return 1
	fi
}

tool_waits_or_gone()
{
	tool_waits || gone "$tool_pid"
}

# tool_fails N COMMAND: its Nth allocation fails; false if it had not so many
tool_fails()
{
	local left
	echo "$1" >"/proc/$tool_pid/fail-nth"
	tool_do "$2" || return 0
	left=$(<"/proc/$tool_pid/fail-nth")
	echo 0 >"/proc/$tool_pid/fail-nth"
	[[ $left -eq 0 ]]
}

# each_fails NAME COMMAND UNDO: until there is no allocation left to fail. Where
# there are many, every third or sixth after the first ones, which are the module's.
each_fails()
{
	local n name=$1 step
	step=$(thorough 3 6)
	for ((n = 1; n <= 400; n += n < 60 ? 1 : step)); do
		tool_fails $n "$2" || break
		tool_do "$3"
	done
	if [[ $n -gt 3 && $n -le 400 ]]; then
		ok "$name: of $((n - 1)) allocations each fails once"
	else
		not_ok "$name: each allocation fails once" "ended at $n"
	fi
	tool_do "$3"
}

commands()
{
	faults_set 0 N
	tool_start ip -force -batch -
	each_fails "ip link add" \
		"link add link ${dev[1]} name vnx type vnencap" \
		"link del vnx"
	tool_do "link add link ${dev[1]} name vnx type vnencap"
	each_fails "ip link del" "link del vnx" \
		"link add link ${dev[1]} name vnx type vnencap"
	tool_stop
	check "the device works on" on 1 vnencap dev set vnx vni 55
	tool_start vnencap -force -batch -
	each_fails "map add" "map add vni 5 10.9.8.0/24 via 10.0.0.7" \
		"map delete vni 5 10.9.8.0/24"
	each_fails "map replace" "map replace vni 5 10.9.0.0/16 via 10.0.0.8" \
		"map flush vni 5"
	each_fails "map add with a fec" \
		"map add vni 5 10.9.8.0/24 via 10.0.0.7 fec 10" \
		"map delete vni 5 10.9.8.0/24"
	each_fails "map show" "map show" "map show"
	each_fails "map get" "map get vni 1 ${vn[2]}" "map show vni 1"
	each_fails "map flush" "map flush vni 5" \
		"map add vni 5 10.9.8.0/24 via 10.0.0.7"
	each_fails "dev set" "dev set vnx vni 56 port 8000" \
		"dev set vnx vni 55 port 7471"
	tool_stop
	check "the device is still there" on 1 ip link del vnx
	on 1 vnencap map flush vni 5
	check "the overlay works" poll 10 on 1 ping -q -c1 -W1 "${vn[2]}"
}

# --- traffic ---------------------------------------------------------------

# The file, to its end or to where TCP gives up: a FIN for which there was no
# memory is not sent again, on any device. False if nothing came: socket() and
# connect() have no memory at times, either.
file_part()
{
	local receiver
	rm -f "$work/copy"
	start 2 xfer recv 5001 "$work/copy" >/dev/null
	receiver=$!
	poll 10 listening 2 5001
	on 1 timeout "$(patience 10)" xfer send write "${vn[2]}" 5001 \
		"$work/file" >/dev/null
	stop $receiver
	[[ -s $work/copy ]]
}

# What there is of the copy is the file's beginning, and not nothing.
part_is_right()
{
	local size
	size=$(stat -c %s "$work/copy")
	[[ $size -gt 0 ]] && cmp -n "$size" "$work/file" "$work/copy"
}

# One in a hundred allocations that may not sleep: those of the data paths.
traffic()
{
	local left
	make_file 4
	mark
	faults_set 1 Y
	poll 10 file_part
	on 1 ping -q -f -c200 -s 4000 -W1 "${vn[2]}" >/dev/null
	on 1 ping -q -f -c200 -s 100 -W1 "${vn[2]}" >/dev/null
	left=$(<"$slab/times")
	faults_set 0 Y
	remark "$((plenty - left)) allocations failed;" \
		"host 1: $(changes 1 | grep nomem | xargs)," \
		"host 2: $(changes 2 | grep nomem | xargs)"
	check_that "memory was short" "$left" -lt "$plenty"
	check "what arrives of a file is right" part_is_right
	check "the overlay works after it" \
		poll 10 on 1 ping -q -c1 -W1 "${vn[2]}"
	mark
	check "a file arrives whole after it" transfer 1 2 "${vn[2]}"
	check "and all frames" all_come 1 tx_frames 2 rx_frames_whole
}

[[ -d $slab ]] || skip_all "this kernel injects no faults"
trap '' PIPE		# of a tool that died
hosts_on_veth
overlay_up
for host in 1 2; do
	on $host ip link set vn0 mtu 9000
done
commands
traffic
