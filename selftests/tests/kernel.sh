#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own network test programs, as they come with its source, over
# vnencap: the result is to be what it is over the wire below. They are in
# taken/ (selftests/vm/run --take "$(selftests/vm/kernel programs-6.12 programs)").
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

programs=$selftests/../taken
PATH=$PATH:$programs:$programs/mptcp
overlay=("${vn[@]}") overlay6=("${vn6[@]}")

# What takes no address, and so speaks to itself by the loopback device
left_out=(psock_tpacket tls)

# Name, receiver, sender. FROM, TO and FAMILY are put in; DEV, too.
rx="udpgso_bench_rx -C $(patience 3000) -R $(patience 500)"
tx="udpgso_bench_tx -FAMILY -D TO"
z="msg_zerocopy -FAMILY -i DEV -S FROM -D TO"
zr="$z -t 2 -r"
z="$z -t 1"
rows=(
	"tcp|$rx -t|$tx -l 1 -t"
	"tcp, zerocopy|$rx -t|$tx -l 1 -t -z"
	"udp|$rx -v|$tx -l 1"
	"udp, sendmmsg|$rx -v|$tx -l 1 -m"
	"udp gso|$rx -v|$tx -l 1 -S 0"
	"udp gso, zerocopy|$rx -v|$tx -l 1 -S 0 -z"
	"udp gso, timestamps|$rx|$tx -l 1 -S 0 -T"
	"udp gso, zerocopy, audit|$rx|$tx -l 1 -S 0 -z -a"
	"udp gso, timestamps, audit|$rx|$tx -l 1 -S 0 -T -a"
	"udp gso, all of it|$rx|$tx -l 1 -S 0 -T -z -a"
	"udp, counted|$rx -n 10 -l 1400|$tx -l 4 -M 10 -s 1400"
	"udp gso, counted|$rx -n 10 -l 1400|$tx -l 4 -M 1 -s 14000 -S 1400"
	"udp gso to gro|$rx -G -n 1 -l 14000 -S 1400|$tx -l 4 -M 1 -s 14000 -S 1400"
	"udp gso to gro, short|$rx -G -n 1 -l 14720 -S 500|$tx -l 4 -M 1 -s 14720 -S 500"
	"udp gso to gro, a rest|$rx -G -n 1 -l 14820 -S 500|$tx -l 4 -M 1 -s 14820 -S 500"
	"msg_zerocopy, tcp|$zr tcp|$z tcp"
	"msg_zerocopy, tcp, pages lent|$zr -z tcp|$z -z tcp"
	"msg_zerocopy, udp|$zr -s 1400 udp|$z -s 1400 udp"
	"msg_zerocopy, udp, pages lent|$zr -s 1400 -z udp|$z -s 1400 -z udp"
	"msg_zerocopy, long udp|$zr -z -s 60000 udp|$z -z -s 60000 udp"
	"msg_zerocopy, raw|$zr -s 1400 raw|$z -s 1400 raw"
	"msg_zerocopy, raw_hdrincl|$zr -s 1400 raw|$z -s 1400 raw_hdrincl"
	"msg_zerocopy, packet_dgram|$zr -s 1400 raw|$z -s 1400 packet_dgram"
)

# By the wire itself, or by vnencap: the addresses and devices in the rows
wires=(veth vnencap)

