"""A video against entries with many frames: shares, thresholds, single frames."""

import pytest

from tutela.errors import Invalid
from tutela.matching import Frame, FrameHit, FrameRule, Matcher, match_frames, unique


def pdq(number: int) -> str:
    return f"{(number * 0x9E3779B97F4A7C15F39CC0605CEDC8341082276BF3A27251F86C6A11D0C18E95) % 2**256:064x}"


def near(value: str) -> str:
    return f"{int(value, 16) ^ 0b1111:064x}"


@pytest.fixture
def matcher() -> Matcher:
    made = Matcher()
    made.add([(1, [("pdq", pdq(frame)) for frame in range(1, 11)])], group=4)
    made.add([(2, [("pdq", pdq(3))])], group=5)
    return made


def video(*numbers: int, quality: int = 90) -> list[Frame]:
    return [Frame(pdq=pdq(number), quality=quality, seconds=float(at)) for at, number in enumerate(numbers)]


def test_shares_of_the_video_and_of_the_entry(matcher: Matcher) -> None:
    first, second = match_frames(video(1, 2, 3, 4, 99), matcher.pdq, frame_counts={1: 10, 2: 1})
    assert (first.entry, first.group, first.query_percent, first.index_percent, first.matches) == (1, 4, 80, 40, True)
    assert (second.entry, second.query_percent, second.index_percent, second.matches) == (2, 20, 100, False)
    assert second.frames == (FrameHit(seconds=2.0, distance=0),)


def test_equal_frames_count_once_and_poor_ones_not_at_all() -> None:
    frames = [*video(1, 1, 2), Frame(pdq=pdq(3), quality=49, seconds=9.0)]
    assert [frame.seconds for frame in unique(frames)] == [0.0, 2.0]


def test_what_an_entry_must_show_of_itself(matcher: Matcher) -> None:
    rule = FrameRule(query_percent=50, index_percent=50)
    (first, *_) = match_frames(video(1, 2, 3), matcher.pdq, frame_counts={1: 10}, rule=rule)
    assert (first.query_percent, first.index_percent, first.matches) == (100, 30, False)
    (first, *_) = match_frames(video(1, 2, 3), matcher.pdq, rule=rule)
    assert (first.index_percent, first.matches) == (None, True)


def test_thresholds_and_groups_hold_for_frames(matcher: Matcher) -> None:
    frames = [Frame(pdq=near(pdq(3)), quality=90, seconds=1.0)]
    assert [hit.entry for hit in match_frames(frames, matcher.pdq)] == [1, 2]
    assert [hit.entry for hit in match_frames(frames, matcher.pdq, thresholds={4: 3})] == [2]
    assert [hit.entry for hit in match_frames(frames, matcher.pdq, groups={4})] == [1]


def test_a_bad_frame_or_percentage_is_refused(matcher: Matcher) -> None:
    with pytest.raises(Invalid, match="frame 0"):
        match_frames([Frame(pdq="00", quality=90, seconds=0.0)], matcher.pdq)
    with pytest.raises(Invalid, match="percent"):
        match_frames(video(1), matcher.pdq, rule=FrameRule(query_percent=101))
    assert match_frames([], matcher.pdq) == ()
