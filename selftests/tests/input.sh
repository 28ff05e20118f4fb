#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the host decides holds for what comes in: firewall, connection tracking,
# IPsec, reverse path filter, its own sockets; and what comes by another NIC than
# the lower device is taken all the same.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# What guests without /etc/protocols know by number only
tcp=6

reaches()
{
	on 1 ping -c2 -i0.2 -W5 "${vn[2]}"
}

# A packet that nothing comes back for. Waiting longer would show no more: what
# would be answered is, at once.
silent()
{
	! on 1 ping -c2 -i0.2 -W1 "${vn[2]}"
}

# refused NAME: nothing arrives, and TCP does not answer
refused()
{
	local before
	before=$(tcp_resets 2)
	check "$1: nothing arrives" silent
	check_that "$1: no reset leaves" "$(tcp_resets 2)" -eq "$before"
}

arrives()
{
	check "$1" reaches
}

# ---- Firewall ----

# as iptables-nft and nft count it: packets that met the rule
nft_packets()
{
	on 2 nft -j list chain inet fw "$1" |
		jq '[.nftables[].rule.expr[]?.counter.packets // empty] | add'
}

nft_policy_drop()
{
	on 2 nft -f - <<-END || die "no nftables"
		table inet fw {
			chain in {
				type filter hook input priority filter; policy drop;
				iifname lo accept
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
				iifname vn0 accept
			}
		}
	END
	refused "$1, nft input, policy drop"
	on 2 nft add rule inet fw in tcp dport $port counter accept
	arrives "$1, nft input: with a rule for the port it arrives"
	check "$1, nft input: a file arrives" transfer 1 2 "${vn[2]}"
	local segments=0 met
	segments=$(counter 2 rx_segments)
	met=$(nft_packets in)
	remark "the rule was met $met times, by $segments segments"
	check_that "$1, nft input: the rule is met once a run, not a segment" \
		$((met * 3)) -lt "$segments"
	on 2 nft delete table inet fw
	arrives "$1, nft input: without rules it arrives"
}

nft_prerouting()
{
	on 2 nft -f - <<-END || die "no nftables"
		table inet fw {
			chain pre {
				type filter hook prerouting priority raw;
				tcp dport $port counter drop
			}
		}
	END
	refused "$1, nft prerouting, drop"
	on 2 nft delete table inet fw
	arrives "$1, nft prerouting: without the rule it arrives"
}

iptables_rules()
{
	local tables=iptables
	[[ $1 == IPv4 ]] || tables=ip6tables
	on 2 $tables -A INPUT -p $tcp --dport $port -j DROP ||
		die "no $tables"
	refused "$1, $tables INPUT, DROP"
	on 2 $tables -D INPUT -p $tcp --dport $port -j DROP
	arrives "$1, $tables INPUT: without the rule it arrives"
}

# Whoever tracks connections does not see ours, unless asked to.
# How many connections to the port host 2 follows
entries()
{
	local family
	for family in ipv4 ipv6; do
		on 2 conntrack -L -f $family -p tcp 2>/dev/null
	done | grep -c "dport=$port"
}

untracked()
{
	on 2 nft -f - <<-END || die "no nftables"
		table inet fw {
			chain in {
				type filter hook input priority filter; policy drop;
				iifname lo accept
				ct state established accept
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
				iifname vn0 accept
				ct state untracked tcp dport $port accept
			}
		}
	END
	arrives "$1, connection tracking: untracked is what it is"
	check_that "$1, connection tracking: it has no entry" "$(entries)" -eq 0
	on 2 vnencap dev set vn0 nonotrack
	check "$1, connection tracking: nonotrack, and it is not untracked" silent
	on 2 vnencap dev set vn0 notrack
	on 2 nft delete table inet fw
}

