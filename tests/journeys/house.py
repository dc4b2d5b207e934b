"""A real node in a world of its own: every process, fresh data, free ports, a profile that does not wait for long.

Rules:
- nothing of the machine's own settings reaches it, apart from the database server that the whole suite is run on
- on PostgreSQL each house has a database of its own, which goes with it
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from tutela_node.desks.cli.demo.stage import Stage
from tutela_node.desks.cli.exampleland.dns_world import free_port

QUICK = """extends = "XA"
code = "XA"

[review]
withdraw_seconds = {seconds}
daily_views = 5000

[answers]
checking_minutes = 0
outcome_minutes = 0

[floods]
per_hour = 1000
"""


def environment(data: Path, *, seconds: int = 1, database: str = "") -> dict[str, str]:
    """What a node on `data` is set to: three free ports, and a profile whose assessments hold after `seconds`."""
    profile = data.parent / f"{data.name}.toml"
    profile.write_text(QUICK.format(seconds=seconds))
    hosts = {"public": "127.0.0.1", "workbench": "localhost", "api": "127.0.0.1"}
    urls = {f"TUTELA_{desk.upper()}_URL": f"http://{host}:{free_port()}" for desk, host in hosts.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
    chosen = {"TUTELA_DATA": str(data), "TUTELA_PROFILE": str(profile), **urls}
    return {**kept, **chosen, **({"TUTELA_DATABASE": database} if database else {})}


@contextmanager
def database() -> Iterator[str]:
    """The address of a new, empty database on the server of this run; empty text on SQLite."""
    server = os.environ.get("TUTELA_DATABASE", "")
    if not server:
        yield ""
        return
    name = f"house_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class House(Stage):
    """A stage whose settings are given, and whose node may end and be started again."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__(Path(settings["TUTELA_DATA"]))
        self.settings = settings
        self.urls = {desk: settings[f"TUTELA_{desk.upper()}_URL"] for desk in self.urls}

    @classmethod
    def on(cls, data: Path, *, seconds: int = 1, database: str = "") -> Self:
        return cls(environment(data, seconds=seconds, database=database))

    def environment(self) -> dict[str, str]:
        return {**self.settings, **self.world.settings()}

    def start_again(self) -> None:
        """A new supervisor, as an operator or the system would start it; does not wait until it is ready."""
        assert self._node is not None
        self._node.wait(timeout=30)
        self._spawn()

    def said(self) -> str:
        """What the node's processes wrote to their standard error so far."""
        return self._log.read_text("utf-8", "replace")

    @property
    def _log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    def _start_node(self) -> None:
        self._spawn()
        self.wait_ready()

    def _spawn(self) -> None:
        command = [sys.executable, "-m", "tutela.cli.main", "node", "serve", "--role", "all"]
        with self._log.open("ab") as log:
            self._node = subprocess.Popen(command, env=self.environment(), stderr=log)

    def processes(self) -> dict[int, str]:
        """Every living process of the node by its id, with its role: the supervisor, its children, and theirs."""
        parents, found = _parents(), {self.node_id(): "supervisor"} if self.is_running() else {}
        todo = list(found)
        while todo:
            above = todo.pop()
            for child in (id for id, parent in parents.items() if parent == above):
                found[child] = _role(child) or f"{found[above]}'s child"
                todo.append(child)
        return found


def until(what: str, seconds: float, ask: object) -> None:
    """Asks until the answer is true; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ask():  # type: ignore[operator]
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.3)


def _parents() -> dict[int, int]:
    """Parent by process id, from /proc; those that ended meanwhile, or only wait to be collected, are left out."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            found[int(path.parent.name)] = int(fields[1])
    return found


def _role(id: int) -> str:
    try:
        words = Path(f"/proc/{id}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    if "tutela.media.child" in words:
        return "decoder"
    return words[words.index("--role") + 1] if "--role" in words else ""
