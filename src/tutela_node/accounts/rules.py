"""What a person, a token and an agreement must look like.

Rules:
- a token either reports or only tries: with both scopes, what it sends would be taken and not kept
- a token is `tut_<id>_<secret>`; only the SHA-256 of its secret is kept, which is enough for 256 random bits
- roles of the outside and of the node itself are never granted to a person; nobody grants a role to themselves
- a password has at least 12 characters and is not the person's own address or name (NIST SP 800-63B 3.1.1.2: length
  before composition)
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tutela.errors import Conflict, Forbidden, Invalid

TOKEN = re.compile(r"tut_(?P<id>[0-9a-f]{32})_(?P<secret>[0-9a-f]{64})", re.ASCII)
ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
SECRET = re.compile(r"[0-9a-f]{64}", re.ASCII)
SCOPE = re.compile(r"[a-z]{2,30}\.[a-z_]{2,40}", re.ASCII)
COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,180}")
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{2,38}", re.ASCII)
APART = ("intake.report", "intake.test")  # real reports, and such as are only tried
NOBODY = "0" * 64
MIN_PASSWORD = 12
MAX_PASSWORD = 200
MAX_TOKEN_DAYS = 400
MAX_AGREEMENT_DAYS = 3660
MAX_HOSTS = 100
MAX_WEBHOOK = 1000
WEBHOOK_KIND = "webhook"  # what a call is named in the outbox
WEBHOOK = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,260}(/[!$-~]*)?", re.ASCII)
HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*", re.ASCII
)


class OrganisationKind(StrEnum):
    HOTLINE = "hotline"
    POLICE = "police"
    PROVIDER = "provider"
    MINISTRY = "ministry"
    PEER = "peer"


class AgreementKind(StrEnum):
    """What an agreement lets an organisation do with the node."""

    INTAKE = "intake"
    MATCHER = "matcher"
    TAKEDOWN = "takedown"
    BLOCKING = "blocking"
    HASHLISTS = "hashlists"


class ContactPurpose(StrEnum):
    """What somebody at an organisation is reached for."""

    URGENT = "urgent"  # by day and night
    REPORTS = "reports"
    LEGAL = "legal"
    TECHNICAL = "technical"


class KeyKind(StrEnum):
    AGE = "age"


GRANTABLE = frozenset({"analyst", "senior", "police", "auditor", "operator"})


def write_token(id: UUID, secret: bytes) -> str:
    """The text handed out once. `secret` is 32 random bytes."""
    return f"tut_{id.hex}_{secret.hex()}"


def read_token(raw: str) -> tuple[UUID, str]:
    """The id and the digest of the secret; raises Forbidden when it is no token of this node."""
    found = TOKEN.fullmatch(raw) if len(raw) <= 110 else None
    if found is None:
        raise Forbidden("this is no token of this node")
    return UUID(hex=found["id"]), digest(bytes.fromhex(found["secret"]))


def secret_digest(password: str) -> str:
    """The digest of a secret that stands alone; empty for anything else."""
    return digest(bytes.fromhex(password)) if SECRET.fullmatch(password) else ""


def is_named(user: str, *, token: UUID | None, organisation: UUID | None, name: str) -> bool:
    """Whether the user of HTTP Basic credentials is the token they go with, or its organisation."""
    if is_id(user):
        return UUID(hex=user) in (token, organisation)
    return bool(name) and user.strip().casefold() == name.casefold()


def is_id(text: str) -> bool:
    return bool(ID.fullmatch(text))


def digest(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


def check_token(*, kept: str | None, shown: str, expires_at: datetime | None, revoked: bool, now: datetime) -> None:
    """Raises Forbidden, in the same words, when unknown (`kept` is None), wrong, expired or revoked."""
    right = hmac.compare_digest(kept or NOBODY, shown)
    alive = expires_at is not None and expires_at > now and not revoked
    if not (right and alive):
        raise Forbidden("this token is not valid")


def check_scopes(scopes: Sequence[str]) -> None:
    """Raises Invalid: a token names at least one permission, each as `<room>.<verb>`, and never both of `APART`."""
    if not scopes:
        raise Invalid("a token needs at least one scope", place="scopes")
    for scope in scopes:
        if not SCOPE.fullmatch(scope):
            raise Invalid("a scope is a permission name such as intake.report", place=f"scopes: {scope[:60]}")
    if set(APART) <= set(scopes):
        said = f"of what a token with {APART[1]} sends nothing is kept, so {APART[0]} would lose its reports"
        raise Invalid(f"{said}: issue two tokens, one with each scope", place="scopes")


def check_days(days: int) -> None:
    if not 1 <= days <= MAX_TOKEN_DAYS:
        raise Invalid(f"must be 1 to {MAX_TOKEN_DAYS}", place="days")


def check_grant(*, role: str, person: UUID, by: UUID | None) -> None:
    """Raises Invalid for a role that no person holds, Conflict when people would grant a role to themselves."""
    if role not in GRANTABLE:
        raise Invalid(f"is no role of a person; those are {', '.join(sorted(GRANTABLE))}", place=f"role: {role}")
    if person == by:
        raise Conflict("a role is granted by somebody else, never to oneself", place="person")


def clean_email(email: str) -> str:
    """The address in lower case, as it is stored and signed in with; raises Invalid."""
    cleaned = email.strip().lower()
    if not EMAIL.fullmatch(cleaned):
        raise Invalid("must be an e-mail address such as name@example.org", place="email")
    return cleaned


def check_name(name: str) -> None:
    if not name.strip() or len(name) > 200:
        raise Invalid("must have 1 to 200 characters", place="name")


def check_contact(*, purpose: str, email: str, phone: str) -> None:
    """Raises Invalid, naming the field."""
    if purpose not in list(ContactPurpose):
        raise Invalid(f"must be one of {', '.join(ContactPurpose)}", place="purpose")
    if phone and not PHONE.fullmatch(phone):
        raise Invalid(
            "must be a telephone number in digits, with + for the country, such as +1 555 0100", place="phone"
        )
    if not (email or phone):
        raise Invalid("needs a mail address or a telephone number", place="email")


def check_country(country: str) -> None:
    if not COUNTRY.fullmatch(country):
        raise Invalid("must be two capital letters (ISO 3166-1 alpha-2)", place="country")


def check_password(password: str, *, email: str, name: str) -> None:
    """Raises Invalid; never repeats the password."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise Invalid(f"must have {MIN_PASSWORD} to {MAX_PASSWORD} characters", place="password")
    if password.casefold() in {email.casefold(), name.casefold()} or len(set(password)) < 4:
        raise Invalid("must not be the name, the address or the same few characters", place="password")


