#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Any way in: a lower device that is another's port or has others on it, one that
# the device shares the packets of, and no lower device at all: by any NIC, by a
# route that changes, out of another tunnel.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# What is made of host 2's wire, by beside_KIND; and who then takes its packets, as
# an error calls that
beside=(
	"bridge|br0 (bridge)|a bridge"
	"bond|bond9 (bond)|a bond"
	"ovs|switch9 (openvswitch)|a bridge of Open vSwitch"
	"macvlan|above (macvlan)|a macvlan device"
	"ipvlan_l2|above (ipvlan)|an ipvlan device"
	"ipvlan_l3|above (ipvlan)|an ipvlan device"
)

# make_vn N WORD...: vn0 of host N, made of these words of ip link add
make_vn()
{
	local n=$1
	shift
	on "$n" ip link add name vn0 "$@" 2>"$work/said" || return
	on "$n" ip addr add "${vn[n]}/24" dev vn0
	on "$n" ip addr add "${vn6[n]}/64" dev vn0 nodad 2>/dev/null
	on "$n" ip link set vn0 up
	overlay_map "$n"
}

drop_vn()
{
	local i
	for i in 1 2; do on $i ip link del vn0; done
}

# input N: the way that vn0 receives by, as both programs show it
input()
{
	local ip vnencap
	ip=$(on "$1" ip -d -j link show vn0 |
		jq -r '.[0].linkinfo.info_data.input')
	vnencap=$(on "$1" vnencap -j dev show vn0 | jq -r '.[0].input')
	[[ $ip == "$vnencap" ]] && echo "$ip"
}

receives_by()
{
	[[ $(input "$1") == "$2" ]]
}

warned()
{
	grep -q "Warning.*$1" "$work/said"
}

# whole NAME: what host 2 has received since mark came whole. A host that gets no
# CPU loses segments, whichever way they come: some frames may lack one.
whole()
{
	local errors
	errors=$({ errors_since 1; errors_since 2; } |
		grep -vE '^rx_(meta_lost|timeouts)=' | xargs)
	check_that "$1: nothing is refused" "${errors:-none}" = none
	check_that "$1: frames arrive" "$(since 2 rx_frames_whole)" -gt 0
	check_that "$1: hardly any in part" \
		$((10 * $(since 2 rx_frames_partial))) -le \
		"$(since 2 rx_frames_whole)"
}

# carries NAME: the overlay does, both ways
carries()
{
	check "$1: a ping" poll 10 on 1 ping -q -c1 -W1 "${vn[2]}" || return
	mark
	check "$1: a file arrives" transfer 1 2 "${vn[2]}"
	check "$1: and one by IPv6" transfer 2 1 "${vn6[1]}"
	whole "$1"
}

# over_both NAME: over the substrate's two families
over_both()
{
	overlay_over 4
	carries "$1"
	[[ -n $has_ipv6 ]] || return 0
	overlay_over 6
	carries "$1, over IPv6"
	overlay_over 4
}

# move_addresses N DEV: what address_host gave goes there
move_addresses()
{
	on "$1" ip addr flush dev "${dev[$1]}"
	dev[$1]=$2
	address_host "$1"
}

hosts()
{
	hosts_on_veth
	via=("${sub[@]}")
}

# ---- Beside another who takes the lower device's packets ----

beside_bridge()
{
	on 2 ip link add br0 type bridge
	on 2 ip link set wire master br0
	move_addresses 2 br0
}

beside_bond()
{
	on 2 ip link add bond9 type bond mode active-backup miimon 100
	on 2 ip link set wire down
	on 2 ip link set wire master bond9
	move_addresses 2 bond9
}

has_ovs()
{
	[[ -x taken/ovs-dpctl ]] && modprobe openvswitch 2>/dev/null
}

# Its datapath alone, told to hand everything from one port to the other
beside_ovs()
{
	local program=taken/ovs-dpctl port type
	on 2 $program add-dp switch9
	on 2 $program add-if switch9 wire
	on 2 ip link set switch9 up
	for port in 0 1; do
		for type in "0806),arp(" "0800),ipv4(frag=no" "86dd),ipv6(frag=no"; do
			on 2 $program add-flow switch9 \
				"recirc_id(0),in_port($port),eth(),eth_type(0x$type)" \
				$((1 - port))
		done
	done
	move_addresses 2 switch9
}

beside_macvlan()
{
	on 2 ip link add link wire name above up type macvlan mode bridge
}

beside_ipvlan_l2()
{
	on 2 ip link add link wire name above up type ipvlan mode l2
}

beside_ipvlan_l3()
{
	on 2 ip link add link wire name above up type ipvlan mode l3
}

