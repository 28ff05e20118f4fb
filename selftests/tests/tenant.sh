#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A tenant is kept out: a device in a network namespace that belongs to a user
# namespace works there, and root of that namespace learns nothing of the
# substrate and changes nothing of it.
#
# Number 4 is the tenant's namespace on host 1. The tenant has VNI 42; VNI 43 is
# somebody else's.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tenant.sh
. "$selftests/tests/lib/tenant.sh"

own=('' 192.168.42.1 192.168.42.2)	# of VNI 42: the tenant, host 2
other=('' 192.168.43.1 192.168.43.2)	# of VNI 43: host 1, host 2

v1()
{
	on 1 vnencap "$@"
}

# says_why PATTERN COMMAND...: it fails, with these words
says_why()
{
	local said
	! said=$("${@:2}" 2>&1) && grep -q -- "$1" <<<"$said"
}

make_devices()
{
	local i vni
	for i in 1 2; do
		for vni in 42 43; do
			on $i ip link add link "${dev[i]}" name vn$vni \
				type vnencap vni $vni local "${sub[i]}" ||
				die "cannot make vn$vni"
		done
		printf 'vni 42 %s via %s\n' "${own[1]}" "${sub[1]}" \
			"${own[2]}" "${sub[2]}" | on $i vnencap map load -
		printf 'vni 43 %s via %s\n' "${other[1]}" "${sub[1]}" \
			"${other[2]}" "${sub[2]}" | on $i vnencap map load -
		on $i ip addr add "${other[i]}/24" dev vn43
		on $i ip link set vn43 up
	done
	on 2 ip addr add "${own[2]}/24" dev vn42
	on 2 ip link set vn42 up
	on 1 ip link set vn42 netns "${ns[4]}" || die "vn42 does not move"
}

works()
{
	tenant ip link set lo up
	check "the tenant gives the device an address" \
		tenant ip addr add "${own[1]}/24" dev vn42
	check "and sets it up" tenant ip link set vn42 up
	check "the tenant's packets are answered" \
		tenant ping -q -c3 -i0.1 -W2 "${own[2]}"
	make_file 4
	check "a file goes out from there" transfer 4 2 "${own[2]}"
	check "a file comes in there" transfer 2 4 "${own[1]}"
	check_that "the tenant reads the device's counters" \
		"$(tenant ethtool -S vn42 | awk '/tx_frames:/ { print $2 }')" \
		-gt 0
	users
}

user_asks()
{
	local server status
	start 2 udp serve 5003
	server=$!
	poll 10 udp_bound 2 5003
	user udp echo "${own[2]}" 5003 100 1000
	status=$?
	stop "$server"
	return $status
}

users()
{
	local before word
	check "a user of the tenant's uses the device by sockets" user_asks
	before=$(settings)
	for word in "ip link set vn42 down" "ip link del vn42" \
		    "ip addr add 192.168.42.9/24 dev vn42" \
		    "vnencap dev set vn42 vni 44" "vnencap map show" \
		    "vnencap map flush all" "vnencap key show" \
		    "vnencap monitor"; do
		# shellcheck disable=SC2086 # words
		check_fails "but cannot $word" 2 user $word
	done
	check "no setting has changed" same "$before" "$(settings)"
}

# --- mappings --------------------------------------------------------------

mappings()
{
	local before
	before=$(v1 map show)
	check "the tenant reads no mapping" same "" "$(tenant vnencap map show)"
	check "nor those of a VNI" same "" "$(tenant vnencap map show vni 42)"
	check_fails "nor the mapping of an address" 2 \
		tenant vnencap map get vni 42 "${own[2]}"
	tenant vnencap map replace vni 42 "${own[2]}" via 10.0.0.66
	check "the tenant changes no mapping" same "$before" "$(v1 map show)"
	tenant vnencap map del vni 42 "${own[1]}"
	check "nor deletes one" same "$before" "$(v1 map show)"
	tenant vnencap map flush all
	check "nor flushes them" same "$before" "$(v1 map show)"
	check "the tenant's packets go where they went" \
		tenant ping -q -c1 -W2 "${own[2]}"
	monitoring
}

