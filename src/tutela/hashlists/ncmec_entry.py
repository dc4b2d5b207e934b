"""One entry element of NCMEC hash sharing v2 -> entries and problems."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from tutela.errors import Invalid
from tutela.hashlists.entry import (
    Classification,
    Feedback,
    ListEntry,
    MediaKind,
    Problem,
    Source,
    checked_algorithm,
    checked_hash,
    checked_id,
    checked_time,
)

SCHEME = "ncmec-industry"
CODES = ("A1", "A2", "B1", "B2")
KINDS = {
    "image": (MediaKind.IMAGE, False),
    "video": (MediaKind.VIDEO, False),
    "deletedImage": (MediaKind.IMAGE, True),
    "deletedVideo": (MediaKind.VIDEO, True),
}
_Value = TypeVar("_Value")


@dataclass(slots=True, kw_only=True)
class Element:
    """An element while it is being read. `repairs` is how many the parser had made before it began."""

    name: str
    place: str
    attributes: dict[str, str]
    repairs: int
    text: str = ""
    children: list["Element"] = field(default_factory=list)
    parts: int = 0

    def is_short(self, more: str, most: int) -> bool:
        return len(self.text) + len(more) <= most

    def child(self, name: str) -> "Element | None":
        return next((each for each in self.children if each.name == name), None)

    def below(self, name: str) -> int:
        """How many elements of this name are anywhere inside."""
        return sum((each.name == name) + each.below(name) for each in self.children)


def entries_of(element: Element) -> Iterator[ListEntry | Problem]:
    """The entry of a whole element, after the problems of its parts."""
    kind, deleted = KINDS[element.name]
    problems: list[Problem] = []
    try:
        id_ = checked_id(_text(element, "id"))
    except Invalid as error:
        yield Problem(place=f"{element.place}, id", message=f"{error.message}; the entry is left out")
        return
    hashes = tuple(_hashes(element, problems))
    entry = ListEntry(
        id=id_,
        hashes=hashes,
        kind=kind,
        classification=_classification(element, problems),
        source=_source(element, problems),
        timestamp=_timestamp(element, problems),
        deleted=deleted,
        feedback=tuple(_feedback(element, problems)),
        place=element.place,
    )
    yield from problems
    if hashes or deleted:
        yield entry
    else:
        yield Problem(place=element.place, message="no usable fingerprint; the entry is left out")


def _text(element: Element, name: str) -> str:
    child = element.child(name)
    return child.text.strip() if child else ""


def _tried(read: Callable[[], _Value], element: Element, problems: list[Problem]) -> _Value | None:
    try:
        return read()
    except Invalid as error:
        problems.append(Problem(place=f"{element.place}, {error.place}", message=error.message))
        return None


def _hashes(element: Element, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    fingerprints = element.child("fingerprints")
    for child in fingerprints.children if fingerprints else ():
        if not child.text.strip() and "href" in child.attributes:
            continue
        pair = _tried(partial(_pair, child), element, problems)
        if pair is not None:
            yield pair


def _pair(child: Element) -> tuple[str, str]:
    algorithm = checked_algorithm(child.name)
    return algorithm, checked_hash(algorithm, child.text)


def _classification(element: Element, problems: list[Problem]) -> Classification | None:
    code = _text(element, "classification")
    if not code:
        return None
    if code not in CODES:
        message = f"expected one of {', '.join(CODES)}"
        problems.append(Problem(place=f"{element.place}, classification", message=message))
        return None
    return Classification(scheme=SCHEME, code=code)


def _source(element: Element, problems: list[Problem]) -> Source | None:
    member = element.child("member")
    if member is None:
        return None
    id_ = _tried(lambda: checked_id(member.attributes.get("id", "")), element, problems)
    return Source(id=id_, name=member.text.strip()) if id_ else None


def _timestamp(element: Element, problems: list[Problem]) -> datetime | None:
    text = _text(element, "timestamp")
    return _tried(lambda: checked_time(text), element, problems) if text else None


def _feedback(element: Element, problems: list[Problem]) -> Iterator[Feedback]:
    """Members counted per algorithm: directly, or inside the reasons they gave."""
    counts: dict[str, list[int]] = {}
    feedback = element.child("feedback")
    for child in feedback.children if feedback else ():
        column = {"affirmativeFeedback": 0, "negativeFeedback": 1}.get(child.name)
        named = partial(checked_algorithm, child.attributes.get("type", ""))
        algorithm = _tried(named, element, problems) if column is not None else None
        if column is not None and algorithm:
            counts.setdefault(algorithm, [0, 0])[column] += child.below("member")
    for algorithm, (affirmative, negative) in counts.items():
        yield Feedback(algorithm=algorithm, affirmative=affirmative, negative=negative)
