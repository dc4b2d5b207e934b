"""Reports, items and decisions for the review pages, written through the rooms' own actions."""

import os
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db import transaction

from tutela.matching.tests.soundtexts import text_of
from tutela.media import fingerprint
from tutela.urls import canonicalise
from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.desks.public.intake import keeping
from tutela_node.desks.public.intake.draft import Draft, Way
from tutela_node.evidence import actions as evidence
from tutela_node.evidence.vault import receive
from tutela_node.foundation import clock
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import actions as hashlists
from tutela_node.hashlists import index, match_actions
from tutela_node.intake import actions as intake
from tutela_node.intake import queries as reports
from tutela_node.intake.rules import Voice
from tutela_node.journeys import assessment_made
from tutela_node.material import actions as material
from tutela_node.material import queries as items
from tutela_node.review import actions as review
from tutela_node.review import queries as verdicts
from tutela_node.review.rules import Ground, bucket_of

NEAR = {
    "closeness": "near",
    "entry": "E-88213",
    "list_name": "National list",
    "algorithm": "pdq",
    "distance": 6,
    "quality": 94,
    "trusted": True,
    "code": "B",
    "people": 2,
    "decided_on": "2026-05-12",
}
EXACT = NEAR | {"closeness": "exact", "entry": "E-90417", "algorithm": "sha256", "distance": 0}
FAR = NEAR | {"entry": "E-71120", "distance": 27}
HEARD = NEAR | {"entry": "E-71121", "algorithm": "chromaprint", "distance": 8, "via": "sound"}
HOURS = timedelta(hours=1)
QUEUE = (  # what each item is called below, what is known of it, its hosts, hours until its first look is due
    ("open", NEAR, ("img4.harbour.example", "lantern.example", "mirror.harbour.example"), 2.2),
    ("exact", EXACT, ("img4.harbour.example",), 1.4),
    ("late", None, ("gallery.example",), -0.7),
    ("claimed", NEAR, ("forum.lantern.example",), 17),
    ("second", NEAR, ("img2.harbour.example",), 19),
    ("look", None, ("board.example",), 20),
    ("far", FAR, ("board.example", "pics.gallery.example"), 21),
    ("decided", EXACT, ("img9.harbour.example",), 22),
    ("mirrored", NEAR | {"via": "mirror"}, ("board.example",), 22.5),
    ("heard", HEARD, ("board.example",), 23),
    ("both", FAR | {"via": "frame 3"}, ("board.example",), 23.5),
)


def stage(who: dict[str, Actor]) -> dict[str, str]:
    told, codes = {}, {}
    for number, (name, known, hosts, hours) in enumerate(QUEUE):
        with transaction.atomic(), clock.standing_at(clock.now() - timedelta(hours=2, minutes=40)):
            urls = tuple(f"https://{host}/a/{20931 + number}.jpg" for host in hosts)
            report, codes[name] = _report(urls, "It was sent to a group I am in." if name == "open" else "")
            item = _item(report, urls, number)
            _enqueue(item, known, clock.now() + timedelta(hours=2, minutes=40) + hours * HOURS)
            told[name] = str(item)
    told |= _words()
    _hear(UUID(told["both"]))
    _work(who, told)
    return told | {"code": _answered(codes["decided"])}


def _report(urls: tuple[str, ...], words: str) -> tuple[UUID, str]:
    """A report through the public desk's own sealing; its id, and the reporter's code."""
    now = clock.now()
    draft = Draft.begin(seed=os.urandom(32), way=Way.ADDRESS, voice=Voice.ADULT, now=int(now.timestamp() * 1000))
    answers = {"address": "\n".join(urls), "thing": "picture", "place": "site", "words": words}
    draft = type(draft)(**{name: getattr(draft, name) for name in draft.__slots__} | {"answers": answers, "turn": 4})
    kept = keeping.keep(draft, language="en", now=now, minutes=30, is_finish=True)
    opened = intake.open_draft(SYSTEM, draft=kept.id)
    assert opened is not None
    return opened.report, kept.code()


