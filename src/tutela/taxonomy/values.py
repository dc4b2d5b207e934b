"""What a scheme is made of, and what comes out of translating a code.

Rules:
- a code is illegal, not illegal, or the scheme does not say (None): never taken for either
- "cannot be mapped" is an answer with a reason, not an error
"""

from dataclasses import dataclass
from datetime import date

from tutela.errors import Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One answer of a scheme.

    `illegal`: under the law the scheme speaks of; None where it does not say. `final`: an assessment with it settles
    the matter; else somebody must look again. `locked`: by the scheme's own rules it may not be changed once given
    (ICCAM: Baseline).
    """

    code: str
    label: str
    illegal: bool | None = None
    final: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What the character at `position` (from 1) of each code stands for."""

    position: int
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One version of a scheme. `valid_from` None: no start is published. `valid_until` is the first day it is not."""

    name: str
    version: str
    title: str
    valid_from: date | None
    valid_until: date | None
    codes: tuple[Code, ...]
    axes: tuple[Axis, ...] = ()

    def code(self, code: str) -> Code:
        """Raises Missing for a code that this version does not have, naming those it has."""
        for known in self.codes:
            if known.code == code:
                return known
        names = ", ".join(known.code for known in self.codes)
        raise Missing(f"{self.title} has no such code; it has {names}", place="code")

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day and (self.valid_until is None or day < self.valid_until)

    def span(self) -> str:
        """From when until before when it is valid, for a person."""
        start = f"from {self.valid_from.isoformat()}" if self.valid_from else "from the start"
        return f"{start} until before {self.valid_until.isoformat()}" if self.valid_until else start


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """The code in the other scheme, and the version it belongs to."""

    code: Code
    scheme: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotMap:
    """There is no such code in the other scheme; `reason` is a short English message id."""

    reason: str
