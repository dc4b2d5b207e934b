"""Receipt codes: what a reporter keeps to come back, and the keyed hash by which a node finds the report.

Rules:
- 20 characters of Crockford's base 32 (no I, L, O, U) in four groups of five: 19 random ones (95 bits) and a check one
- the check character, a weighted sum over GF(32), notices every mistyped character and every two swapped ones
- reading forgives case, spaces, dashes, O for 0, I and L for 1, and the digits of any script
- a node keeps HMAC(code), never the code
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Callable

from tutela.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = {letter: value for value, letter in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
RANDOM_LETTERS = 19
LENGTH = RANDOM_LETTERS + 1
GROUP = 5
MAX_TYPED = 200


def new_code(entropy: Callable[[int], bytes]) -> str:
    """A fresh code such as `7K2QF-0M9XA-...`; `entropy(n)` answers n random bytes (`os.urandom`)."""
    values = [byte & 31 for byte in entropy(RANDOM_LETTERS)]
    letters = "".join(ALPHABET[value] for value in [*values, _check(values)])
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def normalise_code(text: str) -> str:
    """The 20 letters of a code as typed; raises Invalid when one is missing, unknown or mistyped."""
    if len(text) > MAX_TYPED:
        raise Invalid("a receipt code has 20 letters and digits", place="code")
    folded = unicodedata.normalize("NFKC", text).upper()
    letters = [_letter(mark) for mark in folded if not _is_separator(mark)]
    if len(letters) != LENGTH:
        raise Invalid(f"a receipt code has 20 letters and digits; this has {len(letters)}", place="code")
    values = [VALUES[letter] for letter in letters]
    if _check(values[:-1]) != values[-1]:
        raise Invalid("a letter or digit of this code is mistyped", place="code")
    return "".join(ALPHABET[value] for value in values)


def locator(key: bytes, code: str) -> str:
    """HMAC-SHA256 of the normalised code under a 32-byte key, as 64 hex characters; raises Invalid when mistyped."""
    if len(key) != 32:
        raise Invalid(f"a locator key has 32 bytes, not {len(key)}")
    return hmac.new(key, normalise_code(code).encode("ascii"), hashlib.sha256).hexdigest()


def _letter(mark: str) -> str:
    digit = unicodedata.decimal(mark, None)
    letter = mark if digit is None else str(digit)
    if letter not in VALUES:
        raise Invalid("a receipt code has the letters A to Z without U, and digits", place="code")
    return letter


def _is_separator(mark: str) -> bool:
    return mark.isspace() or unicodedata.category(mark) in {"Pd", "Cf"} or mark in "._−"


def _check(values: list[int]) -> int:
    total = 0
    for value in values:
        total = _twice(total ^ value)
    return total


def _twice(value: int) -> int:
    """Multiplies by x in GF(32) with x**5 + x**2 + 1, whose x has order 31."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value
