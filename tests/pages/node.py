"""A staged node with its three desks as real processes on free ports, ended with the block."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).resolve().parent
PASSWORD = "a long sentence for tests"
HOSTS = {"public": "127.0.0.1", "workbench": "localhost", "api": "127.0.0.1"}  # passkeys refuse a bare address
START = 60.0


class Node:
    """`urls` names each desk; `facts` is what the stage told: ids, links, a reporter's code."""

    def __init__(self) -> None:
        self.urls = {desk: f"http://{host}:{_free_port()}" for desk, host in HOSTS.items()}
        self.facts: dict[str, Any] = {}
        self.cookies: dict[str, list[Any]] = {}  # of who signed in
        self._open = ExitStack()

    def __enter__(self) -> Self:
        try:
            data = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="tutela-pages-")))
            environment = self._environment(data)
            self.facts = json.loads(_run([sys.executable, str(HERE / "stage.py")], environment).splitlines()[-1])
            for desk in self.urls:
                self._open.callback(end, _start(desk, environment, data / f"{desk}.log"))
            for url in self.urls.values():
                _wait(url)
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def _environment(self, data: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
        urls = {f"TUTELA_{desk.upper()}_URL": url for desk, url in self.urls.items()}
        return {**kept, **urls, "TUTELA_DATA": str(data)}


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def _start(desk: str, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tutela.cli.main", "node", "serve", "--role", desk]
    with log.open("wb") as output:
        return subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(url: str) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
