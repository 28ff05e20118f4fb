# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # one of the parts of lib.sh
#
# Files that cross the wire.

# make_file MB: into $work/file, and its sum into $file_sum
make_file()
{
	head -c "${1}M" /dev/urandom >"$work/file"
	file_sum=$(sha256sum <"$work/file")
}

# sends_long HOST...: however slow this machine is, TCP's packets are as long as
# they may be; and the window lets them.
sends_long()
{
	local i
	for i; do
		on "$i" sysctl -qw net.ipv4.tcp_tso_rtt_log=30 \
			net.ipv4.tcp_rmem="4096 4000000 8000000" \
			net.ipv4.tcp_wmem="4096 4000000 8000000"
	done
}

listening()
{
	on "$1" ss -Hltn "sport = :$2" | grep -q .
}

# udp_bound HOST PORT: has a socket the port? (ss alone succeeds where none has.)
udp_bound()
{
	on "$1" ss -Hlun "sport = :$2" | grep -q .
}

# transfer FROM TO ADDR [MODE]: the file, by TCP, and compare; what the sender
# measured is then in $xfer (bytes=... retrans=...).
transfer()
{
	local from=$1 to=$2 addr=$3 mode=${4:-write} receiver status=0
	xfer=
	rm -f "$work/copy"
	start "$to" xfer recv 5001 "$work/copy" >/dev/null
	receiver=$!
	poll 10 listening "$to" 5001 || return 1
	xfer=$(on "$from" timeout "$(patience 300)" xfer send "$mode" "$addr" 5001 \
		"$work/file") || status=1
	[[ $status -eq 0 ]] || stop "$receiver"
	wait "$receiver" || status=1
	remark "$mode to $addr: $xfer"
	[[ $status -eq 0 ]] || return 1
	[[ $(sha256sum <"$work/copy") == "$file_sum" ]] || {
		echo "the copy differs"
		return 1
	}
}

# probes N: how often TCP at host N has asked by a packet sent again whether the last
# ones were lost (TLP), because an acknowledgement was late
probes()
{
	on "$1" nstat -asz TcpExtTCPLossProbes |
		awk '$1 == "TcpExtTCPLossProbes" { print $2 }'
}

# sent_again N BEFORE: packets of the last transfer from host N that were sent again,
# but for probes, of which there were BEFORE before
sent_again()
{
	echo $(($(xfer_value retrans) - $(probes "$1") + $2))
}

# none_is_copied NAME: of the pages that the last transfer lent; but what stays on a
# machine, as on a veth pair, is always copied
none_is_copied()
{
	[[ ${VNENCAP_NIC-} == veth ]] ||
		check_that "$1: none is copied" "$(xfer_value copied)" -eq 0
}

# xfer_value NAME: of the last transfer
xfer_value()
{
	tr ' ' '\n' <<<"$xfer" | sed -n "s/^$1=//p"
}
