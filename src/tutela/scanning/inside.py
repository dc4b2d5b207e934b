"""What holds members, and who reads it.

Rules:
- a file is a holder by its content; what is none is never read a second time
- what a member holds is told behind it, under the whole way, unless nobody wants to look into the member
- a disk image holds files of their own: each of its archives has an account of its own
"""

import os
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from tutela.scanning import containers, disks, webarchives
from tutela.scanning.containers.bounds import Bounds
from tutela.scanning.containers.opening import Wanted
from tutela.scanning.options import Options
from tutela.scanning.parts import Part, Pulse
from tutela.scanning.reading import Opened


def holds_members(opened: Opened) -> bool:
    """Whether `parts` has something to read."""
    return is_holder(opened.head, opened.tail, opened.size)


def is_holder(head: bytes, tail: bytes, size: int) -> bool:
    """The same of a file that begins and ends like this; `HEAD` and `TAIL` octets are enough."""
    return _is_collection(head, size) or containers.reader_of(head, tail) is not None


def parts(path: bytes, opened: Opened, options: Options, pulse: Pulse, wanted: Wanted) -> Iterator[Part]:
    """The members in the order of the file. Never raises for what it holds."""
    if not _is_collection(opened.head, opened.size):
        reader = containers.reader_of(opened.head, opened.tail)
        if reader is not None:
            bounds = Bounds(options, pulse, size=opened.size)
            with _whole(opened) as stream:
                yield from containers.members(stream, reader, bounds, wanted)
        return
    if webarchives.is_web_archive(opened.head):
        found = webarchives.members(opened.stream, options, pulse)
    else:
        found = disks.members(path, options, pulse)
    for part in found:
        inside = containers.entered(part, Bounds(options, pulse, size=len(part.data or b"")), wanted)
        yield part
        yield from inside


def _whole(opened: Opened) -> BinaryIO:
    """The file from its begin, buffered. Closing it leaves `opened` open."""
    if opened.data is not None:
        return BytesIO(opened.data)
    opened.stream.seek(0)
    return os.fdopen(opened.stream.fileno(), "rb", closefd=False)


def _is_collection(head: bytes, size: int) -> bool:
    return webarchives.is_web_archive(head) or disks.is_disk(head, size)
