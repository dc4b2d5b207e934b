"""What a decoder found in some bytes, as values: pictures, frames of what moves, other forms of a picture, sound.

Rules:
- what could not be found out is None or empty, and `problem` says why in a plain sentence
- perceptual values are lower-case hexadecimal with a quality of 0 to 100; 49 or less is too plain to compare
"""

from dataclasses import dataclass

from tutela.media.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture of an animation or a video. `number` counts decoded frames from 0; `seconds` is from the start."""

    number: int
    seconds: float
    pdq: str
    quality: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Another form of a still picture, to be looked up beside it. `via` names the form, such as `mirror`."""

    via: str
    pdq: str
    quality: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceived:
    """Fields as in `Fingerprints`.

    `pdq` is that of a still picture, or of the first frame of an animation. `frames`: the distinct frames of an
    animation, or the sampled ones of a video, in order. `variants`: the forms that were asked for. `audio`: the
    Chromaprint fingerprint, compressed, in its usual base64 text. `seconds`: how long a video or a sound lasts.
    """

    kind: Kind
    pdq: str | None = None
    pdq_quality: int | None = None
    width: int | None = None
    height: int | None = None
    truncated: bool = False
    problem: str = ""
    seconds: float | None = None
    audio: str | None = None
    frames: tuple[Frame, ...] = ()
    variants: tuple[Variant, ...] = ()
