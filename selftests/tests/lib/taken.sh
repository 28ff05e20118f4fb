# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# Whether host 2 takes what host 1 sends to some address of it. Sourced after lib.sh.

# Host 1's packets go to ADDRESS of host 2. Nobody need answer: host 2 is asked what
# it has received.
send_to()
{
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via "$1" ||
		die "cannot map to $1"
	mark
	on 1 ping -q -c3 -i0.2 -W1 "${vn[2]}" >/dev/null
}

# taken NAME; not_taken NAME: what send_to sent
taken()
{
	check_that "$1: taken" "$(since 2 rx_runs)" -ge 3
}

not_taken()
{
	check_that "$1: not taken" "$(since 2 rx_runs)" -eq 0
}

# each_family COMMAND: with 4, and with 6 where there is IPv6; the overlay is over that
each_family()
{
	"$1" 4
	[[ -z $has_ipv6 ]] || {
		overlay_over 6
		"$1" 6
		overlay_over 4
	}
}
