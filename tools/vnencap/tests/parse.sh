#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What vnencap says of wrong words, and its exit codes. TAP; needs neither
# root nor the module: every case ends before the kernel is asked, but for
# some at the end that are skipped where the module is loaded.
#
# Usage: parse.sh VNENCAP

if [ $# -ne 1 ]; then
	echo "Usage: $0 VNENCAP" >&2
	exit 1
fi
cli=$(realpath "$1")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
: > empty

n=0
failed=0

# result OK DESCRIPTION: one line of TAP, with the case's output if it failed.
result()
{
	local ok=$1 text=${2//#/\\#}

	text=${text//[$'\n\t']/ }
	n=$((n + 1))
	if "$ok"; then
		echo "ok $n - $text"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $n - $text"
	echo "# exit code $code, on stdout and stderr:"
	sed 's/^/# /' out err
}

skip()
{
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# run WORDS...: with standard input from the file $input.
run()
{
	# shellcheck disable=SC2086 # a command and its options
	$VALGRIND "$cli" "$@" < "${input:-empty}" > out 2> err
	code=$?
}

# expect CODE LINE WORDS...: that code, that one line, no output.
expect()
{
	local want=$1 line=$2 ok=false

	shift 2
	run "$@"
	if [ "$code" -eq "$want" ] && [ ! -s out ] &&
	   [ "$(cat err)" = "$line" ]; then
		ok=true
	fi
	result "$ok" "vnencap $* => $line"
}

# wrong MESSAGE WORDS...: the shortest way to say what most cases are.
wrong()
{
	expect 1 "Error: $1" "${@:2}"
}

# usage CODE FIRST_LINE WORDS...
usage()
{
	local want=$1 line=$2 ok=false

	shift 2
	run "$@"
	if [ "$code" -eq "$want" ] && [ ! -s out ] &&
	   [ "$(head -n 1 err)" = "Usage: $line" ]; then
		ok=true
	fi
	result "$ok" "vnencap $* => usage, $want"
}

# arg WORD REASON WORDS...: the word is named.
arg()
{
	wrong "argument \"$1\" is wrong: $2" "${@:3}"
}

# file CONTENTS: becomes the file "lines" and the standard input.
file()
{
	printf %b "$1" > lines
	input=lines
}

top="vnencap [ OPTIONS ] OBJECT { COMMAND | help }"
dev="vnencap dev set DEVICE [ vni VNI ] [ local { ADDR | any } ] [ port PORT ]"
map="vnencap map { add | replace | change } vni VNI PREFIX TARGET"
key="vnencap key set vni VNI [ id ID ] KEY"
monitor="vnencap monitor [ config | misses | all ]"

# Help, usage, options

usage 1 "$top"
usage 1 "$top" -j -s
usage 0 "$top" help
usage 0 "$top" -h
usage 0 "$top" -help
usage 0 "$top" --help
usage 0 "$top" -he
usage 0 "$top" -j -h map add vni 4x2
usage 0 "$dev" dev help
usage 0 "$dev" dev set help
usage 0 "$dev" d h
usage 0 "$map" map help
usage 0 "$map" map add help
usage 0 "$map" map load help
usage 0 "$key" key help
usage 0 "$key" key add help
usage 0 "$monitor" monitor help
usage 0 "$monitor" mon h

run -V
ok=false
[ "$code" -eq 0 ] && [ ! -s err ] && grep -q '^vnencap utility, vnencap-' out && ok=true
result "$ok" "vnencap -V"

wrong 'option "-x" is unknown, try "vnencap -help"' -x
wrong 'option "-" is unknown, try "vnencap -help"' -
wrong 'option "--" is unknown, try "vnencap -help"' --
wrong 'option "-jsonx" is unknown, try "vnencap -help"' -jsonx
wrong 'option "-v" is unknown, try "vnencap -help"' -v
wrong 'argument "-b" needs a value' -b
wrong 'argument "-netns" needs a value' -netns
wrong 'cannot open network namespace "no-such-netns": No such file or directory' -n no-such-netns dev
wrong 'cannot open network namespace "./empty/x": Not a directory' -n ./empty/x dev
arg dev "no more words are expected" -b empty dev

# Objects and commands

wrong 'object "xyz" is unknown, try "vnencap help"' xyz
wrong 'object "" is unknown, try "vnencap help"' ""
wrong 'object "m" is ambiguous, try "vnencap help"' m
wrong 'object "devs" is unknown, try "vnencap help"' devs
wrong 'command "xyz" is unknown, try "vnencap dev help"' dev xyz
wrong 'command "s" is ambiguous, try "vnencap dev help"' dev s
wrong 'command "xyz" is unknown, try "vnencap map help"' map xyz
wrong 'command "l" is ambiguous, try "vnencap map help"' map l
wrong 'command "" is unknown, try "vnencap map help"' map ""
wrong 'argument "xyz" is unknown, try "vnencap monitor help"' monitor xyz
arg misses "no more words are expected" monitor config misses

# VNI

for vni in 4x2 x 16777216 0x1000000 -1 +1 " 1" "1 " 0x 0x0x1 0x-1 1.0 1e3 "" \
	   99999999999999999999999 0xffffffffffffffffffff ٣; do
	arg "$vni" "invalid VNI" map show vni "$vni"
done
arg 4x2 "invalid VNI" map add vni 4x2 10.0.0.0/8 via 1.2.3.4
arg 4x2 "invalid VNI" map a vn 4x2 10.0.0.0/8 vi 1.2.3.4
arg 4x2 "invalid VNI" dev set vn0 vni 4x2
arg 4x2 "invalid VNI" dev set dev vn0 vn 4x2
arg 4x2 "invalid VNI" map flush vni 4x2
arg 4x2 "invalid VNI" map get vni 4x2 1.2.3.4
arg 4x2 "invalid VNI" map del vni 4x2 1.2.3.4

# Prefixes

for prefix in 10.0.0 10.0.0.256 10.0.0.0.0 010.0.0.0 10.0.0.0x 0x0a000000 ten \
	      1:2 1::2::3 :::/0 fe80::1%lo 12345::/16 "" / /8 " 10.0.0.1" \
	      2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000; do
	arg "$prefix" "invalid prefix" map add vni 1 "$prefix" via 1.2.3.4
done
for prefix in 10.0.0.0/33 10.0.0.0/ 10.0.0.0/x 10.0.0.0/-1 10.0.0.0/+8 \
	      10.0.0.0/8/8 "10.0.0.0/ 8" 10.0.0.0/8.0 10.0.0.0/255.0.0.0 \
	      ::/129 ::/x 10.0.0.0/4294967304; do
	arg "$prefix" "invalid prefix length" map add vni 1 "$prefix" via 1.2.3.4
done
host="bits beyond the prefix length, is"
arg 10.1.2.3/16 "$host 10.1.0.0/16 meant?" map add vni 1 10.1.2.3/16 via 1.2.3.4
arg 10.1.2.3/31 "$host 10.1.2.2/31 meant?" map replace vni 1 10.1.2.3/31 via 1.2.3.4
arg 0.0.0.1/0 "$host 0.0.0.0/0 meant?" map change vni 1 0.0.0.1/0 via 1.2.3.4
arg 10.129.0.0/9 "$host 10.128.0.0/9 meant?" map del vni 1 10.129.0.0/9
arg 2001:db8::1/32 "$host 2001:db8::/32 meant?" map add vni 1 2001:db8::1/32 via ::1
arg ::1/0 "$host ::/0 meant?" map add vni 1 ::1/0 via ::1
arg ::3/127 "$host ::2/127 meant?" map add vni 1 ::3/127 via ::1
arg default "say 0.0.0.0/0 or ::/0" map add vni 1 default via 1.2.3.4

# Endpoints and addresses

for addr in 10.0.0 10.0.0.300 0x0a000001 1 a.1 fe80::1%lo 1::2::3 any "" "a b"; do
	arg "$addr" "invalid address" map add vni 1 10.0.0.0/8 via "$addr"
done
arg a/b "an address is expected, not a prefix" map add vni 1 10.0.0.0/8 via a/b
arg 1.2.3.4/32 "an address is expected, not a prefix" map add vni 1 10.0.0.0/8 via 1.2.3.4/32
arg 1.2.3.4/32 "an address is expected, not a prefix" map get vni 1 1.2.3.4/32
arg 1.2.3 "invalid address" map get vni 1 1.2.3
arg 1.2.3 "invalid address" dev set vn0 local 1.2.3
arg ::1/128 "an address is expected, not a prefix" dev set vn0 local ::1/128

# Names of hosts are found, for endpoints only; what is said of one that is not is
# the resolver's.

for words in "map add vni 1 10.0.0.0/8 via a.invalid" \
	     "map add vni 1 10.0.0.0/8 via 1.2.3.4 via a.invalid"; do
	# shellcheck disable=SC2086 # words
	run $words
	ok=false
	[ "$code" -eq 1 ] && [ ! -s out ] && [ "$(wc -l < err)" -eq 1 ] &&
		grep -q '^Error: cannot find the address of "a.invalid": ' err && ok=true
	result "$ok" "vnencap $words"
done
file "vni 1 10.0.0.0/8 via 1.2.3.4\nvni 1 10.0.0.1 via a.invalid\n"
run map load lines
ok=false
[ "$code" -eq 1 ] && grep -q '^Error: lines:2: cannot find the address of "a.invalid": ' err && ok=true
result "$ok" "vnencap map load: a name that there is not"
input=
arg localhost "invalid prefix" map add vni 1 localhost via 1.2.3.4
arg localhost "invalid address" map get vni 1 localhost
arg localhost "invalid address" dev set vn0 local localhost

# Words of map

wrong 'argument "VNI" is required' map add
wrong 'argument "VNI" is required' map add 10.0.0.0/8 via 1.2.3.4
wrong 'argument "PREFIX" is required' map add vni 1 via 1.2.3.4
wrong 'argument "via" is required' map add vni 1 10.0.0.0/8
wrong 'argument "PREFIX" is required' map del vni 1
wrong 'argument "ADDR" is required' map get vni 1
wrong 'argument "VNI" is required' map get 1.2.3.4
arg 42 'is "vni 42" meant?' map add 42 10.0.0.0/8 via 1.2.3.4
arg 0x2a 'is "vni 0x2a" meant?' map show 0x2a
arg 42 'is "vni 42" meant?' map get 42 1.2.3.4
arg 42 'is "vni 42" meant?' map flush 42
arg 1.2.3.4 'is "via 1.2.3.4" meant?' map add vni 1 10.0.0.0/8 1.2.3.4
arg ::1 'is "via ::1" meant?' map add 10.0.0.0/8 ::1
wrong 'argument "vni" needs a value' map show vni
wrong 'argument "via" needs a value' map add vni 1 10.0.0.0/8 via
wrong 'duplicate "mssclamp": "nomssclamp" is the second value' dev set vn0 mssclamp nomssclamp
wrong 'duplicate "vni": "2" is the second value' map add vni 1 10.0.0.0/8 vni 2 via 1.2.3.4
arg -1 "invalid weight" map add vni 1 10.0.0.0/8 via 1.2.3.4 weight -1
arg 256 "invalid weight" map add vni 1 10.0.0.0/8 via 1.2.3.4 weight 256
wrong 'argument "weight" needs a value' map add vni 1 10.0.0.0/8 via 1.2.3.4 weight
arg 3 'a weight comes after "via ADDR"' map add vni 1 10.0.0.0/8 weight 3 via 1.2.3.4
for fec in 51 254 255 256 -1 on aut 1.5 "" 10%; do
	arg "$fec" 'a percentage from 0 to 50, "off" or "auto" is expected' \
		map add vni 1 10.0.0.0/8 via 1.2.3.4 fec "$fec"
done
wrong 'argument "fec" needs a value' map add vni 1 10.0.0.0/8 via 1.2.3.4 fec
wrong 'duplicate "fec": "off" is the second value' \
	map replace vni 1 10.0.0.0/8 via 1.2.3.4 fec 10 fec off
wrong 'argument "via" is required' map change vni 1 10.0.0.0/8 fec auto
arg 10 "a blackhole has no fec" map add vni 1 10.0.0.0/8 blackhole fec 10
arg blackhole "there is a fec" map add vni 1 10.0.0.0/8 fec 10 blackhole
arg fec "not expected here" map show fec 10
arg fec "not expected here" map get vni 1 10.0.0.1 fec 10
arg fec "not expected here" map flush vni 1 fec 10
file "vni 1 10.0.0.0/8 via 1.2.3.4 fec 10\nvni 1 10.0.0.1 via 1.2.3.4 fec 60\n"
wrong 'lines:2: argument "60" is wrong: a percentage from 0 to 50, "off" or "auto" is expected' \
	map load lines
input=
arg blackhole "there is an endpoint" map add vni 1 10.0.0.0/8 via 1.2.3.4 blackhole
arg 1.2.3.4 "a blackhole has no endpoint" map add vni 1 10.0.0.0/8 blackhole via 1.2.3.4
arg blackhole "not expected here" map show blackhole
# shellcheck disable=SC2046 # words
arg 10.0.0.17 "too many endpoints" map add vni 1 10.0.0.0/8 \
	$(printf 'via 10.0.0.%d ' {1..17})
arg 11.0.0.0/8 "via or blackhole is expected" map add vni 1 10.0.0.0/8 11.0.0.0/8 via 1.2.3.4
arg 1.2.3.5 "no more words are expected" map get vni 1 1.2.3.4 1.2.3.5
arg xyz "via, weight or fec is expected" map add vni 1 10.0.0.0/8 via 1.2.3.4 xyz
arg wieght "via, weight or fec is expected" map add vni 1 10.0.0.0/8 via 1.2.3.4 wieght 3
arg 1.2.3.5 "via, weight or fec is expected" map add vni 1 10.0.0.0/8 via 1.2.3.4 1.2.3.5
arg 1.2.3.4 "no more words are expected" map add vni 1 10.0.0.0/8 blackhole 1.2.3.4
arg vai "vni, via or blackhole is expected" map add 10.0.0.0/8 vai 1.2.3.4
arg v "ambiguous" map add v 1
arg via "not expected here" map show via 1.2.3.4
arg via "not expected here" map get vni 1 1.2.3.4 via 1.2.3.4
arg 1 "\"vni\" is expected" endpoint show 1
arg x "invalid VNI" endpoint show vni x
arg 1.2.3.4.5 "invalid address" endpoint show vni 1 1.2.3.4.5
arg y "no more words are expected" endpoint show vni 1 1.2.3.4 y
arg 10.0.0.0/8 "vni is expected" map show 10.0.0.0/8
wrong '"vni VNI" or "all" is required' map flush
arg vni "no more words are expected" map flush all vni 1
arg all "no more words are expected" map flush vni 1 all
arg al "vni or all is expected" map flush al

# Words of key; none of them is repeated that may be a key

key=00112233445566778899aabbCCDDEEFF
words="vni, id, file or a key of 32 hexadecimal digits is expected"
arg 4x2 "invalid VNI" key show vni 4x2
for id in 4294967296 -1 x "" 1.0; do
	arg "$id" "invalid id of a key" key use vni 1 id "$id"
done
wrong 'argument "VNI" is required' key set $key
wrong 'argument "VNI" is required' key use id 1
wrong 'argument "ID" is required' key add vni 1 $key
wrong 'argument "ID" is required' key use vni 1
wrong 'argument "ID" is required' key del vni 1
wrong 'argument "KEY" is required' key set vni 1
wrong 'argument "KEY" is required' key set vni 1 id 2
wrong 'argument "KEY" is required' key add vni 1 id 2
wrong 'argument "id" needs a value' key use vni 1 id
wrong 'argument "file" needs a value' key set vni 1 file
for word in "${key}0" "${key%?}" "${key%?}g" "${key%??}-1" "0x${key%??}" xyz ""; do
	wrong "$words" key set vni 1 "$word"
done
wrong "two keys are given" key set vni 1 $key $key
wrong "two keys are given" key set vni 1 $key file -
wrong 'duplicate "vni": "2" is the second value' key set vni 1 vni 2 $key
wrong 'duplicate "id": "2" is the second value' key use vni 1 id 1 id 2
wrong 'duplicate "id": "all" is the second value' key del vni 1 id 1 all
wrong 'duplicate "id": "1" is the second value' key del vni 1 all id 1
wrong "vni or id is expected" key use vni 1 id 1 $key
wrong "vni or id is expected" key use vni 1 all
wrong "vni, id or all is expected" key del vni 1 id 1 $key
wrong "vni is expected" key show id 1
wrong "vni is expected" key show $key
wrong "$words" key set vni 1 all
wrong 'cannot open file "nosuch": No such file or directory' key set vni 1 file nosuch
wrong 'cannot read file ".": Is a directory' key set vni 1 file .
for text in "" "\n" "$key$key\n" "$key$key$key\n" "${key%?}\n" "$key\n\n" \
	    "$key\n$key\n" " $key\n" "$key x\n" "$key\0\n" "\0$key\n"; do
	file "$text"
	chmod 600 lines
	wrong 'file "lines" is not a line of 32 hexadecimal digits' \
		key set vni 1 file lines
done
file "x\n"
chmod 644 lines
expect 1 'Warning: file "lines" can be read by everybody
Error: file "lines" is not a line of 32 hexadecimal digits' key set vni 1 file lines
input=lines
wrong 'file "-" is not a line of 32 hexadecimal digits' key set vni 1 file -
file "key set vni 1 x$key\n"
wrong "lines:1: $words" -b lines
input=

# Words of dev

keys="vni, local, port, ttl, tos, fwmark, fec, fec-max, fec-ecn, [no]spoofcheck, [no]notrack, [no]mssclamp or [no]fastpath"
wrong 'argument "DEV" is required' dev set
wrong 'say "ip link add link LOWER name DEV type vnencap vni VNI"' dev add vn0 link eth0 vni 42
wrong "no change: $keys is expected" dev set vn0
wrong "no change: $keys is expected" dev set dev vn0
for name in 0123456789abcdef a/b a:b "a b" . .. "" $'a\tb'; do
	arg "$name" "invalid device name" dev set "$name" vni 1
	arg "$name" "invalid device name" dev show "$name"
	arg "$name" "invalid device name" dev del "$name"
	arg "$name" "invalid device name" dev set link "$name" vni 1 ttl 5
done
arg vn1 "no more words are expected" dev show vn0 vn1
wrong 'argument "DEV" is required' dev del
arg vn1 "no more words are expected" dev del vn0 vn1
arg ttl "no more words are expected" dev del vn0 nsid 3 ttl 4
for id in 2147483648 -1 x "" 1.0; do
	arg "$id" "invalid id of a network namespace" dev set vn0 nsid "$id" ttl 5
done
wrong "no change: $keys is expected" dev set vn0 nsid 3
wrong "no change: $keys is expected" dev set vn0 netns /proc/self/ns/net
arg netns "$keys is expected" dev set vn0 ttl 5 netns blue
arg netns "$keys is expected" dev set vn0 netns
arg nsid "no more words are expected" dev show vn0 nsid
for name in no-such-netns 1x -1 99999999999; do
	wrong "cannot open network namespace \"$name\": No such file or directory" \
		dev show vn0 netns "$name"
done
wrong 'cannot open network namespace "./x": No such file or directory' dev del vn0 netns ./x
wrong 'argument "vni VNI" is required after "link lo"' dev show link lo
wrong 'argument "vni VNI" is required after "link lo"' dev set link lo ttl 5
wrong 'argument "vni" needs a value' dev show link lo vni
arg 4x2 "invalid VNI" dev show link lo vni 4x2
wrong 'cannot find device "nosuch": No such device' dev del link nosuch vni 42
arg netns "no more words are expected" dev show link lo vni 42 netns blue
wrong "no change: $keys is expected" dev set link lo vni 42
wrong 'duplicate "vni": "44" is the second value' dev set link lo vni 42 vni 43 vni 44
arg xyz "$keys is expected" dev set vn0 xyz 1
arg vn1 "$keys is expected" dev set vn0 vni 1 vn1
wrong 'argument "vni" needs a value' dev set vn0 v
wrong 'argument "port" needs a value' dev set vn0 vni 1 p
for port in 0 65536 -1 0x10000 80a "" http; do
	arg "$port" "invalid port" dev set vn0 port "$port"
done
for mark in 0x100000000 -1 none 1.5 "" 1/2; do
	arg "$mark" "invalid mark" dev set vn0 fwmark "$mark"
done
for fec in 51 256 -1 on none 1.5 "" 10%; do
	arg "$fec" 'a percentage from 0 to 50, "off" or "auto" is expected' dev set vn0 fec "$fec"
done
for ttl in 256 -1 inherits 1.5 "" aut; do
	arg "$ttl" "invalid TTL" dev set vn0 ttl "$ttl"
done
for tos in 256 1 0x1 -4 auto "" AF41; do
	arg "$tos" "invalid TOS" dev set vn0 tos "$tos"
done
wrong 'argument "ttl" needs a value' dev set vn0 ttl
wrong 'argument "fwmark" needs a value' dev set vn0 fwmark
wrong 'argument "fec" needs a value' dev set vn0 fec
for fec in 0 51 off auto -1 ""; do
	arg "$fec" 'a percentage from 1 to 50 is expected' dev set vn0 fec-max "$fec"
done
for fec in 0 1 o yes ""; do
	arg "$fec" '"on", "off" or "auto" is expected' dev set vn0 fec-ecn "$fec"
done
wrong 'argument "fec-max" needs a value' dev set vn0 fec-max
wrong 'argument "fec-ecn" needs a value' dev set vn0 fec-ecn
wrong 'duplicate "fec-ecn": "off" is the second value' dev set vn0 fec-ecn on fec-ecn off
wrong 'argument "tos" needs a value' dev set vn0 vni 1 to
arg t "$keys is expected" dev set vn0 t 1
arg no "$keys is expected" dev set vn0 no
arg on "$keys is expected" dev set vn0 spoofcheck on
wrong 'duplicate "ttl": "2" is the second value' dev set vn0 ttl 1 ttl 2
wrong 'duplicate "ttl": "inherit" is the second value' dev set vn0 ttl 1 ttl inherit
wrong 'duplicate "fwmark": "2" is the second value' dev set vn0 fwmark 1 fwmark 2
wrong 'duplicate "fec": "off" is the second value' dev set vn0 fec 10 fec off
wrong 'duplicate "tos": "8" is the second value' dev set vn0 tos inherit tos 8
wrong 'duplicate "spoofcheck": "nospoofcheck" is the second value' dev set vn0 spoofcheck nospoofcheck
wrong 'duplicate "notrack": "notrack" is the second value' dev set vn0 nonotrack notrack
wrong 'duplicate "mssclamp": "nomssclamp" is the second value' dev set vn0 mssclamp nomssclamp
wrong 'duplicate "fastpath": "fastpath" is the second value' dev set vn0 nofastpath fastpath
wrong 'duplicate "vni": "2" is the second value' dev set vn0 vni 1 vni 2
wrong 'duplicate "port": "2" is the second value' dev set vn0 port 1 port 2
wrong 'duplicate "local": "1.2.3.5" is the second value' dev set vn0 local 1.2.3.4 local 1.2.3.5
wrong 'duplicate "local": "::2" is the second value' dev set vn0 local ::1 local ::2
wrong 'duplicate "local": "any" is the second value' dev set vn0 local ::1 local any
wrong 'duplicate "local": "::1" is the second value' dev set vn0 local any local ::1

# Files of mappings

wrong 'argument "FILE" is required' map load
wrong 'cannot open file "nosuch": No such file or directory' map load nosuch
wrong '.:1: cannot read: Is a directory' map load .
arg b "no more words are expected" map load a b

expect 0 "" map load empty
expect 0 "" map load -
file '# nothing\n\n \t \n   # nothing either\r\n'
expect 0 "" map load lines
expect 0 "" map load -

good='vni 1 10.0.0.0/8 via 1.2.3.4\n'
file "$good# two\n\nvni 4x2 10.0.0.0/8 via 1.2.3.4\n$good"
wrong 'lines:4: argument "4x2" is wrong: invalid VNI' map load lines
wrong '-:4: argument "4x2" is wrong: invalid VNI' map load -
file "${good}add vni 1 10.0.0.0/8"
wrong 'lines:2: argument "via" is required' map load lines
file "d vni 1 10.0.0.0/8 vni 2"
wrong 'lines:1: duplicate "vni": "2" is the second value' map load lines
file "flush vni 1\n"
wrong 'lines:1: argument "flush" is wrong: invalid prefix' map load lines
file "${good}vni 1 10.0.0.0/8 via 1.2.3.4#5\n"
wrong 'lines:2: argument "1.2.3.4#5" is wrong: invalid address' map load lines
file "${good}vni 1 10.0.0.0/8 via 1.2.3.4\0#5\n"
wrong 'lines:2: the line contains a zero byte' map load lines
file "${good}vni 1 10.0.0.0/8 via 1.2.3.4 #5\nvni\n"
wrong 'lines:3: argument "vni" needs a value' map load lines
{ printf %b "$good"; printf 'a %.0s' {1..90}; } > lines
wrong 'lines:2: argument "a" is wrong: no more words are expected' map load lines
{ printf 'vni 1 '; printf '%0100000d' 1; } > lines
input=lines
run map load lines
ok=false
[ "$code" -eq 1 ] && [ ! -s out ] && [ "$(wc -l < err)" -eq 1 ] &&
	[ "$(wc -c < err)" -lt 100100 ] && ok=true
result "$ok" "vnencap map load: a line of 100,000 bytes"
file "x\n# y\nvni z\n"
expect 1 'Error: lines:1: argument "x" is wrong: invalid prefix
Error: lines:3: argument "z" is wrong: invalid VNI' -force map load lines

# Batch files

wrong 'cannot open file "nosuch": No such file or directory' -batch nosuch
wrong '.:1: cannot read: Is a directory' -batch .
expect 0 "" -batch empty
file "\n# a comment\n  map xyz # another\ndev xyz\n"
wrong 'lines:3: command "xyz" is unknown, try "vnencap map help"' -b lines
wrong '-:3: command "xyz" is unknown, try "vnencap map help"' -b -
expect 1 'Error: lines:3: command "xyz" is unknown, try "vnencap map help"
Error: lines:4: command "xyz" is unknown, try "vnencap dev help"' -force -batch lines
file "\n-s dev\n"
wrong 'lines:2: object "-s" is unknown, try "vnencap help"' -b lines
file "map load mappings\ndev xyz\n"
echo "vni x" > mappings
expect 1 'Error: mappings:1: argument "x" is wrong: invalid VNI
Error: lines:2: command "xyz" is unknown, try "vnencap dev help"' -f -b lines
file "map load empty\nmap load -\nvni x\n"
wrong '-:1: argument "x" is wrong: invalid VNI' -b -
input=

# Good words, refused for want of the module. Not where asking would load it.

unloaded="Error: the vnencap module is not loaded."
if [ -e /sys/module/vnencap ] || modinfo vnencap > /dev/null 2>&1; then
	skip "good words without the module" "the module is there"
else
	for vni in 0 42 16777215 0xffffff 0XFFffFF 007; do
		expect 2 "$unloaded" map add vni $vni 10.0.0.0/8 via 1.2.3.4
	done
	for prefix in 10.0.0.0/8 0.0.0.0/0 255.255.255.255 1.2.3.4/32 ::/0 \
		      2001:db8::/32 ::1 ::1/128 add::/16 ::ffff:1.2.3.4; do
		expect 2 "$unloaded" map replace vni 1 "$prefix" via ::1
	done
	expect 2 "$unloaded" map change 10.0.0.0/8 via ::1 vni 1
	expect 2 "$unloaded" ma c vn 1 10.0.0.0/8 vi ::1
	expect 2 "$unloaded" map del vni 1 10.0.0.0/8
	expect 2 "$unloaded" map del vni 1 10.0.0.0/8 via 1.2.3.4
	for fec in off 0 50 auto; do
		expect 2 "$unloaded" map add vni 1 10.0.0.0/8 via 1.2.3.4 fec $fec
		expect 2 "$unloaded" map del vni 1 10.0.0.0/8 fec $fec via 1.2.3.4
		expect 2 "$unloaded" map ch vni 1 10.0.0.0/8 via ::1 f $fec via ::2
	done
	expect 2 "$unloaded" map get vni 1 10.0.0.0
	expect 2 "$unloaded" map
	expect 2 "$unloaded" -j map
	expect 2 "$unloaded" -j -p -s -hu map show vni 1
	expect 2 "$unloaded" map flush all
	expect 2 "$unloaded" map flush vni 1
	expect 2 "$unloaded" key
	expect 2 "$unloaded" key show vni 1
	expect 2 "$unloaded" key set vni 1 $key
	expect 2 "$unloaded" key set $key vni 1 id 7
	expect 2 "$unloaded" key set vni 1 id 0
	expect 2 "$unloaded" key a v 1 i 2 $key
	expect 2 "$unloaded" key use vni 1 id 4294967295
	expect 2 "$unloaded" key del vni 1 id 0
	expect 2 "$unloaded" key del vni 1 all
	for text in "$key" "$key\n" "$key \t\r\n"; do
		file "$text"
		chmod 600 lines
		expect 2 "$unloaded" key set vni 1 file lines
		expect 2 "$unloaded" key set vni 1 f -
	done
	input=
	expect 2 "$unloaded" dev
	expect 2 "$unloaded" -s dev show vn0
	expect 2 "$unloaded" -stats -statistics --s -jso dev show vn0
	expect 2 "$unloaded" dev show dev
	expect 2 "$unloaded" dev show link
	expect 2 "$unloaded" dev show dev link
	expect 2 "$unloaded" dev show vn0 netns /proc/self/ns/net
	expect 2 "$unloaded" dev show vn0 netns $$
	expect 2 "$unloaded" dev show vn0 nsid 2147483647
	expect 2 "$unloaded" dev show link lo vni 0x2a
	expect 2 "$unloaded" dev del vn0
	expect 2 "$unloaded" dev delete dev vn0 nsid 0
	expect 2 "$unloaded" dev del link lo vni 42
	expect 2 "$unloaded" dev set vn0 nsid 3 vni 1
	expect 2 "$unloaded" dev set link lo vni 42 vni 43 ttl 5
	expect 2 "$unloaded" dev set vni vni 1
	expect 2 "$unloaded" dev set dev vn0 vni 1 local 1.2.3.4 local ::1 port 65535
	expect 2 "$unloaded" dev set vn0 local any
	expect 2 "$unloaded" dev set vn0 ttl auto tos inherit spoofcheck notrack
	expect 2 "$unloaded" dev set vn0 ttl 255 tos 0xfc nospoof nono mss
	expect 2 "$unloaded" dev set vn0 nomssclamp
	expect 2 "$unloaded" dev set vn0 nofastpath
	expect 2 "$unloaded" dev set vn0 ttl inherit fwmark 0xffffffff
	expect 2 "$unloaded" dev set vn0 fec off
	expect 2 "$unloaded" dev set vn0 fec 50
	expect 2 "$unloaded" dev set vn0 fec auto fec-max 50 fec-ecn off
	expect 2 "$unloaded" dev set vn0 fec-e on fec-m 1
	expect 2 "$unloaded" monitor
	expect 2 "$unloaded" monitor miss
	file "$good${good}add $good# x\nr vni 1 ::/0 via ::1 # y\r\n"
	expect 2 "$unloaded" map load lines
	expect 2 "$unloaded" map load -
	expect 2 "$unloaded" -force map load -
	file "map\n"
	expect 2 "Error: lines:1: the vnencap module is not loaded." -b lines
fi

echo "1..$n"
[ "$failed" -eq 0 ]
