"""The canaries of all copies as matchers know them, and back: from a digest that a matcher met to the keyed look-up.

Rules:
- digests are made of the sealed lines of each copy when they are needed; no table holds them
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max

from tutela.hashlists.native_entry import entry_on
from tutela_node.foundation.sealed import unseal
from tutela_node.hashlists import lookups
from tutela_node.hashlists.models import ListCopy
from tutela_node.hashlists.replica.canaries import digest_of
from tutela_node.hashlists.rules import CopyState

State = tuple[int, datetime | None]


class Digests:
    """Reads a copy once; what was read stays until this is thrown away."""

    def __init__(self) -> None:
        self._state: State | None = None
        self._read: dict[UUID, datetime | None] = {}
        self.lookups: dict[str, str] = {}

    def refresh(self) -> bool:
        """Reads the copies that were built since; answers whether there were any."""
        built = ListCopy.objects.filter(state=CopyState.BUILT)
        said = built.aggregate(count=Count("id"), last=Max("built_at"))
        state = (said["count"], said["last"])
        if state == self._state:
            return False
        for copy, at in built.values_list("id", "built_at"):
            if self._read.get(copy) != at:
                self._take(bytes(ListCopy.objects.values_list("canaries_sealed", flat=True).get(id=copy)))
                self._read[copy] = at
        self._state = state
        return True

    def _take(self, sealed: bytes) -> None:
        for line in unseal("canaries", sealed).splitlines(keepends=True):
            for algorithm, value in entry_on(line, "canary").hashes:
                self.lookups[digest_of(algorithm, value)] = lookups.of_value(algorithm, value)