heard()
{
	grep -q "$1" "$work/events"
}

heard_own()
{
	tenant vnencap map replace vni 3 "$1" via 10.9.9.9
	heard "$1"
}

# What the tenant does in its own namespace is heard: the monitor works, and has
# come to what was after the substrate's changes.
monitoring()
{
	local monitor
	tenant vnencap monitor >"$work/events" &
	monitor=$!
	check "the tenant hears of what it does itself" poll 10 heard_own 10.6.0.1
	v1 map replace vni 42 192.168.42.77 via 10.0.0.77
	v1 map del vni 42 192.168.42.77
	v1 dev set vn42 netns "${ns[4]}" ttl 77
	v1 dev set vn42 netns "${ns[4]}" ttl auto
	tenant ping -q -c1 -W1 192.168.42.99 >/dev/null
	poll 10 heard_own 10.6.0.2
	check_fails "but of no mapping, device or miss of the substrate" 1 \
		grep -vE '10\.6\.0\.[12]' "$work/events"
	stop $monitor
	tenant vnencap map flush all
}

# --- keys ------------------------------------------------------------------

# Those of the tenant's VNI are changed under its hands, and not by it.
keys()
{
	local i words key=00112233445566778899aabbccddeeff
	for i in 1 2; do
		on $i vnencap key set vni 42 id 7 $key
	done
	check "the tenant's packets are answered with a key" \
		tenant ping -q -c1 -W2 "${own[2]}"
	check "the tenant sees no keys" same "" "$(tenant vnencap key show)"
	check "nor that its VNI has one" same "vni 42 id 0" \
		"$(tenant vnencap key show vni 42)"
	for words in "set vni 42 id 8 ${key//0/1}" "set vni 42 id 0" \
		     "add vni 42 id 9 ${key//0/2}" "use vni 42 id 9" \
		     "delete vni 42 id 7" "delete vni 42 all"; do
		# shellcheck disable=SC2086 # words
		tenant vnencap key $words 2>/dev/null
		check "nor can it $words" same "vni 42 id 7" \
			"$(v1 key show vni 42)"
	done
	check "the tenant's packets are answered all the same" \
		tenant ping -q -c1 -W2 "${own[2]}"
	for i in 1 2; do
		on $i vnencap key delete vni 42 all
	done
}

# --- settings --------------------------------------------------------------

# at home, where all is known
settings()
{
	v1 dev show link "${dev[1]}" vni 42
}

config()
{
	local before word
	before=$(settings)
	check "settings are read where the lower device is" \
		grep -q "vni 42 local ${sub[1]} " <<<"$before"
	check "the tenant sees no settings of the device" same "{}" \
		"$(tenant ip -d -j link show vn42 |
			jq -c '.[0].linkinfo.info_data')"
	check "and no device of the substrate's" same "" \
		"$(tenant vnencap dev show)"
	for word in "vni 43" "vni 44" "local 10.0.0.66" "local any" \
		    "port 7500" "ttl 3" "ttl inherit" "tos 0" "fwmark 1" "fec 5" "fec auto" \
		    "fec-max 9" "fec-ecn on" \
		    nospoofcheck nonotrack nomssclamp nofastpath; do
		# shellcheck disable=SC2086 # words
		check_fails "the tenant cannot set $word by ip" 2 \
			tenant ip link set vn42 type vnencap $word
		# shellcheck disable=SC2086
		check_fails "nor by vnencap" 2 \
			tenant vnencap dev set vn42 $word
	done
	check_fails "nor can root without a user namespace, there" 2 \
		on 4 ip link set vn42 type vnencap vni 44
	check "no setting has changed" same "$before" "$(settings)"
}

