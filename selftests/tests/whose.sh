#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whose a packet is that comes in: prefixes that are the host's without an address at
# a device, VRFs, what routers say, devices that IPv6 is turned off at, what is sent to
# many, other links, and what a rule has given to a socket. (Routes and rules: ours.sh.)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/taken.sh
. "$selftests/tests/lib/taken.sh"

ip6_in()
{
	on 2 cat /proc/net/dev_snmp6/wire |
		awk '$1 == "Ip6InReceives" { print $2 }'
}

# ---- Prefixes ----

# local_prefix FAMILY PREFIX ADDRESS
local_prefix()
{
	local name="a prefix of IPv$1" before
	on 2 ip "-$1" route add local "$2" dev lo
	on 1 ip "-$1" route add "$2" via "${via[2]}"
	before=$(ip6_in)
	send_to "$3"
	taken "$name"
	# routers and neighbours are found by IPv6 as well
	[[ $1 -eq 4 ]] ||
		check_that "$name: by the fast way" \
			$(($(ip6_in) - before)) -lt 3
	on 2 nft -f - <<-END || die "no nftables"
		table inet fw {
			chain in {
				type filter hook input priority filter;
				tcp dport $port ct state untracked counter accept
				tcp dport $port counter drop
			}
		}
	END
	send_to "$3"
	taken "$name, with a firewall: and it is not tracked"
	on 2 nft delete table inet fw
	on 2 ip "-$1" route del local "$2" dev lo
	send_to "$3"
	not_taken "$name, which is no more"
	on 1 ip "-$1" route del "$2"
}

# ---- VRFs ----

# by DEV: host 1 sends by it from now on
by()
{
	on 1 ip route replace "${vn[2]}/32" dev "$1" src "${vn[1]}"
}

segments_of()
{
	counter 2 rx_segments "$1"
}

# in_vrf FAMILY ADDRESS1 ADDRESS2 LENGTH [WORD of ip addr]
in_vrf()
{
	local before name="IPv$1 in a VRF" i=0
	for addr in "$2" "$3"; do
		i=$((i + 1))
		on $i ip "-$1" addr add "$addr/$4" dev spare "${@:5}"
	done
	by vn9
	on 2 vnencap map replace vni 1 "${vn[1]}/32" via "$2"
	poll 10 on 1 ping "-$1" -q -c1 -W1 "$3" || die "no VRF"
	send_to "$3"
	not_taken "$name, by a device outside"
	on 2 ip link add link spare name inside type vnencap vni 1 \
		nofastpath || die "no device in the VRF"
	on 2 ip link set inside up
	before=$(segments_of inside)
	send_to "$3"
	not_taken "$name, by a device outside, beside one there"
	check_that "$name, by the device there: taken" \
		$(($(segments_of inside) - before)) -ge 3
	before=$(segments_of inside)
	on 2 vnencap map replace vni 1 "${vn[1]}/32" via "${via[1]}"
	by vn0
	send_to "${via[2]}"
	taken "IPv$1 in no VRF"
	check_that "IPv$1 in no VRF, by the device in one: not taken" \
		"$(segments_of inside)" -eq "$before"
	on 2 ip link del inside
}

vrfs()
{
	local i
	ip -n "${ns[1]}" link add spare type veth peer name spare \
		netns "${ns[2]}" || die "cannot make veth"
	on 2 ip link add red type vrf table 10 || die "no VRF"
	on 2 ip link set red up
	on 2 ip link set spare master red
	for i in 1 2; do
		on $i ip link set spare up
		on $i sysctl -qw net.ipv4.conf.spare.rp_filter=0
	done
	# what is to go by the spare wire is sent by a device on it
	on 1 ip link add link spare name vn9 type vnencap vni 1
	on 1 ip link set vn9 up
	on 2 vnencap dev set vn0 nofastpath
	each_family in_vrf_by
	on 2 vnencap dev set vn0 fastpath
	on 1 ip link del vn9
	on 2 ip link del red
	on 1 ip link del spare
}

in_vrf_by()
{
	if [[ $1 -eq 4 ]]; then
		in_vrf 4 10.9.0.1 10.9.0.2 24
	else
		in_vrf 6 fd00:9::1 fd00:9::2 64 nodad
	fi
}

# ---- What routers say ----

