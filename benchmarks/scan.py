"""How many files a second `tutela scan` looks at, beside `threatexchange match`, over one folder and one list.

    ./bench scan [--files 2000] [--peer-files 500] [--workers 2] [--folder DIR] [--json]

Rules:
- pictures are generated: soft patterns as JPEG, PNG, WebP and GIF in four sizes; some like a listed one, some cut
- each side is its own command, started afresh, with its start in its time; ours writes its lines to disk
- the peer gets whole files (a cut one ends it), at most `--peer-files` of them spread over the folder, and what we
  found; its library is then asked what it finds in the same files
- memory is the largest process of each side; work is the time of all processors, which says more on a busy machine
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.table import Table
from run import PEER_PYTHON

from tutela.media import fingerprint

ASK_PEER = """
import json, pathlib, sys
from threatexchange.signal_type.pdq.signal import PdqSignal
index = PdqSignal.get_index_cls().build([(line.strip(), {}) for line in open(sys.argv[1])])
for path in json.load(sys.stdin):
    try:
        value = PdqSignal.hash_from_file(pathlib.Path(path))
        print(json.dumps([path, "found" if value and index.query(value) else "nothing"]))
    except Exception as error:
        print(json.dumps([path, type(error).__name__]))
"""
SIZES = ((320, 240), (640, 480), (1280, 960), (2048, 1536))
FORMS = ("jpg",) * 6 + ("png",) * 2 + ("webp", "gif")
LISTED, CUT, STRANGERS = 50, 97, 10_000  # one in so many; hashes of nothing in the folder


def pattern(seed: int) -> Image.Image:
    """A soft pattern of its own for each seed."""
    chance = random.Random(seed)
    size = SIZES[chance.choices(range(4), (4, 4, 2, 1))[0]]
    small = Image.frombytes("RGB", (12, 9), chance.randbytes(12 * 9 * 3))
    return small.resize(size, Image.Resampling.BICUBIC)


def make(path: Path, number: int) -> None:
    """File `number`: a pattern; one in 50 is like a listed one, made smaller and coarser; one in 97 is cut."""
    picture = pattern(number)
    if number % LISTED == 1:
        whole = pattern(number - 1)
        picture = whole.resize((whole.width * 3 // 4, whole.height * 3 // 4))
    picture.save(path, quality=80) if path.suffix in (".jpg", ".webp") else picture.save(path)
    if number % CUT == 5:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def names(folder: Path, files: int) -> list[Path]:
    return [folder / f"{n // 500:03d}" / f"{n:06d}.{FORMS[n % len(FORMS)]}" for n in range(files)]


def generate(folder: Path, files: int) -> list[Path]:
    """The folder's files; those that are there already are kept."""
    paths = names(folder, files)
    for each in {path.parent for path in paths}:
        each.mkdir(parents=True, exist_ok=True)
    absent = [(path, n) for n, path in enumerate(paths) if not path.exists()]
    with ProcessPoolExecutor() as pool:
        list(pool.map(make, [path for path, _ in absent], [n for _, n in absent], chunksize=32))
    return paths


