#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs that wait in a device's cell are nobody else's: no packet passes for one,
# whatever it says in it, and whoever has the device never sees one, whatever is
# done to the device meanwhile. Nor does a tenant see what became of its packets, or
# those that are for nobody.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tenant.sh
. "$selftests/tests/lib/tenant.sh"

# --- what passes for a run ---------------------------------------------------

# A segment as it leaves host 1: the first of many
capture()
{
	local tracer
	start 1 hostile "${dev[1]}" capture "$port" 1500 1514 "$work/first"
	tracer=$!
	poll 10 sent_and_captured || die "no segment to begin with"
	wait $tracer
}

sent_and_captured()
{
	on 1 ping -q -c1 -W1 -Mdo -s 6000 "${vn[2]}" >/dev/null
	[[ -s $work/first ]]
}

# Frames whose segments come apart, and in another order, wait for each other; then
# the packet goes by the cell.
nested()
{
	local count sent
	count=$(scaled 300 100)
	on 2 ip link add vx0 type vxlan id 7 dstport 4789 dev vn0
	on 2 ip link set vx0 up
	on 1 tc qdisc add dev "${dev[1]}" root netem delay 1ms reorder 40% ||
		die "no netem"
	mark
	sent=$(on 1 hostile "${dev[1]}" nest "$work/first" "$count" "${vn[2]}")
	poll 10 all_whole "$sent" || :
	remark "$sent sent: $(changes 2 | grep ^rx_ | xargs)"
	check_that "tunnels' packets that say they hold runs: all arrive" \
		"$(since 2 rx_frames_whole)" -ge "$sent"
	check_no_errors "and none is taken for one"
	on 1 tc qdisc del dev "${dev[1]}" root
	on 2 ip link del vx0
}

all_whole()
{
	[[ $(since 2 rx_frames_whole) -ge $1 ]]
}

# --- who sees runs -----------------------------------------------------------

outer="dst port $port or host ${sub[1]} or host ${sub[2]}"

# Files are under way, one after the other, until it is enough.
sending()
{
	until [[ -e $work/enough ]]; do
		transfer 1 2 "${vn[2]}" || return
	done
}

gro_off_and_on()
{
	on 2 ethtool -K vn0 gro off && on 2 ethtool -K vn0 gro on
}

xdp_on_and_off()
{
	local xdp status=0
	: >"$work/xdp"
	start 2 xdp vn0 >"$work/xdp"
	xdp=$!
	poll 10 grep -q attached "$work/xdp" || status=1
	stop $xdp
	return $status
}

# runs_more BEFORE: have some come since?
runs_more()
{
	[[ $(counter 2 rx_runs) -gt $1 ]]
}

# A filter of the device comes and goes. It is met by packets, and by none to our port.
ingress_on_and_off()
{
	local met
	on 2 tc qdisc add dev vn0 clsact || return
	on 2 tc filter add dev vn0 ingress protocol ip pref 1 flower \
		ip_proto tcp dst_port "$port" action continue || return
	on 2 tc filter add dev vn0 ingress protocol ip pref 2 flower \
		ip_proto tcp dst_port 5001 action continue || return
	poll 10 runs_more "$(counter 2 rx_runs)" && poll 10 filter_met 2 || return
	met=0
	! filter_met 1 || met=1
	on 2 tc qdisc del dev vn0 clsact
	return $met
}

# filter_met PREF: by any packet
filter_met()
{
	[[ $(on 2 tc -s -j filter show dev vn0 ingress pref "$1" |
		jq '[.[].options.actions[0].stats.packets | values] | add // 0') -gt 0 ]]
}

# sees_none NAME COMMAND...: which is done again and again meanwhile
sees_none()
{
	local name=$1 sender watcher i
	shift
	watch_for 2 vn0 "$outer"
	watcher=$!
	rm -f "$work/enough"
	sending &
	sender=$!
	for ((i = 0; i < $(scaled 12 6); i++)); do
		"$@" || die "$* failed"
	done
	touch "$work/enough"
	check "$name: files arrive whole" wait $sender
	check "$name: no outer header is seen" never_seen 2 vn0 $watcher
}

# --- what comes back to a socket ----------------------------------------------

# came_back WORD...: how often host 1's substrate address is in what stamp prints
came_back()
{
	"$@" | grep -c "$(hex_address "${sub[1]}")"
}

