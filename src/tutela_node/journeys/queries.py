"""What the stories still have to do, for whoever keeps the node running."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela_node.journeys.models import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepValue:
    """One step that is not done. `problem` is what its last attempt ended with; it names no content."""

    journey: str
    subject: UUID
    name: str
    state: str
    due_at: datetime
    attempts: int
    problem: str

    @property
    def is_given_up(self) -> bool:
        return self.state == Step.State.FAILED


def undone() -> tuple[StepValue, ...]:
    """Every step that is not done, those that are due first."""
    rows = Step.objects.exclude(state=Step.State.DONE).order_by("due_at", "id")
    return tuple(
        StepValue(
            journey=row.journey,
            subject=row.subject,
            name=row.name,
            state=row.state,
            due_at=row.due_at,
            attempts=row.attempts,
            problem=row.problem,
        )
        for row in rows.iterator(chunk_size=500)
    )
