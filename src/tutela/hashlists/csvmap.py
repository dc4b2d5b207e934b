"""Tables of hashes (CSV, TSV and their kin) read through a map from columns to fields.

Rules:
- the map is a value, and can be given as JSON; without one, columns are taken by their names
- a bad row is a problem with its line number and never stops the rest; the values beside a bad value are kept
- rows and fields are bounded; NUL bytes and bytes outside the encoding make a row a problem
- a quoted field may span a few lines; a quote that is never closed costs its own line only
- cells that a spreadsheet could run as a formula are read as text like any other
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import BinaryIO

from tutela.errors import Invalid
from tutela.hashlists.csvlines import decoded, rows_of
from tutela.hashlists.csvrow import FIELDS, entry_of
from tutela.hashlists.entry import (
    HEX_DIGITS,
    ListEntry,
    MediaKind,
    Problem,
    Read,
    checked_algorithm,
    checked_kind,
    time_text,
)

MOST_COLUMNS = 256
HASH_COLUMNS = frozenset({*HEX_DIGITS, "pdna", "value"})
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvMap:
    """How a table is written.

    `columns`: column name (or its number from 0, as text, where there is no header) -> field: `id kind classification
    scheme source source_name timestamp deleted algorithm value`, or an algorithm's name such as `md5`. Empty: every
    column whose name is a field or a known digest. `scheme` (of the codes) and `kind` hold where no column tells them.
    A byte order mark wins over `encoding`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","
    encoding: str = "utf-8"
    header: bool = True
    scheme: str = ""
    kind: MediaKind | None = None

    def __post_init__(self) -> None:
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n\0':
            raise Invalid("a delimiter is one character and neither a quote nor a line break", place="delimiter")
        if self.encoding not in ENCODINGS:
            raise Invalid(f"unknown encoding; use one of {', '.join(ENCODINGS)}", place="encoding")
        for column, name in self.columns.items():
            if name not in FIELDS and checked_algorithm(name) != name:
                raise Invalid("an algorithm is named in lower case", place=f"columns, {column}")


