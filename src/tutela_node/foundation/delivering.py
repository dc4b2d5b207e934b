"""How what waits in the outbox leaves, whatever it is: taken, sent, tried again, given up.

Rules:
- a row is taken before it is sent: its next time moves `HELD` ahead, so two workers do not send it at once, and a
  worker that is killed in between leaves it due again, to go under the same message id
- Invalid ends it; any other expected error lets it go again after a growing pause, `ATTEMPTS` times in all
- a kept problem is a plain sentence, never what a server wrote or where it went
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Q

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Invalid, TutelaError
from tutela_node.foundation.models import OutboxMessage

HELD = timedelta(minutes=2)
PAUSES = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)
ATTEMPTS = 20
Message = OutboxMessage
Send = Callable[[Message], None]
State = OutboxMessage.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of everything of one kind about one subject. `problem` is that of the latest that has one."""

    sent: int
    waiting: int
    failed: int
    last_sent_at: datetime | None
    problem: str


def deliver_due(kind: str, send: Send, *, limit: int = 20) -> int:
    """Sends what is due of a kind and says how many were taken by whom they were for."""
    due = OutboxMessage.objects.filter(kind=kind, state=State.WAITING, due_at__lte=clock.now())
    return sum(_deliver(message, send) for message in due.order_by("due_at", "id")[:limit])


def delivered(kind: str, subject: UUID) -> Delivered:
    rows = OutboxMessage.objects.filter(kind=kind, subject=subject)
    counts = rows.aggregate(
        sent=Count("id", filter=Q(state=State.SENT)),
        waiting=Count("id", filter=Q(state=State.WAITING)),
        failed=Count("id", filter=Q(state=State.FAILED)),
        last_sent_at=Max("sent_at"),
    )
    problem = rows.exclude(problem="").order_by("-id").values_list("problem", flat=True).first()
    return Delivered(**counts, problem=problem or "")


def _deliver(message: OutboxMessage, send: Send) -> bool:
    if not _take(message):
        return False
    try:
        send(message)
    except Invalid as error:
        _keep(message, state=State.FAILED, problem=error.message)
    except TutelaError as error:
        _again(message, error.message)
    else:
        _keep(message, state=State.SENT, sent_at=clock.now(), problem="")
        return True
    return False


def _take(message: OutboxMessage) -> bool:
    free = OutboxMessage.objects.filter(id=message.id, state=State.WAITING, due_at__lte=clock.now())
    return bool(free.update(due_at=clock.now() + HELD, attempts=F("attempts") + 1))


def _again(message: OutboxMessage, problem: str) -> None:
    attempts = message.attempts + 1
    if attempts >= ATTEMPTS:
        _keep(message, state=State.FAILED, problem=f"given up after {attempts} attempts: {problem}")
        return
    pause = timedelta(seconds=PAUSES[min(attempts, len(PAUSES)) - 1])
    _keep(message, due_at=clock.now() + pause, problem=problem)


def _keep(message: OutboxMessage, **changes: object) -> None:
    OutboxMessage.objects.filter(id=message.id, state=State.WAITING).update(**changes)
