#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packets without a mapping: they are told, with their number; a service that
# listens answers, and the first packets wait for that where they may.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

service=$selftests/../tools/examples/answer-misses
queue=net.vnencap.miss_queue_len

forget()
{
	local addr
	for addr in "${vn[2]}" ${has_ipv6:+"${vn6[2]}"}; do
		on 1 vnencap map delete vni 1 "$addr" 2>/dev/null
	done
}

# pings ADDR N: that many at once, and not one answer is waited for; what waits
# itself is in the sender's buffer still
pings()
{
	on 1 ping -q -i0.01 -c"$2" -W0.1 -S 200000 "$1" >/dev/null 2>&1
}

listening_to_misses()
{
	pings 192.168.4.250 1
	grep -q '192\.168\.4\.250' "$work/misses"
}

told()
{
	grep -F "miss vni 1 $1 count" "$work/misses"
}

told_as_often()
{
	[[ $(told "$1" | awk '{ n += $NF } END { print n + 0 }') -eq $2 ]]
}

# Once more, and all were told: a message a second is the limit.
met=30
met_and_told()
{
	pings "$1" 1
	met=$((met + 1))
	told_as_often "$1" "$met"
}

at_least_since()
{
	[[ $(since 1 "$1") -ge $2 ]]
}

counts()
{
	start 1 vnencap monitor misses >"$work/misses"
	local monitor=$!
	poll 10 listening_to_misses || die "the monitor hears nothing"
	pings 192.168.4.251 30
	check_that "the first of many packets is told alone" \
		"$(told 192.168.4.251 | head -n1)" = \
		"miss vni 1 192.168.4.251 count 1"
	check "and all others with the next messages" \
		poll 5 met_and_told 192.168.4.251
	check_that "which are few" "$(told 192.168.4.251 | wc -l)" -le 4
	[[ -z $has_ipv6 ]] || {
		pings fd04::251 1
		check "IPv6, too" poll 5 told_as_often fd04::251 1
	}
	mark
	on 1 ping -q -I vn0 -c1 -W0.1 224.0.0.9 >/dev/null 2>&1
	check "a packet to a group is counted by itself" \
		poll 5 at_least_since tx_multicast 1
	check_that "and none such is told, whoever sends it" \
		"$(grep -cE ' (ff0|22[4-9]\.|255\.)' "$work/misses")" -eq 0
	stop "$monitor"
}

off()
{
	check_that "none waits by default" \
		"$(on 1 sysctl -n $queue)" -eq 0
	forget
	mark
	pings "${vn[2]}" 3
	check_that "so that all are dropped" "$(since 1 tx_no_mapping)" -eq 3
	check_that "and none is held" "$(since 1 tx_held)" -eq 0
}

# The first packet gets through: of one that is sent, one is answered.
answered()
{
	local addr
	on 1 sysctl -qw $queue=16
	forget
	start_service
	for addr in "${vn[2]}" ${has_ipv6:+"${vn6[2]}"}; do
		mark
		check "the first packet to $addr is not lost" \
			on 1 ping -q -c1 -W5 "$addr"
		check_that "it has waited" "$(since 1 tx_held)" -eq 1
		check_that "and was not dropped" \
			"$(since 1 tx_no_mapping)" -eq 0
	done
	# the miss was told a moment ago, and is again as soon as it may be
	forget
	check "nor one that comes within a second of the last miss" \
		on 1 ping -q -c1 -W5 "${vn[2]}"
	make_file 2
	forget
	check "a file arrives whole that begins with a miss" \
		transfer 1 2 "${vn[2]}"
	stop_service
	forget
	mark
	late_service
	stop_service
}

# It hears of what was missed before it listened.
late_service()
{
	start 1 ping -q -c1 -W5 "${vn[2]}" >/dev/null
	local pinger=$!
	nap 0.1
	start_service
	check "a service that comes late hears of the packet that waits" \
		wait "$pinger"
}

start_service()
{
	start 1 "$service" "$work/known"
	service_pid=$!
	poll 30 service_ready || die "the service does not answer"
}

# It has answered for an address that is not asked for otherwise.
service_ready()
{
	pings 192.168.4.3 1
	on 1 vnencap map get vni 1 192.168.4.3
}

