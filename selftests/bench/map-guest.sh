#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/bench/map: loads, shows and removes mappings,
# routes and forwarding entries from the files in $VNENCAP_OUT, and prints what
# it measured:
#
#	load|dump|flush PROGRAM ENTRIES NANOSECONDS
#	memory PROGRAM ENTRIES BYTES
#	lookup KIND ENTRIES FOUND FOUND TENTHS TENTHS	(see kmod/tests/map/map_bench.c)
set -u
: "${VNENCAP_OUT:?}"
work=$(mktemp -d)
bench=/sys/module/vnencap/parameters/map_bench

die()
{
	echo "map-guest: $*" >&2
	exit 1
}

# timed WHAT PROGRAM ENTRIES COMMAND...
timed()
{
	local what=$1 name=$2 entries=$3 start end
	shift 3
	start=${EPOCHREALTIME/./}
	"$@" >/dev/null || die "status $? of: $*"
	end=${EPOCHREALTIME/./}
	echo "$what $name $entries $(((end - start) * 1000))"
}

# batch PROGRAM FILE: in parts, for ip(8) takes a page for each line, and under
# User-Mode Linux each page is a mapping of the host's, which has limits
batch()
{
	local part
	rm -f "$work"/part.*
	awk -v to="$work/part." '{ print >(to int(NR / 25000)) }' "$2"
	for part in "$work"/part.*; do
		"$1" -batch "$part" || return
	done
}

# Of the kernel's memory what tables are made of, in bytes
kernel_memory()
{
	awk '/^(Slab|Percpu|VmallocUsed):/ { n += $2 }
		END { printf "%.0f", n * 1024 }' /proc/meminfo
}

# The same, when what was freed lately is given back
settled_memory()
{
	local now=0 before=-1
	while [[ $now -ne $before ]]; do
		before=$now
		sleep 0.5
		now=$(kernel_memory)
	done
	echo "$now"
}

# measure PROGRAM FILE LOAD SHOW: LOAD and SHOW are commands, split into words
measure()
{
	local name=$1 file=$work/$2 before entries
	local -a load show
	read -ra load <<<"$3"
	read -ra show <<<"$4"
	# in memory: the way to the host is not to be timed
	cp "$VNENCAP_OUT/$2" "$file"
	entries=$(wc -l <"$file")
	before=$(settled_memory)
	timed load "$name" "$entries" "${load[@]}" "$file"
	echo "memory $name $entries $(($(settled_memory) - before))"
	timed dump "$name" "$entries" "${show[@]}"
	[[ $("${show[@]}" | wc -l) -ge $entries ]] || die "$name: some are missing"
	rm "$file"
}

# look_up KIND FAMILY
look_up()
{
	echo "$2" >$bench || die "no look-ups"
	echo "lookup $1 $(<$bench)"
}

# mappings KIND
mappings()
{
	measure "vnencap-$1" "map$1" "vnencap map load" "vnencap map show"
}

flush()
{
	timed flush "vnencap-$1" "$(wc -l <"$VNENCAP_OUT/map$1")" \
		vnencap map flush all
}

[[ ! -e /lib/modules/$(uname -r) ]] || modprobe -a vnencap vxlan dummy ||
	die "modules are missing"
[[ -e $bench ]] || die "the module was built without its benchmark"
ip link add bench0 type dummy
ip link set bench0 up
measure ip-route4 route4 "batch ip" "ip -4 route show dev bench0"
mappings 4
look_up 4 4
flush 4
mappings 4-one-vni
look_up 4-one-vni 4
flush 4-one-vni
ip link set bench0 down
ip link set bench0 up
mappings 6
flush 6
measure ip-route6 route6 "batch ip" "ip -6 route show dev bench0"
vnencap map load "$VNENCAP_OUT/map6-tenth"
look_up 6-tenth 6
flush 6-tenth
ip link del bench0
ip link add vx0 type vxlan id 5 dstport 4789 local 10.0.0.1
measure bridge-fdb fdb "batch bridge" "bridge fdb show dev vx0"
ip link del vx0
echo "end"
