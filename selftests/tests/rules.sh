#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the host decides holds for what is sent: routes and routing rules, whatever
# they go by (ports, protocol, mark, DSCP, user, addresses), from the next packet
# on; and a device's settings likewise. (IPsec: ipsec.sh.)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/leaving.sh
. "$selftests/tests/lib/leaving.sh"

# --- routing rules ---------------------------------------------------------

# rule WORDS...: that forbids; not for inner packets, nor for the pings' own sockets
rule()
{
	on 1 ip -$over rule add pref 100 to "${via[2]}" "$@" prohibit ||
		die "no rule: $*"
}

# forbidden NAME WORDS...: what a rule of these words is for
forbidden()
{
	local name="over IPv$over, a rule for $1"
	rule "${@:2}"
	nothing_leaves "$name"
	on 1 ip -$over rule del pref 100
	check "$name: without it, it is sent" reaches
}

# allowed NAME WORDS...: a rule that is not for frames
allowed()
{
	rule "${@:2}"
	check "over IPv$over, a rule for $1 is not for frames" reaches
	on 1 ip -$over rule del pref 100
}

# marks_output N: what host N sends by vn0
marks_output()
{
	on "$1" nft -f - <<-EOF
		table inet marks {
			chain out {
				type route hook output priority 0;
				oifname vn0 meta mark set 0x77
			}
		}
	EOF
}

port_is()
{
	v1 port "$1"
	on 2 vnencap dev set vn0 port "$1"
}

rules_by_port()
{
	forbidden "the port" dport "$port"
	forbidden "protocol and port" ipproto 6 dport "$port"
	forbidden "the source ports" sport 1024-65534
	forbidden "the protocol" ipproto 6
	allowed "another port" dport $((port + 1))
	allowed "another protocol" ipproto 17 dport "$port"
	allowed "other source ports" sport 1-1023
	port_is 7500
	allowed "what was the port" dport "$port"
	port_is "$port"
}

rules_by_mark()
{
	allowed "a mark" fwmark 0x99
	v1 fwmark 0x99
	forbidden "the device's mark" fwmark 0x99
	marks_output 1
	allowed "the packet's mark, if the device has one" fwmark 0x77
	forbidden "the device's mark, not the packet's" fwmark 0x99
	v1 fwmark 0
	forbidden "the packet's mark" fwmark 0x77
	allowed "what was the device's mark" fwmark 0x99
	on 1 nft delete table inet marks
}

rules_by_the_rest()
{
	forbidden "the user" uidrange 0-0
	allowed "another user" uidrange 1-65534
	forbidden "the device" oif "${dev[1]}"
	forbidden "the endpoint"
	v1 local "${via[1]}"
	forbidden "the local address" from "${via[1]}"
	allowed "another address" from "${via[2]}"
	v1 local any
	allowed "a DSCP" tos 0x10
	v1 tos 0x10
	forbidden "the DSCP" tos 0x10
	v1 tos 0
}

# A rule of a tenant's mark, which ends at its namespace
rules_of_a_tenant()
{
	new_ns 11 tenant
	on 1 ip link set vn0 netns "${ns[11]}"
	on 11 ip addr add "${vn[1]}/24" dev vn0
	on 11 ip link set vn0 up
	marks_output 11
	rule fwmark 0x77
	check "over IPv$over, a tenant's mark is nothing to the host" \
		on 11 ping -q -c1 -W1 "${vn[2]}"
	on 1 ip -$over rule del pref 100
	rule fwmark 0x99
	on 1 vnencap dev set link "${dev[1]}" vni 1 fwmark 0x99 ||
		die "cannot set the mark"
	check_fails "over IPv$over, the device's is" 1 \
		on 11 ping -q -c1 -W1 "${vn[2]}"
	on 1 ip -$over rule del pref 100
}

# The device's mark is on what leaves, for the host's firewall.
marks()
{
	count_leaving
	on 1 nft -f - <<-EOF
		table inet out {
			chain post {
				type filter hook output priority 0;
				tcp dport $port meta mark 0x99 drop
			}
		}
	EOF
	v1 fwmark 0x99
	check_fails "over IPv$over, the firewall sees the mark" 1 reaches
	check_that "over IPv$over, and nothing leaves" "$(left 1)" -eq 0
	v1 fwmark 0
	check "over IPv$over, without it, it is sent" reaches
	on 1 nft delete table inet out
}