alone()
{
	[[ -z $(ip netns pids "${ns[1]}") ]]
}

# All of its pipe; nothing else runs at this host then.
stop_service()
{
	ip netns pids "${ns[1]}" | xargs -r kill 2>/dev/null
	wait "$service_pid" 2>/dev/null
	poll 10 alone || die "the service does not end"
	on 1 vnencap map delete vni 1 192.168.4.3
}

# Who sends waits for nothing, so all that are held are there at once.
bounds()
{
	on 1 sysctl -qw $queue=16
	forget
	mark
	pings "${vn[2]}" 20
	check_that "of many to one address eight wait" \
		"$(since 1 tx_held)" -eq 8
	poll 10 at_least_since tx_no_mapping 20
	check_that "after a while all are dropped" \
		"$(since 1 tx_no_mapping)" -eq 20
	on 1 sysctl -qw $queue=2
	mark
	pings 192.168.4.100 2
	pings 192.168.4.101 1
	check_that "of many addresses so many as are allowed" \
		"$(since 1 tx_held)" -eq 2
	check "all are dropped in the end" poll 10 at_least_since tx_no_mapping 3
	check_fails "there is a limit to what may be allowed" 1 \
		on 1 sysctl -qw $queue=1025
	on 1 sysctl -qw $queue=1024
	mark
	pings "${vn[2]}" 4
	on 1 ip link set vn0 down
	check_that "with the device down, nothing waits" \
		"$(since 1 tx_no_mapping)" -eq 4
	on 1 ip link set vn0 up
	# no other VNI's mapping lets them go, nor one of another prefix
	mark
	pings "${vn[2]}" 1
	on 1 vnencap map add vni 2 "${vn[2]}" via "${sub[2]}"
	on 1 vnencap map add vni 1 192.168.4.128/25 via "${sub[2]}"
	check_that "a mapping for others lets nothing go" \
		"$(since 1 tx_frames)" -eq 0
	pings "${vn[2]}" 1
	on 1 vnencap map add vni 1 192.168.4.0/25 via "${sub[2]}"
	check_that "a shorter prefix does" "$(since 1 tx_frames)" -ge 1
	on 1 vnencap map flush all
}

# Large packets of one VNI have not all of the memory.
share()
{
	local i large=()
	on 1 vnencap map flush all
	on 1 sysctl -qw $queue=1024
	on 1 ip link set vn0 mtu 60000
	on 1 ip link add link "${dev[1]}" name vn7 type vnencap vni 7
	on 1 ip addr add 192.168.7.1/24 dev vn7
	on 1 ip link set vn7 up
	mark
	for i in {1..13}; do
		start 1 ping -q -i0.002 -c8 -W0.1 -s 59000 -S 1000000 \
			"192.168.4.$((100 + i))" >/dev/null 2>&1
		large+=($!)
	done
	wait "${large[@]}"
	check_that "of large packets some wait" "$(since 1 tx_held)" -ge 30
	check_that "but not all that are sent" "$(since 1 tx_held)" -le 80
	pings 192.168.7.9 1
	check_that "and one of another VNI still can" \
		"$(counter 1 tx_held vn7)" -eq 1
	check "they are dropped in the end" poll 10 at_least_since tx_no_mapping 104
	on 1 ip link del vn7
	on 1 ip link set vn0 mtu 1500
}

# Packets wait when their device goes, and its namespace.
going()
{
	pings "${vn[2]}" 4
	mark
	on 1 ip link del vn0
	check "a device can go of which packets wait" \
		on 1 ip link add link "${dev[1]}" name vn0 type vnencap
	on 1 ip addr add "${vn[1]}/24" dev vn0
	on 1 ip link set vn0 up
	pings "${vn[2]}" 4
	check_that "packets wait" "$(counter 1 tx_held)" -eq 4
	drop_ns 1
	ok "and so can its namespace"
}

hosts_on_veth
overlay_up
on 1 vnencap map show >"$work/known"
echo "vni 1 192.168.4.3/32 via ${via[2]}" >>"$work/known"
counts
off
answered
bounds
share
going