# Connection tracking that was there before the device sees its packets as well.
tracked_before()
{
	on 2 ip link del vn0
	on 2 nft -f - <<-END || die "no nftables"
		table inet fw {
			chain in {
				type filter hook input priority filter;
				ct state new counter accept
			}
		}
	END
	on 2 ip link add link wire name vn0 type vnencap nonotrack ||
		die "cannot make vn0"
	on 2 ip addr add "${vn[2]}/24" dev vn0
	on 2 ip link set vn0 up
	arrives "connection tracking before the device, nonotrack"
	check_that "connection tracking before the device: it has an entry" \
		"$(entries)" -gt 0
	on 2 nft delete table inet fw
	on 2 vnencap dev set vn0 notrack
	on 2 conntrack -F 2>/dev/null
	arrives "connection tracking before the device, and gone"
}

firewalls()
{
	nft_policy_drop "$1"
	nft_prerouting "$1"
	iptables_rules "$1"
	untracked "$1"
}

# ---- IPsec ----

policy_in()
{
	on 2 ip xfrm policy add dir in src "${via[1]}" dst "${via[2]}" "$@"
}

# Both directions of an SA, at both hosts; keys of no worth
states()
{
	local i mode=$1
	for i in 1 2; do
		state "$i" 1 2 "$mode"
		state "$i" 2 1 "$mode"
	done
}

# state HOST FROM TO MODE
state()
{
	on "$1" ip xfrm state add src "${via[$2]}" dst "${via[$3]}" \
		proto esp spi "0x$2$3" mode "$4" reqid 7 \
		aead "rfc4106(gcm(aes))" "0x$(printf '%040d' "$2")" 128 ||
		die "no ESP in this kernel"
}

# all TCP between the hosts, out at both, required in at host 2
protect()
{
	local i other mode=$1 ends
	for i in 1 2; do
		other=$((3 - i))
		ends=(src "${via[i]}" dst "${via[other]}")
		[[ $mode == tunnel ]] || ends=()
		on $i ip xfrm policy add dir out src "${via[i]}" \
			dst "${via[other]}" proto $tcp tmpl "${ends[@]}" \
			proto esp reqid 7 mode "$mode" || die "no policies"
		ends=(src "${via[other]}" dst "${via[i]}")
		[[ $mode == tunnel ]] || ends=()
		on $i ip xfrm policy add dir in src "${via[other]}" \
			dst "${via[i]}" proto $tcp tmpl "${ends[@]}" \
			proto esp reqid 7 mode "$mode" level required
	done
}

flush_ipsec()
{
	local i
	for i in 1 2; do
		on $i ip xfrm policy flush
		on $i ip xfrm state flush
	done
}

encrypted()
{
	local name="$1, ESP $2${3-}"
	states "$2"
	protect "$2"
	arrives "$name: it arrives"
	mark
	check "$name: a file arrives" transfer 1 2 "${vn[2]}"
	check_that "$name: none came in clear" "$(since 2 rx_policy)" -eq 0
	# what host 1 sends in clear is not taken
	on 1 ip xfrm policy flush
	refused "$name, and in clear"
	check_that "$name: what came in clear is counted" \
		"$(since 2 rx_policy)" -gt 0
	flush_ipsec
	arrives "$name: without policies it arrives in clear"
}

ipsec()
{
	mark
	policy_in proto $tcp dport $port tmpl proto esp mode transport \
		level required || die "no IPsec policies"
	refused "$1, IPsec required of the port"
	check_that "$1, IPsec: each drop is counted" "$(since 2 rx_policy)" -ge 2
	flush_ipsec
	policy_in action block
	refused "$1, IPsec block"
	flush_ipsec
	policy_in proto $tcp dport 7472 action block
	arrives "$1, a policy for another port"
	flush_ipsec
	# the device is that of the route by which a packet comes to the host itself
	policy_in dev lo proto $tcp action block
	refused "$1, IPsec block of a device"
	flush_ipsec
	policy_in dev vn0 proto $tcp action block
	arrives "$1, a policy for another device"
	flush_ipsec
	blocked_by_mark "$1"
	blocked_by_default "$1"
	encrypted "$1" transport
	encrypted "$1" tunnel
}

