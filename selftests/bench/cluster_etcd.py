# SPDX-License-Identifier: GPL-2.0-only
"""An etcd of three members on loopback, for selftests/bench/cluster."""

import base64
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time

PREFIX = "/vnencap/net/"
TXN = 1000              # puts in a transaction
MEMBERS = 3
TICKS = os.sysconf("SC_CLK_TCK")


def note(text):
    print(f"cluster: {text}", file=sys.stderr, flush=True)


def cpu_of(pid):
    """Processor time of a process, in s"""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0
    return (int(fields[11]) + int(fields[12])) / TICKS


def b64(text):
    return base64.b64encode(text.encode()).decode()


class Etcd:
    def __init__(self, work):
        base = random.randrange(20000, 30000)
        self.work = work
        self.client = [base + 2 * i for i in range(MEMBERS)]
        self.peer = [base + 2 * i + 1 for i in range(MEMBERS)]
        self.urls = [f"http://127.0.0.1:{port}" for port in self.client]
        self.initial = ",".join(f"e{i}=http://127.0.0.1:{port}"
                                for i, port in enumerate(self.peer))
        self.proc = [None] * MEMBERS
        self.gone = 0           # processor time of those that were
        self.local = threading.local()
        self.log = open(os.path.join(work, "etcd.log"), "ab")

    @property
    def link(self):
        """This thread's connection to a member"""
        return getattr(self.local, "link", None)

    @link.setter
    def link(self, link):
        self.local.link = link

    # --- members ------------------------------------------------------------

    def start(self, i):
        url, peer = self.urls[i], f"http://127.0.0.1:{self.peer[i]}"
        self.proc[i] = subprocess.Popen(
            ["etcd", "--name", f"e{i}", "--data-dir", os.path.join(self.work, f"e{i}"),
             "--log-level", "error", "--max-txn-ops", str(TXN),
             "--snapshot-count", "5000", "--quota-backend-bytes", str(8 << 30),
             "--listen-client-urls", url, "--advertise-client-urls", url,
             "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
             "--initial-cluster", self.initial], stderr=self.log, stdout=self.log)

    def kill(self, i):
        self.gone += cpu_of(self.proc[i].pid)
        self.proc[i].kill()
        self.proc[i].wait()
        self.proc[i] = None
        self.link = None

    def start_all(self):
        for i in range(MEMBERS):
            self.start(i)
        self.wait_ready()

    def stop_all(self):
        for i in range(MEMBERS):
            if self.proc[i]:
                self.kill(i)

    def restart_all(self):
        self.stop_all()
        self.start_all()

    def wait_ready(self):
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                self.call("/v3/kv/range", {"key": b64("x")}, tries=1)
                return
            except (OSError, RuntimeError, http.client.HTTPException):
                time.sleep(0.2)
        raise RuntimeError("etcd does not come up")

    def cpu(self):
        return self.gone + sum(cpu_of(p.pid) for p in self.proc if p)

    # --- keys ---------------------------------------------------------------

    def call(self, path, body, tries=100):
        """Ask any member that answers."""
        for left in range(tries, 0, -1):
            try:
                if not self.link:
                    alive = [port for port, p in zip(self.client, self.proc) if p]
                    self.link = http.client.HTTPConnection(
                        "127.0.0.1", random.choice(alive), timeout=20)
                self.link.request("POST", path, json.dumps(body))
                answer = self.link.getresponse()
                data = answer.read()
                if answer.status == 200:
                    return json.loads(data)
                raise RuntimeError(data.decode(errors="replace"))
            except (OSError, RuntimeError, http.client.HTTPException):
                self.link = None
                if left == 1:
                    raise
                time.sleep(0.1)
        return None

    def put(self, key, value):
        self.call("/v3/kv/put", {"key": b64(PREFIX + key), "value": b64(value)})

    def put_many(self, pairs):
        puts = []
        for key, value in pairs:
            puts.append({"request_put": {"key": b64(PREFIX + key), "value": b64(value)}})
            if len(puts) == TXN:
                self.call("/v3/kv/txn", {"success": puts})
                puts = []
        if puts:
            self.call("/v3/kv/txn", {"success": puts})

    def compact(self):
        head = self.call("/v3/kv/range", {"key": b64("x")})["header"]
        self.call("/v3/kv/compaction", {"revision": head["revision"]})

    # --- backups ------------------------------------------------------------

    def ctl(self, *words):
        subprocess.run(["etcdctl", *words], check=True, stdout=self.log,
                       stderr=self.log, env=dict(os.environ, ETCDCTL_API="3"))

    def backup(self):
        path = os.path.join(self.work, "backup")
        self.ctl("--endpoints", self.urls[0], "snapshot", "save", path)
        return path

    def restore(self, backup):
        """All members are killed and their data go; the backup takes their place."""
        self.stop_all()
        for i in range(MEMBERS):
            folder = os.path.join(self.work, f"e{i}")
            shutil.rmtree(folder)
            self.ctl("snapshot", "restore", backup, "--name", f"e{i}",
                     "--initial-cluster", self.initial,
                     "--initial-advertise-peer-urls", f"http://127.0.0.1:{self.peer[i]}",
                     "--data-dir", folder)
        self.start_all()
