"""Identifiers: UUIDv7 (RFC 9562), so that rows sort by the time they were made."""

import os
from datetime import datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    return UUID(bytes=uuid_utils.uuid7().bytes)


def id_dated(moment: datetime) -> UUID:
    """A new one that carries `moment` to the millisecond in place of now: nobody learns from it when it was made."""
    value = int(moment.timestamp() * 1000) << 80 | int.from_bytes(os.urandom(10))
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def new_hex() -> str:
    """One as 32 hexadecimal digits, for rows that are written many at a time."""
    return uuid_utils.uuid7().hex