# What a rule has marked before
blocked_by_mark()
{
	on 2 nft -f - <<-END || die "no nftables"
		table inet fw {
			chain pre {
				type filter hook prerouting priority mangle;
				tcp dport $port meta mark set 7
			}
		}
	END
	policy_in mark 7 action block
	refused "$1, IPsec block of a mark"
	on 2 nft delete table inet fw
	arrives "$1, IPsec block of a mark, and without the mark"
	flush_ipsec
}

# What no policy names is blocked.
blocked_by_default()
{
	if ! on 2 ip xfrm policy setdefault in block 2>/dev/null; then
		skip "$1, IPsec blocks by default" "this ip(8) or kernel has no setdefault"
		return
	fi
	# neighbours have to be found, and the inner packet is one for this host, too
	policy_in proto 58
	on 2 ip xfrm policy add dir in src "${vn[1]}" dst "${vn[2]}"
	refused "$1, IPsec blocks by default"
	policy_in proto $tcp dport $port
	arrives "$1, IPsec blocks by default, and a policy allows"
	on 2 ip xfrm policy setdefault in accept
	flush_ipsec
}

# ESP is decrypted in GRO then, and encrypted by the stack's own offload.
offloaded()
{
	if ! modprobe -a esp4_offload esp6_offload 2>/dev/null; then
		skip "$1, ESP with offload" "this kernel has none"
		return
	fi
	encrypted "$1" transport ", offload"
	encrypted "$1" tunnel ", offload"
}

# ---- Routing ----

# The way back to host 1 leads elsewhere: a strict host takes nothing from there.
reverse_path()
{
	on 2 ip link add elsewhere type dummy
	on 2 ip link set elsewhere up
	on 2 ip route add "${sub[1]}/32" dev elsewhere
	on 2 sysctl -qw net.ipv4.conf.wire.rp_filter=1
	mark
	on 1 ping -c2 -i0.2 -W1 "${vn[2]}" >/dev/null
	check_that "rp_filter: nothing is taken" "$(since 2 rx_runs)" -eq 0
	on 2 sysctl -qw net.ipv4.conf.wire.rp_filter=0
	on 1 ping -c2 -i0.2 -W1 "${vn[2]}" >/dev/null
	check_that "rp_filter off: it is" "$(since 2 rx_runs)" -gt 0
	on 2 sysctl -qw net.ipv4.conf.wire.rp_filter=1
	mark
	on 1 ping -c2 -i0.2 -W1 "${vn[2]}" >/dev/null
	check_that "rp_filter on again: nothing is, at once" \
		"$(since 2 rx_runs)" -eq 0
	on 2 sysctl -qw net.ipv4.conf.wire.rp_filter=0
	on 2 ip link del elsewhere
	arrives "rp_filter: the overlay works afterwards"
}

# Host 1 sends from an address that is host 2's own as well.
own_source()
{
	on 1 ip addr add 10.0.0.77/32 dev lo
	on 2 ip addr add 10.0.0.77/32 dev lo
	on 1 vnencap dev set vn0 local 10.0.0.77
	on 2 vnencap map replace vni 1 "${vn[1]}/32" via 10.0.0.77
	mark
	on 1 ping -c2 -i0.2 -W1 "${vn[2]}" >/dev/null
	check_that "our own address as source: nothing is taken" \
		"$(since 2 rx_runs)" -eq 0
	on 2 ip addr del 10.0.0.77/32 dev lo
	on 1 ping -c2 -i0.2 -W1 "${vn[2]}" >/dev/null
	check_that "no more ours: it is, at once" "$(since 2 rx_runs)" -gt 0
	on 1 vnencap dev set vn0 local any
	on 1 ip addr del 10.0.0.77/32 dev lo
	overlay_map 2
}

# ---- Other ways in ----

