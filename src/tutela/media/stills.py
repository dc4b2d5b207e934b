"""A still picture, or an animation that is a picture file, to what it shows.

Rules:
- an answer for every input; what could not be found out is None, and `problem` says why in a plain sentence
"""

from tutela.errors import Invalid, TutelaError
from tutela.media import pdq
from tutela.media.kinds import Kind
from tutela.media.luma import luma_of_picture
from tutela.media.perceived import Perceived
from tutela.media.pictures import Limits, check_size, decode, decoder_failures, open_picture


def perceive_picture(data: bytes, limits: Limits, variants: frozenset[str] = frozenset()) -> Perceived:
    """What the picture `data` shows, and the `variants` of it that are asked for. Never raises for any bytes."""
    try:
        width, height = open_picture(data, limits).size
    except TutelaError as error:
        return Perceived(kind=Kind.IMAGE, problem=error.message)
    try:
        found, truncated = _hashed(data, limits, (width, height))
    except TutelaError as error:
        return Perceived(kind=Kind.IMAGE, width=width, height=height, problem=error.message)
    return Perceived(
        kind=Kind.IMAGE, pdq=found.hex, pdq_quality=found.quality, width=width, height=height, truncated=truncated
    )


def _hashed(data: bytes, limits: Limits, size: tuple[int, int]) -> tuple[pdq.Pdq, bool]:
    check_size(size, limits)
    if min(size) < pdq.MIN_SIDE:
        raise Invalid(f"{size[0]} x {size[1]} pixels; PDQ needs at least {pdq.MIN_SIDE} x {pdq.MIN_SIDE}")
    picture, truncated = decode(data, limits)
    with decoder_failures("the colours of the picture could not be converted"):
        luma = luma_of_picture(picture)
    return pdq.hash_luma(luma), truncated
