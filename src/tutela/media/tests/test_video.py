"""Frames of videos: as many as the rule says, the same through the child process, and no harm from hostile bytes."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.media import Isolated, Kind, Limits, fingerprint, hash_rgb
from tutela.media.perception import perceive, perceive_stream
from tutela.media.tests.drawings import apart, pattern
from tutela.media.tests.recordings import video
from tutela.media.video import VideoRule, _Taking, opened, perceive_video, step_of

WHOLE = video(sound=True)


@pytest.mark.parametrize(
    ("apart_by", "rate", "step"), [(1, 29.97, 29), (0.5, 25, 12), (0, 30, 1), (1, 0, 1), (2, 0.1, 1)]
)
def test_a_step_is_a_whole_number_of_frames(apart_by: float, rate: float, step: int) -> None:
    assert step_of(apart_by, rate) == step


@pytest.mark.parametrize("form", ["mp4", "matroska", "avi", "mpegts"])
def test_frames_come_at_their_distance_from_any_container(form: str) -> None:
    found = perceive_video(BytesIO(video(form=form)))
    assert [frame.number for frame in found.frames] == [0, 10, 20]
    assert [round(frame.seconds - found.frames[0].seconds, 1) for frame in found.frames] == [0, 1, 2]
    assert (found.width, found.height, found.problem, found.truncated) == (320, 240, "", False)


def test_every_frame_is_near_the_picture_that_it_shows() -> None:
    found = perceive_video(BytesIO(WHOLE), VideoRule(apart=0))
    assert len(found.frames) == 30
    shown = pattern(320 + 30 * 4, 240, seed=5).crop((0, 0, 320, 240))
    assert apart(found.frames[0].pdq, hash_rgb(np.asarray(shown)).hex) <= 16


def test_a_fingerprint_of_a_video_has_frames_length_and_sound_and_no_hash_of_its_own() -> None:
    found = fingerprint(WHOLE)
    assert (found.kind, found.pdq, len(found.frames)) == (Kind.VIDEO, None, 3)
    assert found.seconds == pytest.approx(3.0, abs=0.2)
    assert found.audio


def test_the_child_process_says_the_same() -> None:
    with Isolated() as isolated:
        assert isolated.fingerprint(WHOLE) == fingerprint(WHOLE)
        assert isolated.fingerprint_stream(BytesIO(WHOLE)) == fingerprint(WHOLE)


def test_keyframes_alone_are_fewer() -> None:
    every = perceive_video(BytesIO(video(60)), VideoRule(apart=0))
    few = perceive_video(BytesIO(video(60)), VideoRule(keyframes=True))
    assert 0 < len(few.frames) < len(every.frames)
    assert few.frames[0].pdq == every.frames[0].pdq


def test_bounds_are_said() -> None:
    assert "first 2" in _cut(VideoRule(apart=0, most_frames=2))
    assert "longer than" in _cut(VideoRule(apart=0, most_decoded=3))
    assert "size" in perceive_video(BytesIO(WHOLE), VideoRule(most_pixels=100)).problem
    assert perceive_video(BytesIO(WHOLE), VideoRule(patience=0)).truncated


def _cut(rule: VideoRule) -> str:
    found = perceive_video(BytesIO(WHOLE), rule)
    assert found.truncated
    assert found.frames
    with opened(BytesIO(WHOLE)) as container:
        taking = _Taking(rule, float("inf"))
        list(taking.frames(container, container.streams.video[0]))
    return taking.cut


def test_a_cut_video_keeps_the_frames_before_the_cut() -> None:
    data = video(100, form="matroska")
    found = perceive_video(BytesIO(data[: len(data) // 2]), VideoRule(apart=0))
    assert 10 < len(found.frames) < 100


def test_a_playlist_and_a_list_of_files_open_nothing(tmp_path: Path) -> None:
    (tmp_path / "v.mp4").write_bytes(WHOLE)
    place = tmp_path / "v.mp4"
    for text in (f"#EXTM3U\n#EXTINF:3,\n{place}\n", f"ffconcat version 1.0\nfile '{place}'\n"):
        found = perceive_video(BytesIO(text.encode()))
        assert found.frames == ()
        assert found.problem


@pytest.mark.parametrize("form", ["avi", "matroska"])
def test_a_stream_of_an_unknown_coding_is_said(form: str) -> None:
    data = video(form=form)
    for name in (b"FMP4", b"V_MPEG4/ISO/ASP"):
        data = data.replace(name, b"?" * len(name))
    found = perceive_video(BytesIO(data))
    assert "video stream" in found.problem
    assert found.frames == ()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_spoilt_videos_never_break_the_reader(data: st.DataObject) -> None:
    spoilt = bytearray(data.draw(st.sampled_from([WHOLE, video(form="avi"), video(form="matroska")])))
    for at in data.draw(st.lists(st.integers(0, len(spoilt) - 1), max_size=40)):
        spoilt[at] = data.draw(st.integers(0, 255))
    found = perceive_video(BytesIO(bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))])), VideoRule(patience=2))
    assert found.frames or found.problem


def test_a_video_for_which_time_runs_short_is_seen_to_its_end_by_its_keyframes() -> None:
    whole = video(300, rate=10)
    every = perceive_video(BytesIO(whole), VideoRule(patience=60))
    hurried = perceive_video(BytesIO(whole), VideoRule(patience=60, thorough=0))
    assert hurried.truncated
    assert 2 < len(hurried.frames) < len(every.frames)
    assert hurried.frames[-1].seconds > 25
    assert {frame.number % 10 for frame in every.frames} == {0}


def test_a_stream_is_told_like_its_bytes() -> None:
    assert perceive_stream(BytesIO(WHOLE)) == perceive(WHOLE, Limits())
    assert perceive_stream(BytesIO(b"no video")).frames == ()


def test_a_file_that_is_too_long_to_be_held_is_read_by_the_child(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    path.write_bytes(WHOLE)
    with Isolated(limits=Limits(max_bytes=1000)) as isolated:
        assert isolated.fingerprint_path(path) == fingerprint(WHOLE)
        assert "more than" in isolated.fingerprint(WHOLE).problem
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
        assert "more than" in isolated.fingerprint_path(path).problem