# A link is told to those who listen where it is.
announced()
{
	local monitor
	tenant ip -d monitor link >"$work/events" &
	monitor=$!
	poll 10 heard_link || die "ip monitor hears nothing"
	v1 dev set vn42 netns "${ns[4]}" port 7500
	v1 dev set vn42 netns "${ns[4]}" port 7471
	: >"$work/events"
	check "the tenant hears of the device" poll 10 heard_link
	check_fails "but not its settings" 1 \
		grep -E "vni|local|port|${sub[1]//./\\.}" "$work/events"
	stop $monitor
}

heard_link()
{
	tenant ip link set vn42 alias "$SECONDS-$RANDOM"
	heard vn42
}

# --- the substrate's addresses ---------------------------------------------

# Whatever the tenant can ask for
look_around()
{
	tenant ip -d -s addr show
	tenant ip -d -s link show
	tenant ip route show table all
	tenant ip neigh show
	tenant ethtool -i vn42
	tenant ethtool -S vn42
	tenant ss -an
	tenant sh -c 'cat /proc/self/net/dev /proc/self/net/route \
		/proc/self/net/tcp /proc/self/net/fib_trie /proc/self/net/arp'
}

addresses()
{
	local i
	look_around >"$work/seen" 2>/dev/null
	check_that "the tenant sees its own address" \
		"$(grep -c "${own[1]//./\\.}" "$work/seen")" -gt 0
	check_fails "and none of the substrate" 1 \
		grep -E '(^|[^0-9])10\.0\.0\.[12]([^0-9]|$)' "$work/seen"
	capture
	for i in 1 2; do
		before_packet "$i"
	done
}

packets_seen()
{
	[[ $(tcpdump -r "$work/pcap" 2>/dev/null | wc -l) -ge 2 ]]
}

capturing()
{
	grep -q 'listening on' "$work/tcpdump"
}

capture()
{
	local dump i
	start 4 tcpdump -U -ni vn42 -w "$work/pcap" icmp 2>"$work/tcpdump"
	dump=$!
	poll 10 capturing || die "tcpdump does not start"
	tenant ping -q -c1 -W2 "${own[2]}" >/dev/null
	check "a capture on the device has the packets" poll 10 packets_seen
	stop $dump
	for i in 1 2; do
		check_that "and not the address of host $i in the substrate" \
			"$(od -An -v -tx1 "$work/pcap" | tr -d ' \n' |
				grep -c "$(hex_address "${sub[i]}")")" -eq 0
	done
}

# A classifier may look at what is before the packet: there the outer headers
# have been.
before_packet()
{
	local at matched
	tenant tc qdisc add dev vn42 clsact || die "no clsact"
	for ((at = 4; at <= 128; at += 4)); do
		tenant tc filter add dev vn42 ingress protocol ip pref $at \
			u32 match u32 "0x$(hex_address "${sub[$1]}")" \
			0xffffffff at -$at action continue || die "no u32"
	done
	tenant tc filter add dev vn42 ingress protocol ip pref 500 \
		u32 match u32 "0x$(hex_address "${own[2]}")" 0xffffffff at 12 \
		action continue
	tenant ping -q -c2 -i0.1 -W2 "${own[2]}" >/dev/null
	tenant ping -q -c2 -i0.1 -W2 -s 1400 "${own[2]}" >/dev/null
	tenant tc -s filter show dev vn42 ingress >"$work/filters"
	# by their actions: u32 itself counts on some kernels only
	matched=$(grep -cE 'Sent [1-9][0-9]* bytes' "$work/filters")
	check_that "a filter finds host $1 in the packets, not before them" \
		"$matched" -eq 1 || grep -B3 "Sent [1-9]" "$work/filters" >&2
	tenant tc qdisc del dev vn42 clsact
}

# Seconds since host 1 last knew that its neighbour answers
unconfirmed()
{
	on 1 ip -s neigh show "${sub[2]}" dev "${dev[1]}" |
		sed -n 's|.* used [0-9]*/\([0-9]*\)/.*|\1|p'
}

