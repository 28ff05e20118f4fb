#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whatever goes while packets are on their way - the device, the lower device,
# a namespace, the module - nothing hangs and nothing is left behind. (What the
# kernel has to say of it, the bench looks for when this has ended.)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

loops=$(scaled 5 "$(thorough 3 2)")
senders=()
interval=$(scaled 0.01 0.1)

# Packets both ways, of one segment and of many, until told otherwise; they may
# well be lost. A steady few hundred a second, or some dozens where KASAN watches: a
# flood would leave an emulated machine no time for what is tested.
traffic_on()
{
	local i
	senders=()
	for i in 1 2; do
		start $i ping -i "$interval" -q -s 20000 "${vn[3 - i]}" \
			>/dev/null 2>&1
		senders+=($!)
		start $i ping -i "$interval" -q "${vn[3 - i]}" >/dev/null 2>&1
		senders+=($!)
	done
}

traffic_off()
{
	local pid
	for pid in "${senders[@]}"; do
		stop "$pid"
	done
}

# Has anything come through since mark?
arrives()
{
	[[ $(since 2 rx_runs) -gt 20 ]]
}

traffic_flows()
{
	mark
	poll 20 arrives
}

hosts_up()
{
	local i
	"hosts_on_$1"
	overlay_up
	for i in 1 2; do
		on $i ip link set vn0 mtu 30000
	done
}

hosts_down()
{
	drop_all_ns
}

# again NAME COMMAND...: in each of the loops
again()
{
	local name=$1 i
	shift
	for ((i = 1; i <= loops; i++)); do
		if ! "$@" >"$work/again" 2>&1; then
			not_ok "$name" "at loop $i: $*" "$(tail "$work/again")"
			return
		fi
	done
	ok "$name ($loops times)"
}

overlay_host()
{
	local host=$1
	on "$host" ip link add link "${dev[$host]}" name vn0 mtu 30000 \
		type vnencap &&
	on "$host" ip addr add "${vn[host]}/24" dev vn0 &&
	on "$host" ip link set vn0 up
}

works()
{
	poll 10 on 1 ping -q -c1 -W1 -s 20000 "${vn[2]}"
}

# --- the device and the lower device ---------------------------------------

device_goes()
{
	on 2 ip link del vn0 && overlay_host 2
}

lower_down()
{
	on 2 ip link set "${dev[2]}" down && on 2 ip link set "${dev[2]}" up
}

device_down()
{
	on 2 ip link set vn0 down && on 2 ip link set vn0 up
}

config_changes()
{
	on 2 vnencap dev set vn0 vni 9 &&
		on 2 vnencap dev set vn0 port 7999 local "${sub[2]}" &&
		on 2 vnencap dev set vn0 vni 1 port 7471 local any
}

devices()
{
	hosts_up veth
	traffic_on
	check "packets come through" traffic_flows
	again "the device is deleted and made" device_goes
	check "packets come through again" traffic_flows
	again "the device goes down and up" device_down
	check "packets come through after it" traffic_flows
	again "the lower device goes down and up" lower_down
	check "packets come through as before" traffic_flows
	again "VNI, port and address change" config_changes
	check "packets come through as ever" traffic_flows
	again "the lower device's MTU changes" lower_mtu
	traffic_off
	check "the overlay works" works
	hosts_down
}

lower_mtu()
{
	on 1 ip link set "${dev[1]}" mtu 1280 &&
		on 1 ip link set "${dev[1]}" mtu 9000 &&
		on 1 ip link set "${dev[1]}" mtu 1500
}

# --- what takes the device with it -----------------------------------------

lower_goes()
{
	local result
	hosts_up veth &&
	traffic_on &&
	traffic_flows &&
	on 2 ip link del wire &&
	! on 2 ip link show vn0 &&
	! on 1 ip link show vn0 &&
	[[ -z $(on 2 vnencap dev show) ]]
	result=$?
	traffic_off
	hosts_down
	return $result
}

# namespace_goes HOST: with its end of the wire, and so the other's
namespace_goes()
{
	local result
	hosts_up veth &&
	traffic_on &&
	traffic_flows &&
	ip netns del "${ns[$1]}"
	result=$?
	traffic_off
	hosts_down
	return $result
}

nic_namespace_goes()
{
	local result
	hosts_up nics
	traffic_on
	traffic_flows &&
	ip netns del "${ns[2]}"
	result=$?
	traffic_off
	hosts_down
	poll 20 nics_back || return 1
	return $result
}

nics_back()
{
	local nic
	for nic in $VNENCAP_NICS; do
		ip link show "$nic" || return 1
	done
}

# tenant_goes: the device is in a namespace that goes
tenant_goes()
{
	new_ns 4 tenant
	on 2 ip link set vn0 netns "${ns[4]}" &&
	on 4 ip addr add "${vn[2]}/24" dev vn0 &&
	on 4 ip link set vn0 up &&
	works &&
	ip netns del "${ns[4]}" &&
	poll 10 device_gone
	drop_ns 4
	overlay_host 2
}

device_gone()
{
	[[ -z $(on 2 vnencap dev show) ]]
}

