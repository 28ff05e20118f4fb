#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Three hosts with a vnencapd each, and an etcd of three members. To etcd, to the way
# there and to the daemons everything is done at random, and hostile keys and values
# are put into etcd, while each host sends a datagram to each other one every
# millisecond: none is lost. In the end all are of one mind.
#
# VNENCAP_CHAOS has the seconds, VNENCAP_SEED a seed that was printed before: the same
# is then done in the same order. Wants --take with what selftests/vm/cluster prints,
# and 2 GB of memory.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$selftests/tests/lib/cluster.sh"
# shellcheck source-path=SCRIPTDIR source=lib/members.sh
. "$selftests/tests/lib/members.sh"

duration=${VNENCAP_CHAOS:-60}
seed=${VNENCAP_SEED:-$RANDOM}
hosts=(1 2 3)
vn[3]=192.168.4.3
probes=5005			# the port of the datagrams
probe=()			# of host N: who sends and takes them
peak=(0 0 0 0)			# of host N: the memory of its daemons, in KB
before=()			# of host N: what was counted at first
deeds=0 marker=0 hostile=0 flooded=0 sent_in_all=0
limit_kb=65536

[[ -x $taken/etcd && -x $taken/etcdctl ]] || skip_all "there are no etcd and etcdctl"

# --- the cluster -----------------------------------------------------------------

network_up()
{
	local i
	# what an emulated machine is late with waits, and is not dropped
	sysctl -qw net.core.netdev_max_backlog=100000
	bridge_up "${hosts[@]}"
	store_up "${hosts[@]}"
	for i in "${hosts[@]}"; do
		on "$i" ip link add link wire name vn0 type vnencap
		on "$i" ip addr add "${vn[i]}/24" dev vn0
		on "$i" ip link set vn0 up
	done
}

daemon_up()
{
	mkdir -p "$work/run$1"
	printf '%s\n' "name h$1" "source etcd $(urls 2379 | tr , ' ')" "local ${sub[$1]}" \
		"publish devices" "state $work/state$1" "run $work/run$1" "ttl 10" \
		>"$work/h$1.conf"
	daemon_start "$1" -c "$work/h$1.conf"
}

# on_all COMMAND [WORD]...: is that so of each host, which is the last word?
on_all()
{
	local i
	for i in "${hosts[@]}"; do
		"$@" "$i" || return 1
	done
}

# is PREFIX ADDR VNI HOST: does the host's kernel have it there?
is()
{
	on "$4" vnencap map show vni "$3" | grep -qxF "vni $3 $1 via $2"
}

all_mapped()
{
	local i
	for i in "${hosts[@]}"; do
		on_all is "${vn[i]}/32" "${sub[i]}" 1 || return 1
	done
}

has_key()
{
	[[ $(on "$1" vnencap key show vni 1) == "vni 1 id 1" ]]
}

cluster_up()
{
	network_up
	members_all member_start
	check "an etcd of three members" store_ready || exit 1
	on_all daemon_up
	check "three hosts find each other" poll 120 all_mapped || {
		tail -n 5 "$work"/daemon* "$work/etcd.log" >&2
		exit 1
	}
	check "the network has a key" poll 120 on_all has_key
	store_backup "$work/backup" || die "there is no backup of etcd"
}

# The daemons are heard of whatever is put now: a mapping that is another each time.
follows()
{
	marker=$((marker + 1))
	local where=10.0.$((marker / 250)).$((marker % 250 + 1))
	poll 120 ctl put /vnencap/net/map/9/10.9.0.1/32 "via $where" &&
		poll 120 on_all is 10.9.0.1/32 "$where" 9
}

# --- the datagrams ----------------------------------------------------------------

probe_start()
{
	local i others=()
	for i in "${hosts[@]}"; do
		[[ $i -eq $1 ]] || others+=("${vn[i]}")
	done
	start "$1" probe $probes 1000 "${others[@]}" >"$work/probe$1"
	probe[$1]=$!
}

# Mappings, keys and whatever else is not as one host believed
errors()
{
	on "$1" ethtool -S vn0 | grep -E ' (tx_(no_.*|blackhole|nomem)|rx_(spoofed|bad_.*|unknown_vni|malformed|timeouts|meta_lost|over_limit|nomem)):'
}

