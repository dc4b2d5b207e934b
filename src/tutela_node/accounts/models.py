"""Tables of accounts: organisations, people, what is granted, tokens, agreements, keys of recipients."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from tutela_node.accounts.rules import AgreementKind, ContactPurpose, KeyKind, OrganisationKind
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.permissions import Role


def _choices(states: type[OrganisationKind | AgreementKind | ContactPurpose | KeyKind | Role]) -> list[tuple[str, str]]:
    return [(str(state), str(state)) for state in states]


class Organisation(models.Model):
    """A hotline, a police unit, a provider, a ministry or another State's node."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=_choices(OrganisationKind))
    country = models.CharField(max_length=2)
    email = models.EmailField(max_length=254, blank=True)

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, *, name: str = "", **fields: object) -> "Person":
        """A person with an address in lower case; without a password nobody can sign in as them."""
        person = self.model(email=email.strip().lower(), name=name, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in. What they may do is in their grants, never here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="people")
    is_active = models.BooleanField(default=True)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.partition(" ")[0]


class Grant(models.Model):
    """One role of one person, until a moment or for good. A grant that ended stays as a record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=10, choices=_choices(Role))
    granted_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["person", "until"], name="grant_now"),)


class Token(models.Model):
    """What an organisation's program shows. Only the digest of its secret is kept.

    A token that asked too cleverly is suspended, with the reason, until an operator lets it ask again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_for = models.CharField(max_length=200, blank=True)


class Agreement(models.Model):
    """That an organisation takes part in something, on which basis, from when until when.

    `hosts`: whose addresses a question of the organisation may name; each with everything below it. `strict`: a report
    that breaks a rule beyond its form is refused, not only remarked upon.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=10, choices=_choices(AgreementKind))
    basis = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_until = models.DateField()
    hosts = models.JSONField(default=list)
    strict = models.BooleanField(default=False)


class Contact(models.Model):
    """Whom to reach at an organisation, and what for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contacts")
    purpose = models.CharField(max_length=9, choices=_choices(ContactPurpose))
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)


class RecipientKey(models.Model):
    """A public key to which packages for an organisation may be sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="recipient_keys")
    kind = models.CharField(max_length=10, choices=_choices(KeyKind), default=KeyKind.AGE)
    public = models.CharField(max_length=200, unique=True)
    label = models.CharField(max_length=200)
    registered_at = models.DateTimeField()


class Webhook(models.Model):
    """An address of an organisation that is told when a report of its own changes. Address and secret are sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="webhooks")
    address_sealed = models.BinaryField()
    secret_sealed = models.BinaryField()
    registered_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
