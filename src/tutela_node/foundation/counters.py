"""Consecutive numbers for references that people read: reports, exhibits, notices, releases.

Rules:
- the number is taken in the caller's transaction and under a row lock, so no two get the same and none is lost
"""

from django.db import connection
from django.db.models import F

from tutela_node.foundation.errors import Conflict
from tutela_node.foundation.models import Counter


def next_number(name: str, *, first: int = 1) -> int:
    """The next number under a name, starting at `first`."""
    if not connection.in_atomic_block:
        raise Conflict("a number is taken in the transaction that uses it", place=name)
    if not Counter.objects.filter(name=name).update(value=F("value") + 1):
        Counter.objects.get_or_create(name=name, defaults={"value": first - 1})
        Counter.objects.filter(name=name).update(value=F("value") + 1)
    return Counter.objects.get(name=name).value


def one_at_a_time(name: str) -> None:
    """Until the caller's transaction ends, nobody else passes here under this name."""
    if not connection.in_atomic_block:
        raise Conflict("this holds within a transaction", place=name)
    Counter.objects.get_or_create(name=name)
    Counter.objects.filter(name=name).update(value=F("value") + 1)
