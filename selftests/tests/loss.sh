#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A wire that loses, reorders and doubles single segments: what was not lost is
# handed up, once, and what waits for the rest does not wait for ever.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# Frames of which nothing was handed up. What comes after a frame was given up counts as
# a part again: on a host that stood still there may be less than none.
unaccounted()
{
	echo $(($(since 1 tx_frames) - $(since 2 rx_frames_whole) -
		$(since 2 rx_frames_partial)))
}

none_unaccounted()
{
	[[ $(unaccounted) -le ${1-0} ]]
}

# transfer_over NAME WHAT...: the file over a wire of that sort
transfer_over()
{
	local name=$1
	file_over "$@"
	# a run that waits is given up after 200 ms
	poll 5 none_unaccounted
	remark "$(wire_dropped 2) segments of $(since 1 tx_segments) dropped;" \
		"frames: $(since 1 tx_frames) sent," \
		"$(since 2 rx_frames_whole) whole," \
		"$(since 2 rx_frames_partial) partial," \
		"$(since 2 rx_meta_lost) lost," \
		"$(since 2 rx_meta_rebuilt) rebuilt;" \
		"$(since 2 rx_duplicates) duplicates"
	check_that "$name: nothing was over a limit" \
		"$(since 2 rx_over_limit)" -eq 0
	check_that "$name: nor malformed" \
		"$(($(since 2 rx_malformed) + $(since 2 rx_bad_tag)))" -eq 0
}

# of_peer NAME: what host 2 has counted of host 1
of_peer()
{
	on 2 vnencap -j -s endpoint show vni 1 "${via[1]}" | jq ".[0].stats.$1"
}

clean()
{
	transfer_over "no loss" delay 0
	# but for segments that a receiver without a CPU had no room for
	check_that "no loss: all frames are whole" "$(since 2 rx_frames_whole)" \
		-ge $(($(since 1 tx_frames) - $(wire_lost 2)))
}

lossy()
{
	local dropped
	transfer_over "1 % loss" loss 1%
	dropped=$(wire_dropped 2)
	check_that "1 % loss: segments were lost" "$dropped" -gt 20
	check_that "1 % loss: frames are handed up for the rest" \
		"$(since 2 rx_frames_partial)" -gt $((dropped / 2))
	check_that "1 % loss: 99 % of what arrives is handed up" \
		"$(since 2 rx_delivered_bytes)" -ge \
		$(($(since 2 rx_payload_bytes) * 99 / 100))
	check_that "1 % loss: lost segments are counted" \
		"$(since 2 rx_segments_lost)" -gt $((dropped / 2))
	check_that "1 % loss: no more than there are" \
		"$(since 2 rx_segments_lost)" -le "$(wire_lost 2)"
	check_that "1 % loss: for the host that they came from" \
		"$(of_peer rx_segments_lost)" -eq \
		"$(counter 2 rx_segments_lost)"
	check_that "1 % loss: and so is metadata that was rebuilt" \
		"$(of_peer rx_meta_rebuilt)" -eq "$(counter 2 rx_meta_rebuilt)"
	# a frame that was a single segment cannot be helped
	check_that "1 % loss: few frames are lost to a lost segment" \
		"$(unaccounted)" -le $(($(wire_lost 2) / 20 + 2))
}

reordered()
{
	transfer_over "5 % reordering" delay 2ms reorder 95%
	check_that "5 % reordering: all frames arrive" "$(unaccounted)" -le 0
	check_that "5 % reordering: all bytes are handed up" \
		"$(since 2 rx_delivered_bytes)" -eq \
		"$(since 1 tx_payload_bytes)"
	transfer_over "1 % duplication" duplicate 1%
	check_that "1 % duplication: all frames arrive" "$(unaccounted)" -le 0
	check_that "1 % duplication: duplicates are counted" \
		"$(since 2 rx_duplicates)" -gt 0
	check_that "1 % duplication: no byte is handed up twice" \
		"$(since 2 rx_delivered_bytes)" -le \
		"$(since 1 tx_payload_bytes)"
	transfer_over "all of it" loss 1% delay 1ms reorder 95% duplicate 1% \
		corrupt 0.1%
	# in each of the transfers there may have been no need
	check_that "metadata was rebuilt" "$(counter 2 rx_meta_rebuilt)" -gt 0
}

drops=/sys/kernel/tracing/events/skb/kfree_skb

# Runs are told from other packets by the protocol that they have while they wait.
watch_drops()
{
	[[ -d $drops ]] || mount -t tracefs none /sys/kernel/tracing
	[[ -d $drops ]] || return
	echo >/sys/kernel/tracing/trace
	echo "protocol == 0xee" >$drops/filter
	echo 1 >$drops/enable
}

