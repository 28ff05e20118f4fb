#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Devices, by the command line: their settings, counters and tenants; who may say
# what; the events that a listener hears; and how long a change takes.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cli.sh
. "$selftests/tests/lib/cli.sh"

other_settings="ttl auto tos 0x00 spoofcheck notrack mssclamp fastpath"

shows_dev()
{
	says "$1" "vn0 link ${dev[1]} $2 $other_settings" dev show vn0
}

devices()
{
	check "a device is given an address" v1 dev set vn0 local 10.0.0.1
	shows_dev "which it has" "vni 1 local 10.0.0.1 port 7471"
	check "and a port" v1 dev set vn0 port 7472
	shows_dev "the address stays" "vni 1 local 10.0.0.1 port 7472"
	check "and a VNI" v1 dev set vn0 vni 5
	shows_dev "the port stays" "vni 5 local 10.0.0.1 port 7472"
	check "and parity" v1 dev set vn0 fec 10
	check "and a TTL" v1 dev set vn0 ttl 9
	check_that "parity stays" \
		"$(v1 -j dev show vn0 | jq -c '.[0] | [.fec, .ttl]')" = "[10,9]"
	v1 dev set vn0 ttl auto fec off
	check "parity goes by the loss" v1 dev set vn0 fec auto fec-max 20 fec-ecn off
	check_that "it is shown how far" \
		"$(v1 -j dev show vn0 | jq -c '.[0] | [.fec, .fec_max, .fec_ecn]')" = \
		'["auto",20,"off"]'
	check "also as text" grep -q " fec auto fec-max 20 fec-ecn off " \
		<(v1 dev show vn0)
	v1 dev set vn0 fec off fec-max 30 fec-ecn auto
	check "all at once" v1 dev set vn0 vni 1 local any port 7471
	shows_dev "makes it as it was" "vni 1 local any port 7471"
	check "a second device" on 1 ip link add link "${dev[1]}" name vn1 \
		type vnencap
	refused "cannot have the first one's VNI" 2 "in use" dev set vn1 vni 1
	refused "nor can what is no vnencap device be set" 2 "No such" \
		dev set "${dev[1]}" vni 3
	refused "nor be shown" 2 "No such" dev show nosuch
	refused "port 0 is no port" 1 '"0"' dev set vn1 port 0
	refused "parity has a limit" 1 "from 0 to 50" dev set vn1 fec 51
	refused "and a limit of its own" 1 "from 1 to 50" dev set vn1 fec-max 0
	refused "marks are by three words" 1 "is expected" dev set vn1 fec-ecn maybe
	check_that "JSON knows both" \
		"$(v1 -j dev show | jq -r '.[].ifname' | sort | xargs)" = "vn0 vn1"
	statistics
	tenant
}

statistics()
{
	check "the counters have ethtool's names and order" diff \
		<(v1 -s dev show vn0 | tail -n +2 | awk '{ print $1 }') \
		<(on 1 ethtool -S vn0 | tail -n +2 | awk -F'[ :]+' '{ print $2 }')
	check "and its values" diff \
		<(v1 -j -s dev show vn0 | jq -r '.[0].stats[]') \
		<(on 1 ethtool -S vn0 | tail -n +2 | awk '{ print $2 }')
	check_that "ip counts the packets received" \
		"$(on 1 ip -s -j link show vn0 | jq '.[0].stats64.rx.packets')" \
		-gt 0
}

# A device in a tenant's namespace belongs to the substrate's all the same.
tenant()
{
	local before
	new_ns 4 tenant
	check "a device moves to a tenant" on 1 ip link set vn1 netns "${ns[4]}"
	check_that "it is shown where its lower device is" \
		"$(v1 -j dev show | jq -r '.[].ifname' | sort | xargs)" = "vn0 vn1"
	check "and set from there" v1 dev set vn1 netns "${ns[4]}" vni 77
	before=$(v1 map show)
	check "the tenant sees no device" same "" "$(on 4 vnencap dev show)"
	check "nor mappings" same "" "$(on 4 vnencap map show)"
	check_fails "nor can the tenant set it" 2 \
		on 4 vnencap dev set vn1 vni 1
	on 4 vnencap map replace vni 1 "${vn[2]}" via 10.0.0.66
	on 4 vnencap map flush all
	check "nor change a mapping" same "$before" "$(v1 map show)"
	check "the tenant can delete it, as any device" on 4 ip link del vn1
	drop_ns 4
}

# by_nobody HOST COMMAND...: a user without any capability
by_nobody()
{
	on "$1" setpriv --reuid 65534 --regid 65534 --clear-groups "${@:2}"
}

nobody_sends()
{
	local receiver status
	start 2 xfer recv 5001 "$work/copy" >/dev/null
	receiver=$!
	poll 10 listening 2 5001
	by_nobody 1 xfer send write "${vn[2]}" 5001 "$work/file" >/dev/null
	status=$?
	wait "$receiver"
	[[ $status -eq 0 ]] && cmp -s "$work/file" "$work/copy"
}

nobody()
{
	local words
	make_file 1
	chmod 755 "$work"
	check "nobody may use the device" nobody_sends
	for words in "map show" "map add vni 3 10.0.0.1 via 10.0.0.1" \
		     "map del vni 1 ${vn[2]}" "map get vni 1 ${vn[2]}" \
		     "map flush all" "dev show" "dev set vn0 vni 3" \
		     "key show" "key show vni 1" \
		     "key set vni 1 id 0" \
		     "key set vni 1 00112233445566778899aabbccddeeff" \
		     "key use vni 1 id 0" "key delete vni 1 id 1" monitor; do
		# shellcheck disable=SC2086 # words
		check_fails "nobody may say $words" 2 \
			by_nobody 1 "$(type -P vnencap)" $words
	done
}