# Who is answered says so to its neighbours' tables (MSG_CONFIRM), as ping does. A
# tenant's word is not to keep a neighbour of the substrate that is gone.
vouches()
{
	local before
	on 1 sysctl -qw "net.ipv4.neigh.${dev[1]}.base_reachable_time_ms=3600000"
	# or else it may be stale by now, and would be asked itself
	on 1 ip neigh change "${sub[2]}" dev "${dev[1]}" nud reachable
	before=$(unconfirmed)
	tenant ping -q -c12 -i0.3 -W2 "${own[2]}" >/dev/null
	check_that "a tenant's packets vouch for no neighbour of the substrate" \
		"$(unconfirmed)" -ge $((before + 2))
}

# --- others' packets -------------------------------------------------------

received()
{
	tenant ip -s -j link show vn42 | jq '.[0].stats64.rx.packets'
}

others()
{
	local before spoofed
	before=$(received)
	check "somebody else's packets go by" \
		on 2 ping -q -c5 -i0.1 -W2 "${other[1]}"
	check_that "the tenant does not receive them" "$(received)" -eq "$before"
	tenant ip addr add "${other[1]}/24" dev vn42
	check "nor where the tenant takes their address" \
		on 2 ping -q -c5 -i0.1 -W2 "${other[1]}"
	check_that "are they received by the tenant" "$(received)" -eq "$before"
	spoofed=$(counter 2 rx_spoofed vn42)
	tenant ping -q -c3 -i0.1 -W1 -I "${other[1]}" "${own[2]}" >/dev/null
	check_that "what the tenant sends from there is dropped" \
		"$(($(counter 2 rx_spoofed vn42) - spoofed))" -eq 3
	tenant ip addr del "${other[1]}/24" dev vn42
	spoof_unmapped
}

spoof_unmapped()
{
	local spoofed
	tenant ip addr add 192.168.42.66/32 dev vn42
	spoofed=$(counter 2 rx_spoofed vn42)
	check_fails "the tenant gets no answer as an address that has no mapping" \
		1 tenant ping -q -c3 -i0.1 -W1 -I 192.168.42.66 "${own[2]}"
	check_that "each such packet is dropped" \
		"$(($(counter 2 rx_spoofed vn42) - spoofed))" -eq 3
	tenant ip addr del 192.168.42.66/32 dev vn42
}

# --- memory ----------------------------------------------------------------

# The memory of frames that wait is the host's.
limits()
{
	local name
	for name in frame_high_thresh frame_peer_thresh; do
		check_fails "the tenant's root cannot raise $name" 1 \
			tenant sysctl -qw "net.vnencap.$name=1000000000"
		check "but can lower it" tenant sysctl -qw "net.vnencap.$name=1000000"
		check "who has rights at the host may raise it there" \
			on 4 sysctl -qw "net.vnencap.$name=1000000000"
	done
	check_fails "nobody has frames wait for hours" 1 \
		on 1 sysctl -qw net.vnencap.frame_time_ms=3600000
	check_fails "or less than no time" 1 \
		on 1 sysctl -qw net.vnencap.frame_time_ms=-1
}

# --- devices of its own ----------------------------------------------------

