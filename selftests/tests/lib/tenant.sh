# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# A tenant of host 1: number 4, a network namespace of a user namespace. Sourced by
# itself.

# tenant COMMAND...: as root of the tenant's user and network namespaces
tenant()
{
	nsenter --target "$tenant_pid" --user --net "$@"
}

# user COMMAND...: as a user of the tenant's, who has none of root's capabilities
user()
{
	tenant setpriv --bounding-set=-all --inh-caps=-all "$@"
}

# A process of nobody's holds the namespaces; it may do nothing outside them.
make_tenant()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		unshare --user --map-root-user --net sleep infinity &
	tenant_pid=$!
	poll 10 in_new_net || skip_all "there are no user namespaces"
	ns[4]=tenant-$(mktemp -u XXXXXX)
	ip netns attach "${ns[4]}" "$tenant_pid" || die "no namespace"
}

in_new_net()
{
	[[ $(readlink "/proc/$tenant_pid/ns/net") != \
	   $(readlink /proc/self/ns/net) ]] && tenant true
}

# hex_address ADDR: of IPv4, as it is found in packets
hex_address()
{
	local IFS=.
	# shellcheck disable=SC2086 # four of them
	printf '%02x%02x%02x%02x' $1
}
