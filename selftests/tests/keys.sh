#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Keys: what may be done with them, who gets through with which, that they are
# changed under traffic without a packet lost, and that nothing ever tells one.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

key=()		# the digits of each, whose file is $work/key.N

make_keys()
{
	local i
	for i in {1..9}; do
		key[i]=$(od -An -v -N16 -tx1 /dev/urandom | tr -d ' \n')
		(umask 077 && echo "${key[i]}" >"$work/key.$i")
	done
}

# at HOST WORD...
at()
{
	on "$1" vnencap key "${@:2}"
}

# both WORD...: at either host
both()
{
	at 1 "$@" && at 2 "$@"
}

# has NAME VNI WANTED: what host 1 tells of it
has()
{
	check_that "$1" "$(at 1 show vni "$2")" = "vni $2 $3"
}

# empty NAME WORD...
empty()
{
	check "$1" test -z "${*:2}"
}

# refused NAME PATTERN WORD...: by the kernel, with one line
refused()
{
	local name=$1 pattern=$2
	shift 2
	check_fails "$name" 2 at 1 "$@" && check_that "$name, and told why" \
		"$(grep -cE -- "$pattern" "$work/check")" -eq 1
}

# --- words -----------------------------------------------------------------

words()
{
	has "a VNI has no key" 7 "id 0"
	check "it is given one, from a file" \
		at 1 set vni 7 file "$work/key.1"
	has "which it has" 7 "id 1"
	check "and another, from the standard input" \
		at 1 add vni 7 id 2 file - <"$work/key.2"
	has "which it has as well" 7 "id 1 also 2"
	refused "a third" "Two keys" add vni 7 id 3 file "$work/key.3"
	refused "one of the same id" "has a key" add vni 7 id 2 file "$work/key.3"
	refused "to use what is not there" "no key" use vni 7 id 3
	refused "to delete what is not there" "no key" delete vni 7 id 3
	refused "to delete the one that is used" "sent with" delete vni 7 id 1
	check "the other is used" at 1 use vni 7 id 2
	has "and the first still there" 7 "id 2 also 1"
	check "until it is deleted" at 1 delete vni 7 id 1
	has "which it is" 7 "id 2"
	check "a key is given as a word" at 1 set vni 8 id 4294967295 "${key[3]}"
	check_that "all are shown" "$(at 1 show | xargs)" = \
		"vni 7 id 2 vni 8 id 4294967295"
	check_that "in JSON, too" "$(on 1 vnencap -j key show vni 8)" = \
		'[{"vni":8,"id":4294967295}]'
	refused "a key of zeros" "is zero" set vni 8 "${key[3]//?/0}"
	refused "a key of the id 0" "everybody" set vni 8 id 0 "${key[3]}"
	has "what is refused changes nothing" 8 "id 4294967295"
	check "without its keys" at 1 delete vni 8 all
	has "a VNI has none" 8 "id 0"
	check "nor another, with the key 0 in its place" at 1 set vni 7 id 0
	empty "and none is shown" "$(at 1 show)"
	printf 'key set vni 7 file -\n%s\nkey add vni 7 id 2 %s\nkey show\n' \
		"${key[1]}" "${key[2]}" >"$work/batch"
	check_that "a batch can have keys between its lines" \
		"$(on 1 vnencap -batch - <"$work/batch")" = "vni 7 id 1 also 2"
	check "they go" at 1 delete vni 7 all
}

# --- who gets through ------------------------------------------------------

answered()
{
	on 1 ping -q -c3 -i0.1 -W2 "${vn[2]}"
}

# each_bad NAME: five packets that host 2 drops for their tag, and nothing else
each_bad()
{
	mark
	check_fails "$1: no answer" 1 on 1 ping -q -c5 -i0.05 -W1 "${vn[2]}"
	check_that "$1: each is counted" "$(since 2 rx_bad_tag)" -eq 5
	check_that "$1: and none handed up" \
		"$(since 2 rx_delivered_bytes)" -eq 0
}

