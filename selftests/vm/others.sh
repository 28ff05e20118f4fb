# SPDX-License-Identifier: GPL-2.0-only
#
# What selftests/vm/run does not hold against the module: what the kernel complains of
# that others have done. It is said all the same.
# shellcheck shell=bash disable=SC2154 # a part of selftests/vm/run

# races OURS FILE: the reports of data races in it in which the module has a part
# (1), or those in which it has none (0). They are between two lines of "=".
races()
{
	awk -v ours="$1" '
	function end() {
		if (race && ours == (report ~ /\[vnencap\]/))
			printf "%s", report
		report = ""
		race = within = 0
	}
	/====================$/ { if (within) end(); else within = 1; next }
	within { report = report $0 "\n" }
	within && /BUG: KCSAN: / { race = 1 }
	END { end() }' "$2"
}

# Of the kernel that looks for data races: none but our own is to be found in FILE.
leave_our_races()
{
	local others
	[[ $kernel == kcsan-* && -s $out/$1 ]] || return 0
	others=$(races 0 "$out/$1")
	[[ -n $others ]] || return 0
	say "data races without the module ($1):"
	grep -F 'BUG: KCSAN' <<<"$others" >&2
	cp "$out/$1" "$out/$1.whole"
	grep -vxFf <(printf '%s\n' "$others") "$out/$1.whole" >"$out/$1" || true
}

# nf_tables looks for its sets and their elements while it holds the mutex of a commit,
# and does not tell that to PROVE_RCU_LIST (Linux 6.12). FILE without such reports, from
# the line with WARNING to the end of the trace.
without_sets()
{
	awk '
	function say_held() { printf "%s", held; held = ""; lines = 0 }
	/WARNING: suspicious RCU usage/ { say_held(); held = $0 "\n"; lines = 1; next }
	lines && lines < 3 { held = held $0 "\n"; lines++; next }
	lines {
		if (/ net\/netfilter\/nf(_tables_api|t_set_[a-z]+)\.c:[0-9]+ RCU-list traversed/) {
			skip = 1
			held = ""
		}
		say_held()
	}
	skip && /Call Trace:/ { traced = 1; next }
	skip && traced && !/\] +(\[<|\? |<\/?TASK>|[[:alnum:]_.]+\+0x)/ { skip = traced = 0 }
	!skip
	END { say_held() }' "$1"
}

# An ICMP message that is sent while another one is, on the same CPU, is given up: the
# kernel tries for a lock that it has ("the output path signals a dst_link_failure() for
# an outgoing ICMP packet", net/ipv4/icmp.c). With one CPU only, DEBUG_SPINLOCK takes that
# for a fault. FILE without such reports, from the line with BUG to the end of the trace.
without_nested_icmp()
{
	awk '
	function end() {
		if (report !~ /\] _*icmp6?_send\+0x/)
			printf "%s", report
		report = ""
		traced = 0
	}
	/BUG: spinlock trylock failure on UP/ { end(); report = $0 "\n"; next }
	report && /Call Trace:/ { traced = 1 }
	report && traced && !/Call Trace:|\] +(\[<|\? |<\/?TASK>|[[:alnum:]_.]+\+0x)/ { end() }
	report { report = report $0 "\n"; next }
	{ print }
	END { end() }' "$1"
}

# leave_out FILE FILTER WHAT: what the filter takes out is said, and no more
leave_out()
{
	[[ -s $out/$1 ]] || return 0
	"$2" "$out/$1" >"$work/others"
	! cmp -s "$out/$1" "$work/others" || return 0
	say "$3 ($1)"
	[[ -e $out/$1.whole ]] || cp "$out/$1" "$out/$1.whole"
	cp "$work/others" "$out/$1"
}

leave_others_out()
{
	leave_our_races "$1"
	leave_out "$1" without_sets \
		"nf_tables walks lists of its own in a way that lockdep does not know"
	leave_out "$1" without_nested_icmp \
		"an ICMP message was given up, for another one was being sent"
}
