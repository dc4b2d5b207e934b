"""Intake under load: how fast the triage pages are beside a million reports, and what a flood does to them.

    ./bench intake load  [--rate 200] [--seconds 60] [--database sqlite|postgres] [--json]
    ./bench intake flood [--rows 100000] [--times 100] [--database sqlite|postgres] [--json]
    ./bench intake lists [--rows 1000000] [--times 100] [--database sqlite|postgres] [--json]

`load` sends reports to the api process at a steady rate, kills it once in the middle, and looks for every acknowledged
one. `flood` plants fifty genuine reports in a flood of junk, and looks for them in the pages. `lists` fills a node of
its own and asks each page `--times` times.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import intake_flood
import intake_lists
import intake_load
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = _postgres(stack, folder) if options.database == "postgres" else ""
        result = RUN[options.what](options, folder / "data", database)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        Console().print(_table(options, result))
    return 0


def _table(options: argparse.Namespace, result: dict[str, Any]) -> Table:
    table = Table(title=f"intake, {options.what}, {options.database}")
    for name in ("measure", "value"):
        table.add_column(name)
    for name, value in result.items():
        table.add_row(name, f"{value:,.1f}" if isinstance(value, float) else f"{value:,}")
    return table


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench intake")
    parser.add_argument("what", choices=tuple(RUN))
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="postgres")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _postgres(stack: ExitStack, folder: Path) -> str:
    from simulators.postgres import Postgres

    home = folder / "database"
    folder.chmod(0o755)
    home.mkdir()
    return stack.enter_context(Postgres(home, durable=True)).url


def _load(options: argparse.Namespace, data: Path, database: str) -> dict[str, Any]:
    with ExitStack() as stack:
        node = intake_load.Node(data, database)
        stack.callback(node.close)
        token = node.make()
        result = intake_load.measure(node, token, rate=options.rate, seconds=options.seconds)
    given = result.pop("given")
    intake_lists.load_django(data, database)
    return result | {"lost": len(set(given) - intake_lists.references()), "given twice": len(given) - len(set(given))}


def _lists(options: argparse.Namespace, data: Path, database: str) -> dict[str, Any]:
    intake_lists.load_django(data, database)
    rows, begun = options.rows or 1_000_000, time.perf_counter()
    with Progress(console=Console(stderr=True), disable=options.json) as progress:
        task = progress.add_task("filling", total=rows)
        intake_lists.fill(rows, lambda done: progress.update(task, completed=done))
    result: dict[str, Any] = {"reports": rows, "filled in, s": time.perf_counter() - begun}
    for each in intake_lists.questions(rows):
        taken = intake_lists.measure(each, options.times)
        result |= {f"{each.name}, p50 ms": _part(taken, 0.5), f"{each.name}, p95 ms": _part(taken, 0.95)}
    return result | {"peak memory, MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _flood(options: argparse.Namespace, data: Path, database: str) -> dict[str, Any]:
    intake_lists.load_django(data, database)
    rows = options.rows or 100_000
    with Progress(console=Console(stderr=True), disable=options.json) as progress:
        task = progress.add_task("flooding", total=rows)
        flood = intake_flood.plant(rows, GENUINE, lambda done: progress.update(task, completed=done))
    found = intake_flood.found_first(intake_lists.signed_in("analyst"), flood)
    result: dict[str, Any] = {"junk": rows, "genuine": len(flood.genuine), "genuine among the first hundred": found}
    for each in intake_lists.pages("/", "/triage/", "/reports/quarantine/"):
        taken = intake_lists.measure(each, options.times, role="analyst")
        result |= {f"{each.name}, p50 ms": _part(taken, 0.5), f"{each.name}, p95 ms": _part(taken, 0.95)}
    return result


def _part(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


GENUINE = 50
RUN = {"load": _load, "flood": _flood, "lists": _lists}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
