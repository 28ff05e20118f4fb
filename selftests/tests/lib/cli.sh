# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # sourced after lib.sh
#
# What the tests of the command line share, beyond lib.sh: vnencap(8) at host 1,
# what it says, and what a listener hears.

v1()
{
	on 1 vnencap "$@"
}

# refused NAME STATUS PATTERN WORD...: with one line that says why, and no
# mapping changed.
refused()
{
	local name=$1 want=$2 pattern=$3 before after got=0
	shift 3
	before=$(v1 map show)
	v1 "$@" >"$work/out" 2>"$work/err" || got=$?
	after=$(v1 map show)
	if [[ $got -eq $want && $(wc -l <"$work/err") -eq 1 && \
	      $before == "$after" ]] && grep -qE -- "$pattern" "$work/err"; then
		ok "$name"
	else
		not_ok "$name" "status $got, not $want, of: $*" "said: $(<"$work/err")" \
			"wanted: $pattern" "$(diff <(echo "$before") <(echo "$after"))"
	fi
}

# says NAME WANTED WORD...: status 0 and exactly that output
says()
{
	local name=$1 want=$2
	shift 2
	check "$name" same "$want" "$(v1 "$@" 2>&1)"
}

# A listener at host 1, known to hear from when this returns.
listen()
{
	: >"$work/events"
	start 1 vnencap "$@" >"$work/events"
	monitor=$!
	poll 10 heard_probe || die "the monitor hears nothing"
}

heard_probe()
{
	v1 map replace vni 3 10.6.0.1 via 10.0.0.1
	on 1 ping -q -c1 -W0.1 192.168.4.251 >/dev/null
	grep -qE '10\.6\.0\.1|192\.168\.4\.251' "$work/events"
}

heard()
{
	grep -qxF -- "$1" "$work/events"
}

hears()
{
	if poll 5 heard "$2"; then
		ok "$1"
	else
		not_ok "$1" "wanted: $2" "$(tail -n 12 "$work/events")"
	fi
}
