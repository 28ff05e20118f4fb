#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print vectors.h: test vectors of the wire format.

Written from Documentation/wire-format.rst alone and sharing nothing with the
module, so that where both agree neither has misread it. Usage:

    kmod/tests/wire/vectors.py > kmod/tests/wire/vectors.h
"""

import struct
from ipaddress import ip_address

LENS = [28, 32, 40, 48, 52, 56, 64, 68, 72, 76, 80, 92, 100, 108, 144, 176]
ATOMIC, STREAM, TRAIN = 0, 1, 2
MASK = (1 << 64) - 1


def siphash(key, data):
    """SipHash-2-4 of data, as a number."""
    k0, k1 = struct.unpack("<QQ", key)
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D,
         k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def rotate(x, b):
        return (x << b | x >> (64 - b)) & MASK

    def rounds(n):
        for _ in range(n):
            v[0] = (v[0] + v[1]) & MASK
            v[1] = rotate(v[1], 13) ^ v[0]
            v[0] = rotate(v[0], 32)
            v[2] = (v[2] + v[3]) & MASK
            v[3] = rotate(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & MASK
            v[3] = rotate(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & MASK
            v[1] = rotate(v[1], 17) ^ v[2]
            v[2] = rotate(v[2], 32)

    length = len(data)
    data += bytes(7 - length % 8) + bytes([length & 0xFF])
    for (m,) in struct.iter_unpack("<Q", data):
        v[3] ^= m
        rounds(2)
        v[0] ^= m
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def plain_sum(data):
    """The sum of data where there is no key."""
    total = 0
    for i in range(0, len(data), 8):
        total ^= int.from_bytes(data[i:i + 8], "little")
        total = total * 0x61C8864680B583EB & MASK
        total = (total << 32 | total >> 32) & MASK
    return total


# The vector of SipHash's authors
assert siphash(bytes(range(16)), bytes(range(15))) == 0xA129CA6149BE45E5


def short(segsz):
    """The most slots of a frame that has a shard in each."""
    return 8 if segsz <= 2048 else 3


def plan(payload, meta, gso, segsz):
    """Slots, segment size and shard length."""
    size = next(x for x in LENS if x >= meta)
    if (gso and payload <= short(gso + size) * gso and
            (gso + size) % 4 == 0 and
            max(256, segsz // 2 + 1) <= gso + size <= segsz):
        segsz = gso + size
    least = size + bool(payload)

    def slots(n):
        return sum(1 for at in range(0, payload + n * size, segsz)
                   if at + least <= payload + n * size)

    few = short(segsz)
    if slots(3) > few:
        return min(slots(3), 63), segsz, size
    return max(n for n in range(1, few + 1) if slots(n) >= n), segsz, size


class Vector:
    """An inner packet, by its headers, and what becomes of it."""

    def __init__(self, name, headers, payload, gso=0, cls=ATOMIC,
                 partial=True, l4_off=None, l4=0, segsz=1452, vni=42,
                 ident=0x01020304, source=0xC123, port=7471, key=bytes(16),
                 accecn=False):
        self.name, self.headers, self.payload = name, headers, payload
        self.gso, self.segsz, self.vni, self.ident = gso, segsz, vni, ident
        self.cls = cls
        self.partial, self.l4, self.accecn = partial, l4, accecn
        self.l4_off = l4_off if l4_off is not None else len(headers)
        self.source, self.port, self.key = source, port, key
        self.ipv6 = headers[0] >> 4 == 6

        meta = bytes(6) + self.meta()
        slots, segsz, size = plan(payload, len(meta), gso, segsz)
        self.n = slots if slots <= short(segsz) else 3
        window = struct.pack("!H", segsz // 4 << 4 | LENS.index(size))
        word = struct.pack("!I", self.cls << 30 | slots << 24 | vni)
        self.segment = (
            struct.pack("!HHII", source, port, 0, ident) +
            bytes([7 << 4, 0x18]) + window + bytes(4) +
            bytes([253, 8]) + struct.pack("!H", 0x5651) + word)
        block = meta + bytes(size - len(meta))
        guarded = struct.pack("!I", ident) + word + window + block[6:]
        tag = siphash(key, guarded) if any(key) else plain_sum(guarded)
        self.block = struct.pack("!Q", tag)[:6] + block[6:]

    def meta(self):
        """The block from its seventh byte on, without padding."""
        h, l4 = self.headers, self.headers[self.l4_off:]
        fixed = 40 if self.ipv6 else 20
        options = h[fixed:self.l4_off]
        timestamps = False
        urgent = False
        if self.l4 == 1:
            timestamps = len(l4) == 32 and l4[20:24] == bytes([1, 1, 8, 10])
            urgent = l4[18:20] != bytes(2)
        flags = (self.ipv6 * 0x01 | self.l4 << 1 | bool(options) * 0x10 |
                 timestamps * 0x20 | self.partial * 0x40 | urgent * 0x80)
        if not self.ipv6 and self.l4 and h[6] & 0x40:
            flags |= 0x08
        tos = (h[0] << 4 | h[1] >> 4) & 0xFF if self.ipv6 else h[1]
        ttl = h[7] if self.ipv6 else h[8]
        length = self.payload | self.accecn << 23
        out = bytes([flags, tos]) + struct.pack("!I", length)[1:]
        out += bytes([ttl])
        if self.cls != ATOMIC:
            out += struct.pack("!H", self.gso)
        if self.ipv6:
            out += bytes([h[1] & 0x0F]) + h[2:4] + h[8:40]
            if not self.l4 or options:
                out += h[6:7]
        else:
            out += h[4:6] + h[12:20]
            if not self.l4:
                out += h[9:10] + h[6:8]
        if options:
            out += bytes([len(options)]) + options
        if self.l4 == 1:
            out += l4[:16] + (l4[18:20] if urgent else b"")
            out += l4[24:32] if timestamps else l4[20:]
            out += b"" if self.partial else l4[16:18]
        elif self.l4 == 2:
            out += l4[:4] + (b"" if self.partial else l4[6:8])
        return out


# ---- Headers ----

def add_up(data):
    """The Internet checksum's sum, folded."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def ipv4(proto, length, tos=0, ident=0x1234, frag=0x4000, ttl=64, options=b"",
         src="192.168.4.1", dst="192.168.4.2"):
    def pack(check):
        ihl = 5 + len(options) // 4
        return struct.pack("!BBHHHBBH4s4s", 4 << 4 | ihl, tos,
                           (ihl * 4 + length) & 0xFFFF, ident, frag, ttl, proto,
                           check, ip_address(src).packed,
                           ip_address(dst).packed) + options
    return pack(0xFFFF - add_up(pack(0)))