# Host 1 sends to host 2's address by another wire; back it goes by the first.
other_nic()
{
	local i
	ip -n "${ns[1]}" link add spare type veth peer name spare \
		netns "${ns[2]}" || die "cannot make veth"
	for i in 1 2; do
		on $i sysctl -qw net.ipv4.conf.spare.rp_filter=0
		on $i ip addr add "10.0.9.$i/24" dev spare
		on $i ip link set spare up
	done
	on 1 ip link add link spare name vn9 type vnencap vni 1 \
		local "${sub[1]}"
	on 1 ip link set vn9 up
	on 1 ip route add "${sub[2]}/32" via 10.0.9.2 dev spare
	on 1 ip route replace "${vn[2]}/32" dev vn9 src "${vn[1]}"
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via "${sub[2]}"
	mark
	on 1 ping -c2 -i0.2 -W1 "${vn[2]}" >/dev/null
	check_that "by another NIC: taken" "$(since 2 rx_runs)" -gt 0
	make_file 4
	check "by another NIC: a file arrives" transfer 1 2 "${vn[2]}"
	on 2 vnencap dev set vn0 local "${sub[2]}"
	not_its_own "by another NIC, to the address of that" 10.0.9.2
	on 1 ip link del vn9
	on 1 ip link del spare
	on 2 ip addr add 10.0.0.22/24 dev wire
	on 1 ip route replace "${vn[2]}/32" dev vn0 src "${vn[1]}"
	not_its_own "another address of the same NIC" 10.0.0.22
	on 2 ip addr del 10.0.0.22/24 dev wire
	on 1 ip route del "${vn[2]}/32" dev vn0
	on 2 vnencap dev set vn0 local any
	overlay_map 1
	arrives "without one of its own the device receives as before"
}

# not_its_own NAME ADDRESS: one of host 2's, but not the device's. What is sent there has
# the wrong mapping: that shows, and nobody answers.
not_its_own()
{
	local resets
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via "$2"
	mark
	resets=$(tcp_resets 2)
	on 1 ping -c2 -i0.2 -W1 "${vn[2]}" >/dev/null
	check_that "$1: not taken" "$(since 2 rx_runs)" -eq 0
	check_that "$1: counted" "$(since 2 rx_unknown_vni)" -ge 2
	check_that "$1: no reset leaves" "$(tcp_resets 2)" -eq "$resets"
}

# ---- Sockets of the host's own ----

# A service on our own port, and a client that happens to have it
sockets()
{
	local server
	start 2 socat -u TCP-LISTEN:$port,reuseaddr STDOUT >"$work/said"
	server=$!
	poll 10 listening 2 $port || die "no server"
	check "a service on port $port: what is for it arrives" \
		on 1 socat -u STDIN "TCP:${sub[2]}:$port" <<<"hello"
	poll 10 gone "$server"
	check_that "a service on port $port: all of it" "$(cat "$work/said")" \
		= hello
	start 1 socat -u TCP-LISTEN:5002,reuseaddr STDOUT >"$work/said"
	server=$!
	poll 10 listening 1 5002 || die "no server"
	check "a client with port $port connects" on 2 socat -u STDIN \
		"TCP:${sub[1]}:5002,sourceport=$port,reuseaddr" <<<"hello"
	poll 10 gone "$server"
	check_that "a client with port $port: its data arrives" \
		"$(cat "$work/said")" = hello
	arrives "the overlay beside them"
}

