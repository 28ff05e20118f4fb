#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is expected of any tunnel: the ECN field by RFC 6040, both ways; packets
# longer than the overlay's MTU answered, and that MTU changed under traffic;
# mark, priority and the flow's hash kept, and hidden from another namespace.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# --- ECN -------------------------------------------------------------------

ecn_names=(not-ect ect1 ect0 ce)

# wire_sets VALUE [WORD]...: from now on the wire sets the ECN field of what
# host 1 sends to host 2, or of that for which the words hold (ECN: the family's)
wire_sets()
{
	local value=$1 words=${*:2} family
	{
		echo "table netdev wire"
		echo "delete table netdev wire"
		echo "table netdev wire { chain in {"
		echo "type filter hook ingress device port1 priority 0;"
		for family in ip ip6; do
			echo "tcp dport $port ${words/ECN/$family ecn}" \
				"$family ecn set $value"
		done
		printf "}\n}\n"
	} | on 3 nft -f - || die "nft cannot set ECN"
}

wire_keeps()
{
	on 3 nft delete table netdev wire 2>/dev/null
}

# What comes to host 2 by vn0, by the ECN field
ecn_rules()
{
	local family value
	echo "table inet arrived"
	echo "delete table inet arrived"
	echo "table inet arrived { chain in { type filter hook input priority 0;"
	for value in "${ecn_names[@]}"; do
		for family in ip ip6; do
			echo "iifname vn0 $family ecn $value counter"
		done
	done
	printf "}\n}\n"
}

watch_ecn()
{
	ecn_rules | on 2 nft -f - || die "nft cannot watch ECN"
}

# ecn_seen: what has come since, NAME*COUNT each
ecn_seen()
{
	local counts i n
	read -ra counts <<<"$(packets_of 2 inet arrived)"
	for i in 0 1 2 3; do
		n=$((counts[2 * i] + counts[2 * i + 1]))
		[[ $n -eq 0 ]] || echo "${ecn_names[i]}*$n"
	done
}

# What arrives of three packets: inner field, outer field as the wire changes
# it, and what RFC 6040 (4.2) has of the two
ecn_in=(
	"0 0 0" "2 0 2" "1 0 1" "3 0 3"
	"0 2 0" "2 2 2" "1 2 1" "3 2 3"
	"0 1 0" "2 1 1" "1 1 1" "3 1 3"
	"0 3 none" "2 3 3" "1 3 3" "3 3 3"
)

decapsulation()
{
	local addr=$1 name=$2 row inner outer want now=
	for row in "${ecn_in[@]}"; do
		read -r inner outer want <<<"$row"
		[[ $now == "$outer" ]] || wire_sets "${ecn_names[outer]}"
		now=$outer
		watch_ecn
		on 1 ping -q -c3 -i0.02 -W1 -Q "$inner" "$addr" >/dev/null
		[[ $want == none ]] || want="${ecn_names[want]}*3"
		check_that "$name: ${ecn_names[inner]} in ${ecn_names[outer]}" \
			"$(ecn_seen | grep . || echo none)" = "$want"
	done
	wire_keeps
}

# The outer field is the inner one. As all tunnels of the kernel have it, CE is
# sent as ECT(0), and is there again at the other end.
ecn_out=(0 1 2 2)

encapsulation()
{
	local addr=$1 name=$2 family=$3 inner outer
	for inner in 0 1 2 3; do
		outer=${ecn_names[ecn_out[inner]]}
		on 2 nft -f - <<-EOF
			table netdev seen {
				chain in {
					type filter hook ingress device wire priority 0;
					tcp dport $port $family ecn $outer counter
					tcp dport $port $family ecn != $outer counter
				}
			}
		EOF
		on 1 ping -q -c3 -i0.02 -W1 -Q $inner "$addr" >/dev/null
		check_that "$name: ${ecn_names[inner]} goes out as $outer" \
			"$(packets_of 2 netdev seen)" = "3 0"
		on 2 nft delete table netdev seen
	done
}

