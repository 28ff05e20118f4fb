#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A frame is the host's where a datagram would be, as routes and rules say, and not as
# devices have addresses: prefixes that are the host's and holes in them, addresses
# without a route, rules by device and by mark; from one moment to the next.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/taken.sh
. "$selftests/tests/lib/taken.sh"

# All that was sent by the wire before has come to host 2, if only by the family that is
# not $over: of that no route changes here.
settled()
{
	local addr=${sub6[2]}
	[[ $over -eq 4 && -n $has_ipv6 ]] || addr=${sub[2]}
	poll 5 on 1 ping -q -c1 -W1 "$addr" || die "the wire does not work"
}

datagrams_seen()
{
	on 2 nstat -asz UdpNoPorts Udp6NoPorts |
		awk '!/^#/ { n += $2 } END { print n }'
}

# datagrams_of ADDRESS: for how many of three sent there host 2 looks for a socket
datagrams_of()
{
	local before
	before=$(datagrams_seen)
	for _ in 1 2 3; do
		on 1 bash -c "echo x >/dev/udp/$1/5999"
	done 2>/dev/null
	settled
	echo $(($(datagrams_seen) - before))
}

# ours NAME ADDRESS; not_ours NAME ADDRESS: datagrams, and frames likewise
ours()
{
	check_that "$1: datagrams are taken" "$(datagrams_of "$2")" -eq 3
	send_to "$2"
	taken "$1: frames"
}

not_ours()
{
	check_that "$1: datagrams are not taken" "$(datagrams_of "$2")" -eq 0
	send_to "$2"
	not_taken "$1: frames"
}

# at_2 WORD...: to ip, at host 2, of the family $over
at_2()
{
	on 2 ip "-$over" "$@" || die "ip $* does not work"
}

more_runs()
{
	[[ $(counter 2 rx_runs) -gt $1 ]]
}

# --- routes ---------------------------------------------------------------

# A route goes while frames come, and comes back.
under_traffic()
{
	local name="$1, under traffic" before resets traffic
	resets=$(tcp_resets 2)
	on 1 vnencap map replace vni 1 "${vn[2]}/32" via "$3"
	start 1 ping -q -f -w 60 "${vn[2]}" >/dev/null
	traffic=$!
	check "$name: frames are taken" \
		poll 10 more_runs "$(counter 2 rx_runs)"
	at_2 route del local "$2" dev lo
	before=$(counter 2 rx_runs)
	nap 0.5
	check_that "$name: none once the route is gone" \
		"$(counter 2 rx_runs)" -eq "$before"
	at_2 route add local "$2" dev lo
	check "$name: and again once it is back" poll 10 more_runs "$before"
	stop "$traffic"
	check_that "$name: no reset leaves" "$(tcp_resets 2)" -eq "$resets"
}

# routes_say PREFIX ADDRESS: without any rule
routes_say()
{
	local name="a prefix of IPv$over" word mac
	at_2 route add local "$1" dev lo
	on 1 ip "-$over" route add "$1" via "${via[2]}"
	ours "$name" "$2"
	under_traffic "$name" "$1" "$2"
	for word in blackhole unreachable prohibit; do
		at_2 route add $word "$2" table local
		not_ours "$name, with a hole ($word)" "$2"
		at_2 route del $word "$2" table local
	done
	ours "$name, without" "$2"
	at_2 route del local "$1" dev lo
	not_ours "$name, which is no more" "$2"
	on 1 ip "-$over" route del "$1"
	name="an address of IPv$over"
	mac=$(on 2 cat /sys/class/net/wire/address)
	on 1 ip neigh replace "${via[2]}" lladdr "$mac" dev wire
	ours "$name" "${via[2]}"
	at_2 route del local "${via[2]}" dev wire table local
	not_ours "$name, whose route is gone" "${via[2]}"
	at_2 route add local "${via[2]}" dev wire table local
	ours "$name, whose route is back" "${via[2]}"
	on 1 ip neigh del "${via[2]}" dev wire
}

# --- rules ----------------------------------------------------------------

# ruled NAME ADDRESS WORD...: what is not ours any more by such a rule
ruled()
{
	local name="a rule of IPv$over for $1" addr=$2
	shift 2
	at_2 rule add pref 100 "$@"
	not_ours "$name" "$addr"
	at_2 rule del pref 100
	ours "$name: without it" "$addr"
}

# marks_input PREFIX: what comes for it to host 2
marks_input()
{
	local word=ip
	[[ $over -eq 4 ]] || word=ip6
	on 2 nft -f - <<-END || die "no nftables"
		table inet marks {
			chain pre {
				type filter hook prerouting priority mangle;
				$word daddr $1 meta mark set 5
			}
		}
	END
}

# rules_say PREFIX ADDRESS: rules that come before that of the table "local"
rules_say()
{
	local word
	on 1 ip "-$over" route add "$1" via "${via[2]}"
	at_2 route add local "$1" dev lo
	at_2 rule add pref 200 lookup local
	at_2 rule del pref 0
	for word in blackhole unreachable prohibit; do
		ruled "a device: $word" "$2" iif wire to "$1" $word
	done
	at_2 route add "$2" via "${via[1]}" dev wire table 77
	ruled "a device, that leads elsewhere" "$2" \
		iif wire to "$1" lookup 77
	marks_input "$1"
	ruled "a mark, that leads elsewhere" "$2" fwmark 5 lookup 77
	ruled "a mark: prohibit" "$2" fwmark 5 prohibit
	at_2 route del local "$1" dev lo
	not_ours "rules of IPv$over: no route is left" "$2"
	at_2 route replace local "$2" dev lo table 77
	at_2 rule add pref 100 fwmark 5 lookup 77
	ours "a rule of IPv$over for a mark, that leads here" "$2"
	at_2 rule del pref 100
	not_ours "a rule of IPv$over for a mark, that is no more" "$2"
	on 2 nft delete table inet marks
	at_2 rule add pref 100 iif wire lookup 77
	ours "a rule of IPv$over for a device, that leads here" "$2"
	at_2 rule del pref 100
	at_2 rule add pref 0 lookup local
	at_2 rule del pref 200
	at_2 route flush table 77
	on 1 ip "-$over" route del "$1"
}

routes_say_by()
{
	over=$1
	if [[ $1 -eq 4 ]]; then
		routes_say 10.79.0.0/24 10.79.0.5
	else
		routes_say fd00:79::/64 fd00:79::5
	fi
}

rules_say_by()
{
	over=$1
	if [[ $1 -eq 4 ]]; then
		rules_say 10.80.0.0/24 10.80.0.5
	else
		rules_say fd00:80::/64 fd00:80::5
	fi
}

hosts_on_veth
overlay_up 4
each_family routes_say_by
each_family rules_say_by