devices()
{
	local lower nsid before
	check_fails "the tenant makes no device on its device" 2 \
		tenant ip link add link vn42 name vn9 type vnencap
	check_fails "nor on one of the substrate's name" 2 \
		tenant ip link add link if7 name vn9 type vnencap
	lower=$(on 1 cat "/sys/class/net/${dev[1]}/ifindex")
	nsid=$(tenant ip -d -j link show vn42 | jq '.[0].link_netnsid')
	check_that "the substrate has a number for the tenant" "$nsid" -ge 0
	check_fails "the tenant makes no device on the substrate's, by it" 2 \
		tenant ip link add name vn9 link "if$lower" \
		link-netnsid "$nsid" type vnencap vni 44
	check_fails "nor does root without a user namespace" 2 \
		on 4 ip link add name vn9 link "if$lower" \
		link-netnsid "$nsid" type vnencap vni 44
	check "who is told how it is done" says_why '"netns"' \
		on 4 ip link add name vn9 link "if$lower" \
		link-netnsid "$nsid" type vnencap vni 44
	check "but on one of its own" tenant ip link add dummy9 type dummy
	tenant ip addr add 10.0.0.1/24 dev dummy9
	tenant ip link set dummy9 up
	check "as any host" tenant ip link add link dummy9 name vn9 \
		type vnencap vni 43 local 10.0.0.1
	tenant ip addr add "${other[1]}/24" dev vn9
	tenant ip link set vn9 up
	printf 'vni 43 %s via %s\n' "${other[1]}" "${sub[1]}" "${other[2]}" \
		"${sub[2]}" | tenant vnencap map load -
	before=$(counter 2 rx_runs vn43)
	tenant ping -q -c3 -i0.1 -W1 -I vn9 "${other[2]}" >/dev/null
	check_that "that does not reach the substrate" \
		"$(($(counter 2 rx_runs vn43) - before))" -eq 0
	check "what is at home goes on" on 1 ping -q -c1 -W2 "${other[2]}"
	check "the tenant can delete its device" tenant ip link del vn42
	check "which is then gone at home" same "" \
		"$(v1 -j dev show | jq -r '.[].ifname' | grep vn42)"
}

# --- which device is meant -------------------------------------------------

# ttl LINK-AND-VNI...: of the device at home that is on that lower device
ttl_of()
{
	v1 -j dev show link "${dev[1]}" vni "$1" | jq '.[0].ttl'
}

# not_meant NAME WORD...: the words name no device, and change none
not_meant()
{
	local name=$1 before
	shift
	before=$(v1 dev show)
	check_fails "$name" 2 v1 dev set "$@" ttl 99
	check "no device was changed by it" same "$before" "$(v1 dev show)"
}

# A device is known by its name where it is. There the tenant chooses names.
names()
{
	local index
	not_meant "the name of a tenant's device means none" vn42
	check "who is told what does" \
		says_why "by its namespace" v1 dev set vn42 ttl 99
	check "its name in its namespace does" \
		v1 dev set vn42 netns "${ns[4]}" ttl 11
	check_that "that device is set" "$(ttl_of 42)" -eq 11
	check "and so does its lower device and VNI" \
		v1 dev set link "${dev[1]}" vni 42 ttl 12
	check_that "it is the same" "$(ttl_of 42)" -eq 12
	not_meant "another name in that namespace means none" \
		vn43 netns "${ns[4]}"
	not_meant "nor does it in a namespace where there is none" \
		vn42 netns "${ns[2]}"
	not_meant "nor does another VNI" link "${dev[1]}" vni 41
	not_meant "nor another lower device" link lo vni 42
	not_meant "nor a namespace that is none" vn42 netns /proc/self/ns/uts
	tenant ip link set vn42 down
	tenant ip link set vn42 name vn43
	check "where the tenant's device has the host's name" \
		v1 dev set vn43 ttl 13
	check_that "that name means the host's" "$(ttl_of 43)" -eq 13
	check_that "and not the tenant's" "$(ttl_of 42)" -eq 12
	on 1 ip link set vn43 down
	on 1 ip link set vn43 name vn43x
	not_meant "where the host's has another name, it means none" vn43
	on 1 ip link set vn43x name vn43
	on 1 ip link set vn43 up
	tenant ip link set vn43 name vn42
	tenant ip link set vn42 up
	index=$(tenant ip -j link show vn42 | jq '.[0].ifindex')
	check_that "the index of a tenant's device means none" \
		"$(ask_index "$index" | cut -d' ' -f1)" -eq 19
	check_that "but with its namespace" \
		"$(ask_index "$index" 17:"$(nsid_of 42)")" = 0
	v1 dev set link "${dev[1]}" vni 42 ttl auto
	v1 dev set vn43 ttl auto
}

