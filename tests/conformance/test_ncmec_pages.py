"""NCMEC hash-sharing replies from a public client's tests: every entry, deletion, problem and link."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tutela.errors import Invalid
from tutela.hashlists import Classification, Feedback, ListEntry, MediaKind, Page, Problem, Source

Found = list[ListEntry | Problem]


def pages(cases: Path, name: str) -> tuple[Found, str | None]:
    with (cases / "hashing/ncmec_v2" / name).open("rb") as stream:
        page = Page(stream)
        return list(page), page.next


def test_the_first_page(cases: Path) -> None:
    (problem, image, deleted, video, deleted_video), following = pages(cases, "entries_xml.xml")
    assert isinstance(problem, Problem)
    assert problem.place == "image 1, pdna"
    assert image == ListEntry(
        id="image1",
        kind=MediaKind.IMAGE,
        hashes=(("md5", "a1" * 16), ("sha1", "a1" * 20)),
        classification=Classification(scheme="ncmec-industry", code="A1"),
        source=Source(id="42", name="Example Member"),
        timestamp=datetime(2017, 10, 24, 15, tzinfo=UTC),
        feedback=(Feedback(algorithm="md5", affirmative=1), Feedback(algorithm="sha1", negative=1)),
    )
    assert [(each.id, each.deleted) for each in (deleted, video, deleted_video) if isinstance(each, ListEntry)] == [
        ("image4", True),
        ("video1", False),
        ("video4", True),
    ]
    assert following is not None
    assert following.endswith("&start=2001&size=1000&max=3000")


@pytest.mark.parametrize(
    ("name", "ids", "problems"),
    [
        ("entries_no_data_xml.xml", [], 0),
        ("entries_xml2.xml", ["image10"], 1),
        ("entries_xml3.xml", ["willupdate", "willdelete"], 0),
    ],
)
def test_other_pages(cases: Path, name: str, ids: list[str], problems: int) -> None:
    found, _ = pages(cases, name)
    assert [each.id for each in found if isinstance(each, ListEntry)] == ids
    assert sum(isinstance(each, Problem) for each in found) == problems


@pytest.mark.parametrize("name", ["status_xml.xml", "feedback_reasons_xml.xml", "affirmative_feedback_xml.xml"])
def test_other_replies_are_no_pages(cases: Path, name: str) -> None:
    with pytest.raises(Invalid, match="queryResult"):
        pages(cases, name)
