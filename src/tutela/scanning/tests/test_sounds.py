"""A listed sound is found in a file of another coding, by `match`, by a scan, and inside a video."""

from pathlib import Path

import pytest

from tutela.hashlists import ListEntry
from tutela.matching import share_of
from tutela.media import fingerprint
from tutela.media.audio import compare, items_of
from tutela.media.tests.recordings import melody, sound, video
from tutela.scanning.listing import Given, Lists, write
from tutela.scanning.looking import Eye
from tutela.scanning.options import Ask, Options
from tutela.scanning.sounds import CHROMAPRINT, ListedSounds, is_comparable

pytest.importorskip("chromaprint")
LISTED = fingerprint(sound(melody(12))).audio or ""
OTHER = fingerprint(sound(melody(12, seed=5))).audio or ""


@pytest.fixture
def eye(tmp_path: Path) -> Eye:
    bad = ListEntry(id="bad", hashes=((CHROMAPRINT, "nonsense"),))
    entries = [ListEntry(id=str(n), hashes=((CHROMAPRINT, text),)) for n, text in enumerate((OTHER, LISTED))]
    assert write(tmp_path / "lists", [Given(name="one", entries=[*entries, bad])]) == {("one", CHROMAPRINT): 1}
    return Eye(Lists(tmp_path / "lists"), Options(), lambda: None)


def test_the_share_is_that_of_the_decoders_room() -> None:
    for one, other in ((LISTED, OTHER), (LISTED, LISTED), (OTHER, LISTED)):
        assert share_of(items_of(one, "a"), items_of(other, "b")) == pytest.approx(compare(one, other))


def test_another_coding_of_the_sound_is_found(eye: Eye, tmp_path: Path) -> None:
    path = tmp_path / "again.flac"
    path.write_bytes(sound(melody(12)[20_000:], codec="flac", form="flac", bits=0))
    (seen,) = eye.look(Ask(path=bytes(path)))
    (match,) = seen.matches
    assert (match.entry, match.algorithm, match.match_class) == ("1", CHROMAPRINT, "near")
    assert match.percent is not None
    assert match.percent > 80
    assert match.distance == round(100 - match.percent)


def test_silence_and_a_few_seconds_cannot_be_compared() -> None:
    for dull in (melody(12) * 0, melody(4)):
        text = fingerprint(sound(dull)).audio or ""
        assert text
        assert not is_comparable(text)
        assert not ListedSounds().add(text, 0, 0)
    assert is_comparable(LISTED)


def test_another_sound_and_a_silent_picture_are_not(eye: Eye, tmp_path: Path) -> None:
    path = tmp_path / "other.mp3"
    path.write_bytes(sound(melody(12, seed=9)))
    (seen,) = eye.look(Ask(path=bytes(path)))
    assert seen.matches == ()
    assert ListedSounds().match(LISTED) == ()


def test_the_sound_of_a_video_is_found(tmp_path: Path) -> None:
    film = video(60, sound=True)
    audio = fingerprint(film).audio or ""
    write(tmp_path / "lists", [Given(name="one", entries=[ListEntry(id="a", hashes=((CHROMAPRINT, audio),))])])
    (tmp_path / "film.mp4").write_bytes(film)
    eye = Eye(Lists(tmp_path / "lists"), Options(), lambda: None)
    (seen,) = eye.look(Ask(path=bytes(tmp_path / "film.mp4")))
    assert [(match.algorithm, match.percent) for match in seen.matches] == [(CHROMAPRINT, 100.0)]
