#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The dissector and the test vectors of the wire format: a segment of each vector,
as a capture, read by tshark, compared with the inner headers. TAP."""

import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
VECTORS = os.path.join(HERE, "../../../kmod/tests/wire/vectors.h")
FIELDS = """vnencap.vni vnencap.class vnencap.slots vnencap.segsz vnencap.shard_len
vnencap.id vnencap.tag.keyed vnencap.flags.ipv6 vnencap.flags.l4 vnencap.inner.len
vnencap.inner.src vnencap.inner.dst vnencap.inner.src6 vnencap.inner.dst6
vnencap.inner.srcport vnencap.inner.dstport vnencap.inner.seq vnencap.inner.ttl
vnencap.short vnencap.invalid""".split()


def read_vectors():
    """Each vector of the header file, as a dictionary."""
    with open(VECTORS, encoding="ascii") as file:
        text = file.read().split("vectors[] = {", 1)[1]
    for body in text.split("\n\t},\n")[:-1]:
        vector = {}
        for name, value in re.findall(r"\.(\w+) = (\{[^}]*\}|\"[^\"]*\"|[^,]+),", body):
            if value[0] == "{":
                vector[name] = [int(n, 0) for n in value.strip("{} \n\t,").split(",")]
            elif value[0] == '"':
                vector[name] = value[1:-1]
            else:
                vector[name] = {"true": 1, "false": 0}.get(value) if value in (
                    "true", "false") else int(value, 0)
        yield vector


def packet(vector, ipv6):
    """The frame's first segment, and some payload behind its shard."""
    data = bytes(vector["segment"]) + bytes(vector["block"])
    data += bytes(min(vector["payload"], 8))
    if ipv6:
        ip = struct.pack(">IHBB", 6 << 28, len(data), 6, 64)
        ip += socket.inet_pton(socket.AF_INET6, "fd00::1")
        ip += socket.inet_pton(socket.AF_INET6, "fd00::2")
        return bytes(12) + b"\x86\xdd" + ip + data
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(data), 0, 0x4000, 64, 6, 0)
    ip += bytes([10, 0, 0, 1, 10, 0, 0, 2])
    return bytes(12) + b"\x08\x00" + ip + data


def write_capture(name, packets):
    with open(name, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for one in packets:
            file.write(struct.pack("<IIII", 0, 0, len(one), len(one)) + one)


def dissect(name):
    """What tshark makes of each packet."""
    command = ["tshark", "-n", "-X", "lua_script:" + os.path.join(HERE, "../vnencap.lua"),
               "-r", name, "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    if "Lua" in done.stderr:
        sys.exit(done.stderr)
    for line in done.stdout.splitlines():
        yield {n.split(".", 1)[1]: v for n, v in zip(FIELDS, line.split("\t"))}


def expected(v):
    """What is to be seen of a vector."""
    headers = bytes(v["headers"])
    window = struct.unpack(">H", bytes(v["segment"][14:16]))[0]
    want = {
        "vni": v["vni"], "class": v["class"], "slots": v["segment"][24] & 0x3f,
        "segsz": (window >> 4) * 4, "shard_len": v["block_len"], "id": v["id"],
        "tag.keyed": int(any(v["key"])), "flags.ipv6": v["ipv6"], "flags.l4": v["l4"],
        "inner.len": v["payload"],
    }
    if v["ipv6"]:
        want["inner.src6"] = socket.inet_ntop(socket.AF_INET6, headers[8:24])
        want["inner.dst6"] = socket.inet_ntop(socket.AF_INET6, headers[24:40])
        want["inner.ttl"] = headers[7]
    else:
        want["inner.src"] = socket.inet_ntoa(headers[12:16])
        want["inner.dst"] = socket.inet_ntoa(headers[16:20])
        want["inner.ttl"] = headers[8]
    if v["l4"]:
        at = v["l4_off"]
        want["inner.srcport"], want["inner.dstport"] = struct.unpack(
            ">HH", headers[at:at + 4])
    if v["l4"] == 1:
        want["inner.seq"] = struct.unpack(">I", headers[at + 4:at + 8])[0]
    return want


def same(seen, want):
    """As numbers, where they are: tshark writes some as 0x2a or True."""
    if seen in ("True", "False"):
        seen = str(int(seen == "True"))
    if isinstance(want, str):
        return seen == want
    return seen != "" and int(seen, 0) == want


def main():
    print("TAP version 13")
    if not shutil.which("tshark"):
        print("1..0 # SKIP no tshark on this machine")
        return 0
    vectors = list(read_vectors())
    cases = [(v, ipv6) for v in vectors for ipv6 in (False, True)]
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        name = os.path.join(work, "vectors.pcap")
        write_capture(name, [packet(*case) for case in cases])
        seen = list(dissect(name))
    if len(seen) != len(cases) or not cases:
        sys.exit(f"{len(seen)} of {len(cases)} packets were read")
    for n, ((vector, ipv6), got) in enumerate(zip(cases, seen), 1):
        wrong = [f"{name} is {got[name]!r}, not {want!r}"
                 for name, want in expected(vector).items() if not same(got[name], want)]
        wrong += [f"it is said to be {name}" for name in ("short", "invalid") if got[name]]
        print(f"{'not ' if wrong else ''}ok {n} - {vector['name']}, over IPv{'6' if ipv6 else '4'}")
        for line in wrong:
            print("#", line)
        failed += bool(wrong)
    print(f"1..{len(cases)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
