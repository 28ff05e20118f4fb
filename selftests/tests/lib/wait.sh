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

# patience SECONDS: how long what takes no longer elsewhere may take on a machine
# as slow as this one
patience()
{
	echo $(($1 * VNENCAP_SLOW))
}

# poll SECONDS COMMAND...: until it succeeds; false if it never does. A machine
# that has no time for us gets to few tries in that time: it has as many as
# others have.
poll()
{
	local end=$((SECONDS + $1 * VNENCAP_SLOW)) tries=$(($1 * 5))
	shift
	until "$@" >/dev/null 2>&1; do
		((tries-- > 0 || SECONDS < end)) || return 1
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

# thorough A B: A with make test-all, else B
thorough()
{
	if [[ ${VNENCAP_ALL-0} -eq 1 ]]; then
		echo "$1"
	else
		echo "$2"
	fi
}
