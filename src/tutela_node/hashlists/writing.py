"""Many new entries into their table at once: COPY on PostgreSQL, one prepared INSERT on SQLite.

Rules:
- every column that `Entry` declares is written, each as its field would write it (a test reads them back)
- in the transaction of the caller, like any other write
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tutela_node.hashlists.models import Entry

CACHE = "PRAGMA cache_size=-65536"  # KiB of this connection: entries go into several indexes in no order
_FIELDS = Entry._meta.concrete_fields
_BY_NAME = {field.attname: field for field in _FIELDS}
_NEEDED: dict[
    str, Any
] = {  # what a row may leave out, and what is written then; a field that may be null needs nothing
    field.attname: field.get_default() for field in _FIELDS if not field.primary_key and not field.null
}


def insert(names: Sequence[str], rows: Iterable[tuple[Any, ...]], shared: Mapping[str, Any]) -> None:
    """Writes new entries: each row's values of the attributes `names`, and `shared`, which they have in common."""
    common = {**{name: value for name, value in _NEEDED.items() if name not in names}, **shared}
    columns = ", ".join(connection.ops.quote_name(str(_BY_NAME[name].column)) for name in (*names, *common))
    table = connection.ops.quote_name(Entry._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            ending = tuple(common.values())
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row + ending)
        else:
            saved = _Saved()
            ending = tuple(saved.get(value) for value in common.values())
            marks = ", ".join(["%s"] * (len(names) + len(common)))
            values = [tuple(map(saved.get, row)) + ending for row in rows]
            cursor.execute(CACHE)
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608  # our own names


def update(entries: Iterable[Entry]) -> None:
    """Writes entries that are there with what they hold now, all their columns but the key."""
    rows = [[getattr(entry, field.attname) for field in (*_FIELDS[1:], _FIELDS[0])] for entry in entries]
    if not rows:
        return
    names = ", ".join(f"{connection.ops.quote_name(str(field.column))} = %s" for field in _FIELDS[1:])
    table, key = (connection.ops.quote_name(str(each)) for each in (Entry._meta.db_table, _FIELDS[0].column))
    saved = _Saved()
    if connection.vendor != "postgresql":
        rows = [[saved.get(each) for each in values] for values in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {names} WHERE {key} = %s", rows)  # noqa: S608  # our own names


_AS_IT_IS = frozenset({str, bytes, int, memoryview, type(None)})


class _Saved:
    """Values as SQLite keeps them. Times repeat from row to row, so each is written once."""

    def __init__(self) -> None:
        self._times: dict[date, str | None] = {}

    def get(self, value: Any) -> Any:
        kind = type(value)
        if kind in _AS_IT_IS:
            return value
        if kind is UUID:
            return value.hex
        if isinstance(value, str):
            return str(value)
        if value not in self._times:
            adapt = connection.ops.adapt_datetimefield_value
            self._times[value] = adapt(value) if isinstance(value, datetime) else value.isoformat()
        return self._times[value]