none_told()
{
	local name="who watches for drops hears of none"
	[[ -d $drops ]] || {
		skip "$name" "the kernel does not trace"
		return
	}
	echo 0 >$drops/enable
	check_that "$name" \
		"$(grep -c kfree_skb: /sys/kernel/tracing/trace)" -eq 0 ||
		remark "$(grep -m3 kfree_skb: /sys/kernel/tracing/trace)"
}

# An atomic packet waits for all of its segments, and no longer than it has to.
datagrams()
{
	start 2 udp serve 5003
	poll 5 udp_bound 2 5003
	wire_netem 2 delay 1ms reorder 80%
	watch_drops
	mark
	check "reordered datagrams come back" on 1 udp echo "${vn[2]}" 5003 \
		3000 6000 20000 50000
	check "reordered trains of them come back" \
		on 1 udp train "${vn[2]}" 5003 1400 40 3
	none_told
	wire_netem 2 loss 10%
	mark
	on 1 udp echo "${vn[2]}" 5003 40000 40000 40000 >"$work/lost"
	poll 5 datagrams_given_up
	check_that "datagrams that lost a segment are given up in time" \
		"$(since 2 rx_timeouts)" -gt 0
	trains
	wire_netem 2 delay 0
	check "others come after them" on 1 udp echo "${vn[2]}" 5003 40000 100
}

# A lost segment loses the datagrams that had bytes in it: two at most where they
# are no shorter than a segment (1,452 bytes).
trains()
{
	local dropped lost
	wire_netem 2 loss 2%
	mark
	on 1 udp train "${vn[2]}" 5003 1472 40 "$(scaled 40 10)" \
		>"$work/trains"
	poll 5 none_unaccounted 1
	dropped=$(wire_lost 2)
	lost=$(sed -n 's/lost=\([0-9]*\) bad=0$/\1/p' "$work/trains")
	remark "$dropped segments lost: $(cat "$work/trains")," \
		"$(since 2 rx_frames_partial) trains in parts"
	check_that "trains of datagrams: segments were lost" "$dropped" -gt 0
	check_that "a lost segment loses two datagrams at most" \
		"${lost:-1000}" -le $((2 * dropped))
	check_that "the trains' other datagrams arrive" \
		"$(since 2 rx_frames_partial)" -gt 0
	wire_netem 2 delay 1ms reorder 90%
	check "reordered trains come back" \
		on 1 udp train "${vn[2]}" 5003 1400 40 5
	wire_netem 2 duplicate 5%
	check "doubled segments give no datagram twice" \
		on 1 udp train "${vn[2]}" 5003 1400 40 5
}

# On average they are longer than any short one is: a slow host's TCP makes no long ones.
frames_are_long()
{
	check_that "$1: frames are long" "$(since 1 tx_segments)" \
		-gt $((short * $(since 1 tx_frames)))
}

# Long packets go as short frames while the other end tells of enough loss. BBR makes
# long packets all the same.
short=8 # segments at most
short_frames()
{
	local i asker
	for i in 1 2; do
		on $i ip link set vn0 mtu 1500
	done
	poll 60 told_no_more
	transfer_over "no loss told" delay 0
	frames_are_long "no loss told"
	# asked for while the file goes: a slow host may have forgotten it when all is there
	poll 60 is_told &
	asker=$!
	transfer_over "5 % loss" loss 5%
	check "5 % loss: it is told, though nobody set fec" wait $asker
	if ! modprobe -q tcp_bbr; then
		skip "loss told: frames are short" "this kernel has no BBR"
	else
		on 1 sysctl -qw net.ipv4.tcp_congestion_control=bbr
		transfer_over "5 % loss, BBR" loss 5%
		check_that "loss told: frames are short" "$(since 1 tx_segments)" \
			-le $((short * $(since 1 tx_frames)))
		on 1 sysctl -qw net.ipv4.tcp_congestion_control=cubic
	fi
	wire_netem 2 delay 0
	check "it is forgotten" poll 60 told_no_more
	transfer_over "forgotten" delay 0
	frames_are_long "forgotten"
}

datagrams_given_up()
{
	[[ $(since 2 rx_timeouts) -gt 0 ]]
}

hosts_on_lossy_wire
overlay_up
for host in 1 2; do
	on $host ip link set vn0 mtu 60000
done
make_file "$(scaled 30 8)"
clean
lossy
reordered
datagrams
short_frames
