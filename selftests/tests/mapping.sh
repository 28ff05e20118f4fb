#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The command line and what the kernel does of it: mappings, devices, events,
# who may; and mappings that change under traffic.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

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

same()
{
	diff <(echo "$1") <(echo "$2")
}

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

# --- devices ---------------------------------------------------------------

other_settings="ttl auto tos 0x00 spoofcheck notrack mssclamp"

shows_dev()
{
	says "$1" "vn0 link ${dev[1]} $2 $other_settings" dev show vn0
}

devices()
{
	check "a device is given an address" v1 dev set vn0 local 10.0.0.1
	shows_dev "which it has" "vni 1 local 10.0.0.1 port 7471"
	check "and a port" v1 dev set vn0 port 7472
	shows_dev "the address stays" "vni 1 local 10.0.0.1 port 7472"
	check "and a VNI" v1 dev set vn0 vni 5
	shows_dev "the port stays" "vni 5 local 10.0.0.1 port 7472"
	check "all at once" v1 dev set vn0 vni 1 local any port 7471
	shows_dev "makes it as it was" "vni 1 local any port 7471"
	check "a second device" on 1 ip link add link "${dev[1]}" name vn1 \
		type vnencap
	refused "cannot have the first one's VNI" 2 "in use" dev set vn1 vni 1
	refused "nor can what is no vnencap device be set" 2 "No such" \
		dev set "${dev[1]}" vni 3
	refused "nor be shown" 2 "No such" dev show nosuch
	refused "port 0 is no port" 1 '"0"' dev set vn1 port 0
	check_that "JSON knows both" \
		"$(v1 -j dev show | jq -r '.[].ifname' | sort | xargs)" = "vn0 vn1"
	statistics
	tenant
}

statistics()
{
	check "the counters have ethtool's names and order" diff \
		<(v1 -s dev show vn0 | tail -n +2 | awk '{ print $1 }') \
		<(on 1 ethtool -S vn0 | tail -n +2 | awk -F'[ :]+' '{ print $2 }')
	check "and its values" diff \
		<(v1 -j -s dev show vn0 | jq -r '.[0].stats[]') \
		<(on 1 ethtool -S vn0 | tail -n +2 | awk '{ print $2 }')
	check_that "ip counts the packets received" \
		"$(on 1 ip -s -j link show vn0 | jq '.[0].stats64.rx.packets')" \
		-gt 0
}

# A device in a tenant's namespace belongs to the substrate's all the same.
tenant()
{
	local before
	new_ns 4 tenant
	check "a device moves to a tenant" on 1 ip link set vn1 netns "${ns[4]}"
	check_that "it is shown where its lower device is" \
		"$(v1 -j dev show | jq -r '.[].ifname' | sort | xargs)" = "vn0 vn1"
	check "and set from there" v1 dev set vn1 vni 77
	before=$(v1 map show)
	check "the tenant sees no device" same "" "$(on 4 vnencap dev show)"
	check "nor mappings" same "" "$(on 4 vnencap map show)"
	check_fails "nor can the tenant set it" 2 \
		on 4 vnencap dev set vn1 vni 1
	on 4 vnencap map replace vni 1 "${vn[2]}" via 10.0.0.66
	on 4 vnencap map flush all
	check "nor change a mapping" same "$before" "$(v1 map show)"
	check "the tenant can delete it, as any device" on 4 ip link del vn1
	drop_ns 4
}

nobody()
{
	local words
	for words in "map show" "map add vni 3 10.0.0.1 via 10.0.0.1" \
		     "map del vni 1 ${vn[2]}" "map get vni 1 ${vn[2]}" \
		     "map flush all" "dev show" "dev set vn0 vni 3" \
		     "key show" "key show vni 1" \
		     "key set vni 1 id 0" \
		     "key set vni 1 00112233445566778899aabbccddeeff" \
		     "key use vni 1 id 0" "key delete vni 1 id 1" monitor; do
		# shellcheck disable=SC2086 # words
		check_fails "nobody may say $words" 2 on 1 setpriv --reuid 65534 \
			--regid 65534 --clear-groups "$(type -P vnencap)" $words
	done
}

# --- events ----------------------------------------------------------------

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

