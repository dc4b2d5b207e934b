"""What every page of the workbench needs: the way around, today's views, who is signed in, the language."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext_lazy as _

from tutela_node.desks.workbench.rooms import has_pages
from tutela_node.foundation.permissions import PUBLIC, STAFF, Actor, Role
from tutela_node.foundation.profile import current
from tutela_node.review import queries as review
from tutela_node.review.permissions import READ

SEGMENTS = 20
LAST_TENTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One desk in the bar. `path` is under the workbench; the first desk whose path fits is the current one."""

    room: str
    path: str
    label: str | Promise
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    url: str
    label: str | Promise
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """Views of the day: `segments` of twenty are lit."""

    used: int
    budget: int
    avoided: int
    segments: tuple[bool, ...]

    @property
    def left(self) -> int:
        return max(0, self.budget - self.used)

    @property
    def is_low(self) -> bool:
        return self.left * LAST_TENTH <= self.budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    actor: Actor
    country: str
    language: str
    direction: str
    links: tuple[Link, ...]
    home: str
    meter: Meter | None


WAYS = (
    Way(room="review", path="", label=_("Review"), roles=STAFF),
    Way(room="triage", path="triage/", label=_("Triage"), roles=STAFF | {Role.POLICE}),
    Way(room="reports", path="reports/", label=_("Reports"), roles=STAFF | {Role.POLICE}),
    Way(room="removal", path="removal/", label=_("Removal"), roles=STAFF | {Role.POLICE}),
    Way(room="lists", path="lists/", label=_("Lists"), roles=STAFF | {Role.OPERATOR, Role.AUDITOR}),
    Way(room="blocking", path="blocking/", label=_("Blocking"), roles=STAFF | {Role.AUDITOR}),
    Way(room="providers", path="providers/", label=_("Providers"), roles=STAFF | {Role.OPERATOR, Role.AUDITOR}),
    Way(room="evidence", path="evidence/", label=_("Evidence"), roles=STAFF | {Role.POLICE, Role.AUDITOR}),
)  # the first that somebody may use is where they land


def desk(request: HttpRequest) -> dict[str, object]:
    actor: Actor = getattr(request, "actor", PUBLIC)
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "desk": Desk(
            actor=actor,
            country=current().name(language),
            language=language,
            direction="rtl" if get_language_bidi() else "ltr",
            links=_links(actor, request.path),
            home=home_of(actor),
            meter=_meter(actor),
        )
    }


def home_of(actor: Actor) -> str:
    """Where somebody begins: the first desk that they may use."""
    return next((reverse("review:queue") + way.path for way in _ways(actor)), reverse("mfa_index"))


def _ways(actor: Actor) -> list[Way]:
    return [way for way in WAYS if actor.roles & way.roles and has_pages(way.room)]


def _links(actor: Actor, path: str) -> tuple[Link, ...]:
    root = reverse("review:queue")
    shown = _ways(actor)
    here = max((way.path for way in shown if path.startswith(root + way.path)), key=len, default=None)
    return tuple(Link(url=root + way.path, label=way.label, is_current=way.path == here) for way in shown)


def _meter(actor: Actor) -> Meter | None:
    if not actor.may(READ):
        return None
    day = review.day(actor)
    lit = -(-day.used * SEGMENTS // day.budget) if day.budget else SEGMENTS
    segments = tuple(place < lit for place in range(SEGMENTS))
    return Meter(used=day.used, budget=day.budget, avoided=day.avoided, segments=segments)
