"""The tables of a replica as a reader holds them: lists, grants by token, and what a change does to them."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutela.matching import Matcher, Merging
from tutela_node.accounts.rules import read_token
from tutela_node.foundation.errors import Forbidden, Invalid
from tutela_node.hashlists.replica.values import Grant, ListTerms, grant_of, list_terms_of


@dataclass(slots=True, kw_only=True)
class Held:
    """What one snapshot and its tail say now. `suspended` are tokens that this process itself suspended."""

    matcher: Matcher
    thresholds: dict[int, int] = field(default_factory=dict)  # of the active lists
    grants: dict[str, Grant] = field(default_factory=dict)
    seq: int = 0
    canaries: frozenset[str] = frozenset()
    merging: Merging = field(init=False)  # of what the tail brings, beside questions

    def __post_init__(self) -> None:
        self.merging = Merging(self.matcher)

    def set_lists(self, rows: Iterable[list[int]]) -> None:
        states: list[ListTerms] = [list_terms_of(row) for row in rows]
        self.thresholds = {each.group: each.threshold for each in states if each.is_active}

    def set_grants(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.grants = {grant.token: grant for grant in map(grant_of, rows)}

    def set_canaries(self, digests: Iterable[str]) -> None:
        self.canaries = frozenset(map(str, digests))

    def apply(self, row: Mapping[str, Any]) -> None:
        """One change, as `Change.as_row` writes it. Raises Invalid for another form; applying twice is harmless."""
        try:
            entries: Sequence[tuple[int, int, str, str]] = row["entries"]
            by_group: dict[int, list[tuple[int, list[tuple[str, str]]]]] = {}
            for number, group, algorithm, value in entries:
                by_group.setdefault(group, []).append((number, [(algorithm, value)]))
            self.matcher.remove([*row["gone"], *(number for number, _, _, _ in entries)])
        except (TypeError, KeyError, ValueError) as error:
            raise Invalid("a change is not of its form", place="tail") from error
        for group, added in by_group.items():
            self.matcher.add(added, group=group)
        if "lists" in row:
            self.set_lists(row["lists"])
        if "grants" in row:
            self.set_grants(row["grants"])
        if "canaries" in row:
            self.set_canaries(row["canaries"])
        self.seq = int(row["seq"])

    def grant(self, raw: str) -> Grant | None:
        """The grant of a raw token; None when it is none, unknown or wrong."""
        try:
            token, shown = read_token(raw)
        except Forbidden:
            return None
        found = self.grants.get(token.hex)
        return found if found is not None and hmac.compare_digest(found.digest, shown) else None
