#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/bench/speed: measures, and leaves "results", a
# line for each single figure's making:
#
#	PLACE NETWORK CASE RUN NAME=VALUE...
#
# Only the network that is measured is there: so nothing that another one hangs
# into the stack's way costs it anything. All networks have their turn before
# the next run.
exec >/dev/null		# no TAP here
# shellcheck source-path=SCRIPTDIR source=../tests/lib.sh
. "$(dirname -- "$0")/../tests/lib.sh"
# shellcheck source-path=SCRIPTDIR source=pktgen.sh
. "$(dirname -- "$0")/pktgen.sh"

: "${BENCH_RUNS:=1}" "${BENCH_MEGABYTES:=10}" "${VNENCAP_OUT:=$work}"
: "${BENCH_NETWORKS:=native vnencap vxlan geneve gre fou gue}"
: "${BENCH_PLACES:=nics jumbo eager ruled veth}" "${BENCH_CASES:=}"
: "${BENCH_BIG:=390000}" "${BENCH_RIVALS:=}"
results=$VNENCAP_OUT/results
rate_port=5000 windows=0
# of 192.168.N.0/24, each its own: connections to another are not in the way
declare -A subnet=([vxlan]=5 [geneve]=6 [gre]=7 [fou]=8 [gue]=9)

step()
{
	printf '%s\n' "$*" >&2
}

# --- the networks ----------------------------------------------------------

# What ip has to know of a tunnel, at host N
tunnel_words()
{
	local ends="local ${sub[$2]} remote ${sub[3 - $2]}"
	case $1 in
	vxlan)	echo "vxlan id 5 dstport 4789 $ends" ;;
	geneve)	echo "geneve id 5 remote ${sub[3 - $2]}" ;;
	gre)	echo "gre $ends" ;;
	fou)	echo "ipip $ends encap fou encap-sport auto encap-dport 5555" ;;
	gue)	echo "ipip $ends encap gue encap-sport auto encap-dport 5555" ;;
	esac
}

tunnel_up()
{
	local i net=192.168.${subnet[$1]}
	for i in 1 2; do
		case $1 in
		fou)	on $i ip fou add port 5555 ipproto 4 ;;
		gue)	on $i ip fou add port 5555 gue ;;
		esac
		# shellcheck disable=SC2046 # words
		on $i ip link add tun0 type $(tunnel_words "$1" $i) ||
			die "cannot make $1"
		# without a lower device it would not know
		[[ $1 != vxlan ]] || on $i ip link set tun0 mtu \
			$(($(on $i cat "/sys/class/net/${dev[i]}/mtu") - 50))
		on $i ip addr add "$net.$i/24" dev tun0
		on $i ip link set tun0 up
	done
	poll 10 on 1 ping -c1 -W1 "$net.2" || die "$1 does not work"
}

# What follows the frames of vnencap under that name
parity()
{
	local i fec=10
	[[ $1 != vnencap ]] || return 0
	[[ $1 == fec ]] || fec=auto
	for i in 1 2; do
		on $i vnencap dev set vn0 fec $fec || die "no fec $fec"
	done
}

# longest_packets BYTES DEVICE...: at both hosts, as long as a device takes them
longest_packets()
{
	local i name most
	for i in 1 2; do
		for name in "${@:2}"; do
			[[ $name != wire ]] || name=${dev[i]}
			most=$(on $i ip -d -j link show "$name" | jq '.[0].tso_max_size')
			[[ $most -lt $1 ]] || most=$1
			on $i ip link set "$name" gso_max_size "$most" \
				gso_ipv4_max_size "$most" gro_max_size "$1" \
				gro_ipv4_max_size "$1" || die "no BIG TCP on $name"
		done
	done
}

# network_up NAME[-big]: and remember by which device, to and from which address. With
# BIG TCP, if asked.
network_up()
{
	case $1 in
	native*)	device=${dev[1]} addr=${sub[2]} addr6=${sub6[2]} from=${sub[1]} ;;
	vnencap*|fec|auto)
			overlay_up
			parity "${1%-big}"
			device=vn0 addr=${vn[2]} addr6=${vn6[2]} from=${vn[1]} ;;
	*)		other_up "${1%-big}" "$1" ;;
	esac
	case $1 in
	native-big)	longest_packets "$BENCH_BIG" wire ;;
	*-big)		longest_packets "$BENCH_BIG" wire "$device" ;;
	esac
}

# other_up NAME AS: and addresses of IPv6. A VXLAN device that was told of its lower
# device takes no longer packets than that.
other_up()
{
	local i net=${subnet[$1]}
	device=tun0
	case $2 in
	vxlan)		vxlan_up; device=vx0 ;;
	*)		tunnel_up "$1" ;;
	esac
	addr=192.168.$net.2 addr6=fd$net::2 from=192.168.$net.1
	for i in 1 2; do
		on $i ip addr add "fd$net::$i/64" dev "$device" nodad 2>/dev/null
	done
}

