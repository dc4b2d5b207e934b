"""A video to the PDQ hashes of frames taken from it at equal distances, as vPDQ takes them.

Rules:
- every step-th decoded frame from the first, at its full size; the step is a whole number of frames: the seconds
  between two hashes times the average frame rate, cut off, and at least 1
- nothing is written to a disk; frames, pixels and time are bounded, and what a bound or damage cut off is said
- packets that cannot be decoded are passed over; the decoder is emptied at the end, whatever the number of the stream
- keyframes alone, where asked for or when time runs short, are many times quicker; of them each is taken that comes
  the seconds between two hashes, or more, after the one before

Source: Meta, vPDQ (ThreatExchange, BSD), its README and reference program, read for facts.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from tutela.errors import Invalid, TutelaError
from tutela.media import pdq
from tutela.media.kinds import Kind
from tutela.media.perceived import Frame, Perceived
from tutela.media.streams import FAILURES, opened

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

ATTACHED_PICTURE = 0x0400  # FFmpeg's AV_DISPOSITION_ATTACHED_PIC
MOST_SIDE = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRule:
    """How frames are taken. `apart`: seconds between two; `side`: (width, height) to scale to first, or None.

    `most_frames` hashed, `most_decoded` decoded, `patience` in seconds of wall clock, `most_pixels` of one frame.
    `thorough`: the share of the patience after which keyframes alone are decoded, so that a long video is seen to its
    end.
    """

    apart: float = 1.0
    side: tuple[int, int] | None = None
    keyframes: bool = False
    most_frames: int = 7_200
    most_decoded: int = 1_000_000
    most_pixels: int = 40_000_000
    patience: float = 15.0
    thorough: float = 0.5


DEFAULT = VideoRule()


def perceive_video(stream: BinaryIO, rule: VideoRule = DEFAULT) -> Perceived:
    """What a video shows; `stream` is seekable. Never raises for any bytes, only what reading raises."""
    frames: list[Frame] = []
    shape: dict[str, Any] = {}
    deadline = time.monotonic() + rule.patience
    try:
        with opened(stream) as container:
            video = _stream_of(container)
            shape = _shape(container, video)
            taking = _Taking(rule, deadline)
            frames.extend(taking.frames(container, video))
            cut = taking.cut
    except TutelaError as error:
        return Perceived(kind=Kind.VIDEO, frames=tuple(frames), truncated=bool(frames), problem=error.message, **shape)
    return Perceived(
        kind=Kind.VIDEO,
        frames=tuple(frames),
        truncated=bool(cut),
        problem="" if frames else cut or "no frame of the video could be decoded",
        **shape,
    )


def step_of(apart: float, rate: float) -> int:
    """Frames between two hashes."""
    return max(1, int(apart * rate)) if 0 < rate < 100_000 else 1


def _stream_of(container: "InputContainer") -> "VideoStream":
    for stream in container.streams.video:
        if stream.codec_context is not None and not int(stream.disposition) & ATTACHED_PICTURE:
            return stream
    raise Invalid("no video stream in the file that can be decoded")


def _shape(container: "InputContainer", video: "VideoStream") -> dict[str, Any]:
    length: float | None = None
    if container.duration and container.duration > 0:
        length = container.duration / 1_000_000
    elif video.duration and video.time_base:
        length = float(video.duration * video.time_base)
    context = video.codec_context
    return {
        "width": context.width or None,
        "height": context.height or None,
        "seconds": round(length, 3) if length and 0 < length < 10**8 else None,
    }


class _Taking:
    """Frames of one stream; `cut` says why they are not all, and is empty when they are."""

    def __init__(self, rule: VideoRule, deadline: float) -> None:
        self._rule, self._deadline = rule, deadline
        self._hurry = deadline - rule.patience * (1 - rule.thorough)
        self._hurries = rule.keyframes
        self._rate = 0.0
        self.cut = ""

    def frames(self, container: "InputContainer", video: "VideoStream") -> Iterator[Frame]:
        self._rate = float(video.average_rate or video.guessed_rate or 0)
        step = step_of(self._rule.apart, self._rate)
        taken, last = 0, float("-inf")
        for number, frame in enumerate(self._decoded(container, video)):
            at = self._time_of(frame, number)
            is_due = at - last >= self._rule.apart if self._hurries else number % step == 0
            if not is_due:
                continue
            if taken >= self._rule.most_frames:
                self.cut = f"only the first {taken:,} frames were hashed"
                return
            taken, last = taken + 1, at
            found = self._hashed(frame)
            if found is not None:
                counted = round(at * self._rate) if self._hurries else number
                yield Frame(number=counted, seconds=round(at, 3), pdq=found.hex, quality=found.quality)

    def _time_of(self, frame: Any, number: int) -> float:
        if frame.time is not None and frame.time >= 0:
            return float(frame.time)
        return number / self._rate if self._rate else 0.0

    def _decoded(self, container: "InputContainer", video: "VideoStream") -> Iterator[Any]:
        context = video.codec_context
        context.thread_count = 1
        if self._rule.keyframes:
            context.skip_frame = "NONKEY"
        decoded = 0
        for found in self._packets(container, video):
            decoded += len(found) or found is _SPOILT
            yield from found
            now = time.monotonic()
            if decoded > self._rule.most_decoded or now > self._deadline:
                self.cut = "decoding the whole video would take longer than is allowed"
                return
            if now > self._hurry and not self._hurries:
                self._hurries, context.skip_frame = True, "NONKEY"
                self.cut = "decoding every frame would take longer than is allowed: later on, keyframes alone"

    def _packets(self, container: "InputContainer", video: "VideoStream") -> Iterator[list[Any]]:
        """The frames of each packet; `_SPOILT` for one that could not be decoded."""
        import av

        packets = container.demux(video)
        while True:
            try:
                packet = next(packets, None)
                found = packet.decode() if packet is not None else None
            except (av.FFmpegError, *FAILURES):
                self.cut, found = "part of the video could not be decoded", _SPOILT
            if found is None:
                return
            yield found

    def _hashed(self, frame: Any) -> pdq.Pdq | None:
        if not 0 < frame.width * frame.height <= self._rule.most_pixels or max(frame.width, frame.height) > MOST_SIDE:
            self.cut = "frames of a size that is not decoded"
            return None
        width, height = self._rule.side or (frame.width, frame.height)
        if min(width, height) < pdq.MIN_SIDE:
            self.cut = "frames too small to be hashed"
            return None
        interpolation = "AREA" if self._rule.side else None
        return pdq.hash_rgb(frame.to_ndarray(format="rgb24", width=width, height=height, interpolation=interpolation))


_SPOILT: list[Any] = []
