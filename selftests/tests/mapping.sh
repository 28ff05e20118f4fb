#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mappings, by the command line and what the kernel does of it: verbs, several
# endpoints, refusals, files, a million of them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cli.sh
. "$selftests/tests/lib/cli.sh"

# --- verbs -----------------------------------------------------------------

verbs()
{
	check "a mapping is added" v1 map add vni 7 10.1.0.0/16 via 10.0.0.9
	refused "adding it twice" 2 "Mapping exists" \
		map add vni 7 10.1.0.0/16 via 10.0.0.8
	refused "changing one that is not there" 2 "No such mapping" \
		map change vni 7 10.2.0.0/16 via 10.0.0.8
	refused "deleting one that is not there" 2 "No such mapping" \
		map del vni 7 10.2.0.0/16
	refused "deleting with another endpoint" 2 "another endpoint" \
		map del vni 7 10.1.0.0/16 via 10.0.0.8
	refused "the prefix's length counts" 2 "No such mapping" \
		map del vni 7 10.1.0.0/17
	check "one that is there is changed" \
		v1 map change vni 7 10.1.0.0/16 via 10.0.0.8
	says "and has the new endpoint" "vni 7 10.1.0.0/16 via 10.0.0.8" \
		map show vni 7
	check "replace changes" v1 map replace vni 7 10.1.0.0/16 via 10.0.0.7
	check "replace adds" v1 map replace vni 7 10.1.2.0/24 via 10.0.0.6
	check "and a whole address" v1 map add vni 7 10.1.2.3 via 10.0.0.5
	longest
	check "deleting with the endpoint" \
		v1 map del vni 7 10.1.0.0/16 via 10.0.0.7
	check "deleting without" v1 map del vni 7 10.1.2.0/24
	refused "no mapping is left for it" 2 "No mapping" \
		map get vni 7 10.1.2.4
	check "flushing" v1 map flush vni 7
	says "leaves nothing" "" map show vni 7
	says "and no other VNI" "vni 1 ${vn[2]}/32 via ${sub[2]}" \
		map get vni 1 "${vn[2]}"
	check "flushing what is empty" v1 map flush vni 7
}

longest()
{
	says "the longest prefix is met" "vni 7 10.1.2.3/32 via 10.0.0.5" \
		map get vni 7 10.1.2.3
	check "deleting the longest" v1 map del vni 7 10.1.2.3
	says "then the next" "vni 7 10.1.2.0/24 via 10.0.0.6" \
		map get vni 7 10.1.2.3
	says "or the shortest" "vni 7 10.1.0.0/16 via 10.0.0.7" \
		map get vni 7 10.1.99.1
	refused "or none" 2 "No mapping" map get vni 7 10.2.0.1
	refused "nor one of another VNI" 2 "No mapping" map get vni 8 10.1.2.3
}

# Several endpoints, and none
targets()
{
	local several="via 10.0.0.5 weight 3 via fd00::6 weight 1"
	# shellcheck disable=SC2086 # words
	check "a mapping to several endpoints" \
		v1 map add vni 7 10.1.0.0/16 $several
	says "shows them in their order" "vni 7 10.1.0.0/16 $several" \
		map get vni 7 10.1.2.3
	refused "deleting with one of them" 2 "another endpoint" \
		map del vni 7 10.1.0.0/16 via 10.0.0.5
	refused "or with other weights" 2 "another endpoint" \
		map del vni 7 10.1.0.0/16 via 10.0.0.5 weight 2 via fd00::6
	refused "an endpoint given twice" 2 "twice" \
		map change vni 7 10.1.0.0/16 via 10.0.0.5 via 10.0.0.5
	refused "several without a weight" 2 "No endpoint has a weight" \
		map change vni 7 10.1.0.0/16 via 10.0.0.5 weight 0 via fd00::6 weight 0
	refused "or one" 2 "No endpoint has a weight" \
		map change vni 7 10.1.0.0/16 via 10.0.0.5 weight 0
	refused "a multicast one among several" 2 "multicast" \
		map change vni 7 10.1.0.0/16 via 10.0.0.5 via 224.0.0.1
	check "they become one" v1 map change vni 7 10.1.0.0/16 via 10.0.0.5
	says "which has no weight" "vni 7 10.1.0.0/16 via 10.0.0.5" \
		map show vni 7
	check "or none" v1 map change vni 7 10.1.0.0/16 blackhole
	says "which is shown" "vni 7 10.1.0.0/16 blackhole" map show vni 7
	refused "deleting with an endpoint" 2 "another endpoint" \
		map del vni 7 10.1.0.0/16 via 10.0.0.5
	check "deleting as it is" v1 map del vni 7 10.1.0.0/16 blackhole
	says "leaves nothing" "" map show vni 7
}

