"""Rows whose text is one of many values, asked for as quickly as each database can.

Rules:
- PostgreSQL takes all values as one array; another database takes so many at once as every one takes
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import CharField, Lookup

from tutela_node.hashlists.rules import ASKED_AT_ONCE

MOST_IN_ARRAY = 20_000


@CharField.register_lookup
class Among(Lookup[Any]):
    """`column__among=[...]`: like `in`, with the values as one array where there are arrays."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """`IN` with a mark for each value."""
        column, given = self.process_lhs(compiler, connection)
        values = list(self.rhs)
        return f"{column} IN ({', '.join(['%s'] * len(values))})", (*given, *values)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """`= ANY`, so that the statement is the same for any number of values."""
        column, given = self.process_lhs(compiler, connection)
        array: Any = list(self.rhs)  # one parameter, which the driver sends as an array
        return f"{column} = ANY(%s)", (*given, array)


def batches(values: Iterable[str]) -> Iterator[list[str]]:
    """As many values at once as are best asked for together; none of them is empty."""
    source, most = iter(values), MOST_IN_ARRAY if connection.vendor == "postgresql" else ASKED_AT_ONCE
    while held := list(islice(source, most)):
        yield held