# said_by DEV SEGMENT [WORD]: host 2 plays a router that says of the segment, by its DEV,
# that it is too big; what follows the message is answered
said_by()
{
	on 2 forge "$1" "$2" toobig "$router" 1300 "${@:3}" || die "cannot forge"
	poll 10 on 1 ping -q -c1 -W1 "${via[2]}" || die "host 1 is not there"
}

# heard_of PEER WORD...: does the route there, with these words, know?
heard_of()
{
	on 1 ip route get "$@" | grep -q "mtu 1300"
}

forgotten()
{
	on 1 ip route flush cache
	on 1 ip -6 route flush cache
}

# segment_by DEV ADDRESS FILE: one of ours to there, as host 1 sends it by DEV
segment_by()
{
	local tracer
	start 1 hostile "$1" capture "$port" 300 1000 "$3"
	tracer=$!
	poll 10 segment_captured "$2" "$3" || die "no segment"
	wait "$tracer"
}

segment_captured()
{
	on 1 ping -q -c2 -i0.1 -W1 -s 400 "$1" >/dev/null
	[[ -s $2 ]]
}

# Both of host 1's NICs have the same MAC address, so that a message for one is taken by
# the other as well.
second_wire()
{
	local i
	ip -n "${ns[1]}" link add spare type veth peer name spare \
		netns "${ns[2]}" || die "cannot make veth"
	on 1 ip link set spare address "$(on 1 cat /sys/class/net/wire/address)"
	for i in 1 2; do
		on $i ip link set spare up
		on $i ip addr add "10.9.0.$i/24" dev spare
		on $i sysctl -qw net.ipv4.conf.spare.rp_filter=0
		[[ -z $has_ipv6 ]] ||
			on $i ip -6 addr add "fd00:9::$i/64" dev spare nodad
	done
}

# There are devices on both wires. The message comes by the one, the segment went by the
# other.
said_elsewhere()
{
	local peer=10.9.0.2 name="IPv$1, too big"
	[[ $1 -eq 4 ]] || peer=fd00:9::2
	router=${via[2]}
	on 1 vnencap map replace vni 9 192.168.9.2/32 via "$peer"
	segment_by spare 192.168.9.2 "$work/by-spare$1"
	forgotten
	said_by wire "$work/by-spare$1"
	check "$name: the route by the other wire hears of it" \
		heard_of "$peer" oif spare
	check_fails "$name: the route by this one does not" 1 \
		heard_of "${via[2]}" oif wire
	forgotten
	said_in_turn "$1" "$peer"
}

# Nothing tells which of host 1's lower devices the segment went by: of each message only
# some of them hear.
said_in_turn()
{
	local name="IPv$1, too big" i
	crowd_of_lowers 40
	for ((i = 0; i < 25; i++)); do
		said_by wire "$work/by-spare$1" short
		! heard_of "$2" oif spare || break
	done
	check "$name, by any of 42 lower devices: all of them have their turn" \
		heard_of "$2" oif spare
	on 1 ip link del group 7
	forgotten
}

# crowd_of_lowers N: host 1 has so many lower devices more, with a device on each
crowd_of_lowers()
{
	local i
	for ((i = 0; i < $1; i++)); do
		echo "link add lower$i group 7 type dummy"
		echo "link add link lower$i name crowd$i type vnencap vni $((1000 + i))"
	done | on 1 ip -batch - || die "no lower devices"
}

# Of a route whose MTU is locked nobody hears: neither the route, nor those that keep with
# the endpoint what routers say.
said_of_locked()
{
	local name="IPv4, too big, and the route's MTU is locked"
	router=${via[2]}
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via "${via[2]}"
	on 1 ip route add "${via[2]}/32" dev wire mtu lock 1400
	# whatever it is for: then there is more than one way
	on 1 ip rule add pref 99 to 10.99.0.0/16 lookup main
	segment_by wire "${vn[2]}" "$work/locked"
	forgotten
	said_by wire "$work/locked"
	check_fails "$name: the route does not hear of it" 1 \
		heard_of "${via[2]}"
	mark
	on 1 ping -q -c1 -W2 -s 1270 "${vn[2]}" >/dev/null
	check_that "$name: nor does the endpoint" "$(since 1 tx_segments)" -eq 1
	on 1 ip route del "${via[2]}/32" dev wire
	said_by wire "$work/locked"
	check "$name: without the lock it does" heard_of "${via[2]}"
	mark
	on 1 ping -q -c1 -W2 -s 1270 "${vn[2]}" >/dev/null
	check_that "$name: and so does the endpoint" "$(since 1 tx_segments)" -eq 2
	on 1 ip rule del pref 99
	forgotten
}

