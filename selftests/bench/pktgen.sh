# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The kernel's packet generator, for speed-guest.sh: 60-byte packets (with an
# Ethernet header, without its checksum) from host 1 by whatever device a network
# has, until they are handed up at host 2. It knows no devices without Ethernet
# headers: so it acts as if it received on a device from which all is redirected.
# What that costs is found by a device that drops all, and does not count.

# pktgen FILE COMMAND...: at host 1
pktgen()
{
	# shellcheck disable=SC2016 # for the shell there
	on 1 bash -c 'echo "${@:2}" >"/proc/net/pktgen/$1"' - "$@" ||
		die "pktgen does not take: $*"
}

# Where there is no such device, or one without Ethernet headers, any does.
hardware_address()
{
	local dir=/sys/class/net/$2
	if [[ $(on "$1" cat "$dir/type" 2>/dev/null) == 1 ]]; then
		on "$1" cat "$dir/address"
	else
		echo 02:00:00:00:00:01
	fi
}

# generate DEV TO_DEV FROM TO COUNT [WORDS]...: how many were sent, and in how long
generate()
{
	local gen=$1 words
	pktgen kpktgend_0 rem_device_all
	pktgen kpktgend_0 add_device "$gen"
	for words in "dst_mac $(hardware_address 2 "$2")" \
		     "src_min $3" "src_max $3" "dst $4" "count $5" "delay 0" \
		     "pkt_size 60" "flag !SHARED" "${@:6}"; do
		# shellcheck disable=SC2086 # words
		pktgen "$gen" $words
	done
	pktgen pgctrl start
	# which does not wait for a thread that did not begin at once
	poll 60 on 1 grep -q '^Result: OK' "/proc/net/pktgen/$gen" ||
		die "pktgen does not end"
	# shellcheck disable=SC2016 # awk's
	on 1 awk '
		$1 == "pkts-sofar:" { count = $2 }
		$1 == "Result:" { us = $3 + 0 }
		END { printf "count=%d ns=%.0f\n", count, us * 1000 }' \
		"/proc/net/pktgen/$gen"
}

# What device $1 has handed up, and no further, at host 2
sink_up()
{
	on 2 tc qdisc add dev "$1" clsact
	on 2 tc filter add dev "$1" ingress matchall action drop
}

sink_count()
{
	on 2 tc -j -s filter show dev "$1" ingress |
		jq '[.. | .stats? // empty | .packets][0]'
}

# generate_to DEV...: as generate, by the device from which all is redirected
generate_to()
{
	on 1 tc filter del dev gen ingress
	on 1 tc filter add dev gen ingress matchall \
		action mirred egress redirect dev "$1" || return 1
	generate gen "$@" "xmit_mode netif_receive"
}

# packets DEV FROM TO COUNT: by that device. Redirected to where all is dropped,
# and sent there directly, it took redirected_ns and direct_ns.
packets()
{
	local name words
	for name in gen drop; do
		on 1 ip link add $name type dummy
		on 1 ip link set $name up
	done
	on 1 tc qdisc add dev gen clsact
	sink_up "$1"
	generate_to "$@" || return 1
	echo "arrived=$(sink_count "$1")"
	words=$(generate_to drop "${@:2}") || return 1
	echo "redirected_ns=${words#*ns=}"
	words=$(generate drop drop "${@:2}") || return 1
	echo "direct_ns=${words#*ns=}"
	on 2 tc qdisc del dev "$1" clsact
	for name in gen drop; do
		on 1 ip link del $name
	done
}
