"""Identifiers: UUIDv7 (RFC 9562), so that rows sort by the time they were made."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    return UUID(bytes=uuid_utils.uuid7().bytes)


def new_hex() -> str:
    """One as 32 hexadecimal digits, for rows that are written many at a time."""
    return uuid_utils.uuid7().hex