# A fec of a mapping's own, with one endpoint and with several
fecs()
{
	local one="vni 7 10.1.0.0/16 via 10.0.0.5"
	local several="via 10.0.0.5 weight 3 via fd00::6 weight 1"
	check "a mapping with a fec" v1 map add vni 7 10.1.0.0/16 via 10.0.0.5 fec 10
	says "which is shown" "$one fec 10" map show vni 7
	says "and in JSON" '[{"vni":7,"dst":"10.1.0.0/16","via":"10.0.0.5","fec":10}]' \
		-j map show vni 7
	says "its endpoint is one as any" "vni 7 10.0.0.5 mappings 1" \
		endpoint show vni 7
	check "it is switched off" v1 map change vni 7 10.1.0.0/16 via 10.0.0.5 fec off
	says "which is another thing than nothing" "$one fec off" map get vni 7 10.1.2.3
	says "in JSON, too" '[{"vni":7,"dst":"10.1.0.0/16","via":"10.0.0.5","fec":0}]' \
		-j map get vni 7 10.1.2.3
	check "it is automatic" v1 map replace vni 7 10.1.0.0/16 via 10.0.0.5 fec auto
	says "which is a word" "$one fec auto" map show vni 7
	says "in JSON, too" \
		'[{"vni":7,"dst":"10.1.0.0/16","via":"10.0.0.5","fec":"auto"}]' \
		-j map show vni 7
	fecs_deleted "$one"
	# shellcheck disable=SC2086 # words
	check "one with several endpoints" v1 map add vni 7 10.1.0.0/16 $several fec 50
	says "has it once" "vni 7 10.1.0.0/16 $several fec 50" map show vni 7
	says "in JSON, too" \
		'[{"vni":7,"dst":"10.1.0.0/16","hops":[{"via":"10.0.0.5","weight":3},{"via":"fd00::6","weight":1}],"fec":50}]' \
		-j map show vni 7
	check "a word before the endpoint" \
		v1 map change fec 20 via 10.0.0.5 vni 7 10.1.0.0/16
	says "does as well" "$one fec 20" map show vni 7
	v1 map flush vni 7
	fecs_heard
}

# By what it says, all of it or a part; the last is of the same mapping.
fecs_deleted()
{
	refused "deleting with another fec" 2 "^Error: Mapping has another fec\.$" \
		map del vni 7 10.1.0.0/16 via 10.0.0.5 fec 10
	refused "with another endpoint" 2 "another endpoint" \
		map del vni 7 10.1.0.0/16 via 10.0.0.6 fec auto
	check "deleting with the endpoint alone" \
		v1 map del vni 7 10.1.0.0/16 via 10.0.0.5
	v1 map add vni 7 10.1.0.0/16 via 10.0.0.5
	says "a mapping without is shown so" "$1" map show vni 7
	refused "deleting it with a fec" 2 "another fec" \
		map del vni 7 10.1.0.0/16 via 10.0.0.5 fec off
	check "it is given one" v1 map change vni 7 10.1.0.0/16 via 10.0.0.5 fec 5
	check "deleting with all" v1 map del vni 7 10.1.0.0/16 via 10.0.0.5 fec 5
	says "leaves no endpoint, either" "" endpoint show vni 7
}

fecs_heard()
{
	listen monitor
	v1 map add vni 3 10.7.0.0/16 via 10.0.0.3
	hears "a listener hears of none" "map vni 3 10.7.0.0/16 via 10.0.0.3"
	v1 map change vni 3 10.7.0.0/16 via 10.0.0.3 fec 10
	hears "of one" "map vni 3 10.7.0.0/16 via 10.0.0.3 fec 10"
	v1 map change vni 3 10.7.0.0/16 via 10.0.0.3 fec off
	hears "of another" "map vni 3 10.7.0.0/16 via 10.0.0.3 fec off"
	v1 map del vni 3 10.7.0.0/16
	hears "and which it was" "deleted map vni 3 10.7.0.0/16 via 10.0.0.3 fec off"
	stop "$monitor"
	v1 map flush vni 3
}