def _item(report: UUID, urls: tuple[str, ...], number: int) -> UUID:
    content = picture(20931 + number, width=1280, height=960)
    with receive(10_000_000) as receiver:
        receiver.write(content)
        received = receiver.seal()
    object_id = evidence.admit_object(SYSTEM, received=received, source=f"report:{report}")
    digests = {name: getattr(received, name) for name in ("sha256", "sha1", "md5")}
    reference = f"{reports.reference_of(report)}-1"
    item = material.register_item(SYSTEM, object_id=object_id, size=received.size, digests=digests, reference=reference)
    material.fingerprint_item(SYSTEM, item=item, prints=fingerprint(content))
    for url in urls:
        sighting = material.add_sighting(SYSTEM, url=canonicalise(url), seen_at=clock.now())
        intake.attach(SYSTEM, report=report, sighting=sighting)
        material.mark_sighting(
            SYSTEM,
            sighting=material.link_sighting(SYSTEM, sighting=sighting, item=item),
            state="gone" if "lantern.example/" in url and len(urls) > 1 else "online",
        )
    intake.attach(SYSTEM, report=report, item=item)
    material.set_item_state(SYSTEM, item=item, state="matched")
    return item


def _enqueue(item: UUID, known: dict[str, object] | None, due) -> None:
    bucket, reason = bucket_of(match=known, reuse_distance=8, reuse_quality=80)
    review.enqueue(SYSTEM, item=item, bucket=bucket, reason=reason, match=known, due_at=due)
    material.set_item_state(SYSTEM, item=item, state="queued")


def _hear(item: UUID) -> None:
    """The item has the sound of another one that was decided."""
    items = np.random.default_rng(7).integers(0, 2**32, 200, dtype=np.uint32)
    sound = {"chromaprint": (text_of(items), None)}
    index.load()
    with transaction.atomic():
        hashlists.admit(SYSTEM, item=new_id(), fingerprints=sound, verdict=new_id(), scheme="XA", code="B", people=2)
        match_actions.match_item(SYSTEM, item=item, fingerprints=sound)


def _words() -> dict[str, str]:
    """A report that names no address."""
    with transaction.atomic(), clock.standing_at(clock.now() - 3 * HOURS):
        report, _ = _report((), "Somebody at the club asks the younger ones for pictures. It began in May.")
        review.enqueue(
            SYSTEM, item=report, bucket="text", reason="words_only", match={}, due_at=clock.now() + 24 * HOURS
        )
    return {"words": str(report)}


def _work(who: dict[str, Actor], told: dict[str, str]) -> None:
    """A claim, a first assessment, and two that agree."""
    with transaction.atomic():
        review.claim(who["timo"], item=UUID(told["claimed"]))
        with clock.standing_at(clock.now() - 2 * HOURS):
            for name, item in (("timo", "second"), ("timo", "decided"), ("mira", "decided")):
                _decide(who[name], UUID(told[item]))
    item = items.item(UUID(told["decided"]))
    verdict = verdicts.verdict_of(item.id)
    assert verdict is not None
    with transaction.atomic():
        material.set_item_state(SYSTEM, item=item.id, state="decided")
        evidence.make_exhibit(SYSTEM, item=item.id, object_id=item.object_id)
        hashlists.admit(
            SYSTEM,
            item=item.id,
            fingerprints=item.fingerprints,
            verdict=verdict.id,
            scheme=verdict.scheme,
            code=verdict.code,
            people=verdict.people,
        )


def _decide(actor: Actor, item: UUID) -> None:
    known = verdicts.entry(actor, item).known
    ground = Ground.FACTS if known and known.closeness == "exact" else Ground.NEAR_MATCH
    made = assessment_made.assess(actor, item=item, code="B", ground=ground, viewed=False)
    with clock.standing_at(made.effective_at):
        review.settle(SYSTEM, assessment=made.assessment)


def _answered(code: str) -> str:
    """What the reporter of the decided item was told; the code that opens it."""
    from tutela.sealing import locator
    from tutela_node.foundation import keys
    from tutela_node.intake.models import Report

    report = Report.objects.get(locator=locator(keys.secret("locator"), code)).id
    for hours, sentence in ((2, "checking"), (1, "acted")):
        with transaction.atomic(), clock.standing_at(clock.now() - hours * HOURS):
            intake.answer(SYSTEM, report=report, sentence=sentence)
    return code
