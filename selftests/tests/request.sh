#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Requests of the netlink family: what their headers have that is not defined is
# refused, and an answer of many parts says if what it tells changed meanwhile.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cli.sh
. "$selftests/tests/lib/cli.sh"

# --- headers ---------------------------------------------------------------

# The operations by their numbers, as include/uapi/linux/vnencap.h has them
operations=(
	"1 dev-get" "2 dev-set" "4 map-set" "5 map-del" "6 map-get"
	"7 map-flush" "11 key-set" "12 key-add" "13 key-use" "14 key-del"
	"15 key-get" "17 endpoint-get" "18 dev-del"
)
dumps=("1 dev-get" "6 map-get" "15 key-get" "17 endpoint-get")

# Flags of the netlink header: those of a dump are also NLM_F_REPLACE and
# NLM_F_EXCL, one alone
dump=0x300 undefined=0x8000
declare -A flags=(
	[replace]=0x100 [excl]=0x200 [create]=0x400 [append]=0x800
	[undefined]=$undefined
)

# answers NAME PATTERN CMD [FLAGS [RESERVED]]
answers()
{
	local said
	said=$(on 1 ask "${@:3}")
	if [[ $said =~ $2 ]]; then
		ok "$1"
	else
		not_ok "$1" "said: $said" "wanted: $2"
	fi
}

all()
{
	v1 map show
	v1 dev show
}

headers()
{
	local row cmd name flag before
	before=$(all)
	for row in "${operations[@]}"; do
		read -r cmd name <<<"$row"
		answers "$name: a reserved field must be zero" \
			"^22 .*reserved field" "$cmd" 0 1
		for flag in "${!flags[@]}"; do
			# map-set has a meaning for these
			[[ $name != map-set || $flag == append ||
			   $flag == undefined ]] || continue
			answers "$name: no flag $flag" \
				"^22 .*bits set in nlmsg_flags" \
				"$cmd" "${flags[$flag]}"
		done
	done
	check "nothing was changed by that" same "$before" "$(all)"
	for row in "${operations[@]}"; do
		read -r cmd name <<<"$row"
		answers "$name: echo is a flag" "^(0|22 .*missing)" "$cmd" 0x8
	done
	for flag in 0 0x400 0x600 0x500 0x100; do
		answers "map-set: flags $flag are right" "^22 .*vni.* missing" \
			4 "$flag"
	done
	check_that "all mappings were flushed, which was right, too" \
		"$(v1 map show | wc -l)" -eq 0
}

dump_headers()
{
	local row cmd name
	for row in "${dumps[@]}"; do
		read -r cmd name <<<"$row"
		answers "$name: all are shown" "^0" "$cmd" $dump
		answers "$name: not with an undefined flag" \
			"^22 .*bits set in nlmsg_flags" \
			"$cmd" $((dump | undefined))
		answers "$name: nor where a reserved field is not zero" \
			"^22 .*reserved field" "$cmd" $dump 1
	done
}

# --- mappings ---------------------------------------------------------------

# What vnencap(8) would not send: a fec that there is not, and one of a blackhole.
# Attributes: 1 is the VNI, 2 dst4, 5 via4, 10 blackhole, 11 fec.
fecs()
{
	local cmd flags name fec row
	for row in "4 0x400 map-set" "5 0 map-del"; do
		read -r cmd flags name <<<"$row"
		for fec in 51 100 253 254; do
			answers "$name: no fec $fec" \
				"^22 fec is from 0 to 50, or 255 for auto$" \
				"$cmd" "$flags" 0 1:9 2:0x0100000a 5:0x0200000a "11:$fec/1"
		done
		answers "$name: a blackhole has no fec" "^22 A blackhole has no fec$" \
			"$cmd" "$flags" 0 1:9 2:0x0100000a 10:0/0 11:0/1
		answers "$name: nor one of two bytes" "^(22|34) " \
			"$cmd" "$flags" 0 1:9 2:0x0100000a 5:0x0200000a 11:10/2
	done
	answers "map-set: a fec alone is no mapping" "^22 .*via.* missing" \
		4 0x400 0 1:9 2:0x0100000a 11:10/1
	says "and nothing is mapped" "" map show vni 9
	for fec in 0 50 255; do
		answers "map-set: a fec of $fec" "^0$" \
			4 0x400 0 1:9 2:0x0100000a 5:0x0200000a "11:$fec/1"
		answers "map-get: has it" "^0$" 6 0 0 1:9 2:0x0100000a
		answers "map-del: of the prefix with that fec" "^0$" \
			5 0 0 1:9 2:0x0100000a "11:$fec/1"
	done
}

# --- dumps -----------------------------------------------------------------

# endpoints FROM TO: mappings of VNI 8 with an endpoint each
endpoints()
{
	local i
	for ((i = $1; i < $2; i++)); do
		echo "vni 8 10.9.$((i >> 8)).$((i & 255)) via 10.8.$((i >> 8)).$((i & 255))"
	done
}

# shown_while COMMAND...: endpoints are shown, and COMMAND is run when a part of
# the answer has come: nobody reads on, so the pipe is full and then the socket
shown_while()
{
	local first shower
	exec {pipe}< <(on 1 vnencap endpoint show vni 8 2>"$work/err")
	shower=$!
	read -r first <&"$pipe"
	"$@"
	{ echo "$first"; cat <&"$pipe"; } >"$work/shown"
	exec {pipe}<&-
	wait "$shower"
}

is_marked()
{
	grep -q "Dump was interrupted" "$work/err"
}

interrupted()
{
	endpoints 0 10000 | v1 map load - || die "cannot load mappings"
	check "many endpoints are shown" shown_while true
	check_that "all of them" "$(sort -u "$work/shown" | wc -l)" -eq 10000
	check_that "each once" "$(wc -l <"$work/shown")" -eq 10000
	check_fails "and no interruption is told" 1 is_marked
	endpoints 10000 "$(scaled 40000 16000)" >"$work/more"
	check "they are shown while the table grows" \
		shown_while v1 map load "$work/more"
	check "and it is told" is_marked
	endpoints 0 10000 | sed 's/.*via/vni 8/' | sort >"$work/were"
	check_that "none is missing that was there" "$(cut -d' ' -f1-3 \
		"$work/shown" | sort -u | comm -13 - "$work/were" | wc -l)" -eq 0
	v1 map flush vni 8
}

hosts_on_veth
overlay_up
headers
fecs
dump_headers
interrupted
