#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an overlay carries besides plain TCP, UDP and ICMP: other tunnels, ESP,
# SCTP, extension headers, and fragments of them; a file each way by each, and
# packets longer than the MTU.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# Name, how it is made at a host, what is seen of it on vn0, by which addresses.
# Tunnels in IPv6 put an option header (60) before theirs unless told not to.
rows=(
	"GRE|tunnel 4 gre|ip proto 47|over"
	"GRE with a key and sums|tunnel 4 gre key 7 csum|ip proto 47|over"
	"GRE in IPv6|tunnel 6 ip6gre|ip6 proto 60|over"
	"Ethernet in GRE|tunnel 4 gretap|ip proto 47|over"
	"IPv4 in IPv4|tunnel 4 ipip|ip proto 4|over"
	"IPv6 in IPv4|tunnel 4 sit|ip proto 41|over6"
	"IPv4 in IPv6|tunnel 6 ip6tnl mode any encaplimit none|ip6 proto 4|over"
	"IPv6 in IPv6|tunnel 6 ip6tnl mode any|ip6 proto 60|over6"
	"VXLAN|tunnel 4 vxlan id 9 dstport 4789|udp port 4789|over"
	"VXLAN in IPv6|tunnel 6 vxlan id 9 dstport 4789|udp port 4789|over6"
	"Geneve|geneve|udp port 6081|over"
	"ESP|esp vn|ip proto 50|vn"
	"ESP in IPv6|esp vn6|ip6 proto 50|vn6"
	"SCTP|true|ip proto 132|vn|by_sctp"
	"SCTP in IPv6|true|ip6 proto 132|vn6|by_sctp"
)

# shellcheck disable=SC2034 # by their names in the rows
over=('' 172.31.0.1 172.31.0.2) over6=('' fd31::1 fd31::2)
key=0x000102030405060708090a0b0c0d0e0f

# tunnel N 4|6 TYPE [OPTION]...
tunnel()
{
	local host=$1 to=("${vn[@]}")
	[[ $2 -eq 4 ]] || to=("${vn6[@]}")
	shift 2
	on "$host" ip link add t0 type "$@" local "${to[host]}" \
		remote "${to[3 - host]}" &&
		address_tunnel "$host"
}

geneve()
{
	on "$1" ip link add t0 type geneve id 9 remote "${vn[3 - $1]}" &&
		address_tunnel "$1"
}

# Not each kind carries both families.
address_tunnel()
{
	on "$1" ip addr add "${over[$1]}/24" dev t0
	on "$1" ip addr add "${over6[$1]}/64" dev t0 nodad
	on "$1" ip link set t0 up
}

# esp N ADDRESSES
esp()
{
	local -n of=$2
	local from to way
	for way in out in; do
		from=${of[$1]} to=${of[3 - $1]}
		[[ $way == out ]] || from=${of[3 - $1]} to=${of[$1]}
		on "$1" ip xfrm state add src "$from" dst "$to" proto esp \
			spi 0x101 mode transport enc "cbc(aes)" $key \
			auth-trunc "hmac(sha256)" $key${key#0x} 128 || return
		on "$1" ip xfrm policy add src "$from" dst "$to" dir $way \
			tmpl proto esp mode transport || return
	done
}

undo()
{
	local i
	for i in 1 2; do
		on $i ip link del t0 2>/dev/null
		on $i ip xfrm policy flush
		on $i ip xfrm state flush
	done
}

# by_sctp FROM TO ADDR: the file
by_sctp()
{
	local receiver addr=$3
	[[ $addr != *:* ]] || addr=[$addr]
	start "$2" socat -u SCTP-LISTEN:5009,pf="$(family_of "$3")" \
		"CREATE:$work/copy"
	receiver=$!
	poll 10 sctp_listens "$2" || return
	on "$1" timeout "$(patience 60)" socat -u "OPEN:$work/file" \
		"SCTP:$addr:5009" ||
		return
	wait $receiver && [[ $(sha256sum <"$work/copy") == "$file_sum" ]]
}

family_of()
{
	if [[ $1 == *:* ]]; then
		echo ip6
	else
		echo ip4
	fi
}

sctp_listens()
{
	on "$1" ss -HlnS "sport = :5009" | grep -q .
}

# Longer than any MTU here, with what comes around it
fragments()
{
	on 1 ping -n -q -c2 -i0.1 -W2 -M dont -s 9000 "$1"
}

run_row()
{
	local name=$1 make=$2 filter=$3 file=${5:-transfer} i tracer
	local -n addrs=$4
	for i in 1 2; do
		# shellcheck disable=SC2086 # words
		if ! ${make%% *} $i ${make#"${make%% *}"}; then
			skip "$name" "this kernel has none"
			return
		fi
	done
	poll 10 on 1 ping -c1 -W1 "${addrs[2]}"
	watch_for 1 vn0 "$filter"
	tracer=$!
	mark
	check "$name: a file arrives" "$file" 1 2 "${addrs[2]}"
	check "$name: and the other way" "$file" 2 1 "${addrs[1]}"
	check "$name: that was what vn0 carried" poll 5 gone $tracer
	check "$name: fragments" fragments "${addrs[2]}"
	check_no_errors "$name: nothing is dropped"
	undo
}

hosts_on_nics
overlay_up
make_file "$(scaled 2 1)"
for row in "${rows[@]}"; do
	IFS='|' read -ra columns <<<"$row"
	run_row "${columns[@]}"
done
