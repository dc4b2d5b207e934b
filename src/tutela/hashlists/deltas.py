"""What changed from one signed copy of a list to the next, signed as the list is.

Rules:
- a delta belongs to one base by its digest, and so to one recipient; on any other base it is refused
- applying it gives the bytes of the new copy, its signature with them: the result is verified as any list is
- changes rise by key like entries; both files are read line by line and none is held
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from tutela.custody import VerifierKey
from tutela.errors import Invalid, Limited, VerificationFailed
from tutela.hashlists.canonlines import canonical, dumped, numbered
from tutela.hashlists.keyedlines import Change, Line, compared, verified_lines
from tutela.hashlists.native_entry import entry_on
from tutela.hashlists.signed import Framed, Key, Signed
from tutela.hashlists.signed_header import (
    DELTA,
    FORMAT,
    SignedHeader,
    check_signature,
    footer_of,
    header_of,
    message,
    signature_line,
    signature_of,
)
from tutela.sealing import Signer, key_id

_COUNTS = {Change.ADD: "added", Change.CHANGE: "changed", Change.WITHDRAW: "withdrawn"}
Step = tuple[Change, Key, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A delta that was made or verified: from the copy with the digest `base` to the list `target`."""

    base: str
    target: SignedHeader
    added: int
    changed: int
    withdrawn: int
    ending: tuple[bytes, bytes]


def make_delta(old: tuple[BinaryIO, Signed], new: tuple[BinaryIO, Signed], out: BinaryIO, *, signer: Signer) -> Delta:
    """Writes what leads from one copy to the next; both (stream and what `verify` said of it) were verified.

    Raises Invalid unless they are copies of one list for one recipient, `new` the later one, by the signer's key.
    """
    target = new[1].header
    _check_pair(old[1].header, target)
    if (target.publisher, target.key) != (signer.name, key_id(signer.public)):
        raise Invalid("a delta is signed with the key of the new list", place="key")
    body, counts = hashlib.sha256(), Counter[Change]()

    def put(line: bytes) -> None:
        body.update(line)
        out.write(line)

    put(dumped({"base": old[1].digest, "format": DELTA, "target": target.as_json()}))
    for change, key, line in compared(verified_lines(*old), verified_lines(*new)):
        put(_change_line(change, key, line))
        counts[change] += 1
    ending = _ending_of(new[0])
    found = {_COUNTS[each]: counts[each] for each in Change}
    last = [canonical(line, "end") for line in ending]
    put(dumped({**found, "sha256": body.hexdigest(), "target": last}))
    out.write(signature_line(signer.sign(message(DELTA, body.digest()))))
    return Delta(base=old[1].digest, target=target, ending=ending, **found)


def _check_pair(old: SignedHeader, new: SignedHeader) -> None:
    if (old.name, old.recipient, old.publisher) != (new.name, new.recipient, new.publisher):
        raise Invalid("a delta joins two copies of one list for one recipient by one publisher", place="line 1")
    if new.number <= old.number:
        raise Invalid("the new list has a later number than the old one", place="line 1, number")


def _ending_of(stream: BinaryIO) -> tuple[bytes, bytes]:
    stream.seek(0)
    lines = numbered(stream)
    framed = Framed(lines, next(lines)[1])
    for _ in framed:
        pass
    return framed.end[0][1], framed.end[1][1]


def _change_line(change: Change, key: Key, line: bytes) -> bytes:
    if change is Change.WITHDRAW:
        return dumped({change.value: list(key)})
    return b'{"%s":%s}\n' % (change.value.encode(), line[:-1])


def verify_delta(stream: BinaryIO, *, publishers: Sequence[VerifierKey]) -> Delta:
    """Reads the whole delta and says that one of `publishers` signed it. Raises VerificationFailed with the place."""
    stream.seek(0)
    lines = numbered(stream)
    try:
        base, target, first = _delta_header(next(lines, (1, b""))[1])
        framed = Framed(lines, first)
        counts = Counter(_step(line, f"line {number}")[0] for number, line in framed)
        delta = _delta_ending(framed, base, target, counts)
        number, line = framed.end[1]
        signature = signature_of(line, f"line {number}")
    except (Invalid, Limited) as error:
        raise VerificationFailed(error.message, place=error.place) from None
    by = (target.publisher, target.key)
    check_signature(signature, framed.closed()[1], form=DELTA, signed_by=by, keys=tuple(publishers))
    return delta


def _delta_header(first: bytes) -> tuple[str, SignedHeader, bytes]:
    given = canonical(first, "line 1")
    if set(given) != {"base", "format", "target"} or given["format"] != DELTA or not isinstance(given["target"], dict):
        raise Invalid(f"expected a header of format {DELTA} with base and target", place="line 1")
    if not isinstance(given["base"], str):
        raise Invalid("the base is a digest", place="line 1, base")
    return given["base"], header_of(given["target"], "line 1, target"), first


