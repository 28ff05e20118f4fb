# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # one of the parts of lib.sh
#
# Wires between the hosts, and what is lost on them.

load_module()
{
	[[ -n ${VNENCAP_MODULE-} || -e /sys/module/vnencap ]] ||
		skip_all "there is no module"
	type -P xfer >/dev/null ||
		skip_all "no helper programs: make -C selftests/programs first"
	modprobe vnencap || die "the module does not load"
}

address_host()
{
	# a kernel may have no IPv6
	on "$1" ip -force -batch - <<-END 2>/dev/null
		addr add ${sub[$1]}/24 dev ${dev[$1]}
		link set ${dev[$1]} up
		addr add ${sub6[$1]}/64 dev ${dev[$1]} nodad
	END
}

hosts_reach()
{
	local addr
	for addr in "${sub[2]}" ${has_ipv6:+"${sub6[2]}"}; do
		poll 30 on 1 ping -c1 -W1 "$addr" ||
			die "the wire does not work"
	done
}

# Where the machine has no NICs: two veth devices, and between them, in a namespace of
# its own (number 90), a wire that cuts what is long, as the hardware of a NIC does. They
# go with their namespace, as NICs do not.
make_nics()
{
	local i nics
	read -ra nics <<<"$VNENCAP_NICS"
	new_ns 90 wire
	on 90 ip link add br0 type bridge || die "cannot make a bridge"
	on 90 ip link set br0 mtu 9000 up
	for i in 0 1; do
		ip link del "${nics[i]}" 2>/dev/null
		ip link add "${nics[i]}" type veth peer name port$i netns "${ns[90]}" ||
			die "cannot make veth"
		ethtool -K "${nics[i]}" gro on
		on 90 ethtool -K port$i gro off tso off gso off >/dev/null
		on 90 ip link set port$i mtu 9000 master br0 up
		# a veth device has room for 256 packets, and a CPU may be busy
		on 90 tc qdisc add dev port$i root tbf rate 100mbit burst 16kb limit 16mb ||
			die "no tbf"
	done
}

# Two hosts with a NIC each, on one wire.
hosts_on_nics()
{
	local i nics
	read -ra nics <<<"$VNENCAP_NICS"
	[[ ${#nics[@]} -eq 2 ]] || skip_all "there are no two NICs"
	load_module
	[[ ${VNENCAP_NIC-} != veth ]] || make_nics
	for i in 1 2; do
		new_ns $i
		dev[i]=${nics[i - 1]}
		ip link set "${dev[i]}" netns "${ns[i]}" ||
			skip_all "there is no ${dev[i]}"
		# short rings lose packets; not each NIC has others
		on $i ethtool -G "${dev[i]}" rx 4096 tx 4096 2>/dev/null
		address_host $i
	done
	hosts_reach
}

# Two hosts on a veth pair; GRO on, as on a NIC.
hosts_on_veth()
{
	local i
	load_module
	new_ns 1
	new_ns 2
	ip -n "${ns[1]}" link add wire type veth \
		peer name wire netns "${ns[2]}" || die "cannot make veth"
	for i in 1 2; do
		dev[i]=wire
		on $i ethtool -K wire gro on
		address_host $i
	done
	hosts_reach
}

# A wire on which each segment can be lost by itself. netem would drop GSO
# packets whole, and a tunnel's packets meet a qdisc before they are cut; so
# the hosts cut (TSO off), and netem sits in a third namespace (number 3) on the
# ports of a bridge that join nothing (GRO off). See wire_netem.
hosts_on_lossy_wire()
{
	local i
	load_module
	new_ns 1
	new_ns 2
	new_ns 3 wire
	ip -n "${ns[3]}" link add br0 type bridge || die "cannot make a bridge"
	ip -n "${ns[3]}" link set br0 up
	for i in 1 2; do
		dev[i]=wire
		ip -n "${ns[i]}" link add wire type veth \
			peer name port$i netns "${ns[3]}"
		on 3 ethtool -K port$i gro off tso off gso off
		on $i ethtool -K wire gro on tso off tx-udp-segmentation off
		ip -n "${ns[3]}" link set port$i master br0 up
		address_host $i
	done
	hosts_reach
}

# A router between the hosts (number 3), whose wire to host 2 takes packets of
# that many bytes.
hosts_behind_router()
{
	local i
	load_module
	for i in 1 2 3; do new_ns $i; done
	on 3 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	for i in 1 2; do
		dev[i]=wire
		ip -n "${ns[i]}" link add wire type veth peer name port$i \
			netns "${ns[3]}" || die "cannot make veth"
		ip -n "${ns[i]}" link set wire up
		ip -n "${ns[3]}" link set port$i up
		route_by_router "$i" "${sub[i]}" 32 10.9.9.9
		route_by_router "$i" "${sub6[i]}" 128 fd00:99::9 nodad
		# what it forwards it asks for neighbours from there
		on 3 ip addr add fe80::9/64 dev port$i nodad
	done
	on 3 ip link set port2 mtu "$1"
	hosts_reach
}

# route_by_router N ADDR LEN ROUTER [OPTION]
route_by_router()
{
	local family=-4
	[[ $2 != *:* ]] || family=-6
	on "$1" ip $family addr add "$2/$3" dev wire ${5:+"$5"}
	on "$1" ip $family route add "$4" dev wire
	on "$1" ip $family route add default via "$4" src "$2"
	on 3 ip $family addr add "$4/$3" dev "port$1" ${5:+"$5"}
	on 3 ip $family route add "$2" dev "port$1"
}

overflown=(0 0 0)	# wire_overflow of each host at its wire_netem

# wire_netem TO WHAT...: what happens to segments on their way to host TO
wire_netem()
{
	local to=$1
	shift
	# anew, with its counters
	on 3 tc qdisc del dev "port$to" root 2>/dev/null
	on 3 tc qdisc add dev "port$to" root netem limit 100000 "$@" ||
		die "no netem"
	overflown[to]=$(wire_overflow "$to")
}

# Segments for which the receiving end of a veth had no room (256 where it joins
# them, net.core.netdev_max_backlog where not): a receiver that gets no CPU
wire_overflow()
{
	echo $(($(on 3 cat "/sys/class/net/port$1/statistics/tx_dropped") +
		$(on $((3 - $1)) cat /sys/class/net/wire/statistics/tx_dropped)))
}

# Segments that netem dropped on their way to host TO
wire_dropped()
{
	on 3 tc -j -s qdisc show dev "port$1" | jq '.[0].drops'
}

# Segments that have not come to host TO since wire_netem
wire_lost()
{
	echo $(($(wire_dropped "$1") + $(wire_overflow "$1") - overflown[$1]))
}

# file_over NAME WHAT...: make_file's, over a wire of that sort from host 1 on
file_over()
{
	local name=$1
	shift
	wire_netem 2 "$@"
	mark
	check "$name: the file arrives whole" transfer 1 2 "${vn[2]}"
}
