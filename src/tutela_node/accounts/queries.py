"""Every read of accounts, as frozen values.

Rules:
- an actor carries what is granted now: an ended grant, an inactive person or a revoked token gives nothing
- a refused token is refused in the same words whatever was wrong with it
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from tutela_node.accounts import rules
from tutela_node.accounts.models import Agreement, Contact, Grant, Organisation, Person, RecipientKey, Token, Webhook
from tutela_node.accounts.rules import AgreementKind, ContactPurpose, KeyKind, OrganisationKind
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden, Missing
from tutela_node.foundation.permissions import PUBLIC, Actor, Role
from tutela_node.foundation.sealed import unseal

WEBHOOKS = "webhooks"  # what the sealing of their addresses and secrets is for


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationValue:
    id: UUID
    name: str
    kind: OrganisationKind
    country: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonValue:
    id: UUID
    email: str
    name: str
    language: str
    organisation: UUID | None
    organisation_name: str
    is_active: bool
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenValue:
    id: UUID
    organisation: UUID
    organisation_name: str
    name: str
    scopes: tuple[str, ...]
    expires_at: datetime
    revoked_at: datetime | None
    suspended_at: datetime | None
    suspended_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A token that may look fingerprints up, as the matchers need it: the digest of its secret, never the secret."""

    token: UUID
    digest: str
    organisation: UUID
    name: str
    scopes: frozenset[str]
    until: datetime
    hosts: tuple[str, ...]
    suspended_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientKeyValue:
    id: UUID
    organisation: UUID
    organisation_name: str
    organisation_kind: OrganisationKind
    kind: KeyKind
    public: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WebhookValue:
    id: UUID
    organisation: UUID
    organisation_name: str
    address: str
    secret: str
    registered_at: datetime
    removed_at: datetime | None


def actor_of(person: Any) -> Actor:
    """Who acts when this person is signed in: PUBLIC for anybody else, or when the account was switched off."""
    if not isinstance(person, Person) or not person.is_active:
        return PUBLIC
    roles = frozenset(Role(role) for role in _standing().filter(person=person).values_list("role", flat=True))
    return Actor(id=person.id, name=person.name, roles=roles, organisation=person.organisation_id)


def actor_of_token(raw: str) -> Actor:
    """The program that shows this token; raises Forbidden when it is unknown, wrong, expired or revoked."""
    id, shown = rules.read_token(raw)
    columns = ("digest", "expires_at", "revoked_at", "name", "scopes", "organisation_id", "organisation__name")
    rows = Token.objects.filter(id=id).values_list(*columns, named=True)[:1]  # asked for every request: no models
    row = next(iter(rows), None)
    rules.check_token(
        kept=row.digest if row else None,
        shown=shown,
        expires_at=row.expires_at if row else None,
        revoked=bool(row and row.revoked_at),
        now=clock.now(),
    )
    assert row is not None  # an unknown token was refused above
    return Actor(
        id=id,
        name=f"{row.organisation__name}: {row.name}"[:200],
        roles=frozenset({Role.PROVIDER}),
        organisation=row.organisation_id,
        scopes=frozenset(row.scopes),
    )


def actor_of_basic(user: str, password: str) -> Actor:
    """The program that shows a token as HTTP Basic credentials (RFC 7617). Raises Forbidden like `actor_of_token`.

    `password` is the token whole, or its last part; `user` is the token's id, or its organisation's name or id.
    """
    actor = actor_of_token(_whole(user, password))
    if not rules.is_named(user, token=actor.id, organisation=actor.organisation, name=_name_of(actor.organisation)):
        raise Forbidden("this token is not valid")
    return actor


def is_strict(organisation: UUID, kind: AgreementKind | str, on: date) -> bool:
    """Whether an agreement in force on that day refuses what breaks a rule beyond its form."""
    stands = Agreement.objects.filter(valid_from__lte=on, valid_until__gte=on, strict=True)
    return stands.filter(organisation=organisation, kind=kind).exists()


