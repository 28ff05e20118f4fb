#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a host says of its own accord to those who send by it: that a packet goes
# nowhere, at once, but not too often; no redirects; and nothing of a loop.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

nowhere=192.168.4.77 nowhere6=fd04::77	# addresses that no mapping covers

# connects N ADDR: whether it does; prints why not. Unanswered, it takes minutes.
connects()
{
	on "$1" timeout 60 bash -c "exec 3<>/dev/tcp/$2/80" 2>&1
}

# refused NAME N ADDR WHY: a connection fails, and not by its time-out
refused()
{
	local said status=0
	said=$(connects "$2" "$3") || status=$?
	if [[ $status -eq 1 && $said == *"$4"* ]]; then
		ok "$1"
	else
		not_ok "$1" "status $status: $said"
	fi
}

# said N: ICMP messages of host N that something is unreachable
said()
{
	on "$1" nstat -asz IcmpOutDestUnreachs Icmp6OutDestUnreachs |
		awk '!/^#/ { n += $2 } END { print n }'
}

# silent NAME N COMMAND...: no message comes of it
silent()
{
	local before
	before=$(said "$2")
	on "$2" "${@:3}" >/dev/null 2>&1
	check_that "$1" "$(said "$2")" -eq "$before"
}

# unreachable NAME N COUNTER: for both families; counted as such
unreachable()
{
	mark
	refused "$1, a connection fails at once" "$2" $nowhere "No route to host"
	refused "$1, and by IPv6" "$2" $nowhere6 "No route to host"
	check_that "$1: it is counted" "$(since 1 "$3")" -ge 2
}

map_nowhere()
{
	printf 'replace vni 1 %s %s\n' $nowhere "$1" $nowhere6 "$1" |
		on 1 vnencap map load -
}

unmap_nowhere()
{
	printf 'del vni 1 %s\n' $nowhere $nowhere6 | on 1 vnencap map load -
}

# each_reason NAME N: the sender is host N
each_reason()
{
	unreachable "$1: without a mapping" "$2" tx_no_mapping
	map_nowhere "via 10.77.0.9"
	unreachable "$1: without a route to the endpoint" "$2" tx_no_route
	map_nowhere "via fd00:77::9"
	unreachable "$1: nor one by IPv6" "$2" tx_no_route
	map_nowhere blackhole
	mark
	refused "$1: to a blackhole, a connection fails at once" "$2" \
		$nowhere "No route to host"
	refused "$1: and by IPv6, where it is told from the others" "$2" \
		$nowhere6 "Permission denied"
	check_that "$1: it is counted" "$(since 1 tx_blackhole)" -ge 2
	unmap_nowhere
}

# Many packets, few answers: as many as the host's sysctls allow, and before them
# what has been saved up to now, a burst of 50 as the sysctls were.
flood()
{
	local before began answers least
	on 1 sysctl -qw net.ipv4.icmp_msgs_per_sec=10 \
		net.ipv4.icmp_msgs_burst=5 2>/dev/null ||
		sysctl -qw net.ipv4.icmp_msgs_per_sec=10 \
			net.ipv4.icmp_msgs_burst=5
	least=$(scaled 5000 500)
	for addr in $nowhere $nowhere6; do
		mark
		before=$(said 1) began=$SECONDS
		start 1 udp flood "$addr" 5003 100
		poll 60 many_dropped "$least" || die "no flood"
		stop $!
		answers=$(($(said 1) - before))
		remark "$(since 1 tx_no_mapping) packets, $answers answers," \
			"$((SECONDS - began)) s"
		check_that "a flood to $addr gets few answers" "$answers" -le \
			$((50 + 10 * (SECONDS - began + 2)))
		check_that "but some" "$answers" -gt 0
	done
	on 1 sysctl -qw net.ipv4.icmp_msgs_per_sec=1000 \
		net.ipv4.icmp_msgs_burst=50 2>/dev/null ||
		sysctl -qw net.ipv4.icmp_msgs_per_sec=1000 \
			net.ipv4.icmp_msgs_burst=50
}

many_dropped()
{
	[[ $(since 1 tx_no_mapping) -ge $1 ]]
}

