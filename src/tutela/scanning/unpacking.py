"""Members of one container that nobody vouches for, read in a process that may be lost.

Rules:
- the container is held in memory (a sealed memfd), within bounds, and never on a disk; the process cannot change it
- a member that ends the process, hangs it or makes it ask for too much memory costs what lies inside that member: the
  process is started again, and what was given is not given twice
- what the process says is read as outside input: it may have been taken over by what it read
- what was left out is said, with its reason; nothing that a container holds raises
"""

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, BinaryIO, Self

from tutela.errors import Invalid, Unavailable
from tutela.media import Kind, kind_of
from tutela.media.kinds import SIGNATURE_BYTES
from tutela.scanning.containers import bounds, pdfs, rars
from tutela.scanning.containers.recognition import HEAD, TAIL, is_archive, reader_of
from tutela.scanning.watched import GRACE, Watched

SHOWN = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO})
_MOST_LOST = 8
_LONGEST_SAID = 512 * 1024  # a name may be the way through several containers
_LONGEST_NAME, _LONGEST_PROBLEM = 4 * bounds.LONGEST_NAME, 300
_PIECE = 1 << 20
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


class Reason(StrEnum):
    """Why something that a container holds is not given."""

    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    NOT_DECODED = "not_decoded"
    OTHER_VOLUME = "other_volume"
    LOST = "lost"
    OTHER_KIND = "other_kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What reading one container may cost.

    `container_bytes`: octets of the container itself, which are held. `members`: how many are looked at, at all levels.
    `member_bytes`: of one of them; `all_bytes`: decompressed, of all. `depth`: levels of containers in containers.
    `seconds`: waiting for the process, in all; `silence`: without a sign of it. `memory`: octets of its address space.
    """

    container_bytes: int = 1 << 30
    members: int = 10_000
    member_bytes: int = 256 << 20
    all_bytes: int = 4 << 30
    depth: int = bounds.DEPTH
    seconds: float = 60.0
    silence: float = 20.0
    memory: int = 2 << 30
    pixels: int = 100_000_000


PLENTY = Allowance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`number`: where `after` goes on behind it; it grows, but for what follows a process that was lost.

    `name`: the whole way inside, with slashes; octets that are no text are surrogate escapes. `data` is None when it is
    not given: `reason` says why, and is None for a container of another kind, whose own members follow. With `data`, it
    says what part of it is missing.
    """

    number: int
    name: str
    data: bytes | None
    size: int | None = None
    reason: Reason | None = None


class _Late(Exception):
    """The seconds of the whole container are used up."""


def is_container(head: bytes, tail: bytes) -> bool:
    """Whether a file that begins and ends like this holds members; `HEAD` and `TAIL` octets are enough."""
    return reader_of(head[:HEAD], tail[-TAIL:]) is not None


