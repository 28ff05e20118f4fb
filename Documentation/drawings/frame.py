# SPDX-License-Identifier: GPL-2.0-only
"""
A frame on the wire: a TCP packet of 64 KB over IPv4 with an MTU of 1500. The
byte counts are reckoned here as wire-format.rst has them.
"""
from svg import Drawing

MTU = 1500
IP, TCP, OPTION = 20, 20, 8		# outer headers
INNER_IP, INNER_TCP = 20, 32		# the inner ones, with timestamps
GSO = 1400				# payload of an inner segment
PAYLOAD = 46 * GSO			# as much as 64 KB have room for
PORT, VNI = 7471, 42

# Fields of the metadata block, and their bytes
META = [
    ("tag", 6), ("flags to TTL", 6), ("size", 2), ("id", 2),
    ("IP addresses", 8), ("TCP: ports, numbers, flags, window", 16),
    ("timestamps", 8),
]
SHARD_LENS = (28, 32, 40, 48, 52, 56, 64, 68, 72, 76, 80, 92, 100, 108, 144,
              176)

HEADERS = IP + TCP + OPTION
SEGSZ = (MTU - HEADERS) // 4 * 4
SHARD = sum(n for _, n in META)
WIRE = PAYLOAD + 3 * SHARD
SEGMENTS = -(-WIRE // SEGSZ)
SLOTS = (WIRE - SHARD - 1) // SEGSZ + 1
AT = (0, (SLOTS - 1) // 2, SLOTS - 1)	# segments with a shard
LAST = WIRE - (SEGMENTS - 1) * SEGSZ	# wire payload of the last segment
CODE = SHARD_LENS.index(SHARD)

LEFT, WIDTH = 40, 920


def n(number):
    return f"{number:,}"


def step(d, y, number, words, more):
    d.text(LEFT, y, f"{number}  {words}", "large")
    d.text(LEFT + 22, y + 17, more, ink="faint")


def inner_packet(d, y):
    step(d, y, 1, "The inner packet",
         f"{n(INNER_IP + INNER_TCP + PAYLOAD)} bytes as TCP hands them over: "
         "not cut, the checksum still to be done")
    y += 28
    d.box(LEFT, y, 60, 38, "inner", "IPv4", str(INNER_IP))
    d.box(LEFT + 60, y, 84, 38, "inner", "TCP", str(INNER_TCP))
    d.box(LEFT + 144, y, WIDTH - 144, 38, "payload", "TCP payload",
          f"{n(PAYLOAD)} = {PAYLOAD // GSO} inner segments of {n(GSO)}")
    return y + 38


def metadata(d, y, above):
    d.shade("inner", (LEFT, above), (LEFT + 144, above),
            (LEFT + WIDTH, y + 28), (LEFT, y + 28))
    step(d, y, 2, "The metadata block",
         f"{SHARD} bytes: all that the receiver needs to make the inner "
         "headers again")
    y += 28
    x, scale = LEFT, WIDTH / SHARD
    for name, size in META:
        d.box(x, y, size * scale, 38, "shard", (name, "small"), str(size))
        x += size * scale
    return y + 38


def frame(d, y):
    step(d, y, 3, "The frame",
         f"one fake-TCP packet of {n(HEADERS + WIRE)} bytes for the NIC; each "
         "shard (M) is a copy of the metadata block")
    y += 28
    d.box(LEFT, y, 54, 38, "header", "IPv4", str(IP))
    d.box(LEFT + 54, y, 84, 38, "header", "fake TCP", f"{TCP} + {OPTION}")
    x = LEFT + 138
    parts = [(s * SEGSZ) for s in AT] + [WIRE]
    xs = []
    for i in range(3):
        xs.append(x)
        size = parts[i + 1] - parts[i] - SHARD
        width = 292 if i < 2 else 78
        d.box(x, y, 40, 38, "shard", ("M", "bold"), str(SHARD))
        d.box(x + 40, y, width, 38, "payload", "payload", n(size))
        x += 40 + width
    return y + 38, xs


def segment(d, x, y, number):
    shard = number in AT
    last = number == SEGMENTS - 1
    size = LAST if last else SEGSZ
    at = x
    d.box(at, y, 44, 38, "header", ("IP TCP", "small"), str(HEADERS))
    at += 44
    if shard:
        d.box(at, y, 32, 38, "shard", ("M", "bold"), str(SHARD))
        at += 32
    wide = 62 if last else 96
    d.box(at, y, wide, 38, "payload", "payload", n(size - SHARD * shard))
    at += wide
    middle = (x + at) / 2
    d.text(middle, y - 8, f"segment {number}", "bold", "middle")
    d.text(middle, y + 54, f"seq {n(number * SEGSZ)}", "code", "middle")
    d.text(middle, y + 70, f"IP packet of {n(HEADERS + size)}" +
           (", PSH" if last else ""), "small", "middle", "faint")


def segments(d, y, above, xs):
    """What is in which part of the frame above, whose shards are at xs"""
    top = y + 58
    places = {AT[0]: LEFT, 1: LEFT + 214, AT[1]: LEFT + 442,
              AT[2]: LEFT + WIDTH - 138}
    for number, x in places.items():
        begin = xs[AT.index(number)] if number in AT else xs[0] + 70
        wide = 44 + 32 * (number in AT) + (62 if number == AT[2] else 96)
        d.shade("payload", (begin, above),
                (begin + (118 if number == AT[2] else 70), above),
                (x + wide, top), (x + 44, top))
    step(d, y, 4, f"{SEGMENTS} segments on the wire",
         "cut by the NIC's TSO, which copies the headers, counts the sequence "
         "number up, and leaves PSH on the last")
    for number, x in places.items():
        segment(d, x, top, number)
    for x in (LEFT + 398, LEFT + 698):
        d.text(x, top + 24, "...", "large", "middle", "faint")
    return top + 76


BIT = 19


def row(d, y, offset, fields):
    d.text(LEFT + 30, y + 19, str(offset), "code", "end", "faint")
    x = LEFT + 42
    for bits, role, words in fields:
        d.box(x, y, bits * BIT, 28, role, words)
        x += bits * BIT


def header(d, y):
    number = AT[1]
    step(d, y, 5, f"The fake TCP header of segment {number}",
         f"{TCP + OPTION} bytes; all but the red is the same in each of the "
         "frame's segments (but PSH), so that GRO joins them")
    y += 30
    rows = [
        [(16, "header", "source port: hash of the inner flow"),
         (16, "header", f"destination port {PORT}")],
        [(32, "warm", f"sequence number {n(number * SEGSZ)} = {number} × "
          f"{n(SEGSZ)}: where the segment is in the frame")],
        [(32, "header", "acknowledgement number: the frame's id")],
        [(4, "header", "7"), (4, "header", "0"),
         (8, "header", "ACK (0x10)"),
         (12, "header", f"segment size / 4 = {SEGSZ // 4}"),
         (4, "header", str(CODE))],
        [(16, "warm", "checksum"), (16, "header", "0")],
        [(8, "header", "kind 253"), (8, "header", "length 8"),
         (16, "header", "ExID 0x5651")],
        [(2, "header", "1"), (6, "header", f"slots {SLOTS}"),
         (24, "header", f"VNI {VNI}")],
    ]
    notes = {
        3: [f"window: {n(SEGSZ)} bytes a segment,",
            f"shard length code {CODE}: {SHARD} bytes"],
        5: ["the TCP option, 8 bytes"],
        6: [f"class 1: a stream; {SLOTS} segments",
            "have room for a shard"],
    }
    for i, fields in enumerate(rows):
        row(d, y + i * 28, i * 4, fields)
        for j, words in enumerate(notes.get(i, [])):
            lines = len(notes[i])
            d.text(LEFT + 42 + 32 * BIT + 14,
                   y + i * 28 + 18 + j * 15 - (lines - 1) * 7, words,
                   ink="faint")
    return y + len(rows) * 28


def draw():
    d = Drawing(1000, 784, "A frame on the wire")
    y = inner_packet(d, 34)
    y = metadata(d, y + 42, y)
    y, xs = frame(d, y + 42)
    y = segments(d, y + 42, y, xs)
    header(d, y + 36)
    return d
