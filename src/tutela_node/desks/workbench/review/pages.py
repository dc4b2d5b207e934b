"""One item as it is shown: what is known without looking, where it is, what may be decided and on what ground.

Rules:
- everything here was read through the rooms' queries, which write the read down
- whether a view is open is asked of the log, never of the address the browser shows
"""

from dataclasses import dataclass
from uuid import UUID

from tutela.taxonomy import Code, Scheme
from tutela_node.desks.workbench.review import sources, words
from tutela_node.desks.workbench.review.alike import Alike, alike
from tutela_node.desks.workbench.review.insides import Around, Insides, around, insides
from tutela_node.evidence import queries as evidence
from tutela_node.evidence.queries import ViewValue
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.permissions import Actor
from tutela_node.foundation.profile import current
from tutela_node.hashlists import queries as matches
from tutela_node.hashlists.queries import MatchValue
from tutela_node.material import queries as material
from tutela_node.material.queries import ItemValue
from tutela_node.review import queries as review
from tutela_node.review.queries import AssessmentValue, Day, EntryValue, VerdictValue
from tutela_node.review.rules import Bucket, EntryState, Ground, grounds_for, reuse_ground

PRINTS = {"pdq": "PDQ", "chromaprint": "Chromaprint", "sha256": "SHA-256"}  # the others are found by searching