events()
{
	listen monitor
	v1 map add vni 3 10.7.0.0/16 via 10.0.0.3
	hears "a mapping that is added" "map vni 3 10.7.0.0/16 via 10.0.0.3"
	v1 map change vni 3 10.7.0.0/16 via 10.0.0.4
	hears "one that is changed" "map vni 3 10.7.0.0/16 via 10.0.0.4"
	v1 map del vni 3 10.7.0.0/16
	hears "one that is deleted" "deleted map vni 3 10.7.0.0/16 via 10.0.0.4"
	v1 map flush vni 3
	hears "one that is flushed" "deleted map vni 3 10.6.0.1/32 via 10.0.0.1"
	v1 dev set vn0 port 7475
	hears "a device that is changed" \
		"dev vn0 link ${dev[1]} vni 1 local any port 7475 $other_settings"
	v1 dev set vn0 port 7471
	on 1 ping -q -c20 -i0.01 -W1 192.168.4.99 >/dev/null
	hears "a miss" "miss vni 1 192.168.4.99 count 1"
	check_that "which is not told for each packet" \
		"$(grep -c 'miss vni 1 192.168.4.99' "$work/events")" -le 3
	stop "$monitor"
	listen -j monitor config
	on 1 ping -q -c1 -W1 192.168.4.98 >/dev/null
	v1 map add vni 3 10.7.0.0/16 via 10.0.0.3
	hears "the same in JSON" \
		'{"event":"map","vni":3,"dst":"10.7.0.0/16","via":"10.0.0.3"}'
	check_that "without misses where only changes are asked for" \
		"$(grep -c miss "$work/events")" -eq 0
	stop "$monitor"
	v1 map flush vni 3
}

# --- traffic ---------------------------------------------------------------

no_mapping()
{
	mark
	on 1 ping -q -c5 -i0.01 -W1 192.168.4.99 >/dev/null
	check_that "packets without a mapping are counted" \
		"$(since 1 tx_no_mapping)" -eq 5
	check_that "and do not leave" "$(since 1 tx_frames)" -eq 0
}

spoofing()
{
	on 2 ip addr add 192.168.4.66/32 dev vn0
	mark
	check_fails "an unmapped source gets no answer" 1 \
		on 2 ping -q -c5 -i0.01 -W1 -I 192.168.4.66 "${vn[1]}"
	check_that "and is counted" "$(since 1 rx_spoofed)" -eq 5
	check_that "and not handed up" "$(since 1 rx_delivered_bytes)" -eq 0
	v1 map add vni 1 192.168.4.66 via 10.0.0.77
	check_fails "nor does one mapped elsewhere" 1 \
		on 2 ping -q -c5 -i0.01 -W1 -I 192.168.4.66 "${vn[1]}"
	check_that "which is counted, too" "$(since 1 rx_spoofed)" -eq 10
	v1 map change vni 1 192.168.4.66 via "${sub[2]}"
	check "rightly mapped, it does" \
		on 2 ping -q -c5 -i0.01 -W1 -I 192.168.4.66 "${vn[1]}"
	v1 map del vni 1 192.168.4.66
}

# sent_to ADDR: frames that left host 1 for there
sent_to()
{
	v1_nft | jq --arg to "$1" '[.nftables[].rule? | select(.) |
		select(.expr[].match?.right == $to) |
		.expr[].counter? | select(.) | .packets] | add'
}

v1_nft()
{
	on 1 nft -j list table ip sent
}

watch_sent()
{
	on 1 nft -f - <<-END || die "no nft"
		table ip sent {
			chain out {
				type filter hook output priority 0
				ip daddr ${sub[2]} tcp dport $port counter
				ip daddr $other tcp dport $port counter
			}
		}
	END
}

# Host 2 has two addresses that one of the overlay is mapped to.
several_endpoints()
{
	local other=10.0.0.22 third=10.0.0.33 addr n i
	on 2 ip addr add $other/24 dev "${dev[2]}"
	on 2 ip addr add $third/24 dev "${dev[2]}"
	for addr in $other $third; do
		poll 10 on 1 ping -c1 -W1 "$addr"
	done
	v1 map replace vni 1 "${vn[2]}" via "${sub[2]}" weight 3 via $other
	watch_sent
	mark
	check "an address at several hosts answers" \
		on 1 ping -q -c50 -i0.002 -W2 "${vn[2]}"
	check_that "a flow goes to one of them" \
		"$(($(sent_to $other) == 0 || $(sent_to "${sub[2]}") == 0))" -eq 1
	on 1 nft delete table ip sent
	watch_sent
	# shellcheck disable=SC2016 # for the inner shell
	on 1 bash -c 'for ((i = 0; i < 400; i++)); do
		echo >"/dev/udp/$0/$((20000 + i))"; done' "${vn[2]}" 2>/dev/null
	n=$(sent_to $other)
	check_that "each flow goes somewhere" \
		"$((n + $(sent_to "${sub[2]}")))" -ge 400
	check_that "a fourth of them" "$n" -ge 50
	check_that "where the weight is one of four" "$n" -le 150
	on 1 nft delete table ip sent
	for addr in "${sub[2]}" $other $third; do
		on 2 vnencap dev set vn0 local "$addr"
		mark
		on 2 ping -q -c3 -i0.01 -W1 "${vn[1]}" >/dev/null
		check_that "from $addr" "$(since 1 rx_spoofed)" -eq \
			"$([[ $addr != "$third" ]] && echo 0 || echo 3)"
	done
	on 2 vnencap dev set vn0 local any
	v1 map replace vni 1 "${vn[2]}" via "${sub[2]}"
	on 2 ip addr del $other/24 dev "${dev[2]}"
	on 2 ip addr del $third/24 dev "${dev[2]}"
}

