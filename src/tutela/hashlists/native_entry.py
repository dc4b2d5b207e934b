"""One entry of Tutela's own lists as a JSON object, and back.

Rules:
- format 2 has days of expiry, tags and admissions, which format 1 has no place for, and has no deletions
- what an entry does not have is absent, never null or empty, so that there is one spelling
- a line with anything wrong in it is refused whole: our own writers do not write such lines
"""

from collections.abc import Mapping
from typing import Any

from tutela.errors import Invalid
from tutela.hashlists.canonlines import LONGEST_LINE, dumped, loaded
from tutela.hashlists.entry import (
    MOST_TAGS,
    Admission,
    Classification,
    Feedback,
    ListEntry,
    Source,
    checked_algorithm,
    checked_day,
    checked_hash,
    checked_id,
    checked_kind,
    checked_tag,
    checked_time,
    time_text,
)

_SHAPE: Mapping[str, type] = {
    "id": str,
    "hashes": list,
    "kind": str,
    "class": list,
    "source": list,
    "time": str,
    "deleted": bool,
    "feedback": list,
}
_SIGNED_SHAPE: Mapping[str, type] = {
    **{name: kind for name, kind in _SHAPE.items() if name != "deleted"},
    "expires": str,
    "tags": list,
    "admitted": list,
}
MOST_COUNT = 2**53 - 1
LONGEST_ENTRY = LONGEST_LINE - 64  # a line of a delta has it inside


def as_json(entry: ListEntry) -> dict[str, Any]:
    """The object that stands for `entry`. Raises Invalid for a time without a zone."""
    made: dict[str, Any] = {"id": entry.id, "hashes": [list(pair) for pair in entry.hashes]}
    if entry.kind:
        made["kind"] = entry.kind.value
    if entry.classification:
        made["class"] = [entry.classification.scheme, entry.classification.code]
    if entry.source:
        made["source"] = [entry.source.id, entry.source.name]
    if entry.timestamp:
        made["time"] = time_text(entry.timestamp)
    if entry.deleted:
        made["deleted"] = True
    if entry.feedback:
        made["feedback"] = [[each.algorithm, each.affirmative, each.negative] for each in entry.feedback]
    return {name: value for name, value in made.items() if value != []}


def as_signed_json(entry: ListEntry) -> dict[str, Any]:
    """The object that stands for `entry` in format 2. Raises Invalid for a time without a zone and for a deletion."""
    if entry.deleted:
        raise Invalid("a list of format 2 holds what is in force: no deletions", place="deleted")
    made = as_json(entry)
    if entry.expires:
        made["expires"] = entry.expires.isoformat()
    if entry.tags:
        made["tags"] = list(entry.tags)
    if entry.admitted:
        made["admitted"] = [entry.admitted.id, time_text(entry.admitted.at)]
    return made


def as_line(entry: ListEntry) -> bytes:
    """The line of `entry` in format 2. Raises Invalid for what `entry_on` would refuse."""
    made = as_signed_json(entry)
    line = dumped(made)
    if as_signed_json(_read(made, "", _SIGNED_SHAPE)) != made or len(line) > LONGEST_ENTRY:
        raise Invalid("a value is not in its kept form, or the entry is too long", place="")
    return line


def entry_of(given: Mapping[str, Any], place: str) -> ListEntry:
    """The entry that an object of format 1 stands for. Raises Invalid unless `as_json` would give the same object."""
    entry = _read(given, place, _SHAPE)
    if as_json(entry) != given:
        raise Invalid("a value is not in its kept form (lower-case digits, times in UTC with Z)", place=place)
    return entry


def entry_on(line: bytes, place: str) -> ListEntry:
    """The entry on a line of format 2. Raises Invalid unless `as_line` would give the same bytes."""
    if len(line) > LONGEST_ENTRY:
        raise Invalid(f"an entry has at most {LONGEST_ENTRY} bytes", place=place)
    entry = _read(loaded(line, place), place, _SIGNED_SHAPE)
    if dumped(as_signed_json(entry)) != line:
        raise Invalid("not canonical JSON (RFC 8785) with each value in its kept form", place=place)
    return entry


def _read(given: Mapping[str, Any], place: str, shape: Mapping[str, type]) -> ListEntry:
    for name, value in given.items():
        if name not in shape or type(value) is not shape[name]:
            raise Invalid(f"expected {', '.join(shape)}, each of its type", place=place)
    try:
        entry = _entry(given, place)
    except Invalid as error:
        raise Invalid(error.message, place=f"{place}, {error.place}") from None
    except (TypeError, ValueError, AttributeError):  # an inner list of another length or with other types
        raise Invalid("hashes, class, source, feedback, tags or admitted is not of its form", place=place) from None
    if not entry.hashes and not entry.deleted:
        raise Invalid("an entry has at least one hash, or is a deletion", place=place)
    return entry


def _entry(given: Mapping[str, Any], place: str) -> ListEntry:
    return ListEntry(
        id=checked_id(given.get("id", "")),
        hashes=tuple((checked_algorithm(name), checked_hash(name, value)) for name, value in given.get("hashes", ())),
        kind=checked_kind(given["kind"]) if "kind" in given else None,
        classification=_classification(*given["class"]) if "class" in given else None,
        source=_source(*given["source"]) if "source" in given else None,
        timestamp=checked_time(given["time"]) if "time" in given else None,
        deleted=given.get("deleted", False),
        feedback=tuple(_feedback(*each) for each in given.get("feedback", ())),
        expires=checked_day(given["expires"]) if "expires" in given else None,
        tags=_tags(given.get("tags", [])),
        admitted=_admission(*given["admitted"]) if "admitted" in given else None,
        place=place,
    )


def _classification(scheme: str, code: str) -> Classification:
    return Classification(scheme=scheme.strip(), code=checked_id(code))


def _source(id_: str, name: str) -> Source:
    return Source(id=checked_id(id_), name=name.strip())


def _feedback(algorithm: str, affirmative: int, negative: int) -> Feedback:
    for count in (affirmative, negative):
        if type(count) is not int or not 0 <= count <= MOST_COUNT:
            raise Invalid("a count is 0 or more", place="feedback")
    return Feedback(algorithm=checked_algorithm(algorithm), affirmative=affirmative, negative=negative)


def _tags(given: list[str]) -> tuple[str, ...]:
    if len(given) > MOST_TAGS:
        raise Invalid(f"an entry has at most {MOST_TAGS} tags", place="tags")
    return tuple(checked_tag(each) for each in given)


def _admission(id_: str, at: str) -> Admission:
    try:
        return Admission(id=checked_id(id_), at=checked_time(at))
    except Invalid as error:
        raise Invalid(error.message, place="admitted") from None