# The device in a tenant's namespace, the substrate's goes.
substrate_goes()
{
	local result
	hosts_up veth
	new_ns 4 tenant
	on 2 ip link set vn0 netns "${ns[4]}" &&
	on 4 ip addr add "${vn[2]}/24" dev vn0 &&
	on 4 ip link set vn0 up &&
	works &&
	start 1 ping -i "$interval" -q -s 20000 "${vn[2]}" >/dev/null &&
	ip netns del "${ns[2]}" &&
	poll 20 tenant_empty
	result=$?
	hosts_down
	return $result
}

tenant_empty()
{
	! on 4 ip link show vn0
}

lower_moves()
{
	local result
	hosts_up veth
	new_ns 4 elsewhere
	traffic_on
	on 2 ip link set wire netns "${ns[4]}" &&
	! on 2 ip link show vn0 &&
	! on 4 ip link show vn0
	result=$?
	traffic_off
	hosts_down
	return $result
}

goes()
{
	loops=$(scaled 2 1)
	again "the lower device is removed" lower_goes
	again "the receiver's namespace is removed" namespace_goes 2
	again "the sender's namespace is removed" namespace_goes 1
	[[ ${VNENCAP_NIC-} == veth ]] ||
		again "a NIC's namespace is removed" nic_namespace_goes
	again "the substrate's namespace goes under a tenant" substrate_goes
	again "the lower device moves to another namespace" lower_moves
	hosts_up veth
	again "a tenant's namespace goes with the device" tenant_goes
	check "the overlay works after it" works
	hosts_down
}

# --- the module ------------------------------------------------------------

module_goes()
{
	local result
	hosts_up veth
	start 1 vnencap monitor >/dev/null 2>&1
	traffic_on
	traffic_flows &&
	unload
	result=$?
	traffic_off
	[[ $result -ne 0 ]] || ! on 1 ip link show vn0 || result=1
	hosts_down
	return $result
}

# A request that is under way holds the module.
unload()
{
	poll 10 rmmod vnencap && [[ ! -e /sys/module/vnencap ]]
}

module_in_use()
{
	hosts_up veth
	check "the module goes while devices are there" unload
	hosts_down
	loops=$(scaled 2 1)
	again "the module is removed under traffic" module_goes
}

# --- side by side ----------------------------------------------------------

# VNIs 101 to 103 on one pair of lower devices, with the same overlay addresses
vnis_up()
{
	local vni i
	for vni in 101 102 103; do
		for i in 1 2; do
			new_ns $((vni * 10 + i)) "t$vni-$i"
			on $i ip link add link "${dev[i]}" name "vn$vni" \
				type vnencap
			on $i vnencap dev set "vn$vni" vni $vni
			on $i vnencap map add vni $vni 172.16.0.1 via "${sub[1]}"
			on $i vnencap map add vni $vni 172.16.0.2 via "${sub[2]}"
			on $i ip link set "vn$vni" netns "${ns[vni * 10 + i]}"
			on $((vni * 10 + i)) ip addr add "172.16.0.$i/24" \
				dev "vn$vni"
			on $((vni * 10 + i)) ip link set "vn$vni" up
		done
	done
}

# Packets received by the device of a VNI at host 2
received()
{
	on "${1}2" ip -s -j link show "vn$1" | jq '.[0].stats64.rx.packets'
}

side_by_side()
{
	local vni before
	hosts_up veth
	vnis_up
	for vni in 101 102 103; do
		check "VNI $vni works" \
			poll 5 on ${vni}1 ping -q -c1 -W1 172.16.0.2
	done
	before="$(received 101) $(received 103)"
	check "one of them has traffic" \
		on 1021 ping -q -c20 -i0.01 -W1 -s 1400 172.16.0.2
	check_that "which the others do not get" \
		"$(received 101) $(received 103)" = "$before"
	on 2 vnencap dev set link "${dev[2]}" vni 102 vni 999 || die "cannot set"
	check_fails "a VNI that is not there gets no answer" 1 \
		on 1021 ping -q -c2 -i0.1 -W1 172.16.0.2
	check "its neighbours are not bothered" \
		on 1031 ping -q -c2 -i0.1 -W1 172.16.0.2
	check "nor is the first one" works
	other_lower
	hosts_down
}

# A second wire between the hosts, without a vnencap device, and ordinary TCP
# to our port there and here.
other_lower()
{
	local i receiver
	ip -n "${ns[1]}" link add wire2 type veth \
		peer name wire2 netns "${ns[2]}"
	for i in 1 2; do
		on $i ip addr add "10.0.2.$i/24" dev wire2
		on $i ip link set wire2 up
	done
	make_file 1
	start 2 xfer recv "$port" "$work/copy" >/dev/null
	receiver=$!
	poll 10 listening 2 "$port"
	check "TCP to our port passes where there is no device" \
		on 1 timeout "$(patience 20)" xfer send write 10.0.2.2 \
		"$port" "$work/file"
	wait $receiver
	check "and arrives whole" cmp "$work/file" "$work/copy"
	check "other ports pass where there is one" \
		transfer 1 2 "${sub[2]}"
	on 1 ip link add link wire2 name vn2 type vnencap
	on 2 ip link add link wire2 name vn2 type vnencap
	check "a device there" on 2 vnencap dev set vn2 vni 1
	check "leaves the first one as it was" works
}

devices
goes
module_in_use
side_by_side