# endpoint HOST ADDR NAME: a counter
endpoint()
{
	on "$1" vnencap -j -s endpoint show vni 1 "$2" | jq ".[0].stats.$3"
}

endpoints()
{
	local name before=()
	says "each endpoint is shown with its mappings" \
		"vni 1 ${sub[2]} mappings $((has_ipv6 ? 2 : 1))" \
		endpoint show vni 1 "${sub[2]}"
	check_that "all of a VNI" \
		"$(v1 -j endpoint show vni 1 | jq -r '.[].addr' | sort | xargs)" \
		= "${sub[1]} ${sub[2]}"
	refused "no other" 2 "No mapping names" endpoint show vni 1 10.0.0.99
	for name in tx_frames tx_bytes rx_frames rx_bytes; do
		before+=("$(endpoint 1 "${sub[2]}" $name)")
	done
	mark
	on 1 ping -q -c10 -i0.01 -W1 -s 972 "${vn[2]}" >/dev/null
	check_that "frames to it are counted" \
		"$(($(endpoint 1 "${sub[2]}" tx_frames) - before[0]))" -eq \
		"$(since 1 tx_frames)"
	check_that "their bytes" \
		"$(($(endpoint 1 "${sub[2]}" tx_bytes) - before[1]))" -eq 10000
	check_that "frames from it" \
		"$(($(endpoint 1 "${sub[2]}" rx_frames) - before[2]))" -eq \
		"$(since 1 rx_frames_whole)"
	check_that "their bytes" \
		"$(($(endpoint 1 "${sub[2]}" rx_bytes) - before[3]))" -eq 10000
	check_that "what is spoofed" "$(endpoint 1 "${sub[2]}" rx_spoofed)" \
		-gt 0
	# what is sent to ourselves is
	v1 map add vni 1 192.168.4.90 via "${sub[1]}"
	on 1 ping -q -c3 -i0.01 -W1 192.168.4.90 >/dev/null
	check_that "and what finds no route" \
		"$(endpoint 1 "${sub[1]}" tx_dropped)" -eq 3
	v1 map del vni 1 192.168.4.90
	off_link 10.77.0.9
	[[ -z $has_ipv6 ]] || off_link fd00:77::9
	unchecked
	many_endpoints
}

# off_link ADDR: an address that there is no route to is not taken to be near.
off_link()
{
	v1 map add vni 1 192.168.4.90 via "$1"
	mark
	on 1 ping -q -c3 -i0.01 -W1 192.168.4.90 >/dev/null
	check_that "there is no route to $1" "$(since 1 tx_no_route)" -eq 3
	check_that "which is counted for it" "$(endpoint 1 "$1" tx_dropped)" \
		-eq 3
	on 1 ip route add "$1" dev "${dev[1]}"
	on 1 ping -q -c3 -i0.01 -W1 192.168.4.90 >/dev/null
	check_that "with one packets leave" "$(since 1 tx_frames)" -eq 3
	on 1 ip route del "$1" dev "${dev[1]}"
	on 1 ping -q -c3 -i0.01 -W1 192.168.4.90 >/dev/null
	check_that "and when it is gone, none" "$(since 1 tx_no_route)" -eq 6
	v1 map del vni 1 192.168.4.90
}

# Without a check of sources it is the sender that counts.
unchecked()
{
	local before
	v1 dev set vn0 nospoofcheck
	on 2 ip addr add 192.168.4.66/32 dev vn0
	before=$(endpoint 1 "${sub[2]}" rx_frames)
	on 2 ping -q -c3 -i0.01 -W1 -I 192.168.4.66 "${vn[1]}" >/dev/null
	check_that "frames of sources that are not checked are counted" \
		"$(($(endpoint 1 "${sub[2]}" rx_frames) - before))" -eq 3
	on 2 ip addr del 192.168.4.66/32 dev vn0
	v1 dev set vn0 spoofcheck
}

