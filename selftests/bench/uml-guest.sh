#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of selftests/bench/uml, its first process: makes the machine
# usable, runs speed-guest.sh, and leaves "status" when that has ended.
export PATH=/tmp/bin:$VNENCAP_TOP/tools/vnencap:/usr/sbin:/usr/bin
export HOME=/root LC_ALL=C IP_LIB_DIR=$VNENCAP_TOP/tools/iproute2

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /tmp/out /tmp/bin
mount -t hostfs none /tmp/out -o "$VNENCAP_HOST"
ln -s /proc/self/fd /dev/fd
ip link set lo up

# everything is built in, vnencap as well
ln -s /bin/true /tmp/bin/modprobe
VNENCAP_MODULE=built-in VNENCAP_OUT=/tmp/out \
	bash "$VNENCAP_TOP/selftests/bench/speed-guest.sh"
echo $? >/tmp/out/status
busybox poweroff -f
