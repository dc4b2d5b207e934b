"""Sounds: the same one is found again in another form, strangers are not, and hostile bytes do no harm."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.media import Kind, fingerprint
from tutela.media.audio import ALIKE, compare, items_of, perceive_sound
from tutela.media.tests.recordings import RATE, melody, sound, video

pytest.importorskip("chromaprint", reason="Chromaprint's library is not installed")
TUNE = melody(12)
FORMS = [
    ("libmp3lame", "mp3", 128_000),
    ("aac", "adts", 64_000),
    ("flac", "flac", 0),
    ("pcm_s16le", "wav", 0),
]


def print_of(samples: np.ndarray, form: tuple[str, str, int] = FORMS[3]) -> str:
    found = perceive_sound(BytesIO(sound(samples, codec=form[0], form=form[1], bits=form[2])))
    assert found.audio, found.problem
    return found.audio


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[1])
def test_the_same_sound_in_another_form_is_alike(form: tuple[str, str, int]) -> None:
    assert compare(print_of(TUNE), print_of(TUNE, form)) >= 0.9


def test_a_part_and_a_quieter_copy_are_alike_and_strangers_are_not() -> None:
    whole = print_of(TUNE)
    assert compare(whole, print_of(TUNE * 0.3)) >= 0.9
    assert compare(whole, print_of(TUNE[3 * RATE : 9 * RATE])) >= ALIKE
    noise = np.random.default_rng(4).normal(0, 0.2, 12 * RATE).astype(np.float32)
    for other in (melody(12, seed=2), melody(12, seed=3), noise):
        assert compare(whole, print_of(other)) < ALIKE - 0.05


def test_a_fingerprint_of_a_sound_has_its_length_and_its_print() -> None:
    found = fingerprint(sound(TUNE, codec="flac", form="flac"))
    assert (found.kind, found.problem, found.pdq) == (Kind.AUDIO, "", None)
    assert found.seconds == pytest.approx(12, abs=0.2)
    assert len(items_of(found.audio or "", "x")) > 60


def test_a_video_that_holds_sound_alone_is_told_by_its_sound() -> None:
    found = fingerprint(sound(TUNE, codec="aac", form="mp4"))
    assert found.audio
    assert fingerprint(video()).audio is None


@pytest.mark.parametrize("text", ["é" * 10, "A" * 100_000, "!!!!"])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        items_of(text, "first")


def test_a_fingerprint_of_nothing_is_like_none() -> None:
    assert compare("AQAAAA", print_of(TUNE)) == 0


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_spoilt_sounds_never_break_the_reader(data: st.DataObject) -> None:
    spoilt = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for at in data.draw(st.lists(st.integers(0, len(spoilt) - 1), max_size=30)):
        spoilt[at] = data.draw(st.integers(0, 255))
    found = perceive_sound(BytesIO(bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))])), patience=2)
    assert found.kind is Kind.AUDIO


SAMPLES = [sound(TUNE[: 3 * RATE], codec=codec, form=form, bits=bits) for codec, form, bits in FORMS]
