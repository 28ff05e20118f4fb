#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage (in the guest): smoke.sh [exit N | warn | race MODULE | panic | hang |
# chatter]
#
# Does the bench do what it promises? Without an argument: two NICs on one
# wire, TSO on, and the tools there. The rest are for selftests/vm/selftest.
set -euo pipefail

count=0 failed=0

result()
{
	local verdict=$1
	count=$((count + 1))
	shift
	[[ $verdict == ok ]] || failed=1
	echo "$verdict $count $*"
}

check()
{
	local what=$1
	shift
	if "$@" >/tmp/check 2>&1; then
		result ok "$what"
	else
		sed 's/^/# /' /tmp/check
		result "not ok" "$what"
	fi
}

in_host()
{
	local host=$1
	shift
	ip netns exec "host$host" "$@"
}

make_hosts()
{
	local host nic
	for host in 0 1; do
		nic=eth$host
		ip netns add "host$host"
		ip link set "$nic" netns "host$host"
		in_host "$host" ip addr add "10.0.0.$((host + 1))/24" dev "$nic"
		in_host "$host" ethtool -G "$nic" rx 4096 tx 4096 || true
		in_host "$host" ip link set "$nic" up
	done
}

tso_is_on()
{
	in_host "$1" ethtool -k "eth$1" |
		grep -q '^tcp-segmentation-offload: on'
}

pings()
{
	local try
	for try in {1..50}; do
		in_host 0 ping -c1 -W1 10.0.0.2 && return
		echo "try $try"
	done
	return 1
}

# A file, and no packet larger than the wire takes: the NIC did cut.
transfers()
{
	local sum
	head -c 8M /dev/urandom >/tmp/file
	in_host 1 timeout 60 socat -u TCP-LISTEN:5000,reuseaddr CREATE:/tmp/copy &
	until in_host 1 ss -Hltn | grep -q :5000; do :; done
	in_host 0 socat -u OPEN:/tmp/file TCP:10.0.0.2:5000
	wait $!
	sum=$(sha256sum </tmp/file)
	[[ $(sha256sum </tmp/copy) == "$sum" ]]
}

smoke()
{
	local tool
	echo "TAP version 13"
	check "kernel $(uname -r)" true
	for tool in bash bridge conntrack ethtool ip iperf3 iptables jq nft ping \
		    socat ss tc tcpdump; do
		check "$tool is there" type -P "$tool"
	done
	check "iptables works" iptables -nL
	check "nft works" nft list ruleset
	check "the shared folder can be written" touch "$VNENCAP_OUT/smoke"
	check "VXLAN can be made" ip link add vx0 type vxlan id 1 remote 10.9.9.9 dstport 4789
	check "netem can be set" tc qdisc add dev lo root netem loss 1%
	tc qdisc del dev lo root || true
	if [[ -n $VNENCAP_MODULE ]]; then
		check "the module loads" modprobe vnencap
		check "the module unloads" rmmod vnencap
	fi
	if [[ -n $VNENCAP_NICS ]]; then
		make_hosts
		for tool in 0 1; do
			check "eth$tool has TSO on" tso_is_on "$tool"
		done
		check "one NIC pings the other" pings
		check "a file crosses the wire" transfers
		ip -all netns del
	fi
	echo "1..$count"
	return "$failed"
}

# As KCSAN tells of a data race, in a function of MODULE
race()
{
	local line
	line=$(printf '=%.0s' {1..66})
	printf '%s\n' "$line" "BUG: KCSAN: data-race in there [$1] / here [$1]" \
		"read to 0x1 of 8 bytes by task 1 on cpu 0:" \
		" there+0x1/0x2 [$1]" "$line" |
		while read -r line; do echo "$line" >/dev/kmsg; done
}

case ${1-} in
'')	smoke ;;
exit)	echo "to stdout"; echo "to stderr" >&2; exit "$2" ;;
warn)	echo "WARNING: test" >/dev/kmsg ;;
race)	race "$2" ;;
panic)	echo c >/proc/sysrq-trigger; sleep 30 ;;
hang)	sleep 1000 ;;
chatter) while sleep 1; do echo "and on"; done ;;
esac