probes_start()
{
	local i
	for i in "${hosts[@]}"; do
		before[i]=$(errors "$i")
	done
	on_all probe_start
}

# lost FROM TO: how many of the one's datagrams the other one did not get
lost()
{
	local sent first got
	sent=$(awk -v peer="${vn[$2]}" '$1 == "sent" && $2 == peer { print $3 }' "$work/probe$1")
	read -r first got < <(awk -v peer="${vn[$1]}" \
		'$1 == "got" && $2 == peer { print $3, $4 }' "$work/probe$2")
	echo $((sent - first - got))
	sent_in_all=$((sent_in_all + sent))
}

probes_end()
{
	local i j n all=0
	kill -INT "${probe[@]}"
	wait "${probe[@]}"
	for i in "${hosts[@]}"; do
		for j in "${hosts[@]}"; do
			[[ $i -ne $j ]] || continue
			lost "$i" "$j" >"$work/lost"
			n=$(<"$work/lost")
			[[ $n -eq 0 ]] || remark "from host $i to host $j: $n lost"
			all=$((all + n))
		done
	done
	remark "$sent_in_all datagrams"
	check_that "no datagram is lost" "$all" -eq 0 || {
		grep -hE '^(gap|full)' "$work"/probe* | head -n 20 | sed 's/^/# /'
		remark "too many at once: $(awk '{ n += strtonum("0x" $2) } END { print n }' \
			/proc/net/softnet_stat)"
	}
	check_that "and there were enough of them" "$sent_in_all" -gt $((duration * 100))
	for i in "${hosts[@]}"; do
		check "host $i has counted nothing that was wrong" same "${before[i]}" "$(errors "$i")"
	done
}

# --- what is done -------------------------------------------------------------------

# one WORD...: any of them, in $one
one()
{
	shift $((RANDOM % $#))
	one=$1
}

# The time of a fault; another, small one may come meanwhile.
meanwhile()
{
	nap "$((RANDOM % 4)).$((RANDOM % 10))"
	case $((RANDOM % 6)) in
	0)	hangs_up ;;
	1)	daemon_dies ;;
	esac
}

told()
{
	local when i
	when=$(cut -d' ' -f1 /proc/uptime)
	deeds=$((deeds + 1))
	remark "$when: $*"
	for i in "${hosts[@]}"; do
		echo "# $when: $*" >>"$work/daemon$i"
	done
	echo "# $when: $*" >>"$work/etcd.log"
}

member_dies()
{
	one "${members[@]}"
	local which=$one
	told "member $which is killed"
	member_kill "$which"
	meanwhile
	member_start "$which"
}

etcd_dies()
{
	told "all members are killed"
	members_all member_kill
	meanwhile
	members_all member_start
}

etcd_stops()
{
	local i some=("${members[@]:0:1 + RANDOM % 3}")
	told "members ${some[*]} are stopped"
	for i in "${some[@]}"; do
		kill -STOP "${member[i]}"
	done
	meanwhile
	for i in "${some[@]}"; do
		kill -CONT "${member[i]}"
	done
}

# A host that does not listen misses changes for ever.
compacted()
{
	local i rev
	one "${hosts[@]}"
	local which=$one
	told "host $which does not listen, and what it missed is compacted"
	kill -STOP "${daemon[which]}"
	for i in 1 2 3; do
		ctl put "/vnencap/net/map/9/10.9.1.$i/32" "via 10.0.7.$((RANDOM % 250 + 1))" \
			>/dev/null
	done
	rev=$(ctl get none -w json | jq .header.revision)
	ctl compaction "$rev" >/dev/null 2>&1
	kill -CONT "${daemon[which]}"
}

backed_up()
{
	told "etcd is backed up"
	store_backup "$work/backup"
}

restored()
{
	told "etcd is wiped and restored from a backup"
	store_wipe "$work/backup"
}

wiped()
{
	one same another
	told "etcd is wiped, and is $one"
	[[ $one == same ]] || token=$RANDOM
	store_wipe
	store_ready && store_backup "$work/backup"
}

