"""The numbers given out: `seq`, which every index reads its tail by, `number` of an entry, `list` of a list.

Rules:
- numbers are taken in blocks, under a row lock that the transaction holds until it ends: what is committed later has
  the higher `seq`, so a tail that was read once is never added to behind the reader's back
"""

from typing import Literal

from django.db.models import F

from tutela_node.hashlists.models import EntryNumbers


def take(name: Literal["seq", "number", "list"], count: int) -> range:
    """The next `count` numbers; needs the caller's transaction."""
    EntryNumbers.objects.get_or_create(id=1)
    EntryNumbers.objects.filter(id=1).update(**{name: F(name) + count})
    last: int = EntryNumbers.objects.values_list(name, flat=True).get(id=1)
    return range(last - count + 1, last + 1)
