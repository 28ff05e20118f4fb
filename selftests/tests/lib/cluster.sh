# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# Hosts with a vnencapd each, on a bridge with an etcd at it. Sourced by itself. Wants
# --take with what selftests/vm/cluster prints, where etcd is wanted.

vnencapd=$selftests/../tools/vnencapd/vnencapd
vnencapctl=$selftests/../tools/vnencapd/vnencapctl
taken=$selftests/../taken
store=10.0.0.100		# where etcd is
etcd=
daemon=()			# of host N: its vnencapd

# bridge_up N...: the bridge, and a host at each of its ports
bridge_up()
{
	local i
	load_module
	new_ns 0 net
	on 0 ip link add bridge type bridge
	on 0 ip addr add "$store/24" dev bridge
	on 0 ip link set bridge up
	for i; do
		new_ns "$i"
		sub[i]=10.0.0.$i sub6[i]=fd00:10::$i
		dev[i]=wire
		on 0 ip link add "port$i" type veth peer name wire netns "${ns[i]}"
		on 0 ip link set "port$i" master bridge up
		address_host "$i"
	done
}

etcd_up()
{
	start 0 "$taken/etcd" --name e --data-dir "$work/etcd" \
		--listen-client-urls "http://$store:2379" \
		--advertise-client-urls "http://$store:2379" \
		--listen-peer-urls "http://$store:2380" \
		--initial-advertise-peer-urls "http://$store:2380" \
		--initial-cluster "e=http://$store:2380" >>"$work/etcd.log" 2>&1
	etcd=$!
}

etcd_down()
{
	kill -9 "$etcd"
	wait "$etcd" 2>/dev/null
}

# daemon_start N OPTION...: host N's vnencapd, with these
daemon_start()
{
	local host=$1
	shift
	start "$host" "$vnencapd" "$@" 2>>"$work/daemon$host"
	daemon[host]=$!
}

daemon_kill()
{
	kill -9 "${daemon[$1]}"
	wait "${daemon[$1]}" 2>/dev/null
}
