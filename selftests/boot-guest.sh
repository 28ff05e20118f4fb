#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: trial [configure]
#
# In the Debian that selftests/boot boots: be the machine's user, and say in TAP what
# comes of it. Another host, with eth1, is a namespace here. With "configure", only
# write what the user writes. What it has to be is in Documentation/installing.rst and
# cluster.rst.
set -u

state=/var/lib/trial
n=0

ok()
{
	local name=$1 ok=ok
	shift
	n=$((n + 1))
	"$@" >/tmp/log 2>&1 || ok="not ok"
	echo "$ok $n - $name"
	[[ $ok != ok ]] || return
	echo "# $*"
	tail -n 20 /tmp/log | sed 's/^/# /'
}

# soon COMMAND...: an emulated machine is slow
soon()
{
	local i
	for ((i = 0; i < 600; i++)); do
		! "$@" || return 0
		sleep 0.2
	done
	return 1
}

on_peer()
{
	ip netns exec peer "$@"
}

pings()
{
	ping -q -c 1 -W 2 "$1"
}

# --- what the user writes ----------------------------------------------------------

by_daemon()
{
	cat >/etc/vnencap/network <<-END
		network blue vni 42
		host one 10.0.0.1
		host two 10.0.0.2
		device one vn0 blue link eth0 address 192.168.4.1/24
		map blue 192.168.4.1 host one
		map blue 192.168.4.2 host two
	END
}

by_ifupdown()
{
	echo "link eth0 type vnencap vni 43" >/etc/vnencap/vn1.conf
	echo "vni 43 192.168.5.2/32 via 10.0.0.2" >/etc/vnencap/vn1.map
	cat >>/etc/network/interfaces <<-END
		auto vn1
		iface vn1 inet static
		    address 192.168.5.1/24
	END
}

by_networkd()
{
	echo "link eth0 type vnencap vni 44" >/etc/vnencap/vn2.conf
	echo "vni 44 192.168.6.2/32 via 10.0.0.2" >/etc/vnencap/vn2.map
	(umask 077; echo 00112233445566778899aabbccddeeff >/etc/vnencap/vn2.key)
	mkdir -p /etc/systemd/network
	printf '%s\n' "[Match]" "Name=vn2" "[Network]" "Address=192.168.6.1/24" \
		>/etc/systemd/network/vn2.network
	systemctl -q enable systemd-networkd
}

configure()
{
	by_daemon && by_ifupdown && by_networkd
}

# --- the other host ----------------------------------------------------------------

peer_up()
{
	local vni
	ip netns add peer && ip link set eth1 netns peer &&
		on_peer ip link set lo up && on_peer ip link set eth1 up &&
		on_peer ip addr add 10.0.0.2/24 dev eth1 || return
	for vni in 42 43 44; do
		on_peer ip link add link eth1 name "vn$vni" type vnencap vni "$vni" &&
			on_peer ip addr add "192.168.$((vni - 38)).2/24" dev "vn$vni" &&
			on_peer ip link set "vn$vni" up &&
			on_peer vnencap map add vni "$vni" \
				"192.168.$((vni - 38)).1/32" via 10.0.0.1 || return
	done
	echo 00112233445566778899aabbccddeeff >/tmp/key
	chmod 600 /tmp/key
	on_peer vnencap key set vni 44 file /tmp/key
}

# --- what is looked at -------------------------------------------------------------

# Nothing has failed, and nothing is about to be started again.
no_unit_failed()
{
	[[ -z $(systemctl --plain --no-legend --failed) ]] || {
		systemctl --failed
		journalctl -b --no-pager -u 'vnencap*' -n 15
		return 1
	}
}

daemon_is_up()
{
	systemctl is-active vnencapd &&
		! journalctl -b -u vnencapd | grep 'Scheduled restart'
}

pid()
{
	systemctl show -P MainPID vnencapd
}

is_another()
{
	[[ $(pid) != 0 && $(pid) != "$1" ]] && systemctl is-active vnencapd
}

mapped()
{
	vnencap map show vni 42 | grep -F "192.168.4.2/32 via 10.0.0.2"
}

key_used()
{
	vnencap key show | grep -E '\b44\b'
}

gone()
{
	! ip link show dev "$1" 2>/dev/null && [[ -z $(vnencap map show vni "$2") ]]
}

all_ping()
{
	ok "vnencapd's device carries pings" soon pings 192.168.4.2
	ok "so does that of ifupdown" soon pings 192.168.5.2
	ok "so does that of systemd-networkd" soon pings 192.168.6.2
	ok "which has a key" key_used
}

# --- a boot each -------------------------------------------------------------------

first_boot()
{
	ok "vnencapd runs, with nothing to do" soon daemon_is_up
	by_daemon
	ok "a file of networks is followed at once" soon pings 192.168.4.2
	by_ifupdown
	ok "ifup makes a device" ifup vn1
	ok "which carries pings" soon pings 192.168.5.2
	by_networkd
	ok "vnencap-load makes devices" bash -c \
		"systemctl enable vnencap-load && systemctl reload-or-restart vnencap-load"
	ok "systemd-networkd sets them up" systemctl start systemd-networkd
	ok "and they carry pings" soon pings 192.168.6.2
	ok "what ifup has made carries pings as before" soon pings 192.168.5.2
}

daemon_dies()
{
	local old
	old=$(pid)
	ok "vnencapd is killed" kill -KILL "$old"
	ok "its mappings stay" mapped
	ok "it is started again" soon is_another "$old"
	ok "and is stopped" systemctl stop vnencapd
	ok "its mappings stay then, too" mapped
	ok "packets do not mind" pings 192.168.4.2
	systemctl start vnencapd
}

device_goes()
{
	ok "ifdown takes a device and its mappings away" ifdown vn1
	ok "they are gone" gone vn1 43
	ok "ifup brings them back" ifup vn1
	ok "and packets arrive" soon pings 192.168.5.2
}

packages_go()
{
	ok "the daemon is removed while it runs" dpkg -r vnencapd
	ok "it runs no more" bash -c '! pgrep -x vnencapd'
	ok "what it has made stays" pings 192.168.4.2
	ok "the tools are removed" dpkg -r vnencap-tools
	ok "what they make at boot is gone with them" bash -c '! ip link show dev vn2'
	ok "the module is removed from the disk" dpkg -r vnencap-dkms
	ok "but not while it is used" pings 192.168.4.2
	ok "then it can be unloaded" rmmod vnencap
}

mkdir -p "$state"
if [[ ${1-} == configure ]]; then
	configure
	exit
fi
boot=$(($(cat "$state/boot" 2>/dev/null || echo 0) + 1))
echo "$boot" >"$state/boot"
exec </dev/null
ok "$(uname -r): another host has devices" peer_up
if [[ ! -e /etc/vnencap/network ]]; then
	first_boot
else
	all_ping
	daemon_dies
	device_goes
fi
ok "no unit has failed" no_unit_failed
[[ $boot -lt 2 ]] || packages_go
echo "the end"
sync
systemctl --no-block reboot
