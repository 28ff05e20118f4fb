#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Parity over a wire that loses single segments: what is lost is brought back, by
# streams, trains and lone packets, and where too much is, the rest is handed up as
# without parity.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

set_fec()
{
	local i
	for i in 1 2; do
		on $i vnencap dev set vn0 fec "$1" || die "no fec"
	done
}

# Frames of which not all was handed up
unrepaired()
{
	echo $(($(since 1 tx_frames) - $(since 2 rx_frames_whole)))
}

# transfer_over NAME WHAT...: the file over a wire of that sort
transfer_over()
{
	local name=$1
	file_over "$@"
	poll 10 no_frame_waits
	remark "$(wire_lost 2) of $(since 1 tx_segments) and" \
		"$(since 1 tx_parity_segments) segments lost;" \
		"$(since 2 rx_repaired) repaired," \
		"$(since 2 rx_beyond_repair) frames beyond repair"
	check_that "$name: nothing was refused" \
		"$(($(since 2 rx_malformed) + $(since 2 rx_bad_tag) +
		$(since 2 rx_over_limit)))" -eq 0
}

clean()
{
	set_fec 10
	transfer_over "no loss" delay 0
	check_that "no loss: parity is sent" "$(since 1 tx_parity_segments)" \
		-ge $(($(since 1 tx_segments) / 10))
	check_that "no loss: and has a size" "$(since 1 tx_parity_bytes)" \
		-gt "$(since 1 tx_parity_segments)"
	check_that "no loss: nothing has to be repaired" \
		"$(since 2 rx_repaired)" -le "$(wire_lost 2)"
}

lossy()
{
	set_fec 20
	transfer_over "2 % loss" loss 2%
	check_that "2 % loss: segments were lost" "$(wire_lost 2)" -gt 20
	check_that "2 % loss: nearly all that was is repaired" \
		"$(unrepaired)" -le $(($(wire_lost 2) / 20 + 2))
	check_that "2 % loss: segments are repaired" "$(since 2 rx_repaired)" \
		-gt $(($(wire_lost 2) / 2))
	transfer_over "reordered, too" loss 2% delay 1ms reorder 95%
	check_that "reordered, too: nearly all is repaired" \
		"$(unrepaired)" -le $(($(wire_lost 2) / 10 + 2))
	transfer_over "more than parity can repair" loss 15%
	check_that "more than parity can repair: it is counted" \
		"$(since 2 rx_beyond_repair)" -gt 0
}

# pings_lost N: of so many
pings_lost()
{
	local received
	received=$(on 1 ping -c "$1" -i 0.005 -W 1 "${vn[2]}" |
		sed -n 's/.* \([0-9]*\) received.*/\1/p')
	echo $(($1 - ${received:-0}))
}

# Of lone packets the parity is a copy: both have to be lost.
lone()
{
	local lost
	set_fec 10
	wire_netem 2 loss 10%
	wire_netem 1 loss 10%
	mark
	lost=$(pings_lost 300)
	remark "$lost of 300 lost, each way a tenth"
	check_that "lone packets: a fiftieth is lost, not a fifth" "$lost" -le 20
	check_that "lone packets: copies took their place" \
		"$(since 2 rx_repaired)" -gt 5
	wire_netem 1 delay 0
}

trains()
{
	set_fec 20
	start 2 udp serve 5003
	poll 5 udp_bound 2 5003
	wire_netem 2 loss 2%
	mark
	on 1 udp train "${vn[2]}" 5003 1400 40 "$(scaled 40 10)" >"$work/trains"
	remark "$(wire_lost 2) segments lost: $(cat "$work/trains")"
	check_that "trains: segments were lost" "$(wire_lost 2)" -gt 0
	check_that "trains: no datagram was, or next to none" \
		"$(sed -n 's/lost=\([0-9]*\) bad=0$/\1/p' "$work/trains")" \
		-le $(($(wire_lost 2) / 8 + 1))
	# as one frame each, not as fragments that are lone packets
	on 1 ip link set vn0 mtu 60000
	on 2 ip link set vn0 mtu 60000
	check "trains: so do long datagrams" \
		on 1 udp echo "${vn[2]}" 5003 40000 40000
}

# Who has no parity set receives it all the same, and the other way round.
one_sided()
{
	on 2 vnencap dev set vn0 fec off
	file_over "one side only" loss 2%
	check_that "one side only: what was lost is repaired" \
		"$(since 2 rx_repaired)" -gt 0
	check_that "one side only: the other sends none" \
		"$(since 2 tx_parity_segments)" -eq 0
	set_fec off
	mark
	check "off again: the file arrives whole" transfer 1 2 "${vn[2]}"
	check_that "off again: no parity is sent" \
		"$(since 1 tx_parity_segments)" -eq 0
}

