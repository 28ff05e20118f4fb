# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A Debian 12 of its own, a folder that debootstrap fills, for those that try the
# packages in one. Sourced after common.sh, as root and with mounts of its own, see
# as_root_unshared.
#
# Packages come from where this machine's apt gets its own, and are kept in the cache.

# shellcheck disable=SC2154 # common.sh has them
suite=bookworm
n=0 failed=0
root=''
# For those who run there: NAME=VALUE...
root_env=()

# The script that calls, as root, and what it mounts is gone with it.
as_root_unshared()
{
	if [[ $EUID -ne 0 ]]; then
		exec sudo VNENCAP_CACHE="$cache" "$0"
	fi
	if [[ -z ${VNENCAP_UNSHARED-} ]]; then
		VNENCAP_UNSHARED=1 exec unshare --mount "$0"
	fi
}

# All that apt knows of that suite, its updates among it
sources()
{
	# shellcheck disable=SC2016 # apt-get's variables, not the shell's
	apt-get indextargets 'Created-By: Packages' --format \
		'$(RELEASE) deb $(REPO_URI) $(RELEASE) $(COMPONENT)' |
		sed -n "s/^${suite}[^ ]* //p" | sort -u
}

# in_root ROOT COMMAND...: as the only processes there, which end with it
in_root()
{
	# shellcheck disable=SC2016 # of the shell within
	unshare --mount --pid --fork --kill-child sh -c '
		mount -t proc proc "$1/proc" && exec chroot "$@"' sh "$1" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "${root_env[@]}" "${@:2}"
}

here()
{
	in_root "$root" "$@"
}

apt_in()
{
	in_root "$1" apt-get -qq -y -o Dpkg::Use-Pty=0 \
		-o APT::Install-Recommends=false "${@:2}"
}

# How to get there is the machine's affair.
copy_network()
{
	sources >"$1/etc/apt/sources.list"
	apt-config dump --format '%F "%v";%n' Acquire::http Acquire::https \
		>"$1/etc/apt/apt.conf.d/90machine"
	cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
}

# fill_base ROOT LATER PACKAGE...
fill_base()
{
	local uri
	uri=$(sources | sed -n "s/^deb \(.*\) $suite main$/\1/p" | head -n 1)
	[[ -n $uri ]] || die "apt has no source of $suite"
	debootstrap --variant=minbase "$suite" "$1" "$uri"
	copy_network "$1"
	apt_in "$1" update
	apt_in "$1" install "${@:3}"
	# shellcheck disable=SC2086 # these are words
	apt_in "$1" install --download-only $2
}

# prepare_root NAME LATER PACKAGE...: a Debian with these packages, and with the words of
# LATER for later. It is of one week, and of these packages: a newer kernel makes no other.
# It stays as it is: what the test writes goes to $work. Locked until the test ends.
prepare_root()
{
	local base=$cache/packages/$suite-$1 want="${*:2}"
	lock "packages-$1"
	if [[ $(cat "$base/made" 2>/dev/null) != "$want" ||
	      -z $(find "$base/made" -mtime -7) ]]; then
		rm -rf --one-file-system "$base"
		mkdir -p "$base"
		with_log "$cache/log/packages-$1" "filling a Debian 12 (5 minutes)" \
			fill_base "$base/root" "${@:2}"
		echo "$want" >"$base/made"
	fi
	root=$work/root
	mkdir "$root" "$work/upper" "$work/overlay"
	mount -t overlay none "$root" -o \
		"lowerdir=$base/root,upperdir=$work/upper,workdir=$work/overlay" ||
		die "this machine lets nobody mount an overlay"
}

# Each kernel that there are headers of
kernels()
{
	(cd "$root/lib/modules" && echo *)
}

# other_kernel KERNEL: the one that came later
other_kernel()
{
	kernels | tr ' ' '\n' | grep -vxF "$1" || true
}

# check NAME COMMAND...: one test; what it says is told only if it fails
check()
{
	local name=$1 ok=ok
	shift
	n=$((n + 1))
	"$@" >"$work/log" 2>&1 || ok="not ok"
	echo "$ok $n - $name"
	[[ $ok != ok ]] || return 0
	failed=$((failed + 1))
	tail -n 40 "$work/log" | sed 's/^/# /'
}

# install_packages FOLDER PACKAGE...: of those that packaging/deb made, in ROOT/FOLDER
install_packages()
{
	local name files=()
	for name in "${@:2}"; do
		files+=("$root/$1/${name}"_*.deb)
	done
	apt_in "$root" install "${files[@]#"$root"}"
}
