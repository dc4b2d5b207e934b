"""The list of codes that people send of their own pictures: put on it as unverified, and taken off when they say so.

Rules:
- the list is the node's own and is found by what it is, not by its name, which is the profile's
- growth counts from the first entry on: what exceeds a day's number waits for people, as in every list
- a code too plain to tell pictures apart, and one of a picture that is known to harm nobody, is not listed
- a report's codes are taken once; what was taken back stays off, also when the report is opened again
- what is written down holds numbers, never a code
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tutela.hashlists import ListEntry, MediaKind
from tutela_node.foundation import clock, profile
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.hashlists import counting, deciding, importing, rules
from tutela_node.hashlists.folding import Seals
from tutela_node.hashlists.goods import is_known_good
from tutela_node.hashlists.models import Entry, HashList, ListImport, OwnCode
from tutela_node.hashlists.naming import find_or_make
from tutela_node.hashlists.permissions import OWN
from tutela_node.hashlists.rules import UNVERIFIED, ImportState, Origin

FORMAT = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The codes of one picture; `pdq` is empty and `quality` None where its browser could not open the picture."""

    sha256: str = field(repr=False)
    pdq: str = field(default="", repr=False)
    quality: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """How many pictures were too plain, how many are known to harm nobody, and the import that took the others."""

    plain: int = 0
    good: int = 0
    taken: int = 0
    brought_by: UUID | None = None


@transaction.atomic
def admit_own(actor: Actor, *, report: UUID, codes: Sequence[Code]) -> Listed:
    """Puts the codes of a report on the list, as unverified; again, it changes nothing."""
    require(actor, OWN)
    now, least = clock.now(), profile.current().own_pictures.quality
    fine = [
        code for code in codes if rules.is_telling(sha256=code.sha256, pdq=code.pdq, quality=code.quality, least=least)
    ]
    kept = [code for code in fine if not is_known_good(sha256=code.sha256, pdq=code.pdq)]
    listed = Listed(plain=len(codes) - len(fine), good=len(fine) - len(kept), taken=len(kept))
    if kept and not _was_taken_back(report):
        made = _import_of_today(counting.lock(_own_list(now).id), now)
        entries = [_entry(report, code, now) for code in kept]
        importing.take_piece(made, entries, now=now)
        _tie(report, made.list, entries)
        listed = Listed(plain=listed.plain, good=listed.good, taken=listed.taken, brought_by=made.id)
    record(actor, "own.listed", report, {"plain": listed.plain, "good": listed.good, "taken": listed.taken})
    return listed


@transaction.atomic
def withdraw_own(actor: Actor, *, report: UUID) -> tuple[UUID, ...]:
    """Takes a report's codes off; every index drops them with its next question. Answers the entries that came off."""
    require(actor, OWN)
    now, standing = clock.now(), Entry.objects.filter(owncode__report=report, withdrawn_at=None)
    list_id = standing.values_list("list", flat=True).first()
    if list_id is None:
        return ()
    target = counting.lock(list_id)
    rows = list(standing.select_for_update().order_by("number"))
    deciding.withdraw(target, rows, by=None, now=now)
    for row in rows:
        counting.note(actor, target, "taken back", at=now, entry=row)
    record(actor, "own.withdrawn", report, {"entries": [row.number for row in rows]})
    return tuple(row.id for row in rows)


def _entry(report: UUID, code: Code, now: datetime) -> ListEntry:
    hashes = [("sha256", code.sha256), *([("pdq", code.pdq)] if code.pdq else [])]
    return ListEntry(
        id=f"{report.hex}/{code.sha256}",
        hashes=tuple(hashes),
        kind=MediaKind.IMAGE if code.pdq else None,
        timestamp=now,
        tags=(UNVERIFIED,),
    )


def _own_list(now: datetime) -> HashList:
    """The list, made with the first code."""
    found = HashList.objects.filter(is_unverified=True).first()
    if found is not None:
        return found
    terms = profile.current().own_pictures
    names = (terms.name, *(f"{terms.name} ({number})" for number in range(2, 100)))
    name = next(each for each in names if not HashList.objects.filter(name=each).exists())
    made = find_or_make(name, now=now)
    made.is_unverified, made.growth_limit, made.filled_at = True, terms.per_day, now
    made.save(update_fields=["is_unverified", "growth_limit", "filled_at"])
    return made


def _import_of_today(target: HashList, now: datetime) -> ListImport:
    """One import a day, so that what waits for people is one flood a day; needs the lock of the list."""
    found = ListImport.objects.filter(list=target, origin=Origin.OWN, at__date=now.date()).order_by("at").last()
    if found is None or _is_decided(found):
        found = ListImport.objects.create(
            list=target, origin=Origin.OWN, format=FORMAT, state=ImportState.DONE, at=now, ended_at=now
        )
    return found


def _is_decided(made: ListImport) -> bool:
    """Whether people have decided about what it brought: what comes after that is another flood."""
    flood = getattr(made, "flood", None)
    return flood is not None and flood.state not in (rules.FloodState.WAITING, rules.FloodState.PROPOSED)


def _tie(report: UUID, target: HashList, entries: Sequence[ListEntry]) -> None:
    seals = Seals()
    keys = [seals.key_of(entry) for entry in entries]
    for row in Entry.objects.filter(list=target, key_lookup__in=keys, owncode=None):
        OwnCode.objects.create(report=report, entry=row)


def _was_taken_back(report: UUID) -> bool:
    return OwnCode.objects.filter(report=report).exclude(entry__withdrawn_at=None).exists()
