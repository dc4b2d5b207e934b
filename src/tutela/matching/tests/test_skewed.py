"""Hashes that crowd: near copies of pictures, flat pictures, all equal. Exact as ever, and no slower than a scan."""

import io
import time

import numpy as np
import pytest
from PIL import Image

from tutela.matching import Index, build, pack, search
from tutela.matching.words import Words
from tutela.media import fingerprint


def pictures() -> list[str]:
    """PDQ hashes of generated pictures: gradients, checks, waves and noise, each with slight changes."""
    hashes = []
    side = np.arange(96)
    for seed in range(12):
        random = np.random.default_rng(seed)
        wave = np.sin(side[:, None] / (3 + seed)) + np.cos(side[None, :] / (2 + seed)) + random.normal(0, 0.2, (96, 96))
        base = np.clip(wave * 50 + 128, 0, 255)
        for change in range(8):
            changed = np.clip(base * (1 + change / 100) + random.normal(0, change, base.shape), 0, 255)
            hashes.append(pdq_of(changed.astype(np.uint8)))
    return hashes


def pdq_of(grey: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]") -> str:
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, "PNG")
    found = fingerprint(stream.getvalue()).pdq
    assert found is not None
    return found


@pytest.fixture(scope="module")
def copies() -> Words:
    """Sixty thousand rows around the hashes of 96 pictures, up to 20 bits away."""
    random = np.random.default_rng(4)
    base = pack(pictures())[random.integers(0, 96, 60_000)]
    noise = np.packbits(random.random((60_000, 256)) < random.random((60_000, 1)) * 0.08, axis=1)
    return np.asarray(base ^ noise.view(np.uint64), dtype=np.uint64)


@pytest.mark.parametrize("threshold", [0, 7, 16, 31, 40, 64])
def test_near_copies_of_pictures(copies: Words, threshold: int) -> None:
    segment = build(copies)
    for needle in copies[::6_000]:
        expected = search(needle, copies, threshold=threshold).pairs()
        assert segment.search(needle, threshold=threshold).pairs() == expected


def test_a_tenth_of_all_rows_in_one_bucket_among_strangers() -> None:
    random = np.random.default_rng(5)
    hashes = random.integers(0, 2**64, (100_000, 4), dtype=np.uint64)
    hashes[::10] = 0
    hashes[::100, 0] = 1
    segment = build(hashes)
    for needle in (hashes[0], hashes[10], hashes[1], ~hashes[0]):
        expected = search(needle, hashes, threshold=31).pairs()
        assert segment.search(needle, threshold=31).pairs() == expected


def test_all_equal_hashes_cost_no_more_than_a_few_scans() -> None:
    hashes = np.zeros((300_000, 4), dtype=np.uint64)
    far = np.full(4, 2**64 - 1, dtype=np.uint64)
    segment, needle = build(hashes), np.array([2**33 - 1, 0, 0, 0], dtype=np.uint64)
    for each in (needle, far):
        segment.search(each, threshold=31)
    began = time.perf_counter()
    search(needle, hashes, threshold=31)
    scan = time.perf_counter() - began
    began = time.perf_counter()
    assert segment.search(needle, threshold=31).pairs() == ()
    assert time.perf_counter() - began < 10 * scan + 0.01


def test_batches_with_crowded_and_lonely_needles_keep_their_order(copies: Words) -> None:
    strangers = np.random.default_rng(6).integers(0, 2**64, (20_000, 4), dtype=np.uint64)
    hashes = np.concatenate([np.zeros((40_000, 4), dtype=np.uint64), strangers, copies[:2_000]])
    index = Index(hashes, np.arange(len(hashes)))
    needles = np.stack([hashes[41_000], hashes[0], hashes[-1], hashes[3]])
    answers = index.search_many(needles, threshold=31)
    shared = index.columns(needles, threshold=31, threads=3)
    assert shared.ids == [near.id for answer in answers for near in answer]
    for needle, answer in zip(needles, answers, strict=True):
        expected = search(needle, hashes, threshold=31).pairs()
        assert [(near.id, near.distance) for near in answer] == list(expected)
