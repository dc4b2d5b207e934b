"""One error base for the kit and the node: a kind, a plain sentence, and the place it points at.

Rules:
- a kind decides how a desk answers (HTTP status, exit code, page message); a room adds meaning by subclassing
- the sentence says what is wrong and what would be right; it never holds report content
- verification raises; it never returns a boolean
"""

from enum import StrEnum


class Kind(StrEnum):
    """How an error is answered. Each desk translates every kind once."""

    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class TutelaError(Exception):
    """Base of all expected errors. `place` is a line, byte offset, member or field, as text for a person."""

    kind: Kind = Kind.INTERNAL

    def __init__(self, message: str, *, place: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place


class Invalid(TutelaError):
    """The input breaks a rule of its format or of ours."""

    kind = Kind.INVALID


class Limited(TutelaError):
    """The input is larger, deeper or slower than we accept."""

    kind = Kind.LIMITED


class Spent(Limited):
    """A budget of so many in a time is used up; later the same question is answered."""


class Missing(TutelaError):
    """What was named does not exist, or may not be known to the asker."""

    kind = Kind.MISSING


class Forbidden(TutelaError):
    """The actor may not do this."""

    kind = Kind.FORBIDDEN


class Conflict(TutelaError):
    """The state of the thing does not allow this now."""

    kind = Kind.CONFLICT


class Unavailable(TutelaError):
    """Something this depends on does not answer; trying again later may work."""

    kind = Kind.UNAVAILABLE


class VerificationFailed(TutelaError):
    """A signature, proof, hash or order does not hold."""

    kind = Kind.INVALID
