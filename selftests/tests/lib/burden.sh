# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # one of the parts of lib.sh
#
# Hostile packets from host 1 to host 2, over veth, by programs/lever.c: what they are
# made from, and the hosts that meet them. Sourced by itself.

# Nobody has this address: what is sent there host 2 hands up, and throws away.
nobody=192.168.4.77

# What is sent to be captured, by the kind of frame: one segment; five; a stream's 43,
# and two; three, of a train of short datagrams
declare -A sends=(
	[small]="udp flood ${vn[2]} 5003 100"
	[long]="udp flood ${vn[2]} 5003 6000"
	[stream]="lever vn0 tcp ${vn[1]} $nobody 60000 1400"
	[pair]="lever vn0 tcp ${vn[1]} $nobody 2000 1400"
	[train]="lever vn0 udp ${vn[1]} ${vn[2]} 3840 64"
)

burden_hosts()
{
	local host
	hosts_on_veth
	overlay_up
	for host in 1 2; do
		on $host ethtool -K wire tso off gso off >/dev/null
		on $host ip link set vn0 mtu 60000
	done
	on 2 ip addr add 10.0.0.3/24 dev wire
	on 2 ip route add 10.9.0.0/16 via 10.0.0.9
	on 2 ip -6 route add fd00:99::/64 via fe80::9 dev wire
	burden_over 4
	sysctl -qw net.core.rmem_default=$((64 << 20))
}

# burden_over 4|6
burden_over()
{
	overlay_over "$1"
	on 1 vnencap map replace vni 1 $nobody via "${via[2]}"
}

# What a program does with a packet is not to be counted: one has the port, reads nothing,
# and is another each time, for what it has not read takes memory.
have_socket()
{
	[[ -z ${server-} ]] || stop "$server"
	start 2 udp hold 5003
	server=$!
	poll 10 udp_bound 2 5003
}

# capture_segments FRAMES COUNT: into $work/segments; the receiver has not seen them,
# for its device is down meanwhile
capture_segments()
{
	local tracer sender
	on 2 ip link set vn0 down
	: >"$work/ready"
	start 1 lever wire capture "$port" "$2" "$work/segments" >"$work/ready"
	tracer=$!
	poll 10 grep -q ready "$work/ready" || die "nothing captures"
	# shellcheck disable=SC2086 # words
	start 1 ${sends[$1]} >/dev/null
	sender=$!
	wait $tracer || die "no segments"
	stop $sender
	on 2 ip link set vn0 up
	poll 10 on 1 ping -q -c1 -W1 "${vn[2]}" || die "no way there"
	have_socket
}

# hold_runs NS: the receiver's NIC waits for so long for what it can join to a run
hold_runs()
{
	on 2 bash -c "echo $1 >/sys/class/net/wire/gro_flush_timeout"
}

# crowd N [NAMESPACE]: the receiver has so many devices more, of VNIs from 1000 on, in
# that namespace
crowd()
{
	local i
	for ((i = 0; i < $1; i++)); do
		echo "link add link wire name crowd$i group 7 ${2:+netns $2}" \
			"type vnencap vni $((1000 + i))"
	done | on 2 ip -batch - || die "no crowd"
	ip -n "${2:-${ns[2]}}" link set group 7 up
}

# All at once: each alone would wait for grace periods of its own.
crowd_leaves()
{
	ip -n "${1:-${ns[2]}}" link delete group 7
}

# lowers N [VRF [VNI]]: the receiver has so many lower devices more, in that VRF, with a
# device on each, of that VNI or of one of its own
lowers()
{
	local i
	{
		[[ -z ${2-} ]] || echo "link add $2 type vrf table 1000"
		for ((i = 0; i < $1; i++)); do
			echo "link add lower$i group 7 ${2:+master $2} type dummy"
			echo "link set lower$i up"
			echo "link add link lower$i name crowd$i type vnencap" \
				"vni ${3:-$((1000 + i))}"
			echo "link set crowd$i up"
		done
	} | on 2 ip -batch - || die "no lower devices"
}

# lowers_leave [VRF]
lowers_leave()
{
	on 2 ip link delete group 7
	[[ -z ${1-} ]] || on 2 ip link delete "$1"
}
