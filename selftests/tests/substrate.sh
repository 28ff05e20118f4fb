#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the substrate and the hosts may do to the packets: segments that come
# joined or not, captures that share them, and inner packets that are forwarded
# to a device which needs them cut; and what routers say of them, or who says that he
# is one. (Routers with a small MTU: family.sh.)
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

# Nothing that comes for a device may reach the stack while it is changed.
changing()
{
	local i traffic before
	hosts_on_veth
	overlay_up
	before=$(tcp_resets 2)
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
		"$(tcp_resets 2)" = "$before"
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

# ---- What routers say ----

# Host 3 is a router on the hosts' link. By it host 1 reaches prefixes that are host
# 2's, which is on the same link.
router_on_link()
{
	local i
	hosts_on_lossy_wire
	overlay_up 4
	on 3 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	on 3 ip addr add 10.0.0.9/24 dev br0
	on 2 ip route add local 10.7.0.0/16 dev lo
	on 1 ip route add 10.7.0.0/16 via 10.0.0.9
	on 3 ip route add 10.7.0.0/16 via "${sub[2]}"
	[[ -n $has_ipv6 ]] || return 0
	# as a redirect's aim has to be
	on 2 sysctl -qw net.ipv6.conf.all.forwarding=1
	for i in 1 2; do
		on $i ip -6 addr add "fe80::$i/64" dev wire nodad
	done
	on 3 ip -6 addr add fe80::9/64 dev br0 nodad
	on 3 ip -6 addr add fd00:10::9/64 dev br0 nodad
	on 2 ip -6 route add local fd00:7::/64 dev lo
	on 1 ip -6 route add fd00:7::/64 via fe80::9 dev wire
	on 3 ip -6 route add fd00:7::/64 via fe80::2 dev br0
}

# peer N: from now on host 1 sends there by the overlay
peer()
{
	far=$far_net$1
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via "$far" ||
		die "cannot map to $far"
}

say_something()
{
	on 1 ping -q -c3 -i0.1 -W1 -s 400 "${vn[2]}" >/dev/null
}

# by HOW: does host 1 reach the peer so?
by()
{
	on 1 ip route get "$far" | grep -qE "$1"
}

# said WORD...: by forge, and heard; what follows it on the wire has been
said()
{
	on 3 forge br0 "$work/segment" "$@" || die "cannot forge"
	on 3 ping -q -c1 -W2 "${sub[1]}" >/dev/null || die "host 1 is not there"
}

capture_segment()
{
	local tracer
	rm -f "$work/segment"
	start 1 hostile wire capture "$port" 300 1000 "$work/segment"
	tracer=$!
	poll 10 captured_segment || die "no segment"
	wait $tracer
}

captured_segment()
{
	say_something
	[[ -s $work/segment ]]
}

# followed NAME: the router says it of itself. How long the kernel remembers is for the
# kernel to say: it may have to be told more than once.
followed()
{
	local before
	before=$(packets_to_router)
	mark
	on 1 ping -q -c8 -i0.2 -W1 -s 400 "${vn[2]}" >/dev/null
	check_that "$1: a router's redirect is followed" \
		$(($(packets_to_router) - before)) -lt 8
	check_that "$1: and all frames arrive" "$(since 2 rx_runs)" -ge 8
}

nearer()
{
	peer 1
	followed "$1"
	marked "$1"
	accept_redirects 0
	peer 2
	say_something
	check "$1: without accept_redirects it is not" by "via $router "
	accept_redirects 1
}

# A mark takes the segments another way, to the same router. That way is redirected.
marked()
{
	on 1 ip "-${1#IPv}" rule add fwmark 7 lookup 100
	on 1 ip "-${1#IPv}" route add "$far_prefix" via "$router" dev wire \
		table 100
	on 1 vnencap dev set vn0 fwmark 7
	peer 5
	followed "$1, with a mark"
	check "$1: and the way without one is as it was" by "via $router "
	on 1 vnencap dev set vn0 fwmark 0
	on 1 ip "-${1#IPv}" rule del fwmark 7
}

# Such as go by the router: their destination is its Ethernet address.
packets_to_router()
{
	on 3 nft -j list table netdev seen |
		jq '[.nftables[].rule.expr[]?.counter.packets | values] | add'
}

accept_redirects()
{
	on 1 sysctl -qw "net.$sysctls.conf.all.accept_redirects=$1" \
		"net.$sysctls.conf.wire.accept_redirects=$1"
}

# Of which words there are, see forge.c
forged_redirects()
{
	local word
	peer 3
	capture_segment
	for word in port source sum proto $far_word; do
		said redirect "$router" "$direct" "$word"
		check "$1: a forged redirect is not followed: $word" \
			by "via $router "
	done
	said redirect "$direct" "$direct"
	check "$1: nor one by who is not the router" by "via $router "
	accept_redirects 0
	said redirect "$router" "$direct"
	check "$1: nor any without accept_redirects" by "via $router "
	accept_redirects 1
	said redirect "$router" "$direct"
	check "$1: the same is, where the router says it" by "via $direct "
}

# Where the host is set to discard such messages, or to believe only what it can verify
unheard_mtu()
{
	local how
	for how in 2 3; do
		on 1 sysctl -qw net.ipv4.ip_no_pmtu_disc=$how
		said toobig "$router" 1300
		check_fails "IPv4: with ip_no_pmtu_disc=$how none is believed" 1 \
			by "mtu 1300"
	done
	on 1 sysctl -qw net.ipv4.ip_no_pmtu_disc=0
}

# Whoever is on the link can lower the path MTU, of our segments as of all.
forged_mtu()
{
	local word
	peer 4
	capture_segment
	for word in port source sum proto; do
		said toobig "$router" 1300 "$word"
		check_fails "$1: a forged path MTU is not believed: $word" 1 \
			by "mtu 1300"
	done
	[[ $1 != IPv4 ]] || unheard_mtu
	said toobig "$router" 1300
	check "$1: a right one is, by whomever" by "mtu 1300"
	said toobig "$router" 1
	check_fails "$1: but not that it is nothing" 1 by "mtu 1( |$)"
	mark
	say_something
	check_that "$1: frames arrive all the same" "$(since 2 rx_runs)" -ge 3
}

routers_say()
{
	local mac far
	mac=$(on 3 cat /sys/class/net/br0/address)
	on 3 nft -f - <<-END || die "no nftables"
		table netdev seen {
			chain in {
				type filter hook ingress device port1 priority 0;
				ether daddr $mac tcp dport $port counter
			}
		}
	END
	nearer "$1"
	on 3 nft -f - <<-END || die "no nftables"
		table inet silent {
			chain out {
				type filter hook output priority 0;
				icmp type redirect drop
				icmpv6 type nd-redirect drop
			}
		}
	END
	forged_redirects "$1"
	forged_mtu "$1"
	on 3 nft delete table inet silent
	on 3 nft delete table netdev seen
}

routers()
{
	local router=10.0.0.9 direct=${sub[2]} far_net=10.7.0. sysctls=ipv4
	local far_word='' far_prefix=10.7.0.0/16
	router_on_link
	routers_say IPv4
	if [[ -n $has_ipv6 ]]; then
		router=fe80::9 direct=fe80::2 far_net=fd00:7:: sysctls=ipv6
		far_word=far far_prefix=fd00:7::/64
		routers_say IPv6
	fi
	drop_all_ns
}

forwarding
layouts
native_xdp
address_goes
routers
changing
