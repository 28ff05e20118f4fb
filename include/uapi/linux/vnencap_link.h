/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * A vnencap device as rtnetlink shows and changes it: what is in IFLA_INFO_DATA
 * of a link of kind "vnencap".
 */
#ifndef _UAPI_LINUX_VNENCAP_LINK_H
#define _UAPI_LINUX_VNENCAP_LINK_H

/**
 * enum - settings of a vnencap device
 * @IFLA_VNENCAP_UNSPEC: none; attributes are numbered from 1
 * @IFLA_VNENCAP_VNI: u32, virtual network identifier, to VNENCAP_VNI_MAX; a
 *	new device has the first one that is free on its lower device, or among
 *	those without a lower device
 * @IFLA_VNENCAP_LOCAL4: be32, IPv4 substrate address to send from and to
 *	receive at; 0 for the one that the route to the peer gives
 * @IFLA_VNENCAP_LOCAL6: 16 bytes, IPv6 substrate address, in the same way
 * @IFLA_VNENCAP_PORT: u16 in host byte order, TCP port of the segments
 * @IFLA_VNENCAP_TTL: u8, outer TTL and hop limit; 0 for the route's
 * @IFLA_VNENCAP_TOS: u8, outer DSCP in the upper six bits; or
 *	VNENCAP_TOS_INHERIT for the inner packet's
 * @IFLA_VNENCAP_SPOOFCHECK: u8, 1 to drop what has an inner source that is not
 *	mapped to the outer, else 0
 * @IFLA_VNENCAP_NOTRACK: u8, 1 to keep the segments out of the substrate's
 *	connection tracking, else 0
 * @IFLA_VNENCAP_MSSCLAMP: u8, 1 to lower the MSS of the overlay's TCP
 *	connections to what fits in one segment, else 0
 * @IFLA_VNENCAP_FWMARK: u32, mark of the segments that are sent; 0 for none
 * @IFLA_VNENCAP_TTL_INHERIT: u8, 1 for the inner packet's TTL or hop limit as
 *	the outer, else 0; to set IFLA_VNENCAP_TTL sets it to 0
 * @IFLA_VNENCAP_FASTPATH: u8, 1 to receive by the lower device's rx_handler, if
 *	that is to be had, else 0
 * @IFLA_VNENCAP_INPUT: u8, enum vnencap_input, the way that it receives by now; it
 *	is only shown
 * @IFLA_VNENCAP_FEC: u8, parity segments that a frame is followed by, in percent
 *	of its own, to VNENCAP_FEC_MAX; 0 for none; VNENCAP_FEC_AUTO for as many as
 *	the loss asks for that endpoints tell of
 * @IFLA_VNENCAP_FEC_MAX: u8, the most that VNENCAP_FEC_AUTO may come to, in percent
 * @IFLA_VNENCAP_FEC_ECN: u8, enum vnencap_fec_ecn, whether what parity brought back
 *	carries the mark of congestion
 * @__IFLA_VNENCAP_MAX: one above the last, in this version of the header
 * @IFLA_VNENCAP_MAX: the last, in this version of the header
 *
 * They are absent where the device is in another namespace than its substrate.
 * A device without a lower device (IFLA_LINK) needs IFLA_VNENCAP_LOCAL4 or
 * IFLA_VNENCAP_LOCAL6.
 */
enum {
	IFLA_VNENCAP_UNSPEC,
	IFLA_VNENCAP_VNI,
	IFLA_VNENCAP_LOCAL4,
	IFLA_VNENCAP_LOCAL6,
	IFLA_VNENCAP_PORT,
	IFLA_VNENCAP_TTL,
	IFLA_VNENCAP_TOS,
	IFLA_VNENCAP_SPOOFCHECK,
	IFLA_VNENCAP_NOTRACK,
	IFLA_VNENCAP_MSSCLAMP,
	IFLA_VNENCAP_FWMARK,
	IFLA_VNENCAP_TTL_INHERIT,
	IFLA_VNENCAP_FASTPATH,
	IFLA_VNENCAP_INPUT,
	IFLA_VNENCAP_FEC,
	IFLA_VNENCAP_FEC_MAX,
	IFLA_VNENCAP_FEC_ECN,

	__IFLA_VNENCAP_MAX,
	IFLA_VNENCAP_MAX = (__IFLA_VNENCAP_MAX - 1)
};

#endif /* _UAPI_LINUX_VNENCAP_LINK_H */
