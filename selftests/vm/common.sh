# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts of selftests/vm share. Sourced, never run.

# shellcheck disable=SC2034 # all of these are for those who source this

# The repository's top, whatever the caller's directory.
top=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")
vm=$top/selftests/vm
cache=${VNENCAP_CACHE:-$HOME/.cache/vnencap}
jobs=$(nproc)

# Two checkouts on one machine share kernels, but not what is built from their
# own sources.
checkout=$(sha256sum <<<"$top" | cut -c1-12)

# What a clean kernel never says. (Without memory for its records, where a test keeps
# that from it, ref_tracker says so, and nothing is wrong.)
dirt='BUG:|WARNING:|KASAN|UBSAN|kernel BUG at|Oops|general protection|Call Trace:'
dirt+='|suspicious RCU|possible deadlock|possible recursive locking'
dirt+='|circular locking|inconsistent lock state|possible irq lock inversion'
dirt+='|INFO: task .* blocked|self-detected stall|detected stalls|soft lockup'
dirt+='|unreferenced object|suspected memory leaks|refcount_t'
dirt+='|ref_tracker: .*( users|released)'
dirt+='|unregister_netdevice: waiting|ODEBUG|Kernel panic|scheduling while atomic'
dirt+='|sleeping function called|field-spanning write|Bad page state'
dirt+='|the guest hangs'

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$*"
	exit 125
}

# is_in WORD OTHER...: is it one of these?
is_in()
{
	local word=$1 other
	shift
	for other; do
		[[ $word != "$other" ]] || return 0
	done
	return 1
}

# lock NAME: held until unlock, or until this shell ends; so no child may
# inherit it that might outlive us.
lock()
{
	mkdir -p "$cache/locks"
	exec {lock_fd}>"$cache/locks/$1"
	if ! flock -n "$lock_fd"; then
		say "waiting for another $1"
		flock "$lock_fd"
	fi
}

unlock()
{
	if [[ -n ${lock_fd-} ]]; then
		exec {lock_fd}>&-
		lock_fd=
	fi
}

# with_log LOG WHAT COMMAND...: a long command, quiet unless it fails; says
# what goes on, now and then how far, and how long it took.
with_log()
{
	local log=$1 what=$2 start=$SECONDS next=$((SECONDS + 30)) pid rc=0
	shift 2
	local lock_fd=${lock_fd:-9}
	say "$what ..."
	mkdir -p "$(dirname -- "$log")"
	# A process group of its own: it and all that it started end together.
	set -m
	"$@" >"$log" 2>&1 {lock_fd}>&- &
	pid=$!
	set +m
	trap 'kill -- -"$pid" 2>/dev/null; wait "$pid"; exit 130' INT TERM
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2 {lock_fd}>&-
		if [[ $SECONDS -ge $next ]]; then
			next=$((SECONDS + 30))
			say "$what: $((SECONDS - start)) s, $(wc -l <"$log") lines of log"
		fi
	done
	wait "$pid" || rc=$?
	trap - INT TERM
	if [[ $rc -ne 0 ]]; then
		tail -n 30 "$log" >&2
		die "$what: failed; the whole log is $log"
	fi
	say "$what: done in $((SECONDS - start)) s"
}

# cross_words KERNEL: what make has to be told of a machine that is not this one
cross_words()
{
	case $1 in
	watched-*)	echo ARCH=um ;;
	arm64-*)	echo ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- ;;
	i386-*)		echo ARCH=i386 CROSS_COMPILE=i686-linux-gnu- ;;
	s390x-*)	echo ARCH=s390 CROSS_COMPILE=s390x-linux-gnu- ;;
	esac
}

# by_tools ROOT: sets before, what is put before a command for the programs of the Debian
# in that folder; nothing, if there is none. What is no Debian's own is where it is here.
# Nothing of it is mounted for others.
by_tools()
{
	before=()
	[[ -n $1 ]] || return 0
	# shellcheck disable=SC2016 # for the shell within
	before=(unshare --mount --map-root-user bash -ec '
		for dir in /*; do
			case ${dir#/} in
			bin|boot|etc|lib*|sbin|usr|var)	continue ;;
			esac
			[[ -d $dir ]] || continue
			mkdir -p "$1$dir"
			mount --rbind "$dir" "$1$dir"
		done
		exec chroot "$@"' - "$1")
}

# copy_sources DIR: what the kernel's build reads, without what was built in the
# tree.
# Contents decide what is copied, and only what is copied gets a new time: make
# then sees exactly what changed, whatever git did to the times in the tree.
copy_sources()
{
	mkdir -p "$1"
	rsync -rlpc --delete \
		--exclude='*.o' --exclude='*.ko' --exclude='*.a' \
		--exclude='*.mod' --exclude='*.mod.c' --exclude='.*' \
		--exclude='Module.symvers' --exclude='modules.order' --exclude=have.h \
		"$top/kmod" "$top/include" "$top/Kbuild" "$top/Kconfig" "$1/"
}

# check_config BUILD FRAGMENT: each line of the fragment must stand in .config: Kconfig drops what cannot
# be without a word, and a check that is silently off is worse than none. (What is
# to be off need not be named there: it may depend on another that is.)
check_config()
{
	local lost
	lost=$({
		grep -E '^CONFIG_' "$2" | grep -vxFf "$1/.config"
		sed -n 's/^# \(CONFIG_.*\) is not set$/\1=y/p' "$2" |
			grep -xFf "$1/.config"
	} || true)
	[[ -z $lost ]] || die "$2: the kernel's rules have these otherwise: $lost"
}

# Replace a line in a file that shares its inode with the pristine source:
# sed -i writes a new file, so the other name keeps the old one.
patch_file()
{
	sed -i "$2" "$1"
	grep -q "$3" "$1" || die "$1 is not as expected: no $3"
}

# hook_driver SOURCE: into the kernel's build; the folder is where a driver of the
# tree would be, and copy_into_kernel fills it.
hook_driver()
{
	mkdir -p "$1/drivers/net/vnencap"
	patch_file "$1/drivers/net/Kconfig" \
		'/^config WIREGUARD$/i source "drivers/net/vnencap/Kconfig"\n' \
		'vnencap/Kconfig'
	# shellcheck disable=SC2016 # make expands it, not the shell
	patch_file "$1/drivers/net/Makefile" \
		'$a obj-$(CONFIG_VNENCAP) += vnencap/' 'vnencap/'
}

# copy_into_kernel SOURCE: hooked before. Laid out as in the repository, so
# that the same relative paths hold; the uapi header is also where a driver of
# the kernel's tree would have it.
copy_into_kernel()
{
	copy_sources "$1/drivers/net/vnencap"
	rsync -rlpc "$top/include/uapi/linux/" "$1/include/uapi/linux/"
}