def from_json(text: str | bytes) -> CsvMap:
    """A map from a JSON object with the names of `CsvMap`. Raises Invalid for anything else in it."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("the map is not JSON", place="map") from None
    if not isinstance(given, dict):
        raise Invalid("expected a JSON object", place="map")
    kinds = {"columns": dict, "delimiter": str, "encoding": str, "header": bool, "scheme": str, "kind": str}
    for name, value in given.items():
        if name not in kinds or not isinstance(value, kinds[name]):
            raise Invalid(f"expected {', '.join(kinds)}, each of its type", place=f"map, {name}")
    if not all(isinstance(value, str) for value in given.get("columns", {}).values()):
        raise Invalid("each column is mapped to the name of a field", place="map, columns")
    if "kind" in given:
        given["kind"] = checked_kind(given["kind"])
    return CsvMap(**given)


DEFAULTS: Mapping[str, CsvMap] = MappingProxyType(
    {
        "csv": CsvMap(),
        "tsv": CsvMap(delimiter="\t"),
        "semicolon": CsvMap(delimiter=";"),
        "pairs": CsvMap(columns={"0": "algorithm", "1": "value"}, header=False),
        "icse": CsvMap(
            columns={"MD5": "md5", "SHA1": "sha1", "PhotoDNA": "pdna", "Image ID": "id", "Media Type": "kind"},
            delimiter=";",
        ),
        "nsrl": CsvMap(columns={"SHA-1": "sha1", "MD5": "md5"}),
        "nsrl3": CsvMap(columns={"sha256": "sha256", "sha1": "sha1", "md5": "md5"}),
    }
)


def read(stream: BinaryIO, mapping: CsvMap = DEFAULTS["csv"]) -> Read:
    """Entries and problems of a table; lines are counted from 1. An entry without an id has its line number as id.

    Raises Invalid when the header has none of the mapped columns, twice the same, or cannot be read.
    """
    text, encoding = decoded(stream, mapping.encoding)
    try:
        rows = rows_of(text, mapping.delimiter)
        columns = _columns(rows, mapping)
        for line, row in rows:
            place = f"line {line}"
            if isinstance(row, Problem):
                yield row
            elif any("\ufffd" in cell for cell in row):
                yield Problem(place=place, message=f"bytes that are no {encoding}; name the table's encoding")
            elif any(cell.strip() for cell in row):
                yield from _entry(row, columns, place, mapping)
    finally:
        text.detach()


def _entry(row: list[str], columns: Mapping[int, str], place: str, mapping: CsvMap) -> Read:
    if len(row) > MOST_COLUMNS or max(columns) >= len(row):
        message = f"{len(row)} columns; expected at least {max(columns) + 1} and at most {MOST_COLUMNS}"
        yield Problem(place=place, message=message)
        return
    cells = {name: row[column].strip() for column, name in columns.items() if row[column].strip()}
    yield from entry_of(cells, place, mapping.scheme, mapping.kind)


def _columns(rows: Iterator[tuple[int, list[str] | Problem]], mapping: CsvMap) -> dict[int, str]:
    """Column number -> field."""
    if not mapping.header:
        if not mapping.columns or not all(name.isdecimal() for name in mapping.columns):
            raise Invalid("without a header, columns are numbers from 0", place="map, columns")
        return {int(number): name for number, name in mapping.columns.items()}
    header = next((row for _, row in rows), None)
    if header is None or isinstance(header, Problem):
        raise Invalid("the first line is no header", place="line 1")
    wanted = {name.casefold(): name_of for name, name_of in _wanted(mapping)}
    found = {
        number: wanted[cell.strip().casefold()]
        for number, cell in enumerate(header)
        if cell.strip().casefold() in wanted
    }
    _check_header(header, found, mapping)
    return found


def _wanted(mapping: CsvMap) -> Sequence[tuple[str, str]]:
    if mapping.columns:
        return tuple(mapping.columns.items())
    return tuple((name, name) for name in (*FIELDS, *sorted(HASH_COLUMNS)))


def _check_header(header: list[str], found: dict[int, str], mapping: CsvMap) -> None:
    if len(set(found.values())) != len(found):
        raise Invalid("two columns stand for the same field", place="line 1")
    missing = [name for name, means in mapping.columns.items() if means not in found.values()]
    if missing:
        raise Invalid(f"mapped columns are missing: {', '.join(missing)}", place="line 1")
    if not any(name not in FIELDS or name == "value" for name in found.values()) or len(header) > MOST_COLUMNS:
        raise Invalid("no column holds hashes; give a map from column names to fields", place="line 1")


_WRITTEN = (
    "id",
    "kind",
    "classification",
    "scheme",
    "source",
    "source_name",
    "timestamp",
    "deleted",
    *HEX_DIGITS,
    "pdna",
)


def write(entries: Iterable[ListEntry], out: BinaryIO) -> Counter[str]:
    """Write a comma-separated table in UTF-8 that `read` takes without a map; returns what was left out, counted.

    A text that a spreadsheet would run as a formula is left out, and with it the entry when it is its id.
    """
    left_out: Counter[str] = Counter()
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        table = csv.DictWriter(text, _WRITTEN, restval="", lineterminator="\n")
        table.writeheader()
        for entry in entries:
            if is_formula(entry.id):
                left_out["entries whose id a spreadsheet would run"] += 1
            else:
                table.writerow(_cells(entry, left_out))
    finally:
        text.detach()
    return left_out


def _cells(entry: ListEntry, left_out: Counter[str]) -> dict[str, str]:
    cells = {"id": entry.id, "kind": entry.kind or "", "deleted": "yes" if entry.deleted else ""}
    cells["timestamp"] = time_text(entry.timestamp) if entry.timestamp else ""
    if entry.source:
        cells |= {"source": entry.source.id, "source_name": entry.source.name}
    if entry.classification:
        cells |= {"classification": entry.classification.code, "scheme": entry.classification.scheme}
    if entry.feedback:
        left_out["feedback counts"] += 1
    for algorithm, value in entry.hashes:
        if algorithm not in _WRITTEN or algorithm in cells:
            left_out[f"{algorithm} values"] += 1
        else:
            cells[algorithm] = value
    for name in [name for name, cell in cells.items() if is_formula(cell)]:
        left_out[f"{name} a spreadsheet would run"] += 1
        del cells[name]
    return cells


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run it."""
    return text.startswith(("=", "+", "-", "@", "\t", "\r"))
