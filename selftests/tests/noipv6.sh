#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel that was booted with ipv6.disable=1: IPv4 is carried as ever, IPv6
# endpoints are refused, and what comes by IPv6 all the same does no harm.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# refused NAME WORD...: with that reason
refused()
{
	local name=$1
	shift
	check_fails "$name is refused" 2 on 1 vnencap "$@"
	mv "$work/check" "$work/refused"
	check "$name: the reason is told" \
		grep "IPv6 is disabled" "$work/refused"
}

mac()
{
	on "$1" ip -j link show "${dev[$1]}" | jq -r '.[0].address' | tr -d :
}

# A segment to our port, as far as its port, by IPv6, for "hostile" to spoil
ipv6_segment()
{
	local hex
	hex=$(mac 2)$(mac 1)86dd		# Ethernet
	hex+=6000000000640640			# IPv6: 100 bytes, TCP
	hex+=fd001000000000000000000000000001
	hex+=fd001000000000000000000000000002
	hex+=8000$(printf %04x "$port")		# ports
	hex+=$(printf '00%.0s' {1..96})
	# shellcheck disable=SC2001 # two characters each
	printf '%b' "$(sed 's/../\\x&/g' <<<"$hex")" >"$work/segment"
}

hostile_ipv6()
{
	local sent
	ipv6_segment
	mark
	sent=$(on 1 hostile "${dev[1]}" replay "$work/segment" 20)
	check_that "segments come by IPv6" "$sent" -eq 20
	sent=$(on 1 hostile "${dev[1]}" extend "$work/segment")
	check_that "with extension headers, too" "$sent" -gt 20
	check "they do no harm" on 1 ping -q -c1 -W2 "${vn[2]}"
	check_that "and are not ours" "$(errors_since 2 | wc -l)" -eq 0
}

[[ -z $has_ipv6 ]] || skip_all "this kernel has IPv6 (boot with ipv6.disable=1)"
hosts_on_nics
overlay_up mtu 60000
mark
make_file 4
check "a file crosses" transfer 1 2 "${vn[2]}"
check "a ping of 50000 bytes" on 1 ping -q -c1 -W2 -Mdo -s 50000 "${vn[2]}"
check_no_errors "nothing is dropped"
refused "an IPv6 endpoint" map add vni 1 192.168.4.9 via fd00:10::9
refused "an IPv6 address of its own" dev set vn0 local fd00:10::1
check "none of either family can be said" on 1 vnencap dev set vn0 local any
hostile_ipv6
