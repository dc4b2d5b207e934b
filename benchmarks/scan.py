"""How many files a second `tutela scan` looks at, beside `threatexchange match`, over one folder and one list.

    ./bench scan [--files 2000] [--peer-files 500] [--workers 2] [--folder DIR] [--json]

Rules:
- pictures are generated: soft patterns as JPEG, PNG, WebP and GIF in four sizes; some like a listed one, some cut
- each side is its own command, started afresh, with its start in its time; ours writes its lines to disk
- ours runs twice: as it is by default, with the forms of each picture (turned, inverted, without borders), and with the
  plain hash alone, which is all that the peer looks for
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


def ours(folder: Path, hashes: list[str], scratch: Path, workers: int, variants: str) -> dict[str, Any]:
    table, out = scratch / "list.csv", scratch / f"{variants}.jsonl"
    table.write_text("id,pdq\n" + "".join(f"{n},{each}\n" for n, each in enumerate(hashes)))
    command = [sys.executable, "-m", "tutela.cli.main", "scan", str(folder), "--list", str(table), "--out", str(out)]
    took, done = timed([*command, "--workers", str(workers), "--variants", variants, "--json"], dict(os.environ))
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
    own = ours(folder, hashes, scratch, asked.workers, "default")
    plain = ours(folder, hashes, scratch, asked.workers, "none")["took"]
    whole = [str(path) for path in paths if str(path) in own["whole"]]
    sample = whole[:: max(1, len(whole) // asked.peer_files)][: asked.peer_files]
    matched = [path for path in whole if path in own["matched"] and path not in sample]
    sample += matched[: asked.peer_files // 5]
    other = peer(sample, hashes, scratch)
    cut = [str(path) for path in paths if str(path) not in own["whole"]][: asked.peer_files // 5]
    answers = peer_answers(sample + cut, scratch / "signals.txt")
    found = {path for path in sample if answers[path] == "found"}
    mine = own["matched"] & set(sample)
    beside = figures(other["took"], other["files"], None)
    return {
        "files": own["files"],
        "peer_files": other["files"],
        "default": figures(own["took"], own["files"], beside),
        "plain": figures(plain, own["files"], beside),
        "peer": beside,
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


def figures(took: Took, files: int, beside: dict[str, float] | None) -> dict[str, float]:
    """How fast a side was, and how many times the one that it stands beside."""
    own = {
        "files_per_second": round(files / took.seconds, 1),
        "work_ms_a_file": round(took.work / files * 1000, 2),
        "peak_process_mib": took.peak // 1024,
    }
    if beside is None:
        return own
    return own | {
        "ratio": round(own["files_per_second"] / beside["files_per_second"], 1),
        "ratio_of_work": round(beside["work_ms_a_file"] / own["work_ms_a_file"], 1),
    }


def show(result: dict[str, Any]) -> None:
    table = Table(title=f"{result['files']:,} files, the peer {result['peer_files']:,}; load {result['load']}")
    for column in ("", "files/s", "processor ms a file", "largest process MiB", "times the peer", "of the work"):
        table.add_column(column, justify="right")
    names = {"default": "tutela scan", "plain": "with --variants none", "peer": "threatexchange match"}
    for key, name in names.items():
        side = {"ratio": "", "ratio_of_work": ""} | result[key]
        columns = ("files_per_second", "work_ms_a_file", "peak_process_mib", "ratio", "ratio_of_work")
        table.add_row(name, *(str(side[column]) for column in columns))
    console = Console()
    console.print(table)
    cut, asked = result["cut_files_that_end_the_peer"], result["cut_files_asked"]
    console.print(f"{cut} of {asked} cut files end the peer; each is one line with us")
    console.print(f"matches in the sample: {result['matched_in_sample']}")
