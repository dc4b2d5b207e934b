"""Lists with something to see: growth over a month, a flood that waits, a running import, followed exchanges."""

import hashlib
import io
from datetime import timedelta

from django.db import transaction

from tutela.exchanges import Batch
from tutela.hashlists import Classification, Feedback, ListEntry, MediaKind, Source
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Unavailable
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import actions, holding, overview
from tutela_node.hashlists import subscription_actions as subscriptions
from tutela_node.hashlists.exchanging import Fetched
from tutela_node.hashlists.rules import ListState
from tutela_node.journeys import flood_decided, list_followed, list_imported

WHY = "The source confirmed it by telephone on 20 November."
SECRET = {"username": "node", "password": "a sentence of the exchange"}
CODES = ("A1", "A2", "B1")


def stage(who: dict[str, Actor]) -> dict[str, str]:
    told = _grown(who) | _running(who) | _followed(who)
    _paused(who)
    return told


def _rows(first: int, last: int) -> bytes:
    rows = (f"{n},{_digest(n)},{CODES[n % 3]},ncmec-industry\n" for n in range(first, last))
    return b"id,md5,classification,scheme\n" + "".join(rows).encode()


def _digest(number: int) -> str:
    return hashlib.md5(f"page {number}".encode(), usedforsecurity=False).hexdigest()


def _grown(who: dict[str, Actor]) -> dict[str, str]:
    """A list that grew for a month, and today by more than it may; one proposal to release that."""
    first, id = clock.now() - timedelta(days=28), ""
    for day in range(0, 29, 4):
        with clock.standing_at(first + timedelta(days=day)):
            made = list_imported.import_list(
                who["noor"],
                name="Clearing house",
                format="csv",
                mapping={},
                stream=io.BytesIO(_rows(0, 300 + 40 * day)),
                trusted=True,
            )
    found = next(each for each in overview.lists(who["noor"]) if each.name == "Clearing house")
    id = str(found.id)
    actions.change_list(who["noor"], id=found.id, growth_limit=200, threshold=24, reason=WHY)
    list_imported.import_list(
        who["timo"], name="Clearing house", format="csv", mapping={}, stream=io.BytesIO(_rows(0, 2100)), trusted=True
    )
    (flood,) = overview.floods(who["noor"])
    flood_decided.decide(who["timo"], flood=flood.id, release=True, reason=WHY)
    number = overview.find_entries(who["noor"], _digest(7))[0].number
    return {"list": id, "flood": str(flood.id), "grown": str(made.id), "listed": str(number)}


def _running(who: dict[str, Actor]) -> dict[str, str]:
    with holding.receive(1 << 24) as holder:
        holder.write(_rows(10_000, 30_000))
        held = holder.seal()
    told = {"name": "Large list", "format": "csv", "mapping": {}, "trusted": False}
    return {"importing": str(list_imported.begin_import(who["noor"], held=held, **told))}


def _followed(who: dict[str, Actor]) -> dict[str, str]:
    """One list that is followed and whole, one whose exchange does not answer."""
    made = {}
    for name, minutes in (("Exchange of members", 60), ("Exchange far away", 240)):
        settings = {"address": "http://127.0.0.1:9/hashsharing"}
        made[name] = list_followed.subscribe(
            who["olga"], name=name, kind="ncmec", settings=settings, credentials=SECRET, minutes=minutes
        )
    entries = tuple(
        ListEntry(
            id=f"e{n}",
            kind=MediaKind.IMAGE,
            hashes=(("md5", _digest(50_000 + n)),),
            source=Source(id="42", name="Example Member"),
            classification=Classification(scheme="ncmec-industry", code="A2"),
            feedback=(Feedback(algorithm="md5", affirmative=3, negative=1),),
            timestamp=clock.now(),
        )
        for n in range(40)
    )
    whole = Batch(entries=entries, checkpoint='{"exchange":"ncmec"}', is_caught_up=True, fetched_until=clock.now())
    with transaction.atomic():
        for id, fetched in (
            (made["Exchange of members"], Fetched(seen="", batch=whole, is_new=True)),
            (made["Exchange far away"], Fetched(seen="", error=Unavailable("no answer came", place="service"))),
        ):
            due = subscriptions.fetch_now(who["olga"], id=id)
            subscriptions.take_fetched(SYSTEM, round=due.round, fetched=fetched)
    number = overview.find_entries(who["noor"], _digest(50_003))[0].number
    list_followed.judge(who["timo"], number=number, affirmative=False, note="It is the test card of a broadcaster.")
    return {
        "subscription": str(made["Exchange of members"]),
        "subscription_failing": str(made["Exchange far away"]),
        "exchanged": str(number),
    }


def _paused(who: dict[str, Actor]) -> None:
    rows = io.BytesIO(_rows(40_000, 40_050))
    told = {"name": "Old list", "format": "csv", "mapping": {}, "trusted": False}
    list_imported.import_list(who["noor"], stream=rows, **told)
    found = next(each for each in overview.lists(who["noor"]) if each.name == "Old list")
    actions.change_list(who["noor"], id=found.id, state=ListState.PAUSED, reason=WHY)
