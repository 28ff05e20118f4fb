# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests share: TAP, waiting, hosts and wires between them, counters,
# traffic. Sourced by a test that runs in the guest of selftests/vm/run (or on
# any machine that may lose its eth0 and eth1), as root:
#
#	. "$(dirname -- "$0")/lib.sh"
#	hosts_on_nics
#	overlay_up
#	check "a ping" on 1 ping -c1 "${vn[2]}"
#
# Everything between hosts goes by their number, 1 or 2. Namespaces have random
# names and go when the test ends, whatever the reason.

set -u
selftests=$(cd "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:$selftests/programs

# Where nobody said (a test run by hand), a stock kernel is assumed.
: "${VNENCAP_DEBUG:=0}" "${VNENCAP_NICS=eth0 eth1}" "${VNENCAP_SUBSTRATE:=4}"

# shellcheck disable=SC2034 # these are for those who source this
port=7471			# the module's default
ns=() dev=()			# of host N: namespace, lower device
sub=('' 10.0.0.1 10.0.0.2)	# substrate addresses
sub6=('' fd00:10::1 fd00:10::2)
via=("${sub[@]}")		# those that mappings name: see overlay_map
# shellcheck disable=SC2034
vn=('' 192.168.4.1 192.168.4.2)	# overlay addresses
# shellcheck disable=SC2034
vn6=('' fd04::1 fd04::2)
has_ipv6=			# empty where the kernel has none, or not enabled
[[ ! -e /proc/net/if_inet6 ]] || has_ipv6=1
work=$(mktemp -d)

# --- TAP -------------------------------------------------------------------

tap_count=0 tap_failed=0 tap_planned=0
exec {tap}>&1		# where it goes, whatever is redirected meanwhile
echo "TAP version 13" >&"$tap"

tap_line()
{
	tap_count=$((tap_count + 1))
	[[ $1 == ok ]] || tap_failed=$((tap_failed + 1))
	echo "$1 $tap_count - $2" >&"$tap"
}

ok()
{
	tap_line ok "$1"
}

# not_ok NAME [WHY]...
not_ok()
{
	tap_line "not ok" "$1"
	shift
	[[ $# -eq 0 ]] || printf '%s\n' "$@" | sed 's/^/# /' >&"$tap"
}

# remark WORD...: a comment
remark()
{
	printf '# %s\n' "$*" >&"$tap"
}

skip()
{
	tap_line ok "$1 # SKIP $2"
}

skip_all()
{
	tap_planned=1
	echo "1..0 # SKIP $1" >&"$tap"
	exit 4
}

# check NAME COMMAND...: what it says is shown where it fails.
check()
{
	local name=$1
	shift
	if "$@" >"$work/check" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "status $? of: $*" \
			"$(tail -n 25 "$work/check")"
		return 1
	fi
}

# check_fails NAME STATUS COMMAND...
check_fails()
{
	local name=$1 want=$2 got=0
	shift 2
	"$@" >"$work/check" 2>&1 || got=$?
	if [[ $got -eq $want ]]; then
		ok "$name"
	else
		not_ok "$name" "status $got and not $want of: $*" \
			"$(tail -n 25 "$work/check")"
		return 1
	fi
}

# check_that NAME A OP B: of integers, or with = and != of words.
check_that()
{
	if [[ -n $2 && -n $4 ]] && test "$2" "$3" "$4"; then
		ok "$1"
	else
		not_ok "$1" "got $2, wanted $3 $4"
		return 1
	fi
}

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# A test cannot go on: that is a failure, not a skip.
die()
{
	not_ok "the test can be set up" "$*"
	exit 1
}

finish()
{
	local status=$?
	trap - EXIT
	local pid
	for pid in $(jobs -p); do
		stop "$pid"
	done
	drop_all_ns
	rm -rf "$work"
	[[ $tap_planned -eq 1 ]] || echo "1..$tap_count" >&"$tap"
	if [[ $status -eq 0 && ($tap_failed -gt 0 || $tap_count -eq 0) ]]; then
		status=1
	fi
	exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# --- waiting ---------------------------------------------------------------

# nap SECONDS: without the fork that sleep costs, which is dear on an emulated
# machine: reading from where nothing ever comes
exec {never}<> <(:)
nap()
{
	read -rt "$1" -u "$never" || :
}

# poll SECONDS COMMAND...: until it succeeds; false if it never does.
poll()
{
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[[ $SECONDS -lt $end ]] || return 1
		nap 0.05
	done
}

# A debug kernel is some five times slower; how much to do on it.
scaled()
{
	if [[ $VNENCAP_DEBUG -eq 1 ]]; then
		echo "$2"
	else
		echo "$1"
	fi
}

# --- hosts -----------------------------------------------------------------

# new_ns INDEX [PREFIX]: a namespace of that number
new_ns()
{
	local name
	name=${2:-h$1}-$(mktemp -u XXXXXX)
	ip netns add "$name" || die "cannot make a namespace"
	ns[$1]=$name
	# no address without being asked: its traffic would be counted
	[[ -z $has_ipv6 ]] || ip netns exec "$name" sysctl -qw \
		net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.addr_gen_mode=1 \
		net.ipv6.conf.default.keep_addr_on_down=1 \
		net.ipv6.conf.default.router_solicitations=0
	ip -n "$name" link set lo up
}

drop_ns()
{
	local name=${ns[$1]-}
	[[ -n $name ]] || return 0
	unset "ns[$1]"
	ip netns pids "$name" 2>/dev/null | xargs -r kill -9 2>/dev/null
	ip netns del "$name" 2>/dev/null
}

drop_all_ns()
{
	local i
	for i in "${!ns[@]}"; do
		drop_ns "$i"
	done
}

# on N COMMAND...: at host N
on()
{
	local host=$1
	shift
	ip netns exec "${ns[$host]}" "$@"
}

# start N COMMAND...: at host N, in the background; $! is that process itself
start()
{
	ip netns exec "${ns[$1]}" "${@:2}" &
}

gone()
{
	! kill -0 "$1"
}

# watch_for N DEVICE FILTER: $! ends with the first such packet
watch_for()
{
	local log=$work/watch.$1.$2
	start "$1" tcpdump -nn -c1 -i "$2" "$3" >/dev/null 2>"$log"
	poll 10 grep -q listening "$log" || die "no capture"
}

# never_seen N DEVICE PID: the packet that was watched for has not come by; the
# kernel has looked at each, whether or not tcpdump has
never_seen()
{
	stop "$3"
	grep -q "^0 packets received by filter" "$work/watch.$1.$2"
}

# stop PID: and hear no more of it
stop()
{
	kill "$1" 2>/dev/null
	poll 5 gone "$1" || kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

load_module()
{
	[[ -n ${VNENCAP_MODULE-} || -e /sys/module/vnencap ]] ||
		skip_all "there is no module"
	type -P xfer >/dev/null ||
		skip_all "no helper programs: make -C selftests/programs first"
	modprobe vnencap || die "the module does not load"
}

address_host()
{
	on "$1" ip addr add "${sub[$1]}/24" dev "${dev[$1]}"
	on "$1" ip link set "${dev[$1]}" up
	# a kernel may have no IPv6
	on "$1" ip addr add "${sub6[$1]}/64" dev "${dev[$1]}" nodad 2>/dev/null
}

hosts_reach()
{
	local addr
	for addr in "${sub[2]}" ${has_ipv6:+"${sub6[2]}"}; do
		poll 30 on 1 ping -c1 -W1 "$addr" ||
			die "the wire does not work"
	done
}

# Two hosts with a NIC each, on one wire.
hosts_on_nics()
{
	local i nics
	read -ra nics <<<"$VNENCAP_NICS"
	[[ ${#nics[@]} -eq 2 ]] || skip_all "there are no two NICs"
	load_module
	for i in 1 2; do
		new_ns $i
		dev[i]=${nics[i - 1]}
		ip link set "${dev[i]}" netns "${ns[i]}" ||
			skip_all "there is no ${dev[i]}"
		# short rings lose packets; not each NIC has others
		on $i ethtool -G "${dev[i]}" rx 4096 tx 4096 2>/dev/null
		address_host $i
	done
	hosts_reach
}

# Two hosts on a veth pair; GRO on, as on a NIC.
hosts_on_veth()
{
	local i
	load_module
	new_ns 1
	new_ns 2
	ip -n "${ns[1]}" link add wire type veth \
		peer name wire netns "${ns[2]}" || die "cannot make veth"
	for i in 1 2; do
		dev[i]=wire
		on $i ethtool -K wire gro on
		address_host $i
	done
	hosts_reach
}

# A wire on which each segment can be lost by itself. netem would drop GSO
# packets whole, and a tunnel's packets meet a qdisc before they are cut; so
# the hosts cut (TSO off), and netem sits in a third namespace (number 3) on the
# ports of a bridge that join nothing (GRO off). See wire_netem.
hosts_on_lossy_wire()
{
	local i
	load_module
	new_ns 1
	new_ns 2
	new_ns 3 wire
	ip -n "${ns[3]}" link add br0 type bridge || die "cannot make a bridge"
	ip -n "${ns[3]}" link set br0 up
	for i in 1 2; do
		dev[i]=wire
		ip -n "${ns[i]}" link add wire type veth \
			peer name port$i netns "${ns[3]}"
		on 3 ethtool -K port$i gro off tso off gso off
		on $i ethtool -K wire gro on tso off tx-udp-segmentation off
		ip -n "${ns[3]}" link set port$i master br0 up
		address_host $i
	done
	hosts_reach
}

# A router between the hosts (number 3), whose wire to host 2 takes packets of
# that many bytes.
hosts_behind_router()
{
	local i
	load_module
	for i in 1 2 3; do new_ns $i; done
	on 3 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	for i in 1 2; do
		dev[i]=wire
		ip -n "${ns[i]}" link add wire type veth peer name port$i \
			netns "${ns[3]}" || die "cannot make veth"
		ip -n "${ns[i]}" link set wire up
		ip -n "${ns[3]}" link set port$i up
		route_by_router "$i" "${sub[i]}" 32 10.9.9.9
		route_by_router "$i" "${sub6[i]}" 128 fd00:99::9 nodad
		# what it forwards it asks for neighbours from there
		on 3 ip addr add fe80::9/64 dev port$i nodad
	done
	on 3 ip link set port2 mtu "$1"
	hosts_reach
}

# route_by_router N ADDR LEN ROUTER [OPTION]
route_by_router()
{
	local family=-4
	[[ $2 != *:* ]] || family=-6
	on "$1" ip $family addr add "$2/$3" dev wire ${5:+"$5"}
	on "$1" ip $family route add "$4" dev wire
	on "$1" ip $family route add default via "$4" src "$2"
	on 3 ip $family addr add "$4/$3" dev "port$1" ${5:+"$5"}
	on 3 ip $family route add "$2" dev "port$1"
}

overflown=(0 0 0)	# wire_overflow of each host at its wire_netem

# wire_netem TO WHAT...: what happens to segments on their way to host TO
wire_netem()
{
	local to=$1
	shift
	# anew, with its counters
	on 3 tc qdisc del dev "port$to" root 2>/dev/null
	on 3 tc qdisc add dev "port$to" root netem limit 100000 "$@" ||
		die "no netem"
	overflown[to]=$(wire_overflow "$to")
}

# Segments for which the receiving end of a veth had no room (256 where it joins
# them, net.core.netdev_max_backlog where not): a receiver that gets no CPU
wire_overflow()
{
	echo $(($(on 3 cat "/sys/class/net/port$1/statistics/tx_dropped") +
		$(on $((3 - $1)) cat /sys/class/net/wire/statistics/tx_dropped)))
}

# Segments that netem dropped on their way to host TO
wire_dropped()
{
	on 3 tc -j -s qdisc show dev "port$1" | jq '.[0].drops'
}

# Segments that have not come to host TO since wire_netem
wire_lost()
{
	echo $(($(wire_dropped "$1") + $(wire_overflow "$1") - overflown[$1]))
}

# --- the overlay -----------------------------------------------------------

# overlay_up [4|6] [OPTION of ip link]...: vn0 at each host, addresses and
# mappings, over that family's substrate, else $VNENCAP_SUBSTRATE's (4). An
# overlay MTU is given here, as a user does: mtu 60000.
# shellcheck disable=SC2120 # often there are none
overlay_up()
{
	local i over=$VNENCAP_SUBSTRATE
	if [[ ${1-} == [46] ]]; then
		over=$1
		shift
	fi
	via=("${sub[@]}")
	[[ $over -eq 4 ]] || via=("${sub6[@]}")
	for i in 1 2; do
		on $i ip link add link "${dev[i]}" name vn0 "$@" type vnencap ||
			die "cannot make vn0"
		on $i ip addr add "${vn[i]}/24" dev vn0
		on $i ip addr add "${vn6[i]}/64" dev vn0 nodad 2>/dev/null
		on $i ip link set vn0 up
		overlay_map $i || die "cannot add mappings"
	done
	poll 10 on 1 ping -c1 -W1 "${vn[2]}" || die "the overlay does not work"
}

# VXLAN beside it, to compare with: 192.168.5.1 and .2
vxlan_up()
{
	local i
	for i in 1 2; do
		on $i ip link add vx0 type vxlan id 5 dev "${dev[i]}" \
			dstport 4789 local "${sub[i]}" remote "${sub[3 - i]}"
		on $i ip addr add "192.168.5.$i/24" dev vx0
		on $i ip link set vx0 up
	done
	poll 10 on 1 ping -c1 -W1 192.168.5.2 || die "VXLAN does not work"
}

# All mappings of the two hosts, at host N
overlay_map()
{
	local i
	for i in 1 2; do
		printf 'replace vni 1 %s via %s\n' "${vn[i]}" "${via[i]}" \
			"${vn6[i]}" "${via[i]}"
	done | on "$1" vnencap map load -
}

# overlay_over 4|6: the same overlay over another family's substrate from now on
overlay_over()
{
	local i
	via=("${sub[@]}")
	[[ $1 -eq 4 ]] || via=("${sub6[@]}")
	for i in 1 2; do
		overlay_map $i || die "cannot change the mappings"
	done
}

# counter N NAME [DEV]: of a vnencap device
counter()
{
	on "$1" ethtool -S "${3:-vn0}" | awk -v n="$2:" '$1 == n { print $2 }'
}

# mark: remember the counters of both vn0; since N NAME: counted since then.
declare -A marked
mark()
{
	local host name value
	for host in 1 2; do
		while read -r name value; do
			marked[$host.${name%:}]=$value
		done < <(on $host ethtool -S vn0 | tail -n +2)
	done
}

since()
{
	echo $(($(counter "$1" "$2") - ${marked[$1.$2]}))
}

# changes N: the counters of host N that are not as at mark, NAME=INCREASE
changes()
{
	local name value
	on "$1" ethtool -S vn0 | tail -n +2 | while read -r name value; do
		name=${name%:}
		value=$((value - ${marked[$1.$name]}))
		[[ $value -eq 0 ]] || echo "$name=$value"
	done
}

# Everything that a host may count where something is wrong
errors_since()
{
	changes "$1" | grep -E '^(tx_(no_.*|malformed|too_big|nomem)|rx_(meta_lost|spoofed|malformed|unknown_vni|bad_.*|timeouts|over_limit|nomem))='
}

# check_no_errors NAME: none at either host since mark
check_no_errors()
{
	local errors
	errors=$(errors_since 1; errors_since 2)
	if [[ -z $errors ]]; then
		ok "$1"
	else
		not_ok "$1" "$errors"
	fi
}

# slab_objects CACHE: how many of them are in memory. SLUB counts what a CPU has at
# hand as used, until it is told to shrink.
slab_objects()
{
	local slab=/sys/kernel/slab/$1 n
	echo 1 >"$slab/shrink"
	read -r n _ <"$slab/objects"
	echo "$n"
}

# --- traffic ---------------------------------------------------------------

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
	xfer=$(on "$from" timeout 300 xfer send "$mode" "$addr" 5001 \
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

# xfer_value NAME: of the last transfer
xfer_value()
{
	tr ' ' '\n' <<<"$xfer" | sed -n "s/^$1=//p"
}