vrf()
{
	on 1 ip link add vrf9 type vrf table 900 || die "no VRF"
	on 1 ip link set vrf9 up
	on 1 ip link set "${dev[1]}" master vrf9
	# IPv6 loses its addresses by that
	on 1 ip addr add "${sub6[1]}/64" dev "${dev[1]}" nodad 2>/dev/null
	check "over IPv$over, in a VRF" poll 10 reaches
	on 1 ip -$over route add table 900 prohibit "${via[2]}"
	nothing_leaves "over IPv$over, forbidden by the VRF's table"
	on 1 ip link del vrf9
	on 1 ip addr add "${sub6[1]}/64" dev "${dev[1]}" nodad 2>/dev/null
	check "over IPv$over, and out of it again" poll 10 reaches
}

rules()
{
	hosts_on_veth
	overlay_up
	for over in 4 6; do
		overlay_over $over
		poll 10 reaches || die "the overlay does not work"
		rules_by_port
		rules_by_mark
		rules_by_the_rest
		marks
		vrf
	done
	for over in 4 6; do
		overlay_over $over
		rules_of_a_tenant
		ip -n "${ns[11]}" link del vn0
		drop_ns 11
		on 1 ip link add link "${dev[1]}" name vn0 type vnencap vni 1
		on 1 ip addr add "${vn[1]}/24" dev vn0
		on 1 ip link set vn0 up
	done
	drop_all_ns
}

# --- routes, and settings that they depend on ------------------------------

# sent_from ADDRESS [OPTION of ping]...: does the next packet leave from there?
sent_from()
{
	local before
	before=$(left 3)
	on 1 ping -q -c1 -W1 "${@:2}" "${vn[2]}" || return
	if [[ $1 == "${other[over]}" ]]; then
		[[ $(left 3) -gt $before ]]
	else
		[[ $(left 3) -eq $before ]]
	fi
}

other=([4]=10.0.0.11 [6]=fd00:10::11)	# host 1 has these, too

count_sources()
{
	on 1 tc qdisc add dev "${dev[1]}" clsact || die "no clsact"
	left_when 3 src_ip "${other[over]}"
}

# Host 2 takes what host 1 sends from any of its addresses.
any_source()
{
	on 2 vnencap dev set vn0 nospoofcheck
}

# A route for a DSCP, without any rule
dscp()
{
	hosts_on_veth
	overlay_up 4
	any_source
	over=4
	on 1 ip addr add "${other[4]}/24" dev "${dev[1]}"
	on 1 ip route add "${sub[2]}/32" tos 0x10 dev "${dev[1]}" \
		src "${other[4]}" || die "no route for a TOS"
	count_sources
	check "DSCP: a device has the route for its own" sent_from "${sub[1]}"
	v1 tos 0x10
	check "DSCP: another once it is changed" sent_from "${other[4]}"
	v1 tos 0
	check "DSCP: and changed back" sent_from "${sub[1]}"
	v1 tos inherit
	for _ in 1 2; do
		check "DSCP: the packet's: that packet's route" \
			sent_from "${other[4]}" -Q 0x10
		check "DSCP: the packet's: none, the other route" \
			sent_from "${sub[1]}"
	done
	on 1 ip link del vn0
	on 1 ip link add link "${dev[1]}" name vn0 type vnencap vni 1 tos 0x10
	on 1 ip addr add "${vn[1]}/24" dev vn0
	on 1 ip link set vn0 up
	check "DSCP: a new device has not the route of the old one" \
		sent_from "${other[4]}"
	drop_all_ns
}

# IPv6 has routes by source: those of one address are not another's.
sources()
{
	[[ -n $has_ipv6 ]] || return
	hosts_on_veth
	overlay_up 6
	any_source
	over=6
	on 1 ip addr add "${other[6]}/64" dev "${dev[1]}" nodad
	if ! on 1 ip route add unreachable "${sub6[2]}/128" \
	   from "${other[6]}/128" 2>/dev/null; then
		skip "routes by source" "this kernel has none"
		drop_all_ns
		return
	fi
	v1 local "${sub6[1]}"
	check "routes by source: one that is not for the address" reaches
	v1 local "${other[6]}"
	nothing_leaves "routes by source: for the address that is set now"
	v1 local "${sub6[1]}"
	check "routes by source: and back" reaches
	drop_all_ns
}

