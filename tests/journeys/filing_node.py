"""The api role of a real node, served by gunicorn on a free port, with a provider's token: what a client talks to."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tutela_node.desks.cli.exampleland.dns_world import free_port
from tutela_node.desks.cli.exampleland.people import PROVIDER

START = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """`base` ends in /ispws. `process` is the arbiter; the worker that answers is its child."""

    base: str
    user: str
    token: str
    data: Path
    environment: dict[str, str]
    process: int

    def worker(self) -> int:
        """The process that answers."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        return int(children[0])

    def tutela(self, *words: str) -> str:
        command = [sys.executable, "-m", "tutela.cli.main", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True, timeout=120)
        return done.stdout


@contextmanager
def served(data: Path, **more: str) -> Iterator[Served]:
    """`more`: environment of the server, beside what it needs."""
    url = f"http://127.0.0.1:{free_port()}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
    environment = {**kept, "TUTELA_DATA": str(data), "TUTELA_API_URL": url, **more}
    command = [sys.executable, "-m", "tutela.cli.main", "node"]
    subprocess.run([*command, "init", "--exampleland"], env=environment, check=True, capture_output=True, timeout=120)
    token = json.loads((data / "exampleland.json").read_text())["token"]
    with log_of(data).open("ab") as log:
        process = subprocess.Popen([*command, "serve", "--role", "api"], env=environment, stdout=log, stderr=log)
    try:
        _wait(url, process)
        yield Served(
            base=f"{url}/ispws", user=PROVIDER, token=token, data=data, environment=environment, process=process.pid
        )
    finally:
        process.terminate()
        process.wait(timeout=30)


def log_of(data: Path) -> Path:
    """What the server's processes say."""
    return data.parent / f"{data.name}.log"


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START
    while True:
        try:
            if httpx.get(f"{url}/health", timeout=5.0, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server does not answer"
        time.sleep(0.2)
