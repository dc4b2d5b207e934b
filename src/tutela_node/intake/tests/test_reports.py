"""Reports of providers, what reports name, and what reporters are told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tutela.sealing import open_with
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden, Missing
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, queries
from tutela_node.intake.documents import Document
from tutela_node.intake.models import Answer
from tutela_node.intake.referral_actions import refer
from tutela_node.intake.rules import ANSWER_INFO, Channel, Sheet, read_told
from tutela_node.intake.tests.dropping import Reporter
from tutela_node.intake.triage import weighed

pytestmark = pytest.mark.django_db
URLS = ("https://pictures.example/a/1",)


@pytest.fixture
def reporter():
    return Reporter()


@pytest.fixture
def harbour_may(harbour):
    return replace(harbour, scopes=None)


@pytest.fixture
def report(reporter):
    reporter.finish(Sheet(words="x", urls=URLS))
    return actions.open_draft(SYSTEM, draft=reporter.draft).report


def from_provider(actor, reference="H-1", context=None):
    context = context or {"found_by": "upload check"}
    repeat = f"{reference} {context}" if reference else ""
    document = Document(
        channel=Channel.PROVIDER, original=b"{}", urls=URLS, context=context, reference=reference, repeat=repeat
    )
    return actions.receive_document(actor, document=document).report


def test_a_provider_report_is_kept_with_its_context(harbour_may, mira):
    told = queries.report(mira, from_provider(harbour_may))
    assert (told.channel, told.organisation) == ("provider", harbour_may.organisation)
    assert (told.urls, told.context) == (URLS, {"found_by": "upload check"})


def test_the_very_same_provider_report_is_the_one_we_have(harbour_may):
    assert from_provider(harbour_may) == from_provider(harbour_may)
    assert from_provider(harbour_may) != from_provider(harbour_may, context={"found_by": "a user"})


def test_without_a_reference_each_is_a_report(harbour_may):
    assert from_provider(harbour_may, reference="") != from_provider(harbour_may, reference="")


def test_the_public_and_the_police_send_no_provider_reports(pavel):
    with pytest.raises(Forbidden):
        from_provider(pavel)


def test_a_report_names_an_item_and_an_address_once(report, mira):
    item, sighting = new_id(), new_id()
    for _ in range(2):
        actions.attach(SYSTEM, report=report, item=item, sighting=sighting)
    assert queries.reports_of_item(item) == queries.reports_of_sighting(sighting) == (report,)
    told = queries.report(mira, report)
    assert (told.items, told.sightings) == ((item,), (sighting,))


def test_a_sentence_is_told_once_and_only_its_mailbox_opens_it(report, reporter):
    for _ in range(2):
        actions.answer(SYSTEM, report=report, sentence="checking")
    (sealed,) = queries.answers(reporter.locator, clock.now() + timedelta(days=2))
    told = read_told(open_with(reporter.mailbox.private, sealed, info=ANSWER_INFO))
    assert told.sentence == "checking"


def test_sealed_sentences_all_have_one_length(report):
    for sentence in ("received", "checking", "closed_no_action"):
        actions.answer(SYSTEM, report=report, sentence=sentence)
    assert len({len(bytes(each.sealed)) for each in Answer.objects.all()}) == 1


def test_a_sentence_moves_the_report(report, mira):
    actions.answer(mira, report=report, sentence="closed_cannot")
    assert queries.report(mira, report).state == "closed"
    assert [line.id for line in queries.reports(mira, state="closed")] == [report]


def test_an_answer_is_written_down_without_words(report, mira):
    actions.answer(mira, report=report, sentence="acted")
    row = AuditRecord.objects.get(verb="report.answered")
    assert (row.actor, row.note) == (mira.id, "")


def test_a_provider_is_told_the_same_way_and_nothing_is_sealed(harbour_may):
    actions.answer(SYSTEM, report=from_provider(harbour_may), sentence="received")
    assert bytes(Answer.objects.get().sealed) == b""


def test_reading_a_report_is_written_down(report, mira, pavel, harbour_may):
    queries.report(mira, report)
    queries.report(pavel, from_provider(harbour_may))
    assert [row.verb for row in AuditRecord.objects.filter(is_read=True)] == ["report.read"] * 2
    with pytest.raises(Forbidden):
        queries.report(harbour_may, report)


def test_the_police_read_what_people_wrote_once_it_was_referred(report, pavel):
    for call in (queries.report, queries.original, weighed):
        with pytest.raises(Missing):
            call(pavel, report)
    refer(SYSTEM, report=report, happening="grooming")
    assert queries.report(pavel, report).words == "x"


def test_no_sentence_moves_a_report_back(report):
    for sentence in ("acted", "checking", "received"):
        actions.answer(SYSTEM, report=report, sentence=sentence)
    assert queries.report(SYSTEM, report).state == "working"


def test_what_was_answered_once_stays_in_the_original(reporter, mira):
    reporter.answer(Sheet(urls=URLS, turn=1))
    id = actions.open_draft(SYSTEM, draft=reporter.draft).report
    reporter.finish(Sheet(words="without an address", turn=2))
    actions.open_draft(SYSTEM, draft=reporter.draft)
    assert URLS[0] in queries.original(mira, id).decode()


def test_what_does_not_exist_is_missing(mira):
    for call in (queries.reference_of, lambda id: queries.report(mira, id)):
        with pytest.raises(Missing):
            call(new_id())
    with pytest.raises(Missing):
        actions.answer(SYSTEM, report=new_id(), sentence="received")


def test_no_locator_finds_nothing(harbour_may):
    actions.answer(SYSTEM, report=from_provider(harbour_may), sentence="received")
    assert queries.answers("", clock.now() + timedelta(days=2)) == ()
    assert queries.received_at("f" * 64) is None


def test_references_count_up(harbour_may):
    numbers = [int(queries.reference_of(from_provider(harbour_may, reference=name))) for name in "ab"]
    assert numbers[1] == numbers[0] + 1
