#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/fuzz/coverage, its first process: a host with a tap
# device below five vnencap devices, and guided, which plays the wire and the tenants.
export PATH=$VNENCAP_TOP/tools/vnencap:$VNENCAP_TOP/selftests/fuzz/guest:/usr/sbin:/usr/bin
export HOME=/root LC_ALL=C IP_LIB_DIR=$VNENCAP_TOP/tools/iproute2

secret()
{
	printf "$1%.0s" {1..16}
}

# The wire: a neighbour that is always there, and no packets of the host's own
lower_up()
{
	sysctl -qw net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.addr_gen_mode=1 \
		net.ipv6.conf.default.router_solicitations=0
	ip link set lo up
	ip tuntap add lower0 mode tap vnet_hdr
	ip addr add 10.0.0.1/24 dev lower0
	ip addr add fd00::1/64 dev lower0 nodad
	ip link set lower0 up carrier on
	ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 nud permanent dev lower0
	ip neigh add fd00::2 lladdr 02:00:00:00:00:02 nud permanent dev lower0
	# what GRO has is handed up packet by packet, in the writer's context
	sysctl -qw net.core.gro_normal_batch=1
	# frames are given up while an input waits
	sysctl -qw net.vnencap.frame_time_ms=3
}

# The prefixes of hosts 1 and 2 of VNI N both lead to host 2: a packet that this host
# sends is one that it may receive.
overlay_up()
{
	local n
	for n in 1 2 3 4; do
		ip link add link lower0 name "vn$n" type vnencap vni "$n"
	done
	# by the stack's own local input
	ip link add vn5 type vnencap vni 5 local 10.0.0.1
	for n in 1 2 3 4 5; do
		ip addr add "192.168.$n.1/24" dev "vn$n"
		ip addr add "fd0$n::1/64" dev "vn$n" nodad
		ip link set "vn$n" up
	done
	vnencap map load - <<-END
		vni 1 192.168.1.0/24 via 10.0.0.2
		vni 1 fd01::/64 via fd00::2
		vni 2 192.168.2.0/24 via fd00::2
		vni 2 fd02::/64 via 10.0.0.2
		vni 3 192.168.3.0/24 via 10.0.0.2 via 10.0.0.3
		vni 3 fd03::/64 via fd00::2 via fd00::3
		vni 3 224.0.0.0/4 via 10.0.0.2
		vni 4 0.0.0.0/0 via 10.0.0.2
		vni 4 192.168.4.128/25 blackhole
		vni 4 ::/0 via fd00::2
		vni 5 192.168.5.0/24 via 10.0.0.2
		vni 5 fd05::/64 via 10.0.0.2
	END
	secret 07 | vnencap key set vni 2 id 7 file -
	secret 08 | vnencap key add vni 2 id 8 file -
	vnencap dev set vn1 fec 20
	vnencap dev set vn3 nospoofcheck fec auto
	vnencap dev set vn4 nofastpath nomssclamp ttl inherit tos inherit
	ip link set vn4 mtu 60000
}

# Each round another way of GRO
prepare()
{
	lower_up
	overlay_up
	if [[ $VNENCAP_ROUND == odd ]]; then
		echo 200000 >/sys/class/net/vn1/gro_flush_timeout
		ethtool -K vn2 gro off
		sysctl -qw net.vnencap.miss_queue_len=4
	fi
}

# For netlink: devices that may be removed
spares()
{
	local n
	for n in {200..215}; do
		echo "link add link lower0 name vn$n type vnencap vni $n"
	done
}

reset()
{
	cat >/tmp/reset <<-END
		#!/bin/bash
		vnencap map flush all
		ip -force -batch /tmp/spares >/dev/null 2>&1
		true
	END
	chmod +x /tmp/reset
	spares >/tmp/spares
	/tmp/reset
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t debugfs debug /sys/kernel/debug
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
mkdir -p /tmp/out
mount -t hostfs none /tmp/out -o "$VNENCAP_HOST"
exec >/tmp/out/said 2>&1
prepare
dev=lower0
if [[ $VNENCAP_TARGET == netlink ]]; then
	dev=vn1
	reset
	vnencap monitor >/dev/null &
fi
guided "$VNENCAP_TARGET" /tmp/out "$VNENCAP_SECONDS" "$VNENCAP_SEED" "$dev" "$VNENCAP_WAY"
echo $? >/tmp/out/status
vnencap -s dev >/tmp/out/counters
busybox poweroff -f
