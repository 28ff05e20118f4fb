#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The devices that a vnencap device may sit on: each with either MTU, with and
# without offloads, both changed under traffic; taken down and up; and the
# vnencap device in another namespace than its lower one.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# What is made, by low_KIND N, of the wires of host N, and is named low
kinds=(veth vlan qinq bond macvlan bridge vlan_on_bridge vrf)

# Settings of both hosts' devices, and how they are called
settings=(
	"as they are|true"
	"an MTU of 9000|set_mtu 9000"
	"and without TSO|offload low tso off gso off tx-udp-segmentation off"
	"and without GRO|offload wire gro off"
	"with the small MTU again|set_mtu 1500"
	"with TSO again|offload low tso on gso on"
)

# Two wires between the hosts, for the devices that take two
two_wires()
{
	local i name
	load_module
	new_ns 1
	new_ns 2
	for name in wire spare; do
		ip -n "${ns[1]}" link add $name mtu 9100 type veth \
			peer name $name mtu 9100 netns "${ns[2]}" ||
			die "cannot make veth"
		for i in 1 2; do
			on $i ethtool -K $name gro on
			[[ $1 == bond ]] || on $i ip link set $name up
		done
	done
}

low_veth()
{
	on "$1" ip link set wire down
	on "$1" ip link set wire name low
	on "$1" ip link set low up
}

low_vlan()
{
	on "$1" ip link add link wire name low type vlan id 7
}

low_qinq()
{
	on "$1" ip link add link wire name outer type vlan id 8 \
		protocol 802.1ad
	on "$1" ip link set outer up
	on "$1" ip link add link outer name low type vlan id 7
}

low_bond()
{
	on "$1" ip link add low type bond mode active-backup miimon 100
	on "$1" ip link set wire master low
	on "$1" ip link set spare master low
}

# The wire below is a device of this host, too, and would answer for it.
low_macvlan()
{
	on "$1" sysctl -qw net.ipv4.conf.all.arp_ignore=1
	on "$1" ip link add link wire name low type macvlan mode bridge
}

low_bridge()
{
	on "$1" ip link add low type bridge
	on "$1" ip link set wire master low
}

low_vlan_on_bridge()
{
	on "$1" ip link add br0 type bridge
	on "$1" ip link set wire master br0
	on "$1" ip link set br0 up
	on "$1" ip link add link br0 name low type vlan id 7
}

low_vrf()
{
	low_veth "$1"
	on "$1" ip link add red type vrf table 10
	on "$1" ip link set red up
	on "$1" ip link set low master red
}

# Addresses outside are reached by the VRF, where there is one.
reach_hosts()
{
	local addr
	for addr in "${sub[2]}" ${has_ipv6:+"${sub6[2]}"}; do
		poll 30 on 1 ping -c1 -W1 -I "${by:-low}" "$addr" ||
			die "the wire does not work"
	done
}

# What is below has more than either, or follows.
set_mtu()
{
	local i
	for i in 1 2; do
		on $i ip link set low mtu "$1" || return
	done
}

# offload DEVICE WORD...: of a wire that is low itself, that; and a macvlan
# has those of the device below
offload()
{
	local i name=$1
	shift
	case $kind in
	veth|vrf)	name=low ;;
	macvlan)	name=wire ;;
	esac
	for i in 1 2; do
		on $i ethtool -K "$name" "$@" || return
	done
}

each_setting()
{
	local kind=$1 row name over
	for row in "${settings[@]}"; do
		name="$kind, ${row%%|*}"
		# shellcheck disable=SC2086 # words
		check "$name: set" ${row#*|}
		mark
		check "$name: a file arrives" transfer 1 2 "${vn[2]}"
		check_no_errors "$name: nothing is dropped"
	done
	[[ -n $has_ipv6 ]] || return 0
	overlay_over 6
	mark
	check "$kind, over IPv6: a file arrives" transfer 2 1 "${vn6[1]}"
	check_no_errors "$kind, over IPv6: nothing is dropped"
	overlay_over 4
}

changing()
{
	local row i
	while :; do
		for row in "${settings[@]:1}"; do
			# shellcheck disable=SC2086
			${row#*|} >/dev/null 2>&1
		done
	done
}

# A segment on its way may be longer than the wire takes by now, so TCP is to
# repair it; but nothing may be wrong.
under_traffic()
{
	local kind=$1 changer
	changing &
	changer=$!
	mark
	for _ in $(seq "$(scaled 2 1)"); do
		check "$kind, changed under traffic: a file arrives" \
			transfer 1 2 "${vn[2]}"
		check "$kind, changed under traffic: and the other way" \
			transfer 2 1 "${vn6[1]}"
	done
	check_that "$kind, changed under traffic: nothing is malformed" \
		"$(($(since 1 rx_malformed) + $(since 2 rx_malformed) +
		    $(since 1 rx_bad_tag) + $(since 2 rx_bad_tag) +
		    $(since 1 rx_bad_checksum) + $(since 2 rx_bad_checksum) +
		    $(since 1 tx_malformed) + $(since 2 tx_malformed) +
		    $(since 1 tx_too_big) + $(since 2 tx_too_big)))" -eq 0
	stop $changer
	# as they were
	set_mtu 1500
	offload low tso on gso on
	offload wire gro on
}

