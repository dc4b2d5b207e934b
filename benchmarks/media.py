"""Pictures to fingerprints: how fast beside the peer, how near to full resolution, and what the forms find.

    ./bench media [--turns 7] [--robustness [--chart FILE.svg]] [--pairs 1000000] [--json]

Rules:
- a large picture is made of photographs, so that it has the detail of a camera's; both sides read the same files
- the two programs take turns, file by file, each in a process that has warmed up; the median of several turns counts
- exactness is the distance to the hash of every pixel of the picture, in bits
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import robustness
from chart import recall_chart
from matching_data import peak_mb
from pictures import mosaic, write
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table
from run import PEER_PYTHON

from tutela.media import Limits, hash_rgb, pdq
from tutela.media.perception import perceive
from tutela.media.variants import DEFAULT

PEER = """
import json, pathlib, resource, sys, time
from threatexchange.signal_type.pdq.signal import PdqSignal
for line in sys.stdin:
    path = pathlib.Path(line.strip())
    began = time.perf_counter()
    value = PdqSignal.hash_from_file(path)
    seconds = time.perf_counter() - began
    print(json.dumps([seconds, value, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]), flush=True)
"""
FILES = (
    ("12-megapixel JPEG, 90", (4032, 3024), "JPEG", {"quality": 90}),
    ("12-megapixel JPEG, 75", (4032, 3024), "JPEG", {"quality": 75}),
    ("2048 x 1536 JPEG", (2048, 1536), "JPEG", {"quality": 85}),
    ("1600 x 1004 JPEG", (1600, 1004), "JPEG", {"quality": 85}),
    ("1280 x 960 PNG", (1280, 960), "PNG", {}),
    ("1280 x 960 WebP", (1280, 960), "WEBP", {"quality": 80}),
    ("512 x 512 JPEG", (512, 512), "JPEG", {"quality": 85}),
)


class Peer:
    """python-threatexchange in its own process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(PEER_PYTHON), "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.peak_mb = 0

    def hashed(self, path: Path) -> tuple[float, str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        seconds, value, self.peak_mb = json.loads(self._process.stdout.readline())
        return seconds, value

    def close(self) -> None:
        self._process.communicate()


def ours(path: Path, forms: frozenset[str]) -> tuple[float, str]:
    began = time.perf_counter()
    found = perceive(path.read_bytes(), Limits(), forms)
    return time.perf_counter() - began, found.pdq or ""


def measure(title: str, path: Path, peer: Peer, turns: int) -> dict[str, Any]:
    """Median milliseconds of each, and their ratio (above 1: ours is faster)."""
    ours(path, frozenset())
    peer.hashed(path)
    rows = [(ours(path, frozenset()), ours(path, DEFAULT), peer.hashed(path)) for _ in range(turns)]
    mine, with_forms, theirs = (statistics.median(row[side][0] for row in rows) for side in range(3))
    return {
        "picture": title,
        "ms": round(mine * 1000, 1),
        "with forms, ms": round(with_forms * 1000, 1),
        "peer, ms": round(theirs * 1000, 1),
        "ratio": round(theirs / mine, 1),
        "ratio with forms": round(theirs / with_forms, 1),
    }


def exactness(path: Path, peer: Peer) -> dict[str, int]:
    """Bits between our hash and that of every pixel, and between ours and the peer's."""
    mine = ours(path, frozenset())[1]
    whole = hash_rgb(np.asarray(_sampled(Image.open(path).convert("RGB")))).hex
    return {
        "bits from full resolution": pdq.apart(mine, whole),
        "bits from the peer": pdq.apart(mine, peer.hashed(path)[1]),
    }


def draw(folder: Path) -> list[tuple[str, Path]]:
    """The files, drawn by a process of their own, so that the memory of this one is what hashing takes."""
    files = [(title, folder / f"{number}.{form.lower()}") for number, (title, _, form, _) in enumerate(FILES)]
    with ProcessPoolExecutor(1) as pool:
        list(pool.map(_drawn, range(len(FILES)), [path for _, path in files]))
    return files


def _drawn(number: int, path: Path) -> None:
    _, size, form, options = FILES[number]
    write(mosaic(size), path, format=form, **options)


def _sampled(picture: Image.Image) -> Image.Image:
    """Every so many-th pixel of the fully decoded picture, as the C++ photo hasher takes them."""
    if max(picture.size) <= 512:
        return picture
    pixels = np.asarray(picture)
    height, width = pixels.shape[:2]
    return Image.fromarray(pixels[np.arange(512) * height // 512][:, np.arange(512) * width // 512])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./bench media")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--robustness", action="store_true", help="also what the forms find, and how often wrongly")
    parser.add_argument("--pairs", type=int, default=1_000_000, help="pairs of strangers")
    parser.add_argument("--chart", type=Path, help="where the chart of the robustness goes")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    console, peer = Console(stderr=True), Peer()
    with tempfile.TemporaryDirectory() as scratch:
        files = draw(Path(scratch))
        told = track(files, "speed", console=console, disable=not console.is_terminal)
        rows = [measure(title, path, peer, asked.turns) for title, path in told]
        memory = {"ours": peak_mb(), "peer": peer.peak_mb}
        rows = [row | exactness(path, peer) for row, (_, path) in zip(rows, files, strict=True)]
    peer.close()
    found = robustness.measure(asked.pairs, robustness.progress) if asked.robustness else None
    if found is not None and asked.chart:
        asked.chart.write_text(recall_chart(found["recall"], found["pictures"]), "utf-8")
    if asked.json:
        print(json.dumps({"speed": rows, "peak, MB": memory, "robustness": found}))
        return 0
    table = Table(*rows[0], title="a file to its PDQ hash; the peer is python-threatexchange")
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)
    Console().print(f"largest memory, MB: {memory}")
    if found is not None:
        robustness.show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
