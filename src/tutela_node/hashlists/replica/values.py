"""Values of a replica, and how they are written in its tables.

Rules:
- a token's secret never reaches a matcher: the table holds its SHA-256
- times are seconds since 1970 in UTC, as whole numbers
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutela_node.foundation.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTerms:
    """One list as far as asking it needs: `group` is its number in the index, `threshold` in bits."""

    group: int
    is_active: bool
    threshold: int

    def as_row(self) -> list[int]:
        return [self.group, int(self.is_active), self.threshold]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one token may ask. `groups`: the lists; `hosts`: whose addresses a question may name.

    `suspended` says why the token may not ask now; empty when it may. `expires`: the token or its agreement ends then.
    """

    token: str
    digest: str
    organisation: str
    name: str
    scopes: frozenset[str]
    groups: frozenset[int]
    per_minute: int
    per_day: int
    expires: int
    hosts: tuple[str, ...] = ()
    suspended: str = ""

    @property
    def is_suspended(self) -> bool:
        return bool(self.suspended)

    def as_row(self) -> dict[str, object]:
        return {
            "token": self.token,
            "digest": self.digest,
            "organisation": self.organisation,
            "name": self.name,
            "scopes": sorted(self.scopes),
            "groups": sorted(self.groups),
            "per_minute": self.per_minute,
            "per_day": self.per_day,
            "expires": self.expires,
            "hosts": list(self.hosts),
            "suspended": self.suspended,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How fresh a replica is. `lag`: seconds since the publisher's last sign of life; None before the first."""

    snapshot: int
    tail: int
    entries: int
    lag: float | None
    is_ready: bool
    reason: str


def grant_of(row: Mapping[str, Any]) -> Grant:
    """Raises Invalid unless `row` is what `as_row` writes."""
    try:
        values = {**row, "scopes": frozenset(row["scopes"]), "groups": frozenset(row["groups"])}
        return Grant(**{**values, "hosts": tuple(row["hosts"])})
    except (TypeError, KeyError) as error:
        raise Invalid("a grant is not of its form", place="grants") from error


def list_terms_of(row: list[int]) -> ListTerms:
    """Raises Invalid unless `row` is what `as_row` writes."""
    try:
        group, is_active, threshold = row
        return ListTerms(group=int(group), is_active=bool(is_active), threshold=int(threshold))
    except (TypeError, ValueError) as error:
        raise Invalid("a list is not of its form", place="lists") from error
