"""Members of containers, and of the containers among them, level by level.

Rules:
- a member comes before what lies inside it; its name is the whole way, with slashes
- markup is no level of its own: documents are made of it
- one account for an outermost container: a bound that is reached ends all of it, with a line that says so
- a reader that fails costs the rest of its container, and no other
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from tutela.scanning.containers.bounds import DAMAGED, FAULTS, REST, TOO_MUCH, Bounds, Exhausted
from tutela.scanning.containers.recognition import Reader, reader_of_octets
from tutela.scanning.containers.written import markup
from tutela.scanning.parts import Part

Wanted = Callable[[bytes], bool]  # whether to look into a member, asked right before it is given; it has these octets


def members(stream: BinaryIO, reader: Reader, bounds: Bounds, wanted: Wanted) -> Iterator[Part]:
    """What `stream` holds, and what lies inside that. Never raises for what it holds."""
    yield from _bounded(_deep(_guarded(reader, stream, bounds), bounds, wanted, 1))


def entered(part: Part, bounds: Bounds, wanted: Wanted) -> Iterator[Part]:
    """What lies inside a member of something that is no container itself, such as a disk image. Asks `wanted` now."""
    data = part.data
    reader = reader_of_octets(data) if data is not None else None
    if reader is None or data is None or not wanted(data):
        return iter(())
    return _held(part.name, data, reader, bounds, wanted)


def _held(name: str, data: bytes, reader: Reader, bounds: Bounds, wanted: Wanted) -> Iterator[Part]:
    with bounds.holding(len(data)):
        yield from _under(name, _bounded(_deep(_guarded(reader, BytesIO(data), bounds), bounds, wanted, 1)))


def _deep(parts: Iterator[Part], bounds: Bounds, wanted: Wanted, level: int) -> Iterator[Part]:
    for part in parts:
        data = part.data
        reader = reader_of_octets(data) if data is not None else None
        if reader is None or data is None or not wanted(data):
            yield part
        elif level >= bounds.depth and (reader is not markup or level > bounds.depth):
            yield part if reader is markup else replace(part, problem=part.problem or bounds.too_deep)
        else:
            yield part
            with bounds.holding(len(data)):
                inside = _deep(_guarded(reader, BytesIO(data), bounds), bounds, wanted, level + 1)
                yield from _under(part.name, inside)


def _under(name: str, parts: Iterator[Part]) -> Iterator[Part]:
    return (replace(part, name=f"{name}/{part.name}") for part in parts)


def _guarded(reader: Reader, stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    try:
        yield from reader(stream, bounds)
    except FAULTS:
        yield Part(name=REST, data=None, problem=DAMAGED)


def _bounded(parts: Iterator[Part]) -> Iterator[Part]:
    try:
        yield from parts
    except Exhausted:
        yield Part(name=REST, data=None, problem=TOO_MUCH)
