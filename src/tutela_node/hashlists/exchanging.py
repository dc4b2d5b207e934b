"""Talks to the exchange of a subscription: the worker alone does it, and each opening is told to the audit.

Rules:
- credentials are opened here, handed to the exchange, and leave no trace in an error, a row or a log
- between two batches the exchange stays open in the process that fetches; another process goes on from the checkpoint
- nothing is written here: what a batch holds is taken by an action, with the checkpoint, in one transaction
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tutela.errors import TutelaError, Unavailable
from tutela.exchanges import KINDS, Batch, Exchange, Opinion, Reason, Sent, Standing, Transport, Verdict, open_exchange
from tutela_node.foundation import clock
from tutela_node.foundation.sealed import seal, unseal
from tutela_node.hashlists.models import Opinion as OpinionRow
from tutela_node.hashlists.models import Subscription
from tutela_node.hashlists.provenance import told
from tutela_node.hashlists.rules import ListState, SentState

CREDENTIALS, CHECKPOINT = "exchange-credentials", "exchange-checkpoint"
PAUSES = (1.0, 3.0)  # a step is tried again later anyway
SECONDS = 120.0
KEPT_OPEN = 4


@dataclass(slots=True)
class _Round:
    """A fetch that goes on: what it gives next, and the checkpoint of what it gave last."""

    exchange: Exchange
    batches: Iterator[Batch]
    checkpoint: str


_open: dict[UUID, _Round] = {}
_guard = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a fetch gave after the checkpoint `seen`, or why it gave nothing. No batch and no error: nothing is new.

    `is_new`: the credentials were used to open the exchange.
    """

    seen: str = field(repr=False)
    batch: Batch | None = None
    is_new: bool = False
    error: TutelaError | None = None


def sealed_credentials(credentials: Mapping[str, str]) -> bytes:
    return seal(CREDENTIALS, json.dumps(dict(credentials)).encode())


def sealed_checkpoint(checkpoint: str) -> bytes:
    return seal(CHECKPOINT, checkpoint.encode())


def checkpoint_of(row: Subscription) -> str:
    return unseal(CHECKPOINT, row.checkpoint_sealed).decode() if row.checkpoint_sealed else ""


def check_settings(kind: str, settings: Mapping[str, str], credentials: Mapping[str, str]) -> None:
    """Raises Invalid, with the field as its place, unless an exchange of this kind can be opened with them."""
    open_exchange(kind, settings, credentials, transport=_transport()).close()


def fetch(round: UUID) -> Fetched | None:
    """The next batch of a round; None for a round that is over, or whose subscription is paused."""
    row = Subscription.objects.filter(round=round, state=ListState.ACTIVE).first()
    if row is None:
        return None
    checkpoint = checkpoint_of(row)
    with _guard:
        going = _open.pop(row.id, None)
    is_new = going is None or going.checkpoint != checkpoint
    if going is not None and is_new:
        going.exchange.close()
    try:
        if going is None or is_new:
            exchange = _opened(row)
            going = _Round(exchange, exchange.fetch(checkpoint, now=clock.now()), checkpoint)
        batch = next(going.batches, None)
    except TutelaError as error:
        if going is not None:
            going.exchange.close()
        return Fetched(seen=checkpoint, is_new=is_new, error=error)
    if batch is None or batch.is_caught_up:
        going.exchange.close()
    else:
        going.checkpoint = batch.checkpoint
        _keep(row.id, going)
    return Fetched(seen=checkpoint, batch=batch, is_new=is_new)


def check(subscription: UUID) -> Standing | TutelaError | None:
    """Who we are to the service, or what speaks against it."""
    row = Subscription.objects.filter(id=subscription).first()
    if row is None:
        return None
    try:
        exchange = _opened(row)
        try:
            return exchange.check()
        finally:
            exchange.close()
    except TutelaError as error:
        return error


def send(opinion: UUID) -> Sent | None:
    """What the exchange made of an opinion; None for one that does not wait. Raises Unavailable when it may later."""
    row = OpinionRow.objects.select_related("entry").filter(id=opinion, sent_state=SentState.WAITING).first()
    source = Subscription.objects.filter(list=row.entry.list_id).first() if row else None
    if row is None or source is None:
        return None
    said = Opinion(
        key=told(row.entry.told_sealed).key,
        algorithm=row.entry.algorithm,
        verdict=Verdict.AFFIRMATIVE if row.affirmative else Verdict.NEGATIVE,
        value=unseal("entry", row.entry.value_sealed).decode(),
        reasons=tuple(row.reasons),
    )
    exchange = _opened(source)
    try:
        (sent,) = exchange.send([said])
    finally:
        exchange.close()
    if not sent.accepted and sent.may_try_again:
        raise Unavailable("the exchange cannot take this opinion now", place="exchange")
    return sent


def takes_opinions(row: Subscription | None) -> bool:
    return row is not None and row.kind in KINDS and KINDS[row.kind].takes_feedback


def reasons_of(kind: str) -> tuple[Reason, ...]:
    """The reasons that every member may give with an opinion."""
    return KINDS[kind].reasons if kind in KINDS else ()


def _opened(row: Subscription) -> Exchange:
    credentials = json.loads(unseal(CREDENTIALS, row.credentials_sealed))
    return open_exchange(row.kind, row.settings, credentials, transport=_transport())


def _transport() -> Transport:
    return Transport(clock=time.monotonic, pause=time.sleep, pauses=PAUSES, seconds=SECONDS)


def _keep(id: UUID, going: _Round) -> None:
    with _guard:
        _open[id] = going
        oldest = _open.pop(next(iter(_open))) if len(_open) > KEPT_OPEN else None
    if oldest is not None:
        oldest.exchange.close()


def forget() -> None:
    """Closes every exchange that is open in this process; each is opened again where its checkpoint is."""
    with _guard:
        while _open:
            _open.popitem()[1].exchange.close()