match()
{
	check "both hosts get a key" both set vni 1 file "$work/key.1"
	mark
	check "packets are answered" answered
	check "a file arrives" transfer 1 2 "${vn[2]}"
	check_no_errors "nothing is dropped"
	check "the other host gets another key" \
		at 2 set vni 1 file "$work/key.2"
	each_bad "another key"
	check "or none" at 2 delete vni 1 all
	each_bad "no key"
	check "and this one none, but that one has" at 1 delete vni 1 all
	check "the key" at 2 set vni 1 file "$work/key.2"
	each_bad "no key at the sender"
	check "two others" at 2 add vni 1 id 2 file "$work/key.3"
	each_bad "no key, and two wanted"
	check "both have none again" both delete vni 1 all
	check "packets are answered as before" answered
}

# --- rotation --------------------------------------------------------------

# Nobody sends with the old key any more when this no longer grows.
old_key_is_out()
{
	local n now
	n=$(counter 1 rx_other_key) now=$(counter 2 rx_other_key)
	nap 0.2
	[[ $n -eq $(counter 1 rx_other_key) && \
	   $now -eq $(counter 2 rx_other_key) ]]
}

# rotate OLD NEW: as the manual has it, a step at each host before the next
rotate()
{
	local new=(id "$2")
	[[ $2 -eq 0 ]] || new+=(file "$work/key.$2")
	both add vni 1 "${new[@]}" && both use vni 1 id "$2" &&
		poll 10 old_key_is_out && both delete vni 1 id "$1"
}

# Files both ways, as long as a process is there
files()
{
	while kill -0 "$1" 2>/dev/null; do
		transfer 1 2 "${vn[2]}" && transfer 2 1 "${vn[1]}" sendfile ||
			return
	done
}

# What TCP sends again does not count here: on a machine as slow as an emulated
# one that is what was late, too.
rotation()
{
	local i turns=0 old=0 pinger traffic
	mark
	start 1 ping -q -i 0.004 -c 1000 -W 5 "${vn[2]}" >"$work/pings"
	pinger=$!
	files $pinger >"$work/files" 2>&1 &
	traffic=$!
	# from no key to the first, from key to key, and back to none
	while kill -0 $pinger 2>/dev/null || [[ $turns -lt 4 || $old -ne 0 ]]; do
		rotate $old $(((old + 1) % 4)) >"$work/rotate" 2>&1 || break
		old=$(((old + 1) % 4)) turns=$((turns + 1))
	done
	check_that "keys are changed, each of them" "$turns" -ge 4 ||
		cat "$work/rotate" >&2
	check "files arrive meanwhile" wait $traffic || cat "$work/files" >&2
	check "and every ping is answered" wait $pinger
	check_that "each of them" \
		"$(grep -c '1000 received' "$work/pings")" -eq 1 ||
		cat "$work/pings" >&2
	remark "keys changed $turns times; frames by the other key:" \
		"$(since 1 rx_other_key) and $(since 2 rx_other_key)"
	check_that "frames came by the old key and by the new" \
		"$(($(since 1 rx_other_key) + $(since 2 rx_other_key)))" -gt 0
	for i in 1 2; do
		check "each frame sent by host $i arrives whole" \
			all_come $i tx_frames $((3 - i)) rx_frames_whole
	done
	check_no_errors "nothing is dropped by it"
}

# --- devices ---------------------------------------------------------------

device()
{
	on "$1" ip link add link "${dev[$1]}" name vn8 type vnencap vni 8 &&
		on "$1" ip addr add "192.168.8.$1/24" dev vn8 &&
		on "$1" ip link set vn8 up
}

reaches()
{
	on "${1:-1}" ping -q -c2 -i0.1 -W2 192.168.8.2
}

