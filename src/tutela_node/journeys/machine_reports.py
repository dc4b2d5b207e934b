"""Reports in somebody else's form arrive: XARF, a table, a mail. Each is kept as it came, read, and goes its way.

    body -> (read) -> document -> report_received.provider_report, as every report

What could not be read is a report with its reason, and goes to people. Material inside a report about children is
refused, before anything is kept, unless its sender may send it; then each piece goes into the vault as an item.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, cast

from django.db import transaction

from tutela.errors import Invalid, TutelaError
from tutela.hashlists.entry import Problem
from tutela.wire import csvreports, xarf
from tutela.wire.csvreports import CsvReport
from tutela.wire.form import Finding
from tutela_node.evidence import actions as evidence
from tutela_node.evidence import queries as vaulted
from tutela_node.evidence.vault import Received, discard, receive
from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.permissions import SYSTEM, Actor, require
from tutela_node.intake import forms
from tutela_node.intake.permissions import MEDIA, RECEIVE
from tutela_node.intake.rules import Channel
from tutela_node.journeys.report_received import ProviderReceipt, provider_report

NO_MEDIA = (
    "material is taken from senders alone who agreed to it: send the report without it, with the hashes of its files"
)
BATCH = 50  # reports of one request in one transaction: others write in between
MOST_ROWS = 5000  # of a table in one request


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One report of a body. `place` is where it stood; `problem` why it could not be read, empty where it could."""

    place: str
    receipt: ProviderReceipt
    findings: tuple[Finding, ...] = ()
    problem: str = ""


def take_xarf(actor: Actor, *, body: bytes) -> tuple[Taken, ...]:
    """Every report of a XARF body. Raises Forbidden with the place of material that the sender may not send.

    A request that broke off is sent again: a report that was taken before is told again and kept once.
    """
    require(actor, RECEIVE)
    try:
        found = xarf.read(body)
    except TutelaError as error:
        return (take_unread(actor, channel=Channel.XARF, body=body, problem=str(error)),)
    if not actor.may(MEDIA):
        refuse_media(found)
    batches = (found[start : start + BATCH] for start in range(0, len(found), BATCH))
    return tuple(taken for batch in batches for taken in _some_xarf(actor, batch))


def take_unread(actor: Actor, *, channel: Channel, body: bytes, problem: str) -> Taken:
    """Bytes that could not be read: kept as they came, with the reason."""
    receipt = provider_report(actor, document=forms.unread(channel, body, problem))
    return Taken(place="", receipt=receipt, problem=problem)


def refuse_media(found: Iterable[xarf.XarfReport]) -> None:
    """Raises Forbidden where a report about children carries what may be material."""
    for report in found:
        for each in report.evidence if report.is_about_children else ():
            if each.may_be_media:
                raise Forbidden(NO_MEDIA, place=f"{report.place}{each.place}/payload")


def take_table(actor: Actor, *, table: Received) -> Iterator[Taken | Problem]:
    """Every row of a table that is in the vault already, in the order of the file, as each is kept.

    What is told was committed. A row that was taken before is told again and kept once.
    """
    require(actor, RECEIVE)
    evidence.admit_object(SYSTEM, received=table, source=f"table of {actor.id}")
    rows = csvreports.read(cast("BinaryIO", _Chunks(vaulted.stream_object(table.object_id))), most=MOST_ROWS)
    try:
        first = next(rows, None)
    except Invalid as error:
        body = vaulted.read_object(table.object_id)
        yield take_unread(actor, channel=Channel.CSV, body=body, problem=str(error))
        return
    waiting = [] if first is None else [first]
    while batch := [*waiting, *islice(rows, BATCH)]:
        waiting = []
        with transaction.atomic():
            told = [_one_row(actor, each, table.sha256) for each in batch]
        yield from told


class _Chunks:
    """The plain bytes of an object of the vault, to be read in pieces."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def read(self, size: int) -> bytes:
        self._rest = self._rest or next(self._chunks, b"")
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def _one_row(actor: Actor, row: CsvReport | Problem, table: str) -> Taken | Problem:
    if isinstance(row, Problem):
        return row
    receipt = provider_report(actor, document=forms.of_csv(row, table=table))
    return Taken(place=f"line {row.line}", receipt=receipt)


def _some_xarf(actor: Actor, reports: Sequence[xarf.XarfReport]) -> list[Taken]:
    with ExitStack() as stack:
        with transaction.atomic():
            taken = [_one_xarf(actor, each, stack) for each in reports]
        stack.pop_all()  # committed: the files stay
    return taken


def _one_xarf(actor: Actor, report: xarf.XarfReport, stack: ExitStack) -> Taken:
    files = [_sealed(each, stack) for each in _files(report)]
    receipt = provider_report(actor, document=forms.of_xarf(report), held=files)
    return Taken(place=report.place, receipt=receipt, findings=report.findings)


def _files(report: xarf.XarfReport) -> Iterator[bytes]:
    """The material inside a report about children."""
    for each in report.evidence if report.is_about_children else ():
        if each.may_be_media and each.data:
            yield each.data


def _sealed(data: bytes, stack: ExitStack) -> Received:
    """The bytes in the vault; they are gone again when the stack unwinds."""
    with receive(len(data)) as receiver:
        receiver.write(data)
        sealed = receiver.seal()
    stack.callback(discard, sealed)
    return sealed
