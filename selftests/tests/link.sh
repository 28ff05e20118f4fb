#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A vnencap device is a link like any other: ip(8) makes, changes and shows it
# with all of its settings, as vnencap(8) does; each takes effect at once; tc,
# nft and ethtool work on it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# What each of the two says of a device, in JSON
by_ip()
{
	on 1 ip -d -j link show "$1" | jq -c '.[0].linkinfo.info_data'
}

by_vnencap()
{
	on 1 vnencap -j dev show "$1" |
		jq -c '.[0] | del(.ifindex, .ifname, .link)'
}

# --- settings --------------------------------------------------------------

# Words, the member of the JSON object that shows them, and its value
settings=(
	"vni 0|vni|0"
	"vni 16777215|vni|16777215"
	"vni 42|vni|42"
	"local 10.0.0.1|local|\"10.0.0.1\""
	"local fd00::1|local6|\"fd00::1\""
	"local any|local6|null"
	"port 1|port|1"
	"port 65535|port|65535"
	"ttl 1|ttl|1"
	"ttl 255|ttl|255"
	"ttl inherit|ttl_inherit|true"
	"ttl 9|ttl_inherit|null"
	"ttl auto|ttl|0"
	"fwmark 0xfffffffe|fwmark|\"0xfffffffe\""
	"fwmark 7|fwmark|\"0x7\""
	"fwmark 0|fwmark|null"
	"fec 50|fec|50"
	"fec 1|fec|1"
	"fec auto|fec|\"auto\""
	"fec off|fec|0"
	"fec-max 50|fec_max|50"
	"fec-max 1|fec_max|1"
	"fec-max 30|fec_max|30"
	"fec-ecn on|fec_ecn|\"on\""
	"fec-ecn off|fec_ecn|\"off\""
	"fec-ecn auto|fec_ecn|\"auto\""
	"tos 0xfc|tos|\"0xfc\""
	"tos inherit|tos|\"inherit\""
	"tos 0|tos|\"0x00\""
	"nospoofcheck|spoofcheck|false"
	"spoofcheck|spoofcheck|true"
	"nonotrack|notrack|false"
	"notrack|notrack|true"
	"nomssclamp|mssclamp|false"
	"mssclamp|mssclamp|true"
	"nofastpath|fastpath|false"
	"fastpath|fastpath|true"
)

defaults='{"vni":2,"port":7471,"ttl":0,"tos":"0x00","fec":0,"fec_max":30,"fec_ecn":"auto","spoofcheck":true,"notrack":true,"mssclamp":true,"fastpath":true,"input":"fast"}'

make_vn1()
{
	on 1 ip link add link "${dev[1]}" name vn1 type vnencap "$@"
}

