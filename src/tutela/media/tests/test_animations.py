"""Pictures that move, files of several pages, and files that end early."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.media import Fingerprints, Isolated, Limits, fingerprint
from tutela.media.animations import frames_of
from tutela.media.lengths import completed
from tutela.media.tests.drawings import apart, encoded, pattern

SEEDS = (1, 1, 2, 3)  # the second shows the same as the first
MOVING = [
    ("GIF", {"duration": 100}),
    ("PNG", {"duration": 100}),
    ("WEBP", {"duration": 100}),
    ("AVIF", {"duration": 100}),
]


def _moving(name: str, **options: object) -> bytes:
    first, *others = (pattern(320, 240, seed=seed) for seed in SEEDS)
    return encoded(first, name, save_all=True, append_images=others, **options)


@pytest.mark.parametrize(("name", "options"), [*MOVING, ("TIFF", {}), ("HEIF", {})])
def test_the_distinct_frames_are_told(name: str, options: dict[str, object]) -> None:
    found = fingerprint(_moving(name, **options))
    assert [apart(frame.pdq, fingerprint(encoded(pattern(320, 240, seed=seed))).pdq) <= 8
            for frame, seed in zip(found.frames, (1, 2, 3), strict=True)] == [True] * 3  # fmt: skip
    assert apart(found.pdq, found.frames[0].pdq) <= 4
    assert found.seconds == (pytest.approx(0.4) if options else None)


def test_the_child_process_says_the_same() -> None:
    data = _moving("GIF", duration=50)
    with Isolated() as isolated:
        assert isolated.fingerprint(data) == fingerprint(data)


def test_a_still_picture_has_no_frames() -> None:
    assert fingerprint(encoded(pattern())).frames == ()
    assert fingerprint(encoded(pattern())).seconds is None


@pytest.mark.parametrize(("name", "options"), [("GIF", {"duration": 100}), ("PNG", {"duration": 100}), ("TIFF", {})])
def test_a_cut_animation_keeps_the_frames_before_the_cut(name: str, options: dict[str, object]) -> None:
    data = _moving(name, **options)
    found = fingerprint(data[: len(data) * 3 // 4])
    assert 1 <= len(found.frames) < 4
    assert found.truncated


def test_bounds_are_said() -> None:
    data = _moving("GIF", duration=100)
    assert frames_of(data, Limits(), patience=0).cut
    assert frames_of(data, Limits(max_pixels=100), patience=5).frames == ()


@pytest.mark.parametrize("options", [("WEBP", {"quality": 80}), ("WEBP", {"lossless": True}), ("AVIF", {})])
def test_a_picture_that_ends_early_is_decoded_as_far_as_it_goes(options: tuple[str, dict[str, object]]) -> None:
    whole = encoded(pattern(640, 480), options[0], **options[1])
    cut = fingerprint(whole[: len(whole) * 9 // 10])
    assert cut.truncated
    assert not cut.problem
    assert apart(cut.pdq, fingerprint(whole).pdq) <= 60


def test_what_is_missing_is_filled_up_within_bounds() -> None:
    webp = b"RIFF" + (100).to_bytes(4, "little") + b"WEBP" + bytes(40)
    assert completed(webp, most=10**6) == (webp + bytes(108 - len(webp)), True)
    assert completed(webp, most=100) == (webp, False)
    assert completed(b"RIFF\xff\xff\xff\xffWEBP", most=10**10)[1] is False
    assert completed(webp + bytes(60), most=10**6)[1] is False
    assert completed(b"\0\0\0\x10ftypavif" + bytes(8), most=10**6)[1] is False


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_spoilt_animations_never_break_the_reader(data: st.DataObject) -> None:
    spoilt = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for at in data.draw(st.lists(st.integers(0, len(spoilt) - 1), max_size=30)):
        spoilt[at] = data.draw(st.integers(0, 255))
    found = fingerprint(bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))]))
    assert isinstance(found, Fingerprints)


def _sample(name: str, options: dict[str, object]) -> bytes:
    first, second = pattern(48, 40, seed=1), pattern(48, 40, seed=2)
    out = BytesIO()
    first.save(out, name, save_all=True, append_images=[second], **options)
    return out.getvalue()


SAMPLES = [_sample(name, options) for name, options in [*MOVING, ("TIFF", {})]]
