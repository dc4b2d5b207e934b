"""Writes the tables that other programs read: the ICSE table of hashes, and NSRL reference data sets 2 and 3.

Rules:
- all columns of the format are there, in its order; what a list does not know is left empty, and nothing is made up
- what a format has no place for is left out and counted: deletions, other algorithms, a second value of the same
- a text that a spreadsheet would run as a formula is left out
- a reference data set is of known-good files: whoever writes one makes sure that the list is of such

Source: the header of ICSE exports as IPED reads it; NIST, "Data Formats of the NSRL Reference Data Set", 2 and 3.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Literal

from tutela.hashlists.csvmap import is_formula
from tutela.hashlists.entry import ListEntry

Cells = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns in their order; which hold digests, by algorithm; how cells are quoted.

    `others`: further cells of an entry. `needed`: algorithms of which an entry has all. `upper`: digests in upper case.
    """

    columns: tuple[str, ...]
    digests: Mapping[str, str]
    others: Callable[[ListEntry], Cells]
    delimiter: str = ","
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
    needed: frozenset[str] = frozenset()
    upper: bool = False


def _icse(entry: ListEntry) -> Cells:
    return {"Image ID": entry.id, "Media Type": entry.kind or ""}


ICSE = Table(
    columns=(
        "MD5", "SHA1", "PhotoDNA", "Image ID", "Is distributed", "Victim identified", "Offender identified",
        "Series name", "Number of submissions", "File Available", "Media Type", "Baseline",
    ),
    digests={"md5": "MD5", "sha1": "SHA1", "pdna": "PhotoDNA"},
    others=_icse,
    delimiter=";",
)  # fmt: skip
NSRL = Table(
    columns=("SHA-1", "MD5", "CRC32", "FileName", "FileSize", "ProductCode", "OpSystemCode", "SpecialCode"),
    digests={"sha1": "SHA-1", "md5": "MD5"},
    others=lambda entry: {"FileName": entry.id},
    quoting=csv.QUOTE_ALL,
    needed=frozenset({"sha1", "md5"}),
    upper=True,
)
NSRL3 = Table(
    columns=("sha256", "sha1", "md5", "crc32", "file_name", "file_size", "package_id"),
    digests={"sha256": "sha256", "sha1": "sha1", "md5": "md5"},
    others=lambda entry: {"file_name": entry.id},
    quoting=csv.QUOTE_ALL,
    needed=frozenset({"sha256", "sha1", "md5"}),
    upper=True,
)


def write(entries: Iterable[ListEntry], out: BinaryIO, table: Table) -> Counter[str]:
    """Write `table` in UTF-8; returns what was left out, counted."""
    left_out: Counter[str] = Counter()
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        rows = csv.DictWriter(
            text, table.columns, restval="", lineterminator="\r\n", delimiter=table.delimiter, quoting=table.quoting
        )
        rows.writeheader()
        for entry in entries:
            cells = _cells(entry, table, left_out)
            if cells is not None:
                rows.writerow(cells)
    finally:
        text.detach()
    return left_out


def _cells(entry: ListEntry, table: Table, left_out: Counter[str]) -> Cells | None:
    if entry.deleted:
        left_out["deletions"] += 1
        return None
    cells: Cells = {}
    for algorithm, value in entry.hashes:
        column = table.digests.get(algorithm)
        if column is None or column in cells:
            left_out[f"{algorithm} values"] += 1
        else:
            cells[column] = value.upper() if table.upper else value
    missing = [name for name in table.needed if table.digests[name] not in cells]
    if missing or not cells:
        left_out["entries without " + (", ".join(sorted(missing)) or "a value that the table holds")] += 1
        return None
    _count(entry, left_out)
    for column, cell in table.others(entry).items():
        if is_formula(cell):
            left_out[f"{column} a spreadsheet would run"] += 1
        else:
            cells[column] = cell
    return cells


def _count(entry: ListEntry, left_out: Counter[str]) -> None:
    held = {
        "classifications": entry.classification,
        "sources": entry.source,
        "times": entry.timestamp,
        "feedback counts": entry.feedback,
        "ends": entry.expires,
        "tags": entry.tags,
        "admissions": entry.admitted,
    }
    left_out.update(name for name, value in held.items() if value)
