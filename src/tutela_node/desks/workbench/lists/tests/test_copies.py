"""The pages of copies: who sees them, two people, and what stays closed."""

from uuid import uuid4

import pyrage
import pytest
from django.urls import reverse

from tutela_node.accounts import actions as accounts
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import copy_actions, copy_building
from tutela_node.hashlists.actions import admit
from tutela_node.hashlists.models import HashList, ListCopy

pytestmark = pytest.mark.django_db
WHY = "asked for by letter of 4 November"


@pytest.fixture
def national():
    prints = {"sha256": ("ab" * 32, None)}
    admit(SYSTEM, item=uuid4(), fingerprints=prints, verdict=uuid4(), scheme="XA", code="A", people=2)
    return HashList.objects.get(is_national=True)


@pytest.fixture
def key(harbour):
    agreement = {"kind": "hashlists", "basis": "Contract of 4 May", "days": 30}
    accounts.sign_agreement(SYSTEM, organisation=harbour.organisation, **agreement)
    public = str(pyrage.x25519.Identity.generate().to_public())
    return accounts.register_recipient_key(SYSTEM, organisation=harbour.organisation, public=public, label="Filter")


def propose(client, national, key):
    told = {"recipient": str(key), "legal_basis": "XA-PC-184", "reason": WHY}
    return client.post(reverse("lists:propose_copy", args=[national.id]), told)


@pytest.mark.parametrize(
    ("name", "status"), [("mira", 200), ("noor", 200), ("ada", 200), ("olga", 200), ("pavel", 403)]
)
def test_who_may_read_of_copies(name, status, request, sign_in):
    assert sign_in(request.getfixturevalue(name)).get(reverse("lists:copies")).status_code == status


def test_a_copy_goes_through_two_people_and_is_fetched_by_a_form(national, key, timo, noor, sign_in):
    first, second = sign_in(timo), sign_in(noor)
    answer = propose(first, national, key)
    assert answer.status_code == 302
    row = ListCopy.objects.get()
    page = first.get(answer["Location"]).content.decode()
    assert "so you cannot approve it" in page
    assert first.post(reverse("lists:approve_copy", args=[row.id])).status_code in (403, 422)
    assert second.post(reverse("lists:approve_copy", args=[row.id])).status_code == 302
    copy_actions.name_copy(SYSTEM, copy=row.id, built=copy_building.build(row.id))
    assert second.get(reverse("lists:fetch_copy", args=[row.id])).status_code == 405
    file = second.post(reverse("lists:fetch_copy", args=[row.id]))
    assert b"".join(file.streaming_content).startswith(b"age-encryption.org/v1")
    assert file["Content-Disposition"].endswith('.age"')


def test_an_analyst_neither_proposes_nor_decides_nor_fetches(national, key, timo, mira, sign_in):
    propose(sign_in(timo), national, key)
    copy, client = ListCopy.objects.get().id, sign_in(mira)
    assert propose(client, national, key).status_code == 403
    for name in ("approve_copy", "refuse_copy", "fetch_copy"):
        assert client.post(reverse(f"lists:{name}", args=[copy]), {"reason": WHY}).status_code == 403


def test_what_is_missing_is_said_and_nothing_can_be_sent(national, timo, sign_in):
    page = sign_in(timo).get(reverse("lists:propose_copy", args=[national.id])).content.decode()
    assert "A copy needs a recipient" in page
    assert "disabled" in page


def test_a_refusal_keeps_its_reason(national, key, timo, noor, sign_in):
    propose(sign_in(timo), national, key)
    copy = ListCopy.objects.get().id
    client = sign_in(noor)
    assert client.post(reverse("lists:refuse_copy", args=[copy]), {"reason": "no"}).status_code == 422
    assert client.post(reverse("lists:refuse_copy", args=[copy]), {"reason": WHY}).status_code == 302
    assert WHY in client.get(reverse("lists:copy", args=[copy])).content.decode()
