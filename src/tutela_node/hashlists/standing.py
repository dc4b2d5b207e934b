"""What may match now, as queries: entries that stand, lists that are asked. `rules.may_match` says it of values."""

from datetime import date

from django.db.models import Q

from tutela_node.hashlists.rules import ListState, Purpose


def live(today: date, prefix: str = "") -> Q:
    """Entries that may match on `today`; `prefix` (such as "entry__") when asked from another table."""
    unexpired = Q(**{f"{prefix}expires_on": None}) | Q(**{f"{prefix}expires_on__gt": today})
    return Q(**{f"{prefix}withdrawn_at": None, f"{prefix}quarantined_at": None}) & unexpired


def asked(prefix: str = "") -> Q:
    """Lists that a question is compared with: active ones of known material."""
    return Q(**{f"{prefix}state": ListState.ACTIVE, f"{prefix}purpose": Purpose.KNOWN})
