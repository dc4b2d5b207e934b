"""Every write of accounts.

Rules:
- an operator makes accounts; nobody signs themselves up and nobody grants a role to themselves
- the raw token and the password leave this module once and are never recorded
"""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tutela.sealing import seal_age
from tutela.wire.webhooks import write_secret
from tutela_node.accounts import permissions, rules
from tutela_node.accounts.models import Agreement, Contact, Grant, Organisation, Person, RecipientKey, Token, Webhook
from tutela_node.accounts.queries import WEBHOOKS
from tutela_node.accounts.rules import AgreementKind, KeyKind, OrganisationKind
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Invalid, Missing
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, Role, require
from tutela_node.foundation.sealed import seal


class NewPerson(TypedDict):
    """`password` None: nobody can sign in as this person until one is set."""

    email: str
    name: str
    organisation: NotRequired[UUID | None]
    password: NotRequired[str | None]
    language: NotRequired[str]


@transaction.atomic
def create_organisation(actor: Actor, *, name: str, kind: OrganisationKind | str, country: str, email: str) -> UUID:
    """Raises Invalid, naming the field, or Conflict when the name is taken."""
    require(actor, permissions.MANAGE_ORGANISATIONS)
    rules.check_name(name)
    rules.check_country(country)
    address = rules.clean_email(email) if email else ""
    if kind not in list(OrganisationKind):
        raise Invalid(f"must be one of {', '.join(OrganisationKind)}", place="kind")
    if Organisation.objects.filter(name=name).exists():
        raise Conflict("there is an organisation of this name", place="name")
    row = Organisation.objects.create(name=name, kind=kind, country=country, email=address)
    record(actor, "organisation.created", row.id, {"kind": str(kind), "country": country})
    return row.id


@transaction.atomic
def add_contact(actor: Actor, *, organisation: UUID, purpose: str, name: str, email: str = "", phone: str = "") -> UUID:
    """Whom to reach at an organisation. Raises Invalid, naming the field, or Missing."""
    require(actor, permissions.MANAGE_ORGANISATIONS)
    rules.check_name(name)
    rules.check_contact(purpose=purpose, email=email, phone=phone)
    home = Organisation.objects.filter(id=organisation).first()
    if home is None:
        raise Missing("there is no such organisation", place="organisation")
    address = rules.clean_email(email) if email else ""
    row = Contact.objects.create(organisation=home, purpose=purpose, name=name, email=address, phone=phone)
    record(actor, "contact.added", organisation, {"contact": str(row.id), "purpose": purpose})
    return row.id


@transaction.atomic
def remove_contact(actor: Actor, *, contact: UUID) -> None:
    """Raises Missing."""
    require(actor, permissions.MANAGE_ORGANISATIONS)
    row = Contact.objects.filter(id=contact).first()
    if row is None:
        raise Missing("there is no such contact", place="contact")
    record(actor, "contact.removed", row.organisation_id, {"contact": str(contact)})
    row.delete()


@transaction.atomic
def add_person(actor: Actor, **new: Unpack[NewPerson]) -> UUID:
    """An account without any role. Raises Invalid, naming the field, or Conflict when the address is taken."""
    require(actor, permissions.MANAGE_PEOPLE)
    email, name, password = rules.clean_email(new["email"]), new["name"], new.get("password")
    rules.check_name(name)
    if password is not None:
        rules.check_password(password, email=email, name=name)
    if Person.objects.filter(email=email).exists():
        raise Conflict("somebody has an account under this address", place="email")
    organisation = new.get("organisation")
    row = Person.objects.create_user(
        email,
        password,
        name=name,
        organisation=_organisation(organisation) if organisation else None,
        language=new.get("language", "en"),
    )
    record(actor, "person.added", row.id, {"of": str(organisation or "")})
    return row.id