devices()
{
	local i
	check "keys are there before the device" \
		both set vni 8 file "$work/key.1"
	for i in 1 2; do
		for vni in 8 9; do
			printf "vni $vni 192.168.8.%s via %s\n" \
				1 "${via[1]}" 2 "${via[2]}"
		done | on $i vnencap map load -
		device $i || die "cannot make vn8"
	done
	check "and are its" reaches
	at 2 set vni 8 file "$work/key.2"
	check_fails "at once" 1 reaches
	at 1 set vni 8 file "$work/key.2"
	check "as those of the other host" reaches
	on 1 ip link del vn8
	check "they stay when it goes" device 1
	check "for the next one" reaches
	on 1 vnencap dev set vn8 vni 9
	on 2 ip link set vn8 type vnencap vni 9
	check "another VNI has others" reaches
	both set vni 9 id 5 file "$work/key.3"
	check "that are changed by themselves" reaches
	on 1 vnencap dev set vn8 vni 8
	on 2 vnencap dev set vn8 vni 8
	check "and back" reaches
	new_ns 4 tenant
	on 1 ip link set vn8 netns "${ns[4]}"
	on 4 ip addr add 192.168.8.1/24 dev vn8
	on 4 ip link set vn8 up
	check "in a tenant's namespace the device has the key" reaches 4
	both set vni 8 file "$work/key.4"
	check "that is changed at home" reaches 4
	empty "and not shown there" "$(on 4 vnencap key show)"
	check "the tenant may have keys of its own" \
		on 4 vnencap key set vni 8 file "$work/key.5"
	check "which are not those of the device" reaches 4
	check_that "nor the substrate's" "$(at 1 show vni 8)" = "vni 8 id 1"
	drop_ns 4
	check_that "which stay" "$(at 1 show | xargs)" = "vni 8 id 1 vni 9 id 5"
	on 2 ip link del vn8
	check "until they are deleted" both delete vni 8 all
	both delete vni 9 all
}

# --- forgeries -------------------------------------------------------------

# captured: a packet of host 1 that host 2 has not taken
captured()
{
	on 1 ping -q -c1 -W1 -s 64 "${vn[2]}" >/dev/null
	[[ -s $work/single ]]
}

forged()
{
	local tracer sent
	for host in 1 2; do
		on $host ethtool -K "${dev[host]}" tx off tso off gso off \
			>/dev/null
	done
	at 1 set vni 1 file "$work/key.1"
	at 2 set vni 1 file "$work/key.2"
	start 1 hostile "${dev[1]}" capture "$port" 100 300 "$work/single"
	tracer=$!
	poll 10 captured || die "no packet to begin with"
	wait $tracer
	at 2 set vni 1 file "$work/key.1"
	mark
	# the tag is what the payload begins with
	sent=$(on 1 hostile "${dev[1]}" flip "$work/single" 48 54 fix)
	poll 5 counted "$sent" || :
	check_that "other tags: each is counted" "$(since 2 rx_bad_tag)" -eq \
		"$sent"
	sent=$((sent + $(on 1 hostile "${dev[1]}" flip "$work/single" 54 76 fix)))
	poll 5 counted "$sent" || :
	check_that "another inner header: each is counted" \
		"$(since 2 rx_bad_tag)" -eq "$sent"
	check_that "none is handed up" "$(since 2 rx_delivered_bytes)" -eq 0
	on 1 hostile "${dev[1]}" replay "$work/single" 1 >/dev/null
	check "while the packet as it was would have been" \
		poll 5 handed_up
	both delete vni 1 all
}

counted()
{
	[[ $(since 2 rx_bad_tag) -ge $1 ]]
}

handed_up()
{
	[[ $(since 2 rx_frames_whole) -eq 1 ]]
}

# --- others' addresses -------------------------------------------------------

# heard NAME; not_heard NAME COUNTER: three packets of host 1
heard()
{
	mark
	on 1 ping -q -c3 -i0.1 -W1 "${vn[2]}" >/dev/null
	check_that "$1 is heard" "$(since 2 rx_frames_whole)" -eq 3
}

not_heard()
{
	mark
	on 1 ping -q -c3 -i0.1 -W1 "${vn[2]}" >/dev/null
	check_that "$1 is not heard" "$(since 2 "$2")" -eq 3
	check_that "nor is anything handed up" \
		"$(since 2 rx_delivered_bytes)" -eq 0
}

# Host 1 is no member any more: its overlay address is one of 10.0.0.3's. From there
# it sends.
as_another()
{
	on 2 vnencap map replace vni 1 "${vn[1]}/32" via 10.0.0.3
	not_heard "a neighbour" rx_spoofed
	on 1 ip addr add 10.0.0.3/24 dev "${dev[1]}"
	on 1 vnencap dev set vn0 local 10.0.0.3
	heard "a neighbour who sends from a member's address, without a key,"
	at 2 set vni 1 file "$work/key.2"
	not_heard "but where there is one" rx_bad_tag
	at 1 set vni 1 file "$work/key.2"
	heard "a member with the key who sends from another's address"
	both delete vni 1 all
	on 1 vnencap dev set vn0 local any
	on 1 ip addr del 10.0.0.3/24 dev "${dev[1]}"
	overlay_map 2
	heard "who is a member again"
}

