"""What a scan found, counted: for the end of it, and to go on after an interruption."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tutela.scanning.lines import Seen
from tutela.scanning.walk import LINK, SPECIAL

_BY = ("class", "list", "category", "via")


@dataclass(slots=True, kw_only=True)
class Totals:
    """Running counts. `files` are those of the walk, `members` those inside them; `bytes` are of files alone.

    `matched`: files and members with a match; `matches` by class, list, category and via. `known_good`,
    `known_good_bytes`: files and members that nobody needs to look at, for a known-good list has them and no other
    does. `unread`: those without digests, links and special files apart.
    """

    files: int = 0
    members: int = 0
    bytes: int = 0
    matched: int = 0
    known_good: int = 0
    known_good_bytes: int = 0
    member_bytes: int = 0
    problems: int = 0
    unread: int = 0
    truncated: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    matches: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in _BY})

    def add(self, seen: Seen) -> None:
        """Count one line."""
        if seen.member:
            self.members += 1
            self.member_bytes += seen.size or 0
        else:
            self.files += 1
            self.bytes += seen.size or 0
        self.kinds[seen.kind] += 1
        self.problems += bool(seen.problem)
        self.unread += seen.sha256 is None and seen.problem not in (LINK, SPECIAL)
        self.truncated += seen.truncated
        if seen.matches:
            self.matched += 1
        elif seen.known_good:
            self.known_good += 1
            self.known_good_bytes += seen.size or 0
        for match in seen.matches:
            values = (match.match_class, match.list, match.category or "none", match.via)
            for name, value in zip(_BY, values, strict=True):
                self.matches[name][value] += 1

    def as_object(self) -> dict[str, Any]:
        """For JSON; `from_object` reads it."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        counted = {name: dict(sorted(counter.items())) for name, counter in self.matches.items()}
        return {**plain, "kinds": dict(sorted(self.kinds.items())), "matches": counted}

    @classmethod
    def from_object(cls, given: Mapping[str, Any]) -> "Totals":
        plain = {name: int(given[name]) for name in _PLAIN}
        matches = {name: Counter(given["matches"][name]) for name in _BY}
        return cls(**plain, kinds=Counter(given["kinds"]), matches=matches)

    @property
    def left_to_look_at(self) -> dict[str, float | int]:
        """How far the known-good lists cut what is left: lines, and percent of lines and octets."""
        lines, octets = self.files + self.members, self.bytes + self.member_bytes
        return {
            "lines": lines - self.known_good,
            "cut_lines_percent": round(100 * self.known_good / lines, 2) if lines else 0.0,
            "cut_bytes_percent": round(100 * self.known_good_bytes / octets, 2) if octets else 0.0,
        }


_PLAIN = (
    "files", "members", "bytes", "member_bytes", "matched", "known_good", "known_good_bytes", "problems", "unread",
    "truncated",
)  # fmt: skip
