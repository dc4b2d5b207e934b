"""A hash list is imported; what already waits in the queue is matched against it at once.

A small file is taken in one go. A large one is held sealed and taken piece by piece: each step reads the next rows and
takes them in one transaction with the position, and begins the step after it.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from tutela_node.foundation.errors import TutelaError
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import actions as hashlists
from tutela_node.hashlists import queries as matches
from tutela_node.hashlists import reading
from tutela_node.hashlists.actions import ImportResult
from tutela_node.hashlists.holding import Held
from tutela_node.hashlists.rules import Purpose
from tutela_node.journeys import capturing
from tutela_node.journeys.report_received import put_in_queue
from tutela_node.journeys.steps import beat, begin, due_step, register, run_step, this_worker
from tutela_node.review import queries as review

JOURNEY = "list_imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A piece, and when reading it began."""

    piece: reading.Piece | None
    began: float


def import_list(
    actor: Actor,
    *,
    name: str,
    format: str,
    mapping: Mapping[str, str],
    stream: BinaryIO,
    trusted: bool,
    purpose: Purpose = Purpose.KNOWN,
) -> ImportResult:
    """All of it now, in one transaction: for small files."""
    with transaction.atomic():
        result = hashlists.import_list(
            actor, name=name, format=format, mapping=mapping, stream=stream, trusted=trusted, purpose=purpose
        )
        begin(JOURNEY, result.id, "rematch")
    return result


def begin_import(
    actor: Actor,
    *,
    name: str,
    format: str,
    mapping: Mapping[str, str],
    held: Held,
    trusted: bool,
    purpose: Purpose = Purpose.KNOWN,
) -> UUID:
    """The worker takes the held file, piece by piece. Answers the import's id."""
    with transaction.atomic():
        id = hashlists.begin_import(
            actor, name=name, format=format, mapping=mapping, held=held, trusted=trusted, purpose=purpose
        )
        begin(JOURNEY, id, "take:0")
    return id


def advance(id: UUID) -> bool:
    """Takes the next piece of an import in this process; False when another process is at it, or it is over."""
    beat()
    due = due_step(JOURNEY, id, "take")
    return due is not None and run_step(due, worker=this_worker())


def _read(id: UUID) -> _Read:
    began = time.monotonic()
    work = matches.import_work(id)
    if work is None:
        return _Read(piece=None, began=began)
    piece = reading.next_piece(
        id, key_wrapped=work.key_wrapped, format=work.format, mapping=work.mapping, position=work.position
    )
    return _Read(piece=piece, began=began)


def _give_up(id: UUID, error: TutelaError) -> None:
    hashlists.fail_import(SYSTEM, id=id, trouble=str(error))


@register(JOURNEY, "take", prepare=_read, give_up=_give_up)
def take(id: UUID, read: _Read) -> None:
    if read.piece is None:
        return
    began = time.monotonic() - read.began
    if hashlists.take_rows(SYSTEM, id=id, piece=read.piece, seconds=began):
        begin(JOURNEY, id, f"take:{read.piece.position + len(read.piece.rows)}")
    elif read.piece.is_last:
        begin(JOURNEY, id, "rematch")


def _hear(_: UUID) -> None:
    capturing.hear_items(tuple(review.open_items()))


@register(JOURNEY, "rematch", prepare=_hear)
def rematch(_: UUID, __: object) -> None:
    """Where the list says more about an item than was known, its entry in the queue is brought up to date."""
    for item in review.open_items():
        before = matches.best_match(item)
        capturing.match_item(item)
        if matches.best_match(item) != before:
            put_in_queue(item, due_at=review.due_at_of(item))
