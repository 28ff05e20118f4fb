#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# IPsec below the overlay: what the policies of the substrate say holds for what
# is sent, by address, protocol, port or mark, from the next packet on; segments
# are as long as ESP leaves room for, and none leaves in clear. What IPsec has to say of
# a frame it says to the host, and not to the socket that the inner packet is from.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/leaving.sh
. "$selftests/tests/lib/leaving.sh"

key=0x0102030405060708090a0b0c0d0e0f1011121314
by_vrf=()			# words of ip route get for host 1's VRF, if it has one

# selector DIRECTION: of the frames of host $me
selector()
{
	if [[ $1 == out ]]; then
		echo "dir out src ${via[me]} dst ${via[3 - me]}"
	else
		echo "dir in src ${via[3 - me]} dst ${via[me]}"
	fi
}

# sas MODE [WORD]...: keys, at both hosts; sas "" takes them away
sas()
{
	local me i
	for me in 1 2; do
		on $me ip xfrm state flush
		[[ -n $1 ]] || continue
		for i in 1 2; do
			# shellcheck disable=SC2086
			on $me ip xfrm state add src "${via[i]}" \
				dst "${via[3 - i]}" proto esp spi $i reqid 1 \
				mode $1 aead "rfc4106(gcm(aes))" $key 128 \
				"${@:2}" || die "no ESP"
		done
	done
}

# policies MODE [WORD]...: what is for the port is to be encrypted
policies()
{
	local me
	for me in 1 2; do
		on $me ip xfrm policy flush
		# shellcheck disable=SC2046
		on $me ip xfrm policy add $(selector out) proto 6 \
			dport "$port" "${@:2}" tmpl src "${via[me]}" \
			dst "${via[3 - me]}" proto esp reqid 1 mode "$1" ||
			die "no policy"
		# shellcheck disable=SC2046
		on $me ip xfrm policy add $(selector in) proto 6 \
			dport "$port" tmpl src "${via[3 - me]}" \
			dst "${via[me]}" proto esp reqid 1 mode "$1"
	done
}

no_policies()
{
	local me
	for me in 1 2; do
		on $me ip xfrm policy flush
	done
}

# The ESP that comes to host 2: longer than the wire takes; in parts; nearly as
# long as the wire takes
count_lengths()
{
	local esp="ip protocol 50" parts="ip frag-off & 0x3fff != 0"
	[[ $over -eq 4 ]] || esp="ip6 nexthdr 50" parts="ip6 nexthdr 44"
	on 2 nft delete table netdev seen 2>/dev/null
	on 2 nft -f - <<-EOF || die "nft cannot count"
		table netdev seen {
			chain in {
				type filter hook ingress device wire priority 0;
				$esp meta length > 1500 counter
				$parts counter
				$esp meta length 1400-1500 counter
			}
		}
	EOF
}

lengths()
{
	on 2 nft -j list table netdev seen |
		jq -r '[.nftables[].rule.expr[]?.counter.packets | values]
		       | join(" ")'
}

# encrypted MODE
encrypted()
{
	local name="over IPv$over, ESP in $1 mode" long parts full
	policies "$1"
	nothing_leaves "$name, no key there"
	sas "$1"
	count_leaving
	count_lengths
	# a frame that the NIC would segment; nobody answers it
	on 1 timeout 2 udp train "${vn[2]}" 5003 1400 40 >/dev/null 2>&1
	# how a receiver takes ESP in transport mode in is another matter
	[[ $1 == transport ]] || transfers "$name"
	check_that "$name: nothing leaves in clear" "$(left 1)" -eq 0
	check_that "$name: but as ESP" "$(left 2)" -gt 0
	read -r long parts full <<<"$(lengths)"
	check_that "$name: no packet is too long" "$long" -eq 0
	check_that "$name: none comes in parts" "$parts" -eq 0
	check_that "$name: most are as long as may be" "$full" -gt 30
}

transfers()
{
	mark
	check "$1: a ping" on 1 ping -q -c1 -W2 -s 1400 "${vn[2]}"
	check "$1: a file arrives" transfer 1 2 "${vn[2]}"
	check "$1: and the other way" transfer 2 1 "${vn6[1]}"
	check_no_errors "$1: nothing is dropped"
}

# blocked NAME WORD...: by a policy, from the next packet on
blocked()
{
	local name="over IPv$over, a policy for $1" me=1
	shift
	check "$name: before, it is sent" reaches
	# shellcheck disable=SC2046
	on 1 ip xfrm policy add $(selector out) "$@" action block ||
		die "no policy"
	nothing_leaves "$name"
	on 1 ip xfrm policy flush
	check "$name: without it, it is sent" reaches
}

