"""Every pair the reference found by brute force, by both scans, the buckets and the changing index, and no other."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tutela.matching import Index, build, pack, search, search_plain
from tutela.matching.words import Words
from tutela.media import fingerprint

Pairs = set[tuple[int, int, int]]


@pytest.fixture(scope="module")
def haystack(cases: Path) -> Words:
    return pack((cases / "hashing/index/haystack.txt").read_text().split())


@pytest.fixture(scope="module")
def needles(cases: Path) -> Words:
    return pack((cases / "hashing/index/needles.txt").read_text().split())


@pytest.fixture(scope="module")
def expected(cases: Path) -> Pairs:
    with (cases / "hashing/index/needles_haystack_le31.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    return {(int(row["needle_line"]), int(row["haystack_line"]), int(row["distance"])) for row in rows}


@pytest.mark.parametrize("scan", [search, search_plain])
def test_scans(scan: type[search], needles: Words, haystack: Words, expected: Pairs) -> None:
    found = {
        (line, *pair) for line, needle in enumerate(needles) for pair in scan(needle, haystack, threshold=31).pairs()
    }
    assert found == expected


def test_buckets(needles: Words, haystack: Words, expected: Pairs) -> None:
    segment = build(haystack)
    found = {
        (line, *pair) for line, needle in enumerate(needles) for pair in segment.search(needle, threshold=31).pairs()
    }
    assert found == expected


def test_buckets_among_many_strangers(needles: Words, haystack: Words, expected: Pairs) -> None:
    """With 50 000 random hashes behind, the buckets are narrow enough that the scan is not the quicker way."""
    strangers = np.random.default_rng(0).integers(0, 2**64, (50_000, 4), dtype=np.uint64)
    segment = build(np.concatenate([haystack, strangers]))
    found = {
        (line, *pair) for line, needle in enumerate(needles) for pair in segment.search(needle, threshold=31).pairs()
    }
    assert found == expected


def test_half_in_the_segment_and_half_in_the_tail(needles: Words, haystack: Words, expected: Pairs) -> None:
    half = len(haystack) // 2
    index = Index(haystack[:half], list(range(half)))
    index.add(haystack[half:], list(range(half, len(haystack))))
    found = {
        (line, near.id, near.distance)
        for line, needle in enumerate(needles)
        for near in index.search(needle, threshold=31)
    }
    assert found == expected


def test_mapped_from_a_file(tmp_path: Path, needles: Words, haystack: Words, expected: Pairs) -> None:
    strangers = np.random.default_rng(0).integers(0, 2**64, (50_000, 4), dtype=np.uint64)
    Index(np.concatenate([haystack, strangers]), np.arange(len(haystack) + 50_000)).write(tmp_path / "pdq.index")
    answers = Index.open(tmp_path / "pdq.index", verify=True).search_many(needles, threshold=31)
    assert {(line, near.id, near.distance) for line, nears in enumerate(answers) for near in nears} == expected


def test_near_copies_of_real_pictures(cases: Path) -> None:
    """Benign pictures, each thousands of times with up to a tenth of its bits changed."""
    pictures = sorted(each for each in (cases / "hashing/pdq/images").rglob("*") if each.suffix in (".jpg", ".png"))
    found = [fingerprint(each.read_bytes()).pdq for each in pictures]
    random, base = np.random.default_rng(1), pack([each for each in found if each])
    noise = np.packbits(random.random((60_000, 256)) < random.random((60_000, 1)) * 0.1, axis=1).view(np.uint64)
    crowd = base[random.integers(0, len(base), 60_000)] ^ noise
    index = Index(crowd, np.arange(len(crowd)))
    for needle in (*base, *crowd[:20]):
        for threshold in (0, 15, 31, 50):
            answer = [(near.id, near.distance) for near in index.search(needle, threshold=threshold)]
            assert answer == list(search(needle, crowd, threshold=threshold).pairs())
