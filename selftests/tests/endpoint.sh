#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mappings under traffic: packets that find none, forged sources, what is counted
# for an endpoint, several of them, none; and mappings that change meanwhile.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cli.sh
. "$selftests/tests/lib/cli.sh"

no_mapping()
{
	mark
	on 1 ping -q -c5 -i0.01 -W1 192.168.4.99 >/dev/null
	check_that "packets without a mapping are counted" \
		"$(since 1 tx_no_mapping)" -eq 5
	check_that "and do not leave" "$(since 1 tx_frames)" -eq 0
}

# refused_from_2 NAME OPTION...: host 2 pings, is not heard, and that is counted
refused_from_2()
{
	mark
	check_fails "$1 gets no answer" 1 \
		on 2 ping -q -c5 -i0.01 -W1 "${@:2}" "${vn[1]}"
	check_that "and is counted" "$(since 1 rx_spoofed)" -eq 5
	check_that "and not handed up" "$(since 1 rx_delivered_bytes)" -eq 0
}

# A key makes its owner no other source than its own; nor is there one in a VNI
# without mappings.
still_spoofing()
{
	local i key=00112233445566778899aabbccddeeff
	on 2 ip addr replace 192.168.4.66/32 dev vn0
	for i in 1 2; do on $i vnencap key set vni 1 id 7 $key; done
	check "a member with the key is heard" \
		on 2 ping -q -c1 -W2 "${vn[1]}"
	refused_from_2 "an unmapped source with the key" -I 192.168.4.66
	for i in 1 2; do on $i vnencap key delete vni 1 all; done
	v1 map flush vni 1
	refused_from_2 "one in a VNI without a mapping"
	overlay_map 1
	check "with its mapping it is heard again" \
		on 2 ping -q -c1 -W2 "${vn[1]}"
}

spoofing()
{
	on 2 ip addr add 192.168.4.66/32 dev vn0
	refused_from_2 "an unmapped source" -I 192.168.4.66
	v1 map add vni 1 192.168.4.66 via 10.0.0.77
	check_fails "nor does one mapped elsewhere" 1 \
		on 2 ping -q -c5 -i0.01 -W1 -I 192.168.4.66 "${vn[1]}"
	check_that "which is counted, too" "$(since 1 rx_spoofed)" -eq 10
	v1 map change vni 1 192.168.4.66 via "${sub[2]}"
	check "rightly mapped, it does" \
		on 2 ping -q -c5 -i0.01 -W1 -I 192.168.4.66 "${vn[1]}"
	v1 map del vni 1 192.168.4.66
}

# sent_to ADDR: frames that left host 1 for there
sent_to()
{
	v1_nft | jq --arg to "$1" '[.nftables[].rule? | select(.) |
		select(.expr[].match?.right == $to) |
		.expr[].counter? | select(.) | .packets] | add'
}

v1_nft()
{
	on 1 nft -j list table ip sent
}

watch_sent()
{
	on 1 nft -f - <<-END || die "no nft"
		table ip sent {
			chain out {
				type filter hook output priority 0
				ip daddr ${sub[2]} tcp dport $port counter
				ip daddr $other tcp dport $port counter
			}
		}
	END
}

# Host 2 has two addresses that one of the overlay is mapped to.
several_endpoints()
{
	local other=10.0.0.22 third=10.0.0.33 addr n i
	on 2 ip addr add $other/24 dev "${dev[2]}"
	on 2 ip addr add $third/24 dev "${dev[2]}"
	for addr in $other $third; do
		poll 10 on 1 ping -c1 -W1 "$addr"
	done
	v1 map replace vni 1 "${vn[2]}" via "${sub[2]}" weight 3 via $other
	watch_sent
	mark
	check "an address at several hosts answers" \
		on 1 ping -q -c50 -i0.002 -W2 "${vn[2]}"
	check_that "a flow goes to one of them" \
		"$(($(sent_to $other) == 0 || $(sent_to "${sub[2]}") == 0))" -eq 1
	on 1 nft delete table ip sent
	watch_sent
	# shellcheck disable=SC2016 # for the inner shell
	on 1 bash -c 'for ((i = 0; i < 400; i++)); do
		echo >"/dev/udp/$0/$((20000 + i))"; done' "${vn[2]}" 2>/dev/null
	n=$(sent_to $other)
	check_that "each flow goes somewhere" \
		"$((n + $(sent_to "${sub[2]}")))" -ge 400
	check_that "a fourth of them" "$n" -ge 50
	check_that "where the weight is one of four" "$n" -le 150
	on 1 nft delete table ip sent
	for addr in "${sub[2]}" $other $third; do
		on 2 vnencap dev set vn0 local "$addr"
		mark
		on 2 ping -q -c3 -i0.01 -W1 "${vn[1]}" >/dev/null
		check_that "from $addr" "$(since 1 rx_spoofed)" -eq \
			"$([[ $addr != "$third" ]] && echo 0 || echo 3)"
	done
	weight_of_none $other
	on 2 vnencap dev set vn0 local any
	v1 map replace vni 1 "${vn[2]}" via "${sub[2]}"
	on 2 ip addr del $other/24 dev "${dev[2]}"
	on 2 ip addr del $third/24 dev "${dev[2]}"
}

