"""Whether a folder lies where a stolen disk gives nothing away: in memory, or on an encrypted volume.

Rules:
- what cannot be found out is not private; an operator may state it instead (`TUTELA_VOLUME_IS_ENCRYPTED`), for clouds
  that encrypt below what a machine can see
- Linux only: the mount table names the file system, and device-mapper names what lies under it (dm-crypt: CRYPT-…)
"""

import os
from pathlib import Path
from typing import Protocol

from tutela_node.foundation.errors import Unavailable

IN_MEMORY = frozenset({"tmpfs", "ramfs"})
MOST_LAYERS = 8


def is_private(folder: Path, *, proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> bool:
    """True when `folder` is kept in memory or on a volume encrypted by dm-crypt. `proc`, `sys`: for tests."""
    try:
        device = os.stat(folder).st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        if _file_system(proc, number) in IN_MEMORY:
            return True
        return _is_encrypted((sys / "dev" / "block" / number).resolve(strict=True), MOST_LAYERS)
    except OSError:
        return False


class Placed(Protocol):
    """What is asked of the configuration of a process."""

    @property
    def data(self) -> Path: ...
    @property
    def production(self) -> bool: ...
    @property
    def volume_is_encrypted(self) -> bool: ...


def check_volume(config: Placed) -> str:
    """A short fact for readiness. Raises Unavailable in production when the data folder is not private."""
    if is_private(config.data):
        return "in memory or on an encrypted volume"
    if config.volume_is_encrypted:
        return "encrypted, as the operator states"
    if config.production:
        raise Unavailable("the data folder is on a plain disk: hashes would lie there in the clear")
    return "a plain disk, which production refuses"


def _file_system(proc: Path, number: str) -> str:
    """The type of the file system on a device. Source: proc(5), mountinfo: fields after a lone hyphen."""
    for line in (proc / "self" / "mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        if before.split()[2:3] == [number]:
            return after.split()[0]
    return ""


def _is_encrypted(device: Path, layers: int) -> bool:
    """Whether every path down from the device crosses dm-crypt: an LVM on two disks is as open as its openest disk."""
    uuid = device / "dm" / "uuid"
    if uuid.exists() and uuid.read_text().startswith("CRYPT-"):
        return True
    below = sorted((device / "slaves").glob("*")) if (device / "slaves").exists() else []
    return bool(below) and layers > 0 and all(_is_encrypted(each.resolve(), layers - 1) for each in below)
