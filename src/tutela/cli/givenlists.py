"""Lists as they are named on the command line, for commands that compare with them.

Rules:
- a list that cannot be read ends the command before anything is compared: a missing list must not look like no match
- a list may carry its own threshold: `PATH:threshold=N`
- an entry whose end has come (by the day in UTC) counts as withdrawn
- a list of known-good files is never taken for one to look for, nor the other way round where the format says so
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import typer

from tutela.cli.listfiles import Seen, opened_list
from tutela.errors import Invalid
from tutela.hashlists import HEAD, ListEntry, has_expired, sniff
from tutela.matching import ALGORITHMS
from tutela.scanning.listing import Given

_OWN = re.compile(r"(?P<path>.+):threshold=(?P<bits>\d{1,3})", re.DOTALL)
_MOST_BITS = 256
GOOD = "known_good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A list as it was named: where, up to how many bits if it says so, and what it is for."""

    path: Path
    threshold: int | None
    known_good: bool

    @property
    def identity(self) -> dict[str, object]:
        """What tells this list, as it is now, from any other. Reads it whole; raises OSError."""
        with self.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return {"name": str(self.path), "sha256": digest, "threshold": self.threshold, GOOD: self.known_good}


def named(lists: Iterable[str], known_good: Iterable[str] = ()) -> list[Named]:
    """Raises Invalid for a list of the wrong purpose or none of ours, and OSError."""
    found = [_named(text, known_good=False) for text in lists] + [_named(text, known_good=True) for text in known_good]
    for each in found:
        with each.path.open("rb") as stream:
            try:
                purpose = sniff(stream.read(HEAD)).purpose
            except Invalid as error:
                raise Invalid(error.message, place=f"{each.path}, {error.place}") from None
        if purpose == GOOD and not each.known_good:
            raise Invalid("is a list of known-good files; give it with --known-good", place=str(each.path))
    return found


def _named(text: str, *, known_good: bool) -> Named:
    own = None if Path(text).exists() else _OWN.fullmatch(text)
    if own is None:
        return Named(path=Path(text), threshold=None, known_good=known_good)
    if int(own["bits"]) > _MOST_BITS:
        raise typer.BadParameter(f"a threshold is 0 to {_MOST_BITS} bits", param_hint="--list")
    return Named(path=Path(own["path"]), threshold=int(own["bits"]), known_good=known_good)


def given(each: Named, *, is_told: bool = False) -> Given:
    """The list with its entries, read when they are asked for; problems are told on standard error.

    `is_told`: the list was read before, and nothing is told again.
    """
    entries = _entries(each.path, is_told=is_told)
    return Given(name=str(each.path), entries=entries, threshold=each.threshold, known_good=each.known_good)


def _entries(path: Path, *, is_told: bool) -> Iterator[ListEntry]:
    today = datetime.now(UTC).date()
    with opened_list(path, is_told=is_told) as read:
        whole = (each for each in read if isinstance(each, ListEntry)) if is_told else Seen(path).entries(read)
        for entry in whole:
            yield ended(entry, today)


def tell_ignored(ignored: Iterable[tuple[tuple[str, str], int]]) -> None:
    """Say on standard error what cannot be compared, such as licensed hashes."""
    for (name, algorithm), count in sorted(ignored):
        if algorithm not in ALGORITHMS:
            typer.echo(f"{name}: {count} {algorithm} values cannot be compared here", err=True)


def ended(entry: ListEntry, today: date) -> ListEntry:
    """`entry`, withdrawn when its end has come; so an older form of it does not come back."""
    return replace(entry, deleted=True) if has_expired(entry, today) else entry
