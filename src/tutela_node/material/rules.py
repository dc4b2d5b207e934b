"""States of items and sightings, references, and what a searched text may be.

Rules:
- an item only moves forward through its states; erased is the end
- a reference is short enough to be said on the telephone; an item that is given none gets `M-<number>`
- a searched text is read as every kind of thing it can be; what it is not costs nothing
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from tutela.errors import Conflict, Invalid
from tutela.matching import items_of_text
from tutela.media import Fingerprints, Frame, pdq

REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,38}", re.ASCII)
HEX = re.compile(r"(?:[0-9a-f]{2})+", re.ASCII)
MAX_SEARCH = 8 * 1024
EXACT = ("sha256", "sha1", "md5")
SOUND = "chromaprint"
DIGITS = {"md5": 32, "sha1": 40, "sha256": 64, "pdq": 64}
OWN_PREFIX = "M"
MOST_FORMS = 2_000
LONGEST_NAME = 1024  # characters of what is kept of the way to a member


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherForm:
    """The PDQ hash of another form of a picture (`via` as in `tutela.media`), or of a frame (`frame N`)."""

    via: str
    value: str
    quality: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """How far a container was looked into: up to which of its members, which containers inside stay `closed`.

    `left_out`: reason (`tutela.scanning.Reason`) -> how many members, or parts of it, were left out because of it.
    `is_archive`: it is files put together and shows nothing itself.
    """

    read_to: int = 0
    closed: tuple[int, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    is_over: bool = False
    is_archive: bool = False

    def with_more(self, piece: "Contents") -> "Contents":
        """The same after the next piece, whose `left_out` is its own."""
        total = Counter(self.left_out) + Counter(piece.left_out)
        return replace(piece, left_out=MappingProxyType(dict(total)))


class ItemState(StrEnum):
    RECEIVED = "received"
    FINGERPRINTED = "fingerprinted"
    MATCHED = "matched"
    QUEUED = "queued"
    DECIDED = "decided"
    ERASED = "erased"


class SightingState(StrEnum):
    REPORTED = "reported"
    ONLINE = "online"
    GONE = "gone"
    UNCAPTURABLE = "uncapturable"


ORDER = {state: place for place, state in enumerate(ItemState)}


def check_move(current: ItemState, to: ItemState) -> None:
    """Raises Conflict when an item would go back; staying is allowed, so that a repeated step is harmless."""
    if ORDER[to] < ORDER[current]:
        raise Conflict(f"an item that is {current} cannot become {to}", place="state")


def own_reference(number: int) -> str:
    return f"{OWN_PREFIX}-{number:06d}"


def check_reference(reference: str) -> None:
    if not REFERENCE.fullmatch(reference):
        raise Invalid("must be 1 to 39 capital letters, digits and hyphens", place="reference")


def fingerprint_key(algorithm: str, value: str) -> str:
    """What the look-up of a fingerprint is made of: equal values of two algorithms never meet."""
    return f"{algorithm}:{value if algorithm == SOUND else value.lower()}"


def octets_of(algorithm: str, value: str) -> bytes:
    """A value as it is sealed; `value_of` reads it again."""
    return value.encode("ascii") if algorithm == SOUND else bytes.fromhex(value)


def value_of(algorithm: str, octets: bytes) -> str:
    return octets.decode("ascii") if algorithm == SOUND else octets.hex()


def check_value(algorithm: str, value: str) -> None:
    """Raises Invalid unless the value is lower-case hexadecimal of the algorithm's length, or a sound's own text."""
    if algorithm == SOUND:
        items_of_text(value, algorithm)
        return
    wanted = DIGITS.get(algorithm)
    if not HEX.fullmatch(value) or (wanted is not None and len(value) != wanted):
        raise Invalid(f"must be {wanted or 'pairs of'} lower-case hexadecimal digits", place=algorithm)


def possible_algorithms(text: str) -> tuple[str, ...]:
    """The algorithms a searched text may be a value of; none when it is no hexadecimal."""
    value = text.strip().lower()
    return tuple(name for name, digits in DIGITS.items() if len(value) == digits) if HEX.fullmatch(value) else ()


def clean_search(text: str) -> str:
    """Raises Invalid when there is nothing to search or more than an address can hold."""
    cleaned = text.strip()
    if not cleaned or len(cleaned) > MAX_SEARCH:
        raise Invalid(
            f"search for a reference, an address, a host or a hash, 1 to {MAX_SEARCH} characters", place="text"
        )
    return cleaned


def forms_text(prints: Fingerprints) -> bytes:
    """What is kept of other forms and of frames: those that can be compared, frames spread over the whole."""
    frames = [each for each in prints.frames if pdq.is_comparable(each.quality)]
    kept = [[each.via, each.pdq, each.quality] for each in prints.variants if pdq.is_comparable(each.quality)]
    kept.extend([f"frame {each.number}", each.pdq, each.quality] for each in _spread(frames, MOST_FORMS))
    return json.dumps(kept, separators=(",", ":")).encode()


def forms_of(text: bytes) -> tuple[OtherForm, ...]:
    return tuple(OtherForm(via=via, value=value, quality=quality) for via, value, quality in json.loads(text))


def _spread(frames: list[Frame], most: int) -> Iterable[Frame]:
    different = list({each.pdq: each for each in reversed(frames)}.values())[::-1]
    step = -(-len(different) // most) or 1
    return different[::step]


def name_text(name: str) -> bytes:
    """The way to a member as it is kept; of one that is too long, its end. Octets that are no text stay as they are."""
    return name[-LONGEST_NAME:].encode("utf-8", "surrogateescape")


def name_of(text: bytes) -> str:
    """For people: octets that are no text are shown as such."""
    return text.decode("utf-8", "replace")
