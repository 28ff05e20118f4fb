# SPDX-License-Identifier: GPL-2.0-only
"""
The way of a packet out and the way in, file by file.
"""
from svg import Drawing

TOP, ROW, HIGH = 66, 77, 50
OUT, WIDE = 64, 270			# the left column
IN, WIDE_IN = 548, 412			# the right one
WINGS = {"wire": "header", "map": "good", "lower": "plain", "skb": "shard",
         "tx": "warm", "rx": "inner"}


def at(row):
    return TOP + row * ROW


def role(name):
    return WINGS.get(name.split("/")[0], "payload")


def stage(d, x, row, wide, name, *words, high=HIGH, y=None):
    """A box for a file, or for what is not ours, and what happens there"""
    ours = "/" in name
    d.box(x, at(row) if y is None else y, wide, high, role(name),
          (name, "code bold" if ours else "bold"),
          *[(line, "small") for line in words], radius=4)


def out(d):
    middle = OUT + WIDE / 2
    d.text(OUT, 40, "The way out", "large")
    stages = [
        ("inner packet", "up to 260 KB, not cut, no checksum yet"),
        ("wire/inner.c", "headers for the metadata; the frame's class"),
        ("map/table.c", "inner destination: which endpoint"),
        ("lower/route.c", "way to the endpoint: source, path MTU"),
        ("wire/frame.c", "segment size, where the shards are"),
        ("wire/meta.c", "metadata block and its tag"),
        ("tx/build.c", "shards put between the payload's pages"),
        ("tx/cut.c", "pieces, if the lower device takes less"),
        ("wire/option.h, wire/outer.c", "fake TCP header, IP header; sent"),
        ("lower device", "TSO cuts it as any TCP packet"),
    ]
    for row, (name, words) in enumerate(stages):
        stage(d, OUT, row, WIDE, name, words)
        if row:
            d.arrow((middle, at(row - 1) + HIGH), (middle, at(row)))
    d.text(middle + 8, at(0) + HIGH + 15, "ndo_start_xmit", "code",
           ink="faint")
    d.line((OUT - 10, at(1)), (OUT - 16, at(1)), (OUT - 16, at(8) + HIGH),
           (OUT - 10, at(8) + HIGH))
    d.upright(OUT - 26, (at(1) + at(8) + HIGH) / 2,
              "tx/tx.c calls them, from above to below", "small")
    side = OUT + WIDE + 22
    for row, y, name, words in [
            (2, at(2) - 26, "map/group.c", "one of several"),
            (2, at(2) + 26, "map/miss.c, map/hold.c", "none: told; may wait"),
            (3, at(3) + 34, "lower/pmtu.c", "too long: answered")]:
        stage(d, side, row, 174, name, words, high=40, y=y)
        d.line((OUT + WIDE, at(row) + HIGH / 2),
               (side - 11, at(row) + HIGH / 2), (side - 11, y + 20),
               (side, y + 20))


def staged(d, y, name, *parts, whole=WIDE_IN):
    """A box for a file, with boxes in it for those that it calls"""
    d.box(IN, y, whole, 72, role(name), radius=4)
    d.text(IN + whole / 2, y + 18, name, "code bold", "middle")
    gap = 8
    wide = (whole - gap * (len(parts) + 1)) / len(parts)
    for i, (part, words) in enumerate(parts):
        d.box(IN + gap + i * (wide + gap), y + 26, wide, 38, role(part),
              (part, "code"), (words, "small"), radius=4)


def inward(d):
    right, middle = IN + WIDE_IN, IN + WIDE_IN / 2
    whole, order, wait = IN + 48, IN + 110, IN + 246
    waits, gro = wait + (right - wait) / 2, IN + 265
    d.text(IN, 40, "The way in", "large")
    stage(d, IN, 0, WIDE_IN, "inner packet",
          "up the stack: a GSO packet, its checksum partial")
    staged(d, 142, "rx/restore.c", ("rx/shards.c", "shards out"),
           ("wire/inner.c", "inner headers"), ("rx/mss.c", "MSS of a SYN"))
    staged(d, 240, "rx/verify.c", ("wire/meta.c", "is the shard's tag right?"),
           ("rx/source.h", "is the inner source right?"))
    stage(d, order, 0, 120, "rx/order.c", "the next run of", "a stream's frame",
          high=62, y=354)
    stage(d, wait, 0, right - wait, "rx/reasm.c", "waits for a shard or the",
          "rest (rx/pending.c)", high=62, y=354)
    stage(d, IN, 0, WIDE_IN, "rx/deliver.h",
          "whole, in order, or neither? (rx/recent.c: came before?)", y=444)
    stage(d, IN + 130, 0, WIDE_IN - 130, "rx/cells.c, rx/gro.c",
          "runs of a frame meet, in the device's NAPI", y=540)
    staged(d, 653, "rx/rx.c", ("lower/lower.c", "ours? VNI, port"),
           ("lower/admit.c", "plain, let in?"), whole=252)
    stage(d, right - 138, 0, 138, "rx/input.c", "ours, at local input",
          high=44, y=616)
    stage(d, right - 138, 0, 138, "the host's stack", "firewall, IPsec", high=44,
          y=684)
    stage(d, IN, 9, WIDE_IN, "lower device",
          "GRO joins segments into runs, as of any TCP")
    d.arrow((middle, 142), (middle, 116))
    d.arrow((middle, 240), (middle, 214))
    d.arrow((IN + 126, 759), (IN + 126, 725))
    d.text(IN + 136, 746, "rx_handler", "code", ink="faint")
    d.arrow((whole, 653), (whole, 494))
    for i, words in enumerate(["a whole frame,", "or nothing to",
                               "wait for"]):
        d.text(whole + 8, 514 + 15 * i, words, "small", ink="faint")
    d.arrow((IN + 190, 653), (IN + 190, 590))
    d.text(IN + 198, 640, "a part", "small", ink="faint")
    d.arrow((gro, 540), (gro, 494))
    d.text(gro + 8, 522, "joined, or no more came", "small", ink="faint")
    d.arrow((whole, 444), (whole, 312))
    d.text(whole - 8, 384, "whole", "small", "end", "faint")
    for x, words in (order + 60, "as it comes"), (waits, "once it can"):
        d.arrow((x, 444), (x, 416))
        d.arrow((x, 354), (x, 312))
        d.text(x + 8, 338, words, "small", ink="faint")
    d.arrow((IN + 252, 706), (right - 138, 706))
    d.text(IN + 257, 700, "no", "small", ink="faint")
    d.arrow((right - 69, 684), (right - 69, 660))
    d.arrow((right - 69, 616), (right - 69, 590))


def legend(d, y):
    x = OUT
    d.text(x, y + 13, "Wings:", "bold")
    x += 60
    for wing, kind in WINGS.items():
        d.box(x, y, 74, 20, kind, (wing + "/", "code"), radius=4)
        x += 84


def draw():
    d = Drawing(1000, 890, "The way of a packet out and in, file by file")
    out(d)
    inward(d)
    legend(d, at(10) + 8)
    return d