@dataclass(frozen=True, slots=True, kw_only=True)
class Veil:
    """The closed picture: what opening costs, and why it cannot be opened."""

    view: ViewValue | None
    has_picture: bool
    day: Day
    seconds: int
    is_needless: bool  # the facts carry a decision

    @property
    def can_open(self) -> bool:
        return self.has_picture and self.day.left > 0 and self.view is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the reader may decide now. `closed_because` is "" while they may."""

    closed_because: str  # "", claimed, pending, assessed, decided, closed, unknown
    scheme: Scheme
    grounds: tuple[tuple[Ground, words.Words], ...]
    is_words: bool
    own: AssessmentValue | None
    others: int
    assessors: int
    erased_after_days: int
    is_mine: bool

    @property
    def can_say_own_view(self) -> bool:
        return any(ground is Ground.OWN_VIEW for ground, _ in self.grounds)

    @property
    def codes(self) -> tuple[Code, ...]:
        return tuple(self.scheme.codes)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Print:
    """A fingerprint on the screen: those with a quality show that, the others their value, shortened."""

    name: str
    value: str
    quality: int | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ItemPage:
    id: UUID
    reader: UUID | None
    reference: str
    item: ItemValue | None  # None: a report that holds only words
    kind: words.Words
    report: sources.ReportFacts | None
    entry: EntryValue | None
    sound: MatchValue | None  # the entry whose sound it has, the likest on the lists we trust first
    places: tuple[sources.Place, ...]
    insides: Insides | None
    around: tuple[Around, ...]
    take_over: Ground | None
    veil: Veil
    assessments: tuple[AssessmentValue, ...]
    verdict: VerdictValue | None
    decision: Decision
    alike: tuple[Alike, ...]  # other reports of words of the same case
    limit: int  # the distance up to which a near match may be taken over
    claim_minutes: int

    @property
    def prints(self) -> tuple[Print, ...]:
        found = self.item.fingerprints if self.item else {}
        kept = [(label, *found[name]) for name, label in PRINTS.items() if name in found]
        return tuple(Print(name=name, value=value, quality=quality) for name, value, quality in kept)

    @property
    def found_as(self) -> words.Words:
        """By which form the picture matched, as a sentence; "" for the picture as it is."""
        known = self.entry.known if self.entry else None
        return words.FOUND_AS.get(known.via.split(" ")[0], "") if known else ""

    @property
    def has_sound_too(self) -> bool:
        """Whether its sound is known beside something that says more, and does not say it all."""
        known = self.entry.known if self.entry else None
        return self.sound is not None and known is not None and known.closeness == "near" and not known.is_sound

    @property
    def tells(self) -> bool:
        """Whether the reader may know what others decided."""
        return any(each.code is not None and each.person != self.reader for each in self.assessments)

    @property
    def agreement(self) -> sources.Place | None:
        """The traced place on which fewest sources agree: what the reader should know of all of them."""
        traced = [place for place in self.places if place.sources]
        return min(traced, key=lambda place: place.agree / place.sources, default=None)

    @property
    def hosts(self) -> int:
        return len({place.host for place in self.places})

    @property
    def gone(self) -> int:
        return sum(place.is_gone for place in self.places)


def item_page(actor: Actor, id: UUID, *, view: UUID | None = None) -> ItemPage:
    """Raises Missing when there is no such item and no such report in the queue."""
    entry = review.entry(actor, id) if review.is_queued(id) else None
    item = None if entry and entry.bucket is Bucket.TEXT else material.read_item(actor, id)
    report = sources.report_facts(actor, id, is_report=item is None)
    assessments = review.assessments_for(actor, id)
    verdict = review.verdict_of(id)
    reuse = reuse_ground(entry.known, review.terms()) if entry else None
    decision = _decision(actor, id, entry, assessments)
    others = alike(actor, id) if decision.is_words and not decision.closed_because else ()
    return ItemPage(
        id=id,
        reader=actor.id,
        reference=item.reference if item else report.reference if report else "",
        item=item,
        kind=words.KINDS.get(item.kind, item.kind) if item else "",
        report=report,
        entry=entry,
        sound=next((each for each in matches.matches_of(id) if each.is_sound), None) if item else None,
        places=sources.places(id) if item else (),
        insides=insides(id) if item else None,
        around=around(id) if item else (),
        take_over=reuse if entry and entry.known and entry.known.code else None,
        veil=_veil(actor, id, item, view, is_needless=reuse is not None),
        assessments=assessments,
        verdict=verdict,
        decision=decision,
        alike=others,
        limit=current().review.reuse_distance,
        claim_minutes=current().review.claim_minutes,
    )


def _veil(actor: Actor, id: UUID, item: ItemValue | None, view: UUID | None, *, is_needless: bool) -> Veil:
    return Veil(
        view=_open_view(actor, id, view),
        has_picture=item is not None and item.object_id is not None and item.kind == "image",
        day=review.day(actor),
        seconds=current().review.view_seconds,
        is_needless=is_needless,
    )


def _open_view(actor: Actor, item: UUID, view: UUID | None) -> ViewValue | None:
    if view is None:
        return None
    try:
        found = evidence.open_view_of(actor, view)
    except Missing:
        return None
    return found if found.item == item else None


def _decision(actor: Actor, item: UUID, entry: EntryValue | None, assessments: tuple[AssessmentValue, ...]) -> Decision:
    standing = [each for each in assessments if each.withdrawn_at is None]
    own = next((each for each in standing if each.person == actor.id), None)
    viewed = (
        actor.id is not None
        and entry is not None
        and entry.bucket is not Bucket.TEXT
        and evidence.has_viewed(actor.id, item)
    )
    bucket, known = (entry.bucket, entry.known) if entry else (Bucket.LOOK, None)
    grounds = grounds_for(known, bucket=bucket, viewed=viewed, terms=review.terms())
    return Decision(
        closed_because=_closed_because(actor, entry, own),
        scheme=review.scheme_today(),
        grounds=tuple((each, words.ground(each, bucket)) for each in grounds),
        is_words=bucket is Bucket.TEXT,
        own=own,
        others=len({each.person for each in standing if each.person != actor.id}),
        assessors=current().review.assessors,
        erased_after_days=current().retention.not_illegal_days,
        is_mine=bool(entry and entry.claimed_by and entry.claimed_by == actor.id),
    )


def _closed_because(actor: Actor, entry: EntryValue | None, own: AssessmentValue | None) -> str:
    if entry is None:
        return "unknown"
    if entry.state is not EntryState.OPEN:
        return str(entry.state)
    if own is not None:
        return "pending" if own.effective_at > clock.now() else "assessed"
    return "claimed" if entry.claimed_by not in (None, actor.id) else ""
