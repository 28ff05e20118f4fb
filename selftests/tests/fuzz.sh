#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Netlink messages that are wrong in every way the spec allows to be wrong in
# (programs/fuzz.c): each is answered once, the kernel's log stays clean, what is not
# theirs stays as it was, and no memory is left. A million of them, as long as
# that takes:
#
#	selftests/vm/run --kernel debug-6.12 --timeout 10000 \
#		--env FUZZ_COUNT=1000000 selftests/tests/fuzz.sh
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

count=${FUZZ_COUNT:-15000}

# Nodes of mappings in memory
nodes()
{
	slab_objects vnencap_trie
}

nodes_are()
{
	[[ $(nodes) -eq $1 ]]
}

guarded()
{
	on 1 vnencap map show vni 0xabcdef
	on 1 vnencap map show vni 1
	on 1 vnencap dev show vn0
}

# Each operation was obeyed at times and refused at times, so that both ways
# were taken.
both_ways()
{
	awk '$3 == 0 || $4 == 0 { print; bad = 1 } END { exit bad || !NR }' \
		"$work/tally"
}

fuzz()
{
	local seed=$1 n=$2
	on 1 fuzz vn1 "$n" "$seed" >"$work/tally" || return
	sed 's/^/# /' "$work/tally"
}

hosts_on_veth
overlay_up
[[ -e /sys/kernel/slab/vnencap_trie ]] || skip_all "SLUB shows no caches"
on 1 ip link add link "${dev[1]}" name vn1 type vnencap vni 99
# These may be removed.
for i in {200..215}; do
	on 1 ip link add link "${dev[1]}" name "vn$i" type vnencap vni "$i"
done
before=$(nodes)
for i in {1..20}; do
	echo "vni 0xabcdef 10.$i.0.0/16 via 10.0.0.$i"
	echo "vni 0xabcdef fd00:$i::/32 via fd00::$i"
done | on 1 vnencap map load -
was=$(guarded)
remark "seed 1, $count messages, and every fault there is"
check "every message is answered, once" fuzz 1 "$count"
check "each operation was obeyed at times and refused at times" both_ways
check "what is not theirs is as it was" same "$was" "$(guarded)"
check "the overlay works" on 1 ping -q -c1 -W5 "${vn[2]}"
on 1 vnencap map show >"$work/shown"
check_that "mappings were made" "$(grep -c '^vni 10[0-3] ' "$work/shown")" -gt 0
check "what is there can be shown twice" \
	diff "$work/shown" <(on 1 vnencap map show)
on 1 vnencap map flush all
check "all can be flushed" same "" "$(on 1 vnencap map show)"
check "and loaded" on 1 vnencap map load "$work/shown"
check "into the same" diff "$work/shown" <(on 1 vnencap map show)
for i in 100 101 102 103 0xabcdef; do
	on 1 vnencap map flush vni $i
done
on 1 vnencap map show | awk '$2 != 1 { print "delete", $0 }' |
	on 1 vnencap map load -
check "no node is left in memory" poll 20 nodes_are "$before"
