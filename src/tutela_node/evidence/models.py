"""Tables of the vault, of views and packages, and of the custody log."""

from django.conf import settings
from django.db import models

from tutela_node.evidence.rules import LONGEST_REASON, ObjectState, PackageState
from tutela_node.foundation.ids import new_id


def _choices(states: type[ObjectState] | type[PackageState]) -> list[tuple[str, str]]:
    return [(str(state), str(state)) for state in states]


class VaultObject(models.Model):
    """Sealed bytes in the vault. `key_wrapped` is the object's own key under the vault key; erasing empties it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    size = models.BigIntegerField()
    key_wrapped = models.BinaryField(null=True)
    sha256_sealed = models.BinaryField()
    source = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=_choices(ObjectState), default=ObjectState.SEALED)
    received_at = models.DateTimeField()
    erase_after = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)


class Exhibit(models.Model):
    """An object of the vault that a verdict made evidence."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=30, unique=True)
    item = models.OneToOneField("material.Item", on_delete=models.PROTECT)
    object = models.ForeignKey(VaultObject, on_delete=models.PROTECT)
    made_at = models.DateTimeField()


class View(models.Model):
    """One person looked at one item, once, for a few seconds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey("material.Item", on_delete=models.PROTECT)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    opened_at = models.DateTimeField(db_index=True)
    closes_at = models.DateTimeField()


class Package(models.Model):
    """A release of exhibits to one recipient."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=30, unique=True)
    exhibits = models.ManyToManyField(Exhibit)
    legal_basis = models.CharField(max_length=60)
    reason = models.CharField(max_length=LONGEST_REASON)
    recipient = models.ForeignKey("accounts.RecipientKey", on_delete=models.PROTECT)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refused_because = models.CharField(max_length=LONGEST_REASON, blank=True)
    state = models.CharField(max_length=10, choices=_choices(PackageState), default=PackageState.PROPOSED)
    file = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    built_at = models.DateTimeField(null=True)


class LogLeaf(models.Model):
    """A custody event at its place in the log. Rows are only ever added."""

    index = models.BigIntegerField(primary_key=True)
    event = models.CharField(max_length=32, unique=True)
    subject = models.UUIDField(db_index=True)
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField()
    details_sealed = models.BinaryField()


class LogState(models.Model):
    """The right edge of the tree: one row, moved forward with the leaves in one transaction."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")


class LogCheckpoint(models.Model):
    """A signed checkpoint over the first `size` leaves."""

    size = models.BigIntegerField(primary_key=True)
    note = models.BinaryField()
    at = models.DateTimeField()
