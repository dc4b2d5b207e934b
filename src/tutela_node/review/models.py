"""Tables of review. One entry an item, one living assessment a person and item, one verdict an item."""

from django.conf import settings
from django.db import models

from tutela_node.foundation.ids import new_id
from tutela_node.review.rules import Bucket, EntryState, Ground


def _choices(states: type[Bucket | EntryState | Ground]) -> list[tuple[str, str]]:
    return [(str(state), str(state)) for state in states]


class QueueEntry(models.Model):
    """An item that waits for people. `item` names an item of material, or a report that holds only words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.UUIDField(unique=True)
    bucket = models.CharField(max_length=5, choices=_choices(Bucket))
    reason = models.CharField(max_length=80)
    match = models.JSONField(default=dict, blank=True)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=7, choices=_choices(EntryState), default=EntryState.OPEN)

    class Meta:
        indexes = (models.Index(fields=["state", "bucket", "due_at"], name="review_queue"),)


class Assessment(models.Model):
    """What one person decided, under which version of which scheme, and on what ground."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.UUIDField(db_index=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=60)
    code = models.CharField(max_length=40)
    decides = models.BooleanField()
    final = models.BooleanField()
    ground = models.CharField(max_length=10, choices=_choices(Ground))
    viewed = models.BooleanField()
    made_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["item", "person"], condition=models.Q(withdrawn_at=None), name="review_one_assessment_a_person"
            ),
        )


class Verdict(models.Model):
    """What the assessments added up to. `illegal` is null when the people agreed that it cannot be assessed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.UUIDField(unique=True)
    scheme = models.CharField(max_length=60)
    code = models.CharField(max_length=40)
    illegal = models.BooleanField(null=True)
    decided_at = models.DateTimeField()
    assessments = models.ManyToManyField(Assessment, related_name="verdicts")
