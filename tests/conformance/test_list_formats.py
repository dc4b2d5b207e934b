"""The lists of the cases: each is told by its content, and says what its makers say it says."""

from pathlib import Path

import pytest

from tutela.hashlists import FORMATS, HEAD, ListEntry, Problem, sniff


def read(path: Path) -> tuple[str, list[ListEntry], list[Problem]]:
    with path.open("rb") as stream:
        form = sniff(stream.read(HEAD))
        stream.seek(0)
        found = list(form.read(stream))
    entries = [each for each in found if isinstance(each, ListEntry)]
    return form.name, entries, [each for each in found if isinstance(each, Problem)]


@pytest.mark.parametrize(
    ("path", "name", "count"),
    [
        ("hashing/stopncii/fetch_page1.json", "stopncii", 2),
        ("hashing/stopncii/fetch_page2.json", "stopncii", 1),
        ("vics/sample_vics13_hashset.json", "vics", 1),
        ("vics/sample_vics20_hashset.json", "vics", 1),
        ("vics/sample_vics20_case.json", "vics", 2),
        ("vics/sample_icse.csv", "icse", 1),
    ],
)
def test_every_entry_is_read(cases: Path, path: str, name: str, count: int) -> None:
    form, entries, problems = read(cases / path)
    assert (form, len(entries), problems) == (name, count, [])


def test_hashes_that_are_too_short_are_problems_of_their_own(cases: Path) -> None:
    form, entries, problems = read(cases / "hashing/tat/hash_list_page.json")
    assert (form, entries) == ("tat", [])
    assert {problem.place.partition(",")[0] for problem in problems} == {"results 1", "results 2", "results 3"}


def test_feedback_and_status_are_kept(cases: Path) -> None:
    _, (entry,), _ = read(cases / "hashing/stopncii/fetch_page2.json")
    assert (entry.feedback[0].affirmative, entry.deleted) == (1, False)
    assert {"Nude", "Objectionable"} <= set(entry.tags)


def test_upper_case_and_other_hashes_of_vics_meet_ours(cases: Path) -> None:
    _, (first, second), _ = read(cases / "vics/sample_vics20_case.json")
    assert dict(first.hashes)["sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert dict(second.hashes)["sha1"] == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert set(FORMATS) >= {"vics", "stopncii", "tat", "icse", "ncmec", "threatexchange", "nsrl"}
