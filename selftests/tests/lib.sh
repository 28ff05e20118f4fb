# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests share: TAP, waiting, hosts and wires between them, counters,
# traffic. Sourced by a test that runs in the guest of selftests/vm/run (or on
# any machine that may lose its eth0 and eth1), as root:
#
#	. "$(dirname -- "$0")/lib.sh"
#	hosts_on_nics
#	overlay_up
#	check "a ping" on 1 ping -c1 "${vn[2]}"
#
# Everything between hosts goes by their number, 1 or 2. Namespaces have random
# names and go when the test ends, whatever the reason. The parts are in lib/.

set -u
selftests=$(cd "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:$selftests/programs

# Where nobody said (a test run by hand), a stock kernel is assumed.
: "${VNENCAP_DEBUG:=0}" "${VNENCAP_NICS=eth0 eth1}" "${VNENCAP_SUBSTRATE:=4}"
: "${VNENCAP_SLOW:=1}"

# shellcheck disable=SC2034 # these are for those who source this
port=7471			# the module's default
ns=() dev=()			# of host N: namespace, lower device
sub=('' 10.0.0.1 10.0.0.2)	# substrate addresses
sub6=('' fd00:10::1 fd00:10::2)
via=("${sub[@]}")		# those that mappings name: see overlay_map
# shellcheck disable=SC2034
vn=('' 192.168.4.1 192.168.4.2)	# overlay addresses
# shellcheck disable=SC2034
vn6=('' fd04::1 fd04::2)
has_ipv6=			# empty where the kernel has none, or not enabled
[[ ! -e /proc/net/if_inet6 ]] || has_ipv6=1
work=$(mktemp -d)

# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$selftests/tests/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/wait.sh
. "$selftests/tests/lib/wait.sh"
# shellcheck source-path=SCRIPTDIR source=lib/host.sh
. "$selftests/tests/lib/host.sh"
# shellcheck source-path=SCRIPTDIR source=lib/wire.sh
. "$selftests/tests/lib/wire.sh"
# shellcheck source-path=SCRIPTDIR source=lib/overlay.sh
. "$selftests/tests/lib/overlay.sh"
# shellcheck source-path=SCRIPTDIR source=lib/counter.sh
. "$selftests/tests/lib/counter.sh"
# shellcheck source-path=SCRIPTDIR source=lib/traffic.sh
. "$selftests/tests/lib/traffic.sh"