host_cut_off()
{
	one "${hosts[@]}"
	local which=$one
	one link filter
	told "host $which cannot reach etcd: $one"
	if [[ $one == link ]]; then
		store_link "$which" down
		meanwhile
		store_link "$which" up
	else
		on "$which" nft -f - <<-END
			table inet chaos {
				chain out { type filter hook output priority 0; oifname store drop; }
				chain in { type filter hook input priority 0; iifname store drop; }
			}
		END
		meanwhile
		on "$which" nft delete table inet chaos
	fi
}

member_cut_off()
{
	one "${members[@]}"
	local which=$one
	told "member $which is cut off"
	store_link "$which" down
	meanwhile
	store_link "$which" up
}

daemon_dies()
{
	one "${hosts[@]}"
	local which=$one
	told "the daemon of host $which is killed"
	look_at_memory "$which"
	daemon_kill "$which"
	nap "$((RANDOM % 3)).$((RANDOM % 10))"
	daemon_up "$which"
}

daemon_begins_anew()
{
	one "${hosts[@]}"
	local which=$one
	told "the daemon of host $which is ended and started"
	look_at_memory "$which"
	stop "${daemon[which]}"
	daemon_up "$which"
}

daemon_stops()
{
	one "${hosts[@]}"
	local which=$one
	told "the daemon of host $which is stopped"
	kill -STOP "${daemon[which]}"
	nap "$((RANDOM % 4)).$((RANDOM % 10))"
	kill -CONT "${daemon[which]}"
}

hangs_up()
{
	one "${hosts[@]}"
	told "host $one is told to read all again"
	kill -HUP "${daemon[one]}"
}

# --- what is hostile ------------------------------------------------------------------

refusals()
{
	grep -c refused: "$work/daemon$1"
}

# What is refused is told again with each full list; how many has a host read?
lists()
{
	grep -c "mappings at revision" "$work/daemon$1"
}

# bad KEY [VALUE]: to be refused; without a value it comes from the standard input
bad()
{
	hostile=$((hostile + 1))
	ctl put "/vnencap/net/$1" "${@:2}" >/dev/null
}

# A number of its own for each, so that none is there twice
hostile_keys()
{
	local a=$((RANDOM % 250)) b=$((RANDOM % 250))
	bad "map/1/10.66.$a.300/32" "via ${sub[1]}"
	bad "map/0x1/10.66.$a.$b/32" "via ${sub[1]}"
	bad "map/1/10.66.$a.1/24" "via ${sub[1]}"
	bad "map/16777216/10.66.$a.$b/32" "via ${sub[1]}"
	bad "map/1/../2/10.66.$a.$b/32" "via ${sub[1]}"
	bad "foreign/$a.$b" "via ${sub[1]}"
	bad $'map/1/10.66.1.1/32\x01\xff\xfe' "via ${sub[1]}"
	bad "map/1/$(head -c 50000 /dev/zero | tr '\0' 7)/32" "via ${sub[1]}"
	bad "map/1/10.66.$a.$b/32" "via 255.255.255.255"
	bad "map/1/10.67.$a.$b/32" $'via 10.0.0.1\xff\xfe'
	bad "map/1/10.68.$a.$b/32" '{"via": "10.0.0.1"'
	bad "map/1/10.69.$a.$b/32" < <(head -c 1000000 /dev/zero | tr '\0' x)
}

# What is there already, and is needed
hostile_values()
{
	one "${hosts[@]}"
	spoiled=/vnencap/net/map/1/${vn[one]}/32
	bad "map/1/${vn[one]}/32" "via nowhere"
	bad key/1 "send 1 00112233"
}

# said_again KEY VALUE: hosts have put right what somebody has spoiled
said_again()
{
	ctl get --print-value-only "$1" | grep -qE "$2"
}

# Whose it is may be said by anybody who may write there, for that network alone.
other_network()
{
	ctl put /vnencap/net/map/2/192.168.4.0/24 "via ${sub[1]}" >/dev/null
	ctl put /vnencap/net/map/2/192.168.4.2/32 blackhole >/dev/null
	ctl put /vnencap-not/net/map/1/192.168.4.2/32 blackhole >/dev/null
	ctl put /vnencap/map/1/192.168.4.2/32 blackhole >/dev/null
}

# So much that a daemon says no more of that kind, for ten seconds
flood()
{
	local i j
	for ((i = 0; i < 3; i++)); do
		{
			echo
			for ((j = 0; j < 100; j++)); do
				echo "put /vnencap/net/flood/$i.$j x"
			done
			printf '\n\n'
		} | ctl txn >/dev/null
	done
}

