#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Frames of more than 64 KB, which TCP makes where the kernel lets it (from 6.3
# on): a lower device gets them in pieces that it takes whole, of any length and
# from any sender; what stands before it (queues, loss) does not mind; and who
# wants none has none.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

big=1 long=70000	# empty where the kernel has none; bytes of a long packet
[[ $(uname -r) != 6.1.* ]] || big='' long=40000

# addr_of 4|6 N: of the overlay
addr_of()
{
	if [[ $1 -eq 4 ]]; then
		echo "${vn[$2]}"
	else
		echo "${vn6[$2]}"
	fi
}

# gso_max_size N DEVICE
gso_max_size()
{
	on "$1" ip -d link show "$2" |
		sed -n 's/.* gso_max_size \([0-9]*\).*/\1/p'
}

# big_sizes N DEVICE BYTES: for packets of either family, sent and received
big_sizes()
{
	on "$1" ip link set "$2" gso_max_size "$3" gro_max_size "$3" &&
		on "$1" gso4 "$2" "$3"
}

# wire_sent: packets that host 1 has given to its wire, GSO or not
wire_sent()
{
	on 1 cat /sys/class/net/wire/statistics/tx_packets
}

# big_hosts 4|6: over that family, on a wire that takes 64 KB
big_hosts()
{
	hosts_on_veth
	overlay_up "$1"
	sends_long 1 2
}

# cross NAME 4|6 [MODE]: the file by that family, and nothing goes wrong
cross()
{
	# a machine that is emulated may stand still for longer than a frame waits
	on 2 sysctl -qw net.vnencap.frame_time_ms=5000
	mark
	check "$1: a file arrives" transfer 1 2 "$(addr_of "$2" 2)" "${3-write}"
	check_no_errors "$1: nothing is dropped"
	check "$1: all frames arrive whole" \
		all_come 1 tx_frames 2 rx_frames_whole
	check "$1: all that was sent is handed up" \
		all_come 1 tx_payload_bytes 2 rx_delivered_bytes
}

# in_pieces NAME 4|6 LESS [MODE]: each shorter than that, in bytes with their
# Ethernet headers; and that the stack has not cut them, which makes segments
in_pieces()
{
	local name=$1 inner=$2 less=$3 frame piece before
	watch_for 1 vn0 "greater $long"
	frame=$!
	watch_for 1 wire "greater $less"
	piece=$!
	before=$(wire_sent)
	cross "$name" "$inner" "${4-write}"
	check "$name: TCP makes long packets" \
		until_seen $frame transfer 1 2 "$(addr_of "$inner" 2)"
	check "$name: no piece is longer than the wire takes" \
		never_seen 1 wire $piece
	check_that "$name: many segments go at once" \
		$((3 * ($(wire_sent) - before))) -lt "$(since 1 tx_segments)"
}

# What TCP makes by default, by each family over each
by_default()
{
	local over inner i name
	for over in 6 4; do
		big_hosts $over
		for inner in 6 4; do
			name="IPv$inner over IPv$over"
			in_pieces "$name" $inner 65536
			on 1 ip link set wire gso_max_size 16000
			in_pieces "$name, a wire for 16000 bytes" $inner 16000
			big_sizes 1 wire 65536
			[[ $inner -eq $over ]] || continue
			on 1 ip link set wire gso_max_segs 10
			in_pieces "$name, a wire for 10 segments" $inner 15200
			on 1 ip link set wire gso_max_segs 65535
		done
		[[ -z $big ]] || whole $over
		[[ $over -eq 6 ]] || senders
		drop_all_ns
	done
}

# A wire that takes them as they are, and a receiver that may join them
whole()
{
	local inner i wire up name
	for i in 1 2; do
		big_sizes $i wire 190000 || die "the wire knows no BIG TCP"
	done
	for inner in 6 4; do
		name="IPv$inner over IPv$1, a wire for all"
		watch_for 1 wire "greater 70000"
		wire=$!
		watch_for 2 vn0 "greater 70000"
		up=$!
		cross "$name" $inner
		check "$name: they are on the wire" \
			until_seen $wire transfer 1 2 "$(addr_of $inner 2)"
		check "$name: they are handed up whole" \
			until_seen $up transfer 1 2 "$(addr_of $inner 2)"
	done
	for i in 1 2; do
		big_sizes $i wire 65536
	done
}

# Pages that a sender only lends, of which an skb takes 17, and a file's own, which
# come 16 at a time
senders()
{
	local long=40000
	in_pieces "a file's own pages" 4 65536 sendfile
	[[ -z $big ]] || long=66000
	in_pieces "lent pages" 4 65536 zerocopy
}

# Fewer pieces where segments are longer
nic_defaults()
{
	if on 1 ethtool -i "${dev[1]}" | grep -q "^driver: veth"; then
		skip "a NIC that takes 64 KB: the default" "it takes more, it is a veth"
		return
	fi
	check_that "a NIC that takes 64 KB: the default is four pieces" \
		"$(gso_max_size 1 vn0)" -eq 260000
	on 1 ip link set "${dev[1]}" mtu 9000 || die "no jumbo frames"
	check "another vnencap device, with jumbo frames" on 1 ip link add \
		link "${dev[1]}" name vn1 type vnencap vni 7
	check_that "with jumbo frames: two pieces" \
		"$(gso_max_size 1 vn1)" -eq 131072
	check_that "the first keeps what it has" \
		"$(gso_max_size 1 vn0)" -eq 260000
	on 1 ip link del vn1
	on 1 ip link set "${dev[1]}" mtu 1500
}

