"""One row of a table, as field -> text, to an entry and its problems."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from tutela.errors import Invalid
from tutela.hashlists.entry import (
    Classification,
    ListEntry,
    MediaKind,
    Problem,
    Source,
    checked_algorithm,
    checked_hash,
    checked_id,
    checked_kind,
    checked_time,
)

FIELDS = (
    "id",
    "kind",
    "classification",
    "scheme",
    "source",
    "source_name",
    "timestamp",
    "deleted",
    "algorithm",
    "value",
)
_YES_OR_NO = {"": False, "0": False, "n": False, "no": False, "false": False} | dict.fromkeys(
    ["1", "y", "yes", "true"], True
)
_Value = TypeVar("_Value")


def entry_of(
    cells: Mapping[str, str], place: str, scheme: str, kind: MediaKind | None
) -> Iterator[ListEntry | Problem]:
    """The entry of the non-empty cells of a row, after the problems of its values."""
    problems: list[Problem] = []
    tried = partial(_tried, place, problems)
    source = tried(partial(checked_id, cells["source"])) if "source" in cells else None
    deleted = tried(partial(_yes_or_no, cells.get("deleted", "")))
    entry_id = tried(partial(checked_id, cells.get("id", place.rpartition(" ")[2])))
    entry = ListEntry(
        id=entry_id or "",
        hashes=tuple(_hashes(cells, place, problems)),
        kind=tried(partial(checked_kind, cells["kind"])) if "kind" in cells else kind,
        classification=tried(partial(_classification, cells["classification"], cells.get("scheme", scheme)))
        if "classification" in cells
        else None,
        source=Source(id=source, name=cells.get("source_name", "")) if source else None,
        timestamp=tried(partial(checked_time, cells["timestamp"])) if "timestamp" in cells else None,
        deleted=bool(deleted),
        place=place,
    )
    yield from problems
    if entry_id is None or deleted is None:
        yield Problem(place=place, message="the row is left out: its id or its deleted mark cannot be read")
    elif entry.hashes or entry.deleted:
        yield entry
    else:
        yield Problem(place=place, message="no usable fingerprint; the row is left out")


def _tried(place: str, problems: list[Problem], read: Callable[[], _Value]) -> _Value | None:
    try:
        return read()
    except Invalid as error:
        problems.append(Problem(place=f"{place}, {error.place}", message=error.message))
        return None


def _hashes(cells: Mapping[str, str], place: str, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    given = [(name, value) for name, value in cells.items() if name not in FIELDS]
    if "value" in cells:
        given.append((cells.get("algorithm", ""), cells["value"]))
    for name, value in given:
        pair = _tried(place, problems, partial(_pair, name, value))
        if pair is not None:
            yield pair


def _pair(name: str, value: str) -> tuple[str, str]:
    algorithm = checked_algorithm(name)
    return algorithm, checked_hash(algorithm, value)


def _classification(code: str, scheme: str) -> Classification:
    try:
        return Classification(scheme=scheme, code=checked_id(code))
    except Invalid as error:
        raise Invalid(error.message, place="classification") from None


def _yes_or_no(text: str) -> bool:
    try:
        return _YES_OR_NO[text.lower()]
    except KeyError:
        raise Invalid("expected yes or no, true or false, 1 or 0", place="deleted") from None
