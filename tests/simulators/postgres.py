"""A real PostgreSQL 15 or newer, in a folder of its own on a free loopback port, ended with the block.

PostgreSQL refuses to run as root: it then runs as the user `postgres` that Debian's package makes.
"""

import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self


def find_postgres() -> Path | None:
    """The folder of the newest `initdb` and `postgres` on this machine."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


class Postgres:
    """`url` is a TUTELA_DATABASE while the block runs. `durable`: each commit reaches the disk, as in production."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder, self.durable = folder, durable
        self.port = _free_port()
        self.url = f"postgresql://tutela@127.0.0.1:{self.port}/postgres"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        bin_folder = find_postgres()
        if bin_folder is None:
            raise FileNotFoundError("PostgreSQL is not installed")
        data = self.folder / "pg"
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._run(bin_folder / "initdb", "-D", str(data), "-U", "tutela", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        options += "" if self.durable else " -c fsync=off"
        self._run(bin_folder / "pg_ctl", "-D", str(data), "-o", options, "-w", "-l", str(self.folder / "log"), "start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        bin_folder = find_postgres()
        if bin_folder:
            self._run(bin_folder / "pg_ctl", "-D", str(self.folder / "pg"), "-m", "immediate", "-w", "stop")

    def _run(self, *command: str | Path) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        done = subprocess.run(
            [*as_postgres, *map(str, command)], cwd="/", capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name} failed: {done.stdout[-500:]}{done.stderr[-500:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
