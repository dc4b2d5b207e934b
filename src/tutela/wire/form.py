"""What a form of reports is to whoever checks a document: a name, how it is recognised, what is found in it.

Rules:
- a fault breaks the form: the document is refused. A warning breaks a rule beyond the form: an agreement may make it a
  refusal. A note says what was tolerated
- a message says what is wrong and what would be right, and never what was there
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How much a finding weighs."""

    FAULT = "fault"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found. `place` is a path of elements, members or columns; `line` counts from 1, 0 where unknown.

    `rule` names what was broken in a word that programs may rely on.
    """

    weight: Weight
    rule: str
    place: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        where = f"line {self.line}, {self.place}" if self.line else self.place
        return f"{where}: {self.message}" if where else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. `looks` tells it by the bytes, cheaply and without raising; `check` finds everything in a document.

    `check` raises `Invalid` or `Limited`, with a place, for bytes in which nothing can be found at all.
    """

    name: str
    title: str
    looks: Callable[[bytes], bool]
    check: Callable[[bytes], tuple[Finding, ...]]


def is_refused(findings: tuple[Finding, ...], *, strict: bool = False) -> bool:
    """Whether a document with these findings is refused. `strict`: warnings refuse too."""
    refusing = {Weight.FAULT, Weight.WARNING} if strict else {Weight.FAULT}
    return any(each.weight in refusing for each in findings)
