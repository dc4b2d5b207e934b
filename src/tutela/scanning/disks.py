"""What a disk image holds, raw or EWF (E01): the files of its file systems, deleted ones, and pictures in free space.

Needs the extra `forensics` (libewf, The Sleuth Kit).

Rules:
- an image is known by its content: an EWF signature, a partition table or a file system
- a member is named by its partition (`p` and its first sector) and its path; deleted files stand under `$deleted`,
  what was carved from space that no file has under `$carved`, by its octet
- a file that cannot be read is a member with a problem; a damaged file system ends with one that says so
- nothing of the image is mounted, and nothing is written
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tutela.scanning.carving import MOST, SECTOR, carve, starts
from tutela.scanning.options import Options
from tutela.scanning.parts import Part, Pulse

NEEDS = "a disk image; looking into it needs the extra `forensics`: install tutela[forensics]"
NO_FILES = "no file system that can be read here"
DAMAGED = "the file system is damaged here; some of it was not looked at"
EWF = b"EVF\x09\x0d\x0a\xff\x00"
_SEGMENT = slice(9, 11)
_DEPTH = 64
_CHUNK = 1024 * 1024


def is_disk(head: bytes, size: int) -> bool:
    """Whether a file that begins like this (16 KiB are enough) is an image that can be looked into."""
    if head.startswith(EWF):
        return head[_SEGMENT] == b"\1\0"  # further segments are read with the first
    if size < 64 * SECTOR or size % SECTOR:
        return False
    boot = head[510:512] == b"\x55\xaa"
    names = (head[3:11] == b"NTFS    ", head[54:57] == b"FAT", head[82:85] == b"FAT", head[3:8] == b"EXFAT")
    table = boot and _is_table(head[446:510])
    return (boot and any(names)) or table or head[512:520] == b"EFI PART" or head[1080:1082] == b"\x53\xef"


def _is_table(entries: bytes) -> bool:
    """Four rows of a partition table: each bootable or not, and at least one used."""
    rows = [entries[at : at + 16] for at in range(0, 64, 16)]
    return all(row[0] in (0, 0x80) for row in rows) and any(row[4] and any(row[8:16]) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A file system: the library's handle, the name of its partition, where it begins in octets."""

    system: Any
    name: str
    offset: int


def members(path: bytes, options: Options, pulse: Pulse) -> Iterator[Part]:
    """Files, deleted files, carved pictures, partition by partition. Never raises for what the image holds."""
    try:
        import pytsk3
    except ImportError:
        yield Part(name="", data=None, problem=NEEDS)
        return
    try:
        image = _image(pytsk3, path)
    except ImportError:
        yield Part(name="", data=None, problem=NEEDS)
        return
    except (OSError, RuntimeError):
        yield Part(name="", data=None, problem=NO_FILES)
        return
    found = False
    for name, offset in _partitions(pytsk3, image):
        try:
            system = pytsk3.FS_Info(image, offset=offset)
        except (OSError, RuntimeError):
            continue
        found = True
        yield from _of_system(pytsk3, _Place(system=system, name=name, offset=offset), image, options, pulse)
    if not found:
        yield Part(name="", data=None, problem=NO_FILES)


def _image(pytsk3: Any, path: bytes) -> Any:
    """The image as The Sleuth Kit reads it. Raises OSError, and ImportError without libewf."""
    name = os.fsdecode(path)
    with open(path, "rb") as stream:
        if stream.read(len(EWF)) != EWF:
            return pytsk3.Img_Info(name)
    import pyewf

    class Ewf(pytsk3.Img_Info):  # type: ignore[misc]  # the library has no types
        def __init__(self) -> None:
            self._handle = pyewf.handle()
            self._handle.open(pyewf.glob(name))
            super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

        def read(self, offset: int, size: int) -> bytes:
            self._handle.seek(offset)
            return bytes(self._handle.read(size))

        def get_size(self) -> int:
            return int(self._handle.get_media_size())

        def close(self) -> None:
            self._handle.close()

    return Ewf()


def _partitions(pytsk3: Any, image: Any) -> Iterator[tuple[str, int]]:
    """Name and first octet; the image itself when it has no partition table."""
    try:
        volume = pytsk3.Volume_Info(image)
        starts = [each.start for each in volume if each.flags == pytsk3.TSK_VS_PART_FLAG_ALLOC]
        sector = volume.info.block_size
    except (OSError, RuntimeError):
        starts, sector = [], SECTOR
    for start in starts:
        yield f"p{start}/", start * sector
    if not starts:
        yield "", 0


def _of_system(pytsk3: Any, place: _Place, image: Any, options: Options, pulse: Pulse) -> Iterator[Part]:
    files = _Files(pytsk3, place, options, pulse)
    try:
        yield from files.under(place.system.open_dir(path="/"), "", 0)
    except (OSError, RuntimeError):
        yield Part(name=place.name, data=None, problem=DAMAGED)
    if options.carve:
        yield from _carved(place, image, files.runs, pulse)


