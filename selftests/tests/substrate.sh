#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the substrate and the hosts may do to the packets: segments that come
# joined or not, captures that share them, and inner packets that are forwarded
# to a device which needs them cut. (Routers: family.sh.)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# Host 3 is behind host 2, on a device that takes no frag_list: what arrives by
# the overlay is cut by the kernel there.
forwarding()
{
	local i
	hosts_on_nics
	overlay_up
	new_ns 3
	ip -n "${ns[2]}" link add inner type veth peer name inner \
		netns "${ns[3]}" || die "cannot make veth"
	on 2 ethtool -K inner tx-scatter-gather-fraglist off
	on 2 ip addr add 192.168.9.1/24 dev inner
	on 2 ip link set inner up
	on 3 ip addr add 192.168.9.2/24 dev inner
	on 3 ip link set inner up
	on 3 ip route add default via 192.168.9.1
	on 2 sysctl -qw net.ipv4.ip_forward=1
	on 1 ip route add 192.168.9.0/24 dev vn0
	for i in 1 2; do
		on $i vnencap map add vni 1 192.168.9.0/24 via "${sub[2]}"
	done
	poll 10 on 1 ping -c1 -W1 192.168.9.2 >/dev/null ||
		die "no way to the host behind"
	make_file "$(scaled 32)"
	check "forwarded from the overlay, runs are cut" \
		transfer 1 3 192.168.9.2
	# what is cut stays joined no more: the inner host sees packets
	on 3 ethtool -K inner gro off
	on 2 ethtool -K inner tso off
	check "and cut in software" transfer 1 3 192.168.9.2
	check "into the overlay, as it comes" transfer 3 1 "${vn[1]}"
	drop_all_ns
}

# layout NAME: the file in both directions, nothing dropped
layout()
{
	mark
	check "$1: the file arrives" transfer 1 2 "${vn[2]}"
	check "$1: and by IPv6" transfer 2 1 "${vn6[1]}"
	check_no_errors "$1: nothing is dropped"
}

# at_both COMMAND...
at_both()
{
	on 1 "$@" && on 2 "$@"
}

layouts()
{
	local captures=() i
	hosts_on_veth
	overlay_up
	make_file "$(scaled 8 4)"
	layout "frames come uncut"
	at_both ethtool -K wire tso off gso off tx-udp-segmentation off
	layout "cut in software, joined by GRO"
	at_both ethtool -K wire gro off
	layout "cut in software, not joined"
	at_both ethtool -K vn0 gro off
	layout "nor on the overlay's device"
	at_both ethtool -K vn0 gro on
	for i in 1 2; do
		start $i tcpdump -nni wire -w /dev/null 2>/dev/null
		captures+=($!)
		start $i tcpdump -nni vn0 -w /dev/null 2>/dev/null
		captures+=($!)
	done
	layout "captured on both devices"
	at_both ethtool -K wire gro on tso on gso on
	layout "captured, uncut"
	for i in "${captures[@]}"; do stop "$i"; done
	drop_all_ns
}

# A driver's own XDP has the sender cut; GRO joins what it passes.
native_xdp()
{
	local xdp
	hosts_on_veth
	overlay_up
	make_file "$(scaled 8 4)"
	: >"$work/xdp"
	start 2 xdp wire native >"$work/xdp"
	xdp=$!
	poll 10 grep -q attached "$work/xdp" || die "no native XDP"
	mark
	check "with XDP on the lower device the file arrives" \
		transfer 1 2 "${vn[2]}"
	remark "$(since 2 rx_runs) runs of $(since 2 rx_segments) segments"
	check_that "its segments come joined" \
		$((10 * $(since 2 rx_runs))) -le "$(since 2 rx_segments)"
	stop $xdp
	drop_all_ns
}

resets()
{
	on "$1" nstat -asz TcpOutRsts | awk '/OutRsts/ { print $2 }'
}

# Nothing that comes for a device may reach the stack while it is changed.
changing()
{
	local i traffic before
	hosts_on_veth
	overlay_up
	before=$(resets 2)
	start 1 ping -f -w 60 "${vn[2]}" >/dev/null
	traffic=$!
	for i in 1 1 7 1 7 1; do
		on 2 vnencap dev set vn0 vni "$i"
	done
	for i in "${sub[2]}" any "${sub[2]}" any; do
		on 2 vnencap dev set vn0 local "$i"
	done
	stop "$traffic"
	check_that "no reset leaves while a device is changed" \
		"$(resets 2)" = "$before"
	check "it works after" poll 5 on 1 ping -c1 -W1 "${vn[2]}"
	drop_all_ns
}

# What was an address of the host is none from one moment to the next.
address_goes()
{
	hosts_on_veth
	overlay_up
	check "before an address goes, packets come" \
		on 1 ping -q -c2 -i0.1 -W1 "${vn[2]}"
	on 2 ip addr add 10.0.0.99/24 dev "${dev[2]}"
	on 2 ip addr del "${sub[2]}/24" dev "${dev[2]}"
	on 1 ip neigh replace "${sub[2]}" dev "${dev[1]}" lladdr \
		"$(on 2 cat "/sys/class/net/${dev[2]}/address")"
	mark
	check_fails "after it, none" 1 on 1 ping -q -c2 -i0.1 -W1 "${vn[2]}"
	check_that "they are not ours" "$(since 2 rx_segments)" -eq 0
	on 2 ip addr add "${sub[2]}/24" dev "${dev[2]}"
	check "and when it is back, they come" \
		poll 5 on 1 ping -q -c1 -W1 "${vn[2]}"
	drop_all_ns
}

forwarding
layouts
native_xdp
address_goes
changing
finish