def _step(line: bytes, place: str) -> Step:
    """One change. Raises Invalid unless it is in its one spelling."""
    given = canonical(line, place)
    if len(given) != 1 or next(iter(given)) not in set(Change):
        raise Invalid(f"a line holds one of {', '.join(Change)}", place=place)
    ((name, value),) = given.items()
    change = Change(name)
    if change is Change.WITHDRAW:
        if not isinstance(value, list) or len(value) != 3 or not all(isinstance(part, str) for part in value):
            raise Invalid("a withdrawal names source, kind and id", place=place)
        return change, (value[0], value[1], value[2]), b""
    if not isinstance(value, dict):
        raise Invalid("a change holds an entry", place=place)
    entry_line = dumped(value)
    return change, entry_on(entry_line, place).key, entry_line


def _delta_ending(framed: Framed, base: str, target: SignedHeader, counts: Counter[Change]) -> Delta:
    number, line = framed.end[0]
    place = f"line {number}"
    given = canonical(line, place)
    found = {_COUNTS[each]: counts[each] for each in Change}
    if set(given) != {*found, "sha256", "target"} or any(type(given[name]) is not int for name in found):
        raise Invalid(f"the line before the last holds {', '.join(found)}, sha256 and target", place=place)
    if {name: given[name] for name in found} != found:
        raise Invalid("cut or joined: other counts here than lines before", place=place)
    if given["sha256"] != framed.closed()[0].hex():
        raise Invalid("changed: the lines before have another SHA-256", place=place)
    return Delta(base=base, target=target, ending=_two(given["target"], place), **found)


def _two(given: Any, place: str) -> tuple[bytes, bytes]:
    if not isinstance(given, list) or len(given) != 2 or not all(isinstance(each, dict) for each in given):
        raise Invalid("target holds the last two lines of the new list", place=place)
    return dumped(given[0]), dumped(given[1])


def apply_delta(
    base: tuple[BinaryIO, Signed], delta: BinaryIO, out: BinaryIO, *, publishers: Sequence[VerifierKey]
) -> Signed:
    """Writes the new copy, byte for byte as its publisher signed it. `base` was verified.

    Raises VerificationFailed for a delta that does not verify or belongs to another base. What was written before an
    error must be thrown away.
    """
    found = verify_delta(delta, publishers=publishers)
    if found.base != base[1].digest:
        raise VerificationFailed("belongs to another base than this list", place="line 1, base")
    first = dumped(found.target.as_json())
    out.write(first)
    body, count = hashlib.sha256(first), 0
    for line in _changed(verified_lines(*base), _steps(delta)):
        out.write(line)
        body.update(line)
        count += 1
    out.writelines(found.ending)
    lines = body.hexdigest()
    body.update(found.ending[0])
    return _checked_result(found, lines, body.digest(), count, publishers)


def _checked_result(delta: Delta, lines: str, whole: bytes, count: int, publishers: Sequence[VerifierKey]) -> Signed:
    """Raises VerificationFailed unless the lines written are those that the publisher signed as the new list."""
    try:
        footer = footer_of(canonical(delta.ending[0], "target"), "target")
        signature = signature_of(delta.ending[1], "target")
    except Invalid as error:
        raise VerificationFailed(error.message, place=error.place) from None
    if (footer.sha256, footer.entries) != (lines, count):
        raise VerificationFailed("the delta does not lead to the list that it names", place="target")
    header = delta.target
    by = (header.publisher, header.key)
    check_signature(signature, whole, form=FORMAT, signed_by=by, keys=tuple(publishers))
    return Signed(header=header, entries=count, digest=whole.hex(), content=footer.content)


def _steps(delta: BinaryIO) -> Iterator[tuple[Step, str]]:
    delta.seek(0)
    lines = numbered(delta)
    framed = Framed(lines, next(lines, (1, b""))[1])
    for number, line in framed:
        yield _step(line, f"line {number}"), f"line {number}"


def _changed(lines: Iterable[Line], steps: Iterable[tuple[Step, str]]) -> Iterator[bytes]:
    """The lines of the new list. Raises VerificationFailed for a change that does not fit."""
    todo = iter(steps)
    step = next(todo, None)
    for key, line in lines:
        while step is not None and step[0][1] < key:
            yield _added(*step)
            step = next(todo, None)
        if step is None or step[0][1] != key:
            yield line
            continue
        (change, _, new), place = step
        if change is Change.ADD:
            raise VerificationFailed("adds an entry that is there", place=place)
        if new:
            yield new
        step = next(todo, None)
    while step is not None:
        yield _added(*step)
        step = next(todo, None)


def _added(step: Step, place: str) -> bytes:
    if step[0] is not Change.ADD:
        raise VerificationFailed("changes or withdraws an entry that is not there", place=place)
    return step[2]
