"""A scan from its root to its last line.

Rules:
- lines are written in the order of the walk, whoever looked at the file
- what was written is marked about once a second, so a kill costs a second's work
- every way out, also Ctrl-C and a full disk, leaves a journal to go on from, and no process behind
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tutela.scanning.journal import Journal
from tutela.scanning.pool import Told
from tutela.scanning.summary import Totals
from tutela.scanning.walk import Found, walk

MARK_SECONDS = 1.0


class Lookers(Protocol):
    """Whoever turns files to lines: a `Pool`, or a cluster."""

    def lines(self, files: Iterable[Found]) -> Iterator[Told]:
        """The lines of each file, then None, in the order of `files`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """`clock` in seconds; `progress` is called with the counts after each file."""

    clock: Callable[[], float]
    progress: Callable[[Totals], None]


def scan(root: Path, journal: Journal, lookers: Lookers, watch: Watch, *, without: Iterable[Path] = ()) -> Totals:
    """Every file under `root`, from where `journal` stands to the end. Returns the counts, those of before included.

    `without`: folders and files that are left out, as what the scan itself makes. Raises OSError and Unavailable.
    """
    if journal.mark.finished:
        return journal.totals
    left_out = journal.files() | {(state.st_dev, state.st_ino) for each in without for state in (os.stat(each),)}
    files = walk(os.fsencode(root), after=journal.mark.after, without=left_out)
    marked = watch.clock()
    for found, seen in lookers.lines(files):
        if seen is not None:
            journal.add(found, seen)
            continue
        journal.end(found)
        watch.progress(journal.totals)
        if (now := watch.clock()) - marked >= MARK_SECONDS:
            journal.commit()
            marked = now
    journal.commit(finished=True)
    return journal.totals