network_down()
{
	local i
	[[ $1 != *-big ]] || longest_packets 65536 wire
	[[ $1 != native* ]] || return 0
	for i in 1 2; do
		on $i ip link del "$device"
		case $1 in
		vnencap*|fec|auto)
				on $i vnencap map flush all ;;
		fou|gue)	on $i ip fou del port 5555 ;;
		esac
	done
}

# --- where -----------------------------------------------------------------

# Two wires between e1000s: one as they are, on which interrupts come at most
# each 128 us, as any NIC under load has them come; and one, for what waits for
# each packet, on which they come at once.
hosts_at()
{
	case $1 in
	nics)	VNENCAP_NICS="eth0 eth1" hosts_on_nics ;;
	jumbo)	VNENCAP_NICS="eth0 eth1" hosts_on_nics; wire_mtu 9000 ;;
	eager)	VNENCAP_NICS="eth2 eth3" hosts_on_nics ;;
	ruled)	VNENCAP_NICS="eth0 eth1" hosts_on_nics; firewalls ;;
	spread)	VNENCAP_NICS="eth0 eth1" hosts_on_nics; spread_flows ;;
	tso|tunnel)
		hosts_on_nics
		tunnels_whole "$1"
		# idle_time is coarse
		BENCH_MEGABYTES=$((BENCH_MEGABYTES * 2)) ;;
	veth)	hosts_on_veth ;;
	uml)	hosts_on_veth; cut_tunnels ;;
	*)	die "no place is named $1" ;;
	esac
	# however many connections there have been lately
	on 1 sysctl -qw net.ipv4.tcp_tw_reuse=1
}

# What QEMU cannot have of the real machine's TAP devices it leaves out without a word
tunnels_whole()
{
	local want=off
	[[ $1 == tso ]] || want=on
	on 1 ethtool -k "${dev[1]}" | grep -q "tx-udp_tnl-segmentation: $want" ||
		die "UDP tunnels do not go whole: the real machine has no Linux 6.17"
}

wire_mtu()
{
	local i
	for i in 1 2; do
		on $i ip link set "${dev[i]}" mtu "$1" || die "no MTU of $1"
	done
}

# What a host usually has: it follows connections, and lets in what it serves
firewalls()
{
	local i
	for i in 1 2; do
		on $i nft -f - <<-END || die "no firewall"
			table inet host {
				chain input {
					type filter hook input priority filter; policy drop;
					iif lo accept
					ct state established,related accept
					meta l4proto { icmp, ipv6-icmp } accept
					tcp dport { $port, $rate_port } accept
					udp dport { 4789, 6081, 5555, $rate_port } accept
					meta l4proto gre accept
				}
			}
		END
	done
}

# What a NIC with several queues does: each CPU receives some of the flows
spread_flows()
{
	local i
	for i in 1 2; do
		on $i sh -c "echo 3 >/sys/class/net/${dev[i]}/queues/rx-0/rps_cpus" ||
			die "the CPUs do not share what is received"
	done
}

# A veth can cut plain TCP and no tunnels, as the NICs that this is about
cut_tunnels()
{
	local i
	for i in 1 2; do
		on $i ethtool -K "${dev[i]}" tx-gre-segmentation off \
			tx-gre-csum-segmentation off \
			tx-ipxip4-segmentation off tx-ipxip6-segmentation off \
			tx-udp_tnl-segmentation off \
			tx-udp_tnl-csum-segmentation off ||
			die "the veth cuts tunnels"
	done
}

# The NICs keep their MTU when they leave a host
hosts_gone()
{
	[[ $1 != jumbo ]] || wire_mtu 1500
	drop_all_ns
}

cases_at()
{
	if [[ -n $BENCH_CASES ]]; then
		echo "$BENCH_CASES"
		return
	fi
	case $BENCH_RIVALS$1 in
	1nics)	echo bulk-1 bulk6-1 bulk-64 udp-64 udp-1400 ;;
	1jumbo|1veth)
		echo bulk-1 bulk6-1 ;;
	*nics)	echo bulk-1 bulk-4 bulk-64 both-1 both-4 both-64 udp-64 \
			udp-1400 ;;
	*eager)	echo rr crr ;;
	*ruled)	echo bulk-1 udp-64 ;;
	spread)	echo both-8 trains-1400 ;;
	uml)	printf 'pktgen bulk-1 %.0s' 1 2 3 4 5 ;;
	*)	echo bulk-1 ;;
	esac
}

# --- one measurement -------------------------------------------------------

# Bytes and packets that the NICs of host 1 and 2 have received
nic_counts()
{
	local i name
	for i in 1 2; do
		for name in bytes packets; do
			on $i cat "/sys/class/net/${dev[i]}/statistics/rx_$name"
		done
	done
}

