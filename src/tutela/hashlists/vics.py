"""VICS: Project VIC's case and hash-set documents, versions 1.3 and 2.0 (OData JSON), read as a stream.

Rules:
- a document holds media, or cases that hold media; both are read in bounded memory, whatever their size
- the scheme of the categories follows the country that the document names; category 0 and none say nothing
- flags and the series become tags; names of people, file names, paths and camera data are not read
- a bad medium is a problem with its place and stops nothing

Source: the published data models (ProjectVic/DataModels), read for facts; field names as they stand there.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

from tutela.errors import Invalid
from tutela.hashlists.entry import (
    Classification,
    ListEntry,
    MediaKind,
    Problem,
    Read,
    checked_hash,
    checked_id,
    checked_time,
    time_text,
)
from tutela.hashlists.jsonobjects import Outer, objects
from tutela.hashlists.jsonvalues import flag_of, objects_of, tags_of, text_of, tried
from tutela.hashlists.signals import kind_of_type, named_algorithm

MEDIA = frozenset({"value.item", "value.item.Media.item", "Media.item", "item", "item.Media.item"})
NAMESPACE = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels"
OLD_NAMESPACE = "http://github.com/ICMEC/ProjectVic/DataModels"
CONTEXTS = ("@odata.context", "odata.metadata", "@odata.metadata")
DEFAULT_SCHEME = "vics"
MOST_CATEGORY = 99
_COUNTRY = re.compile(r"/2\.0\.xml/([A-Za-z]{2,20})/")
_FLAGS = (
    ("VictimIdentified", "victim-identified"),
    ("OffenderIdentified", "offender-identified"),
    ("IsDistributed", "distributed"),
    ("IsPrecategorized", "precategorized"),
    ("IsSuspected", "suspected"),
)
_MIME = {MediaKind.IMAGE: "image/unknown", MediaKind.VIDEO: "video/unknown"}
_WRITTEN = {"md5": "MD5", "sha1": "SHA1"}
_NAMES = {"sha256": "SHA256", "sha512": "SHA512", "pdna": "PhotoDNA", "pdq": "PDQ"}


def read(stream: BinaryIO) -> Read:
    """Entries and problems of a document. Raises Invalid when it is none of VICS, Limited when it is too deep."""
    outer = Outer()
    for place, given in objects(stream, MEDIA, outer):
        if isinstance(given, Problem):
            yield given
        elif "CaseID" not in given and "CaseNumber" not in given:
            yield from _entries(given, place, scheme_of(outer))


def scheme_of(outer: Outer) -> str:
    """The scheme of the categories: `vics-us` where the document says `/2.0.xml/US/`, else `vics`."""
    for name in CONTEXTS:
        found = _COUNTRY.search(outer.text(name))
        if found and found[1].lower() != "default":
            return f"{DEFAULT_SCHEME}-{found[1].lower()}"
    return DEFAULT_SCHEME


def _entries(given: Mapping[str, Any], place: str, scheme: str) -> Iterator[ListEntry | Problem]:
    problems: list[Problem] = []
    hashes = tuple(dict.fromkeys(_hashes(given, place, problems)))
    id_ = tried(partial(text_of, given, "MediaID"), place, problems) or next((value for _, value in hashes), "")
    if not hashes:
        yield from problems
        yield Problem(place=f"{place}, MediaID {id_[:40]}", message="no usable fingerprint; the medium is left out")
        return
    moment = tried(partial(text_of, given, "DateUpdated"), place, problems)
    entry = ListEntry(
        id=tried(partial(checked_id, id_), place, problems) or hashes[0][1],
        hashes=hashes,
        kind=kind_of_type(tried(partial(text_of, given, "MimeType"), place, problems) or ""),
        classification=tried(partial(_category, given, scheme), place, problems),
        timestamp=tried(partial(_time, moment), place, problems) if moment else None,
        tags=tried(partial(_tags, given), place, problems) or (),
        place=place,
    )
    yield from problems
    yield entry


def _hashes(given: Mapping[str, Any], place: str, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    pairs = [(name, given.get(name)) for name in ("MD5", "SHA1", "SHA256", "PhotoDNA", "PDQ")]
    for each in tried(lambda: list(objects_of(given, "AlternativeHashes")), place, problems) or ():
        pairs.append((str(each.get("HashName") or ""), each.get("HashValue")))
    for name, value in pairs:
        if value is not None and value != "":
            pair = tried(partial(_pair, name, value), place, problems)
            if pair:
                yield pair


def _pair(name: str, value: object) -> tuple[str, str]:
    algorithm = named_algorithm(name)
    if not isinstance(value, str):
        raise Invalid("expected text", place=algorithm)
    return algorithm, checked_hash(algorithm, value)


def _category(given: Mapping[str, Any], scheme: str) -> Classification | None:
    code = text_of(given, "Category")
    if code in ("", "0"):
        return None
    if not (code.isascii() and code.isdecimal() and int(code) <= MOST_CATEGORY):
        raise Invalid(f"expected a whole number, 0 to {MOST_CATEGORY}", place="Category")
    return Classification(scheme=scheme, code=code)


def _time(text: str) -> Any:
    """A time; the older documents leave the zone out, and mean UTC."""
    has_zone = text.endswith(("Z", "z")) or re.search(r"[+-]\d\d:?\d\d$", text)
    return checked_time(text if has_zone else f"{text}Z")


def _tags(given: Mapping[str, Any]) -> tuple[str, ...]:
    flags = [tag for name, tag in _FLAGS if flag_of(given, name)]
    series = text_of(given, "Series")
    words = re.split(r"[,;|]", text_of(given, "Tags"))
    return tags_of([*flags, *([f"series:{series}"] if series else []), *(word for word in words if word.strip())])


def write(
    entries: Iterable[ListEntry], out: BinaryIO, *, version: str = "2.0", country: str = "Default"
) -> Counter[str]:
    """Write a hash set of version 2.0 or 1.3; returns what was left out, counted. Raises Invalid for another one."""
    contexts = {
        "2.0": ("@odata.context", f"{NAMESPACE}/2.0.xml/{country}/$metadata#Media"),
        "1.3": ("odata.metadata", f"{OLD_NAMESPACE}/1.3.xml#Media"),
    }
    if version not in contexts:
        raise Invalid(f"a VICS version is one of {', '.join(contexts)}", place="version")
    scheme = DEFAULT_SCHEME if country == "Default" or version == "1.3" else f"{DEFAULT_SCHEME}-{country.lower()}"
    name, context = contexts[version]
    left_out: Counter[str] = Counter()
    out.write(b'{%s:%s,"value":[' % (json.dumps(name).encode(), json.dumps(context).encode()))
    first = True
    for number, entry in enumerate(entries, start=1):
        medium = _medium(entry, number, scheme, left_out)
        if medium is not None:
            out.write((b"" if first else b",\n") + json.dumps(medium).encode())
            first = False
    out.write(b"]}\n")
    return left_out


def _medium(entry: ListEntry, number: int, scheme: str, left_out: Counter[str]) -> dict[str, object] | None:
    if entry.deleted or not entry.hashes:
        left_out["deleted entries"] += 1
        return None
    first = dict(reversed(entry.hashes))
    medium: dict[str, object] = {"MediaID": int(entry.id) if entry.id.isascii() and entry.id.isdecimal() else number}
    if not (entry.id.isascii() and entry.id.isdecimal()):
        left_out["ids that are no numbers"] += 1
    said = entry.classification
    if said and said.scheme != scheme:
        left_out[f"classifications of scheme {said.scheme}"] += 1
    medium["Category"] = int(said.code) if said and said.scheme == scheme and said.code.isdecimal() else 0
    medium |= {theirs: first[ours].upper() for ours, theirs in _WRITTEN.items() if ours in first}
    if entry.kind:
        medium["MimeType"] = _MIME[entry.kind]
    if entry.timestamp:
        medium["DateUpdated"] = time_text(entry.timestamp)
    medium |= {name: True for name, tag in _FLAGS if tag in entry.tags}
    medium |= _series(entry, left_out)
    others = [(name, value) for name, value in entry.hashes if name not in _WRITTEN]
    if others:
        medium["AlternativeHashes"] = [
            {"HashName": _NAMES.get(name, name), "HashValue": value} for name, value in others
        ]
    return medium


def _series(entry: ListEntry, left_out: Counter[str]) -> dict[str, object]:
    if entry.feedback:
        left_out["feedback counts"] += 1
    known = {tag for _, tag in _FLAGS}
    series = [tag.removeprefix("series:") for tag in entry.tags if tag.startswith("series:")]
    words = [tag for tag in entry.tags if tag not in known and not tag.startswith("series:")]
    said: dict[str, object] = {"Series": series[0]} if series else {}
    return said | ({"Tags": ",".join(words)} if words else {})
