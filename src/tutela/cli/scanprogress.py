"""How far a scan is, on standard error, and what it found, at its end.

Rules:
- what lies under the root is counted beside the scan, so that the time left is known without waiting for it
- progress goes to a terminal only, or as JSON lines to whoever asked for them
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from tutela.scanning import Totals, tally

_EVERY = 1.0


class Progress:
    """Shows the counts at most once a second; `seconds` is how long this run took."""

    def __init__(self, root: Path, totals: Totals, *, as_json: bool) -> None:
        self._root, self._totals, self._as_json = root, totals, as_json
        self._before, self._started, self._shown = totals.files, time.monotonic(), 0.0
        self._all: int | None = None
        self._stopped = False
        self.seconds = 0.0
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Bar(*columns, TextColumn("{task.fields[rate]}"), console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task("Scanning", total=None, rate="")

    def __enter__(self) -> Self:
        threading.Thread(target=self._count, daemon=True).start()
        if not self._as_json:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopped = True
        self.seconds = time.monotonic() - self._started
        self._bar.stop()

    def told(self, totals: Totals) -> None:
        """A file is done."""
        now = time.monotonic()
        if now - self._shown < _EVERY:
            return
        self._shown = now
        rate = (totals.files - self._before) / max(now - self._started, 1e-9)
        if self._as_json:
            print(json.dumps({"progress": self._figures(totals, rate)}), file=sys.stderr, flush=True)
        else:
            shown = f"{rate:,.0f}/s, {totals.matched:,} with matches"
            self._bar.update(self._task, completed=totals.files, total=self._all, rate=shown)

    def _figures(self, totals: Totals, rate: float) -> dict[str, float | int | None]:
        left = None if self._all is None or rate <= 0 else round(max(0, self._all - totals.files) / rate, 1)
        return {
            "files": totals.files,
            "of": self._all,
            "members": totals.members,
            "matched": totals.matched,
            "files_per_second": round(rate, 1),
            "seconds_left": left,
        }

    def _count(self) -> None:
        count = 0
        for _ in tally(os.fsencode(self._root)):
            count += 1
            if self._stopped:
                return
        self._all = count


def summary_of(root: Path, totals: Totals, seconds: float) -> dict[str, Any]:
    """Counts of the whole scan; `seconds` and the rate are those of this run."""
    return {
        "root": str(root).encode(errors="replace").decode(),
        **totals.as_object(),
        "left_to_look_at": totals.left_to_look_at,
        "seconds": round(seconds, 3),
        "files_per_second": round(totals.files / seconds, 1) if seconds > 0 else None,
    }


def tell_summary(summary: dict[str, Any]) -> None:
    """For people, on standard output."""
    left = summary["left_to_look_at"]
    typer.echo(f"{summary['files']:,} files and {summary['members']:,} members, {summary['bytes']:,} bytes")
    typer.echo(f"{summary['matched']:,} with matches")
    for by, counts in summary["matches"].items():
        for name, count in counts.items():
            typer.echo(f"  {by} {_printable(name)}: {count:,}")
    typer.echo(f"{summary['problems']:,} with a problem, {summary['truncated']:,} cut short")
    if summary["known_good"]:
        typer.echo(
            f"{summary['known_good']:,} known good: {left['cut_lines_percent']:g} % of files and members, "
            f"{left['cut_bytes_percent']:g} % of the bytes; {left['lines']:,} are left to look at"
        )
    typer.echo(f"{summary['seconds']:,.1f} s, {summary['files_per_second'] or 0:,.0f} files a second")


def _printable(name: str) -> str:
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)
