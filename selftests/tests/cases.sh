#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Rarer cases of what the host decides for what comes in: in a VRF, rules by a tunnel's
# id, connection tracking by zones, addresses that are the host's by rules only, by anycast or not at all
# (lightweight tunnels, other namespaces' ipvlan devices), AH, and GRO that makes lists.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# What guests without /etc/protocols know by number only
tcp=6

# send_to ADDRESS [DEV]: host 1's packets go there, by host 2's device of that name.
# Nobody need answer: host 2 is asked what it has received.
send_to()
{
	by=${2:-vn0}
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via "$1" ||
		die "cannot map to $1"
	runs=$(counter 2 rx_runs "$by")
	on 1 ping -q -c3 -i0.2 -W1 "${vn[2]}" >/dev/null
}

received()
{
	echo $(($(counter 2 rx_runs "$by") - runs))
}

taken()
{
	check_that "$1: taken" "$(received)" -ge 3
}

not_taken()
{
	check_that "$1: not taken" "$(received)" -eq 0
}

# only_untracked: host 2 lets nothing else in
only_untracked()
{
	on 2 nft -f - <<-END || die "no nftables"
		table inet fw {
			chain in {
				type filter hook input priority filter;
				tcp dport $port ct state untracked counter accept
				tcp dport $port counter drop
			}
		}
	END
}

# What has a zone given is not tracked either.
zones()
{
	if ! on 2 nft -f - <<-END 2>/dev/null
		table inet zones {
			chain pre {
				type filter hook prerouting priority raw;
				ct zone set 5
			}
		}
	END
	then
		skip "IPv$1, connection tracking by zones" "this kernel has none"
		return
	fi
	only_untracked
	send_to "${via[2]}"
	taken "IPv$1, connection tracking by zones"
	on 2 nft delete table inet fw
	on 2 nft delete table inet zones
}

spare_wire()
{
	local i
	ip -n "${ns[1]}" link add spare type veth peer name spare \
		netns "${ns[2]}" || die "cannot make veth"
	for i in 1 2; do
		on $i ip link set spare up
		on $i sysctl -qw net.ipv4.conf.spare.rp_filter=0
	done
}

# ---- VRFs ----

# What comes by a VRF's port is seen by who captures at the VRF. The stack routes it by
# the port's settings and rules.
vrf()
{
	local tracer
	spare_wire
	on 2 ip link add red type vrf table 10 || die "no VRF"
	on 2 ip link set red up
	on 2 ip link set spare master red
	on 2 ip addr add 10.9.0.2/24 dev spare
	on 1 ip addr add 10.9.0.1/24 dev spare
	on 2 ip link add link spare name inside type vnencap vni 1
	on 2 ip link set inside up
	on 1 ip link add link spare name vn9 type vnencap vni 1
	on 1 ip link set vn9 up
	on 1 ip route replace "${vn[2]}/32" dev vn9 src "${vn[1]}"
	on 2 vnencap map replace vni 1 "${vn[1]}/32" via 10.9.0.1
	poll 10 on 1 ping -q -c1 -W1 10.9.0.2 || die "no VRF"
	send_to 10.9.0.2 inside
	taken "a VRF"
	watch_for 2 red "tcp dst port $port"
	tracer=$!
	send_to 10.9.0.2 inside
	check "a VRF: who captures there sees segments" poll 5 gone $tracer
	# the way back leads elsewhere
	on 2 ip link add elsewhere type dummy
	on 2 ip link set elsewhere up
	on 2 ip route add 10.9.0.1/32 dev elsewhere table 10
	send_to 10.9.0.2 inside
	taken "a VRF, from elsewhere"
	on 2 sysctl -qw net.ipv4.conf.spare.rp_filter=1
	send_to 10.9.0.2 inside
	not_taken "a VRF, from elsewhere, and its port is strict"
	on 2 sysctl -qw net.ipv4.conf.spare.rp_filter=0
	on 2 ip route del 10.9.0.1/32 dev elsewhere table 10
	on 2 ip rule add pref 5 iif spare prohibit
	send_to 10.9.0.2 inside
	not_taken "a VRF, whose port a rule prohibits"
	on 2 ip rule del pref 5
	send_to 10.9.0.2 inside
	taken "a VRF, without that rule"
	on 2 ip link del red
	on 2 ip link del elsewhere
	on 1 ip link del spare
	on 1 ip route replace "${vn[2]}/32" dev vn0 src "${vn[1]}"
	overlay_map 2
}

