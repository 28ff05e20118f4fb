#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vnencapd and containers: an etcd, and two hosts that have a subnet each. Network
# namespaces stand for containers. What would start containers calls CNI's stock
# plugins as the file says that vnencapd writes; so does this test.
#
# Wants --take with what selftests/vm/cluster prints.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$selftests/tests/lib/cluster.sh"

declare -a pod=()

[[ -x $taken/etcd && -d $taken/cni ]] || skip_all "there are no etcd and plugins of CNI"

# daemon_up N [PREFIX]
daemon_up()
{
	mkdir -p "$work/cni$1" "$work/run$1"
	printf '%s\n' "name h$1" "source etcd http://$store:2379" "local ${sub[$1]}" \
		"state $work/state$1" "run $work/run$1" "cni $work/cni$1" "hold 2" \
		"subnets vni 42 ${2-10.42.0.0/16} length 24 device vn0 link wire" \
		>"$work/conf$1"
	daemon_start "$1" -c "$work/conf$1"
}

# subnet N: what CNI is told
subnet()
{
	jq -r '.plugins[0].ipam.ranges[0][0].subnet' "$work/cni$1/10-vnencap-42.conflist"
}

has_subnet()
{
	[[ $(subnet "$1") == 10.42.*.0/24 ]]
}

subnet_is()
{
	[[ $(subnet "$1") == "$2" ]]
}

# plugins COMMAND N POD: call each, with what the one before has said
plugins()
{
	local list=$work/cni$2/10-vnencap-42.conflist i type order='0 1'
	[[ $1 == ADD ]] || order='1 0'
	for i in $order; do
		type=$(jq -r ".plugins[$i].type" "$list")
		jq --slurpfile before "$work/result$3" --argjson ports "${ports:-[]}" \
			'{cniVersion, name} + .plugins['"$i"'] + {prevResult: $before[0]} +
			{runtimeConfig: {portMappings: $ports}} | del(.[] | nulls)' \
			"$list" >"$work/plugin"
		CNI_COMMAND=$1 CNI_CONTAINERID=pod$3 CNI_NETNS=/run/netns/${ns[$3]} \
			CNI_IFNAME=eth0 CNI_PATH=$taken/cni \
			on "$2" "$taken/cni/$type" <"$work/plugin" >"$work/said" || {
			cat "$work/said"
			return 1
		}
		[[ $1 != ADD ]] || cp "$work/said" "$work/result$3"
	done
}

# pod_up N POD: a container at host N, which is the namespace number POD
pod_up()
{
	new_ns "$2" pod
	: >"$work/result$2"
	plugins ADD "$1" "$2" || return
	pod[$2]=$(jq -r '.ips[0].address' "$work/result$2")
	pod[$2]=${pod[$2]%/*}
}

# reaches POD POD [OPTION OF ping]...
reaches()
{
	on "$1" ping -q -c1 -W2 "${@:3}" "${pod[$2]}"
}

keyed()
{
	[[ $(on 1 vnencap key show vni 42) == "vni 42 id 1" ]] &&
		[[ $(on 2 vnencap key show vni 42) == "vni 42 id 1" ]]
}

subnets()
{
	daemon_up 1
	daemon_up 2
	check "each host has a subnet" poll 90 has_subnet 1 || {
		tail -n 5 "$work/daemon1" "$work/etcd.log"
		exit 1
	}
	poll 30 has_subnet 2
	check_that "of its own" "$(subnet 1)" != "$(subnet 2)"
	check "the network has a key" poll 60 keyed
}

containers()
{
	local mtu
	check "a container starts at host 1" pod_up 1 11
	check "and another one" pod_up 1 12
	ports='[{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}]' \
		check "and one at host 2, with a port of the host" pod_up 2 21
	check "containers of one host reach each other" poll 10 reaches 11 12
	check "and those of another host" poll 30 reaches 11 21
	check "and the other way" reaches 21 12
	mtu=$(on 11 cat /sys/class/net/eth0/mtu)
	check_that "they have the overlay's MTU" \
		"$mtu" -eq "$(on 1 cat /sys/class/net/vn0/mtu)"
	check "which fits" reaches 11 21 -M "do" -s "$((mtu - 28))"
	start 21 socat TCP-LISTEN:80,fork,reuseaddr EXEC:"echo hello"
	check "a port of the host leads to its container" poll 10 hello "${sub[2]}" 8080
	mark
	reaches 11 21
	check_no_errors "no packet is refused, by the key or otherwise"
}

hello()
{
	[[ $(on 1 socat -T2 - "TCP:$1:$2" </dev/null) == hello ]]
}

comes_back()
{
	local old
	old=$(subnet 1)
	daemon_kill 1
	rm -rf "$work/cni1" "$work/state1"
	check "a daemon that died takes no container's network" reaches 12 21
	daemon_up 1
	check "a host that comes back, without memory, has its old subnet" \
		poll 60 subnet_is 1 "$old"
	on 1 ip link del vn0
	check "a device that somebody deleted comes back" poll 30 reaches 11 21
}

# A network of two subnets. The first is nobody's, and the second is taken.
full()
{
	local n
	n=$(subnet 1 | cut -d. -f3)
	on 2 "${vnencapd%d}ctl" -c "$work/conf2" put vni 42 "10.42.$((n | 1)).0/24" \
		via "${sub[1]}"
	daemon_kill 2
	stop_pods
	rm -rf "$work/cni2" "$work/state2"
	: >"$work/daemon2"
	daemon_up 2 "10.42.$((n & ~1)).0/23"
	check "a network that is full says so" poll 60 grep -q "is full" "$work/daemon2"
	check_that "in one line" "$(grep -c "is full" "$work/daemon2")" -eq 1
}

stop_pods()
{
	check "a container stops" plugins DEL 2 21
	check_fails "and is there no longer" 1 reaches 11 21
}

bridge_up 1 2
etcd_up
subnets
containers
comes_back
full
