# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # one of the parts of lib.sh
#
# Waiting for what is to happen, and how much to do on a slow kernel.

# nap SECONDS: without the fork that sleep costs, which is dear on an emulated
# machine: reading from where nothing ever comes
exec {never}<> <(:)
nap()
{
	read -rt "$1" -u "$never" || :
}

# poll SECONDS COMMAND...: until it succeeds; false if it never does.
poll()
{
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[[ $SECONDS -lt $end ]] || return 1
		nap 0.05
	done
}

# A debug kernel is some five times slower; how much to do on it.
scaled()
{
	if [[ $VNENCAP_DEBUG -eq 1 ]]; then
		echo "$2"
	else
		echo "$1"
	fi
}
