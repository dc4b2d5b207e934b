"""Sound to a Chromaprint fingerprint, and how near two of them are.

Rules:
- the first two minutes, decoded to 16-bit samples at the rate they have, as fpcalc takes them
- without Chromaprint's library on the machine there is no fingerprint, and that is no problem of the file
- the sound of a video is taken like any other

Source: Chromaprint (MIT) and its published description (Lalinský, "How does Chromaprint work?", 2011).
"""

import base64
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid, TutelaError
from tutela.media.kinds import Kind
from tutela.media.perceived import Perceived
from tutela.media.streams import FAILURES, opened

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

SECONDS = 120
PATIENCE = 10.0
LONGEST = 64 * 1024  # characters of a fingerprint of two minutes, with room to spare
ITEMS_A_SECOND = 8.07  # 11,025 samples a second, a step of 1,366
LEAST_OVERLAP = 24  # items, about three seconds
ALIKE = 0.75  # share of equal bits from which two sounds are taken for the same

Items = npt.NDArray[np.uint32]


def perceive_sound(stream: BinaryIO, *, patience: float = PATIENCE) -> Perceived:
    """The length and the fingerprint of a sound file. Never raises for any bytes, only what reading raises."""
    length: float | None = None
    try:
        with opened(stream) as container:
            length = container.duration / 1_000_000 if container.duration and container.duration > 0 else None
            audio = fingerprint_of(container, patience=patience)
    except TutelaError as error:
        return Perceived(kind=Kind.AUDIO, seconds=length, problem=error.message)
    length = round(length, 3) if length and length < 10**8 else None
    return Perceived(kind=Kind.AUDIO, seconds=length, audio=audio, problem="" if audio or not _library() else NO_SOUND)


NO_SOUND = "no sound in the file could be decoded"


def sound_of(stream: BinaryIO, *, patience: float = PATIENCE) -> str | None:
    """The fingerprint of the first sound of a video; None when there is none. Raises only what reading raises."""
    try:
        with opened(stream) as container:
            return fingerprint_of(container, patience=patience)
    except TutelaError:
        return None


def fingerprint_of(container: "InputContainer", *, patience: float) -> str | None:
    """The compressed fingerprint of the first sound stream, as base64 text; None without one or without the library."""
    library = _library()
    streams = [stream for stream in container.streams.audio if stream.codec_context is not None]  # None: no decoder
    if library is None or not streams:
        return None
    deadline = time.monotonic() + patience
    maker, fed = library.Fingerprinter(), 0
    rate, channels = 0, 0
    for samples, found_rate, found_channels in _samples(container, streams[0], deadline):
        if not rate:
            rate, channels = found_rate, found_channels
            maker.start(rate, channels)
        if (found_rate, found_channels) != (rate, channels):
            break
        left = SECONDS * rate * channels - fed
        maker.feed(samples[:left].tobytes())
        fed += len(samples)
        if fed >= SECONDS * rate * channels:
            break
    if not fed:
        return None
    text: bytes = maker.finish()
    return text.decode("ascii")


def compare(one: str, other: str) -> float:
    """The share of equal bits, 0 to 1, at the alignment where it is largest; 0.5 is what strangers have.

    At least three seconds must overlap, and alignments with more overlap count a little more. `ALIKE` and above is
    the same sound. Raises Invalid for text that is no fingerprint.
    """
    first, second = items_of(one, "first"), items_of(other, "second")
    shortest = min(len(first), len(second))
    if shortest == 0:
        return 0.0
    overlap, best = min(LEAST_OVERLAP, shortest), 0.0
    for shift in range(overlap - len(second), len(first) - overlap + 1):
        here, there = first[max(0, shift) :], second[max(0, -shift) :]
        length = min(len(here), len(there))
        apart = int(np.bitwise_count(here[:length] ^ there[:length]).sum())
        share = 1 - apart / (32 * length)
        best = max(best, share - 0.25 * (1 - min(1.0, length / shortest)) * (share < ALIKE))
    return best


def items_of(text: str, place: str) -> Items:
    """The items, uint32[n], of a compressed fingerprint in base64 text. Raises Invalid."""
    library = _library()
    if library is None:
        raise Invalid("Chromaprint's library is not installed, so fingerprints of sound cannot be compared")
    if len(text) > LONGEST or not text.isascii():
        raise Invalid(f"a fingerprint has at most {LONGEST} ASCII characters", place=place)
    with suppress(ValueError, LookupError, TypeError, AttributeError, library.FingerprintError):
        base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        items, _ = library.decode_fingerprint(text.encode("ascii"))
        return np.array([item & 0xFFFFFFFF for item in items], dtype=np.uint32)
    raise Invalid("not a Chromaprint fingerprint", place=place)


def _samples(
    container: "InputContainer", audio: "AudioStream", deadline: float
) -> Iterator[tuple[npt.NDArray[np.int16], int, int]]:
    """Interleaved 16-bit samples with their rate and channels (1 or 2)."""
    import av

    resampler: av.AudioResampler | None = None
    audio.codec_context.thread_count = 1
    rate = channels = 0
    packets = container.demux(audio)
    while time.monotonic() < deadline:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except (av.FFmpegError, *FAILURES):
            continue
        for frame in frames:
            if resampler is None:
                rate, channels = frame.sample_rate, 1 if frame.layout.nb_channels == 1 else 2
                if not 1_000 <= rate <= 768_000:
                    return
                layout = "mono" if channels == 1 else "stereo"
                resampler = av.AudioResampler(format="s16", layout=layout, rate=rate)
            for ready in resampler.resample(frame):
                yield ready.to_ndarray().reshape(-1).astype(np.int16, copy=False), rate, channels


@cache
def _library() -> Any:
    """The binding to Chromaprint, or None."""
    try:
        import chromaprint
    except ImportError:
        return None
    return chromaprint
