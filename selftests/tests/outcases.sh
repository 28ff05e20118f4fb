#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is sent, and who is told, case by case: listeners in other namespaces; what a
# tenant could leave on a packet to pass the host's rules, or have come back to it; ids
# of frames; names; next hops that share flows; and frames that the host sends another
# way.
#
# Number 4 is a container or a tenant of host 1.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tenant.sh
. "$selftests/tests/lib/tenant.sh"

nowhere=192.168.4.77		# no mapping covers it

# --- who listens, and where --------------------------------------------------

# Messages of host 1 that something is unreachable
said()
{
	on 1 nstat -asz IcmpOutDestUnreachs | awk '!/^#/ { print $2 }'
}

# answered ADDR: is a packet to there answered by such a message?
answered()
{
	local before
	before=$(said)
	on 1 ping -q -c1 -W0.1 "$1" >/dev/null 2>&1
	[[ $(said) -gt $before ]]
}

heard()
{
	grep -q "$1" "$work/heard"
}

missed_and_heard()
{
	on 1 ping -q -c1 -W0.1 "$1" >/dev/null 2>&1
	heard "$1"
}

# own_heard ADDR: a mapping that the listener's own namespace gets
own_heard()
{
	on 4 vnencap map replace vni 3 "$1" via 10.9.9.9
	heard "$1"
}

# Who listens in a namespace of its own keeps nobody elsewhere from being told that a
# packet goes nowhere, nor a service from hearing of what waits.
listens_for_itself()
{
	local listener monitor
	new_ns 4 container
	check "a packet that goes nowhere is answered" answered $nowhere
	: >"$work/heard"
	start 4 vnencap monitor >>"$work/heard"
	listener=$!
	poll 10 own_heard 10.6.0.1 || die "the container hears nothing"
	check "also while somebody listens in another namespace" answered $nowhere
	check "and to another address" answered 192.168.4.78
	# on a slow machine nobody comes within the three seconds that a packet waits
	if late_hears || [[ $VNENCAP_SLOW -le 2 ]]; then
		check "who comes to listen here hears of what waits" late_heard
	else
		skip "who comes to listen here hears of what waits" "too slow"
	fi
	: >"$work/misses"
	start 1 vnencap monitor misses >>"$work/misses"
	monitor=$!
	poll 10 misses_come 192.168.4.80 || die "no miss is heard"
	check_fails "then the sender is not answered" 1 answered 192.168.4.81
	stop $monitor
	check "and is again when that has ended" poll 5 answered 192.168.4.82
	check_fails "the other namespace has heard of no miss" 1 heard miss
	stop $listener
	drop_ns 4
}

# A service begins to listen when a packet waits already.
late_hears()
{
	local pinger monitor
	on 1 sysctl -qw net.vnencap.miss_queue_len=8
	for late in 91 92 93 94 95; do
		mark
		start 1 ping -q -c1 -W9 192.168.4.$late >/dev/null
		pinger=$!
		poll 10 held || break
		: >"$work/misses"
		start 1 vnencap monitor misses >>"$work/misses"
		monitor=$!
		poll 10 late_heard_or_over
		stop $monitor
		stop $pinger
		! late_heard || break
	done
	on 1 sysctl -qw net.vnencap.miss_queue_len=0
	late_heard
}

late_heard()
{
	grep -q "192.168.4.$late" "$work/misses"
}

# or the packet has been given up
late_heard_or_over()
{
	late_heard || [[ $(since 1 tx_no_mapping) -ge 1 ]]
}

held()
{
	[[ $(since 1 tx_held) -ge 1 ]]
}

misses_come()
{
	on 1 ping -q -c1 -W0.1 "$1" >/dev/null 2>&1
	grep -q "$1" "$work/misses"
}

# own_come N: the listener has heard of more than N changes in its own namespace, which
# come after what was before in others
own_come()
{
	on 4 vnencap map replace vni 3 10.6.0.9 via 10.9.9.9
	[[ $(grep -c "^here" "$work/heard") -gt $1 ]]
}

