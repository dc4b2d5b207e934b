"""Hits carry the entry, how sure they are and through which form of the picture they came."""

import hashlib

import pytest

from tutela.errors import Invalid
from tutela.matching import Hit, HitClass, Matcher, Needle

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
