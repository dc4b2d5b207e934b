"""The halves of steps that touch the outside: fetch an address into the vault, read bytes and fingerprint them.

Nothing here writes a row: a capture that is repeated leaves an orphan file, which fsck removes.
"""

import atexit
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings

from tutela.media import Fingerprints, Form
from tutela.media.isolated import Isolated
from tutela.scanning import HEAD, TAIL, is_container
from tutela_node.evidence import queries as vault
from tutela_node.evidence.vault import Received, receive
from tutela_node.foundation import clock, profile
from tutela_node.foundation.errors import Missing, Unavailable
from tutela_node.foundation.fetcher import FetchPolicy, Resolver, fetch
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import index
from tutela_node.hashlists import match_actions as lists
from tutela_node.hashlists.rules import SOUND
from tutela_node.material import queries as items

GONE = {404, 410, 451}
_AT_ONCE = 100  # items, each with its forms
ALL_FORMS: frozenset[str] = frozenset(Form)  # one item costs a few milliseconds, and missing it costs more
LATER = {408, 425, 429, 500, 502, 503, 504}  # the server may answer otherwise in a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What came of a capture: bytes in the vault, or a state and a reason."""

    received: Received | None
    state: str = "online"
    problem: str = ""


def fetch_sighting(sighting: UUID) -> Captured:
    """Fetches a reported address straight into the vault, as far as the profile and its legal basis allow.

    Raises Unavailable when the server may answer later, Forbidden without a legal basis in force.
    """
    rules = profile.current()
    if rules.capture.mode == "off":
        return Captured(received=None, state="uncapturable", problem="the profile switches capture off")
    rules.basis_for("capture", clock.now().date())
    address = items.sighting(sighting)
    with receive(rules.capture.max_bytes) as receiver:
        fetched = fetch(address.url, sink=receiver.write, policy=policy_of(rules.capture), resolver=resolver())
        if fetched.status in GONE:
            return Captured(received=None, state="gone", problem=f"answered {fetched.status}")
        if fetched.status in LATER:
            raise Unavailable(f"answered {fetched.status}", place="capture")
        if fetched.status != 200:
            return Captured(received=None, state="uncapturable", problem=f"answered {fetched.status}")
        return Captured(received=receiver.seal())


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An item by its bytes: its fingerprints, and whether it holds others."""

    prints: Fingerprints
    is_container: bool


def fingerprint_item(item: UUID) -> Known:
    """Fingerprints of an item's bytes, decoded in a child process that hostile bytes may end."""
    stream = _Ends(open_item(item))
    prints = decoder().fingerprint_stream(cast("BinaryIO", stream))
    return Known(prints=prints, is_container=is_container(stream.head, stream.tail))


def open_item(item: UUID) -> BinaryIO:
    """The bytes of an item. Raises Missing when they are not in the vault (any more)."""
    object_id = items.item(item).object_id
    if object_id is None:
        raise Missing("the bytes of this item are not in the vault", place=str(item))
    return vault.open_object(object_id)


class _Ends:
    """A file that is read once, of which the beginning and the end are kept."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.head, self.tail = stream, b"", b""

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        if len(self.head) < HEAD:
            self.head += piece[: HEAD - len(self.head)]
        self.tail = piece[-TAIL:] if len(piece) >= TAIL else (self.tail + piece)[-TAIL:]
        return piece


def hear_items(ids: tuple[UUID, ...]) -> None:
    """Compares the sounds of items with those of the lists, so that matching them then holds up no other writer."""
    for at in range(0, len(ids), _AT_ONCE):
        for known in items.items(ids[at : at + _AT_ONCE]):
            if SOUND in known.fingerprints:
                index.hear(known.fingerprints[SOUND][0])


def hear_item(item: UUID) -> None:
    hear_items((item,))


def match_item(item: UUID) -> None:
    """Asks the lists about an item, in every form that is known of it."""
    known = items.item(item)
    forms = {each.via: (each.value, each.quality) for each in known.forms}
    prints, name = known.fingerprints, known.reference
    lists.match_item(SYSTEM, item=item, fingerprints=prints, forms=forms, reference=name)


@cache
def decoder() -> Isolated:
    """The one decoding child of this process, started on first use and ended with it."""
    child = Isolated(variants=ALL_FORMS)
    atexit.register(child.__exit__, None, None, None)
    return child


def policy_of(rule: profile.Capture) -> FetchPolicy:
    return FetchPolicy(
        max_bytes=rule.max_bytes,
        seconds=rule.seconds,
        redirects=rule.redirects,
        exercise_network=settings.TUTELA.exercise_network,
    )


def resolver() -> Resolver:
    return Resolver(settings.TUTELA.dns)


__all__ = [
    "Captured",
    "Known",
    "decoder",
    "fetch_sighting",
    "fingerprint_item",
    "hear_item",
    "hear_items",
    "match_item",
    "open_item",
]