# packets_of N FAMILY TABLE: the counters of its rules
packets_of()
{
	on "$1" nft -j list table "$2" "$3" |
		jq -r '[.nftables[].rule.expr[]?.counter.packets | values]
		       | join(" ")'
}

tcp_marked()
{
	on 1 nstat -sz TcpExtTCPDeliveredCE | awk '!/^#/ { print $2 }'
}

# One segment's mark is the run's, or the whole packet's where that is atomic.
# The rest of a frame keeps what it had.
marks_of_segments()
{
	local addr=$1 name=$2 seen
	wire_sets ce ECN ect0 numgen inc mod 7 == 0
	watch_ecn
	mark
	check "$name: a file arrives, each 7th segment marked" \
		transfer 1 2 "$addr"
	check_no_errors "$name: nothing is dropped"
	seen=$(ecn_seen)
	check "$name: marks arrive" grep -q '^ce' <<<"$seen"
	check "$name: not all is marked" grep -q '^ect0' <<<"$seen"
	check_that "$name: the sender hears of it" "$(tcp_marked)" -gt 0
	on 1 nstat -n
	wire_sets ce numgen inc mod 7 == 0
	watch_ecn
	on 1 ping -q -c3 -i0.02 -W1 -M "do" -Q 2 -s 20000 "$addr" >/dev/null
	check_that "$name: a packet of many segments is marked as a whole" \
		"$(ecn_seen)" = "ce*3"
	mark
	check_fails "$name: or is dropped, where its sender knows no marks" 1 \
		on 1 ping -q -c3 -i0.02 -W1 -M "do" -s 20000 "$addr"
	check_that "$name: and counted" "$(since 2 rx_malformed)" -eq 3
	wire_keeps
}

ecn()
{
	local over family
	hosts_on_lossy_wire
	overlay_up mtu 60000
	make_file "$(scaled 4 1)"
	for i in 1 2; do
		on $i sysctl -qw net.ipv4.tcp_ecn=1
	done
	for over in 4 6; do
		overlay_over $over
		family=ip
		[[ $over -eq 4 ]] || family=ip6
		encapsulation "${vn[2]}" "IPv4 over IPv$over" $family
		decapsulation "${vn[2]}" "IPv4 over IPv$over"
		marks_of_segments "${vn[2]}" "IPv4 over IPv$over"
	done
	decapsulation "${vn6[2]}" "IPv6 over IPv$over"
	marks_of_segments "${vn6[2]}" "IPv6 over IPv$over"
	drop_all_ns
}

# --- MTU -------------------------------------------------------------------

# Host 4, a guest of host 1, with an MTU of its own
guest_up()
{
	local i
	new_ns 4 guest
	ip -n "${ns[1]}" link add inner mtu 9000 type veth \
		peer name inner mtu 9000 netns "${ns[4]}" ||
		die "cannot make veth"
	on 1 ip link set inner up
	on 1 ip addr add 169.254.1.1/32 dev inner
	on 1 ip addr add fe80::1/64 dev inner nodad
	on 4 ip link set inner up
	on 4 ip addr add 192.168.4.4/32 dev inner
	on 4 ip addr add fd04::4/128 dev inner nodad
	on 4 ip addr add fe80::4/64 dev inner nodad
	on 4 ip route add 169.254.1.1 dev inner
	on 4 ip route add default via 169.254.1.1 dev inner
	on 4 ip route add default via fe80::1 dev inner
	on 1 ip route add 192.168.4.4 dev inner
	on 1 ip route add fd04::4 dev inner
	on 1 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	for i in 1 2; do
		on $i vnencap map add vni 1 192.168.4.4/32 via "${via[1]}"
		on $i vnencap map add vni 1 fd04::4/128 via "${via[1]}"
	done
	poll 10 on 4 ping -c1 -W1 "${vn[2]}" || die "the guest has no way"
	poll 10 on 4 ping -c1 -W1 "${vn6[2]}" || die "the guest has no IPv6"
}

