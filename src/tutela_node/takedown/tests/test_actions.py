"""Tracing, holding, notifying and answering, with rows."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tutela.urls import canonicalise
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid, Missing
from tutela_node.foundation.models import OutboxMessage, PendingEvent
from tutela_node.foundation.outbox import payload
from tutela_node.foundation.permissions import SYSTEM, Actor, Role
from tutela_node.material import actions as material
from tutela_node.takedown import actions, queries
from tutela_node.takedown.errors import BadAnswer
from tutela_node.takedown.models import Notice
from tutela_node.takedown.rules import NoticeState, Outcome, TraceFacts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
URL = "http://img4.harbour.example/a/%20x/20931.jpg?b=1"
HOST = Actor(id=None, name="the host", roles=frozenset({Role.PROVIDER}))


@pytest.fixture(autouse=True)
def _noon():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def sighting(db):
    return material.add_sighting(SYSTEM, url=canonicalise(URL), seen_at=NOW - timedelta(minutes=49))


def facts(**changes):
    base = TraceFacts(
        host="img4.harbour.example",
        at=clock.now(),
        outcome=Outcome.TRACED,
        addresses=("192.0.2.1",),
        organisation="Harbour Hosting",
        country="XA",
        contact="abuse@harbour.example",
        agree=3,
    )
    return replace(base, **changes)


def written(sighting, **changes):
    actions.record_trace(SYSTEM, sighting=sighting, facts=facts(**changes))
    return actions.write_notice(SYSTEM, sighting=sighting, verdict_code="A", basis="XA-PC-184")


def approve(actor, notice):
    return actions.approve_contact(actor, contact=Notice.objects.get(id=notice).contact_id)


def sent(actor, sighting, **changes):
    approve(actor, written(sighting, **changes))
    return actions.send(SYSTEM, sighting=sighting, facts=facts(**changes))


def mails():
    return [payload(row) for row in OutboxMessage.objects.order_by("id")]


def code_of(mail):
    return re.search(r"/notice/(\S+)", mail["body"])[1]


def state_of(notice):
    return Notice.objects.get(id=notice).state


def test_a_contact_found_by_a_machine_waits_for_a_person(sighting, mira):
    notice = written(sighting)
    assert state_of(notice) == NoticeState.WAITING_CONTACT
    assert actions.send(SYSTEM, sighting=sighting, facts=facts()) is None
    assert not mails()
    assert [each.email for each in queries.contacts_to_approve(mira)] == ["abuse@harbour.example"]
    assert approve(mira, notice) == (sighting,)
    assert actions.send(SYSTEM, sighting=sighting, facts=facts()) == notice


def test_a_machine_cannot_approve(sighting):
    with pytest.raises(Forbidden):
        approve(SYSTEM, written(sighting))


def test_a_notice_is_a_letter_with_everything_in_it(sighting, mira):
    sent(mira, sighting)
    (mail,) = mails()
    assert (mail["to"], mail["language"]) == ("abuse@harbour.example", "en")
    lines = mail["body"].splitlines()
    assert URL in lines
    assert "N-2026-00001" in mail["subject"]
    assert "Penal Code, section 184" in lines
    assert "2026-11-23 00:30 UTC" in lines
    assert "We see it differently" in mail["body"]


@pytest.mark.parametrize(
    ("country", "language", "word"),
    [("FR", "fr", "Adresse"), ("ES", "es", "Dirección"), ("EG", "ar", "العنوان"), ("ZZ", "en", "Address")],
)
def test_a_notice_speaks_the_language_of_the_hosts_country(sighting, mira, country, language, word):
    sent(mira, sighting, country=country)
    (mail,) = mails()
    assert mail["language"] == language
    assert word in mail["body"]
    assert URL in mail["body"].splitlines()


def test_staff_read_the_letter_without_the_code(sighting, mira):
    notice = sent(mira, sighting)
    (mail,) = mails()
    value = queries.notice(mira, notice)
    assert code_of(mail) not in value.body
    assert URL in value.body


def test_a_held_sighting_is_in_no_notice(sighting, mira, pavel):
    notice = written(sighting)
    actions.place_hold(pavel, sighting=sighting, reason="an operation", ends=NOW + timedelta(hours=36))
    approve(mira, notice)
    assert actions.send(SYSTEM, sighting=sighting, facts=facts()) is None
    assert (state_of(notice), mails()) == (NoticeState.HELD, [])
    assert queries.sightings_released() == ()


def test_a_hold_placed_before_the_notice_holds_it(sighting, mira, pavel):
    actions.place_hold(pavel, sighting=sighting, reason="an operation", ends=NOW + timedelta(hours=36))
    assert state_of(written(sighting)) == NoticeState.HELD


def test_a_hold_on_an_address_that_is_merged_later_still_holds(mira, pavel):
    item = material.register_item(SYSTEM, object_id=None, size=1)
    older = material.add_sighting(SYSTEM, url=canonicalise(URL), seen_at=NOW)
    material.link_sighting(SYSTEM, sighting=older, item=item)
    newcomer = material.add_sighting(SYSTEM, url=canonicalise(URL), seen_at=NOW)
    actions.place_hold(pavel, sighting=newcomer, reason="an operation", ends=NOW + timedelta(hours=36))
    assert material.link_sighting(SYSTEM, sighting=newcomer, item=item) == older
    assert state_of(written(older)) == state_of(written(newcomer)) == NoticeState.HELD
    assert actions.send(SYSTEM, sighting=newcomer, facts=facts()) is None
    assert queries.sightings_released() == ()


def test_a_hold_ends_by_itself(sighting, mira, pavel):
    notice = written(sighting)
    approve(mira, notice)
    actions.place_hold(pavel, sighting=sighting, reason="an operation", ends=NOW + timedelta(hours=36))
    with clock.standing_at(NOW + timedelta(hours=37)):
        assert queries.sightings_released() == (sighting,)
        assert actions.send(SYSTEM, sighting=sighting, facts=facts()) == notice


def test_only_its_own_organisation_lifts_a_hold(sighting, pavel, mira):
    hold = actions.place_hold(pavel, sighting=sighting, reason="an operation", ends=NOW + timedelta(hours=36))
    with pytest.raises(Forbidden):
        actions.lift_hold(mira, hold=hold)
    with pytest.raises(Missing):
        actions.lift_hold(replace(pavel, organisation=sighting), hold=hold)
    assert actions.lift_hold(pavel, hold=hold) == sighting
    assert queries.hold_of(sighting) is None


@pytest.mark.parametrize("may_know", [True, False])
def test_a_host_learns_of_a_hold_only_when_the_officer_chose_so(sighting, mira, pavel, may_know):
    sent(mira, sighting)
    ends = NOW + timedelta(hours=36)
    actions.place_hold(pavel, sighting=sighting, reason="an operation", ends=ends, host_may_know=may_know)
    assert queries.notice_by_code(code_of(mails()[0])).hold_until == (ends if may_know else None)


def test_what_moved_is_not_notified_to_the_old_host(sighting, mira):
    old = written(sighting)
    approve(mira, old)
    moved = facts(organisation="Quay Cloud", country="FR", contact="abuse@quay.example")
    assert actions.send(SYSTEM, sighting=sighting, facts=moved) is None
    assert (state_of(old), mails()) == (NoticeState.WITHDRAWN, [])
    new = queries.notices_of(sighting)[0]
    assert (new.organisation, new.language, new.state) == ("Quay Cloud", "fr", NoticeState.WAITING_CONTACT)


def test_a_host_whose_name_is_gone_is_not_notified(sighting, mira):
    approve(mira, written(sighting))
    gone = TraceFacts(host="img4.harbour.example", at=clock.now(), outcome=Outcome.NAME_GONE)
    assert actions.send(SYSTEM, sighting=sighting, facts=gone) is None
    assert {row.state for row in Notice.objects.all()} == {NoticeState.WITHDRAWN}


def test_a_hidden_service_has_nobody_to_write_to(sighting):
    notice = written(sighting, outcome=Outcome.HIDDEN_SERVICE, organisation="", country="", contact="")
    assert state_of(notice) == NoticeState.WITHDRAWN


def test_a_correction_by_a_person_counts_and_is_explained(sighting, mira):
    written(sighting)
    corrected = {"host_org": "Real Host", "country": "ES", "contact": "abuse@real.example"}
    with pytest.raises(Invalid):
        actions.override_trace(mira, sighting=sighting, **corrected, reason=" ")
    actions.override_trace(mira, sighting=sighting, **corrected, reason="a letter from the content network")
    actions.write_notice(SYSTEM, sighting=sighting, verdict_code="A", basis="XA-PC-184")
    assert actions.send(SYSTEM, sighting=sighting, facts=facts())
    assert [(mail["to"], mail["language"]) for mail in mails()] == [("abuse@real.example", "es")]


def test_writing_again_for_the_same_host_gives_the_same_notice(sighting):
    assert written(sighting) == written(sighting)


def test_sending_again_sends_nothing(sighting, mira):
    sent(mira, sighting)
    assert actions.send(SYSTEM, sighting=sighting, facts=facts()) is None
    assert len(mails()) == 1


def test_a_notice_needs_a_trace_and_a_basis_in_force(sighting):
    with pytest.raises(Conflict):
        actions.write_notice(SYSTEM, sighting=sighting, verdict_code="A", basis="XA-PC-184")
    with pytest.raises(Forbidden):
        actions.write_notice(SYSTEM, sighting=sighting, verdict_code="A", basis="XA-OLD-7")


def test_the_host_answers_and_may_correct_it_until_it_is_closed(sighting, mira):
    notice = sent(mira, sighting)
    code = code_of(mails()[0])
    actions.answer_notice(HOST, code=code, outcome="not_ours", details={})
    value = actions.answer_notice(
        HOST, code=code, outcome="removed", details={"removed_at": "2026-11-22T06:55", "records_kept": "yes"}
    )
    assert value.state == NoticeState.ANSWERED
    assert value.answer == {"outcome": "removed", "removed_at": "2026-11-22T06:55", "records_kept": "yes"}
    actions.close_notice(mira, notice=notice)
    with pytest.raises(Conflict):
        actions.answer_notice(HOST, code=code, outcome="removed", details={})


def test_an_incomplete_answer_changes_nothing(sighting, mira):
    notice = sent(mira, sighting)
    with pytest.raises(BadAnswer):
        actions.answer_notice(HOST, code=code_of(mails()[0]), outcome="moved", details={})
    assert state_of(notice) == NoticeState.SENT


@pytest.mark.parametrize("code", ["", "x", "0" * 32])
def test_a_wrong_code_opens_nothing(sighting, mira, code):
    sent(mira, sighting)
    with pytest.raises(Missing):
        queries.notice_by_code(code)


def test_every_step_leaves_an_event(sighting, mira):
    before = PendingEvent.objects.count()
    sent(mira, sighting)
    assert PendingEvent.objects.count() == before + 4  # traced, written, approved, sent
