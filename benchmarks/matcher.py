"""Look-ups a second over HTTP, by the process that `tutela node serve --role matcher` starts.

    ./bench matcher [--rows 10000000] [--seconds 10] [--clients 8] [--server granian|gunicorn] [--json]

Rules:
- the lists are random hashes; nine questions of ten are new random ones, one is within the threshold of a listed hash
- token, budgets, neighbourhoods and the spool are on; the load comes from raw sockets kept alive, on the same cores
- a wrong answer ends the run
"""

import argparse
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from tutela.matching import Matcher, unpack
from tutela.sealing import Ed25519Signer
from tutela_node.accounts.rules import digest, write_token
from tutela_node.foundation.ids import new_id
from tutela_node.hashlists.replica import Change, Grant, ListTerms, Writer, layout
from tutela_node.hashlists.replica.writer import Tables

SIGNER = Ed25519Signer.from_seed("matcher", b"\x07" * 32)
SECRET = b"\x01" * 32
NEAR_EVERY = 10
START_SECONDS = 120.0


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as folder:
        result = _measured(options, Path(folder))
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
        return 0
    table = Table(title=f"match service, {options.rows:,} hashes, {options.clients} clients, {options.server}")
    for name in ("measure", "value"):
        table.add_column(name)
    for name, value in result.items():
        table.add_row(name, f"{value:,.2f}" if isinstance(value, float) else str(value))
    Console().print(table)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench matcher")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--server", choices=("granian", "gunicorn"), default="granian")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _measured(options: argparse.Namespace, data: Path) -> dict[str, Any]:
    with Writer(data / layout.FOLDER, SIGNER) as writer:
        raw, grant = write_token(token := new_id(), SECRET), _grant(token.hex)
        some = _publish(writer, options.rows, grant)
        (data / "keys").mkdir()
        (data / "keys" / "matcher.pub").write_bytes(SIGNER.public)
        stop = threading.Event()
        beats = threading.Thread(target=_beat, args=(writer, stop))
        beats.start()
        port = _free_port()
        began = time.monotonic()
        server = _started(options.server, data, port)
        try:
            ready = _ready_after(port, began)
            load = _load(options, port, raw, some)
            fresh = _fresh(writer, port, raw)
            return {**load, "start to ready, s": ready, "added to match, s": fresh, **_memory(port, server.pid)}
        finally:
            server.terminate()
            server.wait(20)
            stop.set()
            beats.join()


def _grant(token: str) -> Grant:
    return Grant(
        token=token,
        digest=digest(SECRET),
        organisation=new_id().hex,
        name="bench",
        scopes=frozenset({"hashlists.look_up"}),
        groups=frozenset({1}),
        per_minute=10**9,
        per_day=10**9,
        expires=int(time.time()) + 86_400,
    )