# Host 1 has that address in a VRF as well. What is said there is not said outside.
said_in_vrf()
{
	local name="IPv$1, too big" nodad=()
	[[ $1 -eq 4 ]] || nodad=(nodad)
	router=${via[2]}
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via "${via[2]}"
	segment_by wire "${vn[2]}" "$work/by-wire$1"
	on 1 ip link set spare master red
	on 1 ip addr add "${via[1]}/128" dev spare "${nodad[@]}" 2>/dev/null ||
		on 1 ip addr add "${via[1]}/32" dev spare
	forgotten
	said_by spare "$work/by-wire$1"
	check_fails "$name: what is said in a VRF is not heard outside" 1 \
		heard_of "${via[2]}"
	on 1 ip link set spare nomaster
	on 1 ip addr del "${via[1]}" dev spare 2>/dev/null
	said_by wire "$work/by-wire$1"
	check "$name: what is said outside is" heard_of "${via[2]}"
	forgotten
}

routers_of()
{
	said_elsewhere "$1"
	said_in_vrf "$1"
}

routers()
{
	second_wire
	on 1 ip link add red type vrf table 10 || die "no VRF"
	on 1 ip link set red up
	on 1 ip link add link spare name vn9 type vnencap vni 9
	on 1 ip link set vn9 up
	on 1 ip addr add 192.168.9.1/24 dev vn9
	each_family routers_of
	said_of_locked
	on 1 ip link del vn9
	on 1 ip link del red
	on 1 ip link del spare
}

# Host 1 sends from an address that is its own only by a rule for a mark. (Of IPv4 the
# kernel lets nobody send from such.)
said_by_mark()
{
	local addr=fd00:83::1 name="IPv6, too big, to an address by a mark"
	router=${via[2]}
	on 1 ip -6 route add local fd00:83::/64 dev lo table 83
	on 1 ip -6 rule add fwmark 9 lookup 83
	on 1 nft -f - <<-END || die "no nftables"
		table inet marks {
			chain pre {
				type filter hook prerouting priority mangle;
				ip6 daddr fd00:83::/64 meta mark set 9
			}
		}
	END
	on 1 vnencap dev set vn0 local $addr
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via "${via[2]}"
	segment_by wire "${vn[2]}" "$work/by-mark"
	forgotten
	said_by wire "$work/by-mark"
	check "$name: the route hears of it" heard_of "${via[2]}"
	forgotten
	on 1 nft delete table inet marks
	said_by wire "$work/by-mark"
	check_fails "$name, and without the mark: not" 1 heard_of "${via[2]}"
	forgotten
	on 1 vnencap dev set vn0 local any
	on 1 ip -6 rule del fwmark 9
	on 1 ip -6 route del local fd00:83::/64 dev lo table 83
}

# ---- IPv6 turned off ----

# Host 2 has the address at another device. By the wire it takes no IPv6 at all.
without_ipv6()
{
	local mac
	mac=$(on 2 cat /sys/class/net/wire/address)
	on 2 ip -6 addr add fd00:77::1/128 dev lo nodad
	on 1 ip -6 route add fd00:77::1/128 dev wire
	on 1 ip -6 neigh replace fd00:77::1 lladdr "$mac" dev wire
	send_to fd00:77::1
	taken "IPv6, at another device's address"
	on 2 sysctl -qw net.ipv6.conf.wire.disable_ipv6=1
	send_to fd00:77::1
	not_taken "IPv6, where it is turned off"
	on 2 sysctl -qw net.ipv6.conf.wire.disable_ipv6=0
	on 2 ip -6 addr add "${sub6[2]}/64" dev wire nodad
	on 2 ip -6 addr del fd00:77::1/128 dev lo
}

# ---- To many ----

# 10.8.0.255 is a broadcast address at host 2, and none at host 1.
to_many()
{
	local before mac
	mac=$(on 2 cat /sys/class/net/wire/address)
	on 2 ip addr add 10.8.0.2/24 brd + dev wire
	on 1 ip route add 10.8.0.0/16 dev wire
	before=$(tcp_resets 2)
	on 1 ip neigh replace 10.8.0.255 lladdr ff:ff:ff:ff:ff:ff dev wire
	send_to 10.8.0.255
	not_taken "a broadcast"
	on 1 ip neigh replace 10.8.0.255 lladdr "$mac" dev wire
	send_to 10.8.0.255
	not_taken "a broadcast address, sent to one"
	on 1 ip neigh replace 10.8.0.2 lladdr ff:ff:ff:ff:ff:ff dev wire
	send_to 10.8.0.2
	not_taken "one address, broadcast"
	check_that "to many: no reset leaves" "$(tcp_resets 2)" -eq "$before"
	on 1 ip neigh replace 10.8.0.2 lladdr "$mac" dev wire
	send_to 10.8.0.2
	taken "one address"
}

