"""A still picture, or an animation that is a picture file, to what it shows.

Rules:
- an answer for every input; what could not be found out is None, and `problem` says why in a plain sentence
"""

from dataclasses import dataclass, replace

from PIL.ImageFile import ImageFile

from tutela.errors import Invalid, TutelaError
from tutela.media import pdq
from tutela.media.animations import frames_of
from tutela.media.kinds import Kind
from tutela.media.lengths import completed
from tutela.media.luma import luma_of_picture, luma_of_plane, luma_of_samples
from tutela.media.orientation import UPRIGHT, orientation_of
from tutela.media.pdq import Floats, Pdq
from tutela.media.perceived import Perceived, Variant
from tutela.media.pictures import Limits, check_size, decode, decoder_failures, open_picture
from tutela.media.png_rows import pixels_of
from tutela.media.variants import Form, hash_forms
from tutela.media.webp import full_range, is_plain, stored_luma, webp_size

PATIENCE = 15.0
_SPECIAL = {"icc_profile", "transparency"}  # what a PNG says of its colours beside the samples


def perceive_picture(
    data: bytes, limits: Limits, variants: frozenset[str] = frozenset(), *, patience: float = PATIENCE
) -> Perceived:
    """What the picture `data` shows, and the `variants` of it that are asked for. Never raises for any bytes.

    `patience`: about how many seconds the frames of an animation may take.
    """
    if is_plain(data) and (seen := _plain_webp(data, limits, variants)) is not None:
        return seen
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


def _plain_webp(data: bytes, limits: Limits, variants: frozenset[str]) -> Perceived | None:
    """What a WebP file of one lossy picture shows; None when it is beyond a bound or does not decode."""
    size = webp_size(data)
    if size is None or min(size) < pdq.MIN_SIDE or size[0] * size[1] > limits.max_pixels:
        return None
    plane = stored_luma(data) if len(data) <= limits.max_bytes else None
    if plane is None:
        return None
    found, forms = hash_forms(full_range(luma_of_plane(plane, size)), variants)
    return _seen(found, forms, size, truncated=False)


def _seen(found: Pdq, forms: tuple[Variant, ...], size: tuple[int, int], *, truncated: bool) -> Perceived:
    return Perceived(
        kind=Kind.IMAGE,
        pdq=found.hex,
        pdq_quality=found.quality,
        width=size[0],
        height=size[1],
        truncated=truncated,
        variants=forms,
    )


def _still(data: bytes, limits: Limits, opened: ImageFile, variants: frozenset[str]) -> tuple[Perceived, bool]:
    """The first frame, and whether there are more. Raises Invalid and Limited."""
    size = opened.size
    check_size(size, limits)
    if min(size) < pdq.MIN_SIDE:
        raise Invalid(f"{size[0]} x {size[1]} pixels; PDQ needs at least {pdq.MIN_SIDE} x {pdq.MIN_SIDE}")
    look = _decoded(data, limits, opened, with_stored=Form.STORED in variants)
    found, forms = hash_forms(look.luma, variants, stored=look.stored)
    return _seen(found, forms, size, truncated=look.truncated), look.moves


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A decoded picture: `luma` as it is to be seen, `stored` as it lies in the file where that is another way up.

    `moves`: whether there are more frames.
    """

    luma: Floats
    stored: Floats | None
    truncated: bool
    moves: bool


def _decoded(data: bytes, limits: Limits, opened: ImageFile, *, with_stored: bool) -> _Look:
    if opened.format == "PNG" and not _SPECIAL & opened.info.keys() and not getattr(opened, "is_animated", False):
        pixels = pixels_of(data)
        if pixels is not None:
            turn = orientation_of(opened) if "exif" in opened.info else UPRIGHT
            stored = luma_of_samples(pixels) if with_stored and turn != UPRIGHT else None
            return _Look(luma=luma_of_samples(pixels, turn), stored=stored, truncated=False, moves=False)
    picture, truncated = decode(data, limits, opened=opened)
    with decoder_failures("the colours of the picture could not be converted"):
        turn = orientation_of(picture)
        return _Look(
            luma=luma_of_picture(picture, turn),
            stored=luma_of_picture(picture, UPRIGHT) if with_stored and turn != UPRIGHT else None,
            truncated=truncated,
            moves=bool(getattr(picture, "is_animated", False)),
        )