# Root of a container without a user namespace may ask for all notifications of the
# namespaces that its own has an id of. Of ours it gets those that it could ask for.
listens_to_all()
{
	local listener
	on 4 ip netns set "${ns[1]}" 7 || die "no id"
	: >"$work/heard"
	start 4 hear >>"$work/heard"
	listener=$!
	poll 10 own_come 0 || die "the container hears nothing"
	on 1 vnencap map replace vni 9 10.7.0.0/16 via 10.0.0.3
	on 1 vnencap dev set vn0 ttl 77
	on 1 vnencap dev set vn0 ttl auto
	on 1 vnencap key set vni 9 id 1 00112233445566778899aabbccddeeff
	on 1 ping -q -c1 -W0.1 192.168.4.83 >/dev/null 2>&1
	on 1 vnencap map flush vni 9
	on 1 vnencap key delete vni 9 all
	poll 10 own_come "$(grep -c "^here" "$work/heard")" ||
		die "the container hears no more"
	check_fails "a container hears nothing of the host by the id of it" 1 \
		grep -v "^here\|^listening" "$work/heard"
	stop $listener
	drop_ns 4
}

# Who changes something and wants to be told is told once, though it listens, too.
told_once()
{
	local monitor
	: >"$work/heard"
	start 1 vnencap monitor >>"$work/heard"
	monitor=$!
	poll 10 host_hears || die "the monitor hears nothing"
	check_that "a mapping is made, with an echo" \
		"$(on 1 ask 4 0x408 0 1:9 2:0x0100000a 5:0x0200000a)" = 0
	check "and others hear of it" poll 5 heard "vni 9 10.0.0.1/32"
	check_that "once" "$(grep -c "vni 9 10.0.0.1/32" "$work/heard")" -eq 1
	on 1 vnencap map flush vni 9
	stop $monitor
}

host_hears()
{
	on 1 vnencap map replace vni 8 10.6.0.7 via 10.9.9.9
	heard 10.6.0.7
}

listeners()
{
	hosts_on_veth
	overlay_up
	listens_for_itself
	new_ns 4 container
	listens_to_all
	told_once
	drop_all_ns
}

# --- what a tenant leaves on a packet ----------------------------------------

give_to_tenant()
{
	make_tenant
	on 1 ip link set vn0 netns "${ns[4]}" || die "vn0 does not move"
	tenant ip link set lo up
	tenant ip addr add "${vn[1]}/24" dev vn0
	tenant ip link set vn0 up
	poll 10 reaches || die "the tenant's packets are not answered"
}

reaches()
{
	tenant ping -q -c1 -W1 "${vn[2]}"
}

# What an IFB gives back goes by without the actions of filters: those of the tenant's
# device are meant, not the host's. The mark makes the tenant's pass the packet on
# without an action.
by_ifb()
{
	if ! tenant ip link add ifb9 type ifb 2>/dev/null; then
		skip "by an IFB" "this kernel has none"
		return
	fi
	tenant ip link set ifb9 up
	tenant tc qdisc add dev ifb9 clsact
	tenant tc filter add dev ifb9 egress matchall action skbedit mark 1
	tenant tc qdisc add dev vn0 clsact
	tenant tc filter add dev vn0 egress protocol ip pref 1 u32 \
		match mark 1 0xffffffff flowid 1:1
	tenant tc filter add dev vn0 egress protocol ip pref 2 matchall \
		action mirred egress redirect dev ifb9 || die "no mirred"
	check "a tenant's packets may go by an IFB" poll 5 reaches
	on 1 tc qdisc add dev "${dev[1]}" clsact
	on 1 tc filter add dev "${dev[1]}" egress protocol ip flower \
		ip_proto tcp dst_port "$port" action drop || die "no flower"
	check_fails "they do not pass by the host's filters so" 1 reaches
	tenant tc qdisc del dev vn0 clsact
	check_fails "nor do others" 1 reaches
	on 1 tc qdisc del dev "${dev[1]}" clsact
	check "without the filter they are sent" poll 5 reaches
	tenant ip link del ifb9
}

# How many packets host 1 has sent by the queues of "many" from the third on
by_others()
{
	on 1 tc -s -j qdisc show dev many |
		jq '[.[] | select((.parent // "") | test(":[3-8]$")) | .packets] | add // 0'
}

