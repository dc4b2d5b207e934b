"""The peers' side, run under their own Python: faiss flat, faiss multi-index hashing, and threatexchange's PDQIndex.

They are asked as their users ask them: 16 hashes of 16 bits with one flip, all within 31 bits, one thread.
"""

import sys
from typing import Any

import faiss
import matching_data as data
import numpy as np


class Faiss:
    """range_search over a binary index of faiss."""

    def __init__(self, name: str) -> None:
        faiss.omp_set_num_threads(1)
        self.name = name

    def build(self, kind: str, rows: int) -> dict[str, Any]:
        hashes = data.table(kind, rows).view(np.uint8).reshape(-1, 32)

        def made() -> Any:
            flat = self.name == "faiss_flat"
            index = faiss.IndexBinaryFlat(256) if flat else faiss.IndexBinaryMultiHash(256, 16, 16)
            if not flat:
                index.nflip = 1
            index.add(hashes)
            return index

        took, self.index = data.quickest(rows, made)
        return {"build_s": took}

    def ask(self, kind: str, rows: int, count: int) -> dict[str, Any]:
        asked = data.needles(kind, rows, count).view(np.uint8).reshape(-1, 32)
        took, answers = data.timed(
            lambda: [self.index.range_search(asked[each : each + 1], data.THRESHOLD + 1) for each in range(count)]
        )
        batch, _ = data.timed(lambda: self.index.range_search(asked, data.THRESHOLD + 1))
        lines = [
            (each, row, int(distance))
            for each, (_, distances, found) in enumerate(answers)
            for row, distance in zip(found.tolist(), distances, strict=True)
        ]
        return {"query_ms": took / count * 1e3, "batch_ms": batch / count * 1e3, "answer": data.digest(lines)}


class PyTx:
    """threatexchange's PDQIndex: hexadecimal text in and out."""

    def build(self, kind: str, rows: int) -> dict[str, Any]:
        from threatexchange.signal_type.pdq.pdq_index import PDQIndex

        entries = [
            (bytes(row).hex(), each) for each, row in enumerate(data.table(kind, rows).astype(">u8").view("V32"))
        ]
        entries = [(value if isinstance(value, str) else str(value), each) for value, each in entries]
        took, self.index = data.quickest(rows, lambda: PDQIndex(entries))
        return {"build_s": took}

    def ask(self, kind: str, rows: int, count: int) -> dict[str, Any]:
        asked = [row.astype(">u8").tobytes().hex() for row in data.needles(kind, rows, count)]
        took, answers = data.timed(lambda: [self.index.query(value) for value in asked])
        lines = [
            (each, int(match.metadata), int(match.similarity_info.distance))
            for each, matches in enumerate(answers)
            for match in matches
        ]
        return {"query_ms": took / count * 1e3, "answer": data.digest(lines)}


def main() -> None:
    side = PyTx() if sys.argv[1] == "threatexchange" else Faiss(sys.argv[1])
    data.serve({"build": side.build, "ask": side.ask, "memory": lambda: {"peak_mb": data.peak_mb()}})


if __name__ == "__main__":
    main()