# shown NAME DEV MEMBER VALUE: by both, who agree on all
shown()
{
	local told
	mapfile -t told < <({
		on 1 ip -d -j link show "$2"
		on 1 vnencap -j dev show "$2"
	} | jq -sc "(.[0][0].linkinfo.info_data | ., .$3),
		    (.[1][0] | del(.ifindex, .ifname, .link))")
	check_that "$1" "${told[1]-}" = "$4" &&
		check "vnencap shows the same" same "${told[0]}" "${told[2]}"
}

each_setting()
{
	local row words member value i step
	check "a device without settings" make_vn1
	check "has the defaults" same "$defaults" "$(by_ip vn1)"
	check "which vnencap shows, too" same "$defaults" "$(by_vnencap vn1)"
	for row in "${settings[@]}"; do
		IFS='|' read -r words member value <<<"$row"
		# shellcheck disable=SC2086 # words
		check "ip sets $words" on 1 ip link set vn1 type vnencap $words
		shown "and shows it" vn1 "$member" "$value"
	done
	on 1 ip link set vn1 type vnencap vni 2 port 7471
	check "again it is as it was" same "$defaults" "$(by_ip vn1)"
	# of these ways the quick test takes one for every other setting
	step=$(scaled "$(thorough 1 2)" 4)
	for ((i = 0; i < ${#settings[@]}; i += step)); do
		IFS='|' read -r words member value <<<"${settings[i]}"
		# shellcheck disable=SC2086
		check "vnencap sets $words" on 1 vnencap dev set vn1 $words
		shown "ip shows it" vn1 "$member" "$value"
	done
	on 1 ip link del vn1
	for ((i = step > 1; i < ${#settings[@]}; i += step)); do
		IFS='|' read -r words member value <<<"${settings[i]}"
		# shellcheck disable=SC2086
		check "a new device with $words" make_vn1 $words
		shown "has it" vn1 "$member" "$value"
		on 1 ip link del vn1
	done
}

# What is shown as text are words that are taken.
as_text()
{
	local words before shown
	words="vni 77 local 10.0.0.1 local fd00::1 port 7475 ttl 9 tos 0x28 fwmark 0x9 fec auto fec-max 20 fec-ecn on nospoofcheck nonotrack nomssclamp nofastpath"
	# shellcheck disable=SC2086
	check "a device with everything set" make_vn1 $words
	before=$(by_ip vn1)
	shown=$(on 1 ip -d link show vn1 |
		sed -n 's/^ *vnencap \(.* nofastpath\) .*/\1/p')
	check_that "is shown in the same words" "$shown" = "$words"
	check_that "by vnencap, too" "$(on 1 vnencap dev show vn1)" = \
		"vn1 link ${dev[1]} $words"
	on 1 ip link del vn1
	# shellcheck disable=SC2086
	make_vn1 $shown
	check "these make the same device" same "$before" "$(by_ip vn1)"
	check "the help has all of them" all_in_help "$words"
	on 1 ip link del vn1
}

all_in_help()
{
	local word help
	help=$(ip link help vnencap 2>&1)
	for word in $(tr ' ' '\n' <<<"$1" | grep '^[a-z]*$'); do
		grep -qF "${word#no}" <<<"$help" || return 1
	done
}

# What the kernel refuses, with its reason; nothing has changed then.
refusals=(
	"local 224.0.0.1|multicast"
	"local 255.255.255.255|broadcast"
	"local ff02::1|multicast"
	"local ::ffff:10.0.0.1|mapped"
	"tos 3|ECN"
	"tos 0x29|ECN"
	"vni 1|in use"
	"port 7480 ttl 3 vni 1|in use"
	"port 7480 nospoofcheck local 224.0.0.1|multicast"
)

# refused NAME PATTERN COMMAND...: with status 2
refused()
{
	local name=$1 pattern=$2 got=0
	shift 2
	on 1 "$@" >"$work/refused" 2>&1 || got=$?
	if [[ $got -eq 2 ]] && grep -q "$pattern" "$work/refused"; then
		ok "$name"
	else
		not_ok "$name" "status $got of: $*" "$(<"$work/refused")"
	fi
}

each_refusal()
{
	local row words pattern before
	make_vn1
	before=$(by_ip vn1)
	for row in "${refusals[@]}"; do
		IFS='|' read -r words pattern <<<"$row"
		# shellcheck disable=SC2086 # words
		refused "no device is made with $words" "$pattern" \
			ip link add link "${dev[1]}" name vn2 type vnencap $words
		# shellcheck disable=SC2086
		refused "nor is one changed by ip" "$pattern" \
			ip link set vn1 type vnencap $words
		# shellcheck disable=SC2086
		refused "nor by vnencap" "$pattern" vnencap dev set vn1 $words
	done
	check "nothing has changed" same "$before" "$(by_ip vn1)"
	check_that "nor has a device been made" \
		"$(on 1 ip -j link show type vnencap | jq length)" -eq 2
	check_fails "ip knows how much parity there can be" 255 \
		on 1 ip link set vn1 type vnencap fec 51
	check_fails "and at most" 255 on 1 ip link set vn1 type vnencap fec-max 0
	check_fails "and which marks there are" 255 \
		on 1 ip link set vn1 type vnencap fec-ecn maybe
	refused "no device has a link layer address" "link layer" \
		ip link add link "${dev[1]}" name vn2 \
		address 02:00:00:00:00:01 type vnencap
	refused "none is without a lower one and an address" "local address" \
		ip link add name vn2 type vnencap vni 9
	on 1 ip link del vn1
}

heard()
{
	grep -q "$1" "$work/events"
}

heard_port()
{
	on 1 ip link set vn0 type vnencap port "$1"
	heard "port $1"
}

# A change by one is told to those who listen to the other.
announced()
{
	local monitor
	start 1 vnencap monitor config >"$work/events"
	monitor=$!
	check "what ip sets, vnencap's listeners hear" poll 10 heard_port 7481
	stop $monitor
	start 1 ip -d monitor link >"$work/events"
	monitor=$!
	poll 10 heard_port 7482 || die "ip monitor hears nothing"
	on 1 vnencap dev set vn0 port 7471
	check "what vnencap sets, ip's listeners hear" poll 10 heard "port 7471"
	stop $monitor
}

# --- what they do ----------------------------------------------------------

# set_there WORD...: at host 1, under whatever is going on
set_there()
{
	on 1 ip link set vn0 type vnencap "$@" || die "cannot set $*"
}

capturing()
{
	grep -q 'listening on' "$work/tcpdump"
}

captured()
{
	[[ -s $work/wire ]]
}

# segment [OPTION of ping]...: TTL (or hop limit) and TOS (or traffic class) of
# the next segment that comes to host 2, in $ttl and $tos
segment()
{
	local dump
	: >"$work/wire"
	start 2 tcpdump -i "${dev[2]}" -l -n -v -c1 \
		"tcp and src host ${via[1]} and dst port $port" \
		>"$work/wire" 2>"$work/tcpdump"
	dump=$!
	poll 10 capturing || die "tcpdump does not start"
	on 1 ping -q -c1 -W2 "$@" "${vn[2]}" >/dev/null
	poll 10 captured
	stop $dump
	ttl=$(sed -nE '1s/.*(ttl|hlim) ([0-9]+),.*/\2/p' "$work/wire")
	# no traffic class is shown where it is zero
	tos=$(sed -nE '1s/.*(tos|class) (0x[0-9a-f]+),.*/\2/p' "$work/wire")
	tos=$(printf '0x%x' "${tos:-0}")
}

# Setting, options of ping, and what the wire has
headers=(
	"ttl 9||ttl|9"
	"ttl 255||ttl|255"
	"ttl auto||ttl|64"
	"tos inherit|-Q 0x28|tos|0x28"
	"tos inherit|-Q 0|tos|0x0"
	"tos inherit|-Q 0x2a|tos|0x2a"
	"tos 0x48|-Q 0|tos|0x48"
	"tos 0x48|-Q 0x28|tos|0x48"
	"tos 0x48|-Q 0x2a|tos|0x4a"
	"tos 0|-Q 0x28|tos|0x0"
	"tos 0|-Q 0x29|tos|0x1"
)

each_header()
{
	# shellcheck disable=SC2034 # by their names
	local row words options field want ttl tos
	for row in "${headers[@]}"; do
		IFS='|' read -r words options field want <<<"$row"
		# shellcheck disable=SC2086 # words
		set_there $words
		# shellcheck disable=SC2086
		segment $options
		check_that "$1, $words${options:+, ping $options}: the wire's" \
			"${!field}" = "$want"
	done
	set_there ttl auto tos inherit
}

spoofcheck()
{
	on 2 ip addr add 192.168.4.66/32 dev vn0
	set_there nospoofcheck
	mark
	on 2 ping -q -c3 -i0.1 -W1 -I 192.168.4.66 "${vn[1]}" >/dev/null
	check_that "$1, without a check of sources all are received" \
		"$(since 1 rx_frames_whole)" -eq 3
	check_that "and none is dropped for it" "$(since 1 rx_spoofed)" -eq 0
	set_there spoofcheck
	on 2 ping -q -c3 -i0.1 -W1 -I 192.168.4.66 "${vn[1]}" >/dev/null
	check_that "with it they are dropped" "$(since 1 rx_spoofed)" -eq 3
	on 2 ip addr del 192.168.4.66/32 dev vn0
}

tracked()
{
	on 1 conntrack -L -f "$1" -p tcp --dport $port 2>/dev/null |
		grep -c "$port"
}

# notrack FAMILY
notrack()
{
	on 1 nft -f - <<-END || die "no connection tracking"
		table inet watch {
			chain out {
				type filter hook output priority 0
				ct state invalid counter
			}
		}
	END
	on 1 ping -q -c2 -i0.1 -W2 "${vn[2]}" >/dev/null
	check_that "segments over $1 are not tracked" "$(tracked "$1")" -eq 0
	set_there nonotrack
	on 1 ping -q -c2 -i0.1 -W2 "${vn[2]}" >/dev/null
	check_that "unless that is wanted" "$(tracked "$1")" -gt 0
	set_there notrack
	on 1 nft delete table inet watch
}

# What TCP of host 1 takes for a full packet
full_packet()
{
	start 2 iperf3 -s -1 >/dev/null
	local server=$!
	poll 10 listening 2 5201
	on 1 iperf3 -J -c "${vn[2]}" -n 1k | jq .start.tcp_mss_default
	wait "$server"
}

# mssclamp OUTER: bytes of the headers that segments have
mssclamp()
{
	# timestamps, and the metadata of TCP without options
	check_that "a full TCP packet fits in one segment" "$(full_packet)" \
		-eq $((1500 - $1 - 12 - 40))
	set_there nomssclamp
	check_that "unless that is not wanted" "$(full_packet)" -eq 1448
	set_there mssclamp
}

on_the_wire()
{
	each_header "over IPv$1"
	notrack "ipv$1"
	mssclamp "$2"
	spoofcheck "over IPv$1"
}

# No packet may be lost by it, and no byte be wrong.
under_traffic()
{
	local changer
	make_file "$(scaled 40 10)"
	changes_on &
	changer=$!
	mark
	check "a file arrives whole while settings change" \
		transfer 1 2 "${vn[2]}"
	touch "$work/enough"
	wait $changer
	check_no_errors "nothing was dropped"
	check "the overlay works after it" on 1 ping -q -c1 -W2 "${vn[2]}"
}

changes_on()
{
	until [[ -e $work/enough ]]; do
		set_there ttl 9 tos 0x48 nospoofcheck nonotrack local any
		on 1 vnencap dev set vn0 ttl auto tos inherit spoofcheck \
			notrack local "${sub[1]}"
	done
}

# --- as any other link -----------------------------------------------------

driver()
{
	check_that "ethtool names the driver" \
		"$(on 1 ethtool -i vn0 | sed -n 's/^driver: //p')" = vnencap
	check_that "and says that it takes large TCP packets" \
		"$(on 1 ethtool -k vn0 |
			sed -n 's/^tcp-segmentation-offload: //p')" = on
	check_that "it counts" "$(counter 1 tx_frames)" -gt 0
	check "ethtool turns TCP segmentation off" \
		on 1 ethtool -K vn0 tso off
	make_file 4
	check "and a file arrives" transfer 1 2 "${vn[2]}"
	check "ethtool turns it on" on 1 ethtool -K vn0 tso on
	mark
	check "and a file arrives, too" transfer 1 2 "${vn[2]}"
	check_that "in large packets" \
		"$(($(since 1 tx_payload_bytes) / $(since 1 tx_frames)))" -gt 3000
	make_vn1
	check "a device is renamed" on 1 ip link set vn1 name vnx
	check "the new name is known" on 1 vnencap dev show vnx
	check_fails "the old one is not" 2 on 1 vnencap dev show vn1
	on 1 ip link del vnx
}

# 8 Mbit/s: 3 MB take 3 s, less a burst.
shaping()
{
	local begin took
	make_file 3
	check "tc shapes the device" on 1 tc qdisc add dev vn0 root tbf \
		rate 8mbit burst 128k latency 2s
	begin=${EPOCHREALTIME/./}
	check "a file arrives" transfer 1 2 "${vn[2]}"
	took=$(((${EPOCHREALTIME/./} - begin) / 1000))
	check_that "at that rate" "$took" -gt 2500
	check_that "tc has counted it" "$(on 1 tc -j -s qdisc show dev vn0 |
		jq '.[0].bytes')" -gt 3000000
	on 1 tc qdisc del dev vn0 root
}

# A bucket of ten packets that hardly fills again while they are sent; ping
# itself tries again what is dropped on its way out.
quota()
{
	local way passed
	for way in egress ingress; do
		on 1 tc qdisc add dev vn0 clsact
		check "tc limits what goes by the device, at $way" \
			on 1 tc filter add dev vn0 $way protocol ip matchall \
			action police rate 8kbit burst 10280 \
			conform-exceed drop/continue
		passed=$(on 1 ping -q -c50 -i0.01 -w2 -s 1000 "${vn[2]}" |
			sed -n 's/.* \([0-9]*\) received.*/\1/p')
		check_that "so that few packets pass" "$passed" -ge 8
		check_that "and others do not" "$passed" -le 20
		on 1 tc qdisc del dev vn0 clsact
	done
	check "without the limit all do" \
		on 1 ping -q -c1 -W2 "${vn[2]}"
}

# What host 1 began is let in, and nothing else.
stateful()
{
	on 1 nft -f - <<-END || die "no connection tracking"
		table inet watch {
			chain in {
				type filter hook input priority 0
				iifname vn0 ct state established,related accept
				iifname vn0 counter drop
			}
		}
	END
	make_file 1
	check "with a stateful firewall on it a file goes out" \
		transfer 1 2 "${vn[2]}"
	check "and answers come in" on 1 ping -q -c1 -W2 "${vn[2]}"
	check_that "none of that was dropped" "$(dropped_by_rule)" -eq 0
	check_fails "what the other host begins does not" 1 \
		on 2 ping -q -c3 -i0.1 -W1 "${vn[1]}"
	check_that "but is dropped" "$(dropped_by_rule)" -eq 3
	on 1 nft delete table inet watch
	check "and without the firewall it comes in" \
		on 2 ping -q -c1 -W2 "${vn[1]}"
}

dropped_by_rule()
{
	on 1 nft -j list table inet watch |
		jq '[.nftables[].rule? | select(.) | .expr[].counter? |
			select(.) | .packets] | add'
}

filtering()
{
	local row hook device
	for row in "input iifname" "output oifname"; do
		read -r hook device <<<"$row"
		on 1 nft -f - <<-END
			table inet watch {
				chain c {
					type filter hook $hook priority 0
					$device vn0 meta l4proto icmp counter drop
				}
			}
		END
		on 1 ping -q -c3 -i0.1 -W1 "${vn[2]}" >/dev/null
		check_that "nft drops what it is told to, at $hook" \
			"$(dropped_by_rule)" -eq 3
		on 1 nft delete table inet watch
		check "and without the rule it passes" \
			on 1 ping -q -c1 -W2 "${vn[2]}"
	done
	ingress
}

ingress()
{
	on 1 nft -f - <<-END || die "no ingress hook"
		table netdev watch {
			chain c {
				type filter hook ingress device vn0 priority 0
				ip saddr ${vn[2]} icmp type echo-reply counter drop
			}
		}
	END
	check_fails "nft drops what comes by the device, at ingress" 1 \
		on 1 ping -q -c2 -i0.1 -W1 "${vn[2]}"
	on 1 nft delete table netdev watch
	check "and without the rule it passes" on 1 ping -q -c1 -W2 "${vn[2]}"
}

# How often an event with these words was traced
traced()
{
	grep -c "$1" "$tracing/trace"
}

traces()
{
	local tracing=/sys/kernel/tracing
	[[ -d $tracing/events ]] || mount -t tracefs none $tracing
	[[ -d $tracing/events/vnencap ]] || {
		skip "tracepoints" "the kernel has none"
		return
	}
	on 2 ip addr add 192.168.4.66/32 dev vn0
	echo >$tracing/trace
	echo 1 >$tracing/events/vnencap/enable
	mark
	on 1 ping -q -c3 -i0.1 -W1 192.168.4.99 >/dev/null
	on 2 ping -q -c2 -i0.1 -W1 -I 192.168.4.66 "${vn[1]}" >/dev/null
	transfer 1 2 "${vn[2]}"
	echo 0 >$tracing/events/vnencap/enable
	check_that "a packet without a mapping is traced with the reason" \
		"$(traced "vnencap_drop: dev=vn0 reason=tx_no_mapping ")" -eq 3
	check_that "and one from a wrong source" \
		"$(traced "vnencap_drop: dev=vn0 reason=rx_spoofed ")" -eq 2
	check_that "each frame is traced on its way out" \
		"$(traced "vnencap_tx_frame: dev=vn0 ")" -eq \
		"$(($(since 1 tx_frames) + $(since 2 tx_frames)))"
	check_that "and what came in" \
		"$(traced "vnencap_rx_frame: dev=vn0 ")" -ge \
		"$(($(since 1 rx_frames_whole) + $(since 2 rx_frames_whole)))"
	on 1 ping -q -c1 -W1 192.168.4.99 >/dev/null
	check_that "switched off, nothing is" \
		"$(traced "reason=tx_no_mapping ")" -eq 3
	on 2 ip addr del 192.168.4.66/32 dev vn0
}

hosts_on_nics
overlay_up
each_setting
as_text
each_refusal
announced
on_the_wire 4 48
under_traffic
overlay_over 6
on_the_wire 6 68
overlay_over 4
driver
shaping
quota
filtering
stateful
traces
