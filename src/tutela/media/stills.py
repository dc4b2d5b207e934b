"""A still picture, or an animation that is a picture file, to what it shows.

Rules:
- an answer for every input; what could not be found out is None, and `problem` says why in a plain sentence
"""

from dataclasses import replace

from PIL.ImageFile import ImageFile

from tutela.errors import Invalid, TutelaError
from tutela.media import pdq
from tutela.media.animations import frames_of
from tutela.media.kinds import Kind
from tutela.media.lengths import completed
from tutela.media.luma import luma_of_picture, luma_of_samples
from tutela.media.orientation import UPRIGHT, orientation_of, upright
from tutela.media.pdq import Floats
from tutela.media.perceived import Perceived
from tutela.media.pictures import Limits, check_size, decode, decoder_failures, open_picture
from tutela.media.png_rows import pixels_of
from tutela.media.variants import hash_forms

PATIENCE = 15.0
_SPECIAL = {"icc_profile", "transparency"}  # what a PNG says of its colours beside the samples


def perceive_picture(
    data: bytes, limits: Limits, variants: frozenset[str] = frozenset(), *, patience: float = PATIENCE
) -> Perceived:
    """What the picture `data` shows, and the `variants` of it that are asked for. Never raises for any bytes.

    `patience`: about how many seconds the frames of an animation may take.
    """
    data, cut = completed(data, most=limits.max_bytes)
    try:
        opened = open_picture(data, limits)
        width, height = opened.size
    except TutelaError as error:
        return Perceived(kind=Kind.IMAGE, problem=error.message)
    try:
        seen, moves = _still(data, limits, opened, variants)
    except TutelaError as error:
        return Perceived(kind=Kind.IMAGE, width=width, height=height, problem=error.message)
    seen = replace(seen, truncated=seen.truncated or cut)
    if not moves:
        return seen
    moving = frames_of(data, limits, patience=patience)
    return replace(seen, seconds=moving.seconds, frames=moving.frames, truncated=seen.truncated or moving.cut)


def _still(data: bytes, limits: Limits, opened: ImageFile, variants: frozenset[str]) -> tuple[Perceived, bool]:
    """The first frame, and whether there are more. Raises Invalid and Limited."""
    size = opened.size
    check_size(size, limits)
    if min(size) < pdq.MIN_SIDE:
        raise Invalid(f"{size[0]} x {size[1]} pixels; PDQ needs at least {pdq.MIN_SIDE} x {pdq.MIN_SIDE}")
    luma, orientation, truncated, moves = _decoded(data, limits, opened)
    found, forms = hash_forms(luma, variants, orientation=orientation)
    seen = Perceived(
        kind=Kind.IMAGE,
        pdq=found.hex,
        pdq_quality=found.quality,
        width=size[0],
        height=size[1],
        truncated=truncated,
        variants=forms,
    )
    return seen, moves


def _decoded(data: bytes, limits: Limits, opened: ImageFile) -> tuple[Floats, int, bool, bool]:
    """Luma, turned upright; the turn that the file notes; whether part is missing; whether there are more frames."""
    if opened.format == "PNG" and not _SPECIAL & opened.info.keys() and not getattr(opened, "is_animated", False):
        pixels = pixels_of(data)
        if pixels is not None:
            orientation = orientation_of(opened) if "exif" in opened.info else UPRIGHT
            return upright(luma_of_samples(pixels), orientation), orientation, False, False
    picture, truncated = decode(data, limits, opened=opened)
    with decoder_failures("the colours of the picture could not be converted"):
        luma = luma_of_picture(picture)
        moves = bool(getattr(picture, "is_animated", False))
        return luma, orientation_of(picture), truncated, moves
