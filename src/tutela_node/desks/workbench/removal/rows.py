"""Addresses as the pages of removal show them: where they are, whom we asked, what waits and why."""

from dataclasses import dataclass
from datetime import datetime

from tutela_node.desks.workbench.removal import words
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import Actor
from tutela_node.material import queries as material
from tutela_node.material.queries import SightingValue
from tutela_node.takedown import queries
from tutela_node.takedown.queries import HoldValue, NoticeValue, TraceValue
from tutela_node.takedown.rules import NoticeState


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One notice with its address."""

    notice: NoticeValue
    place: SightingValue
    trace: TraceValue | None
    hold: HoldValue | None
    label: words.Words

    @property
    def is_late(self) -> bool:
        due = self.notice.due_at
        return self.notice.state is NoticeState.SENT and due is not None and due <= clock.now()

    @property
    def chip(self) -> str:
        """How the state looks: words first, this second."""
        if self.is_late:
            return "late"
        kinds = {
            NoticeState.WAITING_CONTACT: "due",
            NoticeState.HELD: "hold",
            NoticeState.QUEUED: "fact",
            NoticeState.SENT: "due",
            NoticeState.ANSWERED: "gone",
            NoticeState.CLOSED: "gone",
        }
        return kinds.get(self.notice.state, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One hold with its address as a list shows it."""

    hold: HoldValue
    redacted: str
    ends: datetime


def rows(actor: Actor) -> tuple[Row, ...]:
    """The newest notices. Raises Forbidden."""
    return tuple(row(each) for each in queries.notices(actor))


def row(notice: NoticeValue) -> Row:
    return Row(
        notice=notice,
        place=material.sighting(notice.sighting),
        trace=queries.trace_of(notice.sighting),
        hold=queries.hold_of(notice.sighting),
        label=words.NOTICES[notice.state],
    )


def held(actor: Actor) -> tuple[Held, ...]:
    """The holds that stand now: of their own organisation for police, all for staff."""
    return tuple(
        Held(hold=each, redacted=material.sighting(each.sighting).redacted, ends=each.ends)
        for each in queries.holds(actor)
    )
