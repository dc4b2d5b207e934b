"""Reports sent at a steady rate by a provider's programs, while the process that takes them is killed once.

Rules:
- the rate is kept whatever the answers take (open loop): a slow answer makes the next ones late, never fewer
- what is not acknowledged with 201 is sent again under the same reference, as a program that keeps its reports would
- afterwards each acknowledged report is looked for in the database by its number; one that is missing is a loss
- the worker runs beside it and works off what it can; all of it shares the cores with the senders and the database
"""

import json
import multiprocessing
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SENDERS, LINES = 2, 24
BOUNDARY = "between-the-parts"
START_SECONDS = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    rate: float
    seconds: float
    port: int
    token: str


@dataclass(slots=True)
class Tally:
    """What one sender saw: milliseconds from when a report was due to its 201, and the numbers it was given."""

    late: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    again: int = 0


class Node:
    """A node of its own in a folder: its api process and its worker."""

    def __init__(self, data: Path, database: str) -> None:
        self.port = _free_port()
        self.environment = os.environ | {"TUTELA_DATA": str(data), "TUTELA_API_URL": f"http://127.0.0.1:{self.port}"}
        self.environment |= {"TUTELA_DATABASE": database} if database else {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def make(self) -> str:
        """The tables, a provider with its agreement; answers a token."""
        self._node("init", "--exampleland")
        self._node("token", "agree", "Harbour Hosting", "--kind", "intake", "--basis", "a contract of the benchmark")
        return self._node("token", "issue", "Harbour Hosting", "bench", "--scope", "intake.report").split()[-1]

    def start(self, role: str) -> None:
        command = (sys.executable, "-m", "tutela.cli.main", "node", "serve", "--role", role)
        self.running[role] = subprocess.Popen(command, env=self.environment, start_new_session=True)
        if role == "api":
            _wait_for(self.port)

    def kill(self, role: str) -> None:
        """As a power cut would: the process and what it started."""
        process = self.running.pop(role)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for role in list(self.running):
            self.kill(role)

    def _node(self, *words: str) -> str:
        command = (sys.executable, "-m", "tutela.cli.main", "node", *words)
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout


def measure(node: Node, token: str, *, rate: float, seconds: float) -> dict[str, Any]:
    """Sends for that long with a kill in the middle; what came of it in figures."""
    node.start("api")
    node.start("worker")
    load = Load(rate=rate / SENDERS, seconds=seconds, port=node.port, token=token)
    begun = time.monotonic() + 1.0
    tallies: Any = multiprocessing.Queue()
    senders = [multiprocessing.Process(target=_send, args=(load, each, begun, tallies)) for each in range(SENDERS)]
    for each in senders:
        each.start()
    time.sleep(max(0.0, begun + seconds / 2 - time.monotonic()))
    node.kill("api")
    node.start("api")
    seen = [tallies.get() for _ in senders]
    for each in senders:
        each.join()
    return _figures(seen, rate, seconds)


def _send(load: Load, number: int, begun: float, tallies: Any) -> None:
    """One program: its reports come due at a steady rate, its lines send them."""
    waiting: queue.Queue[tuple[float, str] | None] = queue.Queue()
    tally, guard = Tally(), threading.Lock()
    lines = [threading.Thread(target=_line, args=(load, waiting, tally, guard)) for _ in range(LINES)]
    for each in lines:
        each.start()
    for index in range(int(load.rate * load.seconds)):
        due = begun + index / load.rate
        time.sleep(max(0.0, due - time.monotonic()))
        waiting.put((due, f"bench-{number}-{index}"))
    for _ in lines:
        waiting.put(None)
    for each in lines:
        each.join()
    tallies.put(tally)


def _line(load: Load, waiting: "queue.Queue[tuple[float, str] | None]", tally: Tally, guard: threading.Lock) -> None:
    connection: socket.socket | None = None
    while (asked := waiting.get()) is not None:
        due, reference = asked
        began, tries = time.monotonic(), 0
        while True:
            try:
                connection = connection or socket.create_connection(("127.0.0.1", load.port), timeout=20)
                given = _post(connection, load.token, reference)
                break
            except (OSError, ValueError):
                connection, tries = None, tries + 1
                time.sleep(0.1)
        ended = time.monotonic()
        with guard:
            tally.late.append((ended - due) * 1000)
            tally.taken.append((ended - began) * 1000)
            tally.given[reference] = given
            tally.again += tries


def _post(connection: socket.socket, token: str, reference: str) -> str:
    """Our number for a report; ValueError for anything but 201."""
    said = json.dumps({"urls": [f"https://{reference}.pictures.example/a"], "reference": reference})
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="report"\r\n\r\n{said}\r\n--{BOUNDARY}--\r\n'
    head = (
        f"POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(part)}\r\n\r\n"
    )
    connection.sendall((head + part).encode())
    status, body = _answer(connection)
    if status != 201:
        connection.close()
        raise ValueError(f"answered {status}")
    return str(json.loads(body)["report"])


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    held = b""
    while b"\r\n\r\n" not in held:
        held += _more(connection)
    head, _, body = held.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += _more(connection)
    return int(head[9:12]), body


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise OSError("the connection ended")
    return piece


def _figures(seen: list[Tally], rate: float, seconds: float) -> dict[str, Any]:
    late = sorted(each for tally in seen for each in tally.late)
    taken = sorted(each for tally in seen for each in tally.taken)
    given = [number for tally in seen for number in tally.given.values()]
    return {
        "asked a second": rate,
        "acknowledged": len(given),
        "sent again": sum(tally.again for tally in seen),
        "answer p50, ms": _part(taken, 0.5),
        "answer p95, ms": _part(taken, 0.95),
        "answer p99, ms": _part(taken, 0.99),
        "due to answer p95, ms": _part(late, 0.95),
        "longest wait, ms": late[-1],
        "given": given,
    }


def _part(values: list[float], part: float) -> float:
    return values[min(len(values) - 1, int(len(values) * part))]


def _wait_for(port: int) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit("the api process did not start")


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])