# A tunnel of the tenant's has two queues: the kernel remembers with each socket by which
# it has sent. The host's NIC has eight.
remembered_queues()
{
	local before
	if ! tenant ip link add tun9 numtxqueues 2 type gre \
		local "${vn[1]}" remote "${vn[2]}" 2>/dev/null; then
		skip "a tenant's tunnel with queues" "this kernel has no GRE"
		return
	fi
	tenant ip addr add 192.168.77.1/24 dev tun9
	tenant ip link set tun9 up
	before=$(by_others)
	# shellcheck disable=SC2016 # for the tenant's shell
	tenant bash -c '
		for fd in {10..25}; do
			eval "exec $fd<>/dev/udp/192.168.77.2/5003"
			echo one >&$fd
		done' || die "the tenant's sockets do not send"
	check_that "a tenant does not choose by which of the host's queues it sends" \
		$(($(by_others) - before)) -gt 0
	tenant ip link del tun9
}

# Host 1 and 2 on a wire with eight queues
queues()
{
	local i
	hosts_on_veth
	ip -n "${ns[1]}" link add many numtxqueues 8 numrxqueues 8 type veth \
		peer name many netns "${ns[2]}" || die "cannot make veth"
	for i in 1 2; do
		on $i ip addr add "10.0.8.$i/24" dev many
		on $i ip link set many up
	done
	on 1 tc qdisc replace dev many root handle 8: mq || die "no mq"
	dev=('' many many) sub=('' 10.0.8.1 10.0.8.2)
	overlay_up 4
	give_to_tenant
	remembered_queues
	drop_all_ns
}

# What the tenant's tc redirects to its device passes over no program of XDP but its own.
by_redirect()
{
	local xdp
	tenant ip link add dummy9 type dummy
	tenant ip link set dummy9 up
	tenant tc qdisc add dev dummy9 clsact
	tenant tc filter add dev dummy9 egress matchall \
		action mirred egress redirect dev vn0 || die "no mirred"
	tenant ip route add "${vn[2]}/32" dev dummy9 src "${vn[1]}"
	check "a tenant's packets may be redirected to the device" poll 5 reaches
	: >"$work/xdp"
	start 2 xdp "${dev[2]}" drop >"$work/xdp"
	xdp=$!
	if poll 10 grep -q attached "$work/xdp"; then
		check_fails "they do not pass by XDP at the next host so" 1 reaches
	else
		skip "they do not pass by XDP at the next host so" "no XDP here"
	fi
	stop $xdp
	tenant ip link del dummy9
	check "without the program they are taken" poll 5 reaches
}

# came_back WORD...: lines of what stamp prints that have host 1's substrate address
came_back()
{
	"$@" | grep -c "$(hex_address "${sub[1]}")"
}

# stamp_sent WHO...: by a connection to host 2, with packets on their way for a while
stamp_sent()
{
	local receiver
	start 2 socat -u TCP-LISTEN:5001,reuseaddr STDOUT >/dev/null
	receiver=$!
	poll 10 listening 2 5001 || die "nobody listens"
	came_back "$@" stamp sent "${vn[2]}" 5001
	stop $receiver
}

# A socket asks for the time of sending when TCP has sent the packet already, and a
# qdisc of the host still has it.
asks_late()
{
	on 1 tc qdisc add dev "${dev[1]}" root netem delay 300ms || die "no netem"
	check_that "$1, a socket that asks late $2" "$(stamp_sent "${@:4}")" -eq "$3"
	on 1 tc qdisc del dev "${dev[1]}" root
}

# Whatever the tenant does to its device and its namespace, the host's words mean it.
moves_on()
{
	local holder
	tenant ip link set vn0 down
	tenant ip link set vn0 name wire
	tenant ip link property add dev wire altname vn0 2>/dev/null
	tenant ip link set wire mtu 1300 txqueuelen 7 gso_max_segs 3 gso_max_size 9000
	tenant ip link set wire up
	check "a tenant's device is known by link and VNI, whatever its name" \
		on 1 vnencap dev set link "${dev[1]}" vni 1 ttl 9
	check "a tenant's changes let it work" poll 5 reaches
	check_fails "its other name means nothing here" 2 \
		on 1 vnencap dev set vn0 ttl 10
	nsenter --target "$tenant_pid" --user --net unshare --net sleep infinity &
	holder=$!
	poll 10 in_another_net $holder || die "no namespace"
	check "a tenant moves it on, to a namespace of its own" \
		tenant ip link set wire netns $holder
	check "there, too, it is set from home" \
		on 1 vnencap dev set link "${dev[1]}" vni 1 ttl 11
	stop $holder
	check "it goes with that namespace, and its VNI is to be had again" \
		poll 10 on 1 ip link add link "${dev[1]}" name vn0 type vnencap vni 1
}

