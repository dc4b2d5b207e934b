"""The unfinished reports that somebody is writing down: their own, and nobody else's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela_node.foundation.errors import Missing
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.sealed import unseal
from tutela_node.intake import permissions
from tutela_node.intake.models import EntryDraft


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EntryValue:
    id: UUID
    begun_at: datetime
    saved_at: datetime
    answers: Mapping[str, str]


def entries(actor: Actor) -> tuple[EntryValue, ...]:
    """The newest first."""
    require(actor, permissions.ENTER)
    rows = EntryDraft.objects.filter(person=person_of(actor)).order_by("-saved_at", "-id")
    return tuple(_value(row) for row in rows)


def entry(actor: Actor, id: UUID) -> EntryValue:
    """Raises Missing for what is not the actor's own."""
    require(actor, permissions.ENTER)
    row = EntryDraft.objects.filter(id=id, person=person_of(actor)).first()
    if row is None:
        raise Missing("there is no such unfinished report of yours", place=str(id))
    return _value(row)


def _value(row: EntryDraft) -> EntryValue:
    answers = json.loads(unseal("words", row.answers_sealed))
    return EntryValue(id=row.id, begun_at=row.begun_at, saved_at=row.saved_at, answers=answers)