class Unpacking:
    """One container, opened; `members` gives what it holds, once. Leaving the context ends the process.

    `kinds`: members of these have their bytes, of others only that they are there. `after` and `closed`: the number of
    the last member that was given before, and what `closed` said then, for who takes a large container in pieces.
    Raises Unavailable when no process can be started, and what reading `stream` raises.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        allowance: Allowance = PLENTY,
        kinds: frozenset[Kind] = frozenset(Kind),
        after: int = 0,
        closed: Iterable[int] = (),
    ) -> None:
        self._allowance, self._kinds, self._after = allowance, kinds, after
        self._child: Watched | None = None
        self._left = allowance.seconds
        self._within: list[int] = []  # the containers in it that the process is in now, outermost first
        self._closed = set(closed)  # those that are not looked into any more
        self._held = _held(stream, allowance.container_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    @property
    def child_id(self) -> int | None:
        """The process id, while one runs."""
        return self._child.id if self._child else None

    @property
    def is_archive(self) -> bool:
        """Whether it is files put together, and shows nothing itself."""
        if self._held is None:
            return False
        size = os.fstat(self._held).st_size
        return is_archive(os.pread(self._held, HEAD, 0), os.pread(self._held, TAIL, max(0, size - TAIL)))

    @property
    def closed(self) -> tuple[int, ...]:
        """Containers in it that ended a process and stay closed, by their numbers."""
        return tuple(sorted(self._closed))

    def members(self) -> Iterator[Member]:
        """In the order of the container. What was left out without a name is called `$rest`."""
        if self._held is None:
            yield _rest(0, Reason.TOO_LARGE)
            return
        number, told, lost, octets = self._after, 0, 0, 0
        while True:
            try:
                for member in self._passed(skip=number):
                    number, told, octets = member.number, told + 1, octets + len(member.data or b"")
                    if max(number, told) > self._allowance.members:
                        yield _rest(number, Reason.TOO_MANY)
                        return
                    if octets > self._allowance.all_bytes:
                        raise Invalid("more than it was allowed")
                    yield member
                return
            except _Late:
                yield _rest(number, Reason.LOST)
                return
            except (OSError, EOFError, Invalid):
                lost += 1
                self._end()
                yield _rest(number, Reason.LOST)
                if not self._within or lost > _MOST_LOST:
                    return
                number = self._close()

    def _close(self) -> int:
        """The innermost container that the process was in stays closed: what follows it is what comes next."""
        number = self._within[-1]
        self._closed = {each for each in self._closed if each < number} | {number}
        return number

    def _passed(self, *, skip: int) -> Iterator[Member]:
        """What one process gives after member `skip`."""
        child, last = self._start(skip), skip
        while (said := self._said(child)) != {}:
            if "in" in said or "out" in said:
                self._moved(said)
                continue
            member = self._member(child, said)
            if member.number <= last:
                raise Invalid("members out of their order")
            last = member.number
            yield member
        self._end()

    def _start(self, skip: int) -> Watched:
        assert self._held is not None
        self._within = []
        allowed = self._allowance
        asked = {
            "skip": skip, "closed": sorted(self._closed), "kinds": sorted(self._kinds), "depth": allowed.depth,
            "member_bytes": allowed.member_bytes, "all_bytes": allowed.all_bytes, "pixels": allowed.pixels,
            "silence": allowed.silence, "memory": allowed.memory,
        }  # fmt: skip
        arguments = (str(self._held), json.dumps(asked))
        self._child = Watched("tutela.scanning.unpacker", arguments, files=(self._held,))
        self._child.begin()
        return self._child

    def _said(self, child: Watched) -> dict[str, Any]:
        while not (frame := self._frame(child, _LONGEST_SAID)):
            pass
        try:
            said = json.loads(frame)
        except (ValueError, RecursionError):
            raise Invalid("no JSON") from None
        if not isinstance(said, dict):
            raise Invalid("no object")
        return said

    def _frame(self, child: Watched, most: int) -> bytes:
        if self._left <= 0:
            raise _Late
        began, patience = time.monotonic(), self._allowance.silence + GRACE
        try:
            return child.frame(min(patience, self._left), most=most)
        except EOFError:
            if time.monotonic() - began >= self._left:
                raise _Late from None
            raise
        finally:
            self._left -= time.monotonic() - began

    def _moved(self, said: dict[str, Any]) -> None:
        number = said.get("in", said.get("out"))
        if type(number) is not int or number < 1:
            raise Invalid("no number")
        if "in" in said:
            self._within.append(number)
        elif not self._within or self._within.pop() != number:
            raise Invalid("left where it was not")
        if len(self._within) > self._allowance.depth + 1:
            raise Invalid("deeper than it was allowed")

    def _member(self, child: Watched, said: dict[str, Any]) -> Member:
        number, name, size, problem = (said.get(each) for each in ("number", "name", "size", "problem"))
        if type(number) is not int or number < 1 or not isinstance(name, str) or not isinstance(problem, str):
            raise Invalid("no member")
        if size is not None and (type(size) is not int or not 0 <= size < 1 << 63):
            raise Invalid("no size")
        data = self._frame(child, self._allowance.member_bytes) if said.get("octets") is True else None
        if data is not None and kind_of(data[:SIGNATURE_BYTES]) not in self._kinds:
            data = None
        reason = reason_of(problem[:_LONGEST_PROBLEM])
        if data is None and reason is None and said.get("holds") is not True:
            reason = Reason.OTHER_KIND
        return Member(number=number, name=bounds.named(name[:_LONGEST_NAME]), data=data, size=size, reason=reason)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


def reason_of(problem: str) -> Reason | None:
    """What a problem of a member comes down to; None for none."""
    if not problem:
        return None
    if problem == bounds.ENCRYPTED:
        return Reason.ENCRYPTED
    if problem == bounds.TOO_MUCH:
        return Reason.TOO_MANY
    if problem.startswith("a container more than"):
        return Reason.TOO_DEEP
    if problem.endswith("that are decoded"):
        return Reason.TOO_LARGE
    if problem in (bounds.VOLUMES, rars.EARLIER, rars.LATER):
        return Reason.OTHER_VOLUME
    if problem in (bounds.UNKNOWN_CODING, bounds.UNDECODED, pdfs.UNKNOWN) or "it is not decoded here" in problem:
        return Reason.NOT_DECODED
    return Reason.DAMAGED


def _rest(number: int, reason: Reason) -> Member:
    return Member(number=number, name=bounds.REST, data=None, reason=reason)


def _held(stream: BinaryIO, most: int) -> int | None:
    """The container as an open file in memory that nobody can change; None when it has more than `most` octets."""
    if not hasattr(os, "memfd_create"):
        raise Unavailable("this system keeps no files in memory; Linux does")
    held = os.memfd_create("container", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        left = most
        while piece := stream.read(min(_PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                os.close(held)
                return None
            _write(held, piece)
        fcntl.fcntl(held, fcntl.F_ADD_SEALS, _SEALS)
    except BaseException:
        os.close(held)
        raise
    return held


def _write(held: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(held, view) :]
