"""What lies inside of an item, and inside of what an item lies, on the item's page."""

import io
import zipfile
from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tutela.scanning import Reason
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.journeys.tests.conftest import picture, run_due
from tutela_node.journeys.tests.test_reporting import import_table
from tutela_node.journeys.tests.test_stories import report_file

pytestmark = pytest.mark.django_db
__all__ = ["run_due"]
Show = Callable[[UUID], str]


@pytest.fixture
def show(mira: Actor) -> Show:
    from tutela_node.accounts.models import Person

    client = Client()
    client.force_login(Person.objects.get(id=mira.id))

    def page(item: UUID) -> str:
        answer = client.get(reverse("review:item", args=[item]))
        assert answer.status_code == 200
        return answer.content.decode()

    return page


def archive(**more: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        written.writestr("holiday/<b>a\u202e.jpg", picture(1))
        for name, data in more.items():
            written.writestr(name, data)
    return made.getvalue()


def items_of(report: UUID) -> tuple[UUID, ...]:
    from tutela_node.intake import queries as reports

    return reports.items_of_report(report)


def reported(harbour: Actor, run_due: Callable[[], int], data: bytes) -> tuple[UUID, ...]:
    report = report_file(harbour, data, str(hash(data))).report
    run_due()
    return items_of(report)


def test_the_page_of_an_archive_lists_what_lies_inside(harbour, noor, show: Show, run_due) -> None:
    import_table(noor, picture(1))
    data = archive(words=b"words", old=b"an old **ACE**")
    container, member = reported(harbour, run_due, data)
    page = show(container)
    assert reverse("review:item", args=[member]) in page
    assert "holiday/&lt;b&gt;a\ufffd.jpg" in page
    assert "exact match" in page.partition("What lies inside")[2].partition("Where it is")[0]
    assert "packed in a way that is not read <bdi>(1)" in page
    assert "no picture, film or sound <bdi>(1)" in page


def test_an_archive_that_leaves_the_queue_by_itself_says_so(harbour, show: Show, run_due) -> None:
    container, _member, _icon = reported(harbour, run_due, archive(icon=picture(9, (32, 32))))
    page = show(container)
    assert "this item leaves the queue by itself" in page
    assert "icon, nobody is asked" in page
    other, *_ = reported(harbour, run_due, archive(old=b"an old **ACE**"))
    assert "this item leaves the queue by itself" not in show(other)


def test_the_page_of_a_member_says_in_which_container_it_lay(harbour, show: Show, run_due) -> None:
    container, member = reported(harbour, run_due, archive())
    page = show(member)
    assert reverse("review:item", args=[container]) in page.partition("Lies inside of")[2]
    assert "it came inside of another file" in page
    assert "What lies inside" not in page


def test_a_file_that_holds_nothing_says_nothing_of_it(harbour, show: Show, run_due) -> None:
    (item,) = reported(harbour, run_due, picture(1))
    page = show(item)
    assert "What lies inside" not in page
    assert "Lies inside of" not in page


def test_an_archive_that_was_not_looked_into_whole_says_so(harbour, show: Show, run_due) -> None:
    from tutela_node.material import inside_actions
    from tutela_node.material.rules import Contents

    (item,) = reported(harbour, run_due, b"words")
    inside_actions.keep_inside(SYSTEM, container=item, found=(), piece=Contents(left_out={Reason.LOST: 1}))
    assert "It is still being looked into." in show(item)


def test_a_member_whose_sound_is_listed_says_so(harbour, noor, show: Show, run_due) -> None:
    pytest.importorskip("chromaprint", reason="Chromaprint's library is not installed")
    from tutela.media import fingerprint
    from tutela.media.tests.recordings import melody, sound
    from tutela_node.journeys.tests.test_sounds import import_sound

    import_sound(noor, fingerprint(sound(melody(10))).audio or "")
    again = sound(melody(10), codec="flac", form="flac", bits=0)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        written.writestr("a.flac", again)
    container, member = reported(harbour, run_due, made.getvalue())
    assert "same sound" in show(container).partition("What lies inside")[2].partition("Where it is")[0]
    page = show(member)
    assert "Chromaprint <bdi" in page.replace("\n", " ")
    assert "of the bits are equal." in page
