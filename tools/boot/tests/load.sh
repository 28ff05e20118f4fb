#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In which order vnencap-load says what to ip and vnencap, which are stand-ins
# here that write down their words. TAP; needs neither root nor the module.

load=$(realpath "$(dirname -- "$0")/..")/vnencap-load
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/bin" "$dir/conf" "$dir/links"
export PATH=$dir/bin:$PATH VNENCAP_CONF_DIR=$dir/conf VNENCAP_WAIT=0
export links=$dir/links log=$dir/log refuse=

cat >"$dir/bin/ip" <<'END'
#!/bin/sh
case $* in
"link show dev "*)	[ -e "$links/$4" ]; exit ;;
"link add name "*)	: >"$links/$4" ;;
"link delete dev "*)	rm "$links/$4" ;;
esac
echo "ip $*" >>"$log"
END
cat >"$dir/bin/vnencap" <<'END'
#!/bin/sh
[ "$*" != "dev show vn7" ] || { echo "vn7 link eth0 vni 9 port 7471"; exit; }
echo "vnencap $*" | sed "s,$VNENCAP_CONF_DIR,CONF," >>"$log"
case $* in
"$refuse"*)	[ -z "$refuse" ] ;;
esac
END
chmod +x "$dir"/bin/*

n=0 failed=0

# case_is NAME STATUS WORDS...: runs vnencap-load; the log is then to be as on
# the standard input, and the last line of errors as in $error.
case_is()
{
	local name=$1 want=$2 status=0 ok=ok
	shift 2
	: >"$log"
	"$load" "$@" 2>"$dir/err" || status=$?
	n=$((n + 1))
	if ! diff - "$log" >"$dir/diff" || [[ $status -ne $want ]] ||
	   ! grep -qF -- "${error-}" <(cat "$dir/err"; echo); then
		ok="not ok"
		failed=$((failed + 1))
	fi
	echo "$ok $n - $name"
	[[ $ok == ok ]] || sed 's/^/# /' "$dir/diff" "$dir/err"
	error=
}

files()
{
	rm -f "$dir"/conf/* "$links"/*
	: >"$links/eth0"
	cat >"$dir/conf/vn0.conf" <<-'END'
		# the first one
		link eth0 mtu 9000	# large
		type vnencap vni 42
			local 10.0.0.1
	END
	(umask 077; echo 000102 >"$dir/conf/vn0.key")
	echo vni 42 192.168.4.2 via 10.0.0.2 >"$dir/conf/vn0.map"
}

case_is "without files nothing is done" 0 </dev/null
files
case_is "the device, its key, its mappings" 0 <<'END'
ip link add name vn0 link eth0 mtu 9000 type vnencap vni 42 local 10.0.0.1
vnencap key set vni 42 file CONF/vn0.key
vnencap map load CONF/vn0.map
END
echo source file >"$dir/conf/vnencapd.conf"
case_is "the settings of vnencapd are no device" 0 <<'END'
vnencap key set vni 42 file CONF/vn0.key
vnencap map load CONF/vn0.map
END
rm "$dir/conf/vnencapd.conf"
case_is "a device that is there stays" 0 vn0 <<'END'
vnencap key set vni 42 file CONF/vn0.key
vnencap map load CONF/vn0.map
END
case_is "all of it is taken away" 0 -u <<'END'
ip link delete dev vn0
vnencap map flush vni 42
vnencap key delete vni 42 all
END
case_is "what is not there is not taken away" 0 -u vn0 </dev/null

files
rm "$dir"/conf/vn0.{key,map}
case_is "neither key nor mappings" 0 <<'END'
ip link add name vn0 link eth0 mtu 9000 type vnencap vni 42 local 10.0.0.1
END
case_is "what has no file is not taken away" 0 -u <<'END'
ip link delete dev vn0
END

files
chmod 640 "$dir/conf/vn0.key"
error="others may read" case_is "a key that others can read: no mappings" 1 <<'END'
ip link add name vn0 link eth0 mtu 9000 type vnencap vni 42 local 10.0.0.1
END
files
refuse="key set"
case_is "a key that is refused: no mappings" 1 <<'END'
ip link add name vn0 link eth0 mtu 9000 type vnencap vni 42 local 10.0.0.1
vnencap key set vni 42 file CONF/vn0.key
END
refuse=

files
rm "$links/eth0"
echo link eth1 type vnencap >"$dir/conf/vn7.conf"
: >"$links/eth1"
echo vni 9 10.9.0.0/16 via 10.0.0.2 >"$dir/conf/vn7.map"
(umask 077; echo 000102 >"$dir/conf/vn7.key")
error="no device eth0" \
	case_is "without a lower device nothing, the next goes on" 1 <<'END'
ip link add name vn7 link eth1 type vnencap
vnencap key set vni 9 file CONF/vn7.key
vnencap map load CONF/vn7.map
END

files
echo type vnencap vni 42 >"$dir/conf/vn0.conf"
error='no word "link"' case_is "no lower device is named" 1 </dev/null
error="there is no" case_is "no such file" 1 vn9 </dev/null
error="Usage" case_is "no such option" 1 -x </dev/null

echo "1..$n"
[[ $failed -eq 0 ]]