each_beside()
{
	local row kind holder words
	for row in "${beside[@]}"; do
		IFS='|' read -r kind holder words <<<"$row"
		[[ $(uname -r) != 6.1.* ]] || holder=$words
		if [[ $kind == ovs ]] && ! has_ovs; then
			skip "$kind: a device beside it" "no Open vSwitch here"
			continue
		fi
		hosts
		"beside_$kind" || die "cannot make: $kind"
		hosts_reach
		check "$kind: a device beside it" \
			make_vn 2 link wire type vnencap
		check "$kind: with a warning that names it" \
			warned "in use by $holder"
		check "$kind: it receives from the stack" receives_by 2 stack
		check "$kind: as text has it, too" grep -q "input stack" \
			<(on 2 vnencap dev show vn0)
		make_vn 1 link wire type vnencap || die "no vn0"
		check "$kind: the other host's is fast" receives_by 1 fast
		over_both "$kind"
		drop_all_ns
	done
}

# Those that let nobody take their packets
on_vrf()
{
	hosts
	on 2 ip link add red type vrf table 10
	on 2 ip link set red up
	on 2 ip link set wire master red
	address_host 2
	check "a VRF: a device on it" make_vn 2 link red type vnencap
	check "a VRF: with a warning" warned "takes none"
	check "a VRF: it receives from the stack" receives_by 2 stack
	check_that "a VRF: its MTU is not the VRF's" \
		"$(on 2 cat /sys/class/net/vn0/mtu)" -eq 1500
	make_vn 1 link wire type vnencap || die "no vn0"
	over_both "a VRF"
	drop_all_ns
}

on_ipvlan()
{
	hosts
	on 2 ip link add link wire name above type ipvlan mode l2
	move_addresses 2 above
	check "an ipvlan device: a device on it" \
		make_vn 2 link above type vnencap
	check "an ipvlan device: with a warning" warned "takes none"
	make_vn 1 link wire type vnencap || die "no vn0"
	over_both "an ipvlan device"
	drop_all_ns
}

# ---- Taking turns ----

bridge_takes()
{
	check "a bridge may take the lower device" \
		on 2 ip link set wire master br0
	check "which is heard" poll 5 grep -q "dev vn0 .*input stack" \
		"$work/events"
	check "and receives from the stack then" receives_by 2 stack
	move_addresses 2 br0
	carries "a bridge took it"
	on 2 ip link set wire nomaster
	check "when the bridge is gone, it is fast again" \
		poll 5 receives_by 2 fast
	on 2 ip link del br0
	move_addresses 2 wire
	carries "the bridge is gone"
}

busy()
{
	! on 2 ip link add link wire name above type macvlan 2>"$work/said" &&
		grep -qi "busy" "$work/said"
}

macvlan_takes()
{
	check "a macvlan device is refused" busy
	on 2 vnencap dev set vn0 nofastpath
	check "but not with nofastpath" receives_by 2 stack
	check "and then it is made" \
		on 2 ip link add link wire name above up type macvlan
	carries "nofastpath, and a macvlan device"
	on 2 ip link set vn0 type vnencap fastpath 2>"$work/said"
	check "fastpath beside it is only a wish" warned "in use by"
	check "and changes nothing" receives_by 2 stack
	on 2 ip link del above
	check "that comes true when it goes" poll 5 receives_by 2 fast
	carries "the macvlan device is gone"
}

turns()
{
	local monitor
	hosts
	make_vn 1 link wire type vnencap || die "no vn0"
	make_vn 2 link wire type vnencap || die "no vn0"
	check "alone it is fast" receives_by 2 fast
	start 2 vnencap monitor config >"$work/events"
	monitor=$!
	on 2 ip link add br0 type bridge
	bridge_takes
	macvlan_takes
	stop $monitor
	drop_all_ns
}

# ---- Without a lower device ----

# free N WORD...: vn0 of host N, without
free()
{
	local n=$1
	shift
	make_vn "$n" type vnencap vni 1 local "${sub[n]}" \
		${has_ipv6:+local "${sub6[n]}"} "$@"
}

free_everywhere()
{
	local kind
	for kind in nic vlan macvlan bridge; do
		hosts
		case $kind in
		vlan)
			for i in 1 2; do
				on $i ip link add link wire name low type vlan \
					id 7
				move_addresses $i low
			done ;;
		macvlan)
			on 2 ip link add link wire name low type macvlan \
				mode bridge
			move_addresses 2 low ;;
		bridge)	beside_bridge ;;
		esac
		hosts_reach
		for i in 1 2; do
			check "without, $kind: a device at host $i" free $i
		done
		check "without, $kind: it receives from the stack" \
			receives_by 2 stack
		over_both "without, $kind"
		drop_all_ns
	done
}

