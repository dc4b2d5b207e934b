"""One entry of Tutela's own list as a JSON object, and back.

Rules:
- what an entry does not have is absent, never null or empty, so that there is one spelling
- a line with anything wrong in it is refused whole: our own writers do not write such lines
"""

from collections.abc import Mapping
from typing import Any

from tutela.errors import Invalid
from tutela.hashlists.entry import (
    Classification,
    Feedback,
    ListEntry,
    Source,
    checked_algorithm,
    checked_hash,
    checked_id,
    checked_kind,
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
MOST_COUNT = 2**53 - 1


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


def entry_of(given: Mapping[str, Any], place: str) -> ListEntry:
    """The entry that an object stands for. Raises Invalid unless `as_json` would give the same object."""
    for name, value in given.items():
        if name not in _SHAPE or type(value) is not _SHAPE[name]:
            raise Invalid(f"expected {', '.join(_SHAPE)}, each of its type", place=place)
    try:
        entry = _entry(given, place)
    except Invalid as error:
        raise Invalid(error.message, place=f"{place}, {error.place}") from None
    except (TypeError, ValueError, AttributeError):  # an inner list of another length or with other types
        raise Invalid("hashes, class, source or feedback is not of its form", place=place) from None
    if as_json(entry) != given:
        raise Invalid("a value is not in its kept form (lower-case digits, times in UTC with Z)", place=place)
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
