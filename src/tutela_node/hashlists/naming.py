"""Lists by their name: found, or made with the next number.

Rules:
- a number is given once and never again: it names the list in every index
"""

from datetime import datetime

from tutela_node.hashlists.models import HashList
from tutela_node.hashlists.numbering import take
from tutela_node.hashlists.rules import NATIONAL, Purpose


def find_or_make(name: str, *, now: datetime, trusted: bool = False, purpose: Purpose = Purpose.KNOWN) -> HashList:
    """The list of this name, which a checked rule gave; needs the caller's transaction."""
    found = HashList.objects.filter(name=name).first()
    if found is not None:
        return found
    number, seq = take("list", 1)[0], take("seq", 1)[0]
    made, _ = HashList.objects.get_or_create(
        name=name,
        defaults={
            "number": number,
            "seq": seq,
            "made_at": now,
            "is_trusted": trusted,
            "purpose": purpose,
            "is_national": name == NATIONAL,
        },
    )
    return made
