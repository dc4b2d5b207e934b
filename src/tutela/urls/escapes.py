"""Percent-escapes: undone until none is left, and put back in one way.

Rules:
- undoing to the end takes one pass: two escapes never overlap, so the order of undoing does not change the outcome
- put back are exactly bytes up to 32, from 127, `#` and `%` (Safe Browsing v4, "Canonicalization"), in upper-case hex
"""

HEX = frozenset(b"0123456789abcdefABCDEF")
PERCENT = ord("%")
ESCAPED = frozenset({*range(33), *range(127, 256), ord("#"), PERCENT})


def unescape(raw: bytes) -> bytes:
    """Undo percent-escapes until none is left, in time linear in the length."""
    if b"%" not in raw:
        return raw
    out = bytearray()
    for byte in raw:
        out.append(byte)
        while _ends_in_escape(out):
            out[-3:] = bytes([int(out[-2:], 16)])
    return bytes(out)


def _ends_in_escape(out: bytearray) -> bool:
    return len(out) >= 3 and out[-3] == PERCENT and out[-2] in HEX and out[-1] in HEX


def escape(raw: bytes, also: bytes = b"") -> str:
    """ASCII text with the bytes of the rule, and those of `also`, as %XX."""
    return "".join(f"%{byte:02X}" if byte in ESCAPED or byte in also else chr(byte) for byte in raw)
