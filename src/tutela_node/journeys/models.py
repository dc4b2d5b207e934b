"""The step table: what each story still has to do. A step is unique by journey, subject and name."""

from django.db import models

from tutela_node.foundation.ids import new_id


class Step(models.Model):
    """One step of one story. Done means that its transaction committed, together with this row."""

    class State(models.TextChoices):
        DUE = "due"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    journey = models.CharField(max_length=40)
    subject = models.UUIDField(db_index=True)
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=6, choices=State, default=State.DUE)
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_by = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "step"
        constraints = (models.UniqueConstraint(fields=["journey", "subject", "name"], name="step_once"),)
        indexes = (models.Index(fields=["state", "due_at"], name="step_due"),)
