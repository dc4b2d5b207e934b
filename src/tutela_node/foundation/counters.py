"""Numbers for references that people read: reports, exhibits, notices, releases.

Rules:
- a consecutive number is taken in the caller's transaction and under a row lock: no two are the same, none is lost
- a report's number is taken past all transactions where the database can: no two are the same, one may be missing.
  Reports come in hundreds a second, and a lock on their number would let each wait for the disk of all before it
"""

from django.db import connection
from django.db.models import F

from tutela_node.foundation.errors import Conflict
from tutela_node.foundation.models import Counter

FIRST_REPORT = 100_001


def next_number(name: str, *, first: int = 1) -> int:
    """The next number under a name, starting at `first`."""
    if not connection.in_atomic_block:
        raise Conflict("a number is taken in the transaction that uses it", place=name)
    if not Counter.objects.filter(name=name).update(value=F("value") + 1):
        Counter.objects.get_or_create(name=name, defaults={"value": first - 1})
        Counter.objects.filter(name=name).update(value=F("value") + 1)
    return Counter.objects.get(name=name).value


def report_number() -> int:
    """The next number of a report; a transaction that fails takes it along."""
    if connection.vendor != "postgresql":
        return next_number("report", first=FIRST_REPORT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('tutela_report')")
        return int(cursor.fetchone()[0])


def one_at_a_time(name: str) -> None:
    """Until the caller's transaction ends, nobody else passes here under this name."""
    if not connection.in_atomic_block:
        raise Conflict("this holds within a transaction", place=name)
    Counter.objects.get_or_create(name=name)
    Counter.objects.filter(name=name).update(value=F("value") + 1)
