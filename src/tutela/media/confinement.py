"""What a process that reads hostile bytes does to itself before it reads any.

Rules:
- bounded memory and open files, no core dumps, no files written: what it decodes never reaches a disk
- only frames leave by its pipe: whatever a library prints goes nowhere
"""

import os
import resource
from typing import BinaryIO


def own_output() -> BinaryIO:
    """The pipe under another number; number 1 becomes what number 2 is."""
    pipe = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(pipe, "wb")


def confine(*, memory: int, files: int) -> None:
    """`memory`: octets of address space; `files`: how many may be open. For the rest of the life of this process."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, files),
    ):
        resource.setrlimit(what, (most, most))
