# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # a part of selftests/vm/kernel
#
# Debian for other machines: their own kernel and programs, from their packages, which
# are unpacked and not configured, for nothing of them can run here.

# The kernel's flavour, by machine
declare -A foreign_flavour=([arm64]=arm64 [i386]=686-pae [s390x]=s390x)

# What brings the programs of selftests/vm/image, and what ours are built with
foreign_packages=(bash bsdutils busybox-static conntrack coreutils diffutils
	ethtool findutils grep iperf3 iproute2 iptables iputils-ping jq kmod libc-bin
	libc6-dev libgcc-s1 libmnl-dev mawk mount nftables procps sed socat tcpdump util-linux
	wireguard-tools)

# foreign_apt COMMAND...: an apt of that machine's packages, of the release that this
# machine is of, with keys that it trusts
foreign_apt()
{
	local command=$1
	"$command" -c "$apt/apt.conf" "${@:2}"
}

# Links lead to what is there, and not to this machine's files; and there are those of
# what comes in several makes, as a configured system has them.
foreign_names()
{
	local name target
	find "$1"/usr/{bin,sbin} -type l -lname '/*' -printf '%p %l\n' |
		while read -r name target; do
			ln -sfnr "$1$target" "$name"
		done
	[[ -e $1/usr/bin/awk ]] || ln -s mawk "$1/usr/bin/awk"
	for name in iptables ip6tables; do
		[[ -e $1/usr/sbin/$name ]] || ln -s xtables-nft-multi "$1/usr/sbin/$name"
	done
}

# foreign_newest FLAVOUR: the kernel whose image and headers there are
foreign_newest()
{
	foreign_apt apt-cache pkgnames linux-headers- |
		sed -n "s/^linux-headers-\(6\.1\.[0-9-]*-$1\)\$/\1/p" | sort -V | tail -n 1
}

# Its own scripts cannot run here; those of this machine's headers do the same.
foreign_headers()
{
	local file
	for file in "$1"/usr/src/linux-headers-*; do
		rm -f "$file/scripts" "$file/tools"
		ln -s /usr/lib/linux-kbuild-6.1/scripts /usr/lib/linux-kbuild-6.1/tools "$file/"
		sed -i "s,/usr/src/,$1/usr/src/,g" "$file/Makefile"
	done
}

# foreign_unpack ROOT: what has been fetched
foreign_unpack()
{
	local root=$1 name file
	mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$root/$name"
	done
	for file in "$apt/archives"/*.deb; do
		# in a Debian, /bin is a name of /usr/bin
		dpkg-deb --fsys-tarfile "$file" |
			tar -C "$root" --keep-directory-symlink -xf -
	done
	rm -f "$apt/archives"/*.deb
	foreign_names "$root"
}

# foreign_fill ROOT RELEASE FLAVOUR
foreign_fill()
{
	local root=$1 release=$2
	foreign_apt apt-get -q -y -o APT::Install-Recommends=false --download-only \
		install "${foreign_packages[@]}"
	# of these alone: the headers would bring a compiler
	(cd "$apt/archives" && foreign_apt apt-get -q download "linux-image-$release" \
		"linux-headers-$release" "linux-headers-${release%-"$3"}-common")
	foreign_unpack "$root"
	foreign_headers "$root"
	depmod -b "$root" "$release"
}

# prepare_foreign MACHINE
prepare_foreign()
{
	local machine=$1 flavour=${foreign_flavour[$1]} release root recipe=2
	apt=$cache/apt/$machine
	update_apt "$apt" "" "$machine"
	release=$(foreign_newest "$flavour")
	[[ -n $release ]] || unavailable "no kernel for $machine is within reach"
	dir=$cache/kernels/$machine-6.1-$(
		{ echo "$recipe $release"; printf '%s\n' "${foreign_packages[@]}"; } | digest)
	begin "$dir" || return 0
	root=$dir/root
	with_log "$cache/log/$machine-6.1" "fetching a Debian for $machine" \
		foreign_fill "$root" "$release" "$flavour"
	finish "$dir" "release=$release" "image=$root/boot/vmlinuz-$release" \
		"modroot=$root" "kdir=$root/usr/src/linux-headers-$release" "root=$root"
}
