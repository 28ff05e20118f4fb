# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # a part of selftests/vm/kernel
#
# The newest kernel that Debian has backported, and of the Debian that it was backported
# to what it takes to build for it and to run it: a compiler, programs for the guest, an
# iproute2 that knows what the kernel can do, and a QEMU that has newer NICs. Packages are
# unpacked and not configured.

# What builds and emulates; the guest's programs are foreign_packages
newest_packages=(binutils dash libc6-dev make perl-base qemu-system-x86 xz-utils)

# newest_fill ROOT RELEASE
newest_fill()
{
	local root=$1 release=$2
	foreign_apt apt-get -q -y -t "$backports" -o APT::Install-Recommends=false \
		--download-only install "${foreign_packages[@]}" \
		"${newest_packages[@]}" "linux-headers-$release"
	# of these alone: the image would bring what makes an initramfs
	(cd "$apt/archives" && foreign_apt apt-get -q download \
		"linux-binary-$release" "linux-modules-$release")
	foreign_unpack "$root"
	depmod -b "$root" "$release"
}

prepare_stock_newest()
{
	local release root recipe=1
	apt=$cache/apt/newest
	update_apt "$apt" "${backports%-backports} $backports" ""
	release=$(foreign_apt apt-cache pkgnames linux-headers- |
		sed -n 's/^linux-headers-\([0-9.]*+deb[0-9]*-amd64\)$/\1/p' |
		sort -V | tail -n 1)
	[[ -n $release ]] || unavailable "no kernel of $backports is within reach"
	dir=$cache/kernels/stock-newest-$release-$(
		{ echo "$recipe"; printf '%s\n' "${foreign_packages[@]}" \
			"${newest_packages[@]}"; } | digest)
	begin "$dir" || return 0
	root=$dir/root
	with_log "$cache/log/stock-newest" "fetching a Debian with kernel $release" \
		newest_fill "$root" "$release"
	finish "$dir" "release=$release" \
		"image=$root/usr/lib/modules/$release/vmlinuz" \
		"modroot=$root" "kdir=/usr/src/linux-headers-$release" \
		"root=$root" "tools=$root"
}