# A host that an address has left is heard, and nothing goes there.
weight_of_none()
{
	v1 map replace vni 1 "${vn[2]}" via "${sub[2]}" via "$1" weight 0
	on 2 vnencap dev set vn0 local "$1"
	mark
	on 2 ping -q -c3 -i0.01 -W1 "${vn[1]}" >/dev/null
	check_that "or from one that has no weight" "$(since 1 rx_spoofed)" -eq 0
	watch_sent
	# shellcheck disable=SC2016 # for the inner shell
	on 1 bash -c 'for ((i = 0; i < 100; i++)); do
		echo >"/dev/udp/$0/$((20000 + i))"; done' "${vn[2]}" 2>/dev/null
	check_that "to which nothing goes" "$(sent_to "$1")" -eq 0
	on 1 nft delete table ip sent
}

# endpoint HOST ADDR NAME: a counter
endpoint()
{
	on "$1" vnencap -j -s endpoint show vni 1 "$2" | jq ".[0].stats.$3"
}

endpoints()
{
	local name before=()
	says "each endpoint is shown with its mappings" \
		"vni 1 ${sub[2]} mappings $((has_ipv6 ? 2 : 1))" \
		endpoint show vni 1 "${sub[2]}"
	check_that "all of a VNI" \
		"$(v1 -j endpoint show vni 1 | jq -r '.[].addr' | sort | xargs)" \
		= "${sub[1]} ${sub[2]}"
	refused "no other" 2 "No mapping names" endpoint show vni 1 10.0.0.99
	for name in tx_frames tx_bytes rx_frames rx_bytes; do
		before+=("$(endpoint 1 "${sub[2]}" $name)")
	done
	mark
	on 1 ping -q -c10 -i0.01 -W1 -s 972 "${vn[2]}" >/dev/null
	check_that "frames to it are counted" \
		"$(($(endpoint 1 "${sub[2]}" tx_frames) - before[0]))" -eq \
		"$(since 1 tx_frames)"
	check_that "their bytes" \
		"$(($(endpoint 1 "${sub[2]}" tx_bytes) - before[1]))" -eq 10000
	check_that "frames from it" \
		"$(($(endpoint 1 "${sub[2]}" rx_frames) - before[2]))" -eq \
		"$(since 1 rx_frames_whole)"
	check_that "their bytes" \
		"$(($(endpoint 1 "${sub[2]}" rx_bytes) - before[3]))" -eq 10000
	check_that "what is spoofed" "$(endpoint 1 "${sub[2]}" rx_spoofed)" \
		-gt 0
	# what is sent to ourselves is
	v1 map add vni 1 192.168.4.90 via "${sub[1]}"
	on 1 ping -q -c3 -i0.01 -W1 192.168.4.90 >/dev/null
	check_that "and what finds no route" \
		"$(endpoint 1 "${sub[1]}" tx_dropped)" -eq 3
	v1 map del vni 1 192.168.4.90
	off_link 10.77.0.9
	[[ -z $has_ipv6 ]] || off_link fd00:77::9
	unchecked
	many_endpoints
}

# off_link ADDR: an address that there is no route to is not taken to be near.
off_link()
{
	v1 map add vni 1 192.168.4.90 via "$1"
	mark
	on 1 ping -q -c3 -i0.01 -W1 192.168.4.90 >/dev/null
	check_that "there is no route to $1" "$(since 1 tx_no_route)" -eq 3
	check_that "which is counted for it" "$(endpoint 1 "$1" tx_dropped)" \
		-eq 3
	on 1 ip route add "$1" dev "${dev[1]}"
	on 1 ping -q -c3 -i0.01 -W1 192.168.4.90 >/dev/null
	check_that "with one packets leave" "$(since 1 tx_frames)" -eq 3
	on 1 ip route del "$1" dev "${dev[1]}"
	on 1 ping -q -c3 -i0.01 -W1 192.168.4.90 >/dev/null
	check_that "and when it is gone, none" "$(since 1 tx_no_route)" -eq 6
	v1 map del vni 1 192.168.4.90
}

