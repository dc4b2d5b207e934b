"""Hashes as machine words: text in, rows of four 64-bit words out, and back.

Rules:
- a PDQ hash is 64 hexadecimal digits in either case; the first digit holds the highest bits of word 0
- a bad value is named by its position, never by its content
- Hamming distance does not depend on the order of the words, so one order serves every kernel
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid

Words = npt.NDArray[np.uint64]
_Array = TypeVar("_Array", bound="np.ndarray[Any, Any]")

PDQ_BITS = 256
PDQ_DIGITS = 64
WORDS = 4


def digest_bytes(value: str, *, octets: int, place: str) -> bytes:
    """The `octets` bytes that `value` spells in hexadecimal. Raises Invalid with `place`."""
    if len(value) != 2 * octets:
        raise Invalid(f"{len(value)} characters, expected {2 * octets} hexadecimal digits", place=place)
    try:
        raw = bytes.fromhex(value)
    except ValueError:
        raw = b""
    if len(raw) != octets:  # fromhex skips white space, so a short result means some was inside
        raise Invalid(f"not {2 * octets} hexadecimal digits (0-9, a-f, A-F)", place=place)
    return raw


def pack(values: Sequence[str], *, place: str = "hash") -> Words:
    """PDQ hashes as uint64[n, 4]. Raises Invalid whose place is `place` and the zero-based position."""
    try:
        raw = bytes.fromhex("".join(values)) if set(map(len, values)) == {PDQ_DIGITS} else b""
    except ValueError:
        raw = b""
    if len(raw) != len(values) * PDQ_DIGITS // 2:  # one by one, to say which
        raw = b"".join(
            digest_bytes(value, octets=PDQ_DIGITS // 2, place=f"{place} {position}")
            for position, value in enumerate(values)
        )
    return words_of(raw)


def words_of(raw: bytes) -> Words:
    """Raw hashes of 32 bytes, one after the other, as uint64[n, 4]."""
    return np.frombuffer(raw, dtype=">u8").astype(np.uint64).reshape(-1, WORDS)


def pack_one(value: str, *, place: str = "hash") -> Words:
    """One PDQ hash as uint64[4]. Raises Invalid."""
    return words_of(digest_bytes(value, octets=PDQ_DIGITS // 2, place=place)).reshape(WORDS)


def unpack(rows: Words) -> tuple[str, ...]:
    """uint64[n, 4] as lower-case hexadecimal text, the inverse of `pack`."""
    raw = np.ascontiguousarray(rows.reshape(-1, WORDS).astype(">u8")).tobytes()
    step = PDQ_DIGITS // 2
    return tuple(raw[start : start + step].hex() for start in range(0, len(raw), step))


def table(rows: Words) -> Words:
    """`rows` as a C-contiguous read-only uint64[n, 4], for the kernels. Raises Invalid for another shape or type."""
    if rows.dtype != np.uint64 or rows.ndim != 2 or rows.shape[1] != WORDS:
        raise Invalid(f"expected uint64[n, {WORDS}], got {rows.dtype}{list(rows.shape)}", place="haystack")
    return read_only(np.ascontiguousarray(rows))


def needle_words(needle: Words) -> Words:
    """`needle` as a C-contiguous read-only uint64[4]. Raises Invalid for another shape or type."""
    if needle.dtype != np.uint64 or needle.shape != (WORDS,):
        raise Invalid(f"expected uint64[{WORDS}], got {needle.dtype}{list(needle.shape)}", place="needle")
    return read_only(np.ascontiguousarray(needle))


def read_only(array: _Array) -> _Array:
    """A view of `array` that cannot be written, the one form in which the kernels get what they only read."""
    view = array.view()
    view.flags.writeable = False
    return view


def bounded(threshold: int) -> int:
    """`threshold` if it is a distance between two PDQ hashes. Raises Invalid."""
    if not 0 <= threshold <= PDQ_BITS:
        raise Invalid(f"{threshold} is not a distance; use 0 to {PDQ_BITS}", place="threshold")
    return threshold
