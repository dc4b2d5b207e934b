"""Reports for the triage pages: one that cannot wait, a widely passed on file as one, one that could not be read."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tutela_node.accounts import queries as accounts
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM, Actor, Role
from tutela_node.intake import actions as intake
from tutela_node.intake import triage as reports
from tutela_node.intake.documents import Document
from tutela_node.intake.facts import Concern, Facts, FileFacts
from tutela_node.intake.rules import Channel
from tutela_node.journeys.reports_weighed import weigh
from tutela_node.review import actions as review

FILE = hashlib.sha256(b"a test card").hexdigest()
NOW = timedelta(minutes=12)
WORDS = (
    "The account writes to several members of our forum, always the same three sentences. A test message.",
    "Third report from our members about this account. The messages are kept on our side until you tell us.",
    "Same account again, a new name in the profile. A test message.",
)


def stage() -> dict[str, str]:
    home = next(each for each in accounts.organisations() if each.name == "Harbour Hosting")
    harbour = Actor(id=None, name="Harbour", roles=frozenset({Role.PROVIDER}), organisation=home.id)
    other = replace(harbour, organisation=None)
    at = clock.now()
    urgent = Facts(
        concern=Concern.GROOMING,
        at_risk=True,
        escalated=True,
        escalated_for="A meeting is agreed for this afternoon.",
        happened_at=at - timedelta(hours=3),
        accounts=("chat.harbour.example:kite_27",),
        ips=("192.0.2.44", "2001:db8::44"),
        mails=("kite27@mail.example",),
        files=(FileFacts(name="0f3a", viewed=True, label="B2"), FileFacts(name="77c1")),
        notes=("reportAnnotations: an element that is not known was left aside",),
    )
    viral = Facts(concern=Concern.MATERIAL, hashes=(f"sha256:{FILE}",), viral=True, happened_at=at)
    told = {"triage": _send(harbour, urgent, ago=NOW, words="The whole conversation is attached as text.")}
    _send(harbour, replace(urgent, at_risk=False, escalated=False), ago=timedelta(days=2))
    shared = [_send(other if number % 3 else harbour, viral, ago=timedelta(hours=number + 1)) for number in range(7)]
    bundle = reports.bundle_of(SYSTEM, UUID(shared[0]))
    told["triage_case"] = str(bundle.id) if bundle else ""
    _send(harbour, Facts(concern=Concern.EXTORTION, accounts=("game.example:mast",)), ago=timedelta(hours=5))
    _send(harbour, Facts(hosts=("board.example",)), ago=timedelta(hours=9))
    for month in range(11):
        for number in range(3 + month % 4):
            _send(harbour, Facts(accounts=(f"chat.example:{month}-{number}",)), ago=timedelta(days=31 * month + 3))
    told["provider"] = str(home.id)
    told["words_case"] = _words(harbour)
    wrong = "is not well-formed XML: line 4, the element incidentSummary is not closed"
    told["triage_problem"] = _send(harbour, Facts(), ago=timedelta(hours=2), problem=wrong)
    return told


def _words(harbour: Actor) -> str:
    """Three reports of words about one account wait for a decision; the id of one of them."""
    facts, report = Facts(concern=Concern.THREAT, accounts=("forum.example:gull_5",)), ""
    for number, words in enumerate(WORDS):
        report = _send(harbour, facts, ago=timedelta(hours=30 + number), words=words)
        due = clock.now() + timedelta(hours=20)
        review.enqueue(SYSTEM, item=UUID(report), bucket="text", reason="words_only", match={}, due_at=due)
    return report


def _send(actor: Actor, facts: Facts, *, ago: timedelta, words: str = "", problem: str = "") -> str:
    with transaction.atomic(), clock.standing_at(clock.now() - ago):
        document = Document(
            channel=Channel.CYBERTIP,
            original=b'<?xml version="1.0" encoding="UTF-8"?>\n<report>\n  <incidentSummary>\n</report>',
            facts=facts,
            words=words,
            reference="HH-2026-88213",
            problem=problem,
        )
        report = intake.receive_document(actor, document=document).report
        weigh(report)
    return str(report)
