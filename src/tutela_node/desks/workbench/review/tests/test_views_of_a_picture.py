"""Opening a picture: what it costs, who may see it, when it closes."""

import io
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM, Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def pictured(db: None) -> UUID:
    """A queued item with a generated gradient in the vault."""
    from tutela.media import fingerprint
    from tutela_node.evidence import actions as evidence
    from tutela_node.evidence.vault import receive
    from tutela_node.material import actions as material
    from tutela_node.review import actions

    content = io.BytesIO()
    Image.linear_gradient("L").save(content, "PNG")
    with receive(1_000_000) as receiver:
        receiver.write(content.getvalue())
        received = receiver.seal()
    object_id = evidence.admit_object(SYSTEM, received=received, source="test")
    item = material.register_item(SYSTEM, object_id=object_id, size=received.size)
    material.fingerprint_item(SYSTEM, item=item, prints=fingerprint(content.getvalue()))
    actions.enqueue(SYSTEM, item=item, bucket="look", reason="no_match", match=None)
    return item


def signed_in(actor: Actor) -> Client:
    from tutela_node.accounts.models import Person

    client = Client()
    client.force_login(Person.objects.get(id=actor.id))
    return client


def opened(client: Client, item: UUID) -> str:
    """Opens one view and says where its page is."""
    return str(client.post(reverse("review:look", args=[item])).headers["Location"])


def view_of(address: str) -> UUID:
    return UUID(address.partition("view=")[2].partition("#")[0])


def test_the_price_is_stated_before_anything_opens(mira: Actor, pictured: UUID) -> None:
    shown = signed_in(mira).get(reverse("review:item", args=[pictured])).content.decode()
    assert "Counts as 1 view, is logged, closes after 20 seconds." in shown
    assert "The facts alone do not carry a decision." in shown
    assert "<img" not in shown


def test_a_view_shows_closes_by_itself_and_is_counted(mira: Actor, pictured: UUID) -> None:
    client = signed_in(mira)
    answer = client.get(opened(client, pictured))
    shown = answer.content.decode()
    assert "<img" in shown
    assert answer.headers["Refresh"].startswith("21;url=/")
    assert "1 of 40" in shown


def test_the_picture_is_small_kept_nowhere_and_its_openers_alone(mira: Actor, timo: Actor, pictured: UUID) -> None:
    client = signed_in(mira)
    address = reverse("review:picture", args=[view_of(opened(client, pictured))])
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert max(Image.open(io.BytesIO(answer.content)).size) <= 512
    assert signed_in(timo).get(address).status_code == 404


def test_a_closed_view_shows_nothing(mira: Actor, pictured: UUID) -> None:
    client = signed_in(mira)
    address = opened(client, pictured)
    with clock.standing_at(clock.now() + timedelta(seconds=21)):
        assert client.get(reverse("review:picture", args=[view_of(address)])).status_code == 404
        assert "<img" not in client.get(address).content.decode()


def test_who_looked_may_say_own_view(mira: Actor, pictured: UUID) -> None:
    from tutela_node.review import queries

    client = signed_in(mira)
    opened(client, pictured)
    assert (
        client.post(reverse("review:assess", args=[pictured]), {"code": "N", "ground": "own_view"}).status_code == 302
    )
    assert queries.pending(mira)[0].viewed


def test_at_the_days_limit_the_veil_stays_shut(mira: Actor, pictured: UUID) -> None:
    from tutela_node.evidence import actions as evidence

    for _ in range(40):
        evidence.open_view(mira, item=pictured, closes_at=clock.now())
    refused = signed_in(mira).post(reverse("review:look", args=[pictured]))
    assert refused.status_code == 429
    assert "Your views of today are used up." in refused.content.decode()
