"""Tables of hash lists. Values are sealed; `lookup` finds an exact one; `seq` lets every index read its tail."""

from django.conf import settings
from django.db import models

from tutela_node.foundation.ids import new_id
from tutela_node.hashlists.rules import Closeness

CLOSENESS = [(str(each), str(each)) for each in Closeness]
LONGEST_SCHEME, LONGEST_CODE = 40, 20


def _no_problems() -> list[dict[str, str]]:
    return []


class HashList(models.Model):
    """One list: somebody else's, or the national one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120, unique=True)
    is_national = models.BooleanField(default=False)
    is_trusted = models.BooleanField(default=False)
    made_at = models.DateTimeField()


class ListImport(models.Model):
    """One import of a file into a list, with what could not be read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list = models.ForeignKey(HashList, on_delete=models.PROTECT)
    format = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    read = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    problem_count = models.PositiveIntegerField()
    problems = models.JSONField(default=_no_problems)


class Entry(models.Model):
    """One fingerprint on one list. A changed or withdrawn entry takes a new `seq`, so that a tail read sees it.

    `withdrawn_by` is the person who withdrew it here; None when its list did.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    list = models.ForeignKey(HashList, on_delete=models.PROTECT)
    seq = models.BigIntegerField(unique=True)
    number = models.BigIntegerField(unique=True)
    key_lookup = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=64)
    value_sealed = models.BinaryField()
    lookup = models.CharField(max_length=64, db_index=True)
    scheme = models.CharField(max_length=LONGEST_SCHEME, blank=True)
    code = models.CharField(max_length=LONGEST_CODE, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    item = models.UUIDField(null=True, db_index=True)
    verdict = models.UUIDField(null=True)
    decided_on = models.DateField(null=True)
    people = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["list", "key_lookup", "algorithm"], name="entry_once_per_algorithm"),
        )


class Match(models.Model):
    """An item met an entry."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.UUIDField(db_index=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    distance = models.PositiveSmallIntegerField()
    closeness = models.CharField(max_length=5, choices=CLOSENESS)
    via = models.CharField(max_length=40)
    quality = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "entry"], name="match_once"),)


class EntryNumbers(models.Model):
    """The last `seq` and `number` given out: one row, locked until the transaction that takes from it ends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    number = models.BigIntegerField(default=0)
