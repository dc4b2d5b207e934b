"""Hash lists as files on the command line: opened in whatever format they are, their problems told on standard error.

Rules:
- the format is found from the content unless it is named; a column map makes it a table
- an error names the file and the place in it
- of many problems the first few are shown and all are counted
"""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import typer
from rich.console import Console
from rich.progress import wrap_file

from tutela.errors import Limited, TutelaError
from tutela.hashlists import FORMATS, HEAD, ListEntry, Problem, Purpose, Read, from_json, sniff
from tutela.hashlists import csvmap as tables
from tutela.hashlists.signed_header import FORMAT

SHOWN = 20
SIGNED = f'"format":"{FORMAT}"'.encode()
LARGEST_MAP = 1 << 20


@contextmanager
def opened_list(path: Path, form: str | None = None, *, is_told: bool = False) -> Iterator[Read]:
    """Entries and problems of the list in `path`; `form` is a format's name or the path of a column map.

    Says that a signature was not checked, unless that `is_told` already. Raises what its reader raises, with the file
    named.
    """
    console = Console(stderr=True)
    with placed(path), path.open("rb") as stream:
        head = stream.peek(HEAD)
        read = _reader(form) if form else sniff(head).read
        if is_signed(head) and not is_told:
            typer.echo(f"{path}: the signature was not checked; `tutela lists verify` checks it", err=True)
        size = path.stat().st_size
        with wrap_file(stream, size, description=path.name, console=console, disable=not console.is_terminal) as seen:
            yield read(seen)


def purpose_of(path: Path, form: str | None = None) -> Purpose:
    """What a list is for, as far as its format says so. Raises Invalid, with the file named, and OSError."""
    if form is not None:
        return FORMATS[form].purpose if form in FORMATS else Purpose.KNOWN
    with placed(path), path.open("rb") as stream:
        return sniff(stream.peek(HEAD)).purpose


@contextmanager
def placed(path: Path) -> Iterator[None]:
    """Names the file in the place of an error."""
    try:
        yield
    except TutelaError as error:
        place = f"{path}, {error.place}" if error.place else str(path)
        raise type(error)(error.message, place=place) from None


def is_signed(head: bytes) -> bool:
    """Whether a file that begins with `head` is a list of ours of format 2."""
    return SIGNED in head.split(b"\n", 1)[0]


@contextmanager
def appearing(out: Path) -> Iterator[BinaryIO]:
    """A new file beside `out` that takes its place when all went well, and is gone when not; for its owner only."""
    handle, made = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        Path(made).replace(out)
    finally:
        Path(made).unlink(missing_ok=True)


def _reader(form: str) -> Callable[[BinaryIO], Read]:
    if form in FORMATS:
        return FORMATS[form].read
    if not form.endswith(".json"):
        raise typer.BadParameter(f"unknown format; use a column map (NAME.json) or one of {', '.join(FORMATS)}")
    return partial(tables.read, mapping=_map(Path(form)))


def _map(path: Path) -> tables.CsvMap:
    with path.open("rb") as stream:
        text = stream.read(LARGEST_MAP + 1)
    if len(text) > LARGEST_MAP:
        raise Limited("a column map is at most 1 MiB", place=str(path))
    return from_json(text)


class Seen:
    """Counts what passes, and tells problems on standard error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problems = 0
        self.counts: Counter[str] = Counter()

    def entries(self, read: Read) -> Iterator[ListEntry]:
        for each in read:
            if isinstance(each, ListEntry):
                self._count(each)
                yield each
            else:
                self._tell(each)
        if self.problems > SHOWN:
            typer.echo(f"{self._path}: {self.problems - SHOWN} more problems", err=True)

    def _count(self, entry: ListEntry) -> None:
        self.counts["entries"] += 1
        self.counts["deleted"] += entry.deleted
        self.counts[f"kind {entry.kind or 'none'}"] += 1
        self.counts.update(f"algorithm {algorithm}" for algorithm, _ in entry.hashes)

    def _tell(self, problem: Problem) -> None:
        self.problems += 1
        if self.problems <= SHOWN:
            typer.echo(f"{self._path}, {problem.place}: {problem.message}", err=True)

    def figures(self) -> dict[str, object]:
        """The counts as a tree for JSON."""
        groups = {
            group: {name.split(" ", 1)[1]: n for name, n in sorted(self.counts.items()) if name.startswith(f"{group} ")}
            for group in ("algorithm", "kind")
        }
        return {
            "entries": self.counts["entries"],
            "algorithms": groups["algorithm"],
            "kinds": groups["kind"],
            "deleted": self.counts["deleted"],
            "problems": self.problems,
        }
