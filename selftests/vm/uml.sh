# SPDX-License-Identifier: GPL-2.0-only
#
# The machine that selftests/vm/run boots: User-Mode Linux, a process of this machine.
# Nothing is emulated, so what a kernel checks itself by costs a fourth to a tenth of
# what it costs in QEMU; but it has one CPU. Sets args, its command line.
# shellcheck shell=bash disable=SC2034,SC2054,SC2154 # a part of selftests/vm/run

# The kernel speaks by descriptor 1, the script by the serial lines. SLUB's own checks
# write what KASAN forbids: here memset() is KASAN's, whoever calls it.
uml_machine()
{
	local words
	read -ra words <<<"$(boot_words)"
	args=(uml_channels "$image" mem="$mem" initrd="$work/initramfs" root=/dev/ram0
		con=null con0=null,fd:1 ssl=null ssl0=null,fd:3 ssl1=null,fd:4
		panic_on_warn=1 slub_debug=- "${words[@]}" VNENCAP_UML_OUT="$out")
}

# A session of its own, by which each of its processes is found: see end_machine.
uml_channels()
{
	exec setsid "$@" 3>"$work/stdout" 4>"$work/stderr"
}
