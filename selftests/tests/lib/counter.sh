# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # one of the parts of lib.sh
#
# What the two vn0 have counted, and what is in memory.

# counter N NAME [DEV]: of a vnencap device
counter()
{
	on "$1" ethtool -S "${3:-vn0}" | awk -v n="$2:" '$1 == n { print $2 }'
}

# mark: remember the counters of both vn0; since N NAME: counted since then.
declare -A marked
mark()
{
	local host name value
	for host in 1 2; do
		while read -r name value; do
			marked[$host.${name%:}]=$value
		done < <(on $host ethtool -S vn0 | tail -n +2)
	done
}

since()
{
	echo $(($(counter "$1" "$2") - ${marked[$1.$2]}))
}

counts_alike()
{
	[[ $(since "$1" "$2") -eq $(since "$3" "$4") ]]
}

# all_come N COUNTER M COUNTER: host M counts as much as host N does. The last of it, which
# may be an acknowledgement, may still be under way.
all_come()
{
	poll 5 counts_alike "$@" && return
	echo "$2: $(since "$1" "$2"), $4: $(since "$3" "$4")"
	return 1
}

# changes N: the counters of host N that are not as at mark, NAME=INCREASE
changes()
{
	local name value
	on "$1" ethtool -S vn0 | tail -n +2 | while read -r name value; do
		name=${name%:}
		value=$((value - ${marked[$1.$name]}))
		[[ $value -eq 0 ]] || echo "$name=$value"
	done
}

# Everything that a host may count where something is wrong
errors_since()
{
	changes "$1" | grep -E '^(tx_(no_.*|malformed|too_big|nomem)|rx_(meta_lost|spoofed|malformed|unknown_vni|bad_.*|timeouts|over_limit|nomem))='
}

# check_no_errors NAME: none at either host since mark
check_no_errors()
{
	local errors
	errors=$(errors_since 1; errors_since 2)
	if [[ -z $errors ]]; then
		ok "$1"
	else
		not_ok "$1" "$errors"
	fi
}

# tcp_resets N: that host N has sent
tcp_resets()
{
	on "$1" nstat -asz TcpOutRsts | awk '$1 == "TcpOutRsts" { print $2 }'
}

# slab_objects CACHE: how many of them are in memory. SLUB counts what a CPU has at
# hand as used, until it is told to shrink.
slab_objects()
{
	local slab=/sys/kernel/slab/$1 n
	echo 1 >"$slab/shrink"
	read -r n _ <"$slab/objects"
	echo "$n"
}

# No frame is incomplete, and none is remembered.
no_frame_waits()
{
	[[ $(slab_objects vnencap_frames) -eq 0 ]]
}

# loss_of HOST rx|tx: of a million segments, as its endpoint shows it
loss_of()
{
	on "$1" vnencap -j endpoint show vni 1 "${sub[3 - $1]}" |
		jq ".[0].$2_loss_ppm // 0"
}

is_told()
{
	[[ $(loss_of 1 tx) -gt 0 ]]
}

told_no_more()
{
	! is_told
}