def check_agreement(*, kind: str, basis: str, days: int) -> None:
    """Raises Invalid, naming the field."""
    if kind not in list(AgreementKind):
        raise Invalid(f"must be one of {', '.join(AgreementKind)}", place="kind")
    if not basis.strip() or len(basis) > 300:
        raise Invalid("needs the law or the contract it rests on, in 1 to 300 characters", place="basis")
    if not 1 <= days <= MAX_AGREEMENT_DAYS:
        raise Invalid(f"must be 1 to {MAX_AGREEMENT_DAYS}", place="days")


def check_hosts(hosts: Sequence[str]) -> None:
    """Raises Invalid unless each is a host's name in lower case, without a port or a star."""
    if len(hosts) > MAX_HOSTS:
        raise Invalid(f"at most {MAX_HOSTS} hosts", place="hosts")
    for number, host in enumerate(hosts, start=1):
        if not HOST.fullmatch(host):
            raise Invalid(
                "a host is a name such as images.example, in lower case and without a port", place=f"host {number}"
            )


def check_suspension(reason: str) -> None:
    if not 1 <= len(reason.strip()) <= 200:
        raise Invalid("say why in 1 to 200 characters", place="reason")


def check_webhook(address: str, *, is_exercise: bool) -> None:
    """Raises Invalid unless it is an https address without a user name; an exercise may use http."""
    if len(address) > MAX_WEBHOOK or not WEBHOOK.fullmatch(address):
        raise Invalid("must be an https address such as https://desk.provider.example/hook", place="address")
    if address.startswith("http:") and not is_exercise:
        raise Invalid("must begin with https:// outside of an exercise", place="address")