# What the kernel refuses, and what is seen to before it is asked
refusals()
{
	refused "a multicast endpoint" 2 "multicast" \
		map add vni 7 10.1.0.0/16 via 224.0.0.1
	refused "an IPv6 multicast endpoint" 2 "multicast" \
		map add vni 7 10.1.0.0/16 via ff02::1
	refused "a broadcast endpoint" 2 "broadcast" \
		map add vni 7 10.1.0.0/16 via 255.255.255.255
	refused "a zero endpoint" 2 "zero" map add vni 7 10.1.0.0/16 via 0.0.0.0
	refused "a mapped endpoint" 2 "mapped" \
		map add vni 7 10.1.0.0/16 via ::ffff:10.0.0.1
	refused "bits beyond the length" 1 "10.1.0.1/16" \
		map add vni 7 10.1.0.1/16 via 10.0.0.1
	refused "too long a prefix" 1 "10.1.0.0/33" \
		map add vni 7 10.1.0.0/33 via 10.0.0.1
	refused "too large a VNI" 1 "16777216" \
		map add vni 16777216 10.1.0.0/16 via 10.0.0.1
	refused "a word that does not belong" 1 "nonsense" \
		map add vni 7 10.1.0.0/16 nonsense via 10.0.0.1
	refused "no endpoint" 1 "via" map add vni 7 10.1.0.0/16
	refused "flushing without saying what" 1 "all" map flush
	refused "too much parity" 1 "from 0 to 50" \
		map add vni 7 10.1.0.0/16 via 10.0.0.1 fec 51
	refused "a blackhole's" 1 "a blackhole has no fec" \
		map add vni 7 10.1.0.0/16 blackhole fec 10
}

# --- files -----------------------------------------------------------------

# Prefixes of every length of both families, each with the bits it has
all_lengths()
{
	local len
	for ((len = 0; len <= 32; len++)); do
		echo "vni 9 $(prefix4 $len)/$len via 10.9.0.$((len + 1))"
	done
	for len in 0 1 7 8 16 31 32 33 47 48 63 64 65 96 127 128; do
		echo "vni 9 $(prefix6 $len)/$len via fd00::$((len + 1))"
	done
	echo "vni 9 203.0.113.0/24 via 10.9.1.1 weight 3 via fd00::99 weight 1"
	echo "vni 9 2001:db8::/32 via 10.9.1.1 weight 1 via 10.9.1.2 weight 255"
	echo "vni 9 198.51.100.0/24 blackhole"
	echo "vni 9 198.51.101.0/24 via 10.9.1.1 fec off"
	echo "vni 9 2001:db9::/32 via fd00::99 fec 50"
	echo "vni 9 198.51.102.0/24 via 10.9.1.1 weight 1 via fd00::99 weight 3 fec auto"
}

prefix4()
{
	local mask=$((0xffffffff << (32 - $1) & 0xffffffff)) a
	a=$((0xacd5b7ff & mask))
	echo "$((a >> 24)).$((a >> 16 & 255)).$((a >> 8 & 255)).$((a & 255))"
}

# As inet_ntop() writes it: here there are no runs of zeros but the last.
prefix6()
{
	local i bits word text=
	for ((i = 0; i < 8; i++)); do
		bits=$(($1 - 16 * i))
		((bits < 16)) || bits=16
		((bits > 0)) || break
		word=$((0xfdb7 & 0xffff << (16 - bits) & 0xffff))
		text+=$(printf '%s%x' "${text:+:}" "$word")
	done
	[[ $i -eq 8 ]] || text+=::
	echo "$text"
}

files()
{
	all_lengths >"$work/lines"
	check "prefixes of every length are loaded" v1 map load "$work/lines"
	v1 map show vni 9 >"$work/shown"
	check "each is shown as it was loaded" \
		diff <(sort "$work/lines") <(sort "$work/shown")
	check_that "JSON shows as many" "$(v1 -j map show vni 9 | jq length)" \
		-eq "$(wc -l <"$work/lines")"
	says "of several endpoints" \
		'[{"vni":9,"dst":"203.0.113.0/24","hops":[{"via":"10.9.1.1","weight":3},{"via":"fd00::99","weight":1}]}]' \
		-j map get vni 9 203.0.113.9
	says "of none" '[{"vni":9,"dst":"198.51.100.0/24","blackhole":true}]' \
		-j map get vni 9 198.51.100.9
	says "JSON has the words of the manual" \
		'[{"vni":9,"dst":"172.213.183.255/32","via":"10.9.0.33"}]' \
		-j map get vni 9 172.213.183.255
	v1 map show >"$work/all"
	check "all are flushed" v1 map flush all
	says "none is left" "" map show
	check "what was shown loads back" v1 map load "$work/all"
	check "into the same, in the same order" diff "$work/all" <(v1 map show)
	check "flushing that VNI" v1 map flush vni 9
	wrong_files
}