# What the guest knows of the path's MTU
learnt()
{
	on 4 ip -j route get "$1" | jq '.[0].metrics[0].mtu'
}

forget()
{
	on 4 ip -4 route flush cache
	on 4 ip -6 route flush cache
}

# The guest's packets are longer than the MTU of vn0.
too_long()
{
	local how=$1 addr=$2 over=$3
	forget
	check "$how: a ping of full size comes back" \
		on 4 ping -q -c1 -W2 -M "do" -s $((1500 - over - 8)) "$addr"
	check_fails "$how: a longer one is refused" 1 \
		on 4 ping -c1 -W2 -M "do" -s 3000 "$addr"
	check_that "$how: and the guest knows why" "$(learnt "$addr")" = 1500
}

# A connection whose other end would take longer segments than the path does
tcp_too_long()
{
	local how=$1 addr=$2
	forget
	on 2 ip link set vn0 mtu 9000
	check "$how: TCP goes on with shorter segments" transfer 4 2 "$addr"
	check_that "$how: having been told" "$(learnt "$addr")" = 1500
	on 2 ip link set vn0 mtu 1500
}

redirect()
{
	local protocol
	on 1 tc qdisc add dev inner clsact
	for protocol in ip ipv6; do
		on 1 tc filter add dev inner ingress protocol $protocol flower \
			dst_ip "$([[ $protocol == ip ]] && echo "${vn[2]}" ||
				echo "${vn6[2]}")" \
			action mirred egress redirect dev vn0 || die "no tc"
	done
}

# On a wire whose segments are long, else TCP's would be short from the start.
longer_than_the_mtu()
{
	local i
	hosts_on_veth
	for i in 1 2; do
		on $i ip link set wire mtu 9100
	done
	overlay_up mtu 1500
	guest_up
	make_file "$(scaled 4 1)"
	mark
	too_long routed "${vn[2]}" 20
	too_long "routed, IPv6" "${vn6[2]}" 40
	tcp_too_long routed "${vn[2]}"
	tcp_too_long "routed, IPv6" "${vn6[2]}"
	check_no_errors "that is between the guest and its router"
	redirect
	mark
	too_long redirected "${vn[2]}" 20
	check_that "redirected: it is counted" "$(since 1 tx_too_big)" -eq 1
	too_long "redirected, IPv6" "${vn6[2]}" 40
	check_that "redirected, IPv6: it is counted" \
		"$(since 1 tx_too_big)" -eq 2
	check "redirected: what may be cut is carried whole" \
		on 4 ping -q -c1 -W2 -M dont -s 3000 "${vn[2]}"
	check_that "redirected: and not counted" "$(since 1 tx_too_big)" -eq 2
	tcp_too_long redirected "${vn[2]}"
	tcp_too_long "redirected, IPv6" "${vn6[2]}"
	drop_all_ns
}

# refused N MTU
refused()
{
	check_fails "an MTU of $1 is refused" 2 on 1 ip link set vn0 mtu "$1"
}

changing_mtu()
{
	local mtu
	while :; do
		for mtu in 1280 64000 1500 9000 1281; do
			for host; do
				on "$host" ip link set vn0 mtu $mtu || exit
			done
		done
	done
}

# changed_under NAME HOST...: the MTU at these hosts, under traffic to each of
# the families
changed_under()
{
	local name=$1 addr changer
	shift
	for addr in "${vn[2]}" "${vn6[2]}"; do
		changing_mtu "$@" &
		changer=$!
		mark
		check "the MTU is changed at $name: a file arrives at $addr" \
			transfer 1 2 "$addr"
		check_no_errors "and nothing is dropped"
		stop $changer
	done
}

mtu()
{
	hosts_on_veth
	overlay_up
	refused 64001
	refused 67
	make_file "$(scaled 64 8)"
	changed_under "the sender" 1
	changed_under "the receiver" 2
	changed_under "both" 1 2
	drop_all_ns
}

