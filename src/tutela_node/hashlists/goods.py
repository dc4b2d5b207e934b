"""Known-good pictures, asked by the worker alone before a code of somebody's own picture is listed.

Rules:
- a code that is on a known-good list, or as near to one as a match is, would fit pictures that harm nobody
- the look-up by value needs no index; the near ones are compared with an index of known-good PDQ hashes, which follows
  `seq` as every index does, and is made with the first question
- nobody is told the answer: what a sender learns never depends on a list
"""

import threading

from django.db.models import QuerySet

from tutela.matching import Matcher, Needle
from tutela_node.foundation import clock
from tutela_node.foundation.sealed import unseal
from tutela_node.hashlists import lookups
from tutela_node.hashlists.models import Entry
from tutela_node.hashlists.rules import MIN_QUALITY, THRESHOLD, ListState, Purpose
from tutela_node.hashlists.standing import live

BATCH = 5000
PDQ = "pdq"


class Goods:
    """PDQ hashes of the known-good lists, by the number of their row."""

    def __init__(self) -> None:
        self._matcher = Matcher()
        self._seq = 0
        self._lock = threading.Lock()

    def has_near(self, pdq: str) -> bool:
        """Whether a known-good hash is within the distance of a match."""
        with self._lock:
            self._follow()
            needle = Needle(hashes={PDQ: pdq}, quality=None)
            hits = self._matcher.match(
                needle, thresholds={0: THRESHOLD}, groups=frozenset({0}), min_quality=MIN_QUALITY
            )
        return _good().filter(number__in=[hit.entry for hit in hits]).exists()

    def _follow(self) -> None:
        of_pdq = Entry.objects.filter(list__purpose=Purpose.KNOWN_GOOD, algorithm=PDQ)
        while rows := list(of_pdq.filter(seq__gt=self._seq).order_by("seq")[:BATCH]):
            self._matcher.remove([row.number for row in rows])
            standing = [row for row in rows if row.withdrawn_at is None and row.quarantined_at is None]
            self._matcher.add(
                [(row.number, [(PDQ, unseal("entry", row.value_sealed).decode())]) for row in standing], group=0
            )
            self._seq = rows[-1].seq


_goods = Goods()


def is_known_good(*, sha256: str, pdq: str) -> bool:
    """Whether a picture is known to harm nobody, by this very file or by what it looks like."""
    wanted = [lookups.of_value("sha256", sha256)]
    if pdq:
        wanted.append(lookups.of_value(PDQ, pdq))
    return _good().filter(lookup__in=wanted).exists() or bool(pdq and _goods.has_near(pdq))


def _good() -> QuerySet[Entry]:
    return Entry.objects.filter(
        live(clock.now().date()), list__purpose=Purpose.KNOWN_GOOD, list__state=ListState.ACTIVE
    )


def forget() -> None:
    """For tests whose database was emptied."""
    global _goods  # noqa: PLW0603  # one a process is the point
    _goods = Goods()
