#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write into a folder what answer_fuzz begins with, a file for each case: what an etcd
answers that is well, one that is not, and one to which others write than should.

A case is a list of pieces: to which call, with which status, after how many tenths of a
second, and the bytes. feed() in answer_fuzz.c reads them."""

import base64
import json
import os
import sys

# As in answer_fuzz.c and transport.h
AUTH, LIST, WATCH, LEASE, TXN, ASK = range(6)
OK, REFUSED, FAILED, TOO_BIG, NO_GRPC = range(5)
PLAIN, MAKER, USER = range(3)
NET = "/vnencap/net/"
MAX = 2 ** 63 - 1
SECRET, OTHERS = "000102030405060708090a0b0c0d0e0f", "f0" * 16


def piece(call, data=b"", status=OK, tenths=1):
    data = data.encode() if isinstance(data, str) else data
    return bytes([call + status * 6, tenths]) + len(data).to_bytes(2, "big") + data


# --- as gRPC has it ---

def varint(n):
    n &= 2 ** 64 - 1
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def frame(message):
    return b"\0" + len(message).to_bytes(4, "big") + message


def head(rev, cluster=14, term=2):
    return field(1, field(1, cluster) + field(2, 7) + field(3, rev) + field(4, term))


def item(key, value, rev):
    return field(1, key) + field(2, rev) + field(3, rev) + field(4, 1) + field(5, value)


def page(rev, items=(), more=False, count=0, **kwargs):
    return frame(head(rev, **kwargs) + b"".join(field(2, item(*i)) for i in items) +
                 (field(3, 1) if more else b"") + field(4, count or len(items)))


def created(rev, **kwargs):
    return frame(head(rev, **kwargs) + field(3, 1))


def put(rev, key, value):
    return frame(head(rev) + field(11, field(2, item(key, value, rev))))


def delete(rev, key):
    return frame(head(rev) + field(11, field(1, 1) + field(2, field(1, key) + field(3, rev))))


# --- as JSON has it ---

def b64(text):
    return base64.b64encode(text.encode()).decode()


def jhead(rev, cluster=14, term=2):
    return {"cluster_id": str(cluster), "revision": str(rev), "raft_term": str(term)}


def jitem(key, value, rev):
    return {"key": b64(key), "value": b64(value), "mod_revision": str(rev)}


def jpage(rev, items=(), **more):
    return json.dumps({"header": jhead(rev), "kvs": [jitem(*i) for i in items]} | more)


def jline(rev, *events, **more):
    return json.dumps({"result": {"header": jhead(rev), "events": events} | more})


def lease(rev=10, number=77, ttl=15, **kwargs):
    return json.dumps({"header": jhead(rev, **kwargs), "ID": str(number), "TTL": str(ttl)})


def txn(rev, succeeded=True):
    return json.dumps({"header": jhead(rev), "succeeded": succeeded})


def error(message, code=11):
    return json.dumps({"error": message, "code": code, "message": message})


def acks(*pairs):
    return jpage(12, [(f"/vnencap/ack/{name}", value, 12) for name, value in pairs])


# --- what there is ---

MAP = (NET + "map/1/192.168.4.1/32", "via 10.0.0.2 host b", 3)
MAP6 = (NET + "map/42/fd00::/64", "via 10.0.0.2 weight 2 via 10.0.0.3 host b", 4)
KEY = (NET + "key/1", f"send 0 also 1 {SECRET}", 5)
HOST = (NET + "host/b", "via 10.0.0.2", 6)
NETWORK = (MAP, MAP6, KEY, HOST)
LISTED = [piece(LIST, page(10, NETWORK)), piece(WATCH, created(10)), piece(LEASE, lease())]
LISTED_JSON = [piece(LIST, status=NO_GRPC), piece(LIST, jpage(10, NETWORK)),
               piece(WATCH, jline(10, created=True)), piece(LEASE, lease())]
# Time in which nothing is answered, and more than any request waits
NOTHING = piece(AUTH, tenths=250)
COMPACTED = "etcdserver: mvcc: required revision has been compacted"


def paced(tenths, *pieces):
    """Each so much later that something else is asked before it; the lease is kept"""
    return [p for each in pieces for p in (
        piece(AUTH, tenths=tenths), piece(LEASE, lease()), each)]


def watched(*data, **kwargs):
    return LISTED + [piece(WATCH, d, **kwargs) for d in data]


def watched_json(*data):
    return LISTED_JSON + [piece(WATCH, d) for d in data]


def listed(*items):
    """A list, then the same as changes"""
    return [piece(LIST, page(10, items)), piece(WATCH, created(10)), piece(LEASE, lease())] + \
        [piece(WATCH, put(11 + n, key, value)) for n, (key, value, _) in enumerate(items)]


CASES = {
    # well
    "changes": (PLAIN, watched(put(11, *MAP6[:2]), delete(12, MAP[0]), put(13, NET + "roll", "1"),
                               frame(head(20))) + [piece(TXN, txn(14))]),
    "changes-json": (PLAIN, watched_json(
        jline(11, {"kv": jitem(*MAP6[:2], 11)}),
        jline(12, {"type": "DELETE", "kv": jitem(MAP[0], "", 12)}), jline(20))),
    "pages": (PLAIN, [
        piece(LIST, page(10, NETWORK[:1], more=True, count=10 ** 6)),
        piece(LIST, page(10, NETWORK[1:2], more=True)), piece(LIST, status=TOO_BIG),
        piece(LIST, page(10, NETWORK[2:])), piece(LIST, page(10))]),
    "publish": (MAKER, LISTED + paced(
        10, piece(TXN, txn(11)), piece(TXN, txn(12)), piece(TXN, txn(13, False)),
        piece(TXN, txn(14)))),
    "left-over": (PLAIN, [
        piece(LIST, page(10, [(NET + "map/1/192.168.4.7/32", "via 10.0.0.1 host a", 3)])),
        piece(WATCH, created(10)), piece(LEASE, lease()), piece(TXN, txn(11))] +
                  paced(40, *[piece(TXN, txn(12))] * 4)),
    "rotate": (PLAIN, LISTED + [piece(TXN, txn(11))] + paced(
        20, piece(TXN, txn(12)), piece(ASK, acks(("1/a", "5"), ("1/b", "5"))),
        piece(TXN, txn(13)), piece(WATCH, put(14, KEY[0], f"send 1 {SECRET} also 0")),
        piece(TXN, txn(15)), piece(ASK, acks(("1/a", "14"), ("1/b", "14"))),
        piece(TXN, txn(15)), piece(WATCH, put(16, KEY[0], f"send 1 {SECRET}")))),
    "make": (MAKER, [piece(LIST, page(10, [MAP])), piece(WATCH, created(10)),
                     piece(LEASE, lease())] +
             paced(40, *[piece(TXN, txn(11 + n)) for n in range(4)])),
    "roll": (PLAIN, LISTED + [piece(TXN, txn(11)), piece(WATCH, delete(12, KEY[0]))] + paced(
        20, piece(TXN, txn(13)), piece(WATCH, put(14, NET + "roll", "x")),
        piece(TXN, txn(15)), piece(TXN, txn(16, False)))),
    "lease": (PLAIN, [piece(LIST, page(10, [MAP]))] + LISTED[1:] + [piece(TXN, txn(11))] + [
        p for each in (
            piece(LEASE, json.dumps({"result": json.loads(lease())})),
            piece(LEASE, lease(ttl=0)), piece(LEASE, lease(number=78)),
            piece(LEASE, error("etcdserver: requested lease not found", 5), REFUSED),
            piece(LEASE, lease(number=79)), piece(LEASE, lease(ttl=-1)),
            piece(LEASE, lease(cluster=15)))
        for p in (piece(AUTH, tenths=40), each, piece(TXN, txn(12)), piece(TXN, txn(12)))]),
    "user": (USER, [piece(AUTH, '{"token":"t.1"}')] + LISTED),

    # ill: compacted, wiped, cut off, another one
    "compacted-list": (PLAIN, [piece(LIST, page(10, NETWORK[:1], more=True)),
                               piece(LIST, error(COMPACTED), REFUSED)] + LISTED),
    "compacted-stream": (PLAIN, watched(frame(head(90) + field(4, 1) + field(5, 80)))
                         + [NOTHING] + LISTED),
    "compacted-json": (PLAIN, watched_json(jline(90, canceled=True, compact_revision="80"))
                       + [NOTHING]),
    "canceled": (PLAIN, watched(frame(head(10) + field(4, 1))) + [NOTHING]),
    "wiped": (PLAIN, LISTED + [
        piece(WATCH, "gone", FAILED), NOTHING, piece(WATCH, created(2, cluster=15, term=1)),
        NOTHING, piece(LIST, page(2, cluster=15, term=1)), NOTHING]),
    "restored": (MAKER, LISTED + [
        piece(TXN, txn(11)), piece(WATCH, status=FAILED), NOTHING,
        piece(WATCH, created(4, term=1)), piece(LIST, jpage(4)), NOTHING,
        piece(LIST, page(4, [(KEY[0], f"send 0 also 2 {OTHERS}", 3)])),
        piece(LEASE, lease(4)), piece(TXN, txn(5)), piece(TXN, txn(6)), piece(TXN, txn(7))]),
    "no-grpc-stream": (PLAIN, LISTED[:1] + [
        piece(WATCH, status=NO_GRPC), piece(WATCH, jline(10, created=True)), NOTHING]),
    "cut-list": (PLAIN, [piece(LIST, page(10, NETWORK)[:70]), NOTHING]),
    "cut-list-json": (PLAIN, [piece(LIST, status=NO_GRPC),
                              piece(LIST, jpage(10, NETWORK)[:200]), NOTHING]),
    "cut-change": (PLAIN, watched(put(11, *MAP[:2])[:30]) + [NOTHING]),
    "cut-change-json": (PLAIN, watched_json(jline(11, {"kv": jitem(*MAP)})[:90])),
    "cut-stream": (PLAIN, LISTED + [piece(WATCH), NOTHING, piece(WATCH, created(10))]),
    "error-stream": (PLAIN, watched_json('{"error":{"grpc_code":14,"message":"x"}}')),
    "cut-txn": (MAKER, LISTED + [piece(TXN, txn(11)[:40]), piece(TXN, status=FAILED)]),
    "cut-lease": (PLAIN, LISTED[:2] + [piece(LEASE, lease()[:20])]),
    "silence": (PLAIN, [NOTHING, NOTHING, NOTHING] + LISTED + [NOTHING] * 4),
    "noise": (PLAIN, [piece(LIST, "<html>502 Bad Gateway</html>"), NOTHING,
                      piece(LIST, "<html>", REFUSED), NOTHING]),
    "token": (USER, [piece(AUTH, '{"token":"a\\r\\nb"}'), NOTHING,
                     piece(AUTH, json.dumps({"token": "x" * 2000})), NOTHING,
                     piece(AUTH, "{}"), NOTHING, piece(AUTH, '{"token":7}')]),

    # huge, and malformed
    "huge": (PLAIN, listed((NET + "map/1/10.0.0.1/32", "via 10.0.0.2 " * 90, 3),
                           (NET + "map/1/" + "1" * 300, "blackhole", 3))),
    "huge-json": (PLAIN, [piece(LIST, status=NO_GRPC), piece(LIST, jpage(10, [
        (NET + "map/1/10.0.0.1/32", "via " * 300, 3), (NET + "x" * 300, "y", 3)]))]),
    "numbers": (PLAIN, watched(put(MAX - 1, *MAP[:2]), put(2 ** 64 - 1, *MAP[:2]),
                               frame(head(MAX, term=MAX))) +
                [piece(WATCH, status=FAILED), NOTHING]),
    "last-number": (PLAIN, [piece(LIST, page(MAX)), piece(WATCH, created(MAX))]),
    "numbers-json": (PLAIN, watched_json(
        jline(MAX, {"kv": jitem(*MAP[:2], MAX)}), jline(2 ** 64), jline("-1"), jline("1x"))),
    "frames": (PLAIN, watched(b"\0\xff\xff\xff\xff", b"\1" + created(10)[1:], b"\0\0") + [
        piece(LIST, frame(head(10) + field(2, b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f")))]),
    "fields": (PLAIN, [piece(LIST, frame(
        head(10) + field(99, "x") + b"\x31" + bytes(8) + b"\x35" + bytes(4) + field(2, 1)))]),
    "types-json": (PLAIN, [piece(LIST, status=NO_GRPC), piece(
        LIST, '{"header":[],"kvs":{}}'), NOTHING, piece(LIST, status=NO_GRPC), piece(
            LIST, '{"header":{},"kvs":[7,{"key":7,"value":[]},{"key":"!"}],"more":1}')]),
    "twice-json": (PLAIN, [piece(LIST, status=NO_GRPC),
                           piece(LIST, '{"header":{},"header":{}}')]),
    "deep-json": (PLAIN, [piece(LIST, status=NO_GRPC), piece(LIST, "[" * 2100)]),

    # what others write: not below the prefix, not as it must be, not theirs
    "outside": (PLAIN, listed(*[(key, MAP[1], 3) for key in (
        "/other/net/map/1/10.0.0.1/32", "/vnencap/net", "/vnencap/net0map/1/10.0.0.1/32",
        "/vnencap/ack/1/b", NET, NET + "map", "")])),
    "outside-page": (PLAIN, [piece(LIST, page(10, [("/zzz", "x", 3)], more=True))]),
    "spelling": (PLAIN, listed(*[(NET + key, MAP[1], 3) for key in (
        "map/01/10.0.0.1/32", "map/1/10.0.0.1/33", "map/1/10.0.0.1/8", "map/1/10.0.0.1",
        "map/16777216/10.0.0.1/32", "map/1/FD00::1/128", "map/1/10.0.0.1/32/x", "key/01",
        "key/-1", "host/", "host/a b", "map/1/10.0.0.1/32\0")])),
    "values": (PLAIN, listed(*[(MAP[0], value, 3) for value in (
        "", "via", "via fd00::1", "via 10.0.0.2 weight 0", "via 10.0.0.2 host", "blackhole",
        "blackhole host b", "via 10.0.0.2 x", "via 224.0.0.1", "via 10.0.0.2\0", "\xff")])),
    "values-key": (MAKER, listed(*[(KEY[0], value, 3) for value in (
        "send 1", "send 1 00", f"send 1 {SECRET} also 1 {SECRET}", f"send 256 {SECRET}",
        f"send 1 {SECRET} also", "send 0", f"send 0 also 1 {SECRET} x")])),
    "other-tenant": (PLAIN, listed(
        (NET + "map/3/192.168.4.1/32", "via 10.0.0.66 host evil", 3),
        (NET + "map/3/0.0.0.0/0", "via 10.0.0.1 host a", 3),
        (NET + "key/3", f"send 3 {OTHERS}", 3), (NET + "key/42", f"send 3 {OTHERS}", 3))),
    "taken": (MAKER, listed(
        (NET + "map/1/192.168.4.9/32", "via 10.0.0.66 host evil", 3),
        (NET + "map/42/10.42.3.0/24", "via 10.0.0.66 host evil", 3),
        (NET + "map/42/10.42.4.0/24", "nonsense", 3),
        (NET + "map/1/192.168.4.9/32", "via 10.0.0.66 host a", 3),
        (NET + "key/1", f"send 9 {OTHERS}", 3)) + [
            piece(WATCH, delete(30, NET + "map/1/192.168.4.9/32")), piece(TXN, txn(31)),
            piece(TXN, txn(32, False))]),
    "false-acks": (PLAIN, LISTED + [piece(TXN, txn(11))] + paced(
        20, piece(TXN, txn(12)),
        piece(ASK, acks(("1/a", "4"), ("1/b", "x"), ("1/" + "b" * 200, "5"))),
        piece(ASK, error("no"), REFUSED))),
}


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, (settings, pieces) in CASES.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(bytes([settings]) + b"".join(pieces))


if __name__ == "__main__":
    main()
