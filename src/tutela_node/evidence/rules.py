"""Decisions of the vault: who releases, what may be released, when something may be erased. Plain values only."""

from enum import StrEnum
from uuid import UUID

from tutela.errors import Conflict, Forbidden, Invalid

SHORTEST_REASON, LONGEST_REASON = 10, 500


class ObjectState(StrEnum):
    SEALED = "sealed"
    EXHIBIT = "exhibit"
    ERASED = "erased"


class PackageState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    BUILT = "built"
    REFUSED = "refused"


RELEASED = frozenset({PackageState.APPROVED, PackageState.BUILT})


def check_second_person(*, proposer: UUID | None, approver: UUID | None) -> None:
    """A release of material needs two different people."""
    if proposer is None or approver is None:
        raise Forbidden("a release needs two people who are signed in")
    if proposer == approver:
        raise Forbidden("whoever proposed this release cannot approve it: ask a second person")


def check_proposal(*, exhibits: int, wanted: int, reason: str) -> None:
    if wanted == 0:
        raise Invalid("name at least one item", place="items")
    if exhibits != wanted:
        raise Conflict("only items with a verdict that made them exhibits can be released", place="items")
    check_reason(reason)


def check_reason(reason: str) -> str:
    """Why something leaves, or does not, without outer white space. Raises Invalid."""
    kept = reason.strip()
    if not SHORTEST_REASON <= len(kept) <= LONGEST_REASON:
        wanted = f"{SHORTEST_REASON} to {LONGEST_REASON} characters"
        raise Invalid(f"say why in a sentence, {wanted}: the reason is part of the log", place="reason")
    return kept


def check_erasable(state: ObjectState) -> None:
    if state is ObjectState.EXHIBIT:
        raise Conflict("an exhibit is not erased by the retention of the vault", place="object")


def check_exhibitable(state: ObjectState) -> None:
    if state is ObjectState.ERASED:
        raise Conflict("the bytes of this object were erased: nothing is left to be an exhibit", place="object")


def exhibit_number(country: str, year: int, serial: int) -> str:
    return f"{country}-{year}-{serial:06d}"


def package_reference(country: str, year: int, serial: int) -> str:
    return f"P-{country}-{year}-{serial:05d}"
