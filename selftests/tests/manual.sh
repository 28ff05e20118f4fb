#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What README.md has for two machines, and the examples of the manual page, vnencap(8),
# as they are printed there, one after another: on a host whose lower device is eth0,
# with a peer that has the same and that ssh(1) leads to. Then the rules of the page about
# firewalls.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "$0")/lib.sh"

page=$selftests/../tools/vnencap/vnencap.8
readme=$selftests/../README.md
firewalls=$selftests/../Documentation/firewalls.rst

# Into $work/example.1 and so on; prints how many there are.
extract()
{
	awk -v to="$work/example." '
	/^\.SH/ { in_examples = $2 == "EXAMPLES" }
	!in_examples { next }
	/^\.in \+4/ { n++; file = to n; next }
	/^\.in$/ { file = "" }
	file != "" && !/^\./ {
		gsub(/\\-/, "-")
		print >file
	}
	END { print n + 0 }' "$page"
}

# What a machine has, and this one has not: another host to log in to, a mapping
# service, OpenSSL.
make_prelude()
{
	cat >"$work/prelude" <<-END
		cd "$work" || exit
		ssh()
		{
			[[ \$1 == ${sub[2]} ]] || return
			shift
			ip netns exec "${ns[2]}" "\$@"
		}
		where_is()
		{
			[[ \$1 != ${vn[2]} ]] || echo ${sub[2]}
		}
		openssl()
		{
			[[ "\$*" == "rand -hex 16" ]] || return
			od -An -N16 -tx1 /dev/urandom | tr -d " \\n"
			echo
		}
	END
}

# example N [HOST]: run it there
example()
{
	cat "$work/prelude" "$work/example.$1" >"$work/script"
	on "${2:-1}" bash -eu "$work/script"
}

# says NAME WANT COMMAND...: what vnencap says at host 1
says()
{
	local name=$1 want=$2
	shift 2
	check "$name" diff <(echo "$want") <(on 1 vnencap "$@" 2>&1)
}

pings()
{
	check "$1" on 1 ping -q -c3 -i0.1 -W2 "${vn[2]}"
}

# The same words at the peer, where its own addresses are meant
make_peer()
{
	sed -i.first -e "/^vnencap/!s/${sub[1]}/${sub[2]}/" \
		-e "s,${vn[1]}/24,${vn[2]}/24," "$work/example.1"
	example 1 2 || die "the peer cannot be set up so"
	mv "$work/example.1.first" "$work/example.1"
}

devices()
{
	make_peer
	check "a host is set up" example 1
	pings "and reaches its peer"
	check "ip tells what there is to set" usage
	check "an address is moved" example 2
	says "and is mapped elsewhere" \
		"vni 42 ${vn[2]}/32 via 10.0.0.3" map get vni 42 "${vn[2]}"
	on 1 vnencap map replace vni 42 "${vn[2]}" via "${sub[2]}"
}

usage()
{
	on 1 ip link add type vnencap help 2>&1 | grep -q 'vni VNI'
}

mappings()
{
	local before
	before=$(on 1 vnencap map show)
	check "mappings are saved and brought back" example 3
	says "and are the same" "$before" map show
	check_that "the file has them" "$(<"$work/mappings")" = "$before"
	check "a counter is read" example 4
	check_that "which is a number" "$(<"$work/check")" -eq 0
}

keys()
{
	local traffic
	check "a key is made and given to both hosts" example 5
	says "it is number 1" "vni 42 id 1" key show
	check_that "and not for others to read" \
		"$(stat -c %a "$work/42.key")" -eq 600
	pings "with it the peer answers"
	start 1 ping -q -i0.05 -W2 "${vn[2]}" >"$work/pings"
	traffic=$!
	check "both are given another" example 6
	kill -INT $traffic
	wait $traffic
	says "which is number 2" "vni 42 id 2" key show
	check_that "and at the peer" "$(on 2 vnencap key show)" = "vni 42 id 2"
	check "no packet was lost by it" grep -q ' 0% packet loss' "$work/pings"
}

misses()
{
	local service
	on 1 vnencap map delete vni 42 "${vn[2]}"
	cat "$work/prelude" "$work/example.7" >"$work/script"
	start 1 bash "$work/script" >/dev/null
	service=$!
	check "misses are answered" poll 10 ask
	on 1 vnencap map delete vni 42 "${vn[2]}"
	check "and the packets wait for it" \
		on 1 ping -q -c1 -W5 "${vn[2]}"
	stop $service
	on 1 sysctl -qw net.vnencap.miss_queue_len=0
}

ask()
{
	on 1 ping -q -c1 -W1 "${vn[2]}"
}