# Segments of the NIC's making: none is longer than the MTU.
on_nics()
{
	local over inner name frame segment
	hosts_on_nics
	overlay_up
	sends_long 1 2
	on 2 ethtool -K "${dev[2]}" gro off
	make_file "$(scaled 4 2)"
	for over in 6 4; do
		overlay_over $over
		for inner in 6 4; do
			name="IPv$inner over IPv$over, a NIC"
			watch_for 1 vn0 "greater $long"
			frame=$!
			watch_for 2 "${dev[2]}" "greater 1515"
			segment=$!
			cross "$name" $inner
			check "$name: TCP makes long packets" until_seen \
				$frame transfer 1 2 "$(addr_of $inner 2)"
			check "$name: segments are no longer than the MTU" \
				never_seen 2 "${dev[2]}" $segment
			check_that "$name: each comes by itself" \
				"$(since 2 rx_segments)" -eq \
				"$(since 2 rx_runs)"
		done
	done
	on 2 ethtool -K "${dev[2]}" gro on
	[[ -z $big ]] || nic_defaults
	# nobody watches: who does has them copied
	cross "lent pages, a NIC" 4 zerocopy
	none_is_copied "lent pages, a NIC"
	drop_all_ns
}

# How long they may be is the user's to say, at any time.
chosen()
{
	local inner frame
	big_hosts 4
	if [[ -z $big ]]; then
		check_that "this kernel's TCP makes no more than 64 KB" \
			"$(gso_max_size 1 vn0)" -lt 65536
		check_fails "and cannot be told to" 2 \
			on 1 ip link set vn0 gso_max_size 180000
		drop_all_ns
		return
	fi
	check_that "a veth: the default is almost three times 64 KB" \
		"$(gso_max_size 1 vn0)" -eq 180000
	# of either family, unless more is said of IPv4
	on 1 ip link set vn0 gso_max_size 65536
	for inner in 6 4; do
		watch_for 1 vn0 "greater 65537"
		frame=$!
		cross "IPv$inner, 64 KB wanted" $inner
		check "IPv$inner, 64 KB wanted: no packet is longer" \
			never_seen 1 vn0 $frame
	done
	check "less can be wanted from the start" on 1 ip link add link wire \
		name vn1 gso_max_size 20000 type vnencap vni 7
	check_that "and is what there is" "$(gso_max_size 1 vn1)" -eq 20000
	check_fails "more than the kernel has cannot be had" 2 \
		on 1 ip link set vn1 gso_max_size 600000
	drop_all_ns
}

# What shapes them has tokens for less than one.
shaped()
{
	local what
	big_hosts 4
	make_file "$(scaled 4 2)"
	for what in "tbf rate 50mbit burst 20k latency 200ms" \
		    "htb default 1"; do
		# shellcheck disable=SC2086
		on 1 tc qdisc add dev vn0 root handle 1: $what || die "no tc"
		[[ $what != htb* ]] ||
			on 1 tc class add dev vn0 parent 1: classid 1:1 htb \
				rate 50mbit burst 15k cburst 15k
		check "${what%% *}: a file arrives" transfer 1 2 "${vn[2]}"
		check_that "${what%% *}: no faster than it may" \
			"$(xfer_value mbit)" -le 55
		on 1 tc qdisc del dev vn0 root
	done
	drop_all_ns
}

# Each packet is told of once, however many pieces it goes in.
stamped()
{
	local receiver
	big_hosts 4
	start 2 xfer recv 5001 "$work/copy" >/dev/null
	receiver=$!
	poll 10 listening 2 5001
	mark
	check "timestamps of sending: one for each packet, in order" \
		on 1 stamp tcp "${vn[2]}" 5001 40 150000
	wait $receiver
	check_no_errors "timestamps of sending: nothing is dropped"
	drop_all_ns
}

# Some of a frame's segments are lost, whichever piece they went in. How long
# frames are before the first loss, and after others, is luck: some files more.
lossy()
{
	local lost frame files
	hosts_on_lossy_wire
	overlay_up
	sends_long 1 2
	make_file "$(scaled 16 4)"
	wire_netem 2 loss 0.1%
	watch_for 1 vn0 "greater $long"
	frame=$!
	mark
	for files in {1..8}; do
		check "loss: file $files arrives" transfer 1 2 "${vn[2]}"
		! gone $frame || [[ $(wire_dropped 2) -lt 10 ]] || break
	done
	check "loss: TCP makes long packets" poll 5 gone $frame
	poll 5 all_told
	lost=$(wire_lost 2)
	remark "$lost segments of $(since 1 tx_segments) lost; frames:" \
		"$(since 1 tx_frames) sent, $(since 2 rx_frames_whole) whole," \
		"$(since 2 rx_frames_partial) in parts," \
		"$(since 2 rx_meta_lost) lost"
	check_that "loss: segments were lost" "$lost" -gt 0
	check_that "loss: each of the others came" \
		$((lost + $(since 2 rx_segments))) -eq \
		"$(since 1 tx_segments)"
	check_that "loss: no more are counted as lost than were" \
		"$(since 2 rx_segments_lost)" -le "$lost"
	check_that "loss: no byte is handed up twice" \
		"$(since 2 rx_delivered_bytes)" -le \
		"$(since 2 rx_payload_bytes)"
	check_that "loss: all frames are accounted for, but those lost whole" \
		"$(untold)" -le "$lost"
	drop_all_ns
}

# Frames of which nothing was handed up
untold()
{
	echo $(($(since 1 tx_frames) - $(since 2 rx_frames_whole) -
		$(since 2 rx_frames_partial)))
}

all_told()
{
	[[ $(untold) -eq 0 ]]
}

make_file "$(scaled 8 3)"
by_default
chosen
on_nics
shaped
stamped
lossy
