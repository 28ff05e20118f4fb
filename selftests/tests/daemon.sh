#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vnencapd, with a file: two hosts get device, mappings and keys by it; a file that is
# replaced moves an address under traffic; a wrong file, a kill, a flush and another
# module's life lose nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$selftests/tests/lib/cluster.sh"

network=$work/network

# network [MAP]...: the file, which takes the old one's place at once
network()
{
	{
		echo "network blue vni 1"
		printf 'host h%s %s\n' 1 "${sub[1]}" 2 "${sub[2]}"
		printf 'device h%s vn0 blue link %s address %s/24\n' \
			1 "${dev[1]}" "${vn[1]}" 2 "${dev[2]}" "${vn[2]}"
		printf 'map blue %s host h%s\n' "${vn[1]}" 1 "${vn[2]}" 2
		printf '%s\n' "$@"
	} >"$network.new"
	mv "$network.new" "$network"
}

daemon_up()
{
	daemon_start "$1" -n "h$1" -f "$network" -s "$work/state$1" -c /dev/null
}

# is N PREFIX WHERE: what host N's kernel has
is()
{
	[[ $(on "$1" vnencap map show vni 1 | grep -F "vni 1 $2 ") == "vni 1 $2 $3" ]]
}

is_not()
{
	! on "$1" vnencap map show vni 1 | grep -qF "vni 1 $2 "
}

pinged()
{
	on 1 ping -c1 -W1 "$1"
}

# lossless NAME COMMAND...: while that is done, no ping is lost
lossless()
{
	local name=$1 ping
	shift
	start 1 ping -i0.02 -W5 "${vn[2]}" >"$work/ping" 2>&1
	ping=$!
	poll 10 grep -q "bytes from" "$work/ping"
	"$@"
	nap 0.5
	kill -INT "$ping"
	wait "$ping"
	check "$name" grep -q " 0% packet loss" "$work/ping"
}

comes_up()
{
	network
	daemon_up 1
	daemon_up 2
	check "two hosts reach each other, by a file alone" poll 20 pinged "${vn[2]}"
	check "with the mappings that it names" is 2 "${vn[1]}/32" "via ${sub[1]}"
}

changes()
{
	network "map blue 10.9.0.0/16 host h2" "map blue 10.8.0.0/16 blackhole"
	check "a file that is replaced is read" poll 10 is 1 10.9.0.0/16 "via ${sub[2]}"
	check "on each host" poll 10 is 2 10.8.0.0/16 blackhole
	network "map blue 10.9.0.0/16 host h1"
	check "a mapping moves" poll 10 is 1 10.9.0.0/16 "via ${sub[1]}"
	check "and another one goes" poll 10 is_not 1 10.8.0.0/16
	network "map blue 10.9.0.0/16 host nobody"
	check "a wrong file is told" poll 10 grep -q 'no host of this name' "$work/daemon1"
	check "and not used" is 1 10.9.0.0/16 "via ${sub[1]}"
	network "map blue 10.9.0.0/16 host h1"
}

foreign()
{
	on 1 vnencap map add vni 1 10.7.0.0/16 via "${sub[2]}"
	network "map blue 10.9.0.0/16 host h1" "map blue 10.7.0.0/16 host h1" \
		"map blue 10.6.0.0/16 host h1"
	poll 10 is 1 10.6.0.0/16 "via ${sub[1]}"
	check "what somebody else mapped stays" is 1 10.7.0.0/16 "via ${sub[2]}"
	on 1 vnencap map flush vni 1
	check "what is flushed comes back" poll 10 is 1 "${vn[2]}/32" "via ${sub[2]}"
	network "map blue 10.9.0.0/16 host h1"
	poll 10 is_not 1 10.6.0.0/16
}

# While the daemon does not listen, more happens than a socket holds; then what it
# has set is taken away.
overrun()
{
	kill -STOP "${daemon[1]}"
	for ((i = 0; i < 5000; i++)); do
		echo "add vni 9 10.$((i / 65536)).$((i / 256 % 256)).$((i % 256)) via ${sub[2]}"
	done | on 1 vnencap map load -
	on 1 vnencap map flush vni 1
	check "what was told while nobody listened was lost" is_not 1 "${vn[2]}/32"
	kill -CONT "${daemon[1]}"
	check "the daemon reads it all again" poll 20 is 1 "${vn[2]}/32" "via ${sub[2]}"
	check_that "and leaves what others have set" \
		"$(on 1 vnencap map show vni 9 | wc -l)" -eq 5000
	on 1 vnencap map flush vni 9
}

dies()
{
	lossless "a daemon that is killed loses no packet" daemon_kill 1
	check "its mappings stay" is 1 10.9.0.0/16 "via ${sub[1]}"
	network "map blue 10.5.0.0/16 host h2"
	lossless "nor does one that begins anew" daemon_up 1
	check "it learns what came meanwhile" poll 20 is 1 10.5.0.0/16 "via ${sub[2]}"
	check "and removes what went" poll 20 is_not 1 10.9.0.0/16
}

keyed()
{
	local i
	for i in 1 2; do
		openssl rand -hex 16 >"$work/key$i" 2>/dev/null ||
			head -c16 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$work/key$i"
	done
	lossless "a network is keyed under traffic" rotate 0 1
	lossless "and its key is changed" rotate 1 2
	check_that "to the new one" "$(on 1 vnencap key show vni 1)" = "vni 1 id 2"
}

keys_are()
{
	[[ $(on 1 vnencap key show vni 1) == "vni 1 $1" ]] &&
		[[ $(on 2 vnencap key show vni 1) == "vni 1 $1" ]]
}

# key_line ID
key_line()
{
	echo "key blue id $1$([[ $1 -eq 0 ]] || echo " file $work/key$1")"
}

# rotate OLD NEW: the file says each step
rotate()
{
	network "$(key_line "$1")" "$(key_line "$2")"
	check "both keys are accepted" poll 10 keys_are "id $1 also $2"
	network "$(key_line "$2")" "$(key_line "$1")"
	check "the new one is sent with" poll 10 keys_are "id $2 also $1"
	network "$(key_line "$2")"
	check "the old one goes" poll 10 keys_are "id $2"
}

emptied()
{
	: >"$network.new"
	mv "$network.new" "$network"
	check "a file that is empty is not believed at once" \
		poll 10 grep -q 'another full list' "$work/daemon1"
	check "so nothing went" is 1 "${vn[2]}/32" "via ${sub[2]}"
	network
	nap 1
	check "and nothing goes" pinged "${vn[2]}"
}

many()
{
	local lines
	mapfile -t lines < <(for ((i = 0; i < 20000; i++)); do
		echo "map blue 10.$((100 + i / 65536)).$((i / 256 % 256)).$((i % 256)) host h2"
	done)
	network "${lines[@]}"
	check "20,000 mappings come" poll 60 is 1 10.100.78.31/32 "via ${sub[2]}"
	check_that "all of them" "$(on 1 vnencap map show vni 1 | grep -c '10\.100\.')" -eq 20000
}

modprobe vnencap || die "cannot load the module"
hosts_on_nics
comes_up
changes
foreign
overrun
dies
keyed
emptied
many
stop "${daemon[1]}"
check "a daemon that is told to stop leaves all" pinged "${vn[2]}"
stop "${daemon[2]}"
