"""New rows of several tables, written together: what is recorded for every action costs one round trip.

Rules:
- rows are new, and their keys are made here and not by the database
- within `together()` they wait and are written when the block ends, in the order in which they came; inside of it they
  cannot be found, and nothing of them is left when it fails
- what a row breaks (IntegrityError) is raised where they are written
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.sql import InsertQuery

from tutela_node.foundation.errors import Conflict

_waiting: ContextVar[list[Model] | None] = ContextVar("waiting", default=None)


def write(*rows: Model) -> None:
    """Writes new rows, now or at the end of the `together()` around it. To be called in a transaction."""
    if not connection.in_atomic_block:
        raise Conflict("rows that belong together are written in a transaction", place=rows[0]._meta.db_table)
    waiting = _waiting.get()
    if waiting is None:
        _write(rows)
    else:
        waiting.extend(rows)


@contextmanager
def together() -> Iterator[None]:
    """Makes what is written in the block wait for its end; a block within another one ends with that."""
    if _waiting.get() is not None:
        yield
        return
    rows: list[Model] = []
    held = _waiting.set(rows)
    try:
        yield
    finally:
        _waiting.reset(held)
    if rows:
        _write(rows)


def _write(rows: Sequence[Model]) -> None:
    """Statements as Django makes them; only PostgreSQL takes several at once."""
    made = [each for row in rows for each in _statements(row)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("; ".join(sql for sql, _ in made), [value for _, values in made for value in values])
        else:
            for sql, values in made:
                cursor.execute(sql, values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _statements(row: Model) -> list[tuple[str, Sequence[Any]]]:
    query = InsertQuery(type(row))
    query.insert_values(row._meta.local_concrete_fields, [row])
    made: list[tuple[str, Sequence[Any]]] = query.get_compiler(connection=connection).as_sql()
    return made
