# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What leaves host 1, and what the host has kept from leaving. Sourced after
# lib.sh, by tests that set $over to the family of the substrate.
# shellcheck disable=SC2154 # what lib.sh has, and over

v1()
{
	on 1 vnencap dev set vn0 "$@" || die "cannot set $*"
}

# --- what leaves -----------------------------------------------------------

# left_when N WORDS...: begin to count what leaves host 1 and these words of
# flower match, by the number N
left_when()
{
	local family=ip
	[[ $over -eq 4 ]] || family=ipv6
	on 1 tc filter add dev "${dev[1]}" egress protocol $family pref "$1" \
		flower "${@:2}" action continue || die "no flower"
}

# left N: how many packets have left; they may be long
left()
{
	on 1 tc -s -j filter show dev "${dev[1]}" egress pref "$1" |
		jq '[.[].options.actions[0].stats.packets | values] | add'
}

# Segments in clear are number 1, ESP is 2.
count_leaving()
{
	on 1 tc qdisc del dev "${dev[1]}" clsact 2>/dev/null
	on 1 tc qdisc add dev "${dev[1]}" clsact || die "no clsact"
	left_when 1 ip_proto 6 dst_port "$port"
	left_when 2 ip_proto 0x32
}

# nothing_leaves NAME: the next packet does not, and is counted
nothing_leaves()
{
	count_leaving
	mark
	check_fails "$1: nothing is sent" 1 reaches
	check_that "$1: nothing leaves in clear" "$(left 1)" -eq 0
	check_that "$1: it is counted" "$(since 1 tx_no_route)" -ge 1
}
