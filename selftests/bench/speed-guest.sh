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

# network_up NAME: and remember by which device, to and from which address
network_up()
{
	case $1 in
	native)		device=${dev[1]} addr=${sub[2]} from=${sub[1]}
			return ;;
	vnencap|fec|auto)
			overlay_up
			parity "$1"
			device=vn0 addr=${vn[2]} from=${vn[1]}
			return ;;
	vxlan)		vxlan_up; device=vx0 ;;
	*)		tunnel_up "$1"; device=tun0 ;;
	esac
	addr=192.168.${subnet[$1]}.2 from=192.168.${subnet[$1]}.1
}

network_down()
{
	local i
	[[ $1 != native ]] || return 0
	for i in 1 2; do
		on $i ip link del "$device"
		case $1 in
		vnencap|fec|auto)
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
	veth)	hosts_on_veth ;;
	uml)	hosts_on_veth; cut_tunnels ;;
	*)	die "no place is named $1" ;;
	esac
	# however many connections there have been lately
	on 1 sysctl -qw net.ipv4.tcp_tw_reuse=1
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
	case $1 in
	nics)	echo bulk-1 bulk-4 bulk-64 both-1 both-4 both-64 udp-64 \
			udp-1400 ;;
	eager)	echo rr crr ;;
	ruled)	echo bulk-1 udp-64 ;;
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

# bulk FLOWS FETCHING: all flows together move $BENCH_MEGABYTES
bulk()
{
	local before after again bytes=$((BENCH_MEGABYTES * 1000000 / ($1 + $2)))
	send_buffer $(($1 + $2))
	again=$(sent_again)
	mapfile -t before < <(nic_counts)
	rate bulk "$addr" $rate_port "$1" "$2" $bytes || return 1
	mapfile -t after < <(nic_counts)
	echo "retrans=$(($(sent_again) - again))"
	echo "back_bytes=$((after[0] - before[0]))"
	echo "back_packets=$((after[1] - before[1]))"
	echo "bytes=$((after[2] - before[2]))"
	echo "packets=$((after[3] - before[3]))"
}

measure_case()
{
	local flows=${1#*-}
	case $1 in
	bulk-*)	bulk "$flows" 0 ;;
	both-*)	bulk "$flows" "$flows" ;;
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