# in_another_net PID: neither the tenant's namespace nor ours
in_another_net()
{
	local net
	net=$(readlink "/proc/$1/ns/net")
	[[ $net != "$(readlink "/proc/$tenant_pid/ns/net")" &&
	   $net != "$(readlink /proc/self/ns/net)" ]]
}

tenants()
{
	local i
	hosts_on_veth
	for i in 1 2; do
		# one segment, that TCP and the device have in common
		on $i ip link set wire mtu 3000
	done
	overlay_up mtu 1500
	asks_late "where the lower device is" "sees its packets" 1 on 1
	give_to_tenant
	asks_late "in a tenant's namespace" "does not" 0 tenant
	by_ifb
	by_redirect
	moves_on
	drop_all_ns
}

# --- ids ----------------------------------------------------------------------

# ids_seen: of the frames of VNI 1 in the capture, in order
ids_seen()
{
	sed -n 's/.* ack \([0-9]*\),.*/\1/p' "$work/captured"
}

two_seen()
{
	[[ $(ids_seen | wc -l) -ge 2 ]]
}

# From the ids of a device's frames a peer must not learn how much others send.
ids()
{
	local tracer i first second possible
	hosts_on_veth
	overlay_up 4
	for i in 1 2; do
		on $i ip link add link wire name vn2 type vnencap vni 2
		on $i ip addr add "192.168.5.$i/24" dev vn2
		on $i ip link set vn2 up
		printf 'vni 2 192.168.5.%s via %s\n' 1 "${sub[1]}" 2 "${sub[2]}" |
			on $i vnencap map load -
	done
	# of pings of VNI 1 alone, by their length
	start 2 tcpdump -nn -S -l -i wire -Q in \
		"tcp dst port $port and len > 700 and len < 900" \
		>"$work/captured" 2>"$work/tcpdump"
	tracer=$!
	poll 10 grep -q listening "$work/tcpdump" || die "no capture"
	on 1 taskset -c 0 ping -q -c1 -W1 -s 700 "${vn[2]}" >/dev/null
	on 1 taskset -c 0 ping -q -c50 -i0.01 -W1 192.168.5.2 >/dev/null
	on 1 taskset -c 0 ping -q -c1 -W1 -s 700 "${vn[2]}" >/dev/null
	poll 10 two_seen || die "no frames are seen"
	stop $tracer
	first=$(ids_seen | sed -n 1p) second=$(ids_seen | sed -n 2p)
	possible=$(sed 's/.*-//' /sys/devices/system/cpu/possible)
	check_that "ids of a device's frames do not tell of another's" \
		$(((second - first) & 0xffffffff)) -le $((4 * (possible + 1)))
	drop_all_ns
}

# --- names --------------------------------------------------------------------

names()
{
	hosts_on_veth
	overlay_up
	on 1 ip link property add dev vn0 altname other0 || die "no altname"
	check "a device has another name" on 1 vnencap dev set other0 ttl 33
	check_that "it is set by it" \
		"$(on 1 vnencap -j dev show other0 | jq '.[0].ttl')" -eq 33
	new_ns 4 container
	on 1 ip link set vn0 netns "${ns[4]}"
	check_fails "elsewhere it means none" 2 on 1 vnencap dev set other0 ttl 34
	check "but with its namespace" \
		on 1 vnencap dev set other0 netns "${ns[4]}" ttl 35
	drop_all_ns
}

# --- several next hops --------------------------------------------------------

loops=('' 10.9.9.1 10.9.9.2)
loops6=('' fd00:9::1 fd00:9::2)

second_wire()
{
	local i
	ip -n "${ns[1]}" link add wire2 type veth peer name wire2 \
		netns "${ns[2]}" || die "cannot make veth"
	for i in 1 2; do
		on $i ip addr add "10.0.1.$i/24" dev wire2
		on $i ip addr add "fd00:11::$i/64" dev wire2 nodad
		on $i ip link set wire2 up
		# whoever sends by an address of lo asks for neighbours from there
		on $i ip addr add "fe80::$i/64" dev wire nodad
		on $i ip addr add "fe80::$i/64" dev wire2 nodad
	done
}