# ---- Tunnels' ids ----

# Host 2's lower device is a tunnel that tells the id which a packet came by. A rule
# goes by that.
tunnel_id()
{
	local mac
	on 2 ip link add tun9 type gretap external || die "no GRE"
	on 1 ip link add tun9 type gretap local "${sub[1]}" \
		remote "${sub[2]}" key 5 || die "no GRE"
	on 2 ip addr add 10.91.0.2/24 dev tun9
	on 1 ip addr add 10.91.0.1/24 dev tun9
	mac=$(on 2 cat /sys/class/net/tun9/address)
	on 1 ip link set tun9 up
	on 2 ip link set tun9 up
	on 2 sysctl -qw net.ipv4.conf.tun9.rp_filter=0
	on 1 ip neigh replace 10.91.0.2 lladdr "$mac" dev tun9
	on 1 ip link add link tun9 name vn9 type vnencap vni 1
	on 2 ip link add link tun9 name vn9 type vnencap vni 1
	on 1 ip link set vn9 up
	on 2 ip link set vn9 up
	on 1 ip route replace "${vn[2]}/32" dev vn9 src "${vn[1]}"
	on 2 vnencap map replace vni 1 "${vn[1]}/32" via 10.91.0.1
	send_to 10.91.0.2 vn9
	taken "a tunnel's id"
	# rules before that for the host's own addresses
	on 2 ip rule add pref 9 lookup local
	on 2 ip rule del pref 0
	on 2 ip rule add pref 5 tun_id 6 prohibit || die "no rule"
	send_to 10.91.0.2 vn9
	taken "a tunnel's id, and a rule for another"
	on 2 ip rule add pref 6 tun_id 5 prohibit
	send_to 10.91.0.2 vn9
	not_taken "a tunnel's id, which a rule prohibits"
	on 2 ip rule del pref 5
	on 2 ip rule del pref 6
	send_to 10.91.0.2 vn9
	taken "a tunnel's id, without rules"
	on 2 ip rule add pref 0 lookup local
	on 2 ip rule del pref 9
	on 1 ip link del tun9
	on 2 ip link del tun9
	on 1 ip route replace "${vn[2]}/32" dev vn0 src "${vn[1]}"
	overlay_map 2
}

# ---- Addresses ----

# by_rule FAMILY PREFIX ADDRESS: the prefix is host 2's only by a table that a rule
# chooses
by_rule()
{
	local name="IPv$1, the host's by a rule"
	on 1 ip "-$1" route add "$2" via "${via[2]}"
	on 2 ip "-$1" route add local "$2" dev lo table 88
	on 2 ip "-$1" rule add to "$2" lookup 88
	send_to "$3"
	taken "$name"
	only_untracked
	send_to "$3"
	taken "$name, with a firewall: and it is not tracked"
	on 2 ip "-$1" rule del to "$2"
	send_to "$3"
	not_taken "$name, which is no more"
	on 2 ip "-$1" rule add fwmark 9 lookup 88
	on 2 nft -f - <<-END
		table netdev marks {
			chain in {
				type filter hook ingress device wire priority 0;
				tcp dport $port meta mark set 9
			}
		}
	END
	send_to "$3"
	taken "$name that goes by a mark: and it is not tracked"
	on 2 nft delete table inet fw
	send_to "$3"
	taken "$name that goes by a mark"
	on 2 nft delete table netdev marks
	marked_late "$@"
	on 2 ip "-$1" rule del fwmark 9
	on 2 ip "-$1" route del local "$2" dev lo table 88
	on 1 ip "-$1" route del "$2"
}

