"""The shape of a profile: frozen values, each field with its unit in its name or beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from tutela_node.foundation.errors import Forbidden

SOME = {"least": 1}  # for numbers that must not be 0
KINDS = ("account", "mail", "phone", "file", "address", "ip", "host")  # of marks; the values of `intake.marks`
YEAR = 366 * 24  # hours
DECADE = 3660  # days
MOST_BITS = 28  # of work: more takes a telephone hours


def within(least: int, most: int) -> Mapping[str, int]:
    """For numbers that break something below or above these."""
    return {"least": least, "most": most}


POINTS = within(-100, 100)
DAYS = within(0, DECADE)
CARRIERS = within(0, 1_000_000)


class CaptureMode(StrEnum):
    """How far the node may capture a reported address."""

    OFF = "off"
    HASH_ONLY = "hash_only"
    SEAL = "seal"


class Happening(StrEnum):
    """What a report of words can be about; the values are those of `intake.rules`."""

    GROOMING = "grooming"
    EXTORTION = "extortion"
    THREAT = "threat"
    ABUSE = "abuse"
    OTHER = "other"


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
class Unpack:
    """What looking into one archive, document or mail may cost; what exceeds it is left out, and said.

    `container_bytes`: of the file itself, which is held in memory. `members`: how many files in it, at all levels, are
    looked at. `member_bytes`: of one of them; `bytes`: of all, unpacked. `depth`: archives in archives. `seconds`: for
    each hundred or so of its pictures, films and sounds. `icon_side`: nobody is asked about a picture inside, on no
    list, no side of which has more pixels.
    """

    container_bytes: int = field(default=1024**3, metadata=within(1, 2**34))
    members: int = field(default=10_000, metadata=within(1, 1_000_000))
    member_bytes: int = field(default=256 * 1024**2, metadata=within(1, 2**30))
    bytes: int = field(default=4 * 1024**3, metadata=within(1, 2**40))
    depth: int = field(default=4, metadata=within(1, 10))
    seconds: int = field(default=60, metadata=within(1, 3600))
    icon_side: int = field(default=32, metadata=within(0, 256))


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
class Filing:
    """Reports that come in several requests (the CyberTipline interface), until they are finished or forgotten.

    `open_hours` after it was opened or `idle_hours` after its last change, whichever is later, a report that was not
    finished is erased. A document that was refused is kept for `refused_days`, for whoever asks why.
    """

    max_bytes: int = field(default=16 * 1024**3, metadata=within(1, 2**40))  # of one file
    open_hours: int = field(default=24, metadata=within(1, YEAR))
    idle_hours: int = field(default=1, metadata=within(1, YEAR))
    refused_days: int = field(default=30, metadata=within(1, DECADE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    not_illegal_days: int = 7
    draft_minutes: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What each reason adds to the urgency of a report, which is 0 to 100."""

    received: int = field(default=25, metadata=POINTS)
    at_risk: int = field(default=50, metadata=POINTS)
    abuse: int = field(default=30, metadata=POINTS)
    extortion: int = field(default=30, metadata=POINTS)
    trafficking: int = field(default=30, metadata=POINTS)
    grooming: int = field(default=20, metadata=POINTS)
    threat: int = field(default=15, metadata=POINTS)
    own: int = field(default=15, metadata=POINTS)
    child: int = field(default=10, metadata=POINTS)
    recent: int = field(default=10, metadata=POINTS)
    escalated: int = field(default=15, metadata=POINTS)
    new_file: int = field(default=10, metadata=POINTS)
    near_file: int = field(default=0, metadata=POINTS)
    known_file: int = field(default=-15, metadata=POINTS)
    viewed: int = field(default=5, metadata=POINTS)
    victim_known: int = field(default=10, metadata=POINTS)
    suspect_known: int = field(default=5, metadata=POINTS)
    many_senders: int = field(default=5, metadata=POINTS)
    generated: int = field(default=-5, metadata=POINTS)
    duplicate: int = field(default=-20, metadata=POINTS)
    viral: int = field(default=-25, metadata=POINTS)
    informational: int = field(default=-30, metadata=POINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinDays:
    """For how many days a report that carries the same mark belongs to the same bundle; 0: the mark ties nothing."""

    account: int = field(default=365, metadata=DAYS)
    mail: int = field(default=365, metadata=DAYS)
    phone: int = field(default=365, metadata=DAYS)
    file: int = field(default=365, metadata=DAYS)
    address: int = field(default=90, metadata=DAYS)
    ip: int = field(default=7, metadata=DAYS)
    host: int = field(default=3, metadata=DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinMost:
    """How many reports may carry a mark in that time before it says nothing any more (a large host); 0: no limit."""

    account: int = field(default=0, metadata=CARRIERS)
    mail: int = field(default=0, metadata=CARRIERS)
    phone: int = field(default=0, metadata=CARRIERS)
    file: int = field(default=0, metadata=CARRIERS)
    address: int = field(default=0, metadata=CARRIERS)
    ip: int = field(default=20, metadata=CARRIERS)
    host: int = field(default=20, metadata=CARRIERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """What makes a report urgent, what makes it a duplicate, and what ties reports together: one versioned rule.

    `now_from` and the two after it: the least urgency of a band. A report whose marks of the kinds `duplicate_same` are
    all held by one report of the last `duplicate_days` is a duplicate of it. What is less urgent is first looked at
    within `review.first_look_hours`.
    """

    version: str = field(metadata={"longest": 40})
    now_from: int = field(default=65, metadata=within(1, 100))
    soon_from: int = field(default=45, metadata=within(1, 100))
    usual_from: int = field(default=20, metadata=within(0, 100))
    many_senders: int = field(default=3, metadata=within(1, 1000))
    now_hours: int = field(default=1, metadata=within(1, YEAR))  # until the first look at what such a report names
    soon_hours: int = field(default=4, metadata=within(1, YEAR))
    duplicate_same: tuple[str, ...] = field(default=("address", "file"), metadata={"known": KINDS})
    duplicate_days: int = field(default=90, metadata=DAYS)
    points: Points = field(default=Points())
    join_days: JoinDays = field(default=JoinDays())
    join_most: JoinMost = field(default=JoinMost())


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPictures:
    """The list of codes that people send of their own pictures. What exceeds a day's number waits for people.

    `quality`, 0 to 100: below it a picture is too plain for its code to fit it alone.
    """

    name: str = field(default="Own pictures", metadata={"longest": 120})
    per_day: int = field(default=500, metadata=within(0, 1_000_000))
    quality: int = field(default=50, metadata=within(1, 100))


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
class Referral:
    """Which reports of words must go to the police, and how those who read them are called, by language."""

    kinds: tuple[Happening, ...] = ()
    answer_hours: int = field(default=24, metadata=within(1, YEAR))
    police: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    hotline: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """From when on, after a report, its reporter or their programs can read that it is checked, and what came of it."""

    checking_minutes: int = field(default=30, metadata=within(0, YEAR * 60))
    outcome_minutes: int = field(default=24 * 60, metadata=within(0, YEAR * 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Floods:
    """What a form takes in an hour without proof of work, and with it; the work asked for, in bits; the waits."""

    per_hour: int = field(default=20, metadata=within(1, 1_000_000))
    proved_per_hour: int = field(default=2000, metadata=within(1, 1_000_000))
    proof_bits: int = field(default=16, metadata=within(1, MOST_BITS))
    most_bits: int = field(default=20, metadata=within(1, MOST_BITS))
    ticket_seconds: int = field(default=15, metadata=within(0, 3600))
    slow_seconds: int = field(default=5, metadata=within(0, 86_400))
    code_bits: int = field(default=16, metadata=within(1, MOST_BITS))
    code_seconds: int = field(default=10, metadata=within(0, 3600))


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
    triage: Triage = field(default=Triage(version="2026.1"))
    filing: Filing = field(default=Filing())
    unpack: Unpack = field(default=Unpack())
    help: Help
    police: Authority
    own_pictures: OwnPictures = field(default=OwnPictures())
    referral: Referral = field(default_factory=Referral)
    answers: Answers = field(default_factory=Answers)
    floods: Floods = field(default_factory=Floods)

    def reader(self, which: Mapping[str, str], language: str) -> str:
        """The name of who reads a report, in a language, else in English, else as the police are called."""
        return which.get(language) or which.get("en") or self.police.name

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