def ipv6(proto, length, tclass=0, label=0, ttl=64, extension=b"",
         src="2001:db8::1", dst="2001:db8::2"):
    return struct.pack("!IHBB16s16s", 6 << 28 | tclass << 20 | label,
                       (len(extension) + length) & 0xFFFF, proto, ttl,
                       ip_address(src).packed,
                       ip_address(dst).packed) + extension


def tcp(options=b"", flags=0x10, seq=0x11223344, ack=0x55667788, window=501,
        check=0, urgent=0, sport=40000, dport=5201):
    return struct.pack("!HHIIHHHH", sport, dport, seq, ack,
                       (5 + len(options) // 4) << 12 | flags, window, check,
                       urgent) + options


def udp(length, check=0, sport=40000, dport=53):
    return struct.pack("!HHHH", sport, dport, 8 + length, check)


TIMESTAMPS = bytes([1, 1, 8, 10]) + bytes.fromhex("000f4240000f4000")
SACK = bytes([1, 1, 5, 26]) + bytes(range(24))
SYN = (bytes([2, 4, 5, 180, 4, 2, 8, 10]) + bytes.fromhex("000f424000000000") +
       bytes([1, 3, 3, 7]))
HOP_BY_HOP = bytes([6, 0, 5, 2, 0, 0, 1, 0])
KEY = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
OTHER_KEY = bytes.fromhex("ffeeddccbbaa99887766554433221100")

VECTORS = [
    Vector("bulk TCP over IPv4 with timestamps, 45 segments",
           ipv4(6, 32 + 64000) + tcp(TIMESTAMPS, 0x18), 64000, gso=1448,
           cls=STREAM, l4=1, l4_off=20),
    Vector("bulk TCP over IPv6 with timestamps, 45 segments",
           ipv6(6, 32 + 64000, tclass=2, label=0xABCDE) +
           tcp(TIMESTAMPS, 0x10), 64000, gso=1428, cls=STREAM, l4=1,
           l4_off=40),
    Vector("TCP of two segments",
           ipv4(6, 32 + 2500, tos=0xB8) + tcp(TIMESTAMPS, 0x18), 2500, gso=1448,
           cls=STREAM, l4=1, l4_off=20),
    Vector("TCP of four segments, each of them in one",
           ipv4(6, 32 + 5000) + tcp(TIMESTAMPS, 0x18), 5000, gso=1400,
           cls=STREAM, l4=1, l4_off=20),
    Vector("TCP with Accurate ECN, of two segments",
           ipv4(6, 32 + 2500, tos=0x01) + tcp(TIMESTAMPS, 0x190), 2500,
           gso=1448, cls=STREAM, l4=1, l4_off=20, accecn=True),
    Vector("ACK with SACK",
           ipv4(6, 60) + tcp(TIMESTAMPS + SACK), 0, cls=STREAM, l4=1,
           l4_off=20),
    Vector("SYN",
           ipv4(6, 40) + tcp(SYN, 0x02, ack=0, window=64240), 0, l4=1,
           l4_off=20),
    Vector("UDP of 18 bytes",
           ipv4(17, 26) + udp(18), 18, l4=2, l4_off=20),
    Vector("UDP of 18 bytes over IPv6, summed",
           ipv6(17, 26) + udp(18, 0xBEEF), 18, partial=False, l4=2, l4_off=40),
    Vector("UDP of 3000 bytes, 3 segments",
           ipv4(17, 3008, frag=0) + udp(3000, 0xBEEF), 3000, partial=False,
           l4=2, l4_off=20),
    Vector("train of UDP datagrams, 45 segments",
           ipv4(17, 8 + 64000) + udp(64000), 64000, gso=1400, cls=TRAIN, l4=2,
           l4_off=20),
    Vector("train of UDP datagrams over IPv6, 2 segments",
           ipv6(17, 8 + 2000) + udp(2000), 2000, gso=1200, cls=TRAIN, l4=2,
           l4_off=40),
    Vector("ICMP of 84 bytes",
           ipv4(1, 64), 64, partial=False),
    Vector("last IPv4 fragment",
           ipv4(17, 520, frag=185), 520, partial=False),
    Vector("TCP with urgent data and IPv4 options, summed",
           ipv4(6, 23, options=bytes([148, 4, 0, 0])) +
           tcp(flags=0x38, urgent=3, check=0xBEEF), 3, partial=False, l4=1,
           l4_off=24),
    Vector("TCP over IPv6 with an extension header",
           ipv6(0, 120, extension=HOP_BY_HOP) + tcp(), 100, cls=STREAM, l4=1,
           l4_off=48),
    Vector("with a key, in another VNI, on jumbo frames",
           ipv4(6, 32 + 60000) + tcp(TIMESTAMPS, 0x18), 60000, gso=8948,
           cls=STREAM, l4=1, l4_off=20, key=KEY, vni=0xABCDEF, segsz=8952,
           ident=0xFFFFFFFF),
    Vector("with another key, UDP over IPv6",
           ipv6(17, 508) + udp(500), 500, l4=2, l4_off=40, key=OTHER_KEY,
           vni=0),
]


# ---- Printing ----

def print_array(name, data):
    print(f"\t\t.{name} = {{")
    for at in range(0, len(data), 12):
        row = ", ".join(f"0x{b:02x}" for b in data[at:at + 12])
        print(f"\t\t\t{row},")
    print("\t\t},")


def print_vector(v):
    k0, k1 = struct.unpack("<QQ", v.key)
    print("\t{")
    print(f'\t\t.name = "{v.name}",')
    print(f"\t\t.ipv6 = {str(v.ipv6).lower()},")
    print(f"\t\t.l4 = {v.l4},")
    print(f"\t\t.l4_off = {v.l4_off},")
    print(f"\t\t.partial = {str(v.partial).lower()},")
    print(f"\t\t.accecn = {str(v.accecn).lower()},")
    print(f"\t\t.class = {v.cls},")
    print(f"\t\t.payload = {v.payload},")
    print(f"\t\t.gso_size = {v.gso},")
    print(f"\t\t.segsz = {v.segsz},")
    print(f"\t\t.vni = 0x{v.vni:x},")
    print(f"\t\t.id = 0x{v.ident:08x},")
    print(f"\t\t.source = {v.source},")
    print(f"\t\t.port = {v.port},")
    print(f"\t\t.key = {{ 0x{k0:016x}, 0x{k1:016x} }},")
    print(f"\t\t.n = {v.n},")
    print(f"\t\t.headers_len = {len(v.headers)},")
    print(f"\t\t.block_len = {len(v.block)},")
    print_array("headers", v.headers)
    print_array("segment", v.segment)
    print_array("block", v.block)
    print("\t},")


HEAD = """\
/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test vectors of the wire format: inner packets, and what is made of them.
 * Printed by vectors.py, which is written from the format's description and
 * shares nothing with the module.
 */
#ifndef _VNENCAP_TESTS_VECTORS_H
#define _VNENCAP_TESTS_VECTORS_H

/**
 * struct vector - an inner packet, by its headers, and its frame
 * @name: what it is
 * @ipv6: IPv6, else IPv4
 * @l4: transport header that is lifted: 0 none, 1 TCP, 2 UDP
 * @l4_off: length of the IP header
 * @partial: the transport checksum is still to be done
 * @accecn: TCP with Accurate ECN
 * @class: 0 atomic, 1 stream, 2 train
 * @payload: inner payload bytes
 * @gso_size: inner segment size
 * @segsz: largest segment size
 * @vni: virtual network identifier
 * @id: frame id
 * @source: source port of the segments
 * @port: service port
 * @key: the VNI's, as two little-endian numbers
 * @n: shards
 * @headers_len: bytes of @headers
 * @block_len: bytes of @block
 * @headers: the inner headers
 * @segment: the segment header as it is handed to the NIC: PSH set, the
 *	checksum left out
 * @block: the metadata block, tag and padding included: each of the shards
 */
struct vector {
	const char *name;
	bool ipv6;
	u8 l4;
	u8 l4_off;
	bool partial;
	bool accecn;
	u8 class;
	u32 payload;
	u16 gso_size;
	u16 segsz;
	u32 vni;
	u32 id;
	u16 source;
	u16 port;
	u64 key[2];
	u8 n;
	u16 headers_len;
	u16 block_len;
	u8 headers[164];
	u8 segment[28];
	u8 block[176];
};

static const struct vector vectors[] = {"""

if __name__ == "__main__":
    print(HEAD)
    for vector in VECTORS:
        print_vector(vector)
    print("};\n\n#endif /* _VNENCAP_TESTS_VECTORS_H */")
