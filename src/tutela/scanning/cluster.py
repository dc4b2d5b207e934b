"""Files to lines through a Dask cluster, in the order of the walk. Needs the extra `cluster`.

Rules:
- each machine has the root, the folder of the lists and this version of the kit, under the same paths
- a Dask worker decodes nothing: it has a process of its own for that, as the pool has, so that the lines are the same
- bounded: so many batches are begun before the one whose turn it is has ended
- a batch whose machine is lost is done again elsewhere
"""

import json
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tutela.errors import Limited, Unavailable
from tutela.scanning.lines import Seen, from_wire, to_wire
from tutela.scanning.options import Options
from tutela.scanning.pool import Told
from tutela.scanning.walk import Found
from tutela.scanning.workman import Setup, Workman

BATCH, BATCH_BYTES, AHEAD, RETRIES = 32, 32 * 1024 * 1024, 4, 3
MOST_LINES = 1_000_000  # of one batch: the cluster carries its answer as a whole
_WAIT_SECONDS = 30

Batch = list[Found]


class Cluster:
    """The cluster whose scheduler is at `address`, such as tcp://127.0.0.1:8786. Raises Unavailable."""

    def __init__(self, address: str, setup: Setup) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise Unavailable("a cluster needs the extra `cluster`: install tutela[cluster]") from None
        try:
            client: Any = Client
            self._client = client(address, timeout=_WAIT_SECONDS, set_as_default=False)
            self._client.wait_for_workers(1, timeout=_WAIT_SECONDS)
        except (OSError, ValueError, TimeoutError):
            raise Unavailable("no scheduler with a worker answers there", place=address) from None
        self._setup = (os.fsencode(setup.folder).hex(), json.dumps(setup.options.as_object()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError, TimeoutError):  # machines that are lost have ended theirs
            self._client.run(end_workmen, *self._setup)
        self._client.close()

    def lines(self, files: Iterable[Found]) -> Iterator[Told]:
        """The lines of each file, then None, in the order of `files`. Raises Unavailable when the cluster is lost."""
        begun: deque[tuple[Batch, Any]] = deque()
        batches = batched(files)
        most = AHEAD * max(1, sum(self._client.nthreads().values()))
        try:
            for batch in islice(batches, most):
                begun.append((batch, self._begin(batch)))
            while begun:
                batch, future = begun.popleft()
                yield from _told(batch, self._result(future))
                for further in islice(batches, 1):
                    begun.append((further, self._begin(further)))
        finally:
            for _, future in begun:
                future.cancel()

    def _begin(self, batch: Batch) -> Any:
        paths = [found.path.hex() for found in batch if not found.problem]
        return self._client.submit(look_at, *self._setup, paths, pure=False, retries=RETRIES)

    def _result(self, future: Any) -> list[list[bytes]]:
        from distributed.scheduler import KilledWorker

        try:
            result: list[list[bytes]] = future.result()
        except (KilledWorker, OSError, TimeoutError):
            raise Unavailable("the workers of the cluster are lost; --resume goes on when they are back") from None
        return result


def batched(files: Iterable[Found]) -> Iterator[Batch]:
    """Neighbours together, up to 32 files and 32 MiB; a larger file is alone."""
    batch: Batch = []
    octets = 0
    for found in files:
        if batch and (len(batch) >= BATCH or octets + found.size > BATCH_BYTES):
            yield batch
            batch, octets = [], 0
        batch.append(found)
        octets += found.size
    if batch:
        yield batch


def _told(batch: Batch, answers: list[list[bytes]]) -> Iterator[Told]:
    lines = iter(answers)
    for found in batch:
        seen = [Seen(problem=found.problem)] if found.problem else [from_wire(each) for each in next(lines)]
        for each in seen:
            yield found, each
        yield found, None


_kept: dict[tuple[str, str, int], Workman] = {}  # on a machine of the cluster: one for each scan and thread


def look_at(folder: str, options: str, paths: list[str]) -> list[list[bytes]]:
    """The lines of each file, on a machine of the cluster. One process a thread is kept from batch to batch."""
    workman = _workman(folder, options)
    answers, count = [], 0
    for path in paths:
        lines: list[bytes] = []
        for seen in workman.look(bytes.fromhex(path)):
            lines.append(to_wire(seen))
            count += 1
            if count > MOST_LINES:
                raise Limited("a batch of more than 1,000,000 lines; scan such a file with the pool")
        answers.append(lines)
    return answers


def end_workmen(folder: str, options: str) -> None:
    """On a machine of the cluster: end the processes of a scan, which have its lists mapped."""
    for key in [each for each in _kept if each[:2] == (folder, options)]:
        with _kept.pop(key) as workman:
            workman.stop()


def _workman(folder: str, options: str) -> Workman:
    key = (folder, options, threading.get_ident())
    if key not in _kept:
        place = Path(os.fsdecode(bytes.fromhex(folder)))
        _kept[key] = Workman(Setup(folder=place, options=Options.from_object(json.loads(options))))
    return _kept[key]
