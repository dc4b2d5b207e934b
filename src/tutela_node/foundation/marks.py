"""Marks: how far something that lies outside the tables belongs to them, such as the number of a file that was kept.

Rules:
- a mark is set in the caller's transaction, with what it stands for
- `advance` only goes forward and says whether it did, so that what is handed in twice is taken once
"""

from django.db import connection

from tutela_node.foundation.errors import Conflict
from tutela_node.foundation.models import Counter

LONGEST_NAME = 60


def read(name: str) -> int | None:
    """The mark; None when it was never set."""
    return Counter.objects.filter(name=name).values_list("value", flat=True).first()


def put(name: str, value: int) -> None:
    """Sets the mark, wherever it was."""
    _in_transaction(name)
    Counter.objects.update_or_create(name=name, defaults={"value": value})


def advance(name: str, to: int) -> bool:
    """Moves the mark forward; False when it is there already or further."""
    _in_transaction(name)
    Counter.objects.get_or_create(name=name, defaults={"value": 0})
    return bool(Counter.objects.filter(name=name, value__lt=to).update(value=to))


def drop(name: str) -> None:
    """Forgets the mark."""
    Counter.objects.filter(name=name).delete()


def _in_transaction(name: str) -> None:
    if not connection.in_atomic_block:
        raise Conflict("a mark is set in the transaction of what it stands for", place=name)