@transaction.atomic
def set_password(actor: Actor, *, person: UUID, password: str) -> None:
    """A new password from an operator, for somebody who cannot sign in. Raises Invalid."""
    require(actor, permissions.MANAGE_PEOPLE)
    row = _person(person)
    rules.check_password(password, email=row.email, name=row.name)
    row.set_password(password)
    row.save(update_fields=["password"])
    record(actor, "person.password_set", person, {})


@transaction.atomic
def switch_person(actor: Actor, *, person: UUID, is_active: bool) -> None:
    """Switches an account off or on again; what a person did stays under their name."""
    require(actor, permissions.MANAGE_PEOPLE)
    row = _person(person)
    row.is_active = is_active
    row.save(update_fields=["is_active"])
    record(actor, "person.switched_on" if is_active else "person.switched_off", person, {})


@transaction.atomic
def grant_role(actor: Actor, *, person: UUID, role: Role | str, until: datetime | None = None) -> UUID:
    """Raises Invalid for a role no person holds, Conflict when granted to oneself."""
    require(actor, permissions.MANAGE_PEOPLE)
    rules.check_grant(role=str(role), person=person, by=actor.id)
    row = Grant.objects.create(person=_person(person), role=str(role), granted_at=clock.now(), until=until)
    record(actor, "role.granted", person, {"role": str(role), "until": until.isoformat() if until else ""})
    return row.id


@transaction.atomic
def end_grant(actor: Actor, *, person: UUID, role: Role | str) -> None:
    """Ends every standing grant of the role now. Nothing happens when there is none."""
    require(actor, permissions.MANAGE_PEOPLE)
    standing = Grant.objects.filter(person=_person(person), role=str(role))
    for row in standing:
        if row.until is None or row.until > clock.now():
            row.until = clock.now()
            row.save(update_fields=["until"])
    record(actor, "role.ended", person, {"role": str(role)})


@transaction.atomic
def issue_token(actor: Actor, *, organisation: UUID, name: str, scopes: Sequence[str], days: int) -> str:
    """The raw token, shown this once. Raises Invalid when the scopes or the days are not allowed."""
    require(actor, permissions.MANAGE_TOKENS)
    rules.check_name(name)
    rules.check_scopes(scopes)
    rules.check_days(days)
    id, secret, now = new_id(), os.urandom(32), clock.now()
    Token.objects.create(
        id=id,
        organisation=_organisation(organisation),
        name=name,
        digest=rules.digest(secret),
        scopes=sorted(scopes),
        issued_at=now,
        expires_at=now + timedelta(days=days),
    )
    record(actor, "token.issued", id, {"for": str(organisation), "scopes": sorted(scopes), "days": days})
    return rules.write_token(id, secret)


@transaction.atomic
def revoke_token(actor: Actor, *, token: UUID) -> None:
    """From now on the token is refused. Revoking twice is the same as once."""
    require(actor, permissions.MANAGE_TOKENS)
    if not Token.objects.filter(id=token).exists():
        raise Missing("there is no such token", place=str(token))
    Token.objects.filter(id=token, revoked_at=None).update(revoked_at=clock.now())
    record(actor, "token.revoked", token, {})


@transaction.atomic
def suspend_token(actor: Actor, *, token: UUID, reason: str) -> bool:
    """Until an operator resumes it, the token may not look fingerprints up. Answers whether it could until now."""
    require(actor, permissions.SUSPEND_TOKENS)
    rules.check_suspension(reason)
    standing = Token.objects.filter(id=token, suspended_at=None)
    if not standing.update(suspended_at=clock.now(), suspended_for=reason.strip()):
        return False
    record(actor, "token.suspended", token, {"reason": reason.strip()})
    return True


@transaction.atomic
def resume_token(actor: Actor, *, token: UUID, reason: str) -> None:
    """The token may ask again. Raises Missing when it is not suspended."""
    require(actor, permissions.MANAGE_TOKENS)
    rules.check_suspension(reason)
    if not Token.objects.exclude(suspended_at=None).filter(id=token).update(suspended_at=None, suspended_for=""):
        raise Missing("there is no suspended token of this id", place=str(token))
    record(actor, "token.resumed", token, {"reason": reason.strip()})


