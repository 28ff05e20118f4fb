#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vnencapd and a true etcd on loopback, with a kernel that is a file: etcd is
# killed, stopped, compacted, wiped; hosts move addresses; keys are made and
# changed. TAP. Needs etcd-server and etcd-client, no root, no module.
#
# Usage: etcd.sh [TEST]...
set -u
here=$(cd "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
export ETCDCTL_API=3
n=0 failed=0 etcd='' port=$((20000 + RANDOM % 20000)) scheme=http
tls=() login=()
declare -A daemon=()

if ! command -v etcd >/dev/null || ! command -v etcdctl >/dev/null; then
	echo "1..0 # SKIP etcd-server or etcd-client is not installed"
	exit 0
fi

clean_up()
{
	local pid
	for pid in "${daemon[@]}" ${etcd:+"$etcd"}; do
		kill -CONT "$pid" 2>/dev/null
		kill -9 "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap clean_up EXIT

# check NAME COMMAND...
check()
{
	n=$((n + 1))
	if "${@:2}"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		failed=$((failed + 1))
		tail -n 5 "$work"/*.log | sed 's/^/# /'
	fi
}

# poll SECONDS COMMAND...
poll()
{
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.05
	done
}

etcd_up()
{
	etcd --name e --data-dir "$work/etcd" --log-level error "${tls[@]}" \
		--listen-client-urls "$scheme://127.0.0.1:$port" \
		--advertise-client-urls "$scheme://127.0.0.1:$port" \
		--listen-peer-urls "http://127.0.0.1:$((port + 1))" \
		--initial-advertise-peer-urls "http://127.0.0.1:$((port + 1))" \
		--initial-cluster "e=http://127.0.0.1:$((port + 1))" \
		>>"$work/etcd.log" 2>&1 &
	etcd=$!
	poll 60 ctl endpoint health || {
		echo "Bail out! etcd does not start"
		exit 1
	}
}

etcd_down()
{
	kill -9 "$etcd"
	wait "$etcd" 2>/dev/null
}

ctl()
{
	etcdctl --endpoints "$scheme://127.0.0.1:$port" "${login[@]}" "$@" >"$work/ctl" 2>&1
}

# put KEY VALUE: below /vnencap/net/
put()
{
	ctl put "/vnencap/net/$1" "$2"
}

# host NAME [SETTING]...: begin anew, or again
host()
{
	local name=$1
	shift
	mkdir -p "$work/$name.run"
	printf '%s\n' "name $name" "source etcd $scheme://127.0.0.1:$port" \
		"state $work/$name.state" "run $work/$name.run" "grace 3" "hold 2" "ttl 5" "$@" \
		>"$work/$name.conf"
	FAKE_KERNEL=$work/$name.kernel FAKE_ADDRESSES=$work/$name.addresses \
		"$here/fake" -v -c "$work/$name.conf" 2>>"$work/$name.log" &
	daemon[$name]=$!
}

host_down()
{
	kill -"${2:-TERM}" "${daemon[$1]}"
	wait "${daemon[$1]}" 2>/dev/null
	unset "daemon[$1]"
}

# kernel NAME VNI PREFIX: where it is there
kernel()
{
	[[ -e $work/$1.kernel ]] || return 0
	awk -v vni="$2" -v prefix="$3" '
		$1 == "set" && $3 == vni && $4 == prefix {
			$1 = $2 = $3 = $4 = ""; at = $0; sub(/^ */, "", at)
		}
		$1 == "delete" && $3 == vni && $4 == prefix { at = "" }
		END { print at }' "$work/$1.kernel"
}

is()
{
	[[ $(kernel "$1" "$2" "$3") == "$4" ]]
}

# leads NAME VNI PREFIX WAY: there, whomever else it hears
leads()
{
	[[ $(kernel "$1" "$2" "$3") == "$4"* ]]
}

deletions()
{
	grep -c ^delete "$work/$1.kernel"
}

said()
{
	grep -q "$2" "$work/$1.log"
}