# late_by DEVICE COMMAND...: with a qdisc there that lets only such packets pass as
# give a time that has not come yet
late_by()
{
	on 1 tc qdisc add dev "$1" root etf clockid CLOCK_TAI delta 100000 ||
		return
	"${@:2}"
	on 1 tc qdisc del dev "$1" root
}

# A socket that asks for the time of sending gets the packet with it, as the lower
# device was given it; one that gives a time to send at gets the packet back where the
# lower device's qdisc finds that the time is over.
come_back()
{
	local etf=1 low=${dev[1]} at_home="where the lower device is, a socket sees its packet"
	check_that "$at_home as it left" \
		"$(came_back on 1 stamp "${vn[2]}" 5009)" -eq 1
	late_by "$low" true 2>/dev/null || etf=
	if [[ -n $etf ]]; then
		check_that "$at_home that is too late" \
			"$(came_back late_by "$low" \
				on 1 stamp late "${vn[2]}" 5009)" -eq 1
	else
		skip "$at_home that is too late" "this kernel has no etf"
	fi
	make_tenant
	on 1 ip link set vn0 netns "${ns[4]}" || die "vn0 does not move"
	tenant ip addr add "${vn[1]}/24" dev vn0
	tenant ip link set vn0 up
	check "a tenant's packets are answered" \
		poll 5 tenant ping -q -c1 -W1 "${vn[2]}"
	check_that "a tenant's socket sees none as it left" \
		"$(came_back tenant stamp "${vn[2]}" 5009)" -eq 0
	[[ -z $etf ]] || check_that "nor any that is too late" \
		"$(late_by "$low" tenant stamp late "${vn[2]}" 5009 | wc -c)" -eq 0
}

# --- what is for nobody ------------------------------------------------------

# Of the tenant's device, and of one at home
strangers_here()
{
	tenant ethtool -S vn0 |
		awk '/rx_(unknown_vni|malformed):/ { n += $2 } END { print n }'
}

strangers_at_home()
{
	echo $(($(counter 1 rx_unknown_vni vn43) +
		$(counter 1 rx_malformed vn43)))
}

# What is for nobody is counted where the substrate's administrator sees it.
strangers()
{
	local here home
	on 1 ip link add link wire name vn43 type vnencap vni 43
	on 1 ip link set vn43 up
	on 2 ip link add link wire name vn99 type vnencap vni 99
	on 2 ip addr add 192.168.99.2/24 dev vn99
	on 2 ip link set vn99 up
	on 2 vnencap map add vni 99 192.168.99.0/24 via "${sub[1]}"
	here=$(strangers_here) home=$(strangers_at_home)
	on 2 ping -q -c3 -i0.1 -W1 192.168.99.1 >/dev/null
	on 2 timeout 1 socat -u STDIN "TCP:${sub[1]}:$port" 2>/dev/null <<<x
	check_that "packets of strangers are counted at home" \
		$(($(strangers_at_home) - home)) -ge 4
	check_that "and not at the tenant" "$(strangers_here)" -eq "$here"
}

# discards NAME: IpInDiscards or Ip6InDiscards
discards()
{
	on 1 nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'
}

# Nor are they lost sight of where no device is left there.
all_given_away()
{
	local name before
	on 1 ip link del vn43
	for name in IpInDiscards ${has_ipv6:+Ip6InDiscards}; do
		[[ $name == IpInDiscards ]] || on 2 vnencap map replace \
			vni 99 192.168.99.0/24 via "${sub6[1]}"
		before=$(discards "$name")
		on 2 ping -q -c3 -i0.1 -W1 192.168.99.1 >/dev/null
		check_that "where no device is at home the host counts them ($name)" \
			$(($(discards "$name") - before)) -ge 3
	done
}

hosts_on_veth
overlay_up
for host in 1 2; do
	# segment by segment, as from a NIC without GRO: all goes by the cell
	on $host ethtool -K wire tx off tso off gso off gro off >/dev/null
	on $host ip link set vn0 mtu 9000
done
make_file "$(scaled 50 10)"
capture
nested
sees_none "GRO off and on" gro_off_and_on
sees_none "XDP on and off" xdp_on_and_off
sees_none "tc ingress on and off" ingress_on_and_off
come_back
strangers
all_given_away