def _publish(writer: Writer, rows: int, grant: Grant) -> list[str]:
    """Writes the snapshot; answers hashes that are in it."""
    random = np.random.default_rng(1)
    hashes = random.integers(0, 2**64, size=(rows, 4), dtype=np.uint64)
    matcher = Matcher()
    matcher.add_rows("pdq", hashes, np.arange(rows, dtype=np.int64), 1)
    lists = [ListTerms(group=1, is_active=True, threshold=31)]
    number = writer.snapshot(matcher, Tables(seq=1, lists=lists, grants=[grant]), at=int(time.time()))
    writer.switch(number)
    writer.announce()
    return list(unpack(hashes[:: max(1, rows // 50_000)]))


def _beat(writer: Writer, stop: threading.Event) -> None:
    while not stop.wait(0.2):
        writer.beat(at=int(time.time() * 1000))


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


def _started(server: str, data: Path, port: int) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"TUTELA_DATA": str(data), "TUTELA_MATCHER_URL": f"http://127.0.0.1:{port}"}
    environment["DJANGO_SETTINGS_MODULE"] = "tutela_node.site.settings.matcher"
    own = (sys.executable, "-m", "tutela.cli.main", "node", "serve", "--role", "matcher")
    target = "tutela_node.desks.matcher.serving:application()"
    other = (sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "8", "--keep-alive", "60")
    command = own if server == "granian" else (*other, "-b", f"127.0.0.1:{port}", target)
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _ready_after(port: int, began: float) -> float:
    while time.monotonic() - began < START_SECONDS:
        try:
            with Line(port, "") as line:
                if line.get("/ready") == 200:
                    return time.monotonic() - began
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the match service did not become ready")


class Line:
    """One kept-alive connection, spoken by hand."""

    def __init__(self, port: int, token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f"Host: matcher.example\r\nAuthorization: Bearer {token}\r\n".encode()

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, path: str) -> int:
        self._socket.sendall(f"GET {path} HTTP/1.1\r\n".encode() + self._head + b"\r\n")
        return self._answer()[0]

    def match(self, value: str) -> str:
        body = b'{"pdq":"' + value.encode() + b'"}'
        head = b"POST /v1/match HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
        self._socket.sendall(head + self._head + b"\r\n" + body)
        status, answer = self._answer()
        if status != 200:
            raise SystemExit(f"a look-up was answered with {status}")
        return answer[10:-2].decode()

    def _answer(self) -> tuple[int, bytes]:
        held = b""
        while b"\r\n\r\n" not in held:
            held += self._more()
        head, _, body = held.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        piece = self._socket.recv(65536)
        if not piece:
            raise OSError("the connection ended")
        return piece


def _ask(port: int, token: str, seed: int, some: list[str], ends: float, out: Any) -> None:
    """One client: answers its times, those of near questions apart."""
    random = np.random.default_rng(seed)
    times: dict[str, list[float]] = {"near": [], "none": []}
    with Line(port, token) as line:
        number = 0
        while time.monotonic() < ends:
            number += 1
            wanted = "near" if number % NEAR_EVERY == 0 else "none"
            if wanted == "near":
                listed = some[int(random.integers(len(some)))]
                flips = sum(1 << int(bit) for bit in random.choice(256, 20, replace=False))
                value = f"{int(listed, 16) ^ flips:064x}"
            else:
                value = random.bytes(32).hex()
            began = time.perf_counter()
            answer = line.match(value)
            times[wanted].append(time.perf_counter() - began)
            if answer != wanted:
                raise SystemExit(f"answered {answer} instead of {wanted}")
    out.put(times)


def _load(options: argparse.Namespace, port: int, token: str, some: list[str]) -> dict[str, float]:
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    begins = time.monotonic() + 3
    ends = begins + options.seconds
    asking = [
        context.Process(target=_client, args=(port, token, seed, some[seed :: options.clients], (begins, ends), out))
        for seed in range(options.clients)
    ]
    for each in asking:
        each.start()
    found = [out.get(timeout=options.seconds + 120) for _ in asking]
    for each in asking:
        each.join()
    near, none = (sorted(one for each in found for one in each[kind]) for kind in ("near", "none"))
    every = sorted(near + none)
    return {
        "look-ups a second": len(every) / options.seconds,
        "p50, ms": 1000 * every[len(every) // 2],
        "p99, ms": 1000 * every[int(len(every) * 0.99)],
        "p50 of near, ms": 1000 * near[len(near) // 2],
        "p50 of none, ms": 1000 * none[len(none) // 2],
    }


def _client(port: int, token: str, seed: int, some: list[str], span: tuple[float, float], out: Any) -> None:
    time.sleep(max(0.0, span[0] - time.monotonic()))
    _ask(port, token, seed, some, span[1], out)


def _fresh(writer: Writer, port: int, token: str) -> float:
    """Seconds from the publisher's line to the first answer that knows the hash."""
    value = np.random.default_rng(99).bytes(32).hex()
    with Line(port, token) as line:
        began = time.monotonic()
        writer.append(Change(seq=2, entries=[(10**9, 1, "pdq", value)]))
        while line.match(value) != "near":
            time.sleep(0.005)
        return time.monotonic() - began


def _memory(port: int, pid: int) -> dict[str, float]:
    """Peak of private memory and of all that is mapped, in MB, of the process that answers."""
    found = {"memory of its own, MB": 0.0, "with the mapped index, MB": 0.0}
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for each in [pid, *children]:
        said = dict(line.split(":", 1) for line in Path(f"/proc/{each}/status").read_text().splitlines() if ":" in line)
        own, whole = (int(said[name].split()[0]) / 1000 for name in ("RssAnon", "VmRSS"))
        if whole > found["with the mapped index, MB"]:
            found = {"memory of its own, MB": own, "with the mapped index, MB": whole}
    return found
