"""What time does to lists: entries whose day has come stop to match, and files that no import needs are removed."""

from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import actions as hashlists
from tutela_node.hashlists import holding, queries


def once() -> int:
    """Answers how many entries expired."""
    expired = 0
    while count := hashlists.expire_entries(SYSTEM):
        expired += count
    holding.tidy(queries.running_imports())
    return expired
