#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/demo-cluster: three hosts with a vnencapd each, and an
# etcd. Host 1 pings an address, fifty times a second, while it moves and while what
# tells of it breaks; the table says what was lost.
# shellcheck disable=SC2317 # functions are called by event and poll
exec 3>&1 >/dev/null		# no TAP here, only the table on 3
# shellcheck source-path=SCRIPTDIR source=../tests/lib.sh
. "$(dirname -- "$0")/../tests/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../tests/lib/cluster.sh
. "$selftests/tests/lib/cluster.sh"

service=192.168.4.100
interval=0.02
failed=0

step()
{
	printf '%s\n' "$*" >&2
}

network_up()
{
	local i
	bridge_up 1 2 3
	for i in 1 2 3; do
		on "$i" ip link add link wire name vn0 type vnencap
		on "$i" ip addr add "192.168.4.$i/24" dev vn0
		on "$i" ip link set vn0 up
	done
}

daemon_up()
{
	mkdir -p "$work/run$1"
	printf '%s\n' "name h$1" "source etcd http://$store:2379" "local ${sub[$1]}" \
		"publish devices" "state $work/state$1" "run $work/run$1" \
		"hold 3" "grace 10" "ttl 5" >"$work/h$1.conf"
	daemon_start "$1" -c "$work/h$1.conf"
}

# is N ADDR HOST: where host N's kernel has it
is()
{
	[[ $(on "$1" vnencap map show vni 1) == *"vni 1 $2/32 via ${sub[$3]}"* ]]
}

all_have()
{
	local i
	for i in "${@:3}"; do
		is "$i" "$1" "$2" || return 1
	done
}

keyed()
{
	[[ $(on 1 vnencap key show vni 1) == "vni 1 id 1" ]]
}

# --- what happens ------------------------------------------------------------

# moves FROM TO: it is at both until all have heard of it
moves()
{
	on "$2" ip addr add "$service/32" dev vn0
	on "$1" "$vnencapctl" -c "$work/h$1.conf" wait vni 1 "$service" host "h$2" for 30 &&
		on "$1" ip addr del "$service/32" dev vn0
}

# moves_bare FROM TO: it is at one host at a time
moves_bare()
{
	on "$1" ip addr del "$service/32" dev vn0
	on "$2" ip addr add "$service/32" dev vn0
	poll 30 all_have "$service" "$2" 1 3
}

moves_often()
{
	local i
	for ((i = 0; i < 5; i++)); do
		moves 2 3 && moves 3 2 || return
	done
}

dies()
{
	on 0 ip link set port3 down
	daemon_kill 3
	nap 1
	# what keepalived does a second later
	on 2 ip addr add "$service/32" dev vn0
	poll 30 is 1 "$service" 2
}

daemon_dies()
{
	daemon_kill 1
	nap 2
	daemon_up 1
	nap 3
}

etcd_restarts()
{
	etcd_down
	nap 3
	etcd_up
	nap 5
}

etcd_is_wiped()
{
	etcd_down
	rm -rf "$work/etcd"
	etcd_up
	nap 20
}

rotates()
{
	on 1 "$vnencapctl" -c "$work/h1.conf" rotate vni 1 || return
	poll 60 rotated
}

rotated()
{
	[[ $(on 1 vnencap key show vni 1) == "vni 1 id 2" ]]
}

# Pings sent, lost, and for how long none came back, in ms, by the clock: where this
# machine has much else to do, they are not sent as often as they should be.
lost()
{
	awk -v interval="$interval" '
	/bytes from/ {
		at = substr($1, 2) + 0
		match($0, /icmp_seq=[0-9]+/)
		n = substr($0, RSTART + 9, RLENGTH - 9) + 0
		if (last && n > last + 1 && at - heard - interval > gap)
			gap = at - heard - interval
		last = n
		heard = at
	}
	/packets transmitted/ { printf "%d %d %d\n", $1, $1 - $4, gap * 1000 }' "$work/ping"
}

# event NAME COMMAND...
event()
{
	local name=$1 ping note='' sent lost gap
	shift
	step "$name ..."
	start 1 ping -D -i "$interval" -W 5 "$service" >"$work/ping" 2>&1
	ping=$!
	poll 20 grep -q "bytes from" "$work/ping"
	nap 1
	"$@" || {
		note="  not done"
		failed=1
	}
	nap 2
	kill -INT "$ping"
	wait "$ping"
	read -r sent lost gap <<<"$(lost)"
	printf '%-44s %6s %6s %8s%s\n' "$name" "$sent" "$lost" "$gap" "$note" >&3
}

step "three hosts, an etcd"
network_up
etcd_up
for i in 1 2 3; do
	daemon_up "$i"
done
on 2 ip addr add "$service/32" dev vn0
if ! { poll 90 all_have "$service" 2 1 3 && poll 60 keyed; }; then
	tail -n 20 "$work"/daemon* "$work/etcd.log" >&2
	die "the cluster does not come up"
fi
on 1 vnencap map show vni 1 >&2
printf '%-44s %6s %6s %8s\n' "what happens" pings lost "gap, ms" >&3
event "nothing" nap 3
event "the address moves, and is at both hosts" moves_often
event "it moves, and is at one host at a time" moves_bare 2 3
event "the network's key is changed" rotates
event "the daemon of the sender dies, starts anew" daemon_dies
event "etcd is killed, and is back after 3 s" etcd_restarts
event "etcd is wiped" etcd_is_wiped
event "its host dies; 1 s later another takes it" dies
ok "done"
exit "$failed"
