"""The real nginx on loopback, as an ordinary process in a folder of its own, with the project's example configuration.

Rules:
- the file is that of the project: every line that an operator fills in is filled in here, nothing else is changed
- nothing is written outside of `folder`; what nginx writes there can be watched
"""

import os
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.simulators.certificates import certificate
from tutela_node.desks.cli.exampleland.dns_world import free_port

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "nginx.conf"
NAMES = {"public": "report", "workbench": "desk", "api": "api", "matcher": "match"}
PORTS = {"public": 8000, "workbench": 8001, "api": 8002, "matcher": 8003}


def find_nginx() -> str | None:
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def host_of(desk: str) -> str:
    return f"{NAMES[desk]}.hotline.example"


class Proxy:
    """`with Proxy(folder, desks) as proxy:` serves the desks that listen at `desks` (port by desk) over TLS.

    `instead`: other texts for texts of the file, such as a shorter wait.
    """

    def __init__(self, folder: Path, desks: Mapping[str, int], *, instead: Mapping[str, str] | None = None) -> None:
        self.folder, self.desks, self.instead = folder, desks, dict(instead or {})
        self.tls, self.plain = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, desk: str) -> str:
        """The address that people outside see."""
        return f"https://{host_of(desk)}:{self.tls}"

    def __enter__(self) -> Self:
        for name in ("log", "memory", "etc"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        made = {desk: self._certificate(desk) for desk in NAMES}
        self.trusted = self.folder / "etc" / "trusted.pem"
        self.trusted.write_bytes(b"".join(paths[0].read_bytes() for paths in made.values()))
        (self.folder / "etc" / "nginx.conf").write_text(self._filled(made))
        self._process = subprocess.Popen(self._command("daemon off;"), stderr=subprocess.DEVNULL)
        self._wait()
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT if error[0] is None else signal.SIGTERM)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # somebody is still being served
            self._process.terminate()
            self._process.wait(timeout=20)

    def reload(self) -> None:
        """As an operator would: `nginx -s reload`."""
        subprocess.run([*self._command("daemon off;"), "-s", "reload"], check=True, capture_output=True, timeout=20)

    def trust(self) -> ssl.SSLContext:
        """A context that knows the certificates of this proxy, and no other."""
        return ssl.create_default_context(cafile=str(self.trusted))

    def processes(self) -> list[int]:
        """The master, and the processes that serve."""
        assert self._process is not None
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [master, *map(int, children)]

    def said(self) -> str:
        """What nginx wrote into its log."""
        return (self.folder / "log" / "error.log").read_text()

    def _command(self, more: str) -> list[str]:
        nginx = find_nginx()
        assert nginx is not None
        early = str(self.folder / "log" / "early.log")
        conf = str(self.folder / "etc" / "nginx.conf")
        return [nginx, "-p", str(self.folder), "-c", conf, "-e", early, "-g", more]

    def _certificate(self, desk: str) -> tuple[Path, Path]:
        folder = self.folder / "etc" / desk
        folder.mkdir(parents=True, exist_ok=True)
        return certificate(folder, host_of(desk))

    def _filled(self, made: Mapping[str, tuple[Path, Path]]) -> str:
        """The example with its places filled in. Fails where a place is not there any more."""
        text = EXAMPLE.read_text("utf-8")
        places = {
            "user www-data;": "user root;" if os.getuid() == 0 else "",
            "/run/nginx.pid": f"{self.folder}/nginx.pid",
            "/var/log/nginx/error.log": f"{self.folder}/log/error.log",
            "/dev/shm/": f"{self.folder}/memory/",
            "https://$host$request_uri": f"https://$host:{self.tls}$request_uri",
            "listen 443 ": f"listen 127.0.0.1:{self.tls} ",
            "listen 80": f"listen 127.0.0.1:{self.plain}",
            **{f"127.0.0.1:{PORTS[desk]}": f"127.0.0.1:{port}" for desk, port in self.desks.items()},
            **{f"/etc/tutela/{NAMES[desk]}.pem": str(paths[0]) for desk, paths in made.items()},
            **{f"/etc/tutela/{NAMES[desk]}.key": str(paths[1]) for desk, paths in made.items()},
            **self.instead,
        }
        lines = [line for line in text.splitlines() if "listen [::]:" not in line]  # loopback of one kind
        text = "\n".join(lines)
        for place, value in places.items():
            assert place in text, f"the example has no place {place}"
            text = text.replace(place, value)
        return text

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while not (self.folder / "nginx.pid").exists() or len(self.processes()) < 2:
            assert self._process is not None
            assert self._process.poll() is None, (self.folder / "log" / "early.log").read_text()
            assert time.monotonic() < deadline, "nginx does not start"
            time.sleep(0.05)
        while self.said().count("start worker process ") < len(self.processes()) - 1:  # it tells of each
            assert time.monotonic() < deadline, "nginx does not say that it started"
            time.sleep(0.05)