# --- TTL -------------------------------------------------------------------

ttl()
{
	hosts_on_veth
	overlay_up
	for over in 4 6; do
		overlay_over $over
		v1 ttl inherit
		count_leaving
		left_when 3 ip_ttl 77
		on 1 ping -q -c2 -i0.05 -W1 -t 77 "${vn[2]}" >/dev/null
		on 1 ping -q -c1 -W1 -t 78 "${vn[2]}" >/dev/null
		on 1 ping -q -c1 -W1 -t 77 "${vn6[2]}" >/dev/null
		check_that "over IPv$over, the TTL is the inner packet's" \
			"$(left 3)" -eq 3
		v1 ttl 9
		on 1 ping -q -c1 -W1 -t 77 "${vn[2]}" >/dev/null
		check_that "over IPv$over, and is not when it is set" \
			"$(left 3)" -eq 3
	done
	drop_all_ns
}

# --- an MTU of the route ---------------------------------------------------

# in_segments NAME WANT: so many has a packet of 1,200 bytes
in_segments()
{
	mark
	check "$1: a packet arrives" on 1 ping -q -c1 -W2 -s 1200 "${vn[2]}"
	check_that "$1: in $2 segments" "$(since 1 tx_segments)" -eq "$2"
}

# Where the MTU of an IPv4 route is locked without a number, the kernel takes 576 bytes by a
# gateway, and on the link what the device has.
route_mtu()
{
	local far=10.7.0.1 row want words
	hosts_on_veth
	overlay_up 4
	on 2 ip addr add $far/32 dev lo
	on 2 vnencap dev set vn0 local $far
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via $far
	for row in "1 via ${sub[2]} dev wire" "2 via ${sub[2]} dev wire mtu 800" \
		   "2 via ${sub[2]} dev wire mtu lock 800" \
		   "3 via ${sub[2]} dev wire mtu lock 0" \
		   "1 dev wire mtu lock 0"; do
		read -r want words <<<"$row"
		# shellcheck disable=SC2086 # words
		on 1 ip route replace $far/32 $words || die "no route $words"
		in_segments "a route $words" "$want"
	done
	drop_all_ns
}

# --- path MTU --------------------------------------------------------------

# Frames that a rule is for take another route than those that it is not for: what a
# router says of one is not lost.
path_mtu()
{
	hosts_behind_router 1400
	# what is sent back takes no part in this
	on 2 ip link set wire mtu 1400
	overlay_up
	make_file 1
	for over in 4 6; do
		overlay_over $over
		on 1 ip -$over route add "${via[2]}" dev wire table 100 via \
			"$([[ $over -eq 4 ]] && echo 10.9.9.9 || echo fd00:99::9)" \
			src "${via[1]}" metric 77 || die "no route"
		v1 fwmark 0x99
		path_mtu_by "the device's mark" fwmark 0x99
		v1 fwmark 0
		marks_output 1
		path_mtu_by "the packet's mark" fwmark 0x77
		on 1 nft delete table inet marks
		path_mtu_by "the port" ipproto 6 dport "$port"
		path_mtu_by "the source ports" sport 1024-65534
		v1 tos 0x10
		path_mtu_by "the DSCP" tos 0x10
		v1 tos 0
		path_mtu_by "the user" uidrange 0-0
	done
	drop_all_ns
}

# path_mtu_by NAME WORD...: of frames that a rule of these words is for
path_mtu_by()
{
	local name="over IPv$over, the path MTU by a rule for $1"
	on 1 ip -$over rule add pref 100 to "${via[2]}" "${@:2}" lookup 100 ||
		die "no rule"
	on 1 ip route flush cache
	on 1 ip -6 route flush cache
	check "$name: long packets arrive" poll 5 on 1 ping -q -c1 -W1 \
		-s 1400 "${vn[2]}" &&
		check "$name: a file arrives" transfer 1 2 "${vn[2]}"
	on 1 ip -$over rule del pref 100
}

dscp
sources
rules
ttl
route_mtu
path_mtu
