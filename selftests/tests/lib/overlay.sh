# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # one of the parts of lib.sh
#
# The overlay of the two hosts, and another one to compare with.

# overlay_up [4|6] [OPTION of ip link]...: vn0 at each host, addresses and
# mappings, over that family's substrate, else $VNENCAP_SUBSTRATE's (4). An
# overlay MTU is given here, as a user does: mtu 60000.
# shellcheck disable=SC2120 # often there are none
overlay_up()
{
	local i over=$VNENCAP_SUBSTRATE
	if [[ ${1-} == [46] ]]; then
		over=$1
		shift
	fi
	via=("${sub[@]}")
	[[ $over -eq 4 ]] || via=("${sub6[@]}")
	for i in 1 2; do
		on $i ip link add link "${dev[i]}" name vn0 "$@" type vnencap ||
			die "cannot make vn0"
		on $i ip -force -batch - <<-END 2>/dev/null
			addr add ${vn[i]}/24 dev vn0
			addr add ${vn6[i]}/64 dev vn0 nodad
			link set vn0 up
		END
		overlay_map $i || die "cannot add mappings"
	done
	poll 10 on 1 ping -c1 -W1 "${vn[2]}" || die "the overlay does not work"
}

# VXLAN beside it, to compare with: 192.168.5.1 and .2
vxlan_up()
{
	local i
	for i in 1 2; do
		on $i ip link add vx0 type vxlan id 5 dev "${dev[i]}" \
			dstport 4789 local "${sub[i]}" remote "${sub[3 - i]}"
		on $i ip addr add "192.168.5.$i/24" dev vx0
		on $i ip link set vx0 up
	done
	poll 10 on 1 ping -c1 -W1 192.168.5.2 || die "VXLAN does not work"
}

# All mappings of the two hosts, at host N
overlay_map()
{
	local i
	for i in 1 2; do
		printf 'replace vni 1 %s via %s\n' "${vn[i]}" "${via[i]}" \
			"${vn6[i]}" "${via[i]}"
	done | on "$1" vnencap map load -
}

# overlay_over 4|6: the same overlay over another family's substrate from now on
overlay_over()
{
	local i
	via=("${sub[@]}")
	[[ $1 -eq 4 ]] || via=("${sub6[@]}")
	for i in 1 2; do
		overlay_map $i || die "cannot change the mappings"
	done
}

# Does a packet of host 1 get to host 2 and back by the overlay?
reaches()
{
	on 1 ping -q -c1 -W1 "${vn[2]}"
}
