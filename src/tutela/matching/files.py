"""Index files: written once, whole or not at all, and mapped.

Rules:
- a file gets its name when it is complete and on disk; it is never changed afterwards, and its owner alone reads it
- space is taken before anything is written, so that a full disk is an error and not a crash
- memory stays bounded while a file is written: rows come in batches, one band is in memory at a time
- opening reads one page, in time that does not depend on the size; a kernel checks what it reads from the rest
"""

import hashlib
import mmap
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutela.errors import Conflict, Invalid
from tutela.matching import layout as pages
from tutela.matching.bands import Bands, fitting, laid
from tutela.matching.digests import Sorted
from tutela.matching.layout import GROUPS, HASHES, IDS, MEMBERS, OFFSETS, ORDER, FileKind, Layout
from tutela.matching.marks import Groups, Keys, Marks
from tutela.matching.pile import Part, Written
from tutela.matching.roster import Roster, order_of
from tutela.matching.segment import Segment, fill
from tutela.matching.words import WORDS, Words, read_only

BATCH = 1 << 18
_TYPES: dict[str, np.dtype[Any]] = {
    HASHES: np.dtype("<u8"),
    IDS: np.dtype("<i8"),
    GROUPS: np.dtype("<u2"),
    OFFSETS: np.dtype("<u4"),
    MEMBERS: np.dtype("u1"),
    ORDER: np.dtype("<u4"),
}

