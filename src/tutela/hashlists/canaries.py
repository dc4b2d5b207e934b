"""Canaries: entries that no file has, different in each recipient's copy, so that a found list names whose it was.

Rules:
- every value follows by HMAC from the publisher's secret, the list's name, the recipient and a number: nothing is kept,
  and without the secret a canary is a digest like any other
- digests are 128 bits and more; a PDQ value is drawn evenly from those with 128 of 256 bits set, as PDQ's comparison
  with the median makes them. The chance that one lies within 31 bits of a given hash is 2.2e-37 at most
- any one value of a canary is enough to know it again, so taking columns out of a list does not help
- two recipients who put their copies together can drop what only one has: that takes out both their canaries
"""

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tutela.errors import Invalid
from tutela.hashlists.entry import HEX_DIGITS, ListEntry, Problem, checked_id
from tutela.hashlists.signed import Key
from tutela.hashlists.signed_header import checked_recipient

SHORTEST_SECRET = 32
USUAL = 32  # canaries in a copy
MOST = 1024
PDQ_ONES = 128
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, kw_only=True)
class Marking:
    """How the copies of the list `name` are marked. `secret` has 32 bytes or more and never leaves the publisher."""

    secret: bytes = field(repr=False)
    name: str

    def __post_init__(self) -> None:
        if len(self.secret) < SHORTEST_SECRET:
            raise Invalid(f"a secret for canaries has {SHORTEST_SECRET} bytes or more", place="secret")
        if checked_id(self.name) != self.name:
            raise Invalid("a list's name has no white space around it", place="name")

    @cached_property
    def content_key(self) -> bytes:
        """32 bytes: the key of the list's marks of content."""
        return self.derived("content")

    def opaque_id(self, key: Key) -> str:
        """An id that says nothing, 32 hexadecimal digits: always the same for one entry of the list."""
        return self.derived("id", *key).hex()[:32]

    def seed(self, recipient: str, number: int) -> bytes:
        """32 bytes from which everything about one canary follows."""
        return self.derived("canary", checked_recipient(recipient), str(number))

    def derived(self, *words: str) -> bytes:
        """HMAC-SHA-256 under the secret of the canonical JSON of the list's name and `words`."""
        text = _encode(["tutela-hashlist-2", self.name, *words])
        return hmac.digest(self.secret, text.encode(), "sha256")


def value(seed: bytes, algorithm: str) -> str:
    """A canary's value of one algorithm of `HEX_DIGITS`, in hexadecimal digits."""
    if algorithm != "pdq":
        return hmac.digest(seed, algorithm.encode(), "sha512").hex()[: HEX_DIGITS[algorithm]]
    number = 0
    while True:  # one in twenty has 128 ones
        drawn = hmac.digest(seed, f"pdq {number}".encode(), "sha256")
        if int.from_bytes(drawn).bit_count() == PDQ_ONES:
            return drawn.hex()
        number += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """Whose canary something is, and which of theirs, counted from 0."""

    recipient: str
    number: int


class Watch:
    """Knows the canaries of `recipients` again, the first `count` of each. Costs about 0.1 ms a canary, once."""

    def __init__(self, marking: Marking, recipients: Iterable[str], count: int = USUAL) -> None:
        self._known: Mapping[tuple[str, str], Canary] = {
            (algorithm, value(seed, algorithm)): Canary(recipient=recipient, number=number)
            for recipient in recipients
            for number in range(checked_count(count))
            for seed in (marking.seed(recipient, number),)
            for algorithm in HEX_DIGITS
        }

    def of_value(self, algorithm: str, value: str) -> Canary | None:
        """The canary with this value (lower-case digits)."""
        return self._known.get((algorithm, value))

    def of_entry(self, entry: ListEntry) -> Canary | None:
        """The canary that `entry` is, by any of its values."""
        return next((found for pair in entry.hashes if (found := self._known.get(pair))), None)


def is_canary(watch: Watch, entry: ListEntry) -> bool:
    """Whether a hit on `entry` is an alarm and nothing to refer."""
    return watch.of_entry(entry) is not None


def who_leaked(watch: Watch, entries: Iterable[ListEntry | Problem]) -> dict[str, int]:
    """How many different canaries of each recipient a found list holds; recipients without any are left out.

    More than one name means that copies were put together. None means nothing: canaries can be taken out by comparing.
    """
    found = {canary for each in entries if isinstance(each, ListEntry) and (canary := watch.of_entry(each)) is not None}
    return dict(sorted(Counter(canary.recipient for canary in found).items()))


def checked_count(count: int) -> int:
    """Raises Invalid unless a copy can have so many canaries."""
    if not 1 <= count <= MOST:
        raise Invalid(f"a copy has 1 to {MOST} canaries", place="canaries")
    return count