# Segments that TCP has sent again, at both hosts
sent_again()
{
	local i
	for i in 1 2; do
		on $i nstat -asz TcpRetransSegs
	done | awk '$1 == "TcpRetransSegs" { sum += $2 } END { print sum + 0 }'
}

# send_buffer FLOWS: what is under way must fit in the NIC's ring, or it
# overflows, natively as well, and the speed is that of recovering from it. So all
# have 16 MB together, and none more than the default.
send_buffer()
{
	local i max=$(((16 << 20) / $1))
	[[ $max -le 4194304 ]] || max=4194304
	for i in 1 2; do
		on $i sysctl -qw "net.ipv4.tcp_wmem=4096 16384 $max"
	done
}

# How long the CPU has been idle, in ns, to 10 ms
idle_time()
{
	awk '{ printf "%.0f\n", $2 * 1e9 }' /proc/uptime
}

# bulk FLOWS FETCHING: all flows together move $BENCH_MEGABYTES
bulk()
{
	local before after again idle bytes=$((BENCH_MEGABYTES * 1000000 / ($1 + $2)))
	send_buffer $(($1 + $2))
	again=$(sent_again)
	mapfile -t before < <(nic_counts)
	idle=$(idle_time)
	rate bulk "$addr" $rate_port "$1" "$2" $bytes || return 1
	mapfile -t after < <(nic_counts)
	echo "idle=$(($(idle_time) - idle))"
	echo "retrans=$(($(sent_again) - again))"
	echo "back_bytes=$((after[0] - before[0]))"
	echo "back_packets=$((after[1] - before[1]))"
	echo "bytes=$((after[2] - before[2]))"
	echo "packets=$((after[3] - before[3]))"
}

# server_at PORT: there may be one, of an earlier measurement
server_at()
{
	listening 2 "$1" || start 2 rate serve "$1"
	poll 10 listening 2 "$1"
}

# trains N SIZE: so many trains of datagrams, from each CPU half of them
trains()
{
	local i pids=() count=$((BENCH_MEGABYTES * 200))
	for ((i = 1; i < $1; i++)); do
		server_at $((rate_port + i)) || return 1
		on 1 taskset -c $((i % 2)) rate udp "$addr" $((rate_port + i)) \
			"$2" $count >/dev/null &
		pids+=($!)
	done
	rate udp "$addr" $rate_port "$2" $count || return 1
	for i in "${pids[@]}"; do
		wait "$i" || return 1
	done
	windows=$((windows + ${#pids[@]}))
}

measure_case()
{
	local flows=${1#*-}
	case $1 in
	bulk-*)	bulk "$flows" 0 ;;
	bulk6-*)
		addr=$addr6 bulk "$flows" 0 ;;
	both-*)	bulk "$flows" "$flows" ;;
	trains-*)
		trains 8 "$flows" ;;
	udp-*)	rate udp "$addr" $rate_port "${1#*-}" $((BENCH_MEGABYTES * 200)) ;;
	rr)	rate rr "$addr" $rate_port $((BENCH_MEGABYTES * 20)) ;;
	pktgen)	packets "$device" "$from" "$addr" \
			$((BENCH_MEGABYTES * 2000)) ;;
	crr)	rate crr "$addr" $rate_port $((BENCH_MEGABYTES * 10)) ;;
	esac
}

# The client's side is host 1. Each time counts: insns.so numbers what it writes.
rate()
{
	windows=$((windows + 1))
	on 1 timeout 600 rate "$@"
}

measure()
{
	measure_case "$3" >"$work/words" || die "$*: failed"
	echo "$1 $2 $3 $4 $(tr '\n' ' ' <"$work/words")window=$((windows - 1))" |
		tee -a "$results" >&2
}

# The first to send would pay for memory that nobody has touched yet
warm_up()
{
	network_up native
	bulk 4 4 >/dev/null || die "nothing arrives"
}

measure_place()
{
	local place=$1 network case server run
	hosts_at "$place"
	start 2 rate serve $rate_port
	server=$!
	poll 10 listening 2 $rate_port || die "no server"
	warm_up
	for ((run = 1; run <= BENCH_RUNS; run++)); do
		for network in $BENCH_NETWORKS; do
			network_up "$network"
			for case in $(cases_at "$place"); do
				measure "$place" "$network" "$case" "$run"
			done
			network_down "$network"
		done
	done
	stop "$server"
	hosts_gone "$place"
}

echo "about kernel=$(uname -r) places=${BENCH_PLACES// /,}" \
	"runs=$BENCH_RUNS megabytes=$BENCH_MEGABYTES" >"$results"
modprobe fou || die "no FOU"	# its netlink family does not load it
for place in $BENCH_PLACES; do
	measure_place "$place"
done
# while all modules are there: what the counted addresses are (see profile)
cat /proc/kallsyms >"$VNENCAP_OUT/symbols"
# what was measured is the result
ok "speed"