Batches = Iterable[tuple[Words, Keys, Groups]]
Views = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mapped:
    """A file in the address space; pages come from disk when they are touched."""

    path: Path
    memory: mmap.mmap
    layout: Layout
    digests: dict[str, bytes]

    @property
    def page_sha256(self) -> str:
        return hashlib.sha256(self.memory[: pages.PAGE]).hexdigest()

    def view(self, name: str) -> npt.NDArray[Any]:
        """A section as a read-only column."""
        first, length = self.layout.places()[name]
        kind = np.dtype("u1") if name == HASHES and self.layout.kind == FileKind.DIGESTS else _TYPES[name]
        column: npt.NDArray[Any] = np.frombuffer(self.memory, kind, length // kind.itemsize, first)
        return column

    def verify(self) -> None:
        """Read the whole file and compare each section with its digest. Raises Invalid with the place."""
        for name, (first, length) in self.layout.places().items():
            with memoryview(self.memory) as whole, whole[first : first + length] as section:
                if hashlib.sha256(section).digest() != self.digests[name]:
                    raise Invalid(f"the section {name} was changed: its digest does not hold", place=f"byte {first}")


def mapped(path: Path, kind: FileKind, *, verify: bool = False) -> Mapped:
    """Map the file at `path`, which must be of `kind`. Raises Invalid with the byte, and OSError."""
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        layout, digests = pages.decode(stream.read(pages.PAGE), size)
        if layout.kind != kind:
            raise Invalid(f"a file of kind {layout.kind.name}, expected {kind.name}", place="byte 12")
        memory = mmap.mmap(stream.fileno(), size, prot=mmap.PROT_READ)
    opened = Mapped(path=path, memory=memory, layout=layout, digests=digests)
    if verify:
        opened.verify()
    return opened


def mapped_segment(path: Path, *, verify: bool = False) -> Part[Segment]:
    """The part in a file of PDQ hashes. Raises Invalid and OSError."""
    file = mapped(path, FileKind.PDQ, verify=verify)
    layout = file.layout
    bands = laid(layout.rows, layout.bands, octets=layout.octets, further=layout.further)
    content = Segment(
        hashes=file.view(HASHES).reshape(-1, WORDS),
        bands=bands,
        offsets=file.view(OFFSETS),
        members=file.view(MEMBERS),
    )
    return Part(content=content, roster=_roster(file), file=file)


def mapped_digests(path: Path, octets: int, *, verify: bool = False) -> Part[Sorted]:
    """The part in a file of digests of `octets` bytes. Raises Invalid and OSError."""
    file = mapped(path, FileKind.DIGESTS, verify=verify)
    if file.layout.hash_octets != octets:
        raise Invalid(f"digests of {file.layout.hash_octets} bytes, expected {octets}", place="byte 32")
    content = Sorted(hashes=file.view(HASHES).reshape(-1, octets), offsets=file.view(OFFSETS))
    return Part(content=content, roster=_roster(file), file=file)


def write_segment(path: Path, rows: int, batches: Batches, *, ascending: bool = False) -> Written:
    """Write PDQ hashes (uint64[n, 4]), ids and groups that come in batches and are `rows` together.

    `ascending`: the ids are known to ascend, so that the bands may take the bytes of their order. Besides the file's
    own pages it takes 4 bytes a row, and 16 more where the ids do not ascend. Raises Invalid when there are more or
    fewer rows, Conflict when the file is there, and OSError.
    """
    chosen = fitting(rows, ascending=ascending)
    plan = Layout(
        kind=FileKind.PDQ,
        rows=rows,
        hash_octets=32,
        bands=_pairs(chosen),
        has_order=rows > 1,
        octets=chosen.octets,
        further=chosen.further,
    )

    def filled(views: Views) -> bool:
        _columns(views, rows, batches)
        hashes = read_only(views[HASHES].reshape(-1, WORDS))
        for band in range(len(chosen.table)):
            _band(hashes, chosen, band, views)
        return _ordered(views)

    return _written(path, plan, filled)


def write_digests(path: Path, content: Sorted, marks: Marks) -> Written:
    """Write sorted digests with their marks. Raises Invalid for ids that are text, Conflict and OSError."""
    size, octets = content.hashes.shape
    plan = Layout(kind=FileKind.DIGESTS, rows=size, hash_octets=octets, bands=((0, content.bits),), has_order=size > 1)

    def filled(views: Views) -> bool:
        views[HASHES][:] = content.hashes.reshape(-1)
        views[OFFSETS][:] = content.offsets
        views[IDS][:], views[GROUPS][:] = numbers(marks), marks.groups
        return _ordered(views)

    return _written(path, plan, filled)


def numbers(marks: Marks) -> Keys:
    """The ids as numbers. Raises Invalid when there is text among them."""
    if marks.names is not None and not all(isinstance(each, int) for each in marks.names):
        raise Invalid("an index file holds ids that are numbers of 64 bits, not text", place="ids")
    return marks.keys


def _pairs(bands: Bands) -> tuple[tuple[int, int], ...]:
    return tuple((int(first), int(width)) for first, width, _ in bands.table)


def _roster(file: Mapped) -> Roster:
    return Roster(Marks(keys=file.view(IDS), groups=file.view(GROUPS)), order=file.view(ORDER))


def _columns(views: Views, rows: int, batches: Batches) -> None:
    at, hashes = 0, views[HASHES].reshape(-1, WORDS)
    for some, keys, groups in batches:
        past = at + len(some)
        if past > rows or not len(some) == len(keys) == len(groups):
            raise Invalid(f"batches of other lengths than the {rows} rows that were told", place=f"row {at}")
        hashes[at:past], views[IDS][at:past], views[GROUPS][at:past] = some, keys, groups
        at = past
    if at != rows:
        raise Invalid(f"{at} rows came and {rows} were told", place=f"row {at}")


def _band(hashes: Words, bands: Bands, band: int, views: Views) -> None:
    size, (_, width, start) = len(hashes) * bands.octets, bands.table[band]
    offsets, members = np.zeros((1 << width) + 1, dtype=np.uint32), np.empty(size, dtype=np.uint8)
    fill(hashes, bands, band, (offsets, members))
    views[OFFSETS][start : start + len(offsets)] = offsets
    views[MEMBERS][band * size : (band + 1) * size] = members


def _ordered(views: Views) -> bool:
    order = order_of(views[IDS])
    if len(order):
        views[ORDER][:] = order
    return len(order) > 0


def _written(path: Path, plan: Layout, filled: Callable[[Views], bool]) -> Written:
    if path.exists():
        raise Conflict("an index file is never changed; use another name", place=path.name)
    part = path.with_name(f".{path.name}.part-{os.getpid()}")
    try:
        page, size = _fill(part, plan, filled)
        part.rename(path)
        _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)
    return Written(octets=size, rows=plan.rows, page_sha256=hashlib.sha256(page).hexdigest())


def _fill(part: Path, plan: Layout, filled: Callable[[Views], bool]) -> tuple[bytes, int]:
    part.unlink(missing_ok=True)  # of a process that was killed
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b") as stream:
        os.posix_fallocate(stream.fileno(), 0, plan.size())
        memory = mmap.mmap(stream.fileno(), plan.size())
        own = Mapped(path=part, memory=memory, layout=plan, digests={})
        has_order = filled({name: own.view(name) for name in pages.NAMES})
        final = replace(plan, has_order=has_order)
        page = pages.encode(final, _digests(memory, final))
        memory[: pages.PAGE] = page
        os.ftruncate(stream.fileno(), final.size())
        os.fsync(stream.fileno())  # also what was written through the mapping; unlike a flush, it lets others run
    return page, final.size()


def _digests(memory: mmap.mmap, layout: Layout) -> dict[str, bytes]:
    digests = {}
    for name, (first, length) in layout.places().items():
        with memoryview(memory) as whole, whole[first : first + length] as section:
            digests[name] = hashlib.sha256(section).digest()
    return digests


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
