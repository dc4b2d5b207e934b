"""The shape of a profile: frozen values, each field with its unit in its name or beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tutela_node.foundation.errors import Forbidden

SOME = {"least": 1}  # for numbers that must not be 0


class CaptureMode(StrEnum):
    """How far the node may capture a reported address."""

    OFF = "off"
    HASH_ONLY = "hash_only"
    SEAL = "seal"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """A law that allows something while it is in force. `covers` names acts: capture, notice, block, package, list."""

    id: str
    title: str
    covers: tuple[str, ...]
    valid_from: date
    valid_until: date | None = None

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    mode: CaptureMode
    max_bytes: int = field(default=50_000_000, metadata=SOME)
    seconds: int = field(default=30, metadata=SOME)
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    scheme: str
    assessors: int = field(default=2, metadata=SOME)
    withdraw_seconds: int = 60
    daily_views: int = 40
    view_seconds: int = 20
    claim_minutes: int = 30
    reuse_distance: int = 8
    reuse_quality: int = 80
    first_look_hours: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    sender: str
    answer_hours: int = field(default=24, metadata=SOME)
    languages: Mapping[str, str]  # country of the host -> language of the notice; "" is the default


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocking:
    max_days: int = field(default=180, metadata=SOME)
    appeal: str
    origin: str  # name of the response-policy zone
    primary_ns: str
    contact: str
    shared_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUps:
    """How many fingerprints one token may ask about. About 270 well-chosen questions rebuild a hash: days are few."""

    per_minute: int = 60
    per_day: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    not_illegal_days: int = 7
    draft_minutes: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    emergency: str
    children: str
    support: str
    talk: str
    exit_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    code: str
    version: str
    names: Mapping[str, str]  # language -> name of the country
    languages: tuple[str, ...]
    legal_bases: tuple[LegalBasis, ...]
    capture: Capture
    review: Review
    takedown: Takedown
    blocking: Blocking
    retention: Retention
    lookups: LookUps
    help: Help
    police: Authority

    def basis_for(self, act: str, on: date) -> LegalBasis:
        """The legal basis in force for an act; Forbidden when there is none, which switches the act off."""
        for basis in self.legal_bases:
            if act in basis.covers and basis.is_in_force(on):
                return basis
        raise Forbidden(f"the profile {self.code} has no legal basis in force for “{act}” on {on}", place=act)

    def basis(self, id: str, act: str, on: date) -> LegalBasis:
        """The named legal basis, if it covers the act and is in force."""
        for basis in self.legal_bases:
            if basis.id == id and act in basis.covers and basis.is_in_force(on):
                return basis
        raise Forbidden(f"“{id}” is no legal basis in force for “{act}” on {on}", place=id)

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names["en"]