# refused_are N HOST: has the host refused so many since?
refused_are()
{
	[[ $(($(refusals "$2") - at[$2])) -ge $1 ]]
}

hostile_come()
{
	local i at=() n=$hostile spoiled read=()
	until ((SECONDS - flooded > 12)); do
		nap 0.5
	done
	told "hostile keys and values are put"
	for i in "${hosts[@]}"; do
		at[i]=$(refusals "$i")
		read[i]=$(lists "$i")
	done
	hostile_keys
	hostile_values
	other_network
	n=$((hostile - n))
	follows
	for i in "${hosts[@]}"; do
		poll 20 refused_are $n "$i" ||
			wrong+=("of $n hostile, host $i has told $(($(refusals "$i") - at[i]))")
		[[ $(($(refusals "$i") - at[i])) -le $((n * (1 + $(lists "$i") - read[i]))) ]] ||
			wrong+=("of $n hostile, host $i tells some twice")
	done
	poll 30 said_again "$spoiled" '^via 10\.0\.0\.[123] host h[123]$' ||
		wrong+=("nobody says again where $spoiled is")
	poll 30 said_again /vnencap/net/key/1 '^send 1 [0-9a-f]{32}$' ||
		wrong+=("nobody says the key again")
	flood
	poll 20 on_all refused_are 20
	flooded=$SECONDS
	for i in "${hosts[@]}"; do
		! refused_are $((n + 100)) "$i" || wrong+=("host $i tells all of a flood")
	done
	for i in foreign flood map/0x1 map/16777216 map/1/10.6 map/1/.. map/1/7; do
		ctl del --prefix "/vnencap/net/$i" >/dev/null
	done
}

look_at_memory()
{
	local kb
	kb=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/${daemon[$1]}/status")
	[[ ${kb:-0} -le ${peak[$1]} ]] || peak[$1]=$kb
}

# --- all of it --------------------------------------------------------------------------

chaos()
{
	local end=$((SECONDS + duration))
	while [[ $SECONDS -lt $end ]]; do
		one member_dies etcd_dies etcd_stops compacted compacted backed_up restored \
			wiped host_cut_off host_cut_off member_cut_off daemon_dies \
			daemon_begins_anew daemon_stops hangs_up hostile_come
		"$one"
		follows || {
			wrong+=("after that, not all hosts hear what is put")
			return
		}
		on_all look_at_memory
	done
}

agrees()
{
	[[ $(on "$1" vnencap map show | sort) == "$(<"$work/etcd_has")" ]]
}

# Every host has what etcd has, in the words of the command line.
all_agree()
{
	on 1 "$vnencapctl" -c "$work/h1.conf" show | sed 's/ host h[0-9]*$//' | sort \
		>"$work/etcd_has"
	[[ -s $work/etcd_has ]] && on_all agrees
}

# few_lines HOST: a daemon's log is bounded
few_lines()
{
	[[ $(wc -l <"$work/daemon$1") -le $((500 + 10 * SECONDS)) ]]
}

# What the daemons and etcd have said, where there is a folder for it
keep_logs()
{
	[[ -z ${VNENCAP_OUT-} ]] || cp "$work"/daemon? "$work/etcd.log" "$VNENCAP_OUT/"
}

wrong=()
cluster_up
remark "VNENCAP_SEED=$seed VNENCAP_CHAOS=$duration"
RANDOM=$seed
probes_start
chaos
keep_logs
remark "$deeds deeds, $hostile hostile keys and values"
check_that "hosts hear of changes after each, and tell each refusal once" \
	"${wrong[*]:-well}" = well
check "in the end all hosts have what etcd has" poll 120 all_agree || {
	cat "$work/etcd_has"
	on 1 vnencap map show
} >&2
check "and the key that they had" on_all has_key
check "which is in etcd" said_again /vnencap/net/key/1 '^send 1 [0-9a-f]{32}$'
probes_end
for i in "${hosts[@]}"; do
	look_at_memory "$i"
	check_that "host $i: its daemon needs little memory (KB)" "${peak[i]}" -le $limit_kb
	check "and says little" few_lines "$i"
done