# Those who are not to be answered
no_answer()
{
	local monitor
	on 1 ip route add 239.1.2.3 dev vn0
	silent "a packet to many has no answer" 1 \
		ping -c2 -i0.05 -W1 239.1.2.3
	silent "nor one by IPv6" 1 ping -c2 -i0.05 -W1 -I vn0 ff0e::77
	silent "nor one to all of a network" 1 \
		ping -b -c2 -i0.05 -W1 192.168.4.255
	start 1 vnencap monitor misses >"$work/misses"
	monitor=$!
	poll 10 heard || die "no miss is heard"
	silent "where a miss may be answered, the sender is not" 1 \
		ping -c2 -i0.05 -W1 $nowhere
	waiting
	stop $monitor
}

heard()
{
	on 1 ping -c1 -W1 192.168.4.78 >/dev/null 2>&1
	grep -q 192.168.4.78 "$work/misses"
}

# What waits is answered when it is given up, and not before: of a packet that was
# given up before we looked, nothing can be said.
waiting()
{
	local before now pinger
	on 1 sysctl -qw net.vnencap.miss_queue_len=8
	for _ in 1 2 3 4 5; do
		before=$(said 1)
		mark
		start 1 ping -q -c1 -W9 $nowhere >/dev/null
		pinger=$!
		poll 10 held || die "nothing waits"
		now=$(said 1)
		[[ $(since 1 tx_no_mapping) -gt 0 ]] || break
		stop $pinger
	done
	check_that "what waits is not answered" "$now" -eq "$before"
	check "when it is given up, it is" poll 20 said_more "$before"
	stop $pinger
	on 1 sysctl -qw net.vnencap.miss_queue_len=0
}

held()
{
	[[ $(since 1 tx_held) -ge 1 ]]
}

said_more()
{
	[[ $(said 1) -gt $1 ]]
}

# Host 1 translates what it sends itself: the answer is about the address that was asked for.
translated()
{
	on 1 nft -f - <<-EOF || die "no NAT"
		table inet nat {
			chain out {
				type nat hook output priority -100;
				ip daddr 192.168.4.66 dnat ip to $nowhere
				ip6 daddr fd04::66 dnat ip6 to $nowhere6
			}
		}
	EOF
	mark
	refused "translated by OUTPUT: a connection fails at once" 1 \
		192.168.4.66 "No route to host"
	refused "translated by OUTPUT: and by IPv6" 1 fd04::66 "No route to host"
	check_that "translated by OUTPUT: it is counted" \
		"$(since 1 tx_no_mapping)" -ge 2
	on 1 nft delete table inet nat
}

# Host 4 is a guest of host 1, which translates its addresses.
guest_up()
{
	new_ns 4 guest
	ip -n "${ns[1]}" link add inner type veth peer name inner \
		netns "${ns[4]}" || die "cannot make veth"
	on 1 ip link set inner up
	on 4 ip link set inner up
	on 1 ip addr add 10.66.0.1/24 dev inner
	on 4 ip addr add 10.66.0.4/24 dev inner
	on 1 ip addr add fd66::1/64 dev inner nodad
	on 4 ip addr add fd66::4/64 dev inner nodad
	on 1 ip addr add fe80::1/64 dev inner nodad
	on 4 ip route add default via 10.66.0.1
	on 4 ip route add default via fd66::1
	on 1 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	on 1 nft -f - <<-EOF || die "no NAT"
		table inet nat {
			chain post {
				type nat hook postrouting priority 100;
				oifname vn0 masquerade
			}
		}
	EOF
	poll 10 on 4 ping -c1 -W1 "${vn[2]}" || die "the guest has no way"
	poll 10 on 4 ping -c1 -W1 "${vn6[2]}" || die "the guest has no IPv6"
}

# The answers of a tenant's device come from the tenant's namespace.
of_a_tenant()
{
	local i
	new_ns 11 tenant
	on 1 ip link set vn0 netns "${ns[11]}"
	on 11 ip addr add "${vn[1]}/24" dev vn0
	on 11 ip addr add "${vn6[1]}/64" dev vn0 nodad
	on 11 ip link set vn0 up
	for i in 1 11; do said $i; done >"$work/before"
	refused "a tenant's: without a mapping, a connection fails at once" \
		11 $nowhere "No route to host"
	refused "a tenant's: and by IPv6" 11 $nowhere6 "No route to host"
	for i in 1 11; do said $i; done >"$work/after"
	check_that "a tenant's: nothing is said by the host" \
		"$(sed -n 1p "$work/after")" = "$(sed -n 1p "$work/before")"
	check_that "a tenant's: but by its namespace" \
		"$(sed -n 2p "$work/after")" -gt "$(sed -n 2p "$work/before")"
}

