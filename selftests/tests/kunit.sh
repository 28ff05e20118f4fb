#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage (in the guest of selftests/vm/run --kernel debug-6.12 --kunit): kunit.sh
#
# Load the build of the module that has the KUnit suites in it, which runs
# them, and report each test case. insmod itself succeeds even if tests fail:
# only the results in debugfs tell.
set -euo pipefail

echo "TAP version 13"
results=/sys/kernel/debug/kunit

if [[ ${VNENCAP_KUNIT-0} -ne 1 || ! -d $results ]]; then
	echo "1..0 # SKIP this kernel or this build of the module has no KUnit"
	exit 4
fi
if ! modprobe vnencap; then
	echo "not ok 1 the module loads"
	echo "1..1"
	exit 1
fi

status=0
find "$results" -name results | sort | xargs cat |
	awk -f "$(dirname -- "$0")/../vm/ktap.awk" || status=1

# Unloading ends the suites; a leak would show in the bench's own scan.
rmmod vnencap || status=1
exit "$status"
