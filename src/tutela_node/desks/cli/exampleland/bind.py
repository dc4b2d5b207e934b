"""A real BIND resolver on a high loopback port, with one response-policy zone and everything else forwarded.

Rules:
- it runs as whoever starts it, in a folder of its own, without control channel, DNSSEC or built-in zones
- it forwards to one upstream only, so no query leaves the machine
- queries are asked with dig, as an operator would
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tutela_node.desks.cli.exampleland.dns_world import free_port

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/local/sbin"])
PATIENCE = 15.0  # seconds until a start or reload must have taken effect
CONF = """
options {{
  directory "{folder}"; pid-file "{folder}/named.pid"; session-keyfile none; managed-keys-directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion yes; allow-query {{ 127.0.0.1; }}; allow-recursion {{ 127.0.0.1; }}; allow-transfer {{ none; }};
  forward only; forwarders {{ 127.0.0.1 port {upstream}; }};
  dnssec-validation no; empty-zones-enable no; minimal-responses no; max-cache-ttl 1; max-ncache-ttl 1;
  response-policy {{ zone "{origin}" log no; }} qname-wait-recurse no min-update-interval 0;
}};
controls {{ }};
zone "{origin}" {{ type primary; file "{folder}/policy.zone"; notify no; }};
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What dig saw: the code as `NOERROR` or `NXDOMAIN`, and the data of the answer section in order."""

    rcode: str
    addresses: tuple[str, ...]


class Bind:
    """A running resolver; a context manager, or `start()` and `stop()`. `port` is its own."""

    def __init__(self, folder: Path, zone: bytes, origin: str, upstream_port: int) -> None:
        self.folder, self.origin, self.port = folder, origin, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "policy.zone").write_bytes(zone)
        values = {"folder": folder, "port": self.port, "upstream": upstream_port, "origin": origin}
        (folder / "named.conf").write_text(CONF.format_map(values))

    def start(self) -> Self:
        named = found("named")
        with (self.folder / "named.log").open("wb") as log:
            command = [named, "-g", "-n", "1", "-c", str(self.folder / "named.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603  # our own command
        self._until(lambda: self.serial() is not None)
        return self

    def reload(self, zone: bytes, serial: int) -> None:
        """Put another zone in place and wait until its serial is served."""
        assert self._process is not None
        (self.folder / "policy.zone").write_bytes(zone)
        self._process.send_signal(signal.SIGHUP)
        self._until(lambda: self.serial() == serial)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE)
            self._process = None

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def query(self, name: str, kind: str = "A") -> Answer:
        """Ask for a name and a type."""
        lines = self._dig(name, kind, "+noall", "+comments", "+answer").splitlines()
        codes = [line.split("status: ")[1].split(",")[0] for line in lines if "status: " in line]
        fields = [line.split() for line in lines if line and not line.startswith(";")]
        return Answer(rcode=codes[0] if codes else "", addresses=tuple(field[-1] for field in fields))

    def serial(self) -> int | None:
        """The serial of the policy zone as served, None while there is no answer."""
        fields = self._dig(self.origin, "SOA", "+short").split()
        return int(fields[2]) if len(fields) == 7 else None

    def _dig(self, *words: str) -> str:
        command = [found("dig"), "@127.0.0.1", "-p", str(self.port), "+time=2", "+tries=1", "+noidnout", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # names of the case
        return done.stdout

    def _until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done():
            dead = self._process is None or self._process.poll() is not None
            if dead or time.monotonic() > deadline:
                raise RuntimeError(f"named did not get there: {(self.folder / 'named.log').read_text()[-2000:]}")
            time.sleep(0.05)


def found(program: str) -> str:
    """The path of a program of BIND; FileNotFoundError where it is not installed."""
    path = shutil.which(program, path=PATH)
    if path is None:
        raise FileNotFoundError(f"{program} is not installed (Debian: bind9, bind9-dnsutils)")
    return path


def is_installed() -> bool:
    return all(shutil.which(program, path=PATH) for program in ("named", "dig"))