# unmatched NAME WORD...
unmatched()
{
	local me=1
	# shellcheck disable=SC2046
	on 1 ip xfrm policy add $(selector out) "${@:2}" action block ||
		die "no policy"
	check "over IPv$over, a policy for $1 is not for frames" reaches
	on 1 ip xfrm policy flush
}

# The source port of pings to host 2
source_port()
{
	local tracer
	on 1 tcpdump -nn -l -c1 -i "${dev[1]}" -Q out "tcp dst port $port" \
		>"$work/captured" 2>"$work/tcpdump" &
	tracer=$!
	poll 10 grep -q listening "$work/tcpdump" || die "no capture"
	on 1 ping -q -c1 -W1 -e 77 "${vn[2]}" >/dev/null
	wait $tracer
	sed -n 's/.* IP6\{0,1\} [^ ]*\.\([0-9]*\) > .*/\1/p' "$work/captured"
}

# One flow is blocked, by its source port, and others are not.
one_flow()
{
	local sport me=1
	sport=$(source_port)
	[[ -n $sport ]] || die "no source port"
	# shellcheck disable=SC2046
	on 1 ip xfrm policy add $(selector out) proto 6 sport "$sport" \
		action block || die "no policy"
	check_fails "over IPv$over, a policy for one source port holds" 1 \
		on 1 ping -q -c1 -W1 -e 77 "${vn[2]}"
	check "over IPv$over, and not for another flow" \
		on 1 ping -q -c1 -W1 "${vn6[2]}"
	on 1 ip xfrm policy flush
}

ipsec()
{
	hosts_on_veth
	overlay_up
	make_file 1
	for over in 4 6; do
		overlay_over $over
		poll 10 reaches || die "the overlay does not work"
		blocked "the port" proto 6 dport "$port"
		blocked "the protocol" proto 6
		# of IPv6 that would be for neighbours' messages, too
		[[ $over -eq 6 ]] || blocked "the endpoint"
		unmatched "another port" proto 6 dport $((port + 1))
		unmatched "a mark" mark 0x99
		v1 fwmark 0x99
		blocked "the device's mark" proto 6 mark 0x99
		v1 fwmark 0
		one_flow
		encrypted tunnel
		no_policies
		check "over IPv$over, without policies: a file arrives" \
			transfer 1 2 "${vn[2]}"
		encrypted transport
		no_policies
		sas ""
		check "over IPv$over, without policies again" reaches
	done
	drop_all_ns
}

# --- whom IPsec tells ---------------------------------------------------------

# Frames get a mark only as they leave, by which they are to be encrypted. Nobody
# knows that when they are made as long as the wire takes.
marked_late()
{
	local me
	policies tunnel mark 0x55
	sas tunnel
	for me in 1 2; do
		on $me nft -f - <<-END || die "no nftables"
			table inet late {
				chain out {
					type route hook output priority mangle;
					tcp dport $port meta mark set 0x55
				}
			}
		END
	done
}

not_marked()
{
	local me
	for me in 1 2; do
		on $me nft delete table inet late
	done
	no_policies
	sas ""
}

# errors_of N ADDRESS: of some packets the frame has one segment, and that is longer
# than ESP leaves room for. That the peer has no such port is the socket's to know.
errors_of()
{
	local bytes refused="^111 0 $2\$"
	for bytes in 1300 1320 1340 1360 1380 1400; do
		on "$1" stamp error "$2" 5009 $bytes
	done | grep -v "$refused"
}

# whom_it_tells N NAME: a socket at N, where vn0 is
whom_it_tells()
{
	local name="over IPv$over, $2" said
	marked_late
	said=$(errors_of "$1" "${vn[2]}"; errors_of "$1" "${vn6[2]}")
	check_that "$name: of a frame that is too long it is told nothing" \
		"${said:-nothing}" = nothing
	# of what is too long of ICMP's own answers the kernel tells nobody
	errors_of 2 "${vn[1]}" >/dev/null
	check "$name: the next frames are not too long" \
		poll 5 on "$1" ping -q -c1 -W1 -s 1400 "${vn[2]}"
	check "$name: a file arrives" transfer "$1" 2 "${vn[2]}"
	check_that "$name: the overlay's path MTU is the device's" \
		"$(on "$1" ip route get "${vn[2]}" | grep -c mtu)" -eq 0
	# the path that IPsec takes is not shorter for what IPsec needs of it
	check_that "$name: nor is the substrate's another" \
		"$(on 1 ip route get "${via[2]}" "${by_vrf[@]}" |
			grep dev | grep -c mtu)" -eq 0
	not_marked
	check "$name: without IPsec again" poll 10 on "$1" ping -q -c1 -W1 \
		"${vn[2]}"
}

