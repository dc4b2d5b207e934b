"""What lies inside the files that `tutela match` is given: archives, documents, mail, disk images, web archives.

Rules:
- members are looked at by the process of a scan, bounded as there; it is started for the first file that holds any
- the lists are written for it once, into a folder that the owner alone can read and that is removed at the end
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tutela.cli.givenlists import Named, given
from tutela.scanning import Options, Seen, Setup, Workman
from tutela.scanning.inside import is_holder
from tutela.scanning.lines import shown
from tutela.scanning.listing import write
from tutela.scanning.reading import HEAD, ending

_TOLD = ("list", "entry", "algorithm", "distance", "class", "via")


class Inside:
    """Looks into files with the same lists. Use it as a context; leaving it ends the process and removes the folder."""

    def __init__(self, lists: Sequence[Named], options: Options) -> None:
        self._lists, self._options = lists, options
        self._left = ExitStack()
        self._workman: Workman | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._left.close()

    def lines(self, path: Path) -> Iterator[dict[str, Any]]:
        """One for each member, in the order of the file; none when it holds none. Raises OSError and Unavailable."""
        with path.open("rb") as stream:
            if not is_holder(stream.read(HEAD), ending(stream), os.fstat(stream.fileno()).st_size):
                return
        looked = self._looker().look(bytes(path.resolve()))
        next(looked, None)  # the file itself
        for seen in looked:
            yield self._line(path, seen)

    def _looker(self) -> Workman:
        if self._workman is None:
            folder = Path(self._left.enter_context(tempfile.TemporaryDirectory(prefix="tutela-match-")))
            write(folder, (given(each, is_told=True) for each in self._lists))
            self._workman = self._left.enter_context(Workman(Setup(folder=folder, options=self._options)))
        return self._workman

    def _line(self, path: Path, seen: Seen) -> dict[str, Any]:
        line: dict[str, Any] = {"path": f"{path}/{shown(os.fsencode(seen.member))}" if seen.member else str(path)}
        if seen.sha256 is None:
            return line | {"error": seen.problem}
        matches = [asdict(each) | {"class": each.match_class} for each in seen.matches]
        line["matches"] = [{name: each[name] for name in _TOLD} for each in matches]
        if any(each.known_good for each in self._lists):
            line["known_good"] = list(seen.known_good)
        return line | ({"problem": seen.problem} if seen.problem else {})