# --- what the skb says -----------------------------------------------------

counting()
{
	on 1 nft -f - <<-EOF
		table inet out {
			chain post {
				type filter hook postrouting priority 0;
				oifname wire tcp dport $port meta mark 0x77 counter
				oifname wire tcp dport $port meta mark != 0x77 counter
				oifname wire tcp dport $port meta priority 1:7 counter
			}
		}
	EOF
}

marking()
{
	on "$1" nft -f - <<-EOF
		table inet marks {
			chain out {
				type route hook output priority 0;
				oifname vn0 meta mark set 0x77 meta priority set 1:7
			}
		}
	EOF
}

# What comes from host 1 with a mark that the substrate gave it
marking_arrivals()
{
	on 2 nft -f - <<-EOF
		table netdev marks {
			chain in {
				type filter hook ingress device wire priority 0;
				tcp dport $port meta mark set 0x55 meta priority set 1:7
			}
		}
	EOF
}

counting_arrivals()
{
	on "$1" nft -f - <<-EOF
		table inet in {
			chain in {
				type filter hook input priority 0;
				iifname vn0 meta mark 0x55 counter
				iifname vn0 meta mark 0 counter
				iifname vn0 meta priority 1:7 counter
			}
		}
	EOF
}

ping3()
{
	on "$1" ping -q -c3 -i0.02 -W1 "$2" >/dev/null
}

move_device()
{
	new_ns $((10 + $1)) tenant
	on "$1" ip link set vn0 netns "${ns[10 + $1]}"
	on $((10 + $1)) ip addr add "${vn[$1]}/24" dev vn0
	on $((10 + $1)) ip link set vn0 up
}

skb_fields()
{
	hosts_on_veth
	overlay_up
	counting
	marking 1
	ping3 1 "${vn[2]}"
	check_that "mark and priority go with the packet" \
		"$(packets_of 1 inet out)" = "3 0 3"
	marking_arrivals
	counting_arrivals 2
	ping3 1 "${vn[2]}"
	check_that "the substrate's mark and priority come with it" \
		"$(packets_of 2 inet in)" = "3 0 3"
	on 1 nft delete table inet out
	counting
	move_device 1
	marking 11
	counting_arrivals 11
	ping3 11 "${vn[2]}"
	check_that "from another namespace, no mark comes out" \
		"$(packets_of 1 inet out)" = "0 3 0"
	on 2 nft delete table inet in
	move_device 2
	counting_arrivals 12
	ping3 11 "${vn[2]}"
	check_that "nor goes one in, nor a priority" \
		"$(packets_of 12 inet in)" = "0 3 0"
	drop_all_ns
}

ports_seen()
{
	awk '/ IP / { print $3 }' "$work/captured" | sort -u | wc -l
}

has_seen()
{
	[[ $(ports_seen) -ge $1 ]]
}

# source_ports LEAST COMMAND...: how many there are in what host 1 sends; the
# capture is behind, so that many are waited for
source_ports()
{
	local tracer least=$1
	shift
	start 1 tcpdump -nn -l -i wire -Q out "tcp dst port $port" \
		>"$work/captured" 2>"$work/tcpdump"
	tracer=$!
	poll 10 grep -q listening "$work/tcpdump" || die "no capture"
	"$@" >/dev/null 2>&1
	poll 5 has_seen "$least"
	stop $tracer
	ports_seen
}

some_flows()
{
	local i
	for i in 5003 5004 5005 5006 5007 5008; do
		on 1 udp echo "${vn[2]}" $i 10
	done
}

flows()
{
	hosts_on_veth
	overlay_up
	make_file 1
	check_that "a connection has one source port on the wire" \
		"$(source_ports 1 transfer 1 2 "${vn[2]}")" -eq 1
	check_that "flows have different ones" \
		"$(source_ports 4 some_flows)" -ge 4
	drop_all_ns
}

ecn
longer_than_the_mtu
mtu
skb_fields
flows
