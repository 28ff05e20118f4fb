# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # one of the parts of lib.sh
#
# Hosts, which are network namespaces, and what runs at them.

# new_ns INDEX [PREFIX]: a namespace of that number
new_ns()
{
	local name
	name=${2:-h$1}-$(mktemp -u XXXXXX)
	ip netns add "$name" || die "cannot make a namespace"
	ns[$1]=$name
	# no address without being asked: its traffic would be counted
	[[ -z $has_ipv6 ]] || on "$1" sysctl -qw \
		net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.addr_gen_mode=1 \
		net.ipv6.conf.default.keep_addr_on_down=1 \
		net.ipv6.conf.default.router_solicitations=0
	on "$1" ip link set lo up
}

drop_ns()
{
	local name=${ns[$1]-}
	[[ -n $name ]] || return 0
	unset "ns[$1]"
	ip netns pids "$name" 2>/dev/null | xargs -r kill -9 2>/dev/null
	ip netns del "$name" 2>/dev/null
}

drop_all_ns()
{
	local i
	for i in "${!ns[@]}"; do
		drop_ns "$i"
	done
}

# enter_for N COMMAND...: into $enter what runs it in the host's namespace. "ip netns
# exec" mounts that namespace's /sys, too. To make mounts and drop them costs more than
# most commands do, so it is for those that look there.
enter_for()
{
	enter=(nsenter "--net=/run/netns/${ns[$1]}")
	[[ $2 != fuzz && "${*:2}" != */sys/* ]] ||
		enter=(ip netns exec "${ns[$1]}")
}

# on N COMMAND...: at host N
on()
{
	local enter
	if [[ $2 == ping && $VNENCAP_SLOW -gt 1 ]]; then
		ping_patiently "$@"
	else
		enter_for "$@"
		"${enter[@]}" "${@:2}"
	fi
}

# As a whole number of seconds is waited for an answer
ping_patiently()
{
	local word args=() enter
	enter_for "$@"
	for word in "${@:2}"; do
		[[ ! $word =~ ^-W([0-9]+)$ ]] ||
			word=-W$(patience "${BASH_REMATCH[1]}")
		args+=("$word")
	done
	"${enter[@]}" "${args[@]}"
}

# start N COMMAND...: at host N, in the background; $! is that process itself
start()
{
	local enter
	enter_for "$@"
	"${enter[@]}" "${@:2}" &
}

gone()
{
	! kill -0 "$1"
}

# watch_for N DEVICE FILTER: $! ends with the first such packet
watch_for()
{
	local log=$work/watch.$1.$2
	start "$1" tcpdump -nn -c1 -i "$2" "$3" >/dev/null 2>"$log"
	poll 10 grep -q listening "$log" || die "no capture"
}

# until_seen PID COMMAND...: the packet that was watched for has come, or does with the
# command. How long TCP's packets are depends on when it was told of the other's window,
# for what is written before is cut to half of the first one: so it is done again, five
# times at most.
until_seen()
{
	local watch=$1 i
	shift
	for i in 1 2 3 4 5; do
		! poll 2 gone "$watch" || return 0
		"$@" >/dev/null || return 1
	done
	poll 5 gone "$watch"
}

# never_seen N DEVICE PID: the packet that was watched for has not come by; the
# kernel has looked at each, whether or not tcpdump has
never_seen()
{
	stop "$3"
	grep -q "^0 packets received by filter" "$work/watch.$1.$2"
}

# stop PID: and hear no more of it
stop()
{
	kill "$1" 2>/dev/null
	poll 5 gone "$1" || kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}
