#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packets that the host did not make: of virtual machines, by a TAP with a
# virtio header, and of hosts behind this one, as GRO has joined them; and pages
# that a sender only lends. Sums done, undone and not looked at.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# Guests have numbers, too: that of host N is 20 + N. Its addresses:
guest=('' 192.168.21.1 192.168.22.1)
guest6=('' fd21::1 fd22::1)
relays=()

# guest_of N: a namespace, known to both hosts
guest_of()
{
	local i net=192.168.2$1.0/24 net6=fd2$1::/64
	new_ns $((20 + $1)) guest
	for i in 1 2; do
		printf 'replace vni 1 %s via %s\n' "$net" "${via[$1]}" \
			"$net6" "${via[$1]}" | on $i vnencap map load -
	done
	on $((3 - $1)) ip route replace "$net" dev vn0
	on $((3 - $1)) ip route replace "$net6" dev vn0
	on "$1" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
}

# connect_guest N DEV: addresses at both ends of its wire, DEV at the host's
connect_guest()
{
	local net=192.168.2$1 net6=fd2$1: gnumber=$((20 + $1))
	on "$1" ip addr add "$net.254/24" dev "$2"
	on "$1" ip addr add "$net6:254/64" dev "$2" nodad
	# what it forwards it asks for neighbours from there
	on "$1" ip addr add fe80::254/64 dev "$2" nodad
	on "$1" ip link set "$2" up
	on $gnumber ip addr add "$net.1/24" dev nic
	on $gnumber ip addr add "$net6:1/64" dev nic nodad
	on $gnumber ip link set nic up
	on $gnumber ip route add default via "$net.254"
	on $gnumber ip route add default via "$net6:254"
}

# guest_on_tap N [plain]
guest_on_tap()
{
	guest_of "$1"
	: >"$work/relay$1"
	# shellcheck disable=SC2086 # maybe nothing
	start "$1" relay tap0 "${ns[20 + $1]}" nic ${2-} >"$work/relay$1"
	relays[$1]=$!
	poll 10 grep -q ready "$work/relay$1" || die "no TAP"
	connect_guest "$1" tap0
}

guests_reach()
{
	local addr
	sends_long 21 22
	for addr in "${guest[2]}" "${guest6[2]}"; do
		poll 20 on 21 ping -q -c1 -W1 "$addr" ||
			die "the guests do not reach each other"
	done
}

drop_guests()
{
	local i
	for i in 1 2; do
		[[ -z ${relays[i]-} ]] || stop "${relays[i]}"
		drop_ns $((20 + i))
	done
	relays=()
}

# relayed N WAY NAME: a count of its relay, once that has ended
relayed()
{
	sed -n "s/^$2 .*$3=\([0-9]*\).*/\1/p" "$work/relay$1"
}

# guest_train NAME ADDR: older kernels send none by a NIC that does no sums
guest_train()
{
	if [[ $(uname -r) == 6.1.* ]] &&
	   on 21 ethtool -k nic | grep -q "^tx-checksumming: off"; then
		check_fails "$1, which this kernel does not send" 1 \
			on 21 udp train "$2" 5003 1400 40
	else
		check "$1" on 21 udp train "$2" 5003 1400 40
	fi
}

guest_datagrams()
{
	local name=$1 server addr
	start 22 udp serve 5003
	server=$!
	poll 10 udp_bound 22 5003
	for addr in "${guest[2]}" "${guest6[2]}"; do
		check "$name: datagrams to $addr come back" on 21 udp echo \
			"$addr" 5003 0 1 2 3 100 1000 1451 1452 5000 60000
		guest_train "$name: and trains of them" "$addr"
	done
	stop $server
}

guest_traffic()
{
	local name=$1
	mark
	check "$name: a file arrives" transfer 21 22 "${guest[2]}"
	check "$name: by IPv6, and the other way" \
		transfer 22 21 "${guest6[1]}"
	guest_datagrams "$name"
	check_no_errors "$name: nothing is dropped"
	check_that "$name: no sum is wrong" "$(sum_errors 21)$(sum_errors 22)" \
		= 00
}

