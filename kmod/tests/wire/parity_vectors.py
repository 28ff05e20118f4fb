#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print parity_vectors.h: test vectors of parity segments.

Written from Documentation/wire-format.rst alone and sharing nothing with the
module: the columns are found by elimination, bit by bit. Usage:

    kmod/tests/wire/parity_vectors.py > kmod/tests/wire/parity_vectors.h
"""

import struct

from vectors import KEY, plain_sum, print_array, siphash

PRIMES = [61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127]


def prime_of(length):
    """The prime that columns of that length are reckoned with, or None."""
    for p in PRIMES:
        if length % (p - 1) == 0 and length // (p - 1) >= 8:
            return p
    return None


def data(column, length):
    """The bytes of a segment, which a test makes alike."""
    return bytes((column * 31 + i * 7 + (i >> 8) * 13 + 1) & 0xFF
                 for i in range(length))


def product(exponent, coefficients, p):
    """x^exponent times a polynomial, modulo 1 + x + ... + x^(p-1)."""
    out = [0] * p
    for t, value in enumerate(coefficients):
        out[(t + exponent) % p] ^= value
    return [value ^ out[p - 1] for value in out[:p - 1]]


def solve(matrix, right):
    """Solve by elimination: rows of bits as numbers, and what they add up to."""
    rows = [(row, value) for row, value in zip(matrix, right)]
    for i in range(len(rows)):
        at = next(k for k in range(i, len(rows)) if rows[k][0] >> i & 1)
        rows[i], rows[at] = rows[at], rows[i]
        for k, (row, value) in enumerate(rows):
            if k != i and row >> i & 1:
                rows[k] = row ^ rows[i][0], value ^ rows[i][1]
    return [value for _, value in rows]


def parity_of(columns, r, length):
    """The parity columns of a group."""
    p, n = prime_of(length), len(columns)
    strip = length // (p - 1)
    words = [[int.from_bytes(c[t * strip:(t + 1) * strip], "big")
              for t in range(p - 1)] for c in columns]
    matrix, right = [], []
    for j in range(r):
        total = [0] * (p - 1)
        for c, word in enumerate(words):
            total = [a ^ b for a, b in zip(total, product(j * c, word, p))]
        rows = [0] * (p - 1)
        for k in range(r):
            for t in range(p - 1):
                unit = [int(i == t) for i in range(p - 1)]
                for i, bit in enumerate(product(j * (n + k), unit, p)):
                    rows[i] |= bit << (k * (p - 1) + t)
        matrix += rows
        right += total
    found = solve(matrix, right)
    return [b"".join(word.to_bytes(strip, "big")
                     for word in found[k * (p - 1):(k + 1) * (p - 1)])
            for k in range(r)]


class Parity:
    """A group of segments, and its parity."""

    def __init__(self, name, n, r, segsz, last=None, first=0, cls=1, slots=2,
                 code=3, vni=42, ident=0x01020304, key=bytes(16)):
        self.name, self.n, self.r, self.segsz = name, n, r, segsz
        self.first, self.cls, self.slots, self.code = first, cls, slots, code
        self.vni, self.ident, self.key = vni, ident, key
        self.last = last or segsz
        columns = [data(c, segsz) for c in range(n - 1)]
        columns.append(data(n - 1, self.last))
        if n == 1:
            self.len = (self.last + 3) // 4 * 4
            parity = [columns[0] + bytes(self.len - self.last)] * r
        else:
            self.len = segsz
            while not prime_of(self.len):
                self.len += 4
            parity = parity_of([c + bytes(self.len - len(c)) for c in columns],
                               r, self.len)
        self.parity = b"".join(parity)
        window = struct.pack("!H", (12 + self.len) // 4 << 4)
        word = struct.pack("!I", 3 << 30 | r << 24 | vni)
        self.segment = (struct.pack("!HHII", 0xC123, 7471, 0, ident) +
                        bytes([7 << 4, 0x18]) + window + bytes(4) +
                        bytes([253, 8]) + struct.pack("!H", 0x5652) + word)
        rest = struct.pack("!HHBB", first, segsz // 4 << 4 | code,
                           cls << 6 | slots, n)
        guarded = struct.pack("!I", ident) + word + window + rest
        tag = siphash(key, guarded) if any(key) else plain_sum(guarded)
        self.header = struct.pack("!Q", tag)[:6] + rest


PARITIES = [
    Parity("five segments and three of parity", 5, 3, 480),
    Parity("two segments, the last one short", 2, 1, 476, last=301, cls=2,
           first=7, key=KEY, ident=0xFFFFFFFF),
    Parity("a train's, whose columns are longer than its segments", 3, 2, 524,
           last=40, cls=2, vni=0xABCDEF),
    Parity("a copy of a lone segment", 1, 1, 1428, last=125, cls=0, slots=1),
]


def print_parity(v):
    k0, k1 = struct.unpack("<QQ", v.key)
    print("\t{")
    print(f'\t\t.name = "{v.name}",')
    for name in ("n", "r", "segsz", "last", "first", "cls", "slots", "code", "len"):
        member = {"cls": "class"}.get(name, name)
        print(f"\t\t.{member} = {getattr(v, name)},")
    print(f"\t\t.vni = 0x{v.vni:x},")
    print(f"\t\t.id = 0x{v.ident:08x},")
    print(f"\t\t.key = {{ 0x{k0:016x}, 0x{k1:016x} }},")
    print_array("segment", v.segment)
    print_array("header", v.header)
    print_array("parity", v.parity)
    print("\t},")


print("""\
/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test vectors of parity: groups of segments, and what follows them. Printed by
 * parity_vectors.py, which is written from the format's description and shares
 * nothing with the module.
 */
#ifndef _VNENCAP_TESTS_PARITY_VECTORS_H
#define _VNENCAP_TESTS_PARITY_VECTORS_H

/**
 * struct parity_vector - a group of segments, and its parity
 * @name: what it is
 * @n: segments; the i'th byte of the c'th is 31 c + 7 i + 13 (i / 256) + 1
 * @r: parity segments
 * @segsz: bytes of a segment
 * @last: bytes of the last one
 * @first: the first segment, counted from the frame's first
 * @class: 0 atomic, 1 stream, 2 train
 * @slots: of the frame
 * @code: of the frame's shard length
 * @len: bytes of each parity segment after its header
 * @vni: virtual network identifier
 * @id: frame id
 * @key: the VNI's, as two little-endian numbers
 * @segment: the TCP header of the parity as it is handed to the NIC, from port
 *	0xc123 to 7471: PSH set, the checksum left out
 * @header: what each parity segment begins with
 * @parity: the rest of each, one after the other
 */
struct parity_vector {
	const char *name;
	u8 n;
	u8 r;
	u16 segsz;
	u16 last;
	u16 first;
	u8 class;
	u8 slots;
	u8 code;
	u16 len;
	u32 vni;
	u32 id;
	u64 key[2];
	u8 segment[28];
	u8 header[12];
	u8 parity[1440];
};

static const struct parity_vector parity_vectors[] = {""")
for one in PARITIES:
    print_parity(one)
print("};\n\n#endif /* _VNENCAP_TESTS_PARITY_VECTORS_H */")
