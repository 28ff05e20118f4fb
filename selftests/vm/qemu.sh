# SPDX-License-Identifier: GPL-2.0-only
#
# The machine that selftests/vm/run boots: QEMU's. Sets args, its command line.
# shellcheck shell=bash disable=SC2034,SC2154 # a part of selftests/vm/run

# What the kernel's machine is called and what it has; where its console is
qemu_machine()
{
	local console=ttyS0 speaks=(-serial "file:$out/console.log")
	# rep movsb would be counted (and emulated) a byte at a time.
	args=(qemu-system-x86_64 -M pc -cpu "max,-erms,-fsrm")
	case $kernel in
	arm64-*)	args=(qemu-system-aarch64 -M virt -cpu "max,pauth-impdef=on")
			console=ttyAMA0 ;;
	s390x-*)	args=(qemu-system-s390x -M s390-ccw-virtio -cpu max)
			console=ttysclp0
			speaks=(-chardev "file,id=console,path=$out/console.log"
				-device "sclpconsole,chardev=console") ;;
	esac
	machine_args
	channel_args
	nic_args
	args+=("${extra_qemu[@]}")
	# plugins are of this machine's QEMU
	if is_in "$nic" virtio-net-tso virtio-net-tunnel; then
		by_tools "$(packed tools)"
		args=("${before[@]}" "${args[@]}")
	fi
	[[ $nic != virtio-* ]] || args=(in_tap_namespace "${args[@]}")
}

# Some hosts have a /dev/kvm on which a guest hangs or dies, so only a guest
# that got as far as its init proves it; asked once per boot of this host.
kvm_works()
{
	[[ -z ${VNENCAP_KVM-} ]] || return $((1 - VNENCAP_KVM))
	[[ -r /dev/kvm && -w /dev/kvm ]] || return 1
	local verdict
	verdict=$cache/kvm-$(</proc/sys/kernel/random/boot_id)
	if [[ ! -e $verdict ]]; then
		say "trying whether KVM works here (10 s at most)"
		rm -f "$cache"/kvm-*
		probe_kvm && echo yes >"$verdict" || echo no >"$verdict"
		say "KVM works: $(<"$verdict")"
	fi
	[[ $(<"$verdict") == yes ]]
}

probe_kvm()
{
	# The braces hide what the shell says of a QEMU that crashes.
	{ timeout -k 2 10 qemu-system-x86_64 -M pc -nodefaults -no-reboot \
		-display none -accel kvm -cpu max -m 1G -kernel "$image" \
		-initrd "$work/initramfs" -serial "file:$work/probe" \
		-append "console=ttyS0 panic=-1 vnencap.probe" \
		</dev/null; } >/dev/null 2>&1 || true
	grep -qs "probe boot succeeded" "$work/probe"
}

# One thread for all CPUs of a guest: with a thread for each, a CPU may run an
# int3 that another has taken out again, where the kernel patches its own code
# ("Oops: int3", in anything that has a static key). And on few cores it is
# faster.
machine_args()
{
	if [[ $icount -eq 1 ]]; then
		args+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off")
	elif [[ ${args[0]} == *-x86_64 ]] && kvm_works; then
		args+=(-accel kvm)
	else
		args+=(-accel "tcg,thread=single")
	fi
	args+=(-nodefaults -no-user-config -no-reboot -display none
		-smp "$smp" -m "$mem"
		-kernel "$image" -initrd "$work/initramfs"
		-append "$(command_line)")
}

# panic_on_warn: a warning ends the run where it happens; but a data race is one, too,
# and more may follow. tsc=reliable: the other clocks cost an exit from the guest per
# reading. no_timer_check: where QEMU gets little of this machine, the kernel would
# take its timer for broken, and panic. norandmaps: QEMU translates a program again
# for each address that it is loaded at; programs start three to five times faster
# where that is always the same.
command_line()
{
	local on_warn=1
	[[ $kernel != kcsan-* ]] || on_warn=0
	echo "console=$console panic_on_warn=$on_warn panic=-1 tsc=reliable" \
		"mitigations=off watchdog_thresh=60" \
		"rcupdate.rcu_cpu_stall_timeout=60 no_timer_check $(boot_words)"
}

channel_args()
{
	args+=("${speaks[@]}" -device virtio-serial)
	local name
	for name in stdout stderr; do
		args+=(-chardev "file,id=$name,path=$work/$name"
			-device "virtserialport,chardev=$name,name=vnencap.$name")
	done
	args+=(-virtfs "local,path=$out,mount_tag=out,security_model=none,multidevs=remap")
}

# What comes is single segments, as on a wire between hosts
single=virtio-net-pci,rx_queue_size=1024,guest_tso4=off,guest_tso6=off,guest_ecn=off
single+=,guest_ufo=off,guest_uso4=off,guest_uso6=off,guest_tunnel=off

# A hub is a wire without offloads: an emulated e1000 cuts by itself, but a
# virtio NIC hands its big packets to the host, so it needs TAPs that take them.
nic_args()
{
	local i device=$nic
	[[ $nic == e1000 || $nic == virtio-* ]] || return 0
	case $nic in
	virtio-net-tso)		device=$single,host_tunnel=off ;;
	virtio-net-tunnel)	device=$single,host_tunnel=on ;;
	esac
	for i in 0 1; do
		if [[ $nic == virtio-* ]]; then
			args+=(-netdev "tap,id=n$i,ifname=tap$i,script=no,downscript=no,vnet_hdr=on")
		else
			args+=(-netdev "hubport,id=n$i,hubid=0")
		fi
		args+=(-device "$device,netdev=n$i,mac=52:54:00:00:00:0$((i + 1))")
	done
}

# The TAPs and the bridge between them live in a namespace of their own: they
# need no rights on the host, disturb nothing there, and go when QEMU goes.
in_tap_namespace()
{
	# shellcheck disable=SC2016 # for the shell within
	local setup='
		ip link add br0 type bridge
		ip link set br0 up
		for tap in tap0 tap1; do
			ip tuntap add dev $tap mode tap vnet_hdr
			ip link set $tap txqueuelen 20000
			sysctl -qw net.ipv6.conf.$tap.disable_ipv6=1
			ip link set $tap master br0 up
		done
		exec "$@"'
	exec unshare --net --map-root-user bash -ec "$setup" - "$@"
}
