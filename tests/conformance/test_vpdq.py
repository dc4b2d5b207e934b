"""Frames of the reference's videos: as many as it has, and each within its tolerance where both are good enough."""

from pathlib import Path

import pytest

from tutela.media.video import VideoRule, perceive_video

NAMES = ("chair-19-sd-bar", "doorknob-hd-no-bar", "pattern-sd-grey-bar", "test-padded-dimensions")
SCALED = tuple(f"{name}-128x128" for name in NAMES[:3])
MOST_APART = 30


@pytest.mark.parametrize("name", [*NAMES, *SCALED])
def test_every_frame_is_the_references(cases: Path, name: str) -> None:
    folder = cases / "hashing/vpdq"
    side = (128, 128) if name in SCALED else None
    lines = [line.split(",") for line in (folder / "hashes" / f"{name}.txt").read_text().split()]
    with (folder / "videos" / f"{name.removesuffix('-128x128')}.mp4").open("rb") as stream:
        found = perceive_video(stream, VideoRule(apart=0, side=side, patience=300)).frames
    assert [frame.number for frame in found] == [int(line[0]) for line in lines]
    for frame, (_, quality, digits, seconds) in zip(found, lines, strict=True):
        assert frame.seconds == pytest.approx(float(seconds), abs=0.002)
        if min(frame.quality, int(quality)) >= 50:
            assert (int(frame.pdq, 16) ^ int(digits, 16)).bit_count() <= MOST_APART
