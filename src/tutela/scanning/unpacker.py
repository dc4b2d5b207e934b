"""The process that reads one container and gives its members by a pipe (`unpacking` starts it and watches it).

Rules:
- it is confined (`media.confinement`) and is given the container as an open file that it can only read
- it ends when nobody reads its answers; a member that takes too long ends it, whether anybody watches or not
- it says when it enters a member that is a container itself and when it leaves it, so that who watches knows which of
  them ended it

Frames: one empty when it begins, and one whenever work goes on. `{"in": n}` and `{"out": n}` around what lies inside
member `n`. Of each member one that says what it is, and where `octets` is true one with its bytes. At the end `{}`.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from tutela.media import Kind, kind_of
from tutela.media.confinement import confine, own_output
from tutela.media.framing import write_frame
from tutela.media.kinds import SIGNATURE_BYTES
from tutela.scanning import containers
from tutela.scanning.containers.bounds import Bounds
from tutela.scanning.containers.recognition import HEAD, TAIL
from tutela.scanning.options import Options
from tutela.scanning.parts import Part

_FILES = 64


def main() -> None:
    """The number of the open file and what is asked, as JSON, are the arguments."""
    sink, stream, asked = own_output(), os.fdopen(int(sys.argv[1]), "rb"), json.loads(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this one says when it ends
    containers.ready()
    confine(memory=int(asked["memory"]), files=_FILES)
    teller = _Teller(sink, float(asked["silence"]))
    teller.tell(b"")
    _read(stream, asked, teller)
    teller.say({})


def _read(stream: BinaryIO, asked: Mapping[str, Any], teller: "_Teller") -> None:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - TAIL))
    tail = stream.read(TAIL)
    stream.seek(0)
    reader = containers.reader_of(stream.read(HEAD), tail)
    stream.seek(0)
    if reader is None:
        return
    account, kinds = _Account(asked, teller), frozenset(Kind(each) for each in asked["kinds"])
    for part in containers.members(stream, reader, account, account.is_wanted):
        account.number += 1
        if account.number > int(asked["skip"]):
            _give(part, kinds, account, teller)


def _give(part: Part, kinds: frozenset[Kind], account: "_Account", teller: "_Teller") -> None:
    """A member of another kind is told without its bytes."""
    data = part.data
    kind = kind_of(data[:SIGNATURE_BYTES]) if data is not None else None
    given = kind in kinds
    teller.say({
        "number": account.number, "name": part.name, "size": len(data) if data is not None else part.size,
        "problem": part.problem, "octets": given, "holds": account.holder == account.number,
    })  # fmt: skip
    if given and data is not None:
        teller.tell(data)


class _Account(Bounds):
    """The bounds of this container, which also know where in it the reading is."""

    def __init__(self, asked: Mapping[str, Any], teller: "_Teller") -> None:
        options = Options(max_bytes=int(asked["member_bytes"]), max_pixels=int(asked["pixels"]))
        super().__init__(options, teller.pulse, size=0, most_octets=int(asked["all_bytes"]), depth=int(asked["depth"]))
        self.number = self.holder = 0  # of the member that was given last; of the last one that holds others
        self._teller, self._closed = teller, frozenset(asked["closed"])

    def is_wanted(self, _: bytes) -> bool:
        """Not when looking into it ended a process; asked right before the member is given."""
        self.holder = self.number + 1
        return self.holder not in self._closed

    @contextmanager
    def holding(self, octets: int) -> Iterator[None]:
        number = self.number
        self._teller.say({"in": number})
        with super().holding(octets):
            yield
        self._teller.say({"out": number})


class _Teller:
    """Writes frames; in between an alarm runs that ends this process."""

    def __init__(self, sink: BinaryIO, silence: float) -> None:
        self._sink, self._silence = sink, silence

    def tell(self, frame: bytes) -> None:
        """Waits as long as whoever reads does: only reading a member is timed."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(self._sink, frame)
        signal.setitimer(signal.ITIMER_REAL, self._silence)

    def say(self, what: Mapping[str, object]) -> None:
        self.tell(json.dumps(what).encode())

    def pulse(self) -> None:
        self.tell(b"")


if __name__ == "__main__":
    main()