answers()
{
	hosts_on_veth
	overlay_up
	each_reason "a host" 1
	flood
	no_answer
	translated
	guest_up
	each_reason "a guest behind NAT" 4
	of_a_tenant
	drop_all_ns
}

# --- redirects -------------------------------------------------------------

redirects()
{
	on 1 nstat -asz IcmpOutRedirects Icmp6OutRedirects |
		awk '!/^#/ { n += $2 } END { print n }'
}

link_local()
{
	on 1 ip -6 addr show dev vn0 scope link | grep -c fe80
}

# redirected NAME: of what host 2 hears, by nstat's name
redirected()
{
	on 2 nstat -asz "$1" | awk '!/^#/ { print $2 }'
}

# Somebody turns the kernel's switch on for all devices, when the hub is there already.
turned_on()
{
	on 1 sysctl -qw net.ipv4.conf.all.send_redirects=1 \
		net.ipv4.conf.vn0.send_redirects=1
	mark
	on 2 ping -q -c3 -i0.05 -W1 $nowhere >/dev/null
	check_that "where the switch is turned on later, a hub relays" \
		"$(since 1 tx_frames)" -ge 3
	check_that "redirects that it makes are dropped, and counted, by IPv4" \
		"$(since 1 tx_redirect)" -ge 1
	check_that "none arrives by IPv4" "$(redirected IcmpInRedirects)" -eq 0
}

# What host 2 sends to host 1 goes back to where host 2 is.
hub()
{
	local i
	hosts_on_veth
	# as it is on a machine that nobody has set up
	on 1 sysctl -qw net.ipv6.conf.default.addr_gen_mode=0 \
		net.ipv4.conf.all.send_redirects=1 \
		net.ipv4.conf.default.send_redirects=1
	overlay_up
	on 1 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.vn0.rp_filter=0
	for i in 1 2; do
		printf 'replace vni 1 %s via %s\n' $nowhere "${via[3 - i]}" \
			$nowhere6 "${via[3 - i]}" | on $i vnencap map load -
	done
	mark
	on 2 ping -q -c3 -i0.05 -W1 $nowhere >/dev/null
	on 2 ping -q -c3 -i0.05 -W1 $nowhere6 >/dev/null
	check_that "a hub relays" "$(since 1 tx_frames)" -ge 6
	check_that "and sends no redirects" "$(redirects)" -eq 0
	check_that "it has no link-local address of the kernel's making" \
		"$(link_local)" -eq 0
	on 1 ip link set vn0 down
	on 1 ip link set vn0 addrgenmode random
	on 1 ip link set vn0 up
	check_that "but one if it is asked for" "$(link_local)" -eq 1
	on 1 sysctl -qw net.ipv6.conf.vn0.forwarding=1
	mark
	on 2 ping -q -c3 -i0.05 -W1 $nowhere6 >/dev/null
	check_that "then, too, a hub relays" "$(since 1 tx_frames)" -ge 3
	check_that "redirects that it makes are dropped, and counted" \
		"$(since 1 tx_redirect)" -ge 1
	check_that "as nothing that is wrong" "$(since 1 tx_malformed)" -eq 0
	check_that "none arrives" "$(redirected Icmp6InRedirects)" -eq 0
	turned_on
	check_that "the other device's switch is as it was" \
		"$(on 1 sysctl -n net.ipv4.conf.wire.send_redirects)" -eq 1
	drop_all_ns
}

# --- loops -----------------------------------------------------------------

# A lower device whose own packets are routed to the device on it
loop()
{
	hosts_on_veth
	on 1 ip link add gre9 type gre local "${sub[1]}" remote 192.168.9.77 ||
		die "no GRE"
	on 1 ip addr add 10.9.9.1/24 dev gre9
	on 1 ip link set gre9 up
	on 1 ip link add link gre9 name vn0 type vnencap vni 9 ||
		die "cannot make vn0 on GRE"
	on 1 ip addr add 192.168.9.1/24 dev vn0
	on 1 ip link set vn0 up
	on 1 vnencap map add vni 9 192.168.9.0/24 via 10.9.9.2
	check_fails "a loop: nothing comes of it" 1 \
		on 1 ping -q -c3 -i0.05 -W1 192.168.9.5
	check_that "a loop: each packet's end is counted" \
		"$(counter 1 tx_loop)" -ge 3
	check_that "a loop: after few rounds" "$(counter 1 tx_frames)" -le 30
	drop_all_ns
}

answers
hub
loop
