"""Watches folders for anything that is made or written in them, also when it is gone at once (Linux, inotify).

A file that is opened and unlinked in one breath leaves no trace in a listing; the kernel still tells of it.
"""

import ctypes
import os
import struct
from pathlib import Path
from typing import Self

CREATED, MODIFIED, MOVED, WRITTEN = 0x100, 0x2, 0x80, 0x8
FOLDER = 0x40000000
LOST = 0x4000
HEAD = struct.Struct("iIII")


class Watched:
    """`with Watched(folder, …) as seen:`; `seen.touched()` answers the paths that were made or written since."""

    def __init__(self, *folders: Path) -> None:
        self._libc = ctypes.CDLL("libc.so.6", use_errno=True)
        self._folders = folders
        self._names: dict[int, Path] = {}
        self._seen: set[Path] = set()

    def __enter__(self) -> Self:
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for folder in self._folders:
            for each in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
                self._watch(each)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def touched(self) -> set[Path]:
        """Raises OSError where the kernel could not keep up."""
        while True:
            try:
                told = os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                return set(self._seen)
            self._take(told)

    def _take(self, told: bytes) -> None:
        at = 0
        while at < len(told):
            watch, mask, _, length = HEAD.unpack_from(told, at)
            name = told[at + HEAD.size : at + HEAD.size + length].rstrip(b"\0").decode()
            at += HEAD.size + length
            if mask & LOST:
                raise OSError("more was written than could be told")
            path = self._names[watch] / name
            self._seen.add(path)
            if mask & FOLDER and path.is_dir():
                self._watch(path)

    def _watch(self, folder: Path) -> None:
        mask = CREATED | MODIFIED | MOVED | WRITTEN
        found = self._libc.inotify_add_watch(self._descriptor, os.fsencode(folder), mask)
        if found < 0:
            raise OSError(ctypes.get_errno(), "a folder cannot be watched", str(folder))
        self._names[found] = folder
