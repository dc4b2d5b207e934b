"""Tech Against Terrorism hash list, version 2: one page of results (JSON).

Rules:
- what the service calls ideology is a classification of a scheme of its own
- a result that is deleted withdraws the entry of its id
- a bad result is a problem with its place and stops nothing

Source: the public client of ThreatExchange (BSD), read for facts.
"""

import json
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
    epoch_time,
)
from tutela.hashlists.jsonobjects import Outer, objects
from tutela.hashlists.jsonvalues import flag_of, number_of, text_of, tried
from tutela.hashlists.signals import kind_of_type, named_algorithm

SCHEME = "tat-ideology"
RESULTS = "results.item"
_TYPES = {MediaKind.IMAGE: "jpg", MediaKind.VIDEO: "mp4", None: ""}


class Page:
    """A page being read: iterate once for entries and problems; after that `outer` has the paging values.

    Those are `next`, `previous`, `checkpoint` and `count`, as the service gave them. Raises Invalid when the document
    is none of this format, Limited when it is too deep.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.outer = Outer()

    def __iter__(self) -> Read:
        for place, given in objects(self._stream, frozenset({RESULTS}), self.outer):
            if isinstance(given, Problem):
                yield given
            else:
                yield from _entries(given, place)


def read(stream: BinaryIO) -> Read:
    """Entries and problems of one page. Raises Invalid and Limited as `Page`."""
    return iter(Page(stream))


def _entries(given: Mapping[str, Any], place: str) -> Iterator[ListEntry | Problem]:
    problems: list[Problem] = []
    try:
        id_, deleted = checked_id(text_of(given, "id")), flag_of(given, "deleted")
    except Invalid as error:
        yield Problem(place=f"{place}, {error.place}", message=f"{error.message}; the result is left out")
        return
    pair = tried(partial(_pair, given), place, problems)
    code = tried(partial(text_of, given, "ideology"), place, problems)
    seconds = tried(partial(number_of, given, "updated_on"), place, problems)
    entry = ListEntry(
        id=id_,
        hashes=(pair,) if pair else (),
        kind=kind_of_type(tried(partial(text_of, given, "file_type"), place, problems) or ""),
        classification=tried(lambda: Classification(scheme=SCHEME, code=checked_id(code)), place, problems)
        if code
        else None,
        timestamp=tried(partial(epoch_time, seconds), place, problems) if seconds is not None else None,
        deleted=deleted,
        place=place,
    )
    yield from problems
    if entry.hashes or entry.deleted:
        yield entry
    else:
        yield Problem(place=place, message="no usable fingerprint; the result is left out")


def _pair(given: Mapping[str, Any]) -> tuple[str, str] | None:
    if given.get("hash_digest") is None and flag_of(given, "deleted"):
        return None
    algorithm = named_algorithm(text_of(given, "algorithm"))
    return algorithm, checked_hash(algorithm, text_of(given, "hash_digest"))


def write(entries: Iterable[ListEntry], out: BinaryIO, *, paging: Mapping[str, object] | None = None) -> Counter[str]:
    """Write one page, with `paging` values beside the results; returns what was left out, counted."""
    left_out: Counter[str] = Counter()
    results = [result for entry in entries for result in _results(entry, left_out)]
    page: dict[str, object] = {"count": len(results), "next": None, "previous": None, "checkpoint": ""}
    out.write(json.dumps({**page, **(paging or {}), "results": results}).encode() + b"\n")
    return left_out


def _results(entry: ListEntry, left_out: Counter[str]) -> Iterator[dict[str, object]]:
    if len(entry.hashes) > 1:
        left_out["values beyond the first of an entry"] += len(entry.hashes) - 1
    for algorithm, value in entry.hashes[:1]:
        is_theirs = entry.classification is not None and entry.classification.scheme == SCHEME
        yield {
            "hash_digest": value,
            "algorithm": algorithm.upper(),
            "ideology": entry.classification.code if is_theirs and entry.classification else "",
            "file_type": _TYPES[entry.kind],
            "deleted": entry.deleted,
            "updated_on": entry.timestamp.timestamp() if entry.timestamp else 0,
            "id": int(entry.id) if entry.id.isascii() and entry.id.isdecimal() else entry.id,
        }
