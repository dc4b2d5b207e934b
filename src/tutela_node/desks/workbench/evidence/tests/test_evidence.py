"""The pages of evidence: exhibits, a package that two people release, what police see, the custody log."""

import pytest
from django.urls import reverse

from tutela.custody import parse_policy
from tutela_node.evidence import actions
from tutela_node.evidence.models import Package
from tutela_node.evidence.packaging import Built, folder
from tutela_node.evidence.sequencer import sequence
from tutela_node.evidence.vault import receive
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM

pytestmark = pytest.mark.django_db
RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"  # the public example of the format
REASON = "asked for in case 12 of the unit"


@pytest.fixture
def item(db):
    from tutela_node.material.actions import register_item

    with receive(1000) as receiver:
        receiver.write(b"a benign pattern")
        received = receiver.seal()
    actions.admit_object(SYSTEM, received=received, source="test")
    item = register_item(SYSTEM, object_id=received.object_id, size=received.size, reference="118204-1")
    actions.make_exhibit(SYSTEM, item=item, object_id=received.object_id)
    return item


@pytest.fixture
def key(pavel):
    from tutela_node.accounts.actions import register_recipient_key

    return register_recipient_key(SYSTEM, organisation=pavel.organisation, public=RECIPIENT, label="evidence desk")


@pytest.fixture
def propose(item, key):
    def run(client, **changes):
        asked = {"items": [str(item)], "recipient": str(key), "legal_basis": "XA-PC-184", "reason": REASON}
        return client.post(reverse("evidence:propose"), {**asked, **changes})

    return run


def page(name="package"):
    return reverse(f"evidence:{name}", args=[Package.objects.get().id])


def build():
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / "made.age").write_bytes(b"sealed")
    built = Built(file="made.age", size=6, sha256="ab" * 32)
    actions.name_package(SYSTEM, package=Package.objects.get().id, built=built)


SEEN = [("mira", "packages"), ("ada", "packages"), ("pavel", "packages"), ("noor", "exhibits"), ("olga", "custody")]
CLOSED = [("pavel", "exhibits"), ("pavel", "custody"), ("pavel", "propose"), ("ada", "propose"), ("olga", "packages")]


@pytest.mark.parametrize(("name", "address"), SEEN)
def test_who_may_see_a_page_sees_it(name, address, request, sign_in):
    assert sign_in(request.getfixturevalue(name)).get(reverse(f"evidence:{address}")).status_code == 200


@pytest.mark.parametrize(("name", "address"), CLOSED)
def test_others_are_refused(name, address, request, sign_in):
    assert sign_in(request.getfixturevalue(name)).get(reverse(f"evidence:{address}")).status_code == 403


def test_exhibits_lead_to_their_item_and_their_release(item, mira, sign_in):
    text = sign_in(mira).get(reverse("evidence:exhibits")).content.decode()
    assert "118204-1" in text
    assert f"{reverse('evidence:propose')}?item={item}" in text


def test_the_form_shows_law_recipient_and_second_person(item, key, mira, noor, sign_in):
    text = sign_in(mira).get(reverse("evidence:propose"), {"item": str(item)}).content.decode()
    assert "Penal Code, section 184" in text
    assert "Child Protection Act" not in text
    assert "Exampleland Police, child protection unit, evidence desk" in text
    assert "Noor Haddad" in text
    assert text.count(" checked") >= 2


def test_without_a_key_the_form_says_what_is_missing(item, mira, sign_in):
    text = sign_in(mira).get(reverse("evidence:propose")).content.decode()
    assert "the operator registers keys" in text
    assert 'class="btn" disabled' in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": "why"}, "Say why in a sentence"),
        ({"items": []}, "This field is required"),
        ({"legal_basis": "XA-CPA-12"}, "not one of the available choices"),
    ],
)
def test_what_the_rules_refuse_is_said_in_the_form_and_kept(mira, sign_in, propose, changes, said):
    answer = propose(sign_in(mira), **changes)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert changes.get("reason", REASON) in text
    assert not Package.objects.exists()


def test_the_proposer_sees_the_approval_closed_and_is_refused(timo, sign_in, propose):
    client = sign_in(timo)
    assert propose(client)["Location"] == page()
    assert "You proposed this package, so you cannot approve it." in client.get(page()).content.decode()
    answer = client.post(page("approve"))
    assert answer.status_code == 422
    assert "Whoever proposed this release cannot approve it" in answer.content.decode()
    assert Package.objects.get().state == "proposed"


def test_a_second_person_approves_or_refuses_with_a_reason(mira, noor, sign_in, propose):
    propose(sign_in(mira))
    client = sign_in(noor)
    assert client.post(page("refuse"), {"reason": "no"}).status_code == 422
    assert client.post(page("approve")).status_code == 302
    assert "being built" in client.get(page()).content.decode()
    assert client.post(page("refuse"), {"reason": "too late for a refusal"}).status_code == 422


def test_police_fetch_what_was_released_to_them_and_it_is_logged(mira, noor, pavel, sign_in, propose):
    propose(sign_in(mira))
    police = sign_in(pavel)
    assert "Nothing was released to your organisation yet." in police.get(reverse("evidence:packages")).content.decode()
    assert police.get(page()).status_code == 404
    sign_in(noor).post(page("approve"))
    build()
    answer = police.post(page("fetch"))
    assert b"".join(answer.streaming_content) == b"sealed"
    assert answer["Content-Disposition"].endswith('.age"')
    assert AuditRecord.objects.get(verb="package.fetched").actor == pavel.id


def test_an_analyst_does_not_fetch(mira, noor, sign_in, propose):
    client = sign_in(mira)
    propose(client)
    sign_in(noor).post(page("approve"))
    build()
    assert client.post(page("fetch")).status_code == 403
    assert "The recipient or a senior colleague fetches it." in client.get(page()).content.decode()


def test_a_package_does_not_leave_by_a_link(noor, mira, sign_in, propose):
    propose(sign_in(mira))
    assert sign_in(noor).get(page("fetch")).status_code == 405


def test_the_log_shows_events_of_an_item_and_the_checkpoint(item, ada, sign_in):
    sequence()
    client = sign_in(ada)
    text = client.get(reverse("evidence:custody")).content.decode()
    assert "exhibit.made" in text
    assert "exampleland.example/node/log" in text
    about = client.get(reverse("evidence:custody"), {"item": "118204-1"}).content.decode()
    assert "2 events about 118204-1" in about
    assert "object.admitted" not in about
    unknown = client.get(reverse("evidence:custody"), {"item": "NOTHING"}).content.decode()
    assert "There is no item of this reference." in unknown


def test_the_policy_file_names_the_keys(pavel, sign_in):
    answer = sign_in(pavel).get(reverse("evidence:policy"))
    assert parse_policy(answer.content).package_keys