keys_are()
{
	[[ $(grep "^key vni $2 " "$work/$1.kernel" | tail -n1) == "key vni $2 $3" ]]
}

sane()
{
	! grep -l -e "ERROR: " -e "runtime error" "$work"/*.log
}

list_and_watch()
{
	put map/1/10.0.0.1/32 "via 192.0.2.1"
	put map/1/10.0.0.2/32 "via 192.0.2.2 host x"
	host a "keys take"
	check "a list comes to the kernel" poll 20 is a 1 10.0.0.2/32 "via 192.0.2.2"
	put map/1/10.0.0.1/32 "via 192.0.2.9"
	check "so does a change" poll 10 is a 1 10.0.0.1/32 "via 192.0.2.9"
	ctl del /vnencap/net/map/1/10.0.0.2/32
	check "and a deletion, in its time" poll 20 is a 1 10.0.0.2/32 ""
	put map/1/10.0.0.2/32 "via 192.0.2.2"
	poll 10 is a 1 10.0.0.2/32 "via 192.0.2.2"
}

hostile()
{
	put map/1/10.0.0.300/32 "via 192.0.2.1"
	put map/0x1/10.0.0.1/32 "via 192.0.2.66"
	put map/1/10.0.0.1/31 "via 192.0.2.66"
	put nonsense/1 "via 192.0.2.66"
	put map/1/10.0.0.1/32 "via 255.255.255.255 and more"
	put map/1/10.0.0.2/32 "$(head -c 100000 /dev/zero | tr '\0' x)"
	put "map/1/$(head -c 5000 /dev/zero | tr '\0' 7)/32" "via 192.0.2.1"
	put map/16777216/10.0.0.1/32 "via 192.0.2.66"
	put $'map/1/10.0.0.9/32\x01' "via 192.0.2.66"
	put "map/1/../2/10.0.0.9/32" "via 192.0.2.66"
	put key/1 "send 1 00112233"
	ctl put /vnencap2/net/map/1/10.0.0.9/32 "via 192.0.2.66"
	ctl put /vnencap/map/1/10.0.0.9/32 "via 192.0.2.66"
	put map/2/10.0.0.9/32 "via 192.0.2.2"
	put map/1/10.0.0.7/32 "via 192.0.2.7"
	check "what comes after hostile keys and values" \
		poll 10 is a 1 10.0.0.7/32 "via 192.0.2.7"
	check "which change nothing" is a 1 10.0.0.1/32 "via 192.0.2.9"
	check "and delete nothing" is a 1 10.0.0.2/32 "via 192.0.2.2"
	check "nor set anything" is a 1 10.0.0.9/32 ""
	check "is told in one line each" [ "$(grep -c refused: "$work/a.log")" -eq 11 ]
	host_down a KILL
	host a "keys take"
	put map/1/10.0.0.8/32 "via 192.0.2.8"
	check "a list with them is read, too" poll 20 is a 1 10.0.0.8/32 "via 192.0.2.8"
	sleep 4
	check "and nothing is lost" is a 1 10.0.0.2/32 "via 192.0.2.2"
	check "not even what only an earlier life has read" is a 1 10.0.0.1/32 "via 192.0.2.9"
	ctl del --prefix /vnencap/net/nonsense
}

killed()
{
	local before
	before=$(deletions a)
	etcd_down
	sleep 1
	etcd_up
	put map/1/10.0.1.1/32 "via 192.0.2.1"
	check "etcd is killed and comes back" poll 60 is a 1 10.0.1.1/32 "via 192.0.2.1"
	kill -STOP "$etcd"
	sleep 8
	kill -CONT "$etcd"
	put map/1/10.0.1.2/32 "via 192.0.2.1"
	check "it is stopped and goes on" poll 60 is a 1 10.0.1.2/32 "via 192.0.2.1"
	check "nothing was deleted for it" [ "$(deletions a)" -eq "$before" ]
}

compacted()
{
	local i rev
	kill -STOP "${daemon[a]}"
	etcd_down
	etcd_up
	for i in 1 2 3; do
		put map/1/10.0.2.$i/32 "via 192.0.2.$i"
	done
	ctl endpoint status -w json
	rev=$(grep -o '"revision":[0-9]*' "$work/ctl" | tr -dc 0-9)
	ctl compaction "$rev"
	kill -CONT "${daemon[a]}"
	check "after a compaction all is read again" \
		poll 60 is a 1 10.0.2.3/32 "via 192.0.2.3"
	check "which is said once" [ "$(grep -c 'were compacted' "$work/a.log")" -eq 1 ]
}

etcd_wipe()
{
	etcd_down
	rm -rf "$work/etcd"
	etcd_up
}

moves()
{
	echo "vni 5 10.5.0.1" >"$work/a.addresses"
	: >"$work/b.addresses"
	host_down a
	host a "keys take" "local 192.0.2.101" "publish devices" "publish vni 5 10.5.1.0/24"
	host b "keys take" "local 192.0.2.102" "publish devices"
	check "what a host has comes to others" poll 30 is b 5 10.5.0.1/32 "via 192.0.2.101"
	check "the prefixes of its settings, too" poll 10 is b 5 10.5.1.0/24 "via 192.0.2.101"
	echo "vni 5 10.5.0.1" >"$work/b.addresses"
	vnencapctl a wait vni 5 10.5.0.1 host b >"$work/said"
	check "who waits hears when all hosts have heard of a move" \
		grep -qx "2 hosts have heard of it" "$work/said"
	check "and their kernels have it then" leads a 5 10.5.0.1/32 "via 192.0.2.102"
	check "an address that appears elsewhere moves" poll 10 is b 5 10.5.0.1/32 "via 192.0.2.102"
	check "on all hosts" poll 10 is a 5 10.5.0.1/32 "via 192.0.2.102"
	kill -STOP "${daemon[b]}"
	: >"$work/ctl.log"
	check "a host that does not hear is waited for" bad vnencapctl a wait for 1
	check "and named" grep -q "host b has not heard" "$work/ctl.log"
	kill -CONT "${daemon[b]}"
	check "as is an address that is elsewhere" bad vnencapctl a wait vni 5 10.5.0.1 for 1
	: >"$work/a.addresses"
	sleep 1
	poll 10 is a 5 10.5.0.1/32 "via 192.0.2.102"
	check "the old host takes nothing away when it goes there" \
		is a 5 10.5.0.1/32 "via 192.0.2.102"
	host_down a KILL
	sleep 7
	check "a host that dies keeps its prefixes" is b 5 10.5.1.0/24 "via 192.0.2.101"
	host a "keys take" "local 192.0.2.101" "publish devices" "publish vni 5 10.5.1.0/24"
	sleep 1
}

# What vnencapctl says is here, and metrics
published()
{
	local metrics=$((port + 2))
	host_down a
	host a "keys take" "local 192.0.2.101" "publish devices" "publish vni 5 10.5.1.0/24" \
		"metrics 127.0.0.1:$metrics"
	poll 30 metric $metrics vnencapd_etcd_watching 1
	check "metrics say that all goes well" metric $metrics vnencapd_ready 1
	check "and which revision is known" poll 10 revision_known $metrics
	check "each with its type" metrics_typed $metrics
	check "those of the example for Grafana are among them" metrics_shown $metrics
	vnencapctl a publish vni 5 10.5.2.1
	check "what is published by hand comes to others" \
		poll 10 is b 5 10.5.2.1/32 "via 192.0.2.101"
	check "and is shown" [ "$(vnencapctl a publish)" = "vni 5 10.5.2.1/32" ]
	vnencapctl b publish vni 5 10.5.2.1
	check "another host takes it" poll 10 is a 5 10.5.2.1/32 "via 192.0.2.102"
	vnencapctl a withdraw vni 5 10.5.2.1
	sleep 1
	check "the old one takes nothing away" is a 5 10.5.2.1/32 "via 192.0.2.102"
	host_down a KILL
	vnencapctl a publish vni 5 10.5.2.1
	host a "keys take" "local 192.0.2.101" "publish devices" "publish vni 5 10.5.1.0/24"
	check "what is published while no daemon runs is taken when one does" \
		poll 20 is b 5 10.5.2.1/32 "via 192.0.2.101"
	poll 10 [ -e "$work/a.run/published.done" ]
	vnencapctl b publish vni 5 10.5.2.1
	poll 10 is a 5 10.5.2.1/32 "via 192.0.2.102"
	host_down a KILL
	host a "keys take" "local 192.0.2.101" "publish devices" "publish vni 5 10.5.1.0/24"
	poll 20 said a "mappings at revision"
	sleep 1
	check "and not taken back by the next one" is b 5 10.5.2.1/32 "via 192.0.2.102"
	vnencapctl a withdraw vni 5 10.5.2.1
	vnencapctl b withdraw vni 5 10.5.2.1
	check "it is withdrawn" poll 10 ctl_has_not /vnencap/net/map/5/10.5.2.1/32
	check "a wrong prefix is not taken" bad vnencapctl a publish vni 5 10.5.2.300
}

# What went while a host was down goes; a lease that lapses takes nothing away.
lapsed()
{
	put map/1/10.0.4.1/32 "via 192.0.2.1"
	poll 10 is b 1 10.0.4.1/32 "via 192.0.2.1"
	host_down b KILL
	ctl del /vnencap/net/map/1/10.0.4.1/32
	host b "keys take" "local 192.0.2.102" "publish devices"
	check "what went while a host was down goes" poll 30 is b 1 10.0.4.1/32 ""
	poll 10 ctl_has /vnencap/net/host/b
	kill -STOP "${daemon[b]}"
	check "the lease of a host that is stuck lapses" \
		poll 30 ctl_has_not /vnencap/net/host/b
	check "its prefixes stay" ctl_has /vnencap/net/map/5/10.5.0.1/32
	kill -CONT "${daemon[b]}"
	check "when it goes on it says again that it lives" \
		poll 60 ctl_has /vnencap/net/host/b
	check "and takes nothing away" is b 5 10.5.1.0/24 "via 192.0.2.101"
}

vnencapctl()
{
	"$here/../vnencapctl" -c "$work/$1.conf" "${@:2}" 2>>"$work/ctl.log"
}

bad()
{
	! "$@"
}

revision()
{
	ctl endpoint status -w json
	grep -o '"revision":[0-9]*' "$work/ctl" | tr -dc 0-9
}

# What hosts answer to a roll call is a change, too, and none that the stream tells:
# known is all up to the last one that it does.
revision_known()
{
	local known told
	ctl get --prefix /vnencap/net/ --sort-by MODIFY --order DESCEND --limit 1 -w json
	told=$(grep -o '"mod_revision":[0-9]*' "$work/ctl" | tr -dc 0-9)
	known=$(curl -s "http://127.0.0.1:$1/metrics" |
		awk '$1 == "vnencapd_etcd_revision" { print $2 }')
	[[ -n $told && $known -ge $told && $known -le $(revision) ]]
}

# metric PORT NAME VALUE
metric()
{
	[[ $(curl -s "http://127.0.0.1:$1/metrics" | awk -v n="$2" '$1 == n { print $2 }') == "$3" ]]
}

# Each has a help, a type, and one value that is a number.
metrics_typed()
{
	curl -s "http://127.0.0.1:$1/metrics" | awk '
		$1 == "#" && $2 == "HELP" && NF > 3 { help[$3] = 1; next }
		$1 == "#" && $2 == "TYPE" && ($4 == "gauge" || $4 == "counter") {
			type[$3] = $4; next
		}
		NF != 2 || !help[$1] || !type[$1] || seen[$1]++ || $2 !~ /^[0-9.e+-]+$/ ||
			(type[$1] == "counter") != ($1 ~ /_total$/) { print "# wrong:", $0; bad = 1 }
		END { exit bad || length(seen) < 20 }'
}

# The board asks for nothing else.
metrics_shown()
{
	local name
	curl -s "http://127.0.0.1:$1/metrics" >"$work/metrics"
	while read -r name; do
		grep -q "^$name " "$work/metrics" || {
			echo "# there is no $name"
			return 1
		}
	done < <(grep -o 'vnencapd_[a-z_]*' "$here/../../examples/grafana.json" | sort -u)
}

ctl_has_not()
{
	! ctl_has "$1"
}

wiped()
{
	local before
	# what was withdrawn may have gone
	before=$(grep -c '^delete vni 5' "$work/b.kernel")
	put map/1/10.0.3.1/32 "via 192.0.2.1"
	put map/1/10.0.3.2/32 "via 192.0.2.1"
	poll 10 is b 1 10.0.3.2/32 "via 192.0.2.1"
	etcd_wipe
	check "etcd is wiped, which is noticed" poll 60 said b "it was wiped"
	put map/7/10.7.0.1/32 "via 192.0.2.7"
	check "new mappings come" poll 60 is b 7 10.7.0.1/32 "via 192.0.2.7"
	check "hosts say again what they have" poll 60 ctl_has /vnencap/net/map/5/10.5.0.1/32
	sleep 2
	check "and nothing of that was taken away" is a 5 10.5.0.1/32 "via 192.0.2.102"
	check "on no host" is b 5 10.5.1.0/24 "via 192.0.2.101"
	check "what nobody says any more goes by a second list" \
		poll 60 is b 1 10.0.3.1/32 ""
	check "as is said" said b "another full list"
	check "no address was taken away for it" \
		[ "$(grep -c '^delete vni 5' "$work/b.kernel")" -eq "$before" ]
}

ctl_has()
{
	ctl get "$1" && grep -q "^via" "$work/ctl"
}

keys()
{
	local before
	host_down a
	host_down b
	host a "local 192.0.2.101" "publish devices" "publish vni 5 10.5.1.0/24"
	host b "local 192.0.2.102" "publish devices"
	check "a network gets a key" poll 60 keys_are a 5 "id 1"
	check "on each host" poll 60 keys_are b 5 "id 1"
	check "by steps" grep -q "key vni 5 id 0 also 1" "$work/b.kernel"
	ctl get --print-value-only /vnencap/net/key/5
	put key/5 "$(cat "$work/ctl") also 2 $(head -c16 /dev/urandom | od -An -tx1 | tr -d ' \n')"
	check "a new one takes its place" poll 60 keys_are a 5 "id 2"
	check "everywhere" poll 60 keys_are b 5 "id 2"
	host_down b KILL
	ctl get --print-value-only /vnencap/net/key/5
	put key/5 "$(cat "$work/ctl") also 3 $(head -c16 /dev/urandom | od -An -tx1 | tr -d ' \n')"
	check "a host that is away is waited for" poll 20 keys_are a 5 "id 2 also 3"
	sleep 4
	check "as long as it takes" keys_are a 5 "id 2 also 3"
	host b "local 192.0.2.102" "publish devices"
	check "and then it goes on" poll 60 keys_are a 5 "id 3"
	poll 30 has_key 5 '^send 3 [0-9a-f]{32}$'
	before=$(<"$work/ctl")
	put key/5 "send 1 00112233"
	check "keys that are spoiled are said again" poll 30 has_key 5 "^$before\$"
	put map/5/10.5.1.0/24 "nonsense"
	check "so are mappings" poll 30 ctl_has /vnencap/net/map/5/10.5.1.0/24
	etcd_wipe
	check "and keys after etcd was wiped" poll 60 has_key 5 "^$before\$"
	sleep 2
	check "the same everywhere" keys_are b 5 "id 3"
}

# has_key VNI VALUE: in etcd
has_key()
{
	ctl get --print-value-only "/vnencap/net/key/$1" && grep -qE "$2" "$work/ctl"
}

# pods_host NAME: with a subnet of a network that has three
pods_host()
{
	mkdir -p "$work/$1.cni"
	host "$1" "keys take" "local 192.0.2.10${#1}" "cni $work/$1.cni" \
		"subnets vni 6 10.6.0.0/22 length 24 device vn0 link lo"
}

# subnet NAME: that of its containers
subnet()
{
	grep -o '10\.6\.[0-9]*\.0/24' "$work/$1.cni/10-vnencap-6.conflist" 2>/dev/null
}

has_subnet()
{
	[[ -n $(subnet "$1") ]]
}

three_differ()
{
	[[ $(for i in p1 p2 p3; do subnet $i; done | sort -u | wc -l) -eq 3 ]]
}

reach_each_other()
{
	local a b
	for a in p1 p2 p3; do
		for b in p1 p2 p3; do
			[[ $(kernel "$a" 6 "$(subnet $b)") == via* ]] || return 1
		done
	done
}

subnets()
{
	local i before
	for i in p1 p2 p3; do
		pods_host $i
	done
	check "each host has a subnet" poll 30 three_differ
	check "all know all of them" poll 20 reach_each_other
	check "what CNI is told is JSON" python3 -m json.tool \
		"$work/p1.cni/10-vnencap-6.conflist" "$work/json"
	pods_host late
	check "a network that is full says so" poll 20 said late "is full: all of its 3"
	sleep 3
	check "once, and nobody loses anything" [ "$(grep -c "is full" "$work/late.log")" -eq 1 ]
	check "the host that has none has no file" bad has_subnet late
	before=$(subnet p1)
	host_down p1 KILL
	rm -rf "$work/p1.cni" "$work/p1.state" "$work/p1.kernel"
	pods_host p1
	check "a host that comes back, and has forgotten all, has its old one" \
		poll 30 subnet_is p1 "$before"
	etcd_wipe
	poll 60 said p2 "it was wiped"
	check "so has one whose etcd was wiped" poll 60 ctl_has "/vnencap/net/map/6/$before"
	host_down p1
	vnencapctl p2 drain p1 >/dev/null
	check "a subnet of a host that is gone can be freed, and is taken" \
		poll 60 subnet_is late "$before"
	pods_host p1
	check "if its host comes back then, that is said" \
		poll 20 said p1 "$before is at another host now"
	check "and no container of it is started with that" bad has_subnet p1
	for i in p1 p2 p3 late; do
		host_down $i
	done
}

subnet_is()
{
	[[ $(subnet "$1") == "$2" ]]
}

# TLS both ways, and a user with a password
secured()
{
	local files=("cacert $work/pem" "cert $work/pem" "key $work/key" "user root"
		"password-file $work/password")
	etcd_down
	rm -rf "$work/etcd"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /O=e -keyout "$work/key" \
		-out "$work/pem" -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	scheme=https
	tls=(--cert-file "$work/pem" --key-file "$work/key" --client-cert-auth
		--trusted-ca-file "$work/pem")
	login=(--cacert "$work/pem" --cert "$work/pem" --key "$work/key")
	etcd_up
	ctl user add root:hush
	ctl user grant-role root root
	ctl auth enable
	login+=(--user root:hush)
	put map/1/10.0.0.1/32 "via 192.0.2.1"
	echo hush >"$work/password"
	host s "keys take" "${files[@]}"
	check "by TLS, a list comes to a host that etcd knows" \
		poll 20 is s 1 10.0.0.1/32 "via 192.0.2.1"
	put map/1/10.0.0.1/32 "via 192.0.2.2"
	check "so does a change" poll 10 is s 1 10.0.0.1/32 "via 192.0.2.2"
	check "and nothing was refused" bad grep -q 127.0.0.1 "$work/s.log"
	echo guess >"$work/password"
	host t "keys take" "${files[@]}"
	check "a wrong password is told" poll 20 said t "authentication failed"
	check "and nothing comes by it" is t 1 10.0.0.1/32 ""
	tls=() login=() scheme=http
	etcd_down
	rm -rf "$work/etcd"
	etcd_up
}

etcd_up
for part in "${@:-list_and_watch hostile killed compacted moves published lapsed wiped
		keys subnets secured}"; do
	for test in $part; do
		"$test"
	done
done
for name in "${!daemon[@]}"; do
	host_down "$name"
done
check "no sanitizer had anything to say" sane
echo "1..$n"
[[ $failed -eq 0 ]]
