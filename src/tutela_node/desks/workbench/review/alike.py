"""Other reports of words of one case: what a person may read beside a report, and decide alike.

Rules:
- those alone that the reader could decide now; each is read in full, and that it was read is written down
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela_node.foundation.permissions import Actor
from tutela_node.intake import queries as intake
from tutela_node.intake import triage
from tutela_node.review import queries as review

LOOKED_AT, SHOWN = 200, 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Alike:
    id: UUID
    reference: str
    received_at: datetime
    text: str
    language: str
    addresses: tuple[str, ...]


def alike(actor: Actor, report: UUID) -> tuple[Alike, ...]:
    """The most urgent ones first."""
    case = triage.bundle_of(actor, report)
    if case is None or case.count == 1:
        return ()
    inside = [each.id for each in triage.in_bundle(actor, case.id, limit=LOOKED_AT) if each.id != report]
    waiting = set(review.words_for(actor, inside))
    return tuple(_read(actor, each) for each in [each for each in inside if each in waiting][:SHOWN])


def _read(actor: Actor, report: UUID) -> Alike:
    value = intake.report(actor, report)
    return Alike(
        id=value.id,
        reference=value.reference,
        received_at=value.received_at,
        text=value.words,
        language=value.language,
        addresses=value.urls,
    )