sum_errors()
{
	on "$1" nstat -asz UdpInCsumErrors Udp6InCsumErrors TcpInCsumErrors |
		awk '!/^#/ { n += $2 } END { print n }'
}

# Guests' NICs with and without offloads
taps()
{
	hosts_on_veth
	modprobe -q tun		# makes the file to open
	overlay_up
	make_file "$(scaled 8 2)"

	guest_on_tap 1
	guest_on_tap 2
	guests_reach
	guest_traffic "large packets"
	drop_guests
	check_that "large packets: they leave a guest so" \
		"$(relayed 1 out longest)" -gt 20000
	check_that "large packets: and come so to the other" \
		"$(relayed 2 in longest)" -gt 20000
	check_that "large packets: most of the file comes in such" \
		"$(relayed 2 in gso_bytes)" -gt "$(scaled 7000000 1700000)"
	check_that "large packets: their sums are never done" \
		"$(relayed 2 in undone)" -ge "$(relayed 2 in gso)"

	guest_on_tap 1 plain
	guest_on_tap 2 plain
	guests_reach
	guest_traffic "small packets"
	drop_guests
	check_that "small packets: none comes that is longer" \
		"$(relayed 2 in longest)" -le 1514
	check_that "small packets: none is without its sum" \
		"$(($(relayed 2 in undone) + $(relayed 1 in undone)))" -eq 0

	guest_on_tap 1 plain
	guest_on_tap 2
	guests_reach
	guest_traffic "from small to large"
	drop_guests
	redirected
	drop_all_ns
}

# Past the IP layer: what a guest sends goes to vn0 as it is.
redirected()
{
	local i family
	for i in 1 2; do
		guest_on_tap $i
	done
	guests_reach
	for i in 1 2; do
		on $i tc qdisc add dev tap0 clsact
		for family in ip ipv6; do
			on $i tc filter add dev tap0 ingress protocol $family \
				flower dst_ip "$(net_of $((3 - i)) $family)" \
				action mirred egress redirect dev vn0 ||
				die "no tc"
		done
	done
	guest_traffic "redirected"
	drop_guests
	check_that "redirected: large packets come as such" \
		"$(relayed 2 in longest)" -gt 20000
}

net_of()
{
	if [[ $2 == ip ]]; then
		echo 192.168.2"$1".0/24
	else
		echo fd2"$1"::/64
	fi
}

# However slow this machine is, some packets meet.
gro_waits()
{
	on "$1" bash -c "echo 1 >/sys/class/net/inner/napi_defer_hard_irqs
		echo 1000000 >/sys/class/net/inner/gro_flush_timeout"
}

# Packets that come cut, and are joined by the host that forwards them
behind()
{
	local i
	hosts_on_veth
	overlay_up
	make_file "$(scaled 8 2)"
	for i in 1 2; do
		guest_of $i
		ip -n "${ns[i]}" link add inner type veth peer name nic \
			netns "${ns[20 + i]}" || die "cannot make veth"
		connect_guest $i inner
		on $i ethtool -K inner gro on
		gro_waits $i
		on $((20 + i)) ethtool -K nic gro on tso off gso off \
			tx-udp-segmentation off
	done
	guests_reach
	guest_traffic "joined by GRO"
	mark
	transfer 21 22 "${guest[2]}"
	check_that "joined by GRO: one frame takes what came in many" \
		"$(since 1 tx_frames)" -lt \
		$(($(since 1 tx_payload_bytes) / 2000))
	for i in 1 2; do
		on $i ethtool -K inner rx-udp-gro-forwarding on
	done
	guest_traffic "joined by GRO, UDP, too"
	for i in 1 2; do
		on $i ethtool -K inner rx-udp-gro-forwarding off \
			rx-gro-list on
	done
	guest_traffic "joined as a list of packets"
	for i in 1 2; do
		on $i ethtool -K inner rx-gro-list off gro off
		on $((20 + i)) ethtool -K nic tx off
	done
	guest_traffic "as they come, sums done"
	drop_all_ns
}