# Root of a network namespace, as a container without a user namespace has it.
container()
{
	local before
	new_ns 4 container
	on 4 ip link add under type dummy
	on 4 ip addr add 10.0.0.1/24 dev under
	on 4 ip link set under up
	before=$(v1 map show)
	check "a container makes a device, of a VNI that others have" \
		on 4 ip link add link under name vn9 type vnencap vni 1
	check "and a mapping" \
		on 4 vnencap map add vni 1 192.168.4.9 via 10.0.0.9
	check "which it sees, and no others" same \
		"vni 1 192.168.4.9/32 via 10.0.0.9" "$(on 4 vnencap map show)"
	check "it has that device, and no others" same vn9 \
		"$(on 4 vnencap -j dev show | jq -r '.[].ifname' | xargs)"
	check "the substrate's mappings are as they were" same "$before" \
		"$(v1 map show)"
	by_its_id
	drop_ns 4
}

# It may know the substrate's namespace by an id. Then the kernel lets it do there what
# it lets it do to devices of all kinds.
by_its_id()
{
	on 1 ip link add link "${dev[1]}" name vn8 type vnencap vni 8
	on 4 ip netns set "${ns[1]}" 7 || die "no id"
	check_that "by an id, a container sees a device's settings" \
		"$(on 4 nsid 7 show vn8)" = 8
	check "and deletes it" on 4 nsid 7 delete vn8
	check_fails "as it does those of other kinds" 1 \
		on 1 ip link show vn8
	check_fails "without one, neither" 2 on 4 nsid 6 show vn0
	check_fails "nor does a user who may do nothing" 2 \
		by_nobody 4 "$(type -P nsid)" 7 delete vn0
	check "the other device is there" on 1 ip link show vn0
}

fec_wait()
{
	on "$1" sysctl -n net.vnencap.fec_wait_ms
}

some_ms()
{
	[[ $(fec_wait "$1") -ge 4 && $(fec_wait "$1") -le 10 ]]
}

# How long parity is waited for is a matter of each namespace.
limits()
{
	local ms
	check "a frame waits 4 ms for its parity, or a jiffy" some_ms 1
	for ms in 0 100; do
		check "it may be $ms ms" on 1 sysctl -qw net.vnencap.fec_wait_ms=$ms
		check_that "and is" "$(fec_wait 1)" -eq $ms
	done
	for ms in 101 -1 2147483647 x; do
		on 1 sysctl -qw net.vnencap.fec_wait_ms=$ms 2>/dev/null
		check_that "it may not be $ms" "$(fec_wait 1)" -eq 100
	done
	check "others have their own" some_ms 2
	on 1 sysctl -qw net.vnencap.fec_wait_ms=4
}

events()
{
	listen monitor
	v1 map add vni 3 10.7.0.0/16 via 10.0.0.3
	hears "a mapping that is added" "map vni 3 10.7.0.0/16 via 10.0.0.3"
	v1 map change vni 3 10.7.0.0/16 via 10.0.0.4
	hears "one that is changed" "map vni 3 10.7.0.0/16 via 10.0.0.4"
	v1 map del vni 3 10.7.0.0/16
	hears "one that is deleted" "deleted map vni 3 10.7.0.0/16 via 10.0.0.4"
	v1 map flush vni 3
	hears "one that is flushed" "deleted map vni 3 10.6.0.1/32 via 10.0.0.1"
	v1 dev set vn0 port 7475
	hears "a device that is changed" \
		"dev vn0 link ${dev[1]} vni 1 local any port 7475 $other_settings"
	v1 dev set vn0 port 7471
	on 1 ping -q -c20 -i0.01 -W1 192.168.4.99 >/dev/null
	hears "a miss" "miss vni 1 192.168.4.99 count 1"
	check_that "which is not told for each packet" \
		"$(grep -c 'miss vni 1 192.168.4.99' "$work/events")" -le 3
	stop "$monitor"
	listen -j monitor config
	on 1 ping -q -c1 -W1 192.168.4.98 >/dev/null
	v1 map add vni 3 10.7.0.0/16 via 10.0.0.3
	hears "the same in JSON" \
		'{"event":"map","vni":3,"dst":"10.7.0.0/16","via":"10.0.0.3"}'
	check_that "without misses where only changes are asked for" \
		"$(grep -c miss "$work/events")" -eq 0
	stop "$monitor"
	v1 map flush vni 3
}

# least_ms SETTING: how long it takes to change it, of many times the shortest
least_ms()
{
	local i begin took least=
	for i in {1..20}; do
		begin=$(date +%s%N)
		v1 dev set vn0 "$1" $((4 * i))
		took=$((($(date +%s%N) - begin) / 1000000 + 1))
		[[ -n $least && $took -ge $least ]] || least=$took
	done
	echo "$least"
}

# Another way for a device's frames takes no longer to set than what is no matter to
# routes, however many endpoints others have.
many_endpoints()
{
	local count ttl tos
	count=$(scaled 300000 60000)
	awk -v n="$count" 'BEGIN {
		for (i = 0; i < n; i++) {
			at = int(i / 65536) "." int(i / 256) % 256 "." i % 256
			printf "add vni 98 11.%s via 12.%s\n", at, at
		}
	}' >"$work/many"
	v1 map load "$work/many" || die "cannot load the mappings"
	ttl=$(least_ms ttl)
	tos=$(least_ms tos)
	remark "$count endpoints: a TTL takes $ttl ms, a DSCP $tos ms"
	check_that "the way of frames is changed as soon as anything" \
		"$tos" -le $((2 * ttl))
	v1 map flush vni 98
	v1 dev set vn0 ttl auto tos 0
}

hosts_on_nics
overlay_up
devices
nobody
container
limits
events
many_endpoints
