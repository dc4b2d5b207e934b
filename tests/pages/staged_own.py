"""A list of own pictures with something to see: codes that are live, one that waits, one that was taken back."""

import hashlib
from uuid import uuid4

from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import actions, overview
from tutela_node.hashlists.own_actions import Code, admit_own, withdraw_own

WHY = "The day of a campaign in schools, as agreed."


def stage(who: dict[str, Actor]) -> dict[str, str]:
    reports = [uuid4() for _ in range(4)]
    for report in reports[:3]:
        admit_own(SYSTEM, report=report, codes=[_code(f"own {report}")])
    found = next(each for each in overview.lists(who["noor"]) if each.is_unverified)
    actions.change_list(who["noor"], id=found.id, growth_limit=5, reason=WHY)
    admit_own(SYSTEM, report=reports[3], codes=[_code("own last")])
    withdraw_own(SYSTEM, report=reports[0])
    number = overview.find_entries(who["noor"], _digest("own last"))[0].number
    return {"own": str(found.id), "own_entry": str(number)}


def _code(name: str) -> Code:
    return Code(sha256=_digest(name), pdq=_digest(f"{name}, as it looks"), quality=90)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
