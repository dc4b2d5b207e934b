"""Hits carry the entry, how sure they are and through which form of the picture they came."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tutela.errors import Conflict, Invalid
from tutela.matching import Hit, HitClass, Id, Matcher, Needle

SHA = hashlib.sha256(b"pattern").hexdigest()
MD5 = hashlib.md5(b"pattern").hexdigest()
GRID = "f0" * 32
NEAR_GRID = "ff" + "f0" * 31  # 4 bits away
OTHER = "0f" * 32


@pytest.fixture
def matcher() -> Matcher:
    made = Matcher()
    made.add([("e1", [("sha256", SHA), ("pdq", GRID)]), ("e2", [("md5", MD5)]), ("e3", [("pdq", NEAR_GRID)])])
    return made


def test_exact_hits_come_before_near_ones_and_near_ones_by_distance(matcher: Matcher) -> None:
    hits = matcher.match(Needle(hashes={"pdq": NEAR_GRID.upper(), "sha256": SHA.upper(), "md5": MD5}))
    assert [(hit.entry, hit.algorithm, hit.distance) for hit in hits] == [
        ("e1", "sha256", 0),
        ("e2", "md5", 0),
        ("e3", "pdq", 0),
        ("e1", "pdq", 4),
    ]
    assert [hit.hit_class for hit in hits] == [HitClass.EXACT, HitClass.EXACT, HitClass.NEAR, HitClass.NEAR]


def test_rebuilding_changes_no_answer(matcher: Matcher) -> None:
    needle = Needle(hashes={"pdq": GRID, "md5": MD5})
    before = matcher.match(needle)
    matcher.rebuild()
    assert matcher.match(needle) == before


def test_a_poor_picture_is_not_compared_by_its_pdq_hash(matcher: Matcher) -> None:
    hashes = {"pdq": GRID, "md5": MD5}
    assert [hit.algorithm for hit in matcher.match(Needle(hashes=hashes, quality=49))] == ["md5"]
    assert len(matcher.match(Needle(hashes=hashes, quality=50))) == 3
    assert len(matcher.match(Needle(hashes=hashes, quality=0), min_quality=0)) == 3


def test_a_variant_hits_under_its_name_and_the_plain_form_wins_ties(matcher: Matcher) -> None:
    turned = matcher.match(Needle(hashes={"pdq": OTHER}, variants={"rotated-90": GRID}), threshold=3)
    assert turned == (Hit(entry="e1", algorithm="pdq", distance=0, hit_class=HitClass.NEAR, via="rotated-90"),)
    tied = matcher.match(Needle(hashes={"pdq": GRID}, variants={"mirrored": GRID}), threshold=3)
    assert [hit.via for hit in tied] == ["plain"]


def test_a_threshold_beyond_the_buckets_still_answers(matcher: Matcher) -> None:
    assert len(matcher.match(Needle(hashes={"pdq": OTHER}), threshold=256)) == 2


def test_removed_entries_are_gone_from_every_table(matcher: Matcher) -> None:
    assert matcher.remove(["e1"]) == 2
    assert [hit.entry for hit in matcher.match(Needle(hashes={"pdq": GRID, "sha256": SHA}))] == ["e3"]
    assert len(matcher) == 2


@pytest.mark.parametrize(
    ("needle", "place"),
    [
        (Needle(hashes={"pdq": "f0"}), "pdq"),
        (Needle(hashes={"md5": "x" * 32}), "md5"),
        (Needle(hashes={"crc": "00"}), "crc"),
        (Needle(hashes={}, variants={"mirrored": "f0"}), "variant mirrored"),
    ],
)
def test_a_bad_needle_is_refused_with_its_place(matcher: Matcher, needle: Needle, place: str) -> None:
    with pytest.raises(Invalid) as caught:
        matcher.match(needle)
    assert caught.value.place == place


def test_a_bad_entry_adds_nothing_and_unknown_algorithms_are_counted() -> None:
    matcher = Matcher()
    with pytest.raises(Invalid, match="pdq of entry 1"):
        matcher.add([("good", [("md5", MD5)]), ("bad", [("pdq", "00")])])
    assert len(matcher) == 0
    assert matcher.add([("other", [("licensed", "opaque"), ("md5", MD5)])]) == {"licensed": 1}


def numbered() -> Matcher:
    made = Matcher()
    made.add([(1, [("sha256", SHA), ("pdq", GRID)])], group=1)
    made.add([(2, [("md5", MD5), ("pdq", NEAR_GRID)])], group=2)
    made.add([(3, [("pdq", OTHER)])], group=65_535)
    return made


def test_each_list_has_its_threshold_and_a_question_may_leave_lists_out() -> None:
    matcher, needle = numbered(), Needle(hashes={"pdq": GRID, "sha256": SHA, "md5": MD5})

    def entries(**scope: Any) -> list[tuple[Id, str]]:
        return [(hit.entry, hit.algorithm) for hit in matcher.match(needle, **scope)]

    assert entries() == [(1, "sha256"), (2, "md5"), (1, "pdq"), (2, "pdq")]
    assert entries(thresholds={2: 3}) == [(1, "sha256"), (2, "md5"), (1, "pdq")]
    assert entries(groups={2}) == [(2, "md5"), (2, "pdq")]
    assert entries(groups={1, 2}, thresholds={2: 4}, threshold=0) == entries()
    assert entries(groups=()) == []
    assert [hit.group for hit in matcher.match(Needle(hashes={"pdq": OTHER}))] == [65_535]


def test_one_entry_in_two_lists_hits_in_both() -> None:
    matcher = Matcher()
    for group in (3, 4):
        matcher.add([(1, [("pdq", GRID)])], group=group)
    assert [hit.group for hit in matcher.match(Needle(hashes={"pdq": GRID}))] == [3, 4]
    assert matcher.remove([1]) == 2


@pytest.mark.parametrize("scope", [{"thresholds": {1: 257}}, {"groups": {65_536}}, {"thresholds": {-1: 3}}])
def test_a_scope_outside_the_bounds_is_refused(scope: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        numbered().match(Needle(hashes={"pdq": GRID}), **scope)
    with pytest.raises(Invalid, match="group"):
        numbered().add([(9, [("pdq", GRID)])], group=65_536)


def test_many_needles_are_answered_as_one_by_one_and_in_their_order() -> None:
    matcher = numbered()
    needles = [
        Needle(hashes={"pdq": OTHER}),
        Needle(hashes={"pdq": GRID}, quality=3),
        Needle(hashes={"sha256": SHA}, variants={"mirrored": NEAR_GRID}),
        Needle(hashes={}),
    ]
    assert matcher.match_many(needles) == tuple(matcher.match(needle) for needle in needles)
    assert matcher.match_many(needles, threads=2) == matcher.match_many(needles)
    assert matcher.match_many(()) == ()


def test_a_written_folder_is_mapped_and_goes_on_changing(tmp_path: Path) -> None:
    matcher, needle = numbered(), Needle(hashes={"pdq": GRID, "sha256": SHA, "md5": MD5})
    matcher.remove([2])
    matcher.write(tmp_path / "one")
    opened = Matcher.open(tmp_path / "one", verify=True)
    assert opened.match(needle) == matcher.match(needle)
    opened.add([(2, [("md5", MD5)])], group=2)
    opened.remove([1])
    assert [(hit.entry, hit.algorithm) for hit in opened.match(needle)] == [(2, "md5")]
    opened.write(tmp_path / "two")
    assert Matcher.open(tmp_path / "two").match(needle) == opened.match(needle)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "two"]


def test_a_folder_is_not_written_over_and_text_ids_stay_in_memory(tmp_path: Path) -> None:
    numbered().write(tmp_path / "one")
    with pytest.raises(Conflict):
        numbered().write(tmp_path / "one")
    with_text = Matcher()
    with_text.add([("text", [("md5", MD5)])])
    with pytest.raises(Invalid):
        with_text.write(tmp_path / "two")
    assert [each.name for each in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.clear(),
        lambda said: said.update(format="tutela-index-2"),
        lambda said: said["files"].append(said["files"][0]),
        lambda said: said["files"].pop(),
        lambda said: said["files"][0].update(file="../one/pdq.index"),
        lambda said: said["files"][0].update(algorithm="../pdq", file="../pdq.index"),
        lambda said: said["files"][0].update(bytes=5),
        lambda said: said["files"][0].update(rows=99),
        lambda said: said["files"][0].update(page_sha256="00" * 32),
        lambda said: said.update(files=[[]]),
    ],
)
def test_a_manifest_that_lies_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    numbered().write(tmp_path / "one")
    said = json.loads((tmp_path / "one/manifest.json").read_text())
    change(said)
    (tmp_path / "one/manifest.json").write_text(json.dumps(said))
    with pytest.raises(Invalid):
        Matcher.open(tmp_path / "one")


@pytest.mark.parametrize("raw", [b"", b"{", b"[" * 60_000, b"\xff", b" " * 70_000, b"null"])
def test_a_manifest_of_any_bytes_is_refused(tmp_path: Path, raw: bytes) -> None:
    numbered().write(tmp_path / "one")
    (tmp_path / "one/manifest.json").write_bytes(raw)
    with pytest.raises(Invalid, match="manifest"):
        Matcher.open(tmp_path / "one")
