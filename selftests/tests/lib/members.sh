# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# An etcd of three members, each in a namespace of its own, on a bridge apart from the
# substrate: what happens there happens to no packet. Sourced by itself, after
# cluster.sh. Wants --take with what selftests/vm/cluster prints.

export ETCDCTL_API=3
members=(11 12 13)		# their numbers as hosts
member=()			# of each: its process
token=first			# by which members know each other

store_addr()
{
	echo "10.1.0.$1"
}

# store_join N: host N has a NIC at the members' bridge
store_join()
{
	on 10 ip link add "port$1" type veth peer name store netns "${ns[$1]}"
	on 10 ip link set "port$1" master store up
	on "$1" ip addr add "$(store_addr "$1")/24" dev store
	on "$1" ip link set store up
}

# store_up HOST...: the bridge, with members and these hosts; nothing runs yet
store_up()
{
	local i
	new_ns 10 store
	on 10 ip link add store type bridge
	on 10 ip addr add "$(store_addr 10)/24" dev store
	on 10 ip link set store up
	for i in "${members[@]}"; do
		new_ns "$i" member
	done
	for i in "${members[@]}" "$@"; do
		store_join "$i"
	done
}

# store_link N up|down: the NIC of a member or host there
store_link()
{
	on 10 ip link set "port$1" "$2"
}

# urls PORT: of all members, with a name each where it is that for peers
urls()
{
	local i list=()
	for i in "${members[@]}"; do
		if [[ $1 -eq 2380 ]]; then
			list+=("e$i=http://$(store_addr "$i"):$1")
		else
			list+=("http://$(store_addr "$i"):$1")
		fi
	done
	(IFS=,; echo "${list[*]}")
}

# An emulated machine is slow to answer: members are patient with each other.
member_start()
{
	local at
	at=http://$(store_addr "$1")
	start "$1" "$taken/etcd" --name "e$1" --data-dir "$work/e$1" --log-level error \
		--listen-client-urls "$at:2379" --advertise-client-urls "$at:2379" \
		--listen-peer-urls "$at:2380" --initial-advertise-peer-urls "$at:2380" \
		--initial-cluster "$(urls 2380)" --initial-cluster-token "$token" \
		--heartbeat-interval 300 --election-timeout 3000 --snapshot-count 1000 \
		>>"$work/etcd.log" 2>&1
	member[$1]=$!
}

member_kill()
{
	kill -9 "${member[$1]}"
	wait "${member[$1]}" 2>/dev/null
}

# members_all COMMAND: for each
members_all()
{
	local i
	for i in "${members[@]}"; do
		"$1" "$i"
	done
}

# ctl WORD...: etcdctl's
ctl()
{
	on 10 "$taken/etcdctl" --endpoints "$(urls 2379)" --dial-timeout 10s \
		--command-timeout 20s "$@"
}

# Until a majority answers
store_ready()
{
	poll 120 ctl get answers
}

# store_backup FILE
store_backup()
{
	rm -f "$1.new"
	on 10 "$taken/etcdctl" --endpoints "http://$(store_addr 11):2379" \
		snapshot save "$1.new" >/dev/null 2>&1 && mv "$1.new" "$1"
}

# store_wipe [FILE]: all members die and their data are gone; without a backup they
# begin with nothing, as another etcd if the token has changed
store_wipe()
{
	local i
	members_all member_kill
	for i in "${members[@]}"; do
		rm -rf "$work/e$i"
		[[ -z ${1-} ]] || "$taken/etcdctl" snapshot restore "$1" --name "e$i" \
			--data-dir "$work/e$i" --initial-cluster "$(urls 2380)" \
			--initial-cluster-token "$token" --initial-advertise-peer-urls \
			"http://$(store_addr "$i"):2380" >/dev/null 2>&1
	done
	members_all member_start
}
