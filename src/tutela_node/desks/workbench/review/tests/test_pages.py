"""The review pages as their readers meet them: who may come in, what is shown, what a form does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM, Actor

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
NEAR = {
    "closeness": "near",
    "entry": "E-88213",
    "list_name": "national",
    "trusted": True,
    "code": "B",
    "distance": 6,
    "quality": 94,
}
Enter = Callable[[Actor], Client]


@pytest.fixture
def enter() -> Enter:
    def signed_in(actor: Actor) -> Client:
        from tutela_node.accounts.models import Person

        client = Client()
        client.force_login(Person.objects.get(id=actor.id))
        return client

    return signed_in


@pytest.fixture
def queued(db: None) -> Callable[..., UUID]:
    def make(match: dict[str, object] | None = NEAR, reference: str = "118204-1") -> UUID:
        from tutela_node.material import actions as material
        from tutela_node.review import actions, rules

        item = material.register_item(SYSTEM, object_id=None, size=1000, reference=reference)
        bucket, reason = rules.bucket_of(match=match, reuse_distance=8, reuse_quality=80)
        due = clock.now() + timedelta(hours=30)
        actions.enqueue(SYSTEM, item=item, bucket=bucket, reason=reason, match=match, due_at=due)
        return item

    return make


def post(client: Client, name: str, id: UUID, **fields: str) -> "HttpResponse":
    return client.post(reverse(f"review:{name}", args=[id]), fields)


def page(client: Client, id: UUID) -> str:
    return client.get(reverse("review:item", args=[id])).content.decode()


def test_who_is_not_signed_in_is_sent_to_the_door(queued: Callable[..., UUID]) -> None:
    for address in (reverse("review:queue"), reverse("review:item", args=[queued()])):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert "login" in answer.headers["Location"]


@pytest.mark.parametrize("outsider", ["pavel", "olga", "ada"])
def test_other_roles_are_refused(
    outsider: str, request: pytest.FixtureRequest, enter: Enter, queued: Callable[..., UUID]
) -> None:
    client, item = enter(request.getfixturevalue(outsider)), queued()
    assert client.get(reverse("review:queue")).status_code == 403
    assert client.get(reverse("review:item", args=[item])).status_code == 403
    assert post(client, "assess", item, code="B", ground="near_match").status_code == 403


def test_an_empty_queue_says_what_next(mira: Actor, enter: Enter) -> None:
    shown = enter(mira).get(reverse("review:queue"))
    assert shown.status_code == 200
    assert "New items appear here as soon as they are matched." in shown.content.decode()


def test_the_queue_is_filtered_by_a_form(mira: Actor, enter: Enter, queued: Callable[..., UUID]) -> None:
    queued(), queued(None, "118211-1")
    found = enter(mira).get(reverse("review:queue"), {"q": "no match"}).content.decode()
    assert "118211-1" in found
    assert "118204-1" not in found
    assert "1 of 2 shown" in found


def test_an_item_says_what_is_known_and_claims_nothing(
    mira: Actor, timo: Actor, enter: Enter, queued: Callable[..., UUID]
) -> None:
    from tutela_node.review import queries

    item = queued()
    shown = page(enter(mira), item)
    assert "Very likely a copy of entry" in shown
    assert "Take over verdict" in shown
    assert queries.entry(timo, item).claimed_by is None


def test_a_decision_is_recorded_and_can_be_withdrawn(mira: Actor, enter: Enter, queued: Callable[..., UUID]) -> None:
    from tutela_node.review import queries

    client, item = enter(mira), queued()
    assert post(client, "assess", item, code="B", ground="near_match").headers["Location"] == reverse("review:queue")
    made = queries.pending(mira)[0]
    assert "takes effect at" in client.get(reverse("review:queue")).content.decode()
    assert post(client, "withdraw", made.id).status_code == 302
    assert queries.pending(mira) == ()
    assert "Withdrawn. The item is open again." in page(client, item)


def test_recording_leads_to_the_next_item(mira: Actor, enter: Enter, queued: Callable[..., UUID]) -> None:
    first, second = queued(), queued(reference="118204-2")
    answer = post(enter(mira), "assess", first, code="B", ground="near_match")
    assert answer.headers["Location"] == reverse("review:item", args=[second])


def test_the_second_person_is_not_told_the_first_code(
    mira: Actor, timo: Actor, enter: Enter, queued: Callable[..., UUID]
) -> None:
    item = queued(None)
    post(enter(mira), "assess", item, code="D", ground="own_view")
    shown = page(enter(timo), item)
    assert "1 other person" in shown
    assert "not shown yet" in shown


def test_a_colleagues_claim_closes_the_form_and_says_why(
    mira: Actor, timo: Actor, enter: Enter, queued: Callable[..., UUID]
) -> None:
    item = queued()
    assert post(enter(timo), "claim", item).status_code == 302
    client = enter(mira)
    assert "<fieldset disabled" in page(client, item)
    assert "Timo Aho" in page(client, item)
    refused = post(client, "assess", item, code="B", ground="near_match")
    assert refused.status_code == 409
    assert "A colleague works on this item." in refused.content.decode()
    assert post(enter(timo), "release", item).status_code == 302
    assert "<fieldset disabled" not in page(client, item)


@pytest.mark.parametrize(
    ("code", "ground", "said"),
    [
        ("", "near_match", "Choose one of the codes."),
        ("B", "", "does not carry this ground"),
        ("B", "own_view", "does not carry this ground"),
        ("A", "near_match", "keeps its category"),
    ],
)
def test_what_is_refused_is_explained_and_kept(
    code: str, ground: str, said: str, mira: Actor, enter: Enter, queued: Callable[..., UUID]
) -> None:
    refused = post(enter(mira), "assess", queued(), code=code, ground=ground)
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert said in shown
    assert "<title>Error:" in shown
    assert shown.count(" checked>") == (2 if code else 1)  # the code that was chosen, and the keys' own switch


def test_taking_over_works_without_scripts(mira: Actor, enter: Enter, queued: Callable[..., UUID]) -> None:
    shown = enter(mira).get(reverse("review:item", args=[queued()]), {"take": "1"}).content.decode()
    assert 'value="near_match" selected' in shown
    assert shown.index('value="B"') < shown.index("checked") < shown.index('value="N"')


def test_the_search_finds_by_reference_and_says_when_nothing_was_asked(
    mira: Actor, enter: Enter, queued: Callable[..., UUID]
) -> None:
    client, item = enter(mira), queued()
    found = client.post(reverse("review:search"), {"text": "118204-1"}).content.decode()
    assert reverse("review:item", args=[item]) in found
    empty = client.post(reverse("review:search"), {"text": " "})
    assert empty.status_code == 422
    assert "Enter a reference" in empty.content.decode()


def test_an_unknown_item_is_missing(mira: Actor, enter: Enter) -> None:
    assert enter(mira).get(reverse("review:item", args=[UUID(int=7)])).status_code == 404


def test_arabic_pages_run_from_the_right(mira: Actor, enter: Enter, queued: Callable[..., UUID]) -> None:
    from django.conf import settings

    client = enter(mira)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    shown = page(client, queued())
    assert 'lang="ar" dir="rtl"' in shown
    assert "اعتماد الحكم" in shown


@pytest.fixture
def told(harbour: Actor) -> Callable[[str], UUID]:
    """A report of words that stands in the queue; all of them name one account."""

    def make(words: str) -> UUID:
        from tutela_node.intake import actions as intake
        from tutela_node.intake.documents import Document
        from tutela_node.intake.facts import Facts
        from tutela_node.intake.rules import Channel
        from tutela_node.intake.sense import Found
        from tutela_node.intake.sense_actions import weigh_report
        from tutela_node.review import actions, rules

        facts = Facts(accounts=("chat.example:kite",))
        document = Document(channel=Channel.XARF, original=words.encode(), words=words, facts=facts)
        report = intake.receive_document(replace(harbour, scopes=None), document=document).report
        weigh_report(SYSTEM, report=report, found=Found.UNCHECKED)
        text, why = rules.Bucket.TEXT, rules.Reason.WORDS_ONLY
        actions.enqueue(SYSTEM, item=report, bucket=text, reason=why, match=None, due_at=clock.now())
        return report

    return make


def test_reports_of_one_case_are_decided_alike(enter: Enter, mira: Actor, told: Callable[[str], UUID]) -> None:
    from tutela_node.review import queries

    first, second, third = (told(f"a test message, number {number}") for number in range(3))
    client = enter(mira)
    shown = client.get(reverse("review:item", args=[first])).content.decode()
    assert "a test message, number 1" in shown
    assert "a test message, number 2" in shown
    done = client.post(
        reverse("review:assess", args=[first]), {"code": "A", "ground": "own_view", "alike": [str(second)]}, follow=True
    )
    assert "1 other report got the same decision." in done.content.decode()
    assert done.redirect_chain[-1][0] == reverse("review:item", args=[third])
    assert queries.words_for(mira, [first, second, third]) == (third,)


@pytest.mark.parametrize("alike", ["", "x", "0192d5a0-0000-7000-8000-000000000000"])
def test_what_is_not_of_the_case_is_refused_and_said(
    enter: Enter, mira: Actor, told: Callable[[str], UUID], alike: str
) -> None:
    first, _ = told("a test message"), told("another one")
    answer = post(enter(mira), "assess", first, code="A", ground="own_view", alike=alike)
    assert answer.status_code == 409
    assert "A report that you ticked was taken" in answer.content.decode()


def test_a_known_sound_says_its_percent_and_offers_no_take_over(
    mira: Actor, enter: Enter, queued: Callable[..., UUID]
) -> None:
    client, item = enter(mira), queued(NEAR | {"algorithm": "chromaprint", "distance": 8, "via": "sound"})
    shown = page(client, item)
    assert 'Sound: <bdi class="nobr">92 %</bdi> of the bits are equal.' in shown
    assert "it is a hint, decides nothing and is never taken over" in shown
    assert "Take over verdict" not in shown
    assert "of 256" not in shown
    assert 'same sound <bdi class="nobr">92 %</bdi>' in shown
    assert post(client, "assess", item, code="B", ground="near_match").status_code in (400, 409, 422)


def test_a_sound_beside_a_near_match_is_told_in_a_line_of_its_own(
    mira: Actor, enter: Enter, queued: Callable[..., UUID]
) -> None:
    from tutela.matching.tests.soundtexts import text_of
    from tutela_node.foundation.ids import new_id
    from tutela_node.hashlists import actions, index, match_actions

    item = queued(NEAR | {"distance": 27, "via": "frame 3"})
    sound = {"chromaprint": (text_of(np.random.default_rng(1).integers(0, 2**32, 90, dtype=np.uint32)), None)}
    index.forget()
    index.load()
    actions.admit(SYSTEM, item=new_id(), fingerprints=sound, verdict=new_id(), scheme="XA", code="B", people=2)
    match_actions.match_item(SYSTEM, item=item, fingerprints=sound)
    shown = page(enter(mira), item)
    assert "One frame of it matches; the others may show something else." in shown
    assert 'It also has the sound of entry <span class="ref">E-1</span> on the list' in shown
    assert '<bdi class="nobr">100 %</bdi> of the bits are equal' in shown
