# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # one of the parts of lib.sh
#
# TAP: what a test reports, and how it ends.

tap_count=0 tap_failed=0 tap_planned=0
exec {tap}>&1		# where it goes, whatever is redirected meanwhile
echo "TAP version 13" >&"$tap"

tap_line()
{
	tap_count=$((tap_count + 1))
	[[ $1 == ok ]] || tap_failed=$((tap_failed + 1))
	echo "$1 $tap_count - $2" >&"$tap"
}

ok()
{
	tap_line ok "$1"
}

# not_ok NAME [WHY]...
not_ok()
{
	tap_line "not ok" "$1"
	shift
	[[ $# -eq 0 ]] || printf '%s\n' "$@" | sed 's/^/# /' >&"$tap"
}

# remark WORD...: a comment
remark()
{
	printf '# %s\n' "$*" >&"$tap"
}

skip()
{
	tap_line ok "$1 # SKIP $2"
}

skip_all()
{
	tap_planned=1
	echo "1..0 # SKIP $1" >&"$tap"
	exit 4
}

# check NAME COMMAND...: what it says is shown where it fails.
check()
{
	local name=$1
	shift
	if "$@" >"$work/check" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "status $? of: $*" \
			"$(tail -n 25 "$work/check")"
		return 1
	fi
}

# check_fails NAME STATUS COMMAND...
check_fails()
{
	local name=$1 want=$2 got=0
	shift 2
	"$@" >"$work/check" 2>&1 || got=$?
	if [[ $got -eq $want ]]; then
		ok "$name"
	else
		not_ok "$name" "status $got and not $want of: $*" \
			"$(tail -n 25 "$work/check")"
		return 1
	fi
}

# check_that NAME A OP B: of integers, or with = and != of words.
check_that()
{
	if [[ -n $2 && -n $4 ]] && test "$2" "$3" "$4"; then
		ok "$1"
	else
		not_ok "$1" "got $2, wanted $3 $4"
		return 1
	fi
}

# same A B: for check; if they differ, how
same()
{
	[[ $1 == "$2" ]] || diff <(echo "$1") <(echo "$2")
}

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# A test cannot go on: that is a failure, not a skip.
die()
{
	not_ok "the test can be set up" "$*"
	exit 1
}

finish()
{
	local status=$?
	trap - EXIT
	local pid
	for pid in $(jobs -p); do
		stop "$pid"
	done
	drop_all_ns
	rm -rf "$work"
	[[ $tap_planned -eq 1 ]] || echo "1..$tap_count" >&"$tap"
	if [[ $status -eq 0 && ($tap_failed -gt 0 || $tap_count -eq 0) ]]; then
		status=1
	fi
	exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP
