#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What bash completes of a vnencap command line. TAP; needs no module: where
# devices are asked for, a stand-in for vnencap answers.
#
# Usage: complete.sh
# shellcheck source-path=SCRIPTDIR/.. source=completion/vnencap
. "$(dirname -- "$0")/../completion/vnencap"

n=0 failed=0

vnencap()
{
	echo '[{"ifindex":3,"ifname":"vn0","vni":42},{"ifindex":4,"ifname":"vn1","vni":7}]'
}

_vnencap_namespaces()
{
	echo blue
}

_vnencap_links()
{
	echo eth0
}

# completes WANTED WORD...: the last word is what there is of it
completes()
{
	local want=$1 got
	shift
	COMP_WORDS=(vnencap "$@")
	COMP_CWORD=$#
	_vnencap
	got=$(printf '%s\n' "${COMPREPLY[@]}" | sort | xargs)
	n=$((n + 1))
	if [[ $got == "$want" ]]; then
		echo "ok $n - vnencap $*"
	else
		failed=1
		echo "not ok $n - vnencap $*"
		echo "# got \"$got\", wanted \"$want\""
	fi
}

completes "dev endpoint help key map monitor" ""
completes "map monitor" m
completes "dev" -j -n ns d
completes "-json" -j
completes "delete help set show" dev ""
completes "link vn0 vn1" dev show ""
completes "vn0 vn1" dev set v
completes "vn0 vn1" dev set dev ""
completes "fastpath fec fec-ecn fec-max fwmark local mssclamp netns nofastpath nomssclamp nonotrack nospoofcheck notrack nsid port spoofcheck tos ttl vni" \
	dev set vn0 ""
completes "tos ttl" dev set dev vn0 t
completes "netns nofastpath nomssclamp nonotrack nospoofcheck notrack nsid" \
	dev set dev vn0 n
completes "blue" dev set vn0 netns ""
completes "tos ttl" dev set vn0 netns blue t
completes "nofastpath nomssclamp nonotrack nospoofcheck notrack" dev set vn0 netns blue n
completes "" dev set vn0 nsid ""
completes "eth0" dev set link ""
completes "vni" dev set link eth0 ""
completes "42 7" dev set link eth0 vni ""
completes "tos ttl" dev set link eth0 vni 42 t
completes "vni" dev set link eth0 vni 42 v
completes "" dev set link eth0 vni 42 vni 43 v
completes "" dev set link eth0 vni 42 vni ""
completes "link vn0 vn1" dev delete ""
completes "netns nsid" dev delete vn0 ""
completes "blue" dev delete vn0 netns ""
completes "" dev delete vn0 netns blue ""
completes "" dev delete link eth0 vni 42 ""
completes "" dev help ""
completes "tos ttl" dev set vn0 t
completes "ttl" dev set vn0 tos 0 t
completes "auto inherit" dev set vn0 ttl ""
completes "inherit" dev set vn0 tos i
completes "auto off" dev set vn0 fec ""
completes "auto off on" dev set vn0 fec-ecn ""
completes "any" dev set vn0 vni 4 local ""
completes "" dev set vn0 port ""
completes "flush" map f
completes "all vni" map flush ""
completes "42 7" map show vni ""
completes "vni" map add ""
completes "blackhole via" map add vni 1 10.0.0.0/8 ""
completes "" map add vni 1 10.0.0.0/8 via ""
completes "fec via weight" map add vni 1 10.0.0.0/8 via 10.0.0.1 ""
completes "auto off" map add vni 1 10.0.0.0/8 via 10.0.0.1 fec ""
completes "via weight" map add vni 1 10.0.0.0/8 via 10.0.0.1 fec 10 ""
completes "via" map add vni 1 10.0.0.0/8 via 10.0.0.1 weight 3 v
completes "" map get vni 1 10.0.0.1 ""
completes "add delete help set show use" key ""
completes "vni" key set ""
completes "42 7" key add vni ""
completes "file id" key set vni 42 ""
completes "file" key add vni 42 id 3 ""
completes "" key add vni 42 id ""
completes "id" key use vni 42 ""
completes "all id" key delete vni 42 ""
completes "" key delete vni 42 all ""
completes "" key use vni 42 id 3 ""
completes "help show" endpoint ""
completes "vni" endpoint show ""
completes "42 7" endpoint show vni ""
completes "" endpoint show vni 42 ""
completes "all config help misses" monitor ""
completes "" monitor all ""
echo "1..$n"
exit $failed
