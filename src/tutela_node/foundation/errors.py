"""The error kinds of the house are those of the kit; desks translate each kind once (`desks/*/errors.py`)."""

from tutela.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Kind,
    Limited,
    Missing,
    Spent,
    TutelaError,
    Unavailable,
    VerificationFailed,
)

__all__ = [
    "Conflict",
    "Forbidden",
    "Invalid",
    "Kind",
    "Limited",
    "Missing",
    "Spent",
    "TutelaError",
    "Unavailable",
    "VerificationFailed",
]
