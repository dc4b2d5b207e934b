"""Entries and exchanges as the tests of this room need them: generated values, no pauses."""

import time
from datetime import UTC, datetime, timedelta

from simulators.exchanges_ncmec import NcmecServer
from simulators.exchanges_stopncii import KEYS, StopNciiServer
from simulators.exchanges_tat import TatServer

from tutela.exchanges import Exchange, Transport, open_exchange
from tutela.hashlists import ListEntry, MediaKind, Source

START = datetime(2024, 3, 1, tzinfo=UTC)
NOW = datetime(2024, 6, 1, tzinfo=UTC)
MEMBER = Source(id="42", name="Example Member")
PASSWORD = "correct-horse"


def entry(number: int, *, seconds: int = 0, kind: MediaKind = MediaKind.IMAGE) -> ListEntry:
    """A generated entry, filed so many seconds after START."""
    return ListEntry(
        id=f"entry{number}",
        kind=kind,
        hashes=(("md5", f"{number:032x}"), ("pdq", f"{number:064x}")),
        source=MEMBER,
        timestamp=START + timedelta(seconds=seconds),
    )


def transport(**given: object) -> Transport:
    """Two further attempts, without pauses, unless given otherwise."""
    return Transport(**{"clock": time.monotonic, "pause": lambda _: None, "pauses": (0, 0), "seconds": 5} | given)


def ncmec(server: NcmecServer, *, password: str = PASSWORD, **settings: str) -> Exchange:
    secret = {"username": "node", "password": password}
    return open_exchange("ncmec", {"address": server.url} | settings, secret, transport=transport())


def stopncii(server: StopNciiServer, **changed: str) -> Exchange:
    secret = {
        "subscription_key": "subscription",
        "fetch_key": KEYS["FetchHashes"],
        "feedback_key": KEYS["SubmitFeedback"],
    } | changed
    return open_exchange("stopncii", {"address": server.url}, secret, transport=transport())


def tat(server: TatServer, *, password: str = PASSWORD, **settings: str) -> Exchange:
    secret = {"username": "node", "password": password}
    return open_exchange("tat", {"address": server.url} | settings, secret, transport=transport())