# map_fec FEC: of host 1's mappings to host 2; none where it is empty
map_fec()
{
	local to
	for to in "${vn[2]}" "${vn6[2]}"; do
		# shellcheck disable=SC2086 # words
		on 1 vnencap map replace vni 1 "$to" via "${sub[2]}" $1 ||
			die "no fec of a mapping"
	done
}

# A mapping's own fec counts, and not the device's.
mapping()
{
	set_fec off
	map_fec "fec 20"
	transfer_over "a mapping's" loss 2%
	check_that "a mapping's: parity is sent" "$(since 1 tx_parity_segments)" \
		-ge $(($(since 1 tx_segments) / 5))
	check_that "a mapping's: what was lost is repaired" \
		"$(since 2 rx_repaired)" -gt 0
	check_that "a mapping's: the other way there is none" \
		"$(since 2 tx_parity_segments)" -eq 0
	set_fec 10
	map_fec "fec off"
	transfer_over "off for a mapping" delay 0
	check_that "off for a mapping: no parity is sent" \
		"$(since 1 tx_parity_segments)" -eq 0
	check_that "off for a mapping: the other way there is" \
		"$(since 2 tx_parity_segments)" -gt 0
	map_fec ""
	transfer_over "a mapping without" delay 0
	check_that "a mapping without: the device's counts" \
		"$(since 1 tx_parity_segments)" -ge $(($(since 1 tx_segments) / 10))
	set_fec off
}

# As much as the loss asks for that the other end tells of
by_loss()
{
	set_fec off
	# what was told of the losses before
	poll 60 told_no_more || die "loss is told for ever"
	on 1 vnencap dev set vn0 fec auto || die "no fec auto"
	transfer_over "auto, no loss" delay 0
	check_that "auto, no loss: no parity is sent" \
		"$(since 1 tx_parity_segments)" -le "$(wire_lost 2)"
	transfer_over "auto" loss 3%
	check_that "auto: the loss is seen where it is" "$(loss_of 2 rx)" -gt 10000
	check_that "auto: and not taken for more" "$(loss_of 2 rx)" -lt 60000
	check_that "auto: it is told" "$(loss_of 1 tx)" -ge 10000
	check_that "auto: parity is sent" "$(since 1 tx_parity_segments)" \
		-ge $(($(since 1 tx_segments) / 20))
	check_that "auto: what was lost is repaired" \
		"$(since 2 rx_repaired)" -gt $(($(wire_lost 2) / 2))
	check_that "auto: the other end sends none" \
		"$(since 2 tx_parity_segments)" -eq 0
	wire_netem 2 delay 0
	check "auto: after it is over it is forgotten" poll 60 told_no_more
	transfer_over "auto, no loss again" delay 0
	check_that "auto, no loss again: no parity is sent" \
		"$(since 1 tx_parity_segments)" -le "$(wire_lost 2)"
	set_fec off
}

# Nothing but small packets: that one is lost only the next one's id tells.
lone_by_loss()
{
	local lost
	poll 60 told_no_more || die "loss is told for ever"
	set_fec auto
	mark
	lost=$(pings_lost 300)
	check_that "auto, lone packets, no loss: they have no copies" \
		"$(since 1 tx_parity_segments)" -le "$lost"
	on 1 ip addr add 192.168.4.77/24 dev vn0
	on 1 ping -q -c 50 -i 0.005 -W 1 -I 192.168.4.77 "${vn[2]}" >/dev/null
	on 1 ip addr del 192.168.4.77/24 dev vn0
	pings_lost 200 >/dev/null
	check_that "auto, lone packets: what a tenant forges is refused" \
		"$(since 2 rx_spoofed)" -ge 50
	check_that "auto, lone packets: and does not seem to be lost" \
		"$(loss_of 2 rx)" -eq 0
	wire_netem 2 loss 5%
	wire_netem 1 loss 5%
	lost=$(pings_lost 600)
	remark "$lost of 600 lost, each way a twentieth"
	check_that "auto, lone packets: the loss is seen where it is" \
		"$(loss_of 2 rx)" -ge 3000
	check_that "auto, lone packets: and not taken for more" \
		"$(loss_of 2 rx)" -lt 120000
	check_that "auto, lone packets: it is told" "$(loss_of 1 tx)" -ge 1000
	check_that "auto, lone packets: a twentieth is lost, not a tenth" \
		"$lost" -le 30
	wire_netem 1 delay 0
	wire_netem 2 delay 0
	set_fec off
}

hosts_on_lossy_wire
overlay_up
make_file "$(scaled 30 8)"
clean
lossy
lone
trains
one_sided
mapping
by_loss
lone_by_loss
