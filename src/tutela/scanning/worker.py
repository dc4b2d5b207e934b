"""The process that looks at files: it reads them itself, maps the lists, and answers by a pipe.

Rules:
- it makes itself ready while the lists are written, and opens them when it is told that they are
- it is confined (`media.confinement`), with bounded memory beside the mapped lists
- it ends when its input does; a file that takes too long ends it, whether anybody watches or not
- an empty frame says that work goes on; a file ends with a frame of one blank; a member whose own members follow has
  a plus before its line
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tutela.media.confinement import confine, own_output
from tutela.media.framing import read_frame, write_frame
from tutela.media.warmth import warm
from tutela.scanning import containers
from tutela.scanning.lines import to_wire
from tutela.scanning.listing import Lists, size_of
from tutela.scanning.looking import Eye
from tutela.scanning.options import Ask, Options

LONGEST_ASK = 1 << 20
END_OF_FILE, HOLDER = b" ", b"+"
_FILES = 1024


def main() -> None:
    """The index folder and the options as arguments; asks in, lines out."""
    source, sink = sys.stdin.buffer, own_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this one says when it ends
    folder, options = Path(os.fsdecode(bytes.fromhex(sys.argv[1]))), Options.from_object(json.loads(sys.argv[2]))
    warm()
    containers.ready()
    try:
        read_frame(source, most=0)
    except EOFError:
        return
    lists = Lists(folder)
    eye = Eye(lists, options, lambda: _pulse(sink, options.seconds))
    eye.warm()
    confine(memory=options.memory + size_of(folder), files=_FILES)
    write_frame(sink, b"")
    while True:
        try:
            ask = Ask.from_wire(read_frame(source, most=LONGEST_ASK))
        except EOFError:
            return
        for frame in _answer(eye, ask, options.seconds):
            write_frame(sink, frame)


def _answer(eye: Eye, ask: Ask, seconds: float) -> Iterator[bytes]:
    _arm(seconds)
    for seen in eye.look(ask):
        yield (HOLDER if eye.is_holder else b"") + to_wire(seen)
        _arm(seconds)
    _arm(0)
    yield END_OF_FILE


def _arm(seconds: float) -> None:
    """The alarm that ends this process, set anew; it also ends a decoder that never comes back."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _pulse(sink: BinaryIO, seconds: float) -> None:
    _arm(seconds)
    write_frame(sink, b"")


if __name__ == "__main__":
    main()
