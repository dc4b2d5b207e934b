"""The pages of the blocking list: propose, be told why not, decide as a second person, take a release away."""

import pytest
from django.urls import reverse

from tutela_node.blocking import actions as blocking
from tutela_node.blocking import releasing
from tutela_node.blocking.models import Listing
from tutela_node.blocking.rules import DomainFacts
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM

pytestmark = pytest.mark.django_db
WORDS = "two people opened every page of it on 20 November"
ASKED = {
    "domain": "site.example",
    "grounds": "a court found the whole site unlawful",
    "wholly_dedicated": "on",
    "evidence": WORDS,
    "legal_basis": "XA-PC-184",
    "days": "30",
}


def propose(client, **changes):
    return client.post(reverse("blocking:propose"), {**ASKED, **changes})


def page_of(client, name="listing"):
    return reverse(f"blocking:{name}", args=[Listing.objects.get().id])


@pytest.mark.parametrize("name", ["mira", "noor", "ada"])
def test_who_reads_the_list_sees_it(name, request, sign_in):
    page = sign_in(request.getfixturevalue(name)).get(reverse("blocking:index"))
    assert "Nothing is blocked." in page.content.decode()


@pytest.mark.parametrize(("name", "page"), [("pavel", "index"), ("olga", "releases"), ("ada", "propose")])
def test_others_are_refused(name, page, request, sign_in):
    assert sign_in(request.getfixturevalue(name)).get(reverse(f"blocking:{page}")).status_code == 403


def test_the_form_shows_law_second_person_end_and_appeal(mira, noor, sign_in):
    text = sign_in(mira).get(reverse("blocking:propose")).content.decode()
    assert "Penal Code, section 184" in text
    assert "section 7 (repealed)" not in text
    assert "section 12" not in text
    assert "Noor Haddad" in text
    assert "At most 180 days" in text
    assert "appeals@hotline.exampleland.example" in text


def test_a_proposal_waits_for_a_second_person(mira, sign_in):
    client = sign_in(mira)
    answer = propose(client)
    assert answer["Location"] == page_of(client)
    text = client.get(answer["Location"]).content.decode()
    assert "site.example" in text
    assert "A senior colleague decides on this proposal." in text
    assert client.post(page_of(client, "approve")).status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"domain": "https://site.example/a"}, "without scheme, path or wildcard"),
        ({"domain": "a.pages.example"}, "shared by many customers"),
        ({"wholly_dedicated": ""}, "nly a domain that is wholly dedicated may be listed"),
        ({"days": "181"}, "from 1 to 180 days"),
        ({"legal_basis": "XA-OLD-7"}, "not one of the available choices"),
        ({"evidence": "short"}, "ow it was established"),
    ],
)
def test_what_the_rules_refuse_is_said_in_the_form_and_kept(mira, sign_in, changes, said):
    page = propose(sign_in(mira), **changes)
    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    assert "<title>Error:" in text
    assert ASKED["grounds"] in text
    assert not Listing.objects.exists()


def test_the_proposer_sees_the_decision_closed_and_is_refused(timo, sign_in):
    client = sign_in(timo)
    propose(client)
    text = client.get(page_of(client)).content.decode()
    assert "You proposed this listing, so you cannot decide it." in text
    assert text.count('aria-describedby="why-closed"') == 2
    answer = client.post(page_of(client, "approve"))
    assert answer.status_code == 422
    assert "Whoever proposed this listing cannot decide it" in answer.content.decode()
    assert Listing.objects.get().state == "proposed"


def test_a_second_person_approves_and_withdraws(timo, noor, sign_in):
    propose(sign_in(timo))
    client = sign_in(noor)
    assert client.post(page_of(client, "approve")).status_code == 302
    assert "blocked" in client.get(reverse("blocking:index")).content.decode()
    assert client.post(page_of(client, "withdraw"), {"reason": "no"}).status_code == 422
    assert client.post(page_of(client, "withdraw"), {"reason": "the host took it away"}).status_code == 302
    assert Listing.objects.get().state == "withdrawn"


def test_a_refusal_says_why(timo, noor, sign_in):
    propose(sign_in(timo))
    client = sign_in(noor)
    assert client.post(page_of(client, "refuse"), {"reason": ""}).status_code == 422
    client.post(page_of(client, "refuse"), {"reason": "the evidence is a year old"})
    assert "the evidence is a year old" in client.get(page_of(client)).content.decode()


def test_the_list_is_filtered_by_state(mira, sign_in):
    client = sign_in(mira)
    propose(client)
    assert "1 of 1 shown" in client.get(reverse("blocking:index") + "?state=proposed").content.decode()
    assert "No listing is in this state." in client.get(reverse("blocking:index") + "?state=refused").content.decode()


def test_a_release_is_taken_away_file_by_file(timo, noor, ada, sign_in, django_capture_on_commit_callbacks):
    propose(sign_in(timo))
    blocking.approve(noor, listing=Listing.objects.get().id, facts=DomainFacts(sightings=0, illegal=0))
    with django_capture_on_commit_callbacks(execute=True):
        blocking.publish(SYSTEM, written=releasing.write())
    client, address = sign_in(timo), reverse("blocking:release-file", args=[1, "zone.rpz"])
    assert address in client.get(reverse("blocking:releases")).content.decode()
    answer = client.get(address)
    assert b"site.example" in answer.content
    assert answer["Content-Disposition"] == 'attachment; filename="release-1-zone.rpz"'
    assert AuditRecord.objects.filter(verb="release.fetched", actor=timo.id).count() == 1
    assert address not in sign_in(ada).get(reverse("blocking:releases")).content.decode()
    assert sign_in(ada).get(address).status_code == 403