# A service that is bound to a VRF's port, where a device receives in the VRF
vrf_sockets()
{
	local i server name="a service on port $port in a VRF"
	ip -n "${ns[1]}" link add spare type veth peer name spare \
		netns "${ns[2]}" || die "cannot make veth"
	on 2 ip link add red type vrf table 10 || die "no VRF"
	on 2 ip link set red up
	on 2 ip link set spare master red
	for i in 1 2; do
		on $i ip link set spare up
		on $i ip addr add "10.9.0.$i/24" dev spare
	done
	on 2 ip link add link spare name inside type vnencap vni 9
	on 2 ip link set inside up
	start 2 socat -u "TCP-LISTEN:$port,reuseaddr,so-bindtodevice=spare" \
		STDOUT >"$work/said"
	server=$!
	poll 10 listening 2 $port || die "no server"
	on 1 timeout "$(patience 10)" socat -u STDIN "TCP:10.9.0.2:$port" <<<"hello"
	has_heard "$name: what is for it arrives"
	on 2 ip link del inside
	on 2 ip link del red
	on 1 ip link del spare
}

# listens HOST ADDR-WORDS: a service on our port; what it is told is in $work/said
listens()
{
	start "$1" socat -u "TCP6-LISTEN:$port,reuseaddr" STDOUT >"$work/said"
	server=$!
	poll 10 listening "$1" $port || die "no server"
}

# has_heard NAME: and ends
has_heard()
{
	poll 10 gone "$server" || stop "$server"
	check_that "$1" "$(cat "$work/said")" = hello
}

# What a socket is sent may have extension headers: here ten bytes for nobody.
extended_sockets()
{
	local server tracer name="a service on port $port, extension headers"
	listens 2
	on 1 timeout "$(patience 10)" socat -u STDIN \
		"TCP6:[${sub6[2]}]:$port,setsockopt=41:59:x0000010400000000" \
		<<<"hello"
	has_heard "$name: all of it arrives"
	listens 2
	watch_for 1 wire "ip6[6] = 6 and src port $port and ip6[53] = 0x12"
	tracer=$!
	on 1 synfrag "${sub6[1]}" "${sub6[2]}" $port
	check "$name: it answers what begins in fragments" poll 5 gone $tracer
	stop "$server"
}

# Host 2 is where packets come by, to be sent on: a routing header says so. The port
# is that of a service behind it.
source_routed()
{
	local server behind=fd00:66::3
	new_ns 3 behind
	ip -n "${ns[2]}" link add inner type veth peer name inner \
		netns "${ns[3]}" || die "cannot make veth"
	on 2 ip link set inner up
	on 3 ip link set inner up
	on 2 ip -6 addr add fd00:66::2/64 dev inner nodad
	# what it forwards it asks for neighbours from there
	on 2 ip -6 addr add fe80::2/64 dev inner nodad
	on 3 ip -6 addr add $behind/64 dev inner nodad
	on 3 ip -6 route add default via fd00:66::2
	on 2 sysctl -qw net.ipv6.conf.all.forwarding=1 \
		net.ipv6.conf.all.seg6_enabled=1 \
		net.ipv6.conf.wire.seg6_enabled=1
	on 3 sysctl -qw net.ipv6.conf.all.seg6_enabled=1 \
		net.ipv6.conf.inner.seg6_enabled=1
	if on 1 ip -6 route add $behind encap seg6 mode inline \
		segs "${sub6[2]}" dev wire 2>/dev/null; then
		listens 3
		on 1 timeout "$(patience 10)" \
			socat -u STDIN "TCP6:[$behind]:$port" <<<"hello"
		has_heard "SRv6: what comes by goes on"
		on 1 ip -6 route del $behind
	else
		skip "SRv6: what comes by goes on" "this kernel has none"
	fi
	on 2 sysctl -qw net.ipv6.conf.all.forwarding=0
	drop_ns 3
}

hosts_on_veth
overlay_up 4
make_file "$(scaled 16 4)"
firewalls IPv4
ipsec IPv4
reverse_path
own_source
other_nic
sockets
vrf_sockets
tracked_before
if [[ -n $has_ipv6 ]]; then
	overlay_over 6
	poll 10 reaches
	firewalls IPv6
	ipsec IPv6
	extended_sockets
	source_routed
	offloaded IPv6
	overlay_over 4
	poll 10 reaches
fi
offloaded IPv4