def listed(paths: list[Path]) -> list[str]:
    """PDQ hashes of one file in 50, and of nothing in the folder."""
    chance = random.Random(7)
    found = [fingerprint(path.read_bytes()) for n, path in enumerate(paths) if n % LISTED == 0]
    return [each.pdq for each in found if each.pdq] + [chance.randbytes(32).hex() for _ in range(STRANGERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Seconds by the clock and of all processors together, and the largest process in KiB."""

    seconds: float
    work: float
    peak: int


def timed(command: list[str], environment: dict[str, str]) -> tuple[Took, subprocess.CompletedProcess[str]]:
    """What it took, and what came of it."""
    code = (
        "import json,resource,subprocess,sys;done=subprocess.run(sys.argv[1:],capture_output=True,text=True);"
        "used=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(json.dumps([done.returncode,done.stdout,done.stderr,used.ru_utime+used.ru_stime,used.ru_maxrss]))"
    )
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", code, *command], env=environment, capture_output=True, text=True, check=True
    )
    seconds = time.monotonic() - began
    status, out, err, work, peak = json.loads(ran.stdout)
    return Took(seconds=seconds, work=work, peak=peak), subprocess.CompletedProcess(command, status, out, err)


def ours(folder: Path, hashes: list[str], scratch: Path, workers: int) -> dict[str, Any]:
    table, out = scratch / "list.csv", scratch / "out.jsonl"
    table.write_text("id,pdq\n" + "".join(f"{n},{each}\n" for n, each in enumerate(hashes)))
    command = [sys.executable, "-m", "tutela.cli.main", "scan", str(folder), "--list", str(table), "--out", str(out)]
    took, done = timed([*command, "--workers", str(workers), "--json"], dict(os.environ))
    if done.returncode not in (0, 1):
        raise SystemExit(f"our side failed: {done.stderr[-400:]}")
    lines = [json.loads(line) for line in out.read_bytes().splitlines()]
    return {
        "took": took,
        "files": len(lines),
        "matched": {line["path"] for line in lines if line["matches"]},
        "whole": {line["path"] for line in lines if not line["truncated"] and not line["problem"]},
    }


def peer(paths: list[str], hashes: list[str], scratch: Path) -> dict[str, Any]:
    """`threatexchange match photo`, its state in a home of its own."""
    home, signals = scratch / "home", scratch / "signals.txt"
    home.mkdir()
    signals.write_text("".join(f"{each}\n" for each in hashes))
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    tool = [str(PEER_PYTHON.with_name("threatexchange"))]
    edit = ["config", "collab", "edit", "local_file", "--create", "own", "--filename", str(signals)]
    for command in ([*edit, "--signal-type", "pdq"], ["fetch"]):
        subprocess.run([*tool, *command], env=environment, check=True, capture_output=True)
    took, done = timed([*tool, "match", "-S", "pdq", "photo", *paths], environment)
    if done.returncode:
        raise SystemExit(f"the peer failed: {done.stderr[-400:]}")
    return {"took": took, "files": len(paths)}


def peer_answers(paths: list[str], signals: Path) -> dict[str, str]:
    """What the peer's library says of each file, not timed: its command names no file, and nothing of a local list."""
    command = [str(PEER_PYTHON), "-c", ASK_PEER, str(signals)]
    said = subprocess.run(command, input=json.dumps(paths), capture_output=True, text=True, check=True).stdout
    return dict(json.loads(line) for line in said.splitlines())


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./bench scan")
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--peer-files", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="keep the generated files here")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        result = measured(asked, asked.folder or scratch / "files", scratch)
    if asked.json:
        print(json.dumps(result))
    else:
        show(result)
    return 0


def measured(asked: argparse.Namespace, folder: Path, scratch: Path) -> dict[str, Any]:
    paths = generate(folder, asked.files)
    hashes = listed(paths)
    own = ours(folder, hashes, scratch, asked.workers)
    whole = [str(path) for path in paths if str(path) in own["whole"]]
    sample = whole[:: max(1, len(whole) // asked.peer_files)][: asked.peer_files]
    matched = [path for path in whole if path in own["matched"] and path not in sample]
    sample += matched[: asked.peer_files // 5]
    other = peer(sample, hashes, scratch)
    cut = [str(path) for path in paths if str(path) not in own["whole"]][: asked.peer_files // 5]
    answers = peer_answers(sample + cut, scratch / "signals.txt")
    found = {path for path in sample if answers[path] == "found"}
    mine = own["matched"] & set(sample)
    mine_took, other_took = own["took"], other["took"]
    rates = (own["files"] / mine_took.seconds, other["files"] / other_took.seconds)
    work = (mine_took.work / own["files"] * 1000, other_took.work / other["files"] * 1000)
    return {
        "files": own["files"],
        "seconds": round(mine_took.seconds, 2),
        "work_ms_a_file": round(work[0], 2),
        "files_per_second": round(rates[0], 1),
        "peak_process_mib": mine_took.peak // 1024,
        "peer_files": other["files"],
        "peer_files_per_second": round(rates[1], 1),
        "peer_work_ms_a_file": round(work[1], 2),
        "peer_peak_mib": other_took.peak // 1024,
        "ratio": round(rates[0] / rates[1], 1),
        "ratio_of_work": round(work[1] / work[0], 1),
        "matched_in_all": len(own["matched"]),
        "matched_in_sample": {
            "both": len(found & mine),
            "ours_alone": len(mine - found),
            "peer_alone": len(found - mine),
        },
        "cut_files_that_end_the_peer": sum(answers[path] not in ("found", "nothing") for path in cut),
        "cut_files_asked": len(cut),
        "load": round(os.getloadavg()[0], 2),
    }


def show(result: dict[str, Any]) -> None:
    table = Table(title=f"{result['files']:,} files; load {result['load']}")
    for column in ("", "files/s", "processor ms a file", "largest process MiB", "files"):
        table.add_column(column, justify="right")
    ours_row = (result["files_per_second"], result["work_ms_a_file"], result["peak_process_mib"], result["files"])
    peer_row = (
        result["peer_files_per_second"],
        result["peer_work_ms_a_file"],
        result["peer_peak_mib"],
        result["peer_files"],
    )
    table.add_row("tutela scan", *map(str, ours_row))
    table.add_row("threatexchange match", *map(str, peer_row))
    console = Console()
    console.print(table)
    cut, asked = result["cut_files_that_end_the_peer"], result["cut_files_asked"]
    console.print(f"{cut} of {asked} cut files end the peer; each is one line with us")
    console.print(f"ratio {result['ratio']}, of the work {result['ratio_of_work']}")
    console.print(f"matches in the sample: {result['matched_in_sample']}")
