"""The lines as a Parquet table. Needs the extra `scan`.

Rules:
- made from the finished JSON lines, a row group at a time, so that it never holds more than those and can be made again
- it appears whole or not at all
"""

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tutela.errors import Unavailable

ROWS = 20_000


def write(lines: Path, out: Path) -> int:
    """Write the table; returns its rows. Raises Unavailable without the extra, and OSError."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise Unavailable("Parquet needs the extra `scan`: install tutela[scan]") from None
    schema, part, count = _schema(pyarrow), out.with_name(f".{out.name}.part-{os.getpid()}"), 0
    try:
        with lines.open("rb") as stream, parquet.ParquetWriter(part, schema, compression="zstd") as writer:
            while rows := list(islice(_rows(stream), ROWS)):
                writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema), row_group_size=ROWS)
                count += len(rows)
        part.chmod(0o600)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.rename(out)
    finally:
        part.unlink(missing_ok=True)
    return count


def _rows(stream: Any) -> Iterator[dict[str, Any]]:
    for line in stream:
        yield json.loads(line)


def _schema(pa: Any) -> Any:
    match = pa.struct(
        [(name, pa.string()) for name in ("list", "entry", "category", "algorithm")]
        + [("distance", pa.int32()), ("class", pa.string()), ("via", pa.string()), ("percent", pa.float64())]
    )
    names = {
        "path": pa.string(), "path_hex": pa.string(), "member": pa.string(), "kind": pa.string(), "size": pa.int64(),
        "sha256": pa.string(), "sha1": pa.string(), "md5": pa.string(), "pdq": pa.string(),
        "pdq_quality": pa.int32(), "width": pa.int64(), "height": pa.int64(), "truncated": pa.bool_(),
        "seconds": pa.float64(), "frames": pa.int64(), "known_good": pa.list_(pa.string()),
        "matches": pa.list_(match), "problem": pa.string(),
    }  # fmt: skip
    return pa.schema(list(names.items()))