@transaction.atomic
def sign_agreement(
    actor: Actor,
    *,
    organisation: UUID,
    kind: AgreementKind | str,
    basis: str,
    days: int,
    hosts: Sequence[str] = (),
    strict: bool = False,
) -> UUID:
    """An agreement that stands from today for this many days. Raises Invalid, naming the field."""
    require(actor, permissions.SIGN_AGREEMENTS)
    rules.check_agreement(kind=str(kind), basis=basis, days=days)
    rules.check_hosts(hosts)
    today = clock.now().date()
    row = Agreement.objects.create(
        organisation=_organisation(organisation),
        kind=str(kind),
        basis=basis,
        valid_from=today,
        valid_until=today + timedelta(days=days),
        hosts=sorted(set(hosts)),
        strict=strict,
    )
    told = {"for": str(organisation), "kind": str(kind), "days": days, "hosts": sorted(set(hosts)), "strict": strict}
    record(actor, "agreement.signed", row.id, told)
    return row.id


@transaction.atomic
def end_agreement(actor: Actor, *, agreement: UUID) -> None:
    """The agreement no longer stands: its last day was yesterday. Raises Missing."""
    require(actor, permissions.SIGN_AGREEMENTS)
    last = clock.now().date() - timedelta(days=1)
    if not Agreement.objects.filter(id=agreement).update(valid_until=last):
        raise Missing("there is no such agreement", place=str(agreement))
    record(actor, "agreement.ended", agreement, {})


@transaction.atomic
def register_recipient_key(actor: Actor, *, organisation: UUID, public: str, label: str) -> UUID:
    """An age public key (`age1…`). Raises Invalid when it is none, Conflict when it is known already."""
    require(actor, permissions.MANAGE_KEYS)
    rules.check_name(label)
    text = public.strip()
    seal_age(b"", [text])  # the library alone decides what a recipient is
    if RecipientKey.objects.filter(public=text).exists():
        raise Conflict("this key is registered already", place="public")
    row = RecipientKey.objects.create(
        organisation=_organisation(organisation),
        kind=KeyKind.AGE,
        public=text,
        label=label,
        registered_at=clock.now(),
    )
    record(actor, "key.registered", row.id, {"for": str(organisation), "public": text})
    return row.id


@transaction.atomic
def register_webhook(actor: Actor, *, organisation: UUID, address: str) -> tuple[UUID, str]:
    """An address that is told when reports of the organisation change: its id, and the secret, shown this once.

    Raises Invalid for an address that is none.
    """
    require(actor, permissions.MANAGE_WEBHOOKS)
    rules.check_webhook(address, is_exercise=bool(settings.TUTELA.exercise_network))
    secret = write_secret(os.urandom(32))
    row = Webhook.objects.create(
        organisation=_organisation(organisation),
        address_sealed=seal(WEBHOOKS, address.encode()),
        secret_sealed=seal(WEBHOOKS, secret.encode()),
        registered_at=clock.now(),
    )
    record(actor, "webhook.registered", row.id, {"for": str(organisation)})
    return row.id, secret


@transaction.atomic
def remove_webhook(actor: Actor, *, webhook: UUID) -> None:
    """From now on nothing is sent there. Removing twice is the same as once; raises Missing."""
    require(actor, permissions.MANAGE_WEBHOOKS)
    if not Webhook.objects.filter(id=webhook).exists():
        raise Missing("there is no such webhook", place="webhook")
    Webhook.objects.filter(id=webhook, removed_at=None).update(removed_at=clock.now())
    record(actor, "webhook.removed", webhook, {})


def _organisation(id: UUID) -> Organisation:
    row = Organisation.objects.filter(id=id).first()
    if row is None:
        raise Missing("there is no such organisation", place=str(id))
    return row


def _person(id: UUID) -> Person:
    row = Person.objects.filter(id=id).first()
    if row is None:
        raise Missing("there is no such person", place=str(id))
    return row
