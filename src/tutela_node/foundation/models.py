"""Tables of the foundation: the audit, custody events that wait for their place in the log, the outbox, workers."""

from django.db import models

from tutela_node.foundation.ids import new_id


class AuditRecord(models.Model):
    """One action or one read, by whom, on what, and how it ended. Never changed, never deleted by the application."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_index=True)
    actor = models.UUIDField(null=True, db_index=True)
    actor_name = models.CharField(max_length=200)
    organisation = models.UUIDField(null=True)
    verb = models.CharField(max_length=80, db_index=True)
    subject = models.UUIDField(null=True, db_index=True)
    is_read = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=["actor", "verb", "at"], name="audit_budget"),)


class CustodySubject(models.Model):
    """The key that commits one subject's events, and the subject's opaque name in the log. Erasing empties the key."""

    subject = models.UUIDField(primary_key=True)
    opaque = models.CharField(max_length=32, unique=True)
    key_sealed = models.BinaryField(null=True)
    erased_at = models.DateTimeField(null=True)


class PendingEvent(models.Model):
    """A custody event, its leaf made, waiting for the sequencer to give it an index."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.CharField(max_length=32, unique=True)
    subject = models.UUIDField(db_index=True)
    leaf = models.BinaryField()
    details_sealed = models.BinaryField()

    class Meta:
        db_table = "custody_pending"


class OutboxMessage(models.Model):
    """Something that leaves the node after its transaction committed. The payload is sealed; the id never changes."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20)
    subject = models.UUIDField(db_index=True)
    message_id = models.CharField(max_length=200, unique=True)
    payload_sealed = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)


class WorkerBeat(models.Model):
    """A worker that is alive. A lease counts only while its worker's beat is fresh."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    beat_at = models.DateTimeField()
    loops = models.JSONField(default=dict)


class Counter(models.Model):
    """The last number given under a name. Numbers are for people; ids are for rows."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)
