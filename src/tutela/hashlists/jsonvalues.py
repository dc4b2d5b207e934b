"""Values of a JSON object that somebody else wrote, as what they should be."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from tutela.errors import Invalid
from tutela.hashlists.entry import MOST_TAGS, Problem, checked_tag

_Value = TypeVar("_Value")
_TRUE, _FALSE = {"true", "yes", "y", "1"}, {"false", "no", "n", "0", ""}


def text_of(given: Mapping[str, Any], name: str) -> str:
    """A text, or a whole number as its digits; empty when it is absent or null. Raises Invalid for anything else."""
    value = given.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return str(value)
    raise Invalid("expected text", place=name)


def number_of(given: Mapping[str, Any], name: str) -> float | None:
    """A number, also as text; None when it is absent or null. Raises Invalid."""
    value = given.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Invalid("expected a number", place=name)
    try:
        return float(value)
    except (ValueError, OverflowError):
        raise Invalid("expected a number", place=name) from None


def flag_of(given: Mapping[str, Any], name: str) -> bool:
    """True or false, also as text or 0 and 1; absent and null are false. Raises Invalid."""
    value = given.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    lowered = str(value).strip().lower()
    if lowered in _TRUE | _FALSE:
        return lowered in _TRUE
    raise Invalid("expected true or false", place=name)


def objects_of(given: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of an array; none when it is absent or null. Raises Invalid when it is no array of objects."""
    for each in list_of(given, name):
        if not isinstance(each, Mapping):
            raise Invalid("expected an array of objects", place=name)
        yield each


def list_of(given: Mapping[str, Any], name: str) -> list[Any]:
    value = given.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Invalid("expected an array", place=name)
    return value


def tags_of(words: Iterable[object]) -> tuple[str, ...]:
    """Each word once, in order; what cannot be a tag is passed over."""
    kept: dict[str, None] = {}
    for word in words:
        try:
            kept[checked_tag(str(word))] = None
        except Invalid:
            continue
        if len(kept) == MOST_TAGS:
            break
    return tuple(kept)


def tried(read: Callable[[], _Value], place: str, problems: list[Problem]) -> _Value | None:
    """What `read` gives, or None and a problem at `place`."""
    try:
        return read()
    except Invalid as error:
        problems.append(Problem(place=f"{place}, {error.place}" if error.place else place, message=error.message))
        return None
