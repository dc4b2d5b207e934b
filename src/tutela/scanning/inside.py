"""What holds members, and who reads it.

Rules:
- a file is a holder by its content; what is none is never read a second time
- a member that holds members itself is told as one; a reader that goes into it names the whole way
"""

from collections.abc import Iterator

from tutela.scanning import disks, webarchives
from tutela.scanning.options import Options
from tutela.scanning.parts import Part, Pulse
from tutela.scanning.reading import Opened


def holds_members(opened: Opened) -> bool:
    """Whether `parts` has something to read."""
    return webarchives.is_web_archive(opened.head) or disks.is_disk(opened.head, opened.size)


def parts(path: bytes, opened: Opened, options: Options, pulse: Pulse) -> Iterator[Part]:
    """The members in the order of the file. Never raises for what it holds."""
    if webarchives.is_web_archive(opened.head):
        return webarchives.members(opened.stream, options, pulse)
    return disks.members(path, options, pulse)