put_in()
{
	local words=$1 wire=$2 family=$3 from to device=wire
	case $wire$family in
	veth4)		from=${sub[1]} to=${sub[2]} ;;
	veth6)		from=${sub6[1]} to=${sub6[2]} ;;
	vnencap4)	from=${overlay[1]} to=${overlay[2]} device=vn0 ;;
	vnencap6)	from=${overlay6[1]} to=${overlay6[2]} device=vn0 ;;
	esac
	words=${words//FROM/$from}
	words=${words//TO/$to}
	words=${words//DEV/$device}
	words=${words//FAMILY/$family}
	# its receiver of IPv4 has to be told
	[[ $family != 4 ]] || words=${words/udpgso_bench_rx/udpgso_bench_rx -4}
	echo "$words"
}

# Of that process, or of the one that it has started
has_socket()
{
	on 2 ss -Hanp -tuw -0 |
		grep -q -e "pid=$1," -e "pid=$(pgrep -P "$1" || echo none),"
}

# run_pair RECEIVER SENDER: what both end with is printed, what they say kept
run_pair()
{
	local receiver status=0
	# shellcheck disable=SC2086 # words
	start 2 timeout "$(patience 60)" $1 >"$work/receiver" 2>&1
	receiver=$!
	poll 10 has_socket "$receiver"
	# shellcheck disable=SC2086
	on 1 timeout "$(patience 60)" $2 >"$work/sender" 2>&1 || status=$?
	wait "$receiver"
	echo "$status $?"
}

# compare NAME RESULT OVER-VETH: the latter has to be RESULT, and the other alike
compare()
{
	if [[ $3 != "$2" ]]; then
		not_ok "$1" "over veth: $3, and not $2" "over vnencap: $4"
	else
		check_that "$1" "$4" = "$2"
	fi
}

tables()
{
	local row name receiver sender family wire
	local -A got said
	for row in "${rows[@]}"; do
		IFS='|' read -r name receiver sender <<<"$row"
		for family in 4 6; do
			for wire in "${wires[@]}"; do
				got[$wire]=$(run_pair \
					"$(put_in "$receiver" "$wire" "$family")" \
					"$(put_in "$sender" "$wire" "$family")")
				said[$wire]=$(tail -n2 "$work/receiver" \
					"$work/sender")
			done
			compare "IPv$family, $name" "0 0" "${got[veth]}" \
				"${got[vnencap]}" ||
				remark "${said[@]}"
		done
	done
}

# It sends 32 GB unless stopped; the receiver maps what it can of that.
mapped_share()
{
	local server
	start 2 stdbuf -oL tcp_mmap "-$1" -s -z -M 4108 >"$work/receiver" 2>&1
	server=$!
	poll 10 has_socket "$server"
	on 1 timeout "$(patience 2)" tcp_mmap "-$1" -H "$2" -z -M 4108 \
		>"$work/sender" 2>&1
	poll 10 grep -q "mmap'ed" "$work/receiver"
	stop "$server"
	sed -n "s/.*received \([0-9]*\)[0-9.]* MB (\([0-9]*\)[0-9.]* % mmap'ed.*/\1 \2/p" \
		"$work/receiver"
}

tcp_mmap_runs()
{
	local i
	for i in 1 2; do
		on $i ip link set wire mtu 9000
		on $i ip link set vn0 mtu 9000
	done
	map_rows 4 "${sub[2]}" "${overlay[2]}"
	map_rows 6 "${sub6[2]}" "${overlay6[2]}"
	for i in 1 2; do
		on $i ip link set wire mtu 1500
		on $i ip link set vn0 mtu 1500
	done
}

map_rows()
{
	local veth vnencap
	veth=$(mapped_share "$1" "$2")
	vnencap=$(mapped_share "$1" "$3")
	remark "tcp_mmap, MB and % mapped: veth $veth, vnencap $vnencap"
	check_that "IPv$1, tcp_mmap: over veth it receives" \
		"${veth% *}" -gt 0
	check_that "IPv$1, tcp_mmap: so it does over vnencap" \
		"${vnencap% *}" -gt 0
}

# mptcp PROTOCOL-OF-SERVER PROTOCOL-OF-CLIENT MODE FAMILY ADDRESS: a file each
# way; prints how both ended, and whether the files are the same
mptcp()
{
	local server status=0 any=0.0.0.0 same=different
	[[ $4 -eq 4 ]] || any=::
	# start() would give it no input
	ip netns exec "${ns[2]}" mptcp_connect -t "$(patience 20)" -l -p 10000 \
		-m "$3" -s "$1" $any <"$work/file" >"$work/from-client" \
		2>"$work/receiver" &
	server=$!
	poll 10 listening 2 10000
	on 1 timeout "$(patience 60)" mptcp_connect -t "$(patience 20)" -p 10000 \
		-m "$3" -s "$2" "$5" <"$work/other" >"$work/from-server" \
		2>"$work/sender" || status=$?
	wait "$server"
	status="$status $?"
	cmp -s "$work/file" "$work/from-server" &&
		cmp -s "$work/other" "$work/from-client" && same=same
	echo "$status $same"
}

mptcp_rows=(
	"MPTCP MPTCP poll" "MPTCP MPTCP mmap" "MPTCP MPTCP sendfile"
	"MPTCP TCP poll" "TCP MPTCP poll"
)

mptcp_runs()
{
	local row server client mode
	make_file "$(scaled 4 1)"
	head -c 1234567 /dev/urandom >"$work/other"
	for row in "${mptcp_rows[@]}"; do
		read -r server client mode <<<"$row"
		compare "IPv4, mptcp_connect $mode, $client to $server" \
			"0 0 same" \
			"$(mptcp "$server" "$client" "$mode" 4 "${sub[2]}")" \
			"$(mptcp "$server" "$client" "$mode" 4 "${overlay[2]}")"
		compare "IPv6, mptcp_connect $mode, $client to $server" \
			"0 0 same" \
			"$(mptcp "$server" "$client" "$mode" 6 "${sub6[2]}")" \
			"$(mptcp "$server" "$client" "$mode" 6 "${overlay6[2]}")"
	done
}

[[ -d $programs ]] || skip_all "no programs: see --take of selftests/vm/run"
hosts_on_veth
overlay_up
for i in 1 2; do
	on $i sysctl -qw net.core.optmem_max=1000000 2>/dev/null
done
sysctl -qw net.core.optmem_max=1000000
mark
tables
tcp_mmap_runs
mptcp_runs
check_no_errors "nothing was dropped"
for name in "${left_out[@]}"; do
	skip "$name" "takes no address: loopback only"
done
