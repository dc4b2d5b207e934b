"""How fast, how large and how exact the PDQ index is, beside faiss where it can be imported, in one run.

    python benchmarks/matching.py [--rows 100000 1000000] [--needles 200]

Rules:
- one thread each, one needle at a time, the same hashes and needles for all; ratios count, not milliseconds
- every answer is compared with the oracle's; a wrong one ends the run
- faiss is asked as the common matcher software asks it: 16 hashes of 16 bits, one flip, all within 31 bits
- memory that an earlier index gave back is used again, so growth is only meaningful in the first runs
- even hashes are the worst for clustering and clustered ones the worst for buckets; both are measured
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tutela.matching import build, search
from tutela.matching.words import Words

try:
    import faiss
except ImportError:
    faiss = None

THRESHOLD = 31
Answer = Callable[[Words], set[tuple[int, int]]]


def even(rows: int) -> Words:
    """Independent random bits."""
    return np.random.default_rng(1).integers(0, 2**64, (rows, 4), dtype=np.uint64)


def clustered(rows: int) -> Words:
    """A hundred copies of each picture, each about 12 bits from its original, as real lists hold."""
    random = np.random.default_rng(2)
    centres = random.integers(0, 2**64, (max(1, rows // 100), 4), dtype=np.uint64)
    noise = np.packbits(random.random((rows, 256)) < 12 / 256, axis=1).view(np.uint64)
    return np.asarray(centres[np.arange(rows) % len(centres)] ^ noise, dtype=np.uint64)


def as_bytes(rows: Words) -> Any:
    return rows.view(np.uint8).reshape(-1, 32)


def faiss_answer(index: Any) -> Answer:
    def answer(needle: Words) -> set[tuple[int, int]]:
        _, distances, rows = index.range_search(as_bytes(needle.reshape(1, 4)), THRESHOLD + 1)
        return set(zip(rows.tolist(), (int(each) for each in distances), strict=True))

    return answer


def own_buckets(haystack: Words) -> Answer:
    segment = build(haystack)
    return lambda needle: set(segment.search(needle, threshold=THRESHOLD).pairs())


def own_scan(haystack: Words) -> Answer:
    return lambda needle: set(search(needle, haystack, threshold=THRESHOLD).pairs())


def faiss_buckets(haystack: Words) -> Answer:
    index = faiss.IndexBinaryMultiHash(256, 16, 16)
    index.nflip = 1
    index.add(as_bytes(haystack))
    return faiss_answer(index)


def faiss_scan(haystack: Words) -> Answer:
    index = faiss.IndexBinaryFlat(256)
    index.add(as_bytes(haystack))
    return faiss_answer(index)


def resident() -> int:
    """Bytes of memory this process holds now."""
    with open("/proc/self/statm") as status:
        return int(status.read().split()[1]) * 4096


def measured(make: Callable[[Words], Answer], haystack: Words, needles: Words) -> tuple[dict[str, float], list[Any]]:
    held, start = resident(), time.perf_counter()
    answer = make(haystack)
    built, grown = time.perf_counter() - start, resident() - held
    answer(needles[0])
    start = time.perf_counter()
    answers = [answer(needle) for needle in needles]
    each = (time.perf_counter() - start) / len(needles)
    return {"build_s": round(built, 3), "grown_mb": round(grown / 1e6), "query_ms": round(each * 1e3, 4)}, answers


def runs(haystack: Words, needles: Words) -> Iterator[tuple[str, dict[str, float]]]:
    makers = {"scan": own_scan, "buckets": own_buckets}
    if faiss is not None:
        faiss.omp_set_num_threads(1)
        makers |= {"faiss_flat": faiss_scan, "faiss_multihash": faiss_buckets}
    expected: list[Any] = []
    for name, make in makers.items():
        figures, answers = measured(make, haystack, needles)
        expected = expected or answers
        if answers != expected:
            sys.exit(f"{name} differs from the oracle")
        yield name, figures


def warm_up() -> None:
    """Compile the kernels outside what is measured."""
    haystack = even(50_000)
    build(haystack).search(haystack[0], threshold=THRESHOLD)
    search(haystack[0], haystack, threshold=THRESHOLD)


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    arguments.add_argument("--needles", type=int, default=200)
    asked = arguments.parse_args()
    warm_up()
    for rows in asked.rows:
        for make in (even, clustered):
            haystack = make(rows)
            needles = haystack[:: max(1, rows // asked.needles)][: asked.needles]
            for name, figures in runs(haystack, needles):
                print(json.dumps({"rows": rows, "hashes": make.__name__, "index": name, **figures}), flush=True)


if __name__ == "__main__":
    main()
