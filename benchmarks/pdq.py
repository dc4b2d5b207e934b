"""PDQ on generated arrays, beside the reference's own binding when that is installed, in one run.

Run: python benchmarks/pdq.py [--json]. The peer is the package `pdqhash`, which the project does not need; without it
the times stand alone. Each figure is the best of several turns, the two programs taking turns.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tutela.media import hash_rgb

SIZES = ((128, 128), (512, 512), (1004, 1600), (3024, 4032))
TURNS = 7


def _array(height: int, width: int) -> np.ndarray:
    """Grey noise: the peer weighs colours in 64-bit floats, its C++ source and we in 32, so colours may differ."""
    grey = np.random.default_rng(1).integers(0, 256, (height, width, 1), dtype=np.uint8)
    return np.repeat(grey, 3, axis=2)


def _seconds(call: Callable[[np.ndarray], Any], array: np.ndarray) -> float:
    start = time.perf_counter()
    call(array)
    return time.perf_counter() - start


def _peer() -> Callable[[np.ndarray], str] | None:
    if find_spec("pdqhash") is None:
        return None
    import pdqhash

    return lambda array: np.packbits(pdqhash.compute(array)[0]).tobytes().hex()


def measure(height: int, width: int) -> dict[str, Any]:
    """Best milliseconds of each, their ratio (above 1: ours is faster), and whether the bits agree."""
    array, peer = _array(height, width), _peer()
    ours = hash_rgb(array).hex  # compiled or loaded before anything is timed
    turns = [(_seconds(hash_rgb, array), _seconds(peer, array) if peer else None) for _ in range(TURNS)]
    mine = min(turn[0] for turn in turns)
    row: dict[str, Any] = {"height": height, "width": width, "ms": round(mine * 1000, 3)}
    if peer is not None:
        theirs = min(turn[1] for turn in turns if turn[1] is not None)
        row |= {"peer_ms": round(theirs * 1000, 3), "ratio": round(theirs / mine, 2), "same": peer(array) == ours}
    return row


def main() -> None:
    console = Console(stderr=True)
    rows = [measure(*size) for size in track(SIZES, console=console, disable=not console.is_terminal)]
    if "--json" in sys.argv:
        print(json.dumps({"peer": "pdqhash" if _peer() else None, "rows": rows}))
        return
    table = Table(*rows[0], title="PDQ" if _peer() else "PDQ (the peer pdqhash is not installed)")
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
