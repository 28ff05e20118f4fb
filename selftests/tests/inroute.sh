#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Datagrams of the overlay are given the route that the stack found for those before
# them. Whatever a host decides of what it receives holds from the next datagram on all
# the same, and what is refused is counted as ever.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

# value N NAME: a counter of host N's stack
value()
{
	on "$1" nstat -asz "$2" | awk -v n="$2" '$1 == n { print $2 }'
}

# came_up BEFORE: has host 2 handed a frame up since?
came_up()
{
	[[ $(counter 2 rx_runs) -gt $1 ]]
}

# A datagram to host 2's program. The frame is handed up, and the datagram is read, or
# is not: those that were received are counted as they are read.
datagram()
{
	local frames before
	frames=$(counter 2 rx_runs)
	before=$(value 2 UdpInDatagrams)
	on 1 bash -c "echo x >/dev/udp/$to/5003" || die "nothing can be sent"
	poll 10 came_up "$frames" || die "no frame comes up"
	if [[ $1 == taken ]]; then
		poll 10 more_than "$before" UdpInDatagrams
	else
		nap 0.1
		[[ $(value 2 UdpInDatagrams) -eq $before ]]
	fi
}

more_than()
{
	[[ $(value 2 "$2") -gt $1 ]]
}

# taken NAME: the next datagram is, and those after it, which have a route by then
taken()
{
	local i
	for i in 1 2 3; do
		datagram taken || break
	done
	check_that "$1: datagram $i is taken" "$i" -eq 3
}

# refused NAME: none is, at once
refused()
{
	check "$1: the next datagram is not taken" datagram refused
	check "$1: nor is another" datagram refused
}

# --- what the host decides -------------------------------------------------

addresses()
{
	on 2 ip addr del "${vn[2]}/24" dev vn0
	refused "the address is gone"
	on 2 ip addr add "${vn[2]}/24" dev vn0
	taken "the address is there again"
	on 2 ip route del local "${vn[2]}" table local dev vn0 ||
		die "no local route"
	refused "the local route is gone"
	on 2 ip route add local "${vn[2]}" table local dev vn0 scope host
	taken "the local route is there again"
}

martians_logged()
{
	dmesg | grep -c "martian source ${vn[2]} from ${vn[1]}"
}

# Whom the host's own address says to be the sender is refused (a martian source).
own_source()
{
	local before
	on 2 ip addr add "${vn[1]}/32" dev lo
	refused "the source becomes the host's own"
	on 2 sysctl -qw net.ipv4.conf.vn0.log_martians=1
	before=$(martians_logged)
	refused "the host's own, and log_martians"
	check_that "the host's own, and log_martians: each is logged, once" \
		$(($(martians_logged) - before)) -eq 2
	on 2 sysctl -qw net.ipv4.conf.vn0.log_martians=0
	on 2 sysctl -qw net.ipv4.conf.vn0.accept_local=1
	taken "the host's own, and accept_local"
	on 2 sysctl -qw net.ipv4.conf.vn0.accept_local=0
	refused "the host's own, and no accept_local"
	on 2 ip addr del "${vn[1]}/32" dev lo
	taken "the source is the host's own no more"
}

reverse_path()
{
	local before which
	on 2 ip link add elsewhere type dummy
	on 2 ip link set elsewhere up
	for which in vn0 all; do
		on 2 ip route add "${vn[1]}/32" dev elsewhere
		taken "rp_filter of $which off, and the way back elsewhere"
		on 2 sysctl -qw "net.ipv4.conf.$which.rp_filter=1"
		before=$(value 2 TcpExtIPReversePathFilter)
		refused "rp_filter of $which on"
		check_that "rp_filter of $which on: each is counted, once" \
			$(($(value 2 TcpExtIPReversePathFilter) - before)) -eq 2
		on 2 ip route del "${vn[1]}/32"
		taken "rp_filter of $which on, and the way back is this one"
		on 2 ip route add "${vn[1]}/32" dev elsewhere
		refused "rp_filter of $which on, and the way back changes"
		on 2 sysctl -qw "net.ipv4.conf.$which.rp_filter=0"
		taken "rp_filter of $which off again"
		on 2 ip route del "${vn[1]}/32"
	done
	on 2 ip link del elsewhere
}