down_and_up()
{
	local kind=$1
	mark
	on 1 ip link set low down
	check_fails "$kind is down: nothing goes" 1 \
		on 1 ping -q -c1 -W1 "${vn[2]}"
	check_that "$kind is down: and that is counted" \
		"$(since 1 tx_no_route)" -ge 1
	on 1 ip link set low up
	check "$kind is up again: so is the overlay" \
		poll 20 on 1 ping -q -c1 -W1 "${vn[2]}"
	check "$kind is up again: a file arrives" transfer 1 2 "${vn6[2]}"
}

# The device goes to a tenant; the substrate stays, and what it is made of.
to_a_tenant()
{
	local kind=$1 i
	for i in 1 2; do
		new_ns $((10 + i)) tenant
		ip -n "${ns[i]}" link set vn0 netns "${ns[10 + i]}"
		on $((10 + i)) ip addr add "${vn[i]}/24" dev vn0
		on $((10 + i)) ip link set vn0 up
	done
	poll 10 on 11 ping -q -c1 -W1 "${vn[2]}"
	check "$kind, of a tenant: a file arrives" transfer 11 12 "${vn[2]}"
	set_mtu 9000
	check "$kind, of a tenant, MTU changed: a file arrives" \
		transfer 12 11 "${vn[1]}"
}

# The one of two wires that is in use goes away.
failover()
{
	local used
	used=$(on 1 cat /sys/class/net/low/bonding/active_slave)
	start 1 ping -q -i0.05 -w20 "${vn[2]}" >/dev/null
	on 1 ip link set "$used" down
	check "bond: one of two wires goes, a file arrives" \
		transfer 1 2 "${vn[2]}"
	check_that "bond: by the other one" \
		"$(on 1 cat /sys/class/net/low/bonding/active_slave)" != "$used"
	on 1 ip link set "$used" up
}

run_kind()
{
	local kind=$1 i by=
	two_wires "$kind"
	[[ $kind != vrf ]] || by=red
	for i in 1 2; do
		"low_$kind" $i || die "cannot make: $kind"
		dev[i]=low
		address_host $i
	done
	set_mtu 1500 || die "cannot set the MTU of: $kind"
	reach_hosts
	overlay_up mtu 9000
	each_setting "$kind"
	under_traffic "$kind"
	[[ $kind != bond ]] || failover
	down_and_up "$kind"
	to_a_tenant "$kind"
	drop_all_ns
}

# A NIC cuts frames with a tag, too.
vlan_on_nic()
{
	local i
	hosts_on_nics
	for i in 1 2; do
		on $i ip addr flush dev "${dev[i]}"
		on $i ip link add link "${dev[i]}" name low type vlan id 7
		dev[i]=low
		address_host $i
	done
	reach_hosts
	overlay_up
	sends_long 1 2
	mark
	check "VLAN on a NIC: a file arrives" transfer 1 2 "${vn[2]}"
	check "VLAN on a NIC: and by IPv6" transfer 2 1 "${vn6[1]}"
	check_no_errors "VLAN on a NIC: nothing is dropped"
	check_that "VLAN on a NIC: it cuts frames" \
		"$(since 1 tx_segments)" -gt $((4 * $(since 1 tx_frames)))
	drop_all_ns
}

# The loopback device cannot be a lower device.
refusals()
{
	load_module
	new_ns 1
	check_fails "not the loopback device" 2 \
		on 1 ip link add link lo name vn0 type vnencap
	drop_all_ns
}

refusals
make_file "$(scaled 8 2)"
for kind in "${kinds[@]}"; do
	run_kind "$kind"
done
vlan_on_nic
