"""How fast, how large and how exact the PDQ index is, beside its peers, in one run.

    ./bench matching [--rows 100000 1000000 10000000] [--needles 200] [--huge] [--folder DIR] [--json]

Rules:
- one thread each, the same hashes and needles for all, sides asked in turns; ratios count, not milliseconds
- each side is a process of its own, whose peak of memory is its own
- every answer is compared with the oracle's; a wrong one ends the run
- ours is asked as it is used: mapped from its file, with ids, groups and marks of removal
- `--huge` adds 100,000,000 rows, ours alone; it takes about 20 GiB of disk and of memory for pages
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.table import Table
from run import PEER_PYTHON

HERE = Path(__file__).resolve().parent
HUGE = 100_000_000
MOST_PYTX = 1_000_000
MOST_SLOW = 40  # needles for sides that take more than a millisecond each
ROUNDS = 3


class Side:
    """A child process that answers one JSON line for one."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        own = name == "ours"
        command = (
            [sys.executable, "matching_own.py", "serve", str(folder)]
            if own
            else [str(PEER_PYTHON), "matching_peers.py", name]
        )
        single = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        self._child = subprocess.Popen(
            command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | single
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                stream.close()
        self._child.wait()

    def __call__(self, verb: str, **asked: Any) -> dict[str, Any]:
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(json.dumps({"verb": verb, **asked}) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended at {verb}")
        return dict(json.loads(line))


def best(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The smallest of each figure; of answers the one they agree on."""
    if len({each["answer"] for each in rounds}) != 1:
        sys.exit("one side answers the same question in two ways")
    return {key: rounds[0][key] if key == "answer" else min(each[key] for each in rounds) for key in rounds[0]}


def compared(kind: str, rows: int, count: int, folder: Path) -> Iterator[dict[str, Any]]:
    """All sides at one size: build in turn, then ask in turns."""
    count = min(count, MOST_SLOW) if rows > MOST_PYTX else count
    names = ["ours", "faiss_flat", "faiss_multihash", *(["threatexchange"] if rows <= MOST_PYTX else [])]
    case = {"kind": kind, "rows": rows}
    with ExitStack() as stack:
        sides = {
            name: stack.enter_context(Side(name, folder)) for name in names if name == "ours" or PEER_PYTHON.exists()
        }
        figures = {name: side("build", **case) for name, side in sides.items()}
        expected = sides["ours"]("oracle", **case, count=count)
        figures["ours"] |= sides["ours"]("write", **case)
        asked = {name: [] for name in sides}
        for _ in range(ROUNDS):
            for name, side in sides.items():
                asked[name].append(side("ask", **case, count=count))
        for name in sides:
            figures[name] |= best(asked[name])
            if figures[name].pop("answer") != expected["answer"]:
                sys.exit(f"{name} differs from the oracle at {rows} {kind} rows")
        figures["ours"] |= sides["ours"]("change")
        figures["ours"] |= sides["ours"]("merge", folder=str(folder))
        for name, side in sides.items():
            yield {**case, "side": name, **figures[name], **side("memory")}
        figures_of_start = sides["ours"]("freeze", folder=str(folder))
    yield {**case, "side": "ours, started anew", **figures_of_start, **started(folder)}


def started(folder: Path) -> dict[str, Any]:
    """Seconds from the start of a process to its first answer."""
    took, said = [], {}
    command = [sys.executable, "matching_own.py", "ready", str(folder)]
    for _ in range(ROUNDS):
        began = time.perf_counter()
        said = json.loads(subprocess.run(command, cwd=HERE, check=True, capture_output=True).stdout)
        took.append(time.perf_counter() - began)
    for each in (folder / "matcher").iterdir():
        each.unlink()
    (folder / "matcher").rmdir()
    return {"start_s": min(took), "private_mb": said["private_mb"]}


def huge(kind: str, rows: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Ours alone, through the streaming writer; the oracle answers for a few needles."""
    case = {"kind": kind, "rows": rows}
    with Side("ours", folder) as side:
        figures = side("write", **case) | {"peak_write_mb": side("memory")["peak_mb"]}
        few = side("ask", **case, count=10)["answer"]
        if few != side("oracle", **case, count=10)["answer"]:
            sys.exit(f"ours differs from the oracle at {rows} {kind} rows")
        figures |= best([side("ask", **case, count=200) for _ in range(ROUNDS)])
        figures.pop("answer")
        yield {**case, "side": "ours", **figures, **side("change"), **side("memory")}
    (folder / "pdq.index").unlink()


def shown(lines: list[dict[str, Any]], console: Console) -> None:
    """A table for each size: a column a side, a row a figure, and how many times ours is better."""
    for kind, rows in dict.fromkeys((line["kind"], line["rows"]) for line in lines):
        here = [line for line in lines if (line["kind"], line["rows"]) == (kind, rows)]
        table = Table(title=f"{rows:,} {kind} hashes, all within 31 bits, one thread")
        for name in ("", *(line["side"] for line in here), "ratio to the better peer"):
            table.add_column(name, justify="right" if name else "left", no_wrap=not name)
        keys = dict.fromkeys(key for line in here for key in line if key not in ("kind", "rows", "side"))
        for key in keys:
            table.add_row(key, *(_figure(line.get(key)) for line in here), _ratio(key, here))
        console.print(table)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.3f}" if value < 100 else f"{value:,.0f}"


def _ratio(key: str, here: list[dict[str, Any]]) -> str:
    ours = next((line[key] for line in here if line["side"] == "ours" and key in line), None)
    peers = [line[key] for line in here if not line["side"].startswith("ours") and key in line]
    return f"{min(peers) / ours:.1f} x" if ours and peers else ""


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(prog="bench matching", description=(__doc__ or "").splitlines()[0])
    options.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000, 10_000_000])
    options.add_argument("--kinds", nargs="+", default=["even", "clustered"], choices=["even", "clustered"])
    options.add_argument("--needles", type=int, default=200)
    options.add_argument("--huge", action="store_true", help=f"also {HUGE:,} rows, ours alone")
    options.add_argument("--folder", type=Path, help="where index files are written and removed again")
    options.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = options.parse_args(arguments)
    lines: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(dir=asked.folder) as made:
        folder = Path(made)
        cases = [(compared, rows) for rows in asked.rows] + ([(huge, HUGE)] if asked.huge else [])
        for measure, rows in cases:
            for kind in asked.kinds:
                more = (asked.needles,) if measure is compared else ()
                for line in measure(kind, rows, *more, folder):
                    lines.append(line)
                    if asked.json:
                        print(json.dumps(line), flush=True)
    if not asked.json:
        shown(lines, Console())
    return 0
