"""A provider as the pages show it: its agreement, its tokens, and how good its reports of the last 90 days were."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tutela_node.accounts import queries as accounts
from tutela_node.accounts.queries import OrganisationValue
from tutela_node.accounts.rules import AgreementKind
from tutela_node.desks.workbench.triage.words import LACKS, Words
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import Actor
from tutela_node.intake.sense import Lack
from tutela_node.providers import queries as providers
from tutela_node.providers.rules import Quality

PERIOD = timedelta(days=90)
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`agreement` is the last day of the one about reporting, None when there is none in force."""

    id: UUID
    name: str
    country: str
    email: str
    agreement: date | None
    ends_soon: bool
    tokens: int
    quality: Quality
    delay: timedelta | None


def line(actor: Actor, found: OrganisationValue) -> Line:
    today = clock.now().date()
    ends = accounts.agreement_ends(found.id, AgreementKind.INTAKE, today)
    quality = providers.quality(actor, found.id, since=today - PERIOD)
    late = quality.delay_minutes
    return Line(
        id=found.id,
        name=found.name,
        country=found.country,
        email=found.email,
        agreement=ends,
        ends_soon=ends is not None and ends - today <= SOON,
        tokens=sum(each.organisation == found.id and _is_in_use(each) for each in accounts.tokens()),
        quality=quality,
        delay=None if late is None else timedelta(minutes=late),
    )


def advice(actor: Actor, id: UUID) -> tuple[tuple[Words, int], ...]:
    """What its reports leave open most often, in words, each with its percent."""
    quality = providers.quality(actor, id, since=clock.now().date() - PERIOD)
    return tuple((LACKS[Lack(name)], share) for name, share in quality.lacks)


def _is_in_use(token: accounts.TokenValue) -> bool:
    return token.revoked_at is None and token.suspended_at is None and token.expires_at > clock.now()
