"""Fingerprints of hostile bytes, decoded in a child process that may crash, hang or run out of memory.

Rules:
- the child has bounded memory and time for each file; when it is lost, the answer says so and the next file starts
  another; the exact digests are always computed here
- bytes go through the pipe, never through a file; the child cannot write files or leave a core dump
- the child inherits a handful of environment variables, and none that could hold a secret
- what the child says is read as outside input: it may have been taken over by what it decoded
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from tutela.errors import Invalid, Limited, TutelaError, Unavailable
from tutela.media.digests import digest, digest_stream
from tutela.media.fingerprints import DECODED, DEFAULT_LIMITS, Fingerprints, fingerprint, joined, of_stream, too_large
from tutela.media.framing import read_frame, write_frame
from tutela.media.kinds import SIGNATURE_BYTES, Kind, kind_of
from tutela.media.perceived import Perceived
from tutela.media.perception import STREAMED, from_json
from tutela.media.pictures import Limits
from tutela.media.previews import BLUR, SIDE

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME")
# A process that decodes one picture after the other asks the system for each anew: a tenth of its time. Read by glibc.
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(256 << 20), "MALLOC_MMAP_THRESHOLD_": str(32 << 20)}
_ANSWER_BYTES = 16 * 1024 * 1024
_PREVIEW_BYTES = 4 * 1024 * 1024
_PIECE = 4 * 1024 * 1024
_START_SECONDS = 120.0
LEFT = 0.7  # of the time for a file is for decoding; a video that takes longer is told as far as it was seen


class _Lost(Exception):
    """The child ended, or was ended, before it answered; the text says which."""


class Isolated:
    """A child process that decodes; started at the first picture, ended on leaving the context.

    `seconds`: wall-clock time for one file. `memory`: octets of address space. `variants`: forms of still
    pictures to make beside the plain one. `keyframes`: of videos decode these alone. Calls from several threads wait
    for each other. Raises Unavailable when no child can be started at all.
    """

    def __init__(
        self,
        *,
        limits: Limits = DEFAULT_LIMITS,
        seconds: float = 20.0,
        memory: int = 2 * 1024 * 1024 * 1024,
        variants: frozenset[str] = frozenset(),
        keyframes: bool = False,
    ) -> None:
        self._limits = limits
        self._asked = {"variants": sorted(variants), "patience": seconds * LEFT, "keyframes": keyframes}
        self._seconds = seconds
        self._memory = memory
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._lock:
            self._end()

    @property
    def child_id(self) -> int | None:
        """The process id of the child, if one is running for this context."""
        return self._child.pid if self._child else None

    def fingerprint(self, data: bytes) -> Fingerprints:
        """The same answer as `fingerprint(data, limits=..., variants=...)`; never raises for any bytes."""
        kind = kind_of(data[:SIGNATURE_BYTES])
        if kind not in DECODED:
            return fingerprint(data, limits=self._limits)
        if len(data) > self._limits.max_bytes:
            return joined(digest(data), Perceived(kind=kind, problem=too_large(self._limits)))
        return joined(digest(data), self._perceived({"verb": "perceive"}, data, kind))

    def fingerprint_stream(self, stream: BinaryIO) -> Fingerprints:
        """The same answer as `fingerprint_stream(stream, limits=...)`. Raises only what reading raises."""
        return of_stream(stream, self._limits, self.fingerprint)

    def fingerprint_path(self, path: Path) -> Fingerprints:
        """The same of a file, and of a video or a sound of any length, which the child reads itself. Raises OSError."""
        with path.open("rb") as stream:
            size, head = os.fstat(stream.fileno()).st_size, stream.read(SIGNATURE_BYTES)
            stream.seek(0)
            if size <= self._limits.max_bytes or kind_of(head) not in STREAMED:
                return self.fingerprint_stream(stream)
            digests = digest_stream(iter(partial(stream.read, _PIECE), b""))
        command = {"verb": "perceive_file", "path": os.fsencode(path.absolute()).hex()}
        return joined(digests, self._perceived(command, b"", kind_of(head)))

    def _perceived(self, command: Mapping[str, Any], data: bytes, kind: Kind) -> Perceived:
        try:
            answer, _ = self._ask({**command, **self._asked}, data)
            return from_json(answer)
        except (_Lost, Invalid) as error:
            return Perceived(kind=kind, problem=str(error))

    def render_veiled(self, data: bytes, *, side: int = SIDE, blur: float = BLUR) -> bytes:
        """A grey, blurred JPEG no side of which is above `side` pixels.

        Raises Invalid when `data` cannot be decoded, Limited when that took more than the child may have.
        """
        if len(data) > self._limits.max_bytes:
            raise Limited(f"the file has more than the {self._limits.max_bytes:,} bytes that are decoded")
        try:
            answer, preview = self._ask({"verb": "veil", "side": side, "blur": blur}, data)
            problem = json.loads(answer)["problem"]
        except _Lost as lost:
            raise Limited(str(lost)) from lost
        except (ValueError, LookupError, TypeError) as error:
            raise Invalid("not an answer of the decoder process") from error
        if problem or not preview.startswith(b"\xff\xd8\xff"):
            raise Invalid(str(problem) or "the decoder process sent no preview")
        return preview

    def _ask(self, command: Mapping[str, Any], data: bytes) -> tuple[bytes, bytes]:
        with self._lock:
            child = self._running() or self._start()
            with _Watch(child, self._seconds) as watch:
                try:
                    source, sink = _pipes(child)
                    write_frame(sink, json.dumps({**command, "limits": asdict(self._limits)}).encode())
                    write_frame(sink, data)
                    return read_frame(source, most=_ANSWER_BYTES), read_frame(source, most=_PREVIEW_BYTES)
                except (OSError, EOFError, TutelaError) as error:
                    self._end()
                    raise _Lost(watch.verdict()) from error

    def _running(self) -> subprocess.Popen[bytes] | None:
        """The child, unless it ended since its last answer: that is no fault of the next file."""
        if self._child is not None and self._child.poll() is not None:
            self._end()
        return self._child

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        command = (sys.executable, "-P", "-m", "tutela.media.child", str(self._memory), str(self._limits.max_bytes))
        self._child = subprocess.Popen(  # noqa: S603  # our own module, and numbers
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, **KEEP_MEMORY, "OPENBLAS_NUM_THREADS": "1"},
        )
        with _Watch(self._child, _START_SECONDS):
            try:
                read_frame(_pipes(self._child)[0], most=0)
            except (EOFError, TutelaError) as error:
                self._end()
                raise Unavailable("the decoder process does not start") from error
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in _pipes(child):
            with suppress(OSError):  # what was left in the buffer has nowhere to go
                pipe.close()
        child.wait()


def _pipes(child: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    assert child.stdout is not None
    assert child.stdin is not None
    return child.stdout, child.stdin  # type: ignore[return-value]  # buffered binary files; typeshed says IO[bytes]


class _Watch:
    """Ends `child` when `seconds` have passed inside; a blocked read or write then fails."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        self._child = child
        self._seconds = seconds
        self._struck = False
        self._timer = threading.Timer(seconds, self._strike)

    def __enter__(self) -> Self:
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _strike(self) -> None:
        self._struck = True
        self._child.kill()

    def verdict(self) -> str:
        if self._struck:
            return f"decoding took longer than the {self._seconds:g} seconds allowed"
        return "the decoder process ended without an answer: out of memory, or a fault in a decoder"
