"""The pages of removal: where something is, whom we asked, a contact to approve, a correction, a police hold."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tutela.urls import canonicalise
from tutela_node.foundation import clock
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.material.actions import add_sighting, link_sighting, register_item
from tutela_node.takedown import actions, queries
from tutela_node.takedown.models import Contact, Hold, Notice
from tutela_node.takedown.rules import Outcome, SourceFact, SourceKind, TraceFacts

pytestmark = pytest.mark.django_db
URL = "http://img4.harbour.example/a/x/20931.jpg"
SOURCE = SourceFact(
    kind=SourceKind.NETWORK,
    answered=True,
    organisation="Harbour Hosting",
    country="XA",
    contact="abuse@harbour.example",
    domains=("harbour.example",),
)
MUTE = SourceFact(kind=SourceKind.REVERSE, answered=False, problem="no answer in 3 seconds")
CORRECTED = {
    "host_org": "Northline VPS",
    "country": "xa",
    "contact": "abuse@northline.example",
    "reason": "the host told us by telephone",
}


@pytest.fixture
def sighting(db):
    return add_sighting(SYSTEM, url=canonicalise(URL), seen_at=clock.now())


@pytest.fixture
def notice(sighting):
    facts = TraceFacts(
        host="img4.harbour.example",
        at=clock.now(),
        outcome=Outcome.TRACED,
        addresses=("192.0.2.1",),
        organisation="Harbour Hosting",
        country="XA",
        contact="abuse@harbour.example",
        agree=1,
        sources=(SOURCE, MUTE),
    )
    actions.record_trace(SYSTEM, sighting=sighting, facts=facts)
    return actions.write_notice(SYSTEM, sighting=sighting, verdict_code="A", basis="XA-PC-184")


def asked(**changes):
    ends = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    return {"address": URL, "reason": "case 12 of the unit", "ends": ends, **changes}


def text_of(client, name, *args):
    return client.get(reverse(f"removal:{name}", args=args)).content.decode()


CLOSED = [("olga", "index"), ("ada", "index"), ("mira", "hold")]


@pytest.mark.parametrize(("name", "page"), CLOSED)
def test_others_are_refused(name, page, request, sign_in):
    assert sign_in(request.getfixturevalue(name)).get(reverse(f"removal:{page}")).status_code == 403


def test_an_empty_page_says_what_comes_next(mira, sign_in):
    text = text_of(sign_in(mira), "index")
    assert "Nothing is to be removed." in text
    assert "Nothing is held." in text


def test_the_page_shows_addresses_their_host_and_what_waits(mira, sign_in, notice):
    text = text_of(sign_in(mira), "index")
    assert "Harbour Hosting" in text
    assert "1 of 2 agree" in text
    assert "waits for its contact" in text
    assert "abuse@harbour.example" in text
    assert "20931.jpg" in text


def test_an_address_shows_what_each_source_said(mira, sign_in, sighting, notice):
    text = text_of(sign_in(mira), "address", sighting)
    assert "Network registry" in text
    assert "no answer in 3 seconds" in text
    assert "Approve this contact" in text


def test_a_contact_is_approved_by_a_person(mira, sign_in, notice):
    client, contact = sign_in(mira), Contact.objects.get()
    answer = client.post(reverse("removal:approve-contact", args=[contact.id]))
    assert answer.status_code == 302
    assert queries.contact(contact.id).approved_by == mira.id
    assert queries.contacts_to_approve(mira) == ()
    assert "goes out next" in text_of(client, "index")


def test_a_correction_says_why_and_writes_for_the_new_host(mira, sign_in, sighting, notice):
    client, page = sign_in(mira), reverse("removal:correct", args=[sighting])
    assert 'value="Harbour Hosting"' in client.get(page).content.decode()
    assert client.post(page, CORRECTED).status_code == 302
    text = text_of(client, "address", sighting)
    assert "corrected by a person" in text
    assert "the host told us by telephone" in text
    assert "Mira Kade" in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "This field is required"),
        ({"contact": "nobody"}, "Must be one mail address"),
        ({"country": "X1"}, "two letters"),
    ],
)
def test_a_wrong_correction_is_said_and_kept(mira, sign_in, sighting, notice, changes, said):
    answer = sign_in(mira).post(reverse("removal:correct", args=[sighting]), {**CORRECTED, **changes})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="Northline VPS"' in answer.content.decode()


def test_police_hold_an_exact_address_and_end_it(pavel, mira, sign_in, notice):
    client = sign_in(pavel)
    assert client.post(reverse("removal:hold"), asked()).status_code == 302
    assert Notice.objects.get().state == "held"
    text = text_of(client, "index")
    assert "case 12 of the unit" in text
    assert "Harbour Hosting" not in text
    assert "police hold" in text_of(sign_in(mira), "index")
    assert client.post(reverse("removal:lift", args=[Hold.objects.get().id])).status_code == 302
    assert not queries.holds(pavel)


def test_police_hold_all_addresses_of_an_item(pavel, sign_in, sighting):
    item = register_item(SYSTEM, object_id=None, size=1, reference="118204-1")
    other = add_sighting(SYSTEM, url=canonicalise("http://b.example/2"), seen_at=clock.now())
    for each in (sighting, other):
        link_sighting(SYSTEM, sighting=each, item=item)
    sign_in(pavel).post(reverse("removal:hold"), asked(address="118204-1"))
    assert Hold.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"address": "http://elsewhere.example/1"}, "was not reported here"),
        ({"ends": "2020-01-01T10:00"}, "within 90 days"),
        ({"reason": ""}, "This field is required"),
    ],
)
def test_a_hold_that_cannot_stand_is_said_and_written_down(pavel, sign_in, notice, changes, said):
    answer = sign_in(pavel).post(reverse("removal:hold"), asked(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Hold.objects.exists()
    looked = AuditRecord.objects.filter(verb="address.looked_up", actor=pavel.id)
    assert looked.exists() == ("reason" not in changes)
    assert not looked.exclude(note="").exists()


def test_police_see_no_address_pages(pavel, sign_in, sighting, notice):
    client = sign_in(pavel)
    assert client.get(reverse("removal:address", args=[sighting])).status_code == 403
    assert client.get(reverse("removal:notice", args=[notice])).status_code == 403


def test_a_notice_that_was_not_sent_cannot_be_closed(mira, sign_in, notice):
    client = sign_in(mira)
    assert "It is written when it leaves" in text_of(client, "notice", notice)
    answer = client.post(reverse("removal:close", args=[notice]))
    assert answer.status_code == 422
    assert "Only a notice that was sent can be closed" in answer.content.decode()


def test_a_sent_notice_shows_its_letter_and_due_time_and_is_closed(mira, sign_in, sighting, notice):
    actions.approve_contact(mira, contact=Contact.objects.get().id)
    actions.send(SYSTEM, sighting=sighting, facts=queries.trace_of(sighting).facts)
    client = sign_in(mira)
    assert "answer due in" in text_of(client, "index")
    assert URL in text_of(client, "notice", notice)
    assert client.post(reverse("removal:close", args=[notice])).status_code == 302
    assert Notice.objects.get().state == "closed"
