"""The distinct frames of a picture file that has several: an animation, or pages.

Rules:
- a frame is taken as it is shown, over those before it; one that is nearly the last that was kept is left out
- frames, pixels and time are bounded; what a bound or damage cut off is said
- where the format knows no time, as between pages, a frame's time is 0
"""

import time
from dataclasses import dataclass

from PIL import ImageFile

from tutela.errors import TutelaError
from tutela.media import pdq
from tutela.media.luma import luma_of_picture
from tutela.media.perceived import Frame
from tutela.media.pictures import Limits, check_size, decoder_failures, open_picture

MOST_FRAMES = 2_000  # kept
MOST_DECODED = 20_000
NEARLY = 4  # bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """`seconds`: how long it plays, None where the format does not say. `cut`: whether frames may be missing."""

    frames: tuple[Frame, ...] = ()
    seconds: float | None = None
    cut: bool = False


def frames_of(data: bytes, limits: Limits, *, patience: float) -> Frames:
    """The frames of the picture file `data`, one at least for a still picture. Never raises for any bytes."""
    deadline = time.monotonic() + patience
    try:
        picture = open_picture(data, limits)
    except TutelaError:
        return Frames()
    taking = _Taking(picture, limits, deadline)
    try:
        cut = taking.run()
    except TutelaError:
        cut = True
    return Frames(frames=tuple(taking.kept), seconds=round(taking.at, 3) if taking.at else None, cut=cut)


class _Taking:
    """Goes through a file frame by frame."""

    def __init__(self, picture: ImageFile.ImageFile, limits: Limits, deadline: float) -> None:
        self._picture, self._limits, self._deadline = picture, limits, deadline
        self.kept: list[Frame] = []
        self.at = 0.0

    def run(self) -> bool:
        """Whether it was cut short. Raises Invalid and Limited at a damaged frame."""
        for number in range(MOST_DECODED):
            if len(self.kept) >= MOST_FRAMES or time.monotonic() > self._deadline:
                return True
            if not self._seek(number):
                return False
            self._take(number)
        return True

    def _seek(self, number: int) -> bool:
        with decoder_failures("a frame of the picture is damaged"):
            try:
                self._picture.seek(number)
            except EOFError:
                return False
        return True

    def _take(self, number: int) -> None:
        check_size(self._picture.size, self._limits)
        with decoder_failures("a frame of the picture is damaged"):
            self._picture.load()
            luma = luma_of_picture(self._picture)
            length = self._picture.info.get("duration", 0)
        if min(luma.shape) >= pdq.MIN_SIDE:
            found = pdq.hash_luma(luma)
            if not self.kept or pdq.apart(found.hex, self.kept[-1].pdq) > NEARLY:
                self.kept.append(Frame(number=number, seconds=round(self.at, 3), pdq=found.hex, quality=found.quality))
        if isinstance(length, int | float) and 0 < length < 10**7:
            self.at += length / 1000