# The mark is given where the packet is routed only.
marked_late()
{
	on 2 nft -f - <<-END
		table inet marks {
			chain pre {
				type filter hook prerouting priority mangle;
				tcp dport $port meta mark set 9
			}
		}
	END
	send_to "$3"
	taken "IPv$1, the host's by a mark of its firewall"
	on 2 nft delete table inet marks
}

# A device that is down may keep its addresses, but they are the host's no more.
down()
{
	on 2 ip link add still type dummy
	on 2 ip link set still up
	on 2 ip -6 addr add fd00:80::1/128 dev still nodad
	on 1 ip -6 route add fd00:80::1/128 via "${sub6[2]}"
	send_to fd00:80::1
	taken "another device's address"
	on 2 ip link set still down
	check "another device, down, keeps its address" grep -q fd00:80::1 \
		<(on 2 ip -6 addr show dev still)
	send_to fd00:80::1
	not_taken "another device's address, and it is down"
	on 2 ip link del still
	on 1 ip -6 route del fd00:80::1/128
}

# The address of all routers of the link
anycast()
{
	on 2 sysctl -qw net.ipv6.conf.all.forwarding=1
	send_to fd00:10::
	taken "an anycast address"
	only_untracked
	send_to fd00:10::
	taken "an anycast address, with a firewall: and it is not tracked"
	on 2 nft delete table inet fw
	on 2 sysctl -qw net.ipv6.conf.all.forwarding=0
}

# A route may make any prefix such a one.
anycast_prefix()
{
	on 1 ip -6 route add fd00:81::/64 via "${sub6[2]}"
	on 2 ip -6 route add anycast fd00:81::/64 dev wire ||
		die "no route of type anycast"
	send_to fd00:81::5
	taken "an anycast prefix"
	only_untracked
	send_to fd00:81::5
	taken "an anycast prefix, with a firewall: and it is not tracked"
	on 2 nft delete table inet fw
	on 2 ip -6 route del anycast fd00:81::/64 dev wire
	send_to fd00:81::5
	not_taken "an anycast prefix, which is no more"
	on 1 ip -6 route del fd00:81::/64
}

# What a lightweight tunnel takes, whatever it makes of it, is not the host's own.
lightweight()
{
	on 1 ip -6 route add fd00:79::/64 via "${sub6[2]}"
	if on 2 ip -6 route add local fd00:79::/64 \
		encap seg6local action End.DX4 nh4 10.55.0.9 dev lo 2>/dev/null
	then
		send_to fd00:79::5
		not_taken "a lightweight tunnel's prefix"
		on 2 ip -6 route del local fd00:79::/64 dev lo
	else
		skip "a lightweight tunnel's prefix" "this kernel has none"
	fi
	on 1 ip -6 route del fd00:79::/64
}

# ---- Other namespaces' ----

# Host 4 is a container with an ipvlan device on host 2's NIC. Its packets go by the
# hooks of host 2.
ipvlan_container()
{
	local server name="a container's ipvlan device, $1"
	on 1 ip route add 10.66.0.0/24 via "${sub[2]}"
	on 4 ip link set above name eth0
	on 4 ip addr add 10.66.0.4/32 dev eth0
	on 4 ip link set eth0 up
	on 4 ip route add default dev eth0
	poll 10 on 1 ping -q -c1 -W1 10.66.0.4 || die "no way to the container"
	start 4 socat -u "TCP-LISTEN:$port,reuseaddr" STDOUT >"$work/said"
	server=$!
	poll 10 listening 4 $port || die "no server"
	on 1 timeout "$(patience 10)" socat -u STDIN "TCP:10.66.0.4:$port" \
		<<<"hello"
	poll 10 gone "$server" || stop "$server"
	check_that "$name: what is for its port $port arrives" \
		"$(cat "$work/said")" = hello
	send_to 10.66.0.4
	not_taken "$name: what is for its address"
	send_to "${sub[2]}"
	taken "$name: what is for the host's own"
	drop_ns 4
	on 1 ip route del 10.66.0.0/24
}