many_endpoints()
{
	local i
	for ((i = 0; i < 3000; i++)); do
		echo "vni 8 10.8.$((i / 250)).$((i % 250)) via 10.7.$((i / 250)).$((i % 250 + 1))"
	done | v1 map load -
	check_that "a dump of many shows each once" \
		"$(v1 endpoint show vni 8 | sort -u | wc -l)" -eq 3000
	v1 map flush vni 8
	says "and none when their mappings are gone" "" endpoint show vni 8
}

blackhole()
{
	v1 map add vni 1 192.168.4.96/28 blackhole
	v1 map add vni 1 192.168.4.100 via "${sub[2]}"
	listen monitor misses
	mark
	on 1 ping -q -c5 -i0.01 -W1 192.168.4.99 >/dev/null
	check_that "packets to a blackhole are dropped as such" \
		"$(since 1 tx_blackhole)" -eq 5
	check_that "and not for want of a mapping" \
		"$(since 1 tx_no_mapping)" -eq 0
	check_that "they do not leave" "$(since 1 tx_frames)" -eq 0
	on 1 ping -q -c1 -W1 192.168.4.100 >/dev/null
	check_that "a longer prefix in it does" "$(since 1 tx_frames)" -eq 1
	poll 10 heard_other_miss
	check_fails "no miss is told" 1 grep -F 192.168.4.99 "$work/events"
	stop "$monitor"
	v1 map del vni 1 192.168.4.96/28
	v1 map del vni 1 192.168.4.100
	v1 map flush vni 3
}

heard_other_miss()
{
	on 1 ping -q -c1 -W0.1 192.168.4.250 >/dev/null
	grep -qF 192.168.4.250 "$work/events"
}

# One way, so that the answers' source, mapped to one address and then to the
# other, plays no part.
replace_under_traffic()
{
	local i pinger other=10.0.0.22 lost
	on 2 ip addr add $other/24 dev "${dev[2]}"
	poll 10 on 1 ping -c1 -W1 $other
	for ((i = 0; i < 700; i++)); do
		echo "replace vni 1 ${vn[2]} via $other"
		echo "replace vni 1 ${vn[2]} via $other via ${sub[2]}"
		echo "replace vni 1 ${vn[2]} via ${sub[2]}"
	done >"$work/flips"
	mark
	start 1 ping -q -n -c500 -i0.002 -W1 "${vn[2]}" >/dev/null
	pinger=$!
	for ((i = 0; i < $(scaled 10 3); i++)); do
		v1 map load "$work/flips" || break
	done
	check_that "a mapping is replaced again and again" "$i" -eq \
		"$(scaled 10 3)"
	wait $pinger
	lost=$(($(since 1 tx_frames) - $(since 2 rx_frames_whole)))
	check_that "no packet is lost by it" "$lost" -eq 0
	check_that "none found no mapping" "$(since 1 tx_no_mapping)" -eq 0
	check_that "there were packets" "$(since 1 tx_frames)" -ge 500
	on 2 ip addr del $other/24 dev "${dev[2]}"
}

# A transfer while mappings beside it come and go, its own is taken away for a
# moment, and all are flushed and loaded.
churn_under_traffic()
{
	local churn
	make_file "$(scaled 60 20)"
	v1 map show vni 1 >"$work/mine"
	churn &
	churn=$!
	check "a file arrives whole while mappings come and go" \
		transfer 1 2 "${vn[2]}"
	touch "$work/enough"
	wait $churn
	v1 map flush all
	v1 map load "$work/mine"
	check "the overlay works after it" on 1 ping -q -c1 -W2 "${vn[2]}"
}

churn()
{
	until [[ -e $work/enough ]]; do
		v1 map load - <<-END
			vni 1 192.168.0.0/16 via 10.0.0.99
			vni 1 192.168.4.128/25 via 10.0.0.99
			delete vni 1 192.168.0.0/16
			delete vni 1 192.168.4.128/25
			delete vni 1 ${vn[2]}
			add vni 1 ${vn[2]} via ${sub[2]}
		END
		v1 map flush vni 1
		v1 map load "$work/mine"
	done >/dev/null 2>&1
}

hosts_on_nics
overlay_up
verbs
targets
refusals
files
devices
nobody
events
no_mapping
spoofing
endpoints
several_endpoints
blackhole
replace_under_traffic
churn_under_traffic
many
