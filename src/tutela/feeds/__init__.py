"""Blocking lists in the forms that resolvers and proxies load: DNS response-policy zones and keyed-hash lists.

Words: entry, zone, origin, serial, keyed list, key id.
Verbs: admit, render_zone, parse_zone, next_serial, render_hashes, read_hashes.
Does not know: who decided a listing, when, why, or for whom; clocks; networks. Those who ask are never written down.
"""

from tutela.feeds.entries import Entry, admit, minimal
from tutela.feeds.hashes import KeyedList, is_listed, key_id, listed_expression, read_hashes, render_hashes
from tutela.feeds.rows import Row, Rows, read_rows
from tutela.feeds.rpz import MAX_ENTRIES, Zone, parse_zone, render_zone
from tutela.feeds.serials import is_newer, next_serial

__all__ = [
    "MAX_ENTRIES",
    "Entry",
    "KeyedList",
    "Row",
    "Rows",
    "Zone",
    "admit",
    "is_listed",
    "is_newer",
    "key_id",
    "listed_expression",
    "minimal",
    "next_serial",
    "parse_zone",
    "read_hashes",
    "read_rows",
    "render_hashes",
    "render_zone",
]
