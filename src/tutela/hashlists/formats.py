"""The formats by name: how to read one, how to write one, how to tell which one it is.

Rules:
- a format is found by what the bytes hold, never by the file's name
- `write` returns what the format had no place for, counted; nothing is bent to fit
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import BinaryIO

from tutela.errors import Invalid
from tutela.hashlists import csvmap, csvtables, native, ncmec, ncmec_write, signed_header, stopncii, tat, txlines, vics
from tutela.hashlists.entry import HEX_DIGITS, ListEntry, Purpose, Read
from tutela.hashlists.native import Header

HEAD = 4096

Reader = Callable[[BinaryIO], Read]
Writer = Callable[[Iterable[ListEntry], BinaryIO, Header], Counter[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`read(stream)` yields entries and problems; `write(entries, out, header)`, where there is one, writes a list.

    `purpose`: what a list of this format is for, where the format itself says so.
    """

    name: str
    title: str
    read: Reader
    write: Writer | None = None
    purpose: Purpose = Purpose.KNOWN


def _native(entries: Iterable[ListEntry], out: BinaryIO, header: Header) -> Counter[str]:
    return native.write(entries, out, header=header)


def _ncmec(entries: Iterable[ListEntry], out: BinaryIO, _header: Header) -> Counter[str]:
    return ncmec_write.write(entries, out)


def _csv(entries: Iterable[ListEntry], out: BinaryIO, _header: Header) -> Counter[str]:
    return csvmap.write(entries, out)


def _stopncii(entries: Iterable[ListEntry], out: BinaryIO, _header: Header) -> Counter[str]:
    return stopncii.write(entries, out)


def _tat(entries: Iterable[ListEntry], out: BinaryIO, _header: Header) -> Counter[str]:
    return tat.write(entries, out)


def _vics(entries: Iterable[ListEntry], out: BinaryIO, _header: Header, *, version: str) -> Counter[str]:
    return vics.write(entries, out, version=version)


def _threatexchange(entries: Iterable[ListEntry], out: BinaryIO, _header: Header) -> Counter[str]:
    return txlines.write(entries, out)


def _rows(entries: Iterable[ListEntry], out: BinaryIO, _header: Header, *, table: csvtables.Table) -> Counter[str]:
    return csvtables.write(entries, out, table)


def _table(name: str, title: str, write: Writer | None = None, purpose: Purpose = Purpose.KNOWN) -> Format:
    read = partial(csvmap.read, mapping=csvmap.DEFAULTS[name])
    return Format(name=name, title=title, read=read, write=write, purpose=purpose)


_ALL = (
    Format(name="native", title="Tutela's own list (canonical JSON lines)", read=native.read, write=_native),
    Format(name="ncmec", title="NCMEC hash sharing, version 2 (XML)", read=ncmec.read, write=_ncmec),
    _table("csv", "comma-separated table with a header", _csv),
    _table("tsv", "tab-separated table with a header"),
    _table("semicolon", "semicolon-separated table with a header"),
    _table("pairs", "algorithm and value on each line, no header"),
    _table("icse", "ICSE table of hashes", partial(_rows, table=csvtables.ICSE)),
    _table(
        "nsrl",
        "NSRL reference data set, version 2 (known-good files)",
        partial(_rows, table=csvtables.NSRL),
        Purpose.KNOWN_GOOD,
    ),
    _table(
        "nsrl3",
        "NSRL reference data set, version 3, exported as a table",
        partial(_rows, table=csvtables.NSRL3),
        Purpose.KNOWN_GOOD,
    ),
    Format(name="vics", title="VICS 1.3 and 2.0 (JSON)", read=vics.read, write=partial(_vics, version="2.0")),
    Format(name="vics13", title="VICS 1.3 (JSON), to write", read=vics.read, write=partial(_vics, version="1.3")),
    Format(name="stopncii", title="StopNCII.org hash exchange (JSON)", read=stopncii.read, write=_stopncii),
    Format(name="tat", title="Tech Against Terrorism hash list (JSON)", read=tat.read, write=_tat),
    Format(name="threatexchange", title="ThreatExchange lines of signals", read=txlines.read, write=_threatexchange),
)
FORMATS: Mapping[str, Format] = MappingProxyType({each.name: each for each in _ALL})


_PICKLES = tuple(bytes((0x80, version)) for version in range(2, 6))
_JSON_MARKS = {
    "stopncii": ("hashRecords", "nextSetTimestamp", "nextPageToken"),
    "tat": ("hash_digest",),
    "vics": ("MediaID", "/ProjectVic/", "/DataModels/"),
}


def sniff(head: bytes) -> Format:
    """The format of a file that begins with `head` (4096 bytes are enough). Raises Invalid when it is none of ours."""
    text = _text(head[:HEAD])
    if ncmec.NAMESPACE in text and text.lstrip().startswith("<"):
        return FORMATS["ncmec"]
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip()
    if first.startswith("{") and (found := _sniffed_native(first)):
        return found
    if head.startswith(_PICKLES):
        raise Invalid(txlines.NO_PICKLE, place="line 1")
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return _sniffed_json(text)
    if txlines.is_one(first) and "," not in first:
        return FORMATS["threatexchange"]
    return _sniffed_table(first)


def _sniffed_native(first: str) -> Format | None:
    """By the name of the format in the first line; a list of format 2 also says what it is for."""
    if f'"format":"{native.FORMAT}"' in first:
        return FORMATS["native"]
    if f'"format":"{signed_header.FORMAT}"' in first:
        good = f'"purpose":"{Purpose.KNOWN_GOOD}"' in first
        return replace(FORMATS["native"], purpose=Purpose.KNOWN_GOOD) if good else FORMATS["native"]
    if f'"format":"{signed_header.DELTA}"' in first:
        raise Invalid("what changed from one list to the next; `tutela lists apply` makes the list", place="line 1")
    return None


def _sniffed_json(text: str) -> Format:
    """By the names of its members, however it is laid out."""
    for name, marks in _JSON_MARKS.items():
        if any(f'"{mark}"' in text or (mark.startswith("/") and mark in text) for mark in marks):
            return FORMATS[name]
    raise Invalid(f"JSON of no known list; name its format: {', '.join(FORMATS)}", place="line 1")


def _sniffed_table(first: str) -> Format:
    names = {"csv": ",", "tsv": "\t", "semicolon": ";"}
    cells = {name: [cell.strip(' "').casefold() for cell in first.split(mark)] for name, mark in names.items()}
    if {"md5", "sha1", "photodna", "image id"} <= set(cells["semicolon"]):
        return FORMATS["icse"]
    if {"sha-1", "md5", "crc32", "filename"} <= set(cells["csv"]):
        return FORMATS["nsrl"]
    if {"sha256", "sha1", "md5", "crc32", "file_name"} <= set(cells["csv"]):
        return FORMATS["nsrl3"]
    if len(cells["csv"]) == 2 and HEX_DIGITS.get(cells["csv"][0]) == len(cells["csv"][1]):
        return FORMATS["pairs"]
    if txlines.is_one(first) or cells["csv"][:2] == ["signal_type", "signal"]:
        return FORMATS["threatexchange"]
    for name, found in cells.items():
        if csvmap.HASH_COLUMNS & set(found):
            return FORMATS[name]
    raise Invalid(f"not a known list; name its format: {', '.join(FORMATS)}", place="line 1")


def _text(head: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return head[: len(head) // 2 * 2].decode(encoding, errors="replace")
    return head.decode("utf-8", errors="replace")