def organisation(id: UUID) -> OrganisationValue:
    """Raises Missing."""
    row = Organisation.objects.filter(id=id).first()
    if row is None:
        raise Missing("there is no such organisation", place=str(id))
    return _organisation(row)


def organisations(kind: OrganisationKind | None = None) -> tuple[OrganisationValue, ...]:
    rows = Organisation.objects.order_by("name")
    return tuple(_organisation(row) for row in (rows.filter(kind=kind) if kind else rows))


def person(id: UUID) -> PersonValue:
    """Raises Missing."""
    row = _people().filter(id=id).first()
    if row is None:
        raise Missing("there is no such person", place=str(id))
    return _person(row)


def people() -> tuple[PersonValue, ...]:
    """Everybody with an account, by name, with the roles they hold now."""
    return tuple(_person(row) for row in _people().order_by("name", "id"))


def names(ids: frozenset[UUID]) -> dict[UUID, str]:
    """The names behind ids of people, for pages that show who did something. Unknown ids are left out."""
    return dict(Person.objects.filter(id__in=ids).values_list("id", "name"))


def tokens() -> tuple[TokenValue, ...]:
    rows = Token.objects.select_related("organisation").order_by("organisation__name", "issued_at")
    return tuple(
        TokenValue(
            id=row.id,
            organisation=row.organisation_id,
            organisation_name=row.organisation.name,
            name=row.name,
            scopes=tuple(row.scopes),
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            suspended_at=row.suspended_at,
            suspended_for=row.suspended_for,
        )
        for row in rows
    )


