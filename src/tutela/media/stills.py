"""A still picture, or an animation that is a picture file, to what it shows.

Rules:
- an answer for every input; what could not be found out is None, and `problem` says why in a plain sentence
"""

from dataclasses import replace

from tutela.errors import Invalid, TutelaError
from tutela.media import pdq
from tutela.media.animations import frames_of
from tutela.media.kinds import Kind
from tutela.media.lengths import completed
from tutela.media.luma import luma_of_picture
from tutela.media.orientation import orientation_of
from tutela.media.perceived import Perceived
from tutela.media.pictures import Limits, check_size, decode, decoder_failures, open_picture
from tutela.media.variants import hash_forms

PATIENCE = 15.0


def perceive_picture(
    data: bytes, limits: Limits, variants: frozenset[str] = frozenset(), *, patience: float = PATIENCE
) -> Perceived:
    """What the picture `data` shows, and the `variants` of it that are asked for. Never raises for any bytes.

    `patience`: about how many seconds the frames of an animation may take.
    """
    data, cut = completed(data, most=limits.max_bytes)
    try:
        width, height = open_picture(data, limits).size
    except TutelaError as error:
        return Perceived(kind=Kind.IMAGE, problem=error.message)
    try:
        seen, moves = _still(data, limits, (width, height), variants)
    except TutelaError as error:
        return Perceived(kind=Kind.IMAGE, width=width, height=height, problem=error.message)
    seen = replace(seen, truncated=seen.truncated or cut)
    if not moves:
        return seen
    moving = frames_of(data, limits, patience=patience)
    return replace(seen, seconds=moving.seconds, frames=moving.frames, truncated=seen.truncated or moving.cut)


def _still(data: bytes, limits: Limits, size: tuple[int, int], variants: frozenset[str]) -> tuple[Perceived, bool]:
    """The first frame, and whether there are more. Raises Invalid and Limited."""
    check_size(size, limits)
    if min(size) < pdq.MIN_SIDE:
        raise Invalid(f"{size[0]} x {size[1]} pixels; PDQ needs at least {pdq.MIN_SIDE} x {pdq.MIN_SIDE}")
    picture, truncated = decode(data, limits)
    with decoder_failures("the colours of the picture could not be converted"):
        luma = luma_of_picture(picture)
        orientation = orientation_of(picture)
        moves = bool(getattr(picture, "is_animated", False))
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
