#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The last steps of a frame on its way out are as the stack's own: all that the host
# has for its packets there holds from the next frame on, and the same is counted.
# (Routes and routing rules: rules.sh. IPsec: ipsec.sh.)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

silent()
{
	! reaches
}

# comes_and_goes NAME UNDO WORD...: what these words set at host 1 keeps the next frame
# from leaving, and after UNDO the next one leaves
comes_and_goes()
{
	local name=$1 undo=$2
	check "$name: a frame leaves before" reaches
	on 1 "${@:3}" || die "$name: it cannot be set"
	check "$name: the next one does not" silent
	# shellcheck disable=SC2086 # words
	on 1 $undo || die "$name: it cannot be unset"
	check "$name: without, the next one does" poll 10 reaches
}

# --- hooks -----------------------------------------------------------------

# nft_chain HOOK RULE...: a chain of host 1
nft_chain()
{
	on 1 nft -f - <<-END
		table ip out {
			chain c {
				type filter hook $1 priority 0;
				${@:2}
			}
		}
	END
}

hook()
{
	local name="nft $1"
	check "$name: a frame leaves before" reaches
	nft_chain "$1" "tcp dport $port drop" || die "no nftables"
	check "$name: the next one does not" silent
	on 1 nft flush chain ip out c
	check "$name: by another rule it does" reaches
	on 1 nft add rule ip out c tcp dport "$port" counter accept
	mark
	on 1 ping -q -c5 -i0.05 -W1 "${vn[2]}" >/dev/null
	check_that "$name: a rule is met by each frame" \
		"$(on 1 nft -j list chain ip out c |
			jq '[.nftables[].rule.expr[]?.counter.packets // empty] | add')" \
		-eq "$(since 1 tx_frames)"
	on 1 nft delete table ip out
	check "$name: without, the next one leaves" reaches
}

# A program that is asked (NFQUEUE) and is not there refuses, or is passed by.
queued()
{
	local name="nft postrouting, queue"
	if ! nft_chain postrouting "tcp dport $port queue num 7"; then
		skip "$name" "this kernel has no queues for programs"
		return
	fi
	check "$name: nobody asks for the packet" silent
	on 1 nft flush chain ip out c
	on 1 nft add rule ip out c tcp dport "$port" queue num 7 bypass
	check "$name: bypass" reaches
	on 1 nft delete table ip out
}

# Another source is what the substrate sees.
translated()
{
	local name="nft postrouting, snat"
	on 1 ip addr add 10.0.0.77/24 dev wire
	on 2 vnencap dev set vn0 nospoofcheck
	check "$name: a frame leaves before" reaches
	on 1 nft -f - <<-END || die "no NAT"
		table ip out {
			chain c {
				type nat hook postrouting priority srcnat;
				tcp dport $port snat to 10.0.0.77
			}
		}
	END
	v_tracked track
	local pid
	watch_for 2 wire "src host 10.0.0.77 and tcp dst port $port"
	pid=$!
	check "$name: the next one comes" reaches
	check "$name: from that address" poll 10 gone "$pid"
	v_tracked notrack
	on 1 nft delete table ip out
	on 2 vnencap dev set vn0 spoofcheck
	on 1 ip addr del 10.0.0.77/24 dev wire
	check "$name: without, all is as before" reaches
}

v_tracked()
{
	local word=notrack
	[[ $1 == notrack ]] || word=nonotrack
	on 1 vnencap dev set vn0 $word || die "cannot set $word"
}

# --- the neighbour ---------------------------------------------------------

neighbour()
{
	local mac
	mac=$(on 2 cat /sys/class/net/wire/address)
	comes_and_goes "another neighbour" \
		"ip neigh replace ${sub[2]} lladdr $mac dev wire nud permanent" \
		ip neigh replace "${sub[2]}" lladdr 02:00:00:00:00:77 dev wire \
		nud permanent
	comes_and_goes "a way by another" "ip route del ${sub[2]}/32" \
		ip route add "${sub[2]}/32" via 10.0.0.78 dev wire
	on 1 ip neigh del "${sub[2]}" dev wire
	check "a neighbour that is not known is found" reaches
	on 1 ip neigh flush dev wire
	check "and again" reaches
	[[ -n $has_ipv6 ]] || return
	# without a link-local address IPv4 cannot ask for such a neighbour
	poll 10 on 1 ping -q -c1 -W1 "${sub6[2]}" || die "no IPv6"
	on 1 ip route add "${sub[2]}/32" via inet6 "${sub6[2]}" dev wire ||
		die "no route by an IPv6 neighbour"
	check "a way by a neighbour of IPv6" poll 10 reaches
	on 1 ip route del "${sub[2]}/32"
	check "and without" reaches
}

# --- traffic control, and what comes after it ------------------------------

control()
{
	on 1 tc qdisc add dev wire clsact || die "no clsact"
	comes_and_goes "tc egress" "tc filter del dev wire egress pref 9" \
		tc filter add dev wire egress pref 9 protocol ip flower \
		ip_proto 6 dst_port "$port" action drop
	on 1 tc qdisc del dev wire clsact
	# of nothing, not even the neighbour's request, which is known
	comes_and_goes "a queue without room" "tc qdisc del dev wire root" \
		tc qdisc add dev wire root netem loss 100%
}

# --- counters --------------------------------------------------------------

# All that host 1's IPv4 counts of what it sends
counted()
{
	on 1 nstat -asz 'Ip*' | awk '$1 ~ /^Ip(Ext)?(Out|Frag|ReasmReqds)/ { print $1, $2 }'
}

# What the same traffic adds to each counter: small packets, long ones and files
adds()
{
	local before after
	before=$(counted)
	on 1 ping -q -c10 -i0.02 -W1 "${vn[2]}" >/dev/null
	on 1 ping -q -c5 -i0.02 -s 20000 -W1 "${vn[2]}" >/dev/null
	after=$(counted)
	printf '%s\n' "$before" "$after" |
		awk '$1 in was { print $1, $2 - was[$1] } { was[$1] = $2 }'
}

counters()
{
	local direct stack
	direct=$(adds)
	# a hook that changes nothing sends frames the stack's way
	nft_chain output accept || die "no nftables"
	stack=$(adds)
	on 1 nft delete table ip out
	# shellcheck disable=SC2086 # lines to words
	remark $direct
	check "the same is counted with and without hooks" same "$stack" "$direct"
	check_that "and frames are in it" \
		"$(awk '$1 == "IpOutRequests" { print $2 }' <<<"$direct")" -ge 30
}

hosts_on_veth
overlay_up 4
counters
hook output
hook postrouting
queued
translated
neighbour
control
drop_all_ns