shown_without()
{
	hosts
	free 1
	check_that "what has no lower device shows none" \
		"$(on 1 vnencap -j dev show vn0 | jq -r '.[0].link')" = null
	check_that "nor does ip" \
		"$(on 1 ip -j link show vn0 | jq -r '.[0].link')" = null
	check_that "it has Ethernet's MTU" \
		"$(on 1 cat /sys/class/net/vn0/mtu)" -eq 1500
	refused "another cannot have its VNI" "VNI is in use" \
		ip link add vn1 type vnencap vni 1 local "${sub[1]}"
	check "one on a lower device can" \
		on 1 ip link add link wire name vn1 type vnencap vni 1
	on 1 ip link del vn1
	refused "none is made without an address" "local address is required" \
		ip link add vn1 type vnencap vni 5
	refused "it cannot be taken away" "local address is required" \
		ip link set vn0 type vnencap local any
	refused "nor by vnencap" "local address is required" \
		vnencap dev set vn0 local any
	check "but changed" on 1 vnencap dev set vn0 local 10.0.0.77
	check_fails "what is not the host's own sends nothing" 1 \
		on 1 ping -q -c1 -W1 "${vn[2]}"
	check_that "and is counted" "$(counter 1 tx_no_route)" -gt 0
	drop_all_ns
}

# refused NAME PATTERN COMMAND...
refused()
{
	local name=$1 pattern=$2
	shift 2
	if ! on 1 "$@" 2>"$work/said" && grep -q "$pattern" "$work/said"; then
		ok "$name"
	else
		not_ok "$name" "$*" "$(<"$work/said")"
	fi
}

# Two wires; the hosts' addresses are on neither
two_wires()
{
	local i w
	hosts_on_veth
	ip -n "${ns[1]}" link add spare type veth \
		peer name spare netns "${ns[2]}"
	for i in 1 2; do
		on $i ethtool -K spare gro on
		on $i sysctl -qw net.ipv4.conf.all.rp_filter=0
		on $i ip addr flush dev wire
		on $i ip addr add "${sub[i]}/32" dev lo
		on $i ip -6 addr add "${sub6[i]}/128" dev lo nodad
		for w in wire spare; do
			on $i ip link set $w up
			on $i ip addr add "169.254.${#w}.$i/24" dev $w
			on $i ip -6 addr add "fe80::$i/64" dev $w nodad
		done
	done
	route_by wire
	hosts_reach
}

# route_by WIRE: both hosts' way to the other
route_by()
{
	local i w=$1
	for i in 1 2; do
		on $i ip route replace "${sub[3 - i]}/32" \
			via "169.254.${#w}.$((3 - i))" dev "$w" src "${sub[i]}"
		on $i ip -6 route replace "${sub6[3 - i]}/128" \
			via "fe80::$((3 - i))" dev "$w" src "${sub6[i]}"
	done
}

sent_by()
{
	on 1 cat "/sys/class/net/$1/statistics/tx_bytes"
}

changing()
{
	until [[ -e $work/enough ]]; do
		route_by spare
		route_by wire
	done
}

route_changes()
{
	local before changer
	two_wires
	{ free 1 && free 2; } || die "no vn0"
	over_both "two wires"
	before=$(sent_by spare)
	route_by spare
	over_both "by the other one"
	check_that "it goes there indeed" "$(sent_by spare)" -gt \
		$((before + 1000000))
	rm -f "$work/enough"
	changing &
	changer=$!
	check "a file arrives while the route changes" transfer 1 2 "${vn[2]}"
	check "and by IPv6" transfer 2 1 "${vn6[1]}"
	touch "$work/enough"
	wait $changer
	route_by spare
	on 1 ip link del spare
	route_by wire 2>/dev/null
	carries "a wire is gone"
	drop_all_ns
}

# out_of KIND FAMILY OPTION...: the substrate is a tunnel between the hosts
out_of()
{
	local i kind=$1 family=$2 from=("${sub[@]}")
	shift 2
	[[ $kind != ip6* ]] || from=("${sub6[@]}")
	hosts
	for i in 1 2; do
		on $i ip link add tun type "$kind" local "${from[i]}" \
			remote "${from[3 - i]}" "$@" || die "no $kind"
		on $i ip link set tun up
		on $i ip addr add "10.8.0.$i/24" dev tun
		on $i ip -6 addr add "fd08::$i/64" dev tun nodad
		make_vn $i type vnencap vni 1 local "10.8.0.$i" \
			local "fd08::$i" || die "no vn0"
	done
	via=(- 10.8.0.1 10.8.0.2)
	[[ $family -eq 4 ]] || via=(- fd08::1 fd08::2)
	overlay_map 1
	overlay_map 2
	carries "out of $kind, by IPv$family"
	drop_all_ns
}

# mac_of HOST: of its wire
mac_of()
{
	on "$1" cat /sys/class/net/wire/address
}

