"""The reference's frame hashes of each video find the same video hashed at another size, and no other video."""

from pathlib import Path

import pytest

from tutela.matching import Frame, Matcher, match_frames, unique

VIDEOS = ("chair-19-sd-bar", "doorknob-hd-no-bar", "pattern-sd-grey-bar")


def frames(path: Path) -> list[Frame]:
    lines = [line.split(",") for line in path.read_text().splitlines() if line]
    return [Frame(pdq=each[2], quality=int(each[1]), seconds=float(each[3])) for each in lines]


@pytest.fixture(scope="module")
def matcher(cases: Path) -> Matcher:
    made = Matcher()
    for number, name in enumerate(VIDEOS):
        known = unique(frames(cases / f"hashing/vpdq/hashes/{name}-128x128.txt"))
        made.add([(number, [("pdq", frame.pdq) for frame in known])], group=number)
    return made


@pytest.mark.parametrize("number", range(len(VIDEOS)))
def test_a_video_is_found_at_another_size(cases: Path, matcher: Matcher, number: int) -> None:
    name = VIDEOS[number]
    count = len(unique(frames(cases / f"hashing/vpdq/hashes/{name}-128x128.txt")))
    hits = match_frames(frames(cases / f"hashing/vpdq/hashes/{name}.txt"), matcher.pdq, frame_counts={number: count})
    assert [(hit.entry, hit.group, hit.matches) for hit in hits] == [(number, number, True)]
    assert hits[0].query_percent > 95
    assert hits[0].index_percent is not None
    assert hits[0].index_percent > 95