# BIG TCP of guests: what they send goes as it is, and what is longer than vn0
# takes is cut, and arrives all the same.
big_tcp()
{
	local i
	hosts_on_veth
	overlay_up
	make_file "$(scaled 8 2)"
	for i in 1 2; do
		guest_of $i
		ip -n "${ns[i]}" link add inner type veth peer name nic \
			netns "${ns[20 + i]}" || die "cannot make veth"
		connect_guest $i inner
		on $((20 + i)) ip link set nic gso_max_size 190000 ||
			die "the guest's NIC knows no BIG TCP"
		sends_long $((20 + i))
	done
	guests_reach
	if [[ $(uname -r) != 6.1.* ]]; then
		big_packets "as they are" forwarded_long
		on 1 ip link set vn0 gso_max_size 65536
	fi
	big_packets "cut" never_seen 1 vn0
	drop_all_ns
}

forwarded_long()
{
	until_seen "$1" transfer 21 22 "${guest6[2]}"
}

# big_packets NAME COMMAND...: that holds for who watches for them on vn0
big_packets()
{
	local name="BIG TCP, $1" sent forwarded
	local again=(transfer 21 22 "${guest6[2]}")
	watch_for 1 inner "greater 70000"
	sent=$!
	watch_for 1 vn0 "greater 70000"
	forwarded=$!
	mark
	check "$name: a file arrives" "${again[@]}"
	check "$name: the guest sent long packets" until_seen $sent "${again[@]}"
	check "$name: they are sent so" "${@:2}" $forwarded
	check_no_errors "$name: nothing is dropped"
}

# TCP's Accurate ECN tells of marks in CWR, too, of all segments alike.
accurate_ecn()
{
	local tracer
	hosts_on_veth
	overlay_up
	make_file "$(scaled 8 2)"
	if ! on 1 sysctl -qw net.ipv4.tcp_ecn=3 2>/dev/null; then
		skip "Accurate ECN" "this kernel's TCP has none"
		drop_all_ns
		return
	fi
	on 2 sysctl -qw net.ipv4.tcp_ecn=3
	sends_long 1 2
	# acknowledgements, of which the sender tells in each segment
	on 2 tc qdisc add dev vn0 root netem loss 20% ecn limit 10000 ||
		die "no netem"
	watch_for 2 vn0 "tcp[12] & 1 = 1 and tcp[13] = 0xc2"
	tracer=$!
	mark
	check "Accurate ECN: a file arrives" transfer 1 2 "${vn[2]}"
	check "Accurate ECN: it was asked for" poll 5 gone $tracer
	check "Accurate ECN: a file arrives by IPv6" transfer 1 2 "${vn6[2]}"
	check_no_errors "Accurate ECN: nothing is dropped"
	check_that "Accurate ECN: one frame takes many segments" \
		"$(since 1 tx_frames)" -lt \
		$(($(since 1 tx_payload_bytes) / 2000))
	drop_all_ns
}

# Sums that the NIC does, or not, at either end
nic_sums()
{
	local words i
	hosts_on_nics
	overlay_up
	make_file "$(scaled 8 2)"
	for words in "rx on tx on" "rx off tx on" "rx on tx off" \
		     "rx off tx off"; do
		for i in 1 2; do
			# shellcheck disable=SC2086
			on $i ethtool -K "${dev[i]}" $words >/dev/null 2>&1
		done
		mark
		check "NIC with sums $words: a file arrives" \
			transfer 1 2 "${vn[2]}"
		check "NIC with sums $words: by IPv6" \
			transfer 2 1 "${vn6[1]}"
		check_no_errors "NIC with sums $words: nothing is dropped"
	done
	for i in 1 2; do
		on $i ethtool -K "${dev[i]}" rx on tx on tso on >/dev/null 2>&1
	done
	lent_pages
	drop_all_ns
}

lent_pages()
{
	mark
	check "lent pages: a file arrives" transfer 1 2 "${vn[2]}" zerocopy
	none_is_copied "lent pages"
	check "lent pages: by IPv6" transfer 2 1 "${vn6[1]}" zerocopy
	check "a file's own pages: it arrives" transfer 1 2 "${vn[2]}" sendfile
	check "a file's own pages: by IPv6" transfer 2 1 "${vn6[1]}" sendfile
	check_no_errors "lent pages: nothing is dropped"
}

taps
behind
big_tcp
accurate_ecn
nic_sums