tenants()
{
	local before
	before=$(on 1 vnencap dev show)
	check "a tenant has a device for a while" example 8
	says "which is gone then" "$before" dev show
	ip netns del blue
}

# The blocks of README's part of that name into $work/block.1 and so on; prints how many
# there are.
extract_blocks()
{
	awk -v to="$work/block." -v part="## $1" '
	/^## / { within = $0 == part; next }
	!within { next }
	/^    / { if (!block) n++; block = 1; print substr($0, 5) >(to n); next }
	{ block = 0 }
	END { print n + 0 }' "$readme"
}

# block N HOST: run it there; a ping ends
block()
{
	{
		echo 'ping() { command ping -q -c3 -i0.1 -W2 "$@"; }'
		cat "$work/block.$1"
	} >"$work/script"
	on "$2" bash -eu "$work/script"
}

by_hand()
{
	local i
	check_that "README has what to type on two machines" \
		"$(extract_blocks "Two machines, by hand")" -eq 5 ||
		die "it has not the blocks that are known here"
	# the first installs, which selftests/packages does
	check "README: host A" block 2 1
	check "README: host B" block 3 2
	check "README: the ping" block 4 1
	for i in 1 2; do
		on $i nft -f - <<-END || die "no nft"
			table inet filter {
				chain input {
					type filter hook input priority 0; policy drop
					icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
					iifname vn0 accept
				}
			}
		END
	done
	check_fails "a firewall that drops by default stops it" 1 block 4 1
	check "README: its rule, host A" block 5 1
	check "README: its rule, host B" block 5 2
	check "README: the ping again" block 4 1
	check_that "README has where to look" \
		"$(extract_blocks "When it does not ping")" -eq 1
	for i in 1 2; do
		on $i nft delete table inet filter
	done
	check "README: a look at what does not ping" block 1 1
	for i in 1 2; do
		on $i ip link del vn0
	done
	on 1 vnencap map flush all
	on 2 vnencap map flush all
}

# The blocks of firewalls.rst's part of that name into $work/page.1 and so on; prints how
# many there are.
page_blocks()
{
	awk -v to="$work/page." -v part="$1" '
	/^===/ { within = last == part; next }
	{ last = $0 }
	!within { next }
	/^    / { if (!block) n++; block = 1; print substr($0, 5) >(to n); next }
	{ block = 0 }
	END { print n + 0 }' "$firewalls"
}

# drops_by_default N CHAIN: host N lets nothing through there but what belongs to a
# connection, is the overlay's inside, or finds neighbours
drops_by_default()
{
	local by=iifname
	[[ $2 != output ]] || by=oifname
	on "$1" nft -f - <<-END || die "no nft"
		table inet filter {
			chain $2 {
				type filter hook $2 priority 0; policy drop
				ct state invalid drop
				ct state established,related accept
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
				$by { lo, vn0 } accept
			}
		}
	END
}

# What the page about firewalls has, as it is printed there: at a host, and at a router
# whose next wire has a smaller MTU
by_page()
{
	hosts_behind_router 1300
	overlay_up 4
	make_file 1
	check_that "the page about firewalls has rules for hosts" \
		"$(page_blocks "On the hosts")" -eq 3 || die "others are known here"
	drops_by_default 2 input
	drops_by_default 2 output
	check_fails "a host that drops by default stops all" 1 reaches
	check "its rule for INPUT" on 2 bash -eu "$work/page.1"
	check_fails "is not enough" 1 reaches
	check "its rule for OUTPUT" on 2 bash -eu "$work/page.2"
	check "with both packets arrive" reaches
	on 2 nft delete table inet filter
	check_that "and rules for routers" \
		"$(page_blocks "On a router between")" -eq 3 || die "others are known here"
	drops_by_default 3 forward
	on 3 sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
	check_fails "a router that drops by default stops all" 1 reaches
	check "its table" on 3 nft -f "$work/page.1"
	check_fails "is not enough" 1 reaches
	check "its rule" on 3 bash -eu "$work/page.2"
	check "its rules for ICMP" on 3 bash -eu "$work/page.3"
	check "with them packets pass" reaches
	check "and a file does" transfer 1 2 "${vn[2]}"
	drop_all_ns
}

hosts_on_nics
[[ ${dev[1]} == eth0 ]] || skip_all "the lower device is not eth0"
on 2 ip link set "${dev[2]}" down
on 2 ip link set "${dev[2]}" name eth0 up
hosts_reach
by_hand
check_that "the manual page has examples" "$(extract)" -eq 8 ||
	die "it has not those that are known here"
make_prelude
devices
mappings
keys
misses
tenants
drop_all_ns
by_page
