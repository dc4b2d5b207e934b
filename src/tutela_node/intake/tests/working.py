"""The work that a browser does for a page."""

import hashlib
import itertools


def work(challenge: str, bits: int) -> str:
    """The nonce that a browser would find."""
    for nonce in map(str, itertools.count()):
        digest = hashlib.sha256(f"{challenge}:{nonce}".encode()).digest()
        if int.from_bytes(digest[:4]) >> (32 - bits) == 0:
            return nonce
    raise AssertionError
