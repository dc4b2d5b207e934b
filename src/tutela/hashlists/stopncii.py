"""StopNCII.org hash exchange, version 1: one page of records (JSON).

Rules:
- a record that was withdrawn or deleted is a deleted entry, whatever its hash says
- every signal is kept: those that cannot be compared here as opaque text
- regions, cases and the tags of feedback become tags; feedback is counted by what was done
- a bad record is a problem with its place and stops nothing

Source: the public client of ThreatExchange (BSD), read for facts.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

from tutela.errors import Invalid
from tutela.hashlists.entry import Feedback, ListEntry, MediaKind, Problem, Read, checked_hash, epoch_time
from tutela.hashlists.jsonobjects import Outer, objects
from tutela.hashlists.jsonvalues import list_of, number_of, objects_of, tags_of, text_of, tried
from tutela.hashlists.signals import split_signal

RECORDS = "hashRecords.item"
GONE = frozenset({"withdrawn", "deleted"})
AFFIRMATIVE = frozenset({"blocked", "deleted"})
NEGATIVE = frozenset({"notblocked", "notdeleted", "noaction"})
_SIGNALS = {("pdq", MediaKind.IMAGE): "ImagePDQ", ("md5", MediaKind.VIDEO): "VideoMD5"}


class Page:
    """A page being read: iterate once for entries and problems; after that `outer` has the paging values.

    Those are `nextSetTimestamp`, `nextPageToken`, `hasMoreRecords` and `count`, as the service gave them. Raises
    Invalid when the document is none of this format, Limited when it is too deep.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.outer = Outer()

    def __iter__(self) -> Read:
        for place, given in objects(self._stream, frozenset({RECORDS}), self.outer):
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
        algorithm, kind = split_signal(text_of(given, "signalType"))
        value = checked_hash(algorithm, text_of(given, "hashValue"))
        status = text_of(given, "hashStatus").lower()
    except Invalid as error:
        where = f"{place}, {error.place}" if error.place else place
        yield Problem(place=where, message=f"{error.message}; the record is left out")
        return
    seconds = tried(partial(number_of, given, "lastModtimestamp"), place, problems)
    feedback = tried(partial(_feedback, given, algorithm), place, problems)
    entry = ListEntry(
        id=f"{text_of(given, 'signalType')}:{value}",
        hashes=((algorithm, value),),
        kind=kind,
        timestamp=tried(partial(epoch_time, seconds), place, problems) if seconds is not None else None,
        deleted=status in GONE,
        feedback=(feedback,) if feedback else (),
        tags=tried(partial(_tags, given), place, problems) or (),
        place=place,
    )
    yield from problems
    yield entry


def _feedback(given: Mapping[str, Any], algorithm: str) -> Feedback | None:
    said = [text_of(each, "feedbackValue").lower() for each in objects_of(given, "CSPFeedbacks")]
    good, bad = sum(word in AFFIRMATIVE for word in said), sum(word in NEGATIVE for word in said)
    return Feedback(algorithm=algorithm, affirmative=good, negative=bad) if good or bad else None


def _tags(given: Mapping[str, Any]) -> tuple[str, ...]:
    cases = given.get("caseNumbers") or {}
    if not isinstance(cases, Mapping):
        raise Invalid("expected an object", place="caseNumbers")
    regions = [f"region:{each}" for each in list_of(given, "hashRegions")]
    said = [tag for each in objects_of(given, "CSPFeedbacks") for tag in list_of(each, "tags")]
    return tags_of([*regions, *said, *(f"case:{each}" for each in cases)])


def write(entries: Iterable[ListEntry], out: BinaryIO, *, paging: Mapping[str, object] | None = None) -> Counter[str]:
    """Write one page, with `paging` values beside the records; returns what was left out, counted."""
    left_out: Counter[str] = Counter()
    records = [record for entry in entries for record in _records(entry, left_out)]
    page = {"count": len(records), "nextSetTimestamp": 0, "nextPageToken": "", "hasMoreRecords": False}
    out.write(json.dumps({**page, **(paging or {}), "hashRecords": records}).encode() + b"\n")
    return left_out


def _records(entry: ListEntry, left_out: Counter[str]) -> Iterator[dict[str, object]]:
    for algorithm, value in entry.hashes:
        signal = entry.id.partition(":")[0] if entry.id == f"{entry.id.partition(':')[0]}:{value}" else ""
        signal = signal or _SIGNALS.get((algorithm, entry.kind or MediaKind.IMAGE), "")
        if not signal:
            left_out[f"{algorithm} values"] += 1
            continue
        yield {
            "lastModtimestamp": int(entry.timestamp.timestamp()) if entry.timestamp else 0,
            "hashValue": value,
            "hashStatus": "Withdrawn" if entry.deleted else "Active",
            "caseNumbers": {tag.removeprefix("case:"): "Active" for tag in entry.tags if tag.startswith("case:")},
            "signalType": signal,
            "hashRegions": [tag.removeprefix("region:") for tag in entry.tags if tag.startswith("region:")],
        }
