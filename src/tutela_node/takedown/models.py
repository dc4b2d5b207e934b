"""Tables of takedown. Hosts, contacts, reasons and letters are sealed: together they say where to look."""

from django.db import models

from tutela_node.foundation.ids import new_id
from tutela_node.takedown.rules import NoticeState, Outcome


class Trace(models.Model):
    """Where a sighting was hosted at a moment, from which sources; or what a person put in their place, and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sighting = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=[(each, each) for each in Outcome])
    host_sealed = models.BinaryField()
    addresses = models.JSONField(default=list)
    host_org = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    contact_sealed = models.BinaryField(null=True)
    agree = models.PositiveSmallIntegerField(default=0)
    sources = models.JSONField(default=list)
    override = models.BooleanField(default=False)
    reason_sealed = models.BinaryField(null=True)
    by = models.UUIDField(null=True)

    class Meta:
        indexes = (models.Index(fields=["sighting", "at"], name="trace_latest"),)


class Contact(models.Model):
    """A mail address that notices go to. Found by a machine it waits for a person's approval."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.CharField(max_length=200, blank=True)
    email_sealed = models.BinaryField()
    email_lookup = models.CharField(max_length=64, unique=True)
    country = models.CharField(max_length=2, blank=True)
    created_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)


class Hold(models.Model):
    """Police ask that a host is not told about a sighting. It ends by itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sighting = models.UUIDField(db_index=True)
    requester = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True)
    reason_sealed = models.BinaryField()
    starts = models.DateTimeField()
    ends = models.DateTimeField(db_index=True)
    lifted_at = models.DateTimeField(null=True)
    host_may_know = models.BooleanField(default=False)


class Notice(models.Model):
    """A request to one host to remove one sighting. Its code opens the answer page; only a look-up of it is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    sighting = models.UUIDField(db_index=True)
    trace = models.ForeignKey(Trace, on_delete=models.PROTECT)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT)
    verdict_code = models.CharField(max_length=40)
    basis = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    subject_sealed = models.BinaryField(null=True)
    body_sealed = models.BinaryField(null=True)
    code_lookup = models.CharField(max_length=64, null=True, unique=True)
    state = models.CharField(max_length=15, choices=[(each, each) for each in NoticeState], db_index=True)
    problem = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_sealed = models.BinaryField(null=True)


class NoticeNumber(models.Model):
    """The last number given to a notice of a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    value = models.PositiveIntegerField(default=0)