# Without a check of sources it is the sender that counts.
unchecked()
{
	local before
	v1 dev set vn0 nospoofcheck
	on 2 ip addr add 192.168.4.66/32 dev vn0
	before=$(endpoint 1 "${sub[2]}" rx_frames)
	on 2 ping -q -c3 -i0.01 -W1 -I 192.168.4.66 "${vn[1]}" >/dev/null
	check_that "frames of sources that are not checked are counted" \
		"$(($(endpoint 1 "${sub[2]}" rx_frames) - before))" -eq 3
	on 2 ip addr del 192.168.4.66/32 dev vn0
	v1 dev set vn0 spoofcheck
}

many_endpoints()
{
	local i
	for ((i = 0; i < 3000; i++)); do
		echo "vni 8 10.8.$((i / 250)).$((i % 250)) via 10.7.$((i / 250)).$((i % 250 + 1))"
	done | v1 map load -
	check_that "a dump of many shows each once" \
		"$(v1 endpoint show vni 8 | sort -u | wc -l)" -eq 3000
	v1 map flush vni 8
	says "and none when their mappings are gone" "" endpoint show vni 8
}

blackhole()
{
	v1 map add vni 1 192.168.4.96/28 blackhole
	v1 map add vni 1 192.168.4.100 via "${sub[2]}"
	listen monitor misses
	mark
	on 1 ping -q -c5 -i0.01 -W1 192.168.4.99 >/dev/null
	check_that "packets to a blackhole are dropped as such" \
		"$(since 1 tx_blackhole)" -eq 5
	check_that "and not for want of a mapping" \
		"$(since 1 tx_no_mapping)" -eq 0
	check_that "they do not leave" "$(since 1 tx_frames)" -eq 0
	on 1 ping -q -c1 -W1 192.168.4.100 >/dev/null
	check_that "a longer prefix in it does" "$(since 1 tx_frames)" -eq 1
	poll 10 heard_other_miss
	check_fails "no miss is told" 1 grep -F 192.168.4.99 "$work/events"
	stop "$monitor"
	v1 map del vni 1 192.168.4.96/28
	v1 map del vni 1 192.168.4.100
	v1 map flush vni 3
}

heard_other_miss()
{
	on 1 ping -q -c1 -W0.1 192.168.4.250 >/dev/null
	grep -qF 192.168.4.250 "$work/events"
}

# One way, so that the answers' source, mapped to one address and then to the
# other, plays no part.
replace_under_traffic()
{
	local i pinger other=10.0.0.22 lost
	on 2 ip addr add $other/24 dev "${dev[2]}"
	poll 10 on 1 ping -c1 -W1 $other
	for ((i = 0; i < 700; i++)); do
		echo "replace vni 1 ${vn[2]} via $other"
		echo "replace vni 1 ${vn[2]} via $other via ${sub[2]}"
		echo "replace vni 1 ${vn[2]} via ${sub[2]}"
	done >"$work/flips"
	mark
	start 1 ping -q -n -c500 -i0.002 -W1 "${vn[2]}" >/dev/null
	pinger=$!
	for ((i = 0; i < $(scaled 10 3); i++)); do
		v1 map load "$work/flips" || break
	done
	check_that "a mapping is replaced again and again" "$i" -eq \
		"$(scaled 10 3)"
	wait $pinger
	lost=$(($(since 1 tx_frames) - $(since 2 rx_frames_whole)))
	check_that "no packet is lost by it" "$lost" -eq 0
	check_that "none found no mapping" "$(since 1 tx_no_mapping)" -eq 0
	check_that "there were packets" "$(since 1 tx_frames)" -ge 500
	on 2 ip addr del $other/24 dev "${dev[2]}"
}

# A transfer while mappings beside it come and go, its own is taken away for a
# moment, and all are flushed and loaded.
churn_under_traffic()
{
	local churn
	make_file "$(scaled 60 20)"
	v1 map show vni 1 >"$work/mine"
	churn &
	churn=$!
	check "a file arrives whole while mappings come and go" \
		transfer 1 2 "${vn[2]}"
	touch "$work/enough"
	wait $churn
	v1 map flush all
	v1 map load "$work/mine"
	check "the overlay works after it" on 1 ping -q -c1 -W2 "${vn[2]}"
}

# Who connects while there is no mapping is told so, and gives up.
connected()
{
	on 2 ss -Htn state established "sport = :5001" | grep -q .
}

churn()
{
	poll 20 connected || return
	until [[ -e $work/enough ]]; do
		v1 map load - <<-END
			vni 1 192.168.0.0/16 via 10.0.0.99
			vni 1 192.168.4.128/25 via 10.0.0.99
			delete vni 1 192.168.0.0/16
			delete vni 1 192.168.4.128/25
			delete vni 1 ${vn[2]}
			add vni 1 ${vn[2]} via ${sub[2]}
		END
		v1 map flush vni 1
		v1 map load "$work/mine"
	done >/dev/null 2>&1
}

hosts_on_nics
overlay_up
no_mapping
spoofing
endpoints
several_endpoints
blackhole
replace_under_traffic
churn_under_traffic
still_spoofing
