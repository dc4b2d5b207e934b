"""`tutela scan`: look through folders, archives, web archives and disk images for what is on hash lists.

Rules:
- every file is one line of OUT, and so is every member inside one; what could not be done is said in its line
- lists are confidential: they are written once into a folder that the owner alone can read, every process maps it, and
  it is removed at the end; one that a killed scan left is removed by the scan that goes on with it
- a scan that was ended goes on with `--resume`, without a repeat or a gap
- exit codes: 0 nothing found, 1 found, 2 usage, 3 an input or the output could not be used, or nothing was found and
  some file could not be read; 130 ended by Ctrl-C
"""

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from tutela.cli.givenforms import Forms, Keyframes, asked_forms
from tutela.cli.givenlists import Named, given, named, tell_ignored
from tutela.cli.scanprogress import Progress, summary_of, tell_summary
from tutela.errors import Missing
from tutela.matching import THRESHOLD
from tutela.scanning import SUFFIX, Cluster, Journal, Options, Pool, Setup, Watch, scan, table
from tutela.scanning.listing import write as write_lists

FOUND, UNREADABLE, INTERRUPTED = 1, 3, 130
FOLDER = "tutela-scan-"

Root = Annotated[Path, typer.Argument(metavar="ROOT", help="A folder, or a single file such as a disk image.")]
Lists = Annotated[
    list[str], typer.Option("--list", metavar="LIST", help="A hash list, or LIST:threshold=N; may be repeated.")
]
Good = Annotated[list[str] | None, typer.Option(metavar="LIST", help="A list of known-good files; may be repeated.")]
Out = Annotated[Path, typer.Option(help="Where the lines go (JSON Lines).")]
Parquet = Annotated[Path | None, typer.Option(help="The same as a Parquet table, at the end.")]
Workers = Annotated[int | None, typer.Option(min=1, max=512, help="Processes; by default one for each processor.")]
ClusterAt = Annotated[str | None, typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler, tcp://...")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a scan that was ended.")]
Threshold = Annotated[int, typer.Option(min=0, max=256, help="Bits by which PDQ hashes may differ.")]
Seconds = Annotated[float, typer.Option(min=1, max=3600, help="Time for one file or member.")]
Inside = Annotated[bool, typer.Option("--inside/--no-inside", help="Look into archives and images.")]
Work = Annotated[Path | None, typer.Option(help="Where the folder with the lists is made.")]
AsJson = Annotated[bool, typer.Option("--json", help="Progress and summary as JSON lines.")]


app = typer.Typer(add_completion=False)


@app.command("scan")
def scan_root(
    root: Root,
    lists: Lists,
    out: Out,
    parquet: Parquet = None,
    known_good: Good = None,
    workers: Workers = None,
    cluster: ClusterAt = None,
    resume: Resume = False,
    threshold: Threshold = THRESHOLD,
    variants: Forms = "default",
    keyframes: Keyframes = False,
    seconds: Seconds = 30.0,
    inside: Inside = True,
    work: Work = None,
    as_json: AsJson = False,
) -> None:
    """Look through a folder or a disk image for what is on hash lists."""
    if workers is not None and cluster is not None:
        raise typer.BadParameter("--workers is for the pool, --cluster has its own; give one of them")
    if not root.exists():
        raise Missing("there is no such file or folder", place=str(root))
    forms = tuple(sorted(asked_forms(variants)))
    options = Options(threshold=threshold, variants=forms, seconds=seconds, inside=inside, keyframes=keyframes)
    sought = named(lists, known_good or ())
    signal.signal(signal.SIGTERM, lambda *_: _interrupted())
    try:
        with _journal(root, out, sought, options, resume) as journal, _folder(work, out) as folder:
            setup = Setup(folder=folder, options=options)
            with Cluster(cluster, setup) if cluster else Pool(setup, workers or os.cpu_count() or 1) as crew:
                tell_ignored(write_lists(folder, map(given, sought)).items())
                with Progress(root, journal.totals, as_json=as_json) as progress:
                    watch = Watch(clock=time.monotonic, progress=progress.told)
                    scan(root, journal, crew, watch, without=(folder, _note(out)))
            totals = journal.totals
    except KeyboardInterrupt:
        typer.echo("ended; --resume goes on from here", err=True)
        raise typer.Exit(INTERRUPTED) from None
    if parquet is not None:
        table.write(out, parquet)
    _finish(summary_of(root, totals, progress.seconds), as_json=as_json)


def _interrupted() -> None:
    raise KeyboardInterrupt


def _journal(root: Path, out: Path, sought: list[Named], options: Options, resume: bool) -> Journal:
    identity: dict[str, Any] = {
        "root": os.fsencode(root.absolute()).hex(),
        "lists": [each.identity for each in sought],
        "options": options.as_object(),
    }
    return Journal(out, identity, resume=resume)


@contextmanager
def _folder(work: Path | None, out: Path) -> Iterator[Path]:
    """The folder for the lists, gone afterwards. A note beside the output names it, for whom finds it after a kill."""
    note = _note(out)
    if note.exists():
        _remove_left(Path(os.fsdecode(note.read_bytes())))
    folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=work))
    try:
        note.write_bytes(os.fsencode(folder))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        note.unlink(missing_ok=True)


def _note(out: Path) -> Path:
    return out.with_name(out.name + SUFFIX + ".lists")


def _remove_left(folder: Path) -> None:
    """Only what such a scan of ours has made."""
    if folder.name.startswith(FOLDER) and folder.is_dir() and folder.stat().st_uid == os.getuid():
        shutil.rmtree(folder, ignore_errors=True)


def _finish(summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"summary": summary}))
    else:
        tell_summary(summary)
    if summary["matched"] or summary["unread"]:
        raise typer.Exit(FOUND if summary["matched"] else UNREADABLE)