# --- never shown -----------------------------------------------------------

# Each key that a file has in it, its bytes in their order or in that of the
# numbers that the kernel makes of them, or as text
told()
{
	local hex text word i
	hex=$(od -An -v -tx1 "$1" | tr -d ' \n')
	for i in "${!key[@]}"; do
		text=$(printf %s "${key[i]}" | od -An -v -tx1 | tr -d ' \n')
		for word in "${key[i]:0:16}" "${key[i]:16}" \
			    "$(reversed "${key[i]:0:16}")" \
			    "$(reversed "${key[i]:16}")" "${text:0:32}"; do
			[[ $hex != *"$word"* ]] || echo "key $i"
		done
	done
}

# bytes from the last to the first
reversed()
{
	local i
	for ((i = ${#1} - 2; i >= 0; i -= 2)); do
		printf %s "${1:i:2}"
	done
}

listening_on()
{
	grep -q listening "$work/tcpdump"
}

# Whatever tells of keys, or of what has them
ask_all()
{
	local words
	for words in "key show" "-j key show" "key show vni 1" "dev show" \
		     "-s dev show vn0" "map show" "map get vni 1 ${vn[2]}"; do
		# shellcheck disable=SC2086 # words
		on 1 vnencap $words
	done
	on 1 ip -d link show
	on 1 ip -d -j -s link show vn0
	on 1 ethtool -S vn0
	at 1 use vni 1 id 2
	at 1 delete vni 1 id 1
}

monitor_on()
{
	at 1 set vni 3 file "$work/key.4"
	[[ -s $work/events ]]
}

# All netlink messages of host 1
capture_on()
{
	start 1 tcpdump -q -s 0 -B 8192 -U -i nlmon0 -w "$work/netlink" \
		2>"$work/tcpdump"
	dump=$!
	poll 20 listening_on || die "no capture"
}

has_told()
{
	[[ -n $(told "$work/netlink") ]]
}

never_shown()
{
	local dump='' monitor
	! on 1 ip link add nlmon0 up type nlmon 2>/dev/null || dump=1
	start 1 vnencap monitor >"$work/events"
	monitor=$!
	poll 10 monitor_on || die "the monitor hears nothing"
	both set vni 1 file "$work/key.1"
	[[ -z $dump ]] || capture_on
	# what is asked here does have a key in it
	at 1 add vni 1 id 2 file "$work/key.2"
	if [[ -n $dump ]]; then
		poll 10 has_told || :
		check_that "a request with a key is seen to have it" \
			"$(told "$work/netlink" | sort -u)" = "key 2"
		stop $dump
		capture_on
	fi
	ask_all >"$work/said" 2>&1
	check "events are heard" poll 10 grep -q "^key vni 1 id 2$" \
		"$work/events"
	[[ -z $dump ]] || answers "$dump"
	stop $monitor
	empty "and tell no key" "$(told "$work/events")"
	empty "nor does any output" "$(told "$work/said")"
	dmesg >"$work/dmesg"
	empty "nor the kernel's log" "$(told "$work/dmesg")"
	both delete vni 1 all
	at 1 delete vni 3 all
}

answers()
{
	poll 10 complete || :
	stop "$1"
	check "answers are captured, to the last" complete
	empty "none of them has a key in it" "$(told "$work/netlink")"
	on 1 ip link del nlmon0
}

# Is the last request in it, with its attributes VNI 1 and id 1?
complete()
{
	[[ $(od -An -v -tx1 "$work/netlink" | tr -d ' \n') == \
		*08000100010000000800020001000000* ]]
}

hosts_on_veth
overlay_up
make_keys
make_file "$(scaled 8 2)"
words
match
rotation
devices
as_another
never_shown
forged
both set vni 1 file "$work/key.1"
check "namespaces go with keys in them" drop_ns 2
