"""Bytes to fingerprints: the three exact digests always, PDQ for pictures that decode.

Rules:
- exact digests are given whatever else fails
- what is not a picture, or too large to be decoded, is digested in constant memory
- decoders written in C read hostile bytes here: where that matters, use `Isolated`, which answers the same
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import partial
from itertools import chain
from typing import BinaryIO

from tutela.media.digests import Digests, digest, digest_stream
from tutela.media.kinds import SIGNATURE_BYTES, Kind, kind_of
from tutela.media.perceived import Frame, Perceived, Variant
from tutela.media.perception import perceive
from tutela.media.pictures import NOT_A_PICTURE, Limits

_CHUNK = 1024 * 1024
DEFAULT_LIMITS = Limits()
DECODED = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprints:
    """What is known of some bytes.

    Digests and `pdq` are lower-case hexadecimal; `pdq_quality` is 0 to 100, and 49 or less is too plain to compare.
    `width` and `height` are as the header declares them, before any turn. `truncated`: only part could be decoded.
    `problem`: why there is no perceptual hash, as a sentence; empty when there is one. `seconds`, `audio`, `frames` and
    `variants` as in `Perceived`.
    """

    sha256: str
    sha1: str
    md5: str
    size: int
    kind: Kind
    pdq: str | None
    pdq_quality: int | None
    width: int | None
    height: int | None
    truncated: bool
    problem: str
    seconds: float | None = None
    audio: str | None = None
    frames: tuple[Frame, ...] = ()
    variants: tuple[Variant, ...] = ()


def fingerprint(
    data: bytes, *, limits: Limits = DEFAULT_LIMITS, variants: frozenset[str] = frozenset()
) -> Fingerprints:
    """The fingerprints of `data`, with the `variants` of a still picture. Never raises for any bytes."""
    return joined(digest(data), perceive(data, limits, variants))


def fingerprint_stream(
    stream: BinaryIO, *, limits: Limits = DEFAULT_LIMITS, variants: frozenset[str] = frozenset()
) -> Fingerprints:
    """The fingerprints of what `stream` still holds; in memory only when it can be decoded within bounds.

    Raises only what reading raises.
    """
    return of_stream(stream, limits, partial(fingerprint, limits=limits, variants=variants))


def of_stream(stream: BinaryIO, limits: Limits, of_bytes: Callable[[bytes], Fingerprints]) -> Fingerprints:
    """What `of_bytes` says of a stream that can be held in memory; else digests, kind, and why there is no PDQ."""
    held = stream.read(_CHUNK)
    decodable = kind_of(held[:SIGNATURE_BYTES]) in DECODED
    if decodable and len(held) == _CHUNK:
        held += stream.read(max(0, limits.max_bytes - _CHUNK))
    rest = iter(partial(stream.read, _CHUNK), b"")
    first = next(rest, b"")
    if not first:
        return of_bytes(held)
    problem = too_large(limits) if decodable else NOT_A_PICTURE
    perceived = Perceived(kind=kind_of(held[:SIGNATURE_BYTES]), problem=problem)
    return joined(digest_stream(chain((held, first), rest)), perceived)


def too_large(limits: Limits) -> str:
    return f"the file has more than the {limits.max_bytes:,} bytes that are decoded"


def joined(digests: Digests, perceived: Perceived) -> Fingerprints:
    """Both halves as one value."""
    seen = {each.name: getattr(perceived, each.name) for each in fields(perceived)}
    return Fingerprints(**asdict(digests), **seen)