wrong_files()
{
	{
		seq -f 'vni 9 10.3.0.%g via 10.0.0.1' 200
		echo 'vni 9 10.3.0.0 via 10.0.0.wrong'
	} >"$work/lines"
	refused "a wrong word in the last line changes nothing" 1 \
		'lines:201.*10.0.0.wrong' map load "$work/lines"
	printf '%s\n' 'add vni 9 10.4.0.1 via 10.0.0.1' \
		'add vni 9 10.4.0.1 via 10.0.0.2' \
		'delete vni 9 10.4.0.9' \
		'# the end' '  add vni 9 10.4.0.3 via 10.0.0.3 # so it is' \
		>"$work/lines"
	check_fails "refused lines are told" 2 v1 -force map load "$work/lines"
	check_that "each by its number" \
		"$(sed 's/^Error: [^:]*lines:\([0-9]*\):.*/\1/' "$work/check" |
			paste -sd' ' - 2>/dev/null || cat "$work/check")" = "2 3"
	says "and the others loaded" "vni 9 10.4.0.1/32 via 10.0.0.1
vni 9 10.4.0.3/32 via 10.0.0.3" map show vni 9
	check_fails "without -force, too, it fails" 2 v1 map load "$work/lines"
	v1 map flush vni 9
	refused_lines
	printf '%s\n' 'map add vni 9 10.5.0.1 via 10.0.0.1' \
		'map get vni 9 10.5.0.1' 'dev show nosuch' \
		'map add vni 9 10.5.0.2 via 10.0.0.1' >"$work/batch"
	check_fails "a batch ends with the first error" 2 \
		v1 -batch "$work/batch"
	says "with what came before it done" \
		"vni 9 10.5.0.1/32 via 10.0.0.1" map show vni 9
	v1 map flush vni 9
	check_fails "with -force it goes on" 2 v1 -force -batch "$work/batch"
	check_that "to the end" "$(v1 map show vni 9 | wc -l)" -eq 2
	v1 map flush vni 9
}

# Of many lines in one message, the one that is refused, and what comes of the
# others
refused_lines()
{
	seq -f 'add vni 9 10.4.%g.0/24 via 10.0.0.1' 0 255 >"$work/lines"
	sed -i '100s/.*/add vni 9 10.4.2.0\/24 via 10.0.0.1/' "$work/lines"
	check_fails "a line is refused" 2 v1 map load "$work/lines"
	check_that "it is told, and that it was the end" \
		"$(grep -c 'lines:100:' "$work/check")" -eq 2
	check_that "what was before it is loaded, and nothing after it" \
		"$(v1 map show vni 9 | wc -l)" -eq 99
	v1 map flush vni 9
	sed -i '200s/.*/add vni 9 10.4.3.0\/24 via 10.0.0.2/' "$work/lines"
	check_fails "two lines are refused" 2 v1 -force map load "$work/lines"
	check_that "with -force each is told" \
		"$(grep -c 'lines:[12]00:.*Mapping exists' "$work/check")" -eq 2
	check_that "once" "$(wc -l <"$work/check")" -eq 2
	check_that "and all others are loaded" \
		"$(v1 map show vni 9 | wc -l)" -eq 254
	printf '%s\n' "add vni 9 10.6.0.0/16 via 10.0.0.1" \
		"change vni 9 10.6.0.0/16 via 10.0.0.2" \
		"delete vni 9 10.6.0.0/16 via 10.0.0.2" \
		"add vni 9 10.6.0.0/16 via 10.0.0.3" >"$work/lines"
	check "verbs are taken in their order" v1 map load "$work/lines"
	says "to the last" "vni 9 10.6.0.0/16 via 10.0.0.3" \
		map get vni 9 10.6.1.1
	v1 map flush vni 9
}

many()
{
	local count start=$SECONDS
	count=$(scaled 1000000 100000)
	awk -v n="$count" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "add vni 99 10.%d.%d.%d via 10.0.0.%d\n",
			       i / 65536, i / 256 % 256, i % 256, 1 + i % 250
	}' >"$work/many"
	check "$count mappings are loaded" v1 map load "$work/many"
	say "that took $((SECONDS - start)) s"
	rm "$work/many"
	check_that "all of them are shown" "$(v1 map show vni 99 | wc -l)" \
		-eq "$count"
	says "each is met" "vni 99 10.1.134.159/32 via 10.0.0.250" \
		map get vni 99 10.1.134.159
	check "and flushed" v1 map flush vni 99
	says "until none is left" "" map show vni 99
}

hosts_on_nics
overlay_up
verbs
targets
fecs
refusals
files
many