# A rule before that for local addresses; by what a route does not know
rules()
{
	local words
	on 2 ip rule add pref 10 lookup local
	on 2 ip rule del pref 0
	for words in "from ${vn[1]} iif vn0" "iif vn0 ipproto 17 dport 5003" \
		     "iif vn0 tos 0x10"; do
		taken "without a rule for $words"
		# shellcheck disable=SC2086 # words
		on 2 ip rule add pref 5 $words prohibit || die "no rule: $words"
		if [[ $words == *tos* ]]; then
			taken "a rule for $words is for others"
		else
			refused "a rule for $words"
		fi
		on 2 ip rule del pref 5
	done
	on 2 ip rule add pref 0 lookup local
	on 2 ip rule del pref 10
	taken "the rules are as they were"
}

# nft_chain HOOK RULE
nft_chain()
{
	on 2 nft -f - <<-END || die "no nftables"
		table ip in {
			chain c {
				type filter hook $1 priority 0;
				$2
			}
		}
	END
}

hooks()
{
	local hook
	for hook in prerouting input; do
		nft_chain $hook "udp dport 5003 drop"
		refused "nft $hook, drop"
		on 2 nft delete table ip in
		taken "nft $hook, and without"
	done
	# a rule that asks for the mark that another has set
	nft_chain prerouting "udp dport 5003 meta mark set 7"
	on 2 ip rule add pref 10 lookup local
	on 2 ip rule del pref 0
	on 2 ip rule add pref 5 fwmark 7 prohibit
	refused "nft prerouting, a mark, and a rule for it"
	on 2 nft delete table ip in
	taken "nft prerouting, and without the mark"
	on 2 ip rule del pref 5
	on 2 ip rule add pref 0 lookup local
	on 2 ip rule del pref 10
	on 2 nft -f - <<-END || die "no NAT"
		table ip in {
			chain c {
				type nat hook prerouting priority dstnat;
				udp dport 5003 redirect to :5004
			}
		}
	END
	refused "nft prerouting, another port"
	on 2 nft delete table ip in
	on 2 conntrack -F 2>/dev/null
	taken "nft prerouting, and its own port"
}

# Traffic control changes a packet before the stack sees it.
control()
{
	on 2 tc qdisc add dev vn0 clsact || die "no clsact"
	on 2 tc filter add dev vn0 ingress protocol ip pref 1 flower ip_proto udp \
		dst_port 5003 action pedit ex munge ip dst set 192.168.4.99 \
		pipe action csum ip and udp || die "no pedit"
	refused "tc ingress, another destination"
	on 2 tc qdisc del dev vn0 clsact
	taken "tc ingress, and its own destination"
}

# In a VRF the socket, which is not in it, gets nothing.
vrf()
{
	if ! on 2 ip link add vrf9 type vrf table 900; then
		skip "a VRF" "this kernel has none"
		return
	fi
	on 2 ip link set vrf9 up
	on 2 ip link set vn0 master vrf9
	refused "in a VRF"
	on 2 ip link set vn0 nomaster
	on 2 ip link del vrf9
	# with the VRF a rule came, which stays
	on 2 ip rule del pref 1000 2>/dev/null
	taken "and out of it again"
}

# The device moves to another namespace, and back.
moved()
{
	new_ns 5 other
	on 2 ip link set vn0 netns "${ns[5]}" || die "vn0 does not move"
	ip -n "${ns[5]}" link set vn0 netns "${ns[2]}" || die "nor comes back"
	on 2 ip addr add "${vn[2]}/24" dev vn0
	on 2 ip link set vn0 up
	taken "the device was elsewhere"
}

hosts_on_veth
overlay_up 4
to=${vn[2]}
start 2 udp serve 5003
poll 10 udp_bound 2 5003 || die "no program"
taken "at first"
addresses
own_source
reverse_path
rules
hooks
control
vrf
moved
drop_all_ns
