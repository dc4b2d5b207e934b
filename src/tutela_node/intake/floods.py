"""What a flood may do to us, and what it may not: lanes, budgets, credit. Plain values in and out; no framework.

Rules:
- nobody is refused. What comes with proof of work goes ahead; without it, it takes the slower lane; what the budget of
  its form does not hold goes into quarantine, where a person releases or discards it
- work is a hash of the page's challenge that begins with `bits` zero bits (Back 2002, “Hashcash”): one hash to verify,
  2 to the power of `bits` to find. Each doubling of the pressure beyond the usual asks for one bit more, up to a bound
- credit puts what is genuine before what is not: proof first, then an address that a browser could open, then words
  that a person would write, once; haste and words that come again and again cost it
- no address of a machine is looked at
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

MOST_NONCE = 20  # digits
REPEATS = 3  # the same words from here on are a pattern
FEWEST_WORDS = 3
LONGEST_ADDRESS = 500
HIGHEST, LOWEST = 7, -4  # credit


class Lane(StrEnum):
    """How a report came: with work, in a person's time, or faster than anybody writes."""

    PROVED = "proved"
    TIMED = "timed"
    HASTY = "hasty"


class Standing(StrEnum):
    """Whether a report goes its way, waits in quarantine, or was discarded from there."""

    OPEN = "open"
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is known of a report when it is opened. `repeats`: how often the same words came within a day before."""

    lane: Lane
    addresses: tuple[str, ...] = ()
    words: str = ""
    repeats: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How many reports somebody saw waiting; `is_more`: so many or more."""

    number: int
    is_more: bool = False

    def is_still(self, number: int) -> bool:
        return number >= self.number if self.is_more else number == self.number


def worked(challenge: str, nonce: str, *, bits: int) -> bool:
    """Whether SHA-256 of `challenge:nonce` begins with `bits` zero bits; a nonce is 1 to 20 ASCII digits."""
    if not (0 < len(nonce) <= MOST_NONCE and nonce.isascii() and nonce.isdigit()):
        return False
    digest = hashlib.sha256(f"{challenge}:{nonce}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0


def bits_for(*, least: int, most: int, pressure: int, usual: int) -> int:
    """The work to ask for now: `least` while no more than `usual` reports an hour come, a bit more per doubling."""
    excess = max(0, pressure - 1) // max(1, usual)
    return min(most, least + excess.bit_length())


def most_pressure(*, least: int, most: int, usual: int) -> int:
    """How far the pressure needs counting: from here on the work is `most` bits, below it is less."""
    return max(1, usual) * (1 << (most - least - 1)) + 1 if most > least else 0


def lane_of(*, proof: int, pace: int, ticket_seconds: int) -> Lane:
    """`proof` in bits, `pace` in seconds since the first page."""
    if proof > 0:
        return Lane.PROVED
    return Lane.TIMED if pace >= ticket_seconds else Lane.HASTY


def credit_of(arrival: Arrival) -> int:
    """How likely a report is worth somebody's minute now: higher first, from -4 to 7."""
    credit = 4 if arrival.lane is Lane.PROVED else 0
    credit += 2 if any(len(each) <= LONGEST_ADDRESS for each in arrival.addresses) else 0
    credit += 1 if len(arrival.words.split()) >= FEWEST_WORDS else 0
    credit -= 2 if arrival.lane is Lane.HASTY else 0
    return credit - (2 if arrival.repeats >= REPEATS else 0)


def standing_of(*, taken: int, budget: int) -> Standing:
    """`taken`: reports of the same form and lane that went their way within the hour before, counted up to `budget`."""
    return Standing.OPEN if taken < budget else Standing.QUARANTINED