ipvlan()
{
	new_ns 4 container
	on 2 vnencap dev set vn0 nofastpath
	if ! on 2 ip link add link wire name above netns "${ns[4]}" \
		type ipvlan mode l3s 2>/dev/null; then
		skip "ipvlan, mode L3S" "this kernel has none"
		drop_ns 4
		return
	fi
	ipvlan_container "the younger"
	on 2 ip link del vn0
	new_ns 4 container
	on 2 ip link add link wire name above netns "${ns[4]}" \
		type ipvlan mode l3s
	on 2 ip link add link wire name vn0 type vnencap vni 1 2>/dev/null ||
		die "no vn0"
	on 2 ip addr add "${vn[2]}/24" dev vn0
	on 2 ip link set vn0 up
	ipvlan_container "the older"
	on 2 vnencap dev set vn0 fastpath
}

# ---- AH ----

# state HOST FROM TO: keys of no worth
state()
{
	on "$1" ip xfrm state add src "${via[$2]}" dst "${via[$3]}" \
		proto ah spi "0x$2$3" mode transport reqid 7 \
		auth-trunc "hmac(sha256)" "0x$(printf '%064d' "$2")" 128
}

authenticated()
{
	local i other name="IPv$1, AH"
	if ! state 1 1 2 2>/dev/null; then
		skip "$name" "this kernel has none"
		return
	fi
	on 1 ip xfrm state flush
	for i in 1 2; do
		other=$((3 - i))
		state "$i" 1 2
		state "$i" 2 1
		on $i ip xfrm policy add dir out src "${via[i]}" \
			dst "${via[other]}" proto $tcp \
			tmpl proto ah reqid 7 mode transport
		on $i ip xfrm policy add dir in src "${via[other]}" \
			dst "${via[i]}" proto $tcp \
			tmpl proto ah reqid 7 mode transport level required
	done
	check "$name: it arrives" on 1 ping -q -c2 -i0.2 -W5 "${vn[2]}"
	mark
	check "$name: a file arrives" transfer 1 2 "${vn[2]}"
	check_no_errors "$name: nothing is dropped"
	on 1 ip xfrm policy flush
	check_fails "$name: and nothing without" 1 \
		on 1 ping -q -c2 -i0.2 -W1 "${vn[2]}"
	for i in 1 2; do
		on $i ip xfrm policy flush
		on $i ip xfrm state flush
	done
}

# ---- GRO ----

# What no socket waits for may be joined as a list of packets.
lists()
{
	local i
	for i in 1 2; do
		on $i ethtool -K wire tso off gso off tx off gro on \
			rx-gro-list on >/dev/null || die "no lists"
	done
	mark
	check "IPv$1, GRO by lists: a file arrives" transfer 1 2 "${vn[2]}"
	remark "$(since 2 rx_runs) runs of $(since 2 rx_segments) segments"
	check_no_errors "IPv$1, GRO by lists: nothing is dropped"
	for i in 1 2; do
		on $i ethtool -K wire rx-gro-list off tx on tso on gso on \
			>/dev/null
	done
}

each_family()
{
	"$1" 4
	[[ -z $has_ipv6 ]] || {
		overlay_over 6
		"$1" 6
		overlay_over 4
	}
}

rule_by()
{
	if [[ $1 -eq 4 ]]; then
		by_rule 4 10.88.0.0/24 10.88.0.5
	else
		by_rule 6 fd00:88::/64 fd00:88::5
	fi
	overlay_over "$1"
}

hosts_on_veth
overlay_up 4
make_file "$(scaled 8 2)"
# before there are rules, which close IPv6's fast way in for good
[[ -z $has_ipv6 ]] || {
	overlay_over 6
	anycast
	anycast_prefix
	down
	lightweight
	overlay_over 4
}
vrf
tunnel_id
overlay_over 4
each_family rule_by
each_family zones
each_family authenticated
each_family lists
ipvlan
