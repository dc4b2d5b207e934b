"""The part of a fingerprint that needs a decoder: what bytes show that nobody vouches for.

Rules:
- an answer for every input: what could not be found out is None, and `problem` says why in a plain sentence
- an answer that crossed a process border is read as strictly as any outside input
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from io import BytesIO
from typing import Any, BinaryIO

from tutela.errors import Invalid
from tutela.media import pdq
from tutela.media.kinds import SIGNATURE_BYTES, Kind, kind_of
from tutela.media.perceived import Frame, Perceived, Variant
from tutela.media.pictures import NOT_A_PICTURE, Limits
from tutela.media.stills import perceive_picture

STREAMED = frozenset({Kind.VIDEO, Kind.AUDIO})  # these are decoded piece by piece, whatever their length
PATIENCE = 15.0
SHARE = 0.75  # of the patience is for the frames of a video, the rest for its sound
MOST_FRAMES = 20_000
LONGEST_AUDIO = 64 * 1024
_HEX = frozenset("0123456789abcdef")


def perceive(
    data: bytes,
    limits: Limits,
    variants: frozenset[str] = frozenset(),
    *,
    patience: float = PATIENCE,
    keyframes: bool = False,
) -> Perceived:
    """What `data` shows. Never raises for any bytes. `patience`: about how many seconds film or sound may take.

    `keyframes`: of a video decode these alone.
    """
    kind = kind_of(data[:SIGNATURE_BYTES])
    if kind is Kind.IMAGE:
        return perceive_picture(data, limits, variants, patience=patience)
    if kind in STREAMED:
        return _moving(lambda: BytesIO(data), kind, patience, keyframes)
    return Perceived(kind=kind, problem=NOT_A_PICTURE)


def perceive_stream(stream: BinaryIO, *, patience: float = PATIENCE, keyframes: bool = False) -> Perceived:
    """What a video or a sound of any length shows, read from a seekable stream. Raises only what reading raises."""
    stream.seek(0)
    kind = kind_of(stream.read(SIGNATURE_BYTES))
    return _moving(lambda: _begun(stream), kind, patience, keyframes) if kind in STREAMED else Perceived(kind=kind)


def _begun(stream: BinaryIO) -> BinaryIO:
    stream.seek(0)
    return stream


def _moving(begin: Callable[[], BinaryIO], kind: Kind, patience: float, keyframes: bool) -> Perceived:
    """A video with its sound, or a sound; a file that its header calls a video may hold sound alone."""
    from tutela.media.audio import perceive_sound, sound_of  # the decoders take a while to load
    from tutela.media.video import VideoRule, perceive_video

    if kind is Kind.AUDIO:
        return perceive_sound(begin(), patience=patience)
    seen = perceive_video(begin(), VideoRule(patience=patience * SHARE, keyframes=keyframes))
    if seen.frames or seen.width:
        return replace(seen, audio=sound_of(begin(), patience=patience * (1 - SHARE)))
    sound = perceive_sound(begin(), patience=patience)
    return sound if sound.audio else seen


def to_json(perceived: Perceived) -> bytes:
    """The line that `from_json` reads."""
    return json.dumps(asdict(perceived)).encode()


def from_json(line: bytes) -> Perceived:
    """Raises Invalid unless `line` is what `to_json` writes."""
    try:
        given = json.loads(line)
        frames = tuple(Frame(**each) for each in given.pop("frames"))
        variants = tuple(Variant(**each) for each in given.pop("variants"))
        perceived = Perceived(**{**given, "kind": Kind(given["kind"])}, frames=frames, variants=variants)
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError) as error:
        raise Invalid("not an answer of the decoder process") from error
    if not _is_sound(perceived):
        raise Invalid("an answer of the decoder process with fields of the wrong type")
    return perceived


def _is_sound(perceived: Perceived) -> bool:
    numbers = (perceived.pdq_quality, perceived.width, perceived.height)
    return (
        all(number is None or _is_count(number) for number in numbers)
        and (perceived.pdq is None or _is_pdq(perceived.pdq))
        and (perceived.seconds is None or _is_time(perceived.seconds))
        and (perceived.audio is None or _is_audio(perceived.audio))
        and len(perceived.frames) <= MOST_FRAMES
        and type(perceived.truncated) is bool
        and type(perceived.problem) is str
        and all(_is_frame(frame) for frame in perceived.frames)
        and all(type(each.via) is str and _is_pdq(each.pdq) and _is_count(each.quality) for each in perceived.variants)
    )


def _is_frame(frame: Frame) -> bool:
    return _is_count(frame.number) and _is_time(frame.seconds) and _is_pdq(frame.pdq) and _is_count(frame.quality)


def _is_audio(value: object) -> bool:
    return type(value) is str and value.isascii() and len(value) <= LONGEST_AUDIO


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_time(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < float("inf")


def _is_pdq(value: object) -> bool:
    return isinstance(value, str) and len(value) == pdq.ALGORITHM.hex_digits and _HEX.issuperset(value)
