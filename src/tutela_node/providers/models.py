"""What the quality of a provider's report goes by. One row a report, nothing of what it says."""

from enum import StrEnum

from django.db import models

from tutela_node.foundation.ids import new_id
from tutela_node.providers.rules import Outcome


def _choices(states: type[StrEnum]) -> list[tuple[str, str]]:
    return [(str(state), str(state)) for state in states]


class Noted(models.Model):
    """`report` is a row of intake. `delay_minutes`: from what happened until we had it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.UUIDField(unique=True)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    completeness = models.PositiveSmallIntegerField()
    is_parsed = models.BooleanField()
    is_duplicate = models.BooleanField()
    files = models.PositiveIntegerField()
    viewed = models.PositiveIntegerField()
    delay_minutes = models.PositiveIntegerField(null=True)
    lacks = models.JSONField(default=list)
    outcome = models.CharField(max_length=11, blank=True, choices=_choices(Outcome))

    class Meta:
        indexes = (models.Index(fields=["organisation", "day"], name="noted_by_day"),)
