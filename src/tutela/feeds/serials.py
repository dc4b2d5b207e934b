"""Zone serial numbers: 32 bits that go round (RFC 1982).

Rules:
- 0 is skipped: some secondaries read it as "no zone yet"
- two serials exactly half the circle apart have no order
"""

from tutela.errors import Invalid

CIRCLE = 2**32


def next_serial(previous: int) -> int:
    """The serial after `previous`. Raises Invalid outside 0..2^32-1. Source: RFC 1982 3.1."""
    check_serial(previous)
    return (previous + 1) % CIRCLE or 1


def is_newer(serial: int, than: int) -> bool:
    """Whether a secondary holding `than` takes up `serial`. Source: RFC 1982 3.2."""
    check_serial(serial)
    check_serial(than)
    return 0 < (serial - than) % CIRCLE < CIRCLE // 2


def check_serial(serial: int) -> None:
    if not 0 <= serial < CIRCLE:
        raise Invalid("a serial is a number from 0 to 4294967295", place="serial")
