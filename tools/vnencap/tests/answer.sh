#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tools/examples/answer-misses answers what it knows, and leaves nothing running
# when it is ended. TAP; a stand-in for vnencap misses something and then waits.
#
# Usage: answer.sh

example=$(realpath "$(dirname -- "$0")/../../examples/answer-misses")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/bin"
export dir PATH=$dir/bin:$PATH
cat >"$dir/bin/vnencap" <<'END'
#!/bin/bash
echo $$ >>"$dir/pids"
[[ $* == "monitor misses" ]] || exec tee "$dir/asked"
echo miss vni 42 192.168.4.3 count 1
echo miss vni 42 192.168.4.2 count 1
exec sleep 600
END
chmod +x "$dir/bin/vnencap"
echo vni 42 192.168.4.2/32 via 10.0.0.2 >"$dir/file"
n=0 failed=0

# until_true COMMAND...: one that becomes true within half a minute
until_true()
{
	local end=$((SECONDS + 30))
	until "$@"; do
		[[ $SECONDS -lt $end ]] || return
		sleep 0.1
	done
}

check()
{
	local ok=ok name=$1
	shift
	n=$((n + 1))
	until_true "$@" || ok="not ok" failed=$((failed + 1))
	echo "$ok $n - answer-misses: $name"
}

asked()
{
	[[ $(cat "$dir/asked" 2>/dev/null) == "map replace vni 42 192.168.4.2 via 10.0.0.2" ]]
}

none_left()
{
	local pid
	while read -r pid; do
		! grep -qs "^State:[[:space:]]*[^ZX]" "/proc/$pid/status" || return
	done <"$dir/pids"
}

for signal in TERM HUP; do
	rm -f "$dir/pids" "$dir/asked"
	"$example" "$dir/file" >/dev/null 2>&1 &
	pid=$!
	check "answers what is in the file" asked
	kill -"$signal" "$pid"
	wait "$pid" 2>/dev/null
	check "$signal ends all of it" none_left
	# a failure leaves nothing either
	xargs -r kill <"$dir/pids" 2>/dev/null
done
echo "1..$n"
[[ $failed -eq 0 ]]
