"""What ./bench runs: one benchmark by its name, or the list of them.

A benchmark is a file beside this one with `main(arguments)`. It prints tables for people, and JSON lines with --json.
A peer runs as a process of its own under `.venv-bench` (`PEER_PYTHON`), in the same run, taking turns with ours.
"""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEER_PYTHON = HERE.parent / ".venv-bench" / "bin" / "python"
NAMES = {
    "matching": "the hash index: build, memory, query, batches, addition, start",
    "media": "pictures to fingerprints: speed, exactness, robustness of the variants",
    "scan": "files a second through `tutela scan`",
    "video": "frames of videos: every frame decoded beside keyframes alone",
    "sounds": "sounds among listed sounds: found again after changes, found wrongly, entries a second",
    "matcher": "look-ups a second over HTTP",
    "intake": "reports taken under a kill, a flood of junk, pages beside a million reports",
}


def main() -> int:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in NAMES:
        for name, what in NAMES.items():
            print(f"./bench {name:<10} {what}")
        return 0 if not arguments or arguments[0] in ("-h", "--help") else 2
    sys.path.insert(0, str(HERE))
    benchmark = importlib.import_module(arguments[0])
    return int(benchmark.main(arguments[1:]) or 0)


if __name__ == "__main__":
    raise SystemExit(main())
