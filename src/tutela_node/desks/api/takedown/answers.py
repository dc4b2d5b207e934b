"""What the answer page shows, as plain values: the notice, the form as it was filled in, what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tutela_node.takedown.errors import Wrong
from tutela_node.takedown.queries import NoticeValue
from tutela_node.takedown.rules import Answer, NoticeState

FIELDS = ("outcome", "removed_at", "copies", "moved_to", "reason", "records_kept")
CHOICES = (
    (Answer.REMOVED, _("Removed")),
    (Answer.ALREADY_GONE, _("Already gone")),
    (Answer.MOVED, _("Moved to another host")),
    (Answer.NOT_OURS, _("Not ours")),
    (Answer.DIFFERENT, _("We see it differently")),
)
LONGEST = 2000


def name_of(outcome: str) -> str | Promise:
    """The answer as the page words it."""
    return next((name for value, name in CHOICES if value == outcome), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One thing that is wrong: the field's id, what the summary says, what stands at the field."""

    field: str
    summary: str | Promise
    text: str | Promise


SLIPS = {
    Wrong.OUTCOME: Slip(
        field="outcome",
        summary=_("Choose what became of the address"),
        text=_("Choose one of the answers. If none fits, choose “We see it differently” and say why."),
    ),
    Wrong.REMOVED_AT: Slip(
        field="removed_at",
        summary=_("Say when it was removed"),
        text=_("Give the day and the time in UTC. If you do not know it exactly, give the time you last saw it gone."),
    ),
    Wrong.COPIES: Slip(
        field="copies",
        summary=_("Give the number of copies in digits"),
        text=_("Write a whole number such as 3, or leave it empty."),
    ),
    Wrong.MOVED_TO: Slip(
        field="moved_to",
        summary=_("Say where it moved to"),
        text=_("Name the new host or its IP address. If you do not know it, choose “Not ours”."),
    ),
    Wrong.REASON: Slip(
        field="reason",
        summary=_("Say why you see it differently"),
        text=_("Write a sentence: the person who decides has only this and the notice."),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How long the host has: a text, and whether the time is over."""

    text: str
    is_over: bool


def left(notice: NoticeValue, now: datetime) -> Left | None:
    """What remains until the answer is due, in hours and minutes."""
    if notice.due_at is None or notice.state is not NoticeState.SENT:
        return None
    minutes = int((notice.due_at - now).total_seconds() // 60)
    if minutes < 0:
        return Left(text="", is_over=True)
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        words = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    elif hours:
        words = ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}
    else:
        words = ngettext("%(minutes)s minute", "%(minutes)s minutes", rest) % {"minutes": rest}
    return Left(text=words, is_over=False)


def filled(sent: Mapping[str, str]) -> dict[str, str]:
    """The form's fields as they were sent, cut to a length that no honest answer has."""
    return {name: str(sent.get(name, ""))[:LONGEST] for name in FIELDS}