def _carved(place: _Place, image: Any, used: list[tuple[int, int]], pulse: Pulse) -> Iterator[Part]:
    """Pictures in what no file has, by the octet of the image where each begins."""
    size, first, last = place.system.info.block_size, place.system.info.first_block, place.system.info.last_block
    at = first
    for begin, end in [*sorted(used), (last + 1, last + 1)]:
        octet, stop = place.offset + at * size, place.offset + min(begin, last + 1) * size
        while octet < stop:
            pulse()
            octet, found = _next_picture(image, octet, stop)
            if found is not None:
                yield Part(name=f"{place.name}$carved/{octet}", data=found)
                octet += max(SECTOR, -(-len(found) // SECTOR) * SECTOR)
        at = max(at, end)


def _next_picture(image: Any, at: int, stop: int) -> tuple[int, bytes | None]:
    """Where the next picture begins in the following piece, and its octets; else where to go on."""
    piece = _read(image, at, min(_CHUNK, stop - at))
    for offset in range(0, len(piece), SECTOR):
        if starts(piece[offset : offset + 8]):
            begin = at + offset
            found = next(carve(_read(image, begin, min(MOST, stop - begin))), None)
            return begin, found[1] if found else b""
    return at + max(len(piece), SECTOR), None


def _read(image: Any, at: int, size: int) -> bytes:
    """Octets of the image; none where it cannot be read."""
    try:
        return bytes(image.read(at, size))
    except (OSError, RuntimeError):
        return b""


class _Files:
    """The files of one file system, each once."""

    def __init__(self, pytsk3: Any, place: _Place, options: Options, pulse: Pulse) -> None:
        self._tsk, self._place, self._options, self._pulse = pytsk3, place, options, pulse
        self._seen: set[tuple[int, int]] = set()
        self._folders: set[int] = set()
        self.runs: list[tuple[int, int]] = []  # blocks of files that are there, as (first, behind the last)

    def under(self, folder: Any, way: str, depth: int) -> Iterator[Part]:
        """In the order of their names. Raises OSError when the folder cannot be read."""
        found = [each for each in folder if each.info.name is not None and each.info.name.name not in (b".", b"..")]
        for each in sorted(found, key=lambda one: bytes(one.info.name.name)):
            self._pulse()
            name = way + os.fsdecode(bytes(each.info.name.name).replace(b"/", b"_"))
            meta = each.info.meta
            if meta is None:
                continue  # only a name is left
            if meta.type in (self._tsk.TSK_FS_META_TYPE_DIR, self._tsk.TSK_FS_META_TYPE_VIRT_DIR):
                yield from self._inside(each, name, depth)
            elif meta.type == self._tsk.TSK_FS_META_TYPE_REG and self._is_new(each):
                yield self._file(each, name)

    def _inside(self, entry: Any, name: str, depth: int) -> Iterator[Part]:
        if entry.info.meta.addr in self._folders:
            return
        self._folders.add(entry.info.meta.addr)
        if depth >= _DEPTH:
            yield Part(name=self._place.name + name, data=None, problem=f"more than {_DEPTH} folders deep")
            return
        try:
            yield from self.under(entry.as_directory(), f"{name}/", depth + 1)
        except (OSError, RuntimeError):
            yield Part(name=self._place.name + name, data=None, problem=DAMAGED)

    def _is_new(self, entry: Any) -> bool:
        """One of several links to a file is enough; a deleted name of a live file is no deleted file."""
        key = (entry.info.meta.addr, entry.info.meta.flags & self._tsk.TSK_FS_META_FLAG_ALLOC)
        if key in self._seen:
            return False
        self._seen.add(key)
        if key[1]:
            with suppress(OSError, RuntimeError):  # where its blocks are cannot be said: they count as free
                self.runs += [(run.addr, run.addr + run.len) for attribute in entry for run in attribute if run.addr]
        return True

    def _file(self, entry: Any, name: str) -> Part:
        gone = entry.info.meta.flags & self._tsk.TSK_FS_META_FLAG_UNALLOC
        where = f"{self._place.name}{'$deleted/' if gone else ''}{name}"
        size = entry.info.meta.size
        if size > self._options.max_bytes:
            problem = f"the member has more than the {self._options.max_bytes:,} bytes that are decoded"
            return Part(name=where, data=None, size=size, problem=problem)
        try:
            data = b"".join(self._chunks(entry, size))
        except (OSError, RuntimeError):
            return Part(name=where, data=None, size=size, problem="could not be read from the image")
        return Part(name=where, data=data, size=size, problem="" if len(data) == size else "part of it is missing")

    def _chunks(self, entry: Any, size: int) -> Iterator[bytes]:
        at = 0
        while at < size and (chunk := entry.read_random(at, min(_CHUNK, size - at))):
            self._pulse()
            at += len(chunk)
            yield chunk
