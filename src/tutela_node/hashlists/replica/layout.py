"""Where the files of a matcher folder are, and how one is replaced.

    current                   the number of the snapshot in force
    beat                      a signed line, replaced several times a second
    snapshot-0000000012/      index/ (mapped), tables (a signed line), tail (signed lines, appended)
    spool/<matcher>/          look-ups, one file a few seconds

Rules:
- folders are for the node's user alone; a snapshot appears whole or not at all
"""

import os
from contextlib import suppress
from pathlib import Path

FOLDER = "matcher"  # in the data folder
CURRENT, BEAT, INDEX, TABLES, TAIL, SPOOL = "current", "beat", "index", "tables", "tail", "spool"
_PREFIX = "snapshot-"


def snapshot(folder: Path, number: int) -> Path:
    return folder / f"{_PREFIX}{number:010d}"


def numbers(folder: Path) -> list[int]:
    """The snapshots that are there whole, oldest first."""
    names = (path.name.removeprefix(_PREFIX) for path in folder.glob(f"{_PREFIX}*"))
    return sorted(int(name) for name in names if name.isdecimal())


def current(folder: Path) -> int:
    """The snapshot in force; 0 when there is none."""
    with suppress(FileNotFoundError, ValueError):
        return int((folder / CURRENT).read_text("ascii"))
    return 0


def replace(path: Path, content: bytes, *, durable: bool = True) -> None:
    """The new content under the old name, in one step."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("wb") as handle:
        handle.write(content)
        if durable:
            handle.flush()
            os.fsync(handle.fileno())
    part.replace(path)
    if durable:
        fsync_folder(path.parent)


def fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