errors()
{
	hosts_on_veth
	overlay_up
	make_file 1
	for over in 4 6; do
		overlay_over $over
		whom_it_tells 1 "a socket of the host"
	done
	new_ns 11 tenant
	on 1 ip link set vn0 netns "${ns[11]}"
	on 11 ip addr add "${vn[1]}/24" dev vn0
	on 11 ip -6 addr add "${vn6[1]}/64" dev vn0 nodad
	on 11 ip link set vn0 up
	for over in 4 6; do
		overlay_over $over
		whom_it_tells 11 "a tenant's socket"
	done
	drop_all_ns
}

# In a VRF the host's own words come in as all others do, by the VRF's device. Over IPv6 it
# has none to say there: no message is sent of what is too big for IPsec.
errors_in_vrf()
{
	local over=4
	hosts_on_veth
	overlay_up
	make_file 1
	if ! on 1 ip link add red type vrf table 10 2>/dev/null; then
		skip "IPsec in a VRF" "this kernel has none"
		drop_all_ns
		return
	fi
	on 1 ip link set red up
	on 1 ip link set wire master red
	by_vrf=(vrf red)
	overlay_over 4
	poll 10 reaches || die "the overlay does not work in a VRF"
	check "over IPv4, the substrate's route is the VRF's" \
		grep -q "dev wire" <(on 1 ip route get "${via[2]}" vrf red)
	whom_it_tells 1 "a socket of the host, in a VRF"
	by_vrf=()
	drop_all_ns
}

# What no policy is for may be blocked; here a tenant's packets are not, themselves.
by_default()
{
	hosts_on_veth
	overlay_up
	new_ns 11 tenant
	on 1 ip link set vn0 netns "${ns[11]}"
	on 11 ip addr add "${vn[1]}/24" dev vn0
	on 11 ip link set vn0 up
	check "by default, all is sent" poll 10 tenant_reaches
	on 1 ip xfrm policy setdefault out block || die "no default policy"
	check_fails "unless the default is to block" 1 tenant_reaches
	on 1 ip xfrm policy setdefault out accept
	check "and no more" tenant_reaches
	drop_all_ns
}

tenant_reaches()
{
	on 11 ping -q -c1 -W1 "${vn[2]}"
}

# interface_of_ipsec N: xfrm0 at host N, and what is sent by it encrypted
interface_of_ipsec()
{
	local me=$1 peer=$((3 - $1))
	on "$me" ip link add xfrm0 type xfrm dev "${dev[me]}" if_id 7 || return
	on "$me" ip link set xfrm0 up
	on "$me" ip addr add "10.8.0.$me/24" dev xfrm0
	on "$me" ip xfrm policy add dir out if_id 7 tmpl src "${via[me]}" \
		dst "${via[peer]}" proto esp reqid 1 mode tunnel
	on "$me" ip xfrm policy add dir in if_id 7 tmpl src "${via[peer]}" \
		dst "${via[me]}" proto esp reqid 1 mode tunnel
}

# An interface of IPsec is a lower device like any other.
lower_ipsec()
{
	local name="a lower device of IPsec"
	hosts_on_veth
	over=4 via=("${sub[@]}")
	if ! interface_of_ipsec 1 2>/dev/null; then
		skip "$name" "this kernel has none"
		drop_all_ns
		return
	fi
	interface_of_ipsec 2
	sas tunnel if_id 7
	count_leaving
	dev=('' xfrm0 xfrm0) sub=('' 10.8.0.1 10.8.0.2)
	overlay_up 4
	make_file 1
	mark
	check "$name: a file arrives" transfer 1 2 "${vn[2]}"
	check "$name: and the other way" transfer 2 1 "${vn6[1]}"
	check_no_errors "$name: nothing is dropped"
	mark
	on 2 ip xfrm policy update dir in if_id 7 action block
	check_fails "$name: and what its policy blocks is not taken" 1 reaches
	check_that "$name: which is counted" "$(since 2 rx_policy)" -ge 1
	dev[1]=wire
	check_that "$name: nothing leaves in clear" "$(left 1)" -eq 0
	check_that "$name: but as ESP" "$(left 2)" -gt 0
	drop_all_ns
}

ipsec
errors
errors_in_vrf
by_default
lower_ipsec
