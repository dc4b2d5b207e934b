"""An item that holds others is looked into: each picture, film and sound inside becomes an item of its own.

    fingerprint -> unpack -> (each new member) fingerprint -> ...
                     |  '-> the next piece, as long as there is more
                     '-> the container goes on as every item: match -> queue
    a report that names a container later -> gather: it gets the members too

Rules:
- a piece has few members, so that no transaction holds up the others; a killed step leaves orphans that fsck removes
- bytes that are here already are the item we have; the same member twice has two places and is one item
- what is encrypted, damaged, too large or too much is left out and said, and is no failure
- the bytes of a container stay until it was looked into, whatever the profile says of keeping bytes
"""

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from tutela.scanning import SHOWN, Allowance, Member, Reason, Unpacking
from tutela_node.evidence.vault import Received, discard, receive
from tutela_node.foundation import profile
from tutela_node.foundation.errors import TutelaError
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions as intake
from tutela_node.intake import queries as reports
from tutela_node.journeys import capturing
from tutela_node.journeys.report_received import JOURNEY, carry_on, go_on, keep
from tutela_node.journeys.reports_told import tell_when_decided
from tutela_node.journeys.reports_weighed import weigh_with_others
from tutela_node.journeys.steps import begin, register, times_begun
from tutela_node.material import inside_actions, inside_queries
from tutela_node.material import queries as items
from tutela_node.material.rules import Contents

PIECE = 100  # members that one step makes items of
PIECE_BYTES = 256 * 1024 * 1024
AT_ONCE = 10  # reports that get the members with the piece; others soon after


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A member that is an item we have, or bytes in the vault that are to become one."""

    name: str
    item: UUID | None = None
    received: Received | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    found: tuple[Found, ...]
    contents: Contents


class _Reading:
    """One piece as it is read from a container."""

    def __init__(self, before: Contents) -> None:
        self._read_to, self._left_out = before.read_to, Counter[str]()
        self._kept: dict[str, Received] = {}
        self._found: list[Found] = []
        self._octets = 0

    @property
    def is_full(self) -> bool:
        return len(self._found) >= PIECE or self._octets >= PIECE_BYTES

    def take(self, member: Member) -> None:
        self._read_to = member.number
        if member.reason is not None:
            self._left_out[str(member.reason)] += 1
        if member.data is not None:
            self._octets += len(member.data)
            self._found.append(self._known(member.name, member.data))

    def piece(self, unpacking: Unpacking) -> Piece:
        contents = Contents(
            read_to=self._read_to,
            closed=unpacking.closed,
            left_out=MappingProxyType(dict(self._left_out)),
            is_over=not self.is_full,
            is_archive=unpacking.is_archive,
        )
        return Piece(found=tuple(self._found), contents=contents)

    def discard(self) -> None:
        for each in self._kept.values():
            discard(each)

    def _known(self, name: str, data: bytes) -> Found:
        """What is here already takes no second place in the vault."""
        with receive(len(data)) as receiver:
            receiver.write(data)
            received = receiver.seal()
        if (same := self._kept.get(received.sha256)) is not None:
            discard(received)
            return Found(name=name, received=same)
        if here := items.items_by_exact("sha256", received.sha256):
            discard(received)
            return Found(name=name, item=here[0])
        self._kept[received.sha256] = received
        return Found(name=name, received=received)


def read_piece(item: UUID) -> Piece:
    """The next members of a container, those that are pictures, films or sounds, in the vault. Writes no row."""
    rule = profile.current().unpack
    allowance = Allowance(
        container_bytes=rule.container_bytes,
        members=rule.members,
        member_bytes=rule.member_bytes,
        all_bytes=rule.bytes,
        depth=rule.depth,
        seconds=float(rule.seconds),
    )
    before = inside_queries.contents_of(item) or Contents()
    reading = _Reading(before)
    after, closed = before.read_to, before.closed
    with Unpacking(
        capturing.open_item(item), allowance=allowance, kinds=SHOWN, after=after, closed=closed
    ) as unpacking:
        try:
            for member in unpacking.members():
                reading.take(member)
                if reading.is_full:
                    break
        except BaseException:
            reading.discard()
            raise
        return reading.piece(unpacking)


def _unreadable(item: UUID, _: TutelaError) -> None:
    """It could not be looked into, again and again: that is said, and it goes its way as it is."""
    before = inside_queries.contents_of(item) or Contents()
    left_out = MappingProxyType({str(Reason.LOST): 1})
    piece = Contents(read_to=before.read_to, closed=before.closed, left_out=left_out, is_over=True)
    inside_actions.keep_inside(SYSTEM, container=item, found=(), piece=piece)
    go_on(item)


@register(JOURNEY, "unpack", prepare=read_piece, give_up=_unreadable)
def unpack(container: UUID, piece: Piece) -> None:
    known: dict[UUID, UUID] = {}
    made = [(_item(each, container, known), each.name) for each in piece.found]
    contents = inside_actions.keep_inside(SYSTEM, container=container, found=made, piece=piece.contents)
    named = reports.reports_of_item(container)
    for item in dict.fromkeys(item for item, _ in made):
        for report in named[:AT_ONCE]:
            intake.attach(SYSTEM, report=report, item=item)
    for report in named[AT_ONCE:]:
        begin(JOURNEY, report, f"gather:{new_id().hex[-12:]}")
    if contents.is_over:
        go_on(container)
    else:
        begin(JOURNEY, container, f"unpack:{times_begun(JOURNEY, container, 'unpack') + 1}")


def _item(found: Found, container: UUID, made: dict[UUID, UUID]) -> UUID:
    """The item that a member is; a new one begins its own way. `made`: what became of objects of this piece."""
    if found.received is None:
        assert found.item is not None
        return found.item
    object_id = found.received.object_id
    if object_id not in made:
        made[object_id], known = keep(found.received, source=f"inside:{container}")
        if not known:
            carry_on(made[object_id], known=False)
    return made[object_id]


@register(JOURNEY, "gather")
def gather(report: UUID, _: object) -> None:
    """A report gets what lies inside of what it names, some members a step."""
    named = reports.items_of_report(report)
    have = set(named)
    lacking = [each for each in inside_queries.members_of(named) if each not in have]
    for item in lacking[:PIECE]:
        intake.attach(SYSTEM, report=report, item=item)
    if lacking[PIECE:]:
        begin(JOURNEY, report, f"gather:{new_id().hex[-12:]}")
        return
    weigh_with_others(report)
    tell_when_decided(report)