# Two ways to the other host's address, which is at no wire; the device has none, too.
two_ways()
{
	local i j
	second_wire
	for i in 1 2; do
		j=$((3 - i))
		on $i ip addr add "${loops[i]}/32" dev lo
		on $i ip addr add "${loops6[i]}/128" dev lo nodad
		on $i ip route add "${loops[j]}/32" src "${loops[i]}" \
			nexthop via "${sub[j]}" nexthop via "10.0.1.$j" ||
			die "no route by two ways"
		on $i ip -6 route add "${loops6[j]}/128" src "${loops6[i]}" \
			nexthop via "${sub6[j]}" nexthop via "fd00:11::$j"
		on $i sysctl -qw net.ipv4.fib_multipath_hash_policy=1 \
			net.ipv6.fib_multipath_hash_policy=1
		on $i ip link add vn0 type vnencap vni 1 local "${loops[i]}" ||
			die "cannot make vn0"
		on $i vnencap dev set vn0 local "${loops6[i]}"
		on $i ip addr add "${vn[i]}/24" dev vn0
		on $i ip addr add "${vn6[i]}/64" dev vn0 nodad
		on $i ip link set vn0 up
	done
	# Without IPV6_ROUTER_PREF a next hop that nobody has asked for is never chosen.
	for i in "${sub6[2]}" fd00:11::2; do
		poll 10 on 1 ping -6 -q -c1 -W1 "$i" || die "no neighbour $i"
	done
}

sent_by()
{
	on 1 cat "/sys/class/net/$1/statistics/tx_packets"
}

# Flows are many, and all of one CPU.
shared_out()
{
	local name=$1 one two server
	start 2 udp serve 5003
	server=$!
	poll 10 udp_bound 2 5003
	one=$(sent_by wire) two=$(sent_by wire2)
	for _ in {1..16}; do
		on 1 timeout "$(patience 5)" taskset -c 0 \
			udp echo "${vn[2]}" 5003 10 20 30 40 >/dev/null
	done
	one=$(($(sent_by wire) - one)) two=$(($(sent_by wire2) - two))
	stop $server
	remark "$name: $one packets by one wire, $two by the other"
	check_that "$name: each of two next hops has a share of the flows" \
		$((one < two ? one : two)) -ge 8
}

several()
{
	hosts_on_veth
	two_ways
	via=("${loops[@]}")
	overlay_map 1 && overlay_map 2
	poll 10 on 1 ping -q -c1 -W1 "${vn[2]}" || die "the overlay does not work"
	shared_out "over IPv4"
	via=("${loops6[@]}")
	overlay_map 1 && overlay_map 2
	poll 10 on 1 ping -q -c1 -W1 "${vn[2]}" || die "the overlay does not work"
	shared_out "over IPv6"
	drop_all_ns
}

# --- another way, by OUTPUT ----------------------------------------------------

# A mark that OUTPUT puts on frames has them routed anew, by what takes shorter
# segments: a router's word, which is this host's own, shortens them.
rerouted_by()
{
	local before words=ip name="over IPv$1, frames that OUTPUT marks" far=10.0.1.2
	[[ $1 -eq 4 ]] || words=ip6 far=fd00:11::2
	overlay_over "$1"
	on 1 ip "-$1" route add default via $far dev wire2 table 100
	on 1 ip "-$1" rule add pref 100 fwmark 7 lookup 100
	on 1 nft -f - <<-EOF || die "no nft"
		table $words way {
			chain out {
				type route hook output priority mangle;
				tcp dport $port meta mark set 7
			}
		}
	EOF
	before=$(sent_by wire)
	check "$name are routed by that" transfer 1 2 "${vn[2]}"
	check_that "$name: by the other wire" $(($(sent_by wire) - before)) -le 20
	on 1 nft delete table $words way
	check "$name: and without the mark by their own" transfer 1 2 "${vn[2]}"
	on 1 ip "-$1" rule del pref 100
}

rerouted()
{
	hosts_on_veth
	second_wire
	overlay_up 4
	make_file 2
	on 1 ip link set wire2 mtu 1300
	on 2 ip link set wire2 mtu 1300
	rerouted_by 4
	[[ -z $has_ipv6 ]] || rerouted_by 6
	drop_all_ns
}

modprobe -q ifb numifbs=0
listeners
tenants
ids
names
several
rerouted
queues
