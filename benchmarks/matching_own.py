"""Our side: build, write, map, ask, change. The oracle answers here too."""

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import matching_data as data
import numpy as np

from tutela.matching import Index, Matcher, pack, search, unpack, write_segment
from tutela.matching.files import mapped_segment

TAIL = 200_000


class Own:
    """One index: in memory after `build`, mapped after `write`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "pdq.index"
        warm = data.table("even", 50_000)
        Index(warm, np.arange(50_000)).search(warm[0], threshold=data.THRESHOLD)
        search(warm[0], warm, threshold=data.THRESHOLD)
        Index(warm, np.arange(50_000)).remove([3])

    def build(self, kind: str, rows: int) -> dict[str, Any]:
        self.hashes = data.table(kind, rows)
        took, self.index = data.quickest(rows, lambda: Index(self.hashes, np.arange(rows)))
        said = {"build_s": took, "octets_a_hash": self.index.octets / rows}
        if rows <= 1_000_000:
            texts = list(unpack(self.hashes))
            said["from_text_s"] = data.quickest(rows, lambda: Index(pack(texts), np.arange(rows)))[0]
        return said

    def write(self, kind: str, rows: int) -> dict[str, Any]:
        """Through the streaming writer, then mapped: the table is never in memory as a whole."""

        def batches() -> Any:
            first = 0
            for chunk in data.chunks(kind, rows):
                yield chunk, np.arange(first, first + len(chunk)), np.zeros(len(chunk), np.uint16)
                first += len(chunk)

        self.path.unlink(missing_ok=True)
        took, written = data.timed(lambda: write_segment(self.path, rows, batches(), ascending=True))
        opened, self.index = data.timed(lambda: Index.open(self.path))
        return {
            "write_s": took,
            "octets_a_hash": written.octets / rows,
            "gib": written.octets / 2**30,
            "open_ms": opened * 1e3,
        }

    def ask(self, kind: str, rows: int, count: int) -> dict[str, Any]:
        asked = data.needles(kind, rows, count)
        took, answers = data.timed(lambda: [self.index.search(each, threshold=data.THRESHOLD) for each in asked])
        batch, _ = data.timed(lambda: self.index.columns(asked, threshold=data.THRESHOLD))
        lines = [(each, int(near.id), near.distance) for each, nears in enumerate(answers) for near in nears]
        return {"query_ms": took / count * 1e3, "batch_ms": batch / count * 1e3, "answer": data.digest(lines)}

    def oracle(self, kind: str, rows: int, count: int) -> dict[str, Any]:
        asked, haystack = data.needles(kind, rows, count), self._haystack()
        took, answers = data.timed(lambda: [search(each, haystack, threshold=data.THRESHOLD) for each in asked])
        lines = [(each, *pair) for each, found in enumerate(answers) for pair in found.pairs()]
        return {"query_ms": took / count * 1e3, "answer": data.digest(lines)}

    def change(self) -> dict[str, Any]:
        """Milliseconds from an addition or removal to the first answer that shows it, with a short and a long tail."""
        said: dict[str, Any] = {}
        for name, before in (("", 0), ("_long_tail", TAIL)):
            if before:
                more = np.random.default_rng(8).integers(0, 2**64, (before, 4), dtype=np.uint64)
                ids = np.arange(2**40, 2**40 + before)
                for first in range(0, before, 500):
                    self.index.add(more[first : first + 500], ids[first : first + 500])
            said[f"add_ms{name}"], said[f"remove_ms{name}"] = self._changed()
        needle = np.random.default_rng(9).integers(0, 2**64, (200, 4), dtype=np.uint64)
        took, _ = data.timed(lambda: [self.index.search(each, threshold=data.THRESHOLD) for each in needle])
        return {**said, "query_ms_long_tail": took / 200 * 1e3}

    def merge(self, folder: str) -> dict[str, Any]:
        """The slowest question while everything is merged into a new file."""
        slowest, asked = 0.0, np.random.default_rng(9).integers(0, 2**64, (64, 4), dtype=np.uint64)
        worker = threading.Thread(target=self.index.settle, args=(Path(folder) / "merged.index",))
        began = time.perf_counter()
        worker.start()
        while worker.is_alive():
            for each in asked:
                slowest = max(slowest, data.timed(lambda each=each: self.index.search(each, threshold=31))[0])
        took = time.perf_counter() - began
        (Path(folder) / "merged.index").unlink()
        return {"merge_s": took, "slowest_ms_in_merge": slowest * 1e3}

    def freeze(self, folder: str) -> dict[str, Any]:
        """A whole matcher folder, for the start of a fresh process."""
        matcher = Matcher()
        matcher.add_rows("pdq", self._haystack(), np.arange(len(self._haystack())))
        return {"freeze_s": data.timed(lambda: matcher.write(Path(folder) / "matcher"))[0]}

    def _haystack(self) -> Any:
        return self.hashes if hasattr(self, "hashes") else mapped_segment(self.path).content.hashes

    def _changed(self) -> tuple[float, float]:
        new = np.random.default_rng(int(time.perf_counter_ns())).integers(0, 2**64, (1, 4), dtype=np.uint64)

        def add() -> None:
            self.index.add(new, [2**50])
            assert [near.id for near in self.index.search(new[0], threshold=31)] == [2**50]

        def remove() -> None:
            assert self.index.remove([2**50]) == 1
            assert self.index.search(new[0], threshold=31) == ()

        old = int(self.index.search(self._haystack()[5], threshold=0)[0].id) if len(self.index) else 0
        added, removed = data.timed(add)[0], data.timed(remove)[0]
        mapped = data.timed(lambda: self.index.remove([old]))[0]
        self.index.add(self._haystack()[5:6], [old])
        return added * 1e3, max(removed, mapped) * 1e3


def ready(folder: str) -> None:
    """A fresh process: map, ask once, and say so."""
    matcher = Matcher.open(Path(folder) / "matcher")
    from tutela.matching import Needle

    matcher.match(Needle(hashes={"pdq": "f0" * 32}))
    print(json.dumps({"rows": len(matcher), "private_mb": private_mb()}), flush=True)


def private_mb() -> int:
    """Memory that this process has written: what each further process costs; pages of the file are shared."""
    lines = (line.split() for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    return sum(int(line[1]) for line in lines if line[0] == "Private_Dirty:") // 1024


def main() -> None:
    if sys.argv[1] == "ready":
        ready(sys.argv[2])
        return
    own = Own(Path(sys.argv[2]))
    verbs = {name: getattr(own, name) for name in ("build", "write", "ask", "oracle", "change", "merge", "freeze")}
    data.serve({**verbs, "memory": lambda: {"peak_mb": data.peak_mb()}})


if __name__ == "__main__":
    main()
