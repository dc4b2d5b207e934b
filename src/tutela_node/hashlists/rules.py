"""Decisions about lists and matches: what is kept of an entry, which match counts most, what an outsider is told.

Rules:
- an outsider learns exact, near or none: never a distance, an entry or a list
- of several matches the exact one on a trusted list comes first, then nearer before farther
- a fingerprint of poor quality is not admitted to the national list as a near-match hash: it would match too much
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tutela.errors import Invalid

NATIONAL = "National list"
LONGEST_NAME = 120
SHORTEST_REASON, LONGEST_REASON = 10, 500
ADMITTED = ("sha256", "sha1", "md5", "pdq")
MATCHED = frozenset(ADMITTED)
THRESHOLD = 31
MIN_QUALITY = 50
PROBLEMS_KEPT = 200


class Closeness(StrEnum):
    EXACT = "exact"
    NEAR = "near"


class LookUpClass(StrEnum):
    """All that is told outside."""

    EXACT = "exact"
    NEAR = "near"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One match, as far as choosing among several needs it."""

    closeness: Closeness
    distance: int
    trusted: bool
    has_code: bool


def check_name(name: str) -> str:
    """The name of an outside list without outer white space. Raises Invalid."""
    kept = name.strip()
    if not 1 <= len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise Invalid(f"give the list a name, at most {LONGEST_NAME} characters", place="name")
    if kept.casefold() == NATIONAL.casefold():
        raise Invalid("the national list holds our own verdicts alone; give this list another name", place="name")
    return kept


def check_reason(reason: str) -> None:
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        wanted = f"{SHORTEST_REASON} to {LONGEST_REASON} characters"
        raise Invalid(f"say why in a sentence, {wanted}: the reason is part of the log", place="reason")


def strength(match: Candidate) -> tuple[bool, bool, bool, int]:
    """Sorts the match that says most first."""
    return (match.closeness is not Closeness.EXACT, not match.trusted, not match.has_code, match.distance)


def told_outside(found: Iterable[Closeness]) -> LookUpClass:
    classes = set(found)
    if Closeness.EXACT in classes:
        return LookUpClass.EXACT
    return LookUpClass.NEAR if classes else LookUpClass.NONE


def admissible(fingerprints: Mapping[str, tuple[str, int | None]]) -> dict[str, str]:
    """The fingerprints of a verdict that enter the national list."""
    kept = {}
    for algorithm in ADMITTED:
        value, quality = fingerprints.get(algorithm, ("", None))
        if value and (quality is None or quality >= MIN_QUALITY):
            kept[algorithm] = value
    return kept