nsid_of()
{
	v1 -j dev show link "${dev[1]}" vni "$1" | jq '.[0].nsid'
}

# ask_index INDEX [ATTRIBUTE]...: dev-get, by the attributes' numbers
ask_index()
{
	on 1 ask 1 0 0 1:"$1" "${@:2}"
}

# Another tenant may have a device of the same name. Nothing names its
# namespace: a process is there.
two_tenants()
{
	local pid index nsid
	on 1 ip link add link "${dev[1]}" name vn44 type vnencap vni 44
	unshare --net sleep infinity &
	pid=$!
	poll 10 in_other_net $pid || die "no second tenant"
	on 1 ip link set vn44 netns $pid
	nsenter --target $pid --net ip link set vn44 name vn42
	nsid=$(nsid_of 44)
	check "a namespace without a name is shown by its id" \
		grep -q "^vn42 nsid $nsid link ${dev[1]} vni 44 " \
		<(v1 dev show)
	check "and one with a name by that" \
		grep -q "^vn42 netns ${ns[4]} link ${dev[1]} vni 42 " \
		<(v1 dev show)
	check_that "its number is the process's" \
		"net:[$(v1 -j dev show link "${dev[1]}" vni 44 |
			jq '.[0].netns_inode')]" = "$(readlink /proc/$pid/ns/net)"
	not_meant "a name that two tenants have means none" vn42
	check "with the namespace's id it does" \
		v1 dev set vn42 nsid "$nsid" ttl 21
	check_that "that device is set" "$(ttl_of 44)" -eq 21
	check "and with a process that is there" \
		v1 dev set vn42 netns $pid ttl 22
	check_that "it is the same" "$(ttl_of 44)" -eq 22
	check_that "and the other tenant's is as it was" "$(ttl_of 42)" -eq 0
	check "an event tells which it was" names_in_events "$nsid"
	removed_from_home $pid "$nsid"
	stop $pid
}

in_other_net()
{
	[[ $(readlink "/proc/$1/ns/net") != $(readlink /proc/self/ns/net) ]]
}

names_in_events()
{
	local monitor
	start 1 vnencap monitor config >"$work/events"
	monitor=$!
	poll 10 heard_set "$1"
	stop $monitor
	heard "^dev vn42 nsid $1 link ${dev[1]} vni 44 "
}

heard_set()
{
	v1 dev set vn42 nsid "$1" ttl "$((1 + RANDOM % 250))"
	heard "^dev vn42"
}

# The substrate's administrator gets the VNI back, who may know no more than it.
removed_from_home()
{
	check_fails "the VNI is taken" 2 \
		on 1 ip link add link "${dev[1]}" name vn9 type vnencap vni 44
	check_fails "the tenant's root removes none by vnencap" 2 \
		nsenter --target "$1" --net vnencap dev delete vn42
	check_fails "nor does home by the name alone" 2 v1 dev delete vn42
	check_that "both are there" "$(nsid_of 44)" -eq "$2"
	check "home removes the device by its VNI" \
		v1 dev delete link "${dev[1]}" vni 44
	check_fails "it is gone" 1 \
		nsenter --target "$1" --net ip link show vn42
	check "the VNI can be had" \
		on 1 ip link add link "${dev[1]}" name vn9 type vnencap vni 44
	check "a device at home is removed by its name" v1 dev delete vn9
	check_that "and no other" "$(v1 -j dev show |
		jq -r '[.[].vni] | sort | join(" ")')" = "42 43"
	check "the first tenant's packets are answered all the while" \
		tenant ping -q -c1 -W2 "${own[2]}"
}

hosts_on_veth
make_tenant
make_devices
works
mappings
keys
config
announced
addresses
others
limits
names
vouches
two_tenants
devices
