"""An index folder: one file for each algorithm, and a manifest that names them.

Rules:
- the folder gets its name when everything in it is complete and on disk; it is never changed afterwards
- the manifest holds the digest of each file's first page, which holds the digests of its sections: who signs or keeps
  the digest of the manifest has fixed every byte
- nothing outside the folder is opened, whatever the manifest says
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from tutela.errors import Conflict, Invalid
from tutela.matching.layout import PAGE
from tutela.matching.pile import Written
from tutela.sealing import canonical

FORMAT = "tutela-index-1"
MANIFEST = "manifest.json"
MOST_OCTETS = 1 << 16
_FIELDS = {"algorithm": str, "file": str, "bytes": int, "rows": int, "page_sha256": str}


def write(folder: Path, writers: Mapping[str, Callable[[Path], Written]]) -> None:
    """Write a file for each algorithm. Raises Conflict when the folder is there, OSError, and what a writer raises."""
    if folder.exists():
        raise Conflict("an index folder is never changed; use another name", place=folder.name)
    part = folder.with_name(f".{folder.name}.part-{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)  # of a process that was killed
    part.mkdir(mode=0o700)
    try:
        rows = [_row(algorithm, writer(part / f"{algorithm}.index")) for algorithm, writer in writers.items()]
        with (part / MANIFEST).open("xb") as stream:
            stream.write(canonical({"format": FORMAT, "files": rows}))
            stream.flush()
            os.fsync(stream.fileno())
        _synced(part)
        part.rename(folder)
        _synced(folder.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def read(folder: Path, algorithms: Collection[str]) -> dict[str, Path]:
    """The file of each of `algorithms`; its first page is the one the manifest tells of. Raises Invalid and OSError."""
    found: dict[str, Path] = {}
    for number, row in enumerate(_manifest(folder / MANIFEST)):
        place = f"{MANIFEST} file {number}"
        if not isinstance(row, dict) or {key: type(value) for key, value in row.items()} != _FIELDS:
            raise Invalid(f"expected an object with {', '.join(_FIELDS)}", place=place)
        algorithm = row["algorithm"]
        path = folder / f"{algorithm}.index"
        if algorithm not in algorithms or row["file"] != path.name or algorithm in found:
            raise Invalid("a file is named after its algorithm, once", place=place)
        _check(path, row)
        found[algorithm] = path
    if missing := set(algorithms) - set(found):
        raise Invalid(f"names no file for {', '.join(sorted(missing))}", place=MANIFEST)
    return found


def _row(algorithm: str, written: Written) -> dict[str, str | int]:
    return {
        "algorithm": algorithm,
        "file": f"{algorithm}.index",
        "bytes": written.octets,
        "rows": written.rows,
        "page_sha256": written.page_sha256,
    }


def _manifest(path: Path) -> list[Any]:
    with path.open("rb") as stream:
        raw = stream.read(MOST_OCTETS + 1)
    try:
        said = json.loads(raw) if len(raw) <= MOST_OCTETS else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or said.get("format") != FORMAT or not isinstance(said.get("files"), list):
        raise Invalid(f"not the manifest of an index in the format {FORMAT}", place=MANIFEST)
    return list(said["files"])


def _check(path: Path, row: dict[str, Any]) -> None:
    with path.open("rb") as stream:
        size, page = os.fstat(stream.fileno()).st_size, stream.read(PAGE)
    if size != row["bytes"]:
        raise Invalid(f"the file has {size} bytes and should have {row['bytes']}; was it cut?", place=path.name)
    rows = int.from_bytes(page[16:24], "little")
    if hashlib.sha256(page).hexdigest() != row["page_sha256"] or rows != row["rows"]:
        raise Invalid("another file than the manifest tells of", place=path.name)


def _synced(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
