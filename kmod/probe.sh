#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: probe.sh SOURCE HEADER COMPILER [FLAG]...
#
# Make HEADER of what compiles of SOURCE, kmod/probe.c. Its pieces are named by lines
# '#line 1 "HAVE_..."'. An error elsewhere than in a piece is one of the kernel's
# headers or of the compiler: then nothing is known of what the kernel has.
src=$1 header=$2
shift 2

said=$(LC_ALL=C "$@" -Wno-error -Werror=incompatible-pointer-types \
	-Werror=int-conversion -Werror=implicit-function-declaration \
	-fsyntax-only "$src" 2>&1)
status=$?
errors=$(printf '%s\n' "$said" | grep -E '(fatal )?error:')
if printf '%s\n' "$errors" | grep -qv -e '^$' -e '^HAVE_' ||
   { [ $status -ne 0 ] && [ -z "$errors" ]; }; then
	printf '%s\n' "$said" >&2
	exit 1
fi

{
	echo "/* What kmod/probe.c found in this kernel */"
	sed -n 's/^#line 1 "\(HAVE_[A-Z0-9_]*\)"$/\1/p' "$src" | while read -r name; do
		if printf '%s\n' "$errors" | grep -q "^$name:"; then
			echo "/* no $name */"
		else
			echo "#define $name 1"
		fi
	done
} >"$header"