# by_macsec N, by_wireguard N: tun of host N, whose packets the wire carries encrypted;
# keys of no worth
by_macsec()
{
	local i=$1 peer
	peer=$(mac_of $((3 - i)))
	on "$i" ip link add link wire name tun type macsec encrypt on || return
	on "$i" ip -force -batch - <<-END
		macsec add tun tx sa 0 pn 1 on key 0$i 0000000000000000000000000000000$i
		macsec add tun rx port 1 address $peer
		macsec add tun rx port 1 address $peer sa 0 pn 1 on key 0$((3 - i)) 0000000000000000000000000000000$((3 - i))
	END
}

by_wireguard()
{
	local i=$1 peer=$((3 - $1))
	on "$i" ip link add tun type wireguard || return
	wg genkey >"$work/private$i"
	on "$i" wg set tun listen-port 51820 private-key "$work/private$i"
	[[ -e $work/private$peer ]] || return 0
	for i in 1 2; do
		peer=$((3 - i))
		on $i wg set tun peer "$(wg pubkey <"$work/private$peer")" \
			allowed-ips "10.8.0.$peer/32,fd08::$peer/128" \
			endpoint "${sub[peer]}:51820"
	done
}

# out_of_encrypted WHAT KIND WORD...: with devices on it (link tun), or without a lower
# one
out_of_encrypted()
{
	local i name="out of $1, $2"
	hosts
	rm -f "$work"/private*
	for i in 1 2; do
		"by_$1" $i 2>/dev/null || {
			skip "$name" "this kernel has no $1"
			drop_all_ns
			return
		}
		on $i ip addr add "10.8.0.$i/24" dev tun
		on $i ip -6 addr add "fd08::$i/64" dev tun nodad
		on $i ip link set tun up
	done
	for i in 1 2; do
		make_vn $i "${@:3}" type vnencap vni 1 local "10.8.0.$i" \
			local "fd08::$i" || die "no vn0"
	done
	via=(- 10.8.0.1 10.8.0.2)
	overlay_map 1
	overlay_map 2
	carries "$name"
	via=(- fd08::1 fd08::2)
	overlay_map 1
	overlay_map 2
	carries "$name, by IPv6"
	drop_all_ns
}

# A route that leads into the device itself, or into a tunnel on it
loops()
{
	hosts
	{ free 1 && free 2; } || die "no vn0"
	carries "before a loop"
	on 1 ip route add "${sub[2]}/32" dev vn0
	mark
	check_fails "routed to itself, nothing goes" 1 \
		on 1 ping -q -c2 -i0.1 -W1 "${vn[2]}"
	check_that "it is no way" "$(since 1 tx_no_route)" -gt 0
	on 1 ip link add vx0 type vxlan id 5 local "${vn[1]}" \
		remote "${vn[2]}" dstport 4789
	on 1 ip link set vx0 up
	on 1 ip route replace "${sub[2]}/32" dev vx0
	on 1 ip neigh replace "${sub[2]}" lladdr 02:00:00:00:00:09 dev vx0
	mark
	check_fails "routed to a tunnel on it, nothing goes" 1 \
		on 1 ping -q -c2 -i0.1 -W1 "${vn[2]}"
	check_that "and the loop is counted" "$(since 1 tx_loop)" -gt 0
	on 1 ip route del "${sub[2]}/32"
	carries "after a loop"
	drop_all_ns
}

no_device()
{
	[[ -z $(on "$1" ip -j link show type vnencap | jq -r '.[]?.ifname // empty') ]]
}

# The substrate's namespace goes, and with it a device elsewhere.
namespace_goes()
{
	hosts
	new_ns 3
	{ free 1 && free 2; } || die "no vn0"
	on 1 ip link set vn0 netns "${ns[3]}" || die "cannot move vn0"
	on 3 ip addr add "${vn[1]}/24" dev vn0
	on 3 ip link set vn0 up
	check "in another namespace it works" \
		poll 10 on 3 ping -q -c1 -W1 "${vn[2]}"
	drop_ns 1
	check "it goes with the substrate's namespace" poll 20 no_device 3
	on 2 ip link set vn0 netns "${ns[3]}"
	drop_ns 3
	check "and with its own" poll 20 on 2 ip link add vn0 type vnencap \
		vni 1 local "${sub[2]}"
	drop_all_ns
}

make_file "$(scaled 2 1)"
each_beside
on_vrf
on_ipvlan
turns
shown_without
free_everywhere
route_changes
out_of gre 4
out_of gre 6
out_of ipip 4
out_of ip6gre 6
out_of ip6gre 4
for kind in macsec wireguard; do
	out_of_encrypted $kind "devices on it" link tun
	out_of_encrypted $kind "without a lower device"
done
loops
namespace_goes