# ---- Other links ----

# spare_wire: by it, and a device on it, host 1 sends from now on
spare_wire()
{
	local i
	ip -n "${ns[1]}" link add spare type veth peer name spare \
		netns "${ns[2]}" || die "cannot make veth"
	for i in 1 2; do
		on $i ip link set spare up
		on $i ip -6 addr add "fe80::$i/64" dev spare nodad
		on $i ip -6 addr add "fe80::$i/64" dev wire nodad
	done
	on 1 ip link add link spare name vn9 type vnencap vni 1
	on 1 ip link set vn9 up
	by vn9
}

# fe80::1 there is another host than fe80::1 here, whatever it may say.
other_link()
{
	spare_wire
	poll 10 on 1 ping -q -c1 -W1 fe80::2%spare || die "no spare wire"
	send_to fe80::2
	not_taken "a link-local address, by another link"
	on 2 ip link add br0 type bridge || die "no bridge"
	on 2 ip link set br0 up
	on 2 vnencap dev set vn0 nofastpath
	by vn0
	send_to fe80::2
	taken "a link-local address, by the device's own link"
	on 2 ip -6 addr del fe80::2/64 dev wire
	on 2 ip link set wire master br0
	on 2 ip -6 addr add fe80::2/64 dev br0 nodad
	poll 10 on 1 ping -q -c1 -W1 fe80::2%wire || die "no bridge"
	send_to fe80::2
	taken "a link-local address, by the bridge that the link is a port of"
	on 2 ip link del br0
	on 2 vnencap dev set vn0 fastpath
	on 1 ip link del vn9
	on 1 ip link del spare
}

# ---- Sockets that a rule gives packets to ----

# A proxy at host 2 takes connections to an address behind it.
proxied()
{
	local family=$1 addr=$2 server words=ip
	[[ $family -eq 4 ]] || words=ip6
	on 2 ip "-$family" rule add fwmark 9 lookup 99
	on 2 ip "-$family" route add local default dev lo table 99
	on 1 ip "-$family" route add "$addr" via "${via[2]}"
	on 2 nft -f - <<-END 2>/dev/null
		table $words proxy {
			chain pre {
				type filter hook prerouting priority mangle;
				$words daddr $addr tcp dport $port tproxy to :5004 meta mark set 9 accept
			}
		}
	END
	if ! on 2 nft list table "$words" proxy >/dev/null 2>&1; then
		skip "a proxy by IPv$family" "this kernel has no TPROXY"
		return
	fi
	start 2 socat -u "TCP$family-LISTEN:5004,reuseaddr,ip-transparent" \
		STDOUT >"$work/said"
	server=$!
	poll 10 listening 2 5004 || die "no proxy"
	[[ $family -eq 4 ]] || addr="[$addr]"
	on 1 timeout "$(patience 10)" socat -u STDIN "TCP$family:$addr:$port" \
		<<<"hello"
	poll 10 gone "$server" || stop "$server"
	check_that "a proxy by IPv$family has our port's packets" \
		"$(cat "$work/said")" = hello
	on 2 nft delete table "$words" proxy
	on 2 ip "-$family" rule del fwmark 9
}

proxied_by()
{
	if [[ $1 -eq 4 ]]; then
		proxied 4 10.55.0.1
	else
		proxied 6 fd00:55::1
	fi
}

prefix_by()
{
	if [[ $1 -eq 4 ]]; then
		local_prefix 4 10.77.0.0/24 10.77.0.5
	else
		local_prefix 6 fd00:78::/64 fd00:78::5
	fi
}

hosts_on_veth
overlay_up 4
each_family prefix_by
each_family proxied_by
vrfs
routers
to_many
[[ -z $has_ipv6 ]] || other_link
[[ -z $has_ipv6 ]] || without_ipv6
[[ -z $has_ipv6 ]] || {
	overlay_over 6
	said_by_mark
}