def askers(scope: str) -> tuple[Asker, ...]:
    """Tokens that carry `scope`, are not revoked or expired, and whose organisation has a matcher agreement today."""
    now = clock.now()
    today = now.date()
    agreements: dict[UUID, list[Agreement]] = {}
    for each in Agreement.objects.filter(kind=AgreementKind.MATCHER, valid_from__lte=today, valid_until__gte=today):
        agreements.setdefault(each.organisation_id, []).append(each)
    rows = Token.objects.select_related("organisation").filter(
        organisation_id__in=list(agreements), revoked_at=None, expires_at__gt=now
    )
    return tuple(_asker(row, agreements[row.organisation_id]) for row in rows.order_by("id") if scope in row.scopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactValue:
    id: UUID
    organisation: UUID
    purpose: ContactPurpose
    name: str
    email: str
    phone: str


def contacts(organisation: UUID) -> tuple[ContactValue, ...]:
    """Whom to reach at an organisation: for what is urgent first."""
    order = list(ContactPurpose)
    rows = Contact.objects.filter(organisation=organisation).order_by("name", "id")
    found = [
        ContactValue(
            id=row.id,
            organisation=row.organisation_id,
            purpose=ContactPurpose(row.purpose),
            name=row.name,
            email=row.email,
            phone=row.phone,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: order.index(each.purpose)))


def recipient_keys(kind: str = KeyKind.AGE) -> tuple[RecipientKeyValue, ...]:
    """The keys to which something may be sealed, by organisation and label."""
    rows = RecipientKey.objects.select_related("organisation").filter(kind=kind)
    return tuple(_key(row) for row in rows.order_by("organisation__name", "label", "id"))


def recipient_key(id: UUID) -> RecipientKeyValue:
    """Raises Missing."""
    row = RecipientKey.objects.select_related("organisation").filter(id=id).first()
    if row is None:
        raise Missing("there is no such recipient key", place=str(id))
    return _key(row)


def webhooks_of(organisation: UUID) -> tuple[UUID, ...]:
    """The addresses of an organisation that are told of changes now."""
    rows = Webhook.objects.filter(organisation=organisation, removed_at=None)
    return tuple(rows.order_by("id").values_list("id", flat=True))


def webhook(id: UUID) -> WebhookValue | None:
    row = Webhook.objects.select_related("organisation").filter(id=id).first()
    return _webhook(row) if row else None


def webhooks() -> tuple[WebhookValue, ...]:
    """Every address, also those that were removed, by organisation."""
    rows = Webhook.objects.select_related("organisation").order_by("organisation__name", "id")
    return tuple(_webhook(row) for row in rows)


def has_agreement(organisation: UUID, kind: AgreementKind | str, on: date) -> bool:
    """Whether an agreement of this kind is in force on that day."""
    stands = Agreement.objects.filter(valid_from__lte=on, valid_until__gte=on)
    return stands.filter(organisation=organisation, kind=kind).exists()


def agreement_ends(organisation: UUID, kind: AgreementKind | str, on: date) -> date | None:
    """The last day of the agreement of this kind that is in force on that day and lasts longest; None without one."""
    stands = Agreement.objects.filter(valid_from__lte=on, valid_until__gte=on)
    ends = (
        stands.filter(organisation=organisation, kind=kind)
        .order_by("-valid_until")
        .values_list("valid_until", flat=True)
    )
    return ends.first()


def suspension_of(token: UUID | None) -> str:
    """Why a token may not look fingerprints up now; empty when it may."""
    row = Token.objects.filter(id=token).exclude(suspended_at=None).first() if token else None
    return row.suspended_for if row else ""


def _whole(user: str, password: str) -> str:
    """The token as it was handed out. A secret that stands alone is found by its digest among the user's tokens."""
    shown = rules.secret_digest(password)
    if not shown:
        return password
    named = Q(organisation__name__iexact=user.strip())
    if rules.is_id(user):
        named = Q(id=UUID(hex=user)) | Q(organisation=UUID(hex=user))
    id = Token.objects.filter(named, digest=shown).values_list("id", flat=True).first()
    return f"tut_{id.hex}_{password}" if id else ""


def _name_of(organisation: UUID | None) -> str:
    found = Organisation.objects.filter(id=organisation) if organisation else Organisation.objects.none()
    return found.values_list("name", flat=True).first() or ""


def _asker(row: Token, agreements: list[Agreement]) -> Asker:
    last = max(each.valid_until for each in agreements) + timedelta(days=1)
    return Asker(
        token=row.id,
        digest=row.digest,
        organisation=row.organisation_id,
        name=f"{row.organisation.name}: {row.name}"[:200],
        scopes=frozenset(row.scopes),
        until=min(row.expires_at, datetime.combine(last, time(), UTC)),
        hosts=tuple(sorted({host for each in agreements for host in each.hosts})),
        suspended_for=row.suspended_for if row.suspended_at else "",
    )


def _standing() -> QuerySet[Grant]:
    return Grant.objects.filter(Q(until=None) | Q(until__gt=clock.now()))


def _people() -> QuerySet[Person]:
    grants = Prefetch("grants", queryset=_standing())
    return Person.objects.select_related("organisation").prefetch_related(grants)


def _organisation(row: Organisation) -> OrganisationValue:
    return OrganisationValue(
        id=row.id, name=row.name, kind=OrganisationKind(row.kind), country=row.country, email=row.email
    )


def _person(row: Person) -> PersonValue:
    return PersonValue(
        id=row.id,
        email=row.email,
        name=row.name,
        language=row.language,
        organisation=row.organisation_id,
        organisation_name=row.organisation.name if row.organisation else "",
        is_active=row.is_active,
        roles=frozenset(Role(grant.role) for grant in row.grants.all()),
    )


def _webhook(row: Webhook) -> WebhookValue:
    return WebhookValue(
        id=row.id,
        organisation=row.organisation_id,
        organisation_name=row.organisation.name,
        address=unseal(WEBHOOKS, row.address_sealed).decode(),
        secret=unseal(WEBHOOKS, row.secret_sealed).decode(),
        registered_at=row.registered_at,
        removed_at=row.removed_at,
    )


def _key(row: RecipientKey) -> RecipientKeyValue:
    return RecipientKeyValue(
        id=row.id,
        organisation=row.organisation_id,
        organisation_name=row.organisation.name,
        organisation_kind=OrganisationKind(row.organisation.kind),
        kind=KeyKind(row.kind),
        public=row.public,
        label=row.label,
    )
