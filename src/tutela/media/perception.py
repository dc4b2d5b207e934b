"""The part of a fingerprint that needs a decoder: kind, size and PDQ of bytes nobody vouches for.

Rules:
- an answer for every input: what could not be found out is None, and `problem` says why in a plain sentence
- an answer that crossed a process border is read as strictly as any outside input
"""

import json
from dataclasses import asdict, dataclass

from tutela.errors import Invalid, TutelaError
from tutela.media import pdq
from tutela.media.kinds import SIGNATURE_BYTES, Kind, kind_of
from tutela.media.luma import luma_of_picture
from tutela.media.pictures import NOT_A_PICTURE, Limits, check_size, decode, decoder_failures, open_picture

_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceived:
    """Fields as in `Fingerprints`."""

    kind: Kind
    pdq: str | None = None
    pdq_quality: int | None = None
    width: int | None = None
    height: int | None = None
    truncated: bool = False
    problem: str = ""


def perceive(data: bytes, limits: Limits) -> Perceived:
    """What `data` shows. Never raises for any bytes."""
    kind = kind_of(data[:SIGNATURE_BYTES])
    if kind is not Kind.IMAGE:
        return Perceived(kind=kind, problem=NOT_A_PICTURE)
    try:
        width, height = open_picture(data, limits).size
    except TutelaError as error:
        return Perceived(kind=kind, problem=error.message)
    try:
        found, truncated = _hashed(data, limits, (width, height))
    except TutelaError as error:
        return Perceived(kind=kind, width=width, height=height, problem=error.message)
    return Perceived(
        kind=kind, pdq=found.hex, pdq_quality=found.quality, width=width, height=height, truncated=truncated
    )


def _hashed(data: bytes, limits: Limits, size: tuple[int, int]) -> tuple[pdq.Pdq, bool]:
    check_size(size, limits)
    if min(size) < pdq.MIN_SIDE:
        raise Invalid(f"{size[0]} x {size[1]} pixels; PDQ needs at least {pdq.MIN_SIDE} x {pdq.MIN_SIDE}")
    picture, truncated = decode(data, limits)
    with decoder_failures("the colours of the picture could not be converted"):
        luma = luma_of_picture(picture)
    return pdq.hash_luma(luma), truncated


def to_json(perceived: Perceived) -> bytes:
    """The line that `from_json` reads."""
    return json.dumps(asdict(perceived)).encode()


def from_json(line: bytes) -> Perceived:
    """Raises Invalid unless `line` is what `to_json` writes."""
    try:
        fields = json.loads(line)
        perceived = Perceived(**{**fields, "kind": Kind(fields["kind"])})
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise Invalid("not an answer of the decoder process") from error
    numbers = (perceived.pdq_quality, perceived.width, perceived.height)
    sound = (
        all(number is None or (type(number) is int and number >= 0) for number in numbers)
        and (perceived.pdq is None or _is_pdq(perceived.pdq))
        and type(perceived.truncated) is bool
        and type(perceived.problem) is str
    )
    if not sound:
        raise Invalid("an answer of the decoder process with fields of the wrong type")
    return perceived


def _is_pdq(value: object) -> bool:
    return isinstance(value, str) and len(value) == pdq.ALGORITHM.hex_digits and _HEX.issuperset(value)
