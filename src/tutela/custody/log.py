"""A whole log: check it again from its leaves, write it out, read it back.

Rules:
- checking streams: constant memory, every leaf parsed strictly, every checkpoint's root compared at its size
- an exported log is a folder with `leaves.jsonl` (a leaf a line, in order) and `checkpoint` (the signed note over all)
- the first thing that does not hold is named by leaf index, and the rest is not looked at
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutela.custody.checkpoint import Checkpoint, verify_checkpoint
from tutela.custody.leaf import MAX_LEAF, parse_leaf
from tutela.custody.note import MAX_NOTE, VerifierKey
from tutela.custody.tree import Frontier, leaf_hash
from tutela.errors import Invalid, Limited, VerificationFailed

LEAVES, CHECKPOINT = "leaves.jsonl", "checkpoint"
Progress = Callable[[int], None]
"""Told how many leaves were checked, every thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSummary:
    """What was checked: all leaves, their root (32 bytes), and how many of them the last checkpoint covers."""

    size: int
    root: bytes
    covered: int


def verify_log(
    leaves: Iterable[bytes], checkpoints: Sequence[Checkpoint] = (), *, progress: Progress | None = None
) -> LogSummary:
    """Checks every leaf and, at its size, every checkpoint (already verified, in any order).

    Raises VerificationFailed with the leaf index or the checkpoint's size. Leaves after the last checkpoint are not an
    error (they wait for one); the summary says how many are covered.
    """
    wanted = sorted(checkpoints, key=lambda checkpoint: checkpoint.size)
    covered = wanted[-1].size if wanted else 0
    frontier = Frontier()
    _compare(frontier, wanted)
    for leaf in leaves:
        _check_leaf(leaf, frontier.size)
        frontier.append(leaf_hash(leaf))
        _compare(frontier, wanted)
        if progress is not None and frontier.size % 1000 == 0:
            progress(frontier.size)
    if wanted:
        message = f"a checkpoint covers {wanted[0].size} leaves and only {frontier.size} are there"
        raise VerificationFailed(message, place=f"leaf {frontier.size}")
    return LogSummary(size=frontier.size, root=frontier.root(), covered=covered)


def verify_export(
    folder: Path, keys: Sequence[VerifierKey], *, origin: str | None = None, progress: Progress | None = None
) -> Checkpoint:
    """Checks an exported log: its checkpoint is signed by one of `keys` and covers exactly the leaves there.

    Raises VerificationFailed, Invalid or Limited with the place, OSError when a file cannot be read.
    """
    checkpoint = verify_checkpoint(read_bounded(folder / CHECKPOINT, MAX_NOTE), keys, origin=origin)
    summary = verify_log(read_leaves(folder / LEAVES), [checkpoint], progress=progress)
    if summary.size != checkpoint.size:
        message = f"the checkpoint covers {checkpoint.size} leaves and {summary.size} are there"
        raise VerificationFailed(message, place=f"leaf {checkpoint.size}")
    return checkpoint


def write_log(folder: Path, leaves: Iterable[bytes], checkpoint: bytes) -> None:
    """Writes an exported log into an existing folder; `checkpoint` is the signed note over exactly these leaves."""
    with (folder / LEAVES).open("wb") as handle:
        for leaf in leaves:
            handle.write(leaf + b"\n")
    (folder / CHECKPOINT).write_bytes(checkpoint)


def read_leaves(path: Path) -> Iterator[bytes]:
    """The leaves of an exported log, one at a time; raises Limited or Invalid with the line."""
    with path.open("rb") as handle:
        for number, line in enumerate(iter(lambda: handle.readline(MAX_LEAF + 1), b""), 1):
            if not line.endswith(b"\n"):
                message = f"a leaf has at most {MAX_LEAF} bytes and ends in a newline"
                raise Limited(message, place=f"{path.name} line {number}")
            yield line[:-1]


def read_bounded(path: Path, limit: int) -> bytes:
    """The content of a small file; raises Limited when it has more than `limit` bytes."""
    with path.open("rb") as handle:
        data = handle.read(limit + 1)
    if len(data) > limit:
        raise Limited(f"the file has more than {limit} bytes", place=path.name)
    return data


def _check_leaf(leaf: bytes, index: int) -> None:
    try:
        parse_leaf(leaf)
    except (Invalid, Limited) as error:
        raise VerificationFailed(str(error), place=f"leaf {index}") from None


def _compare(frontier: Frontier, wanted: list[Checkpoint]) -> None:
    while wanted and wanted[0].size == frontier.size:
        checkpoint = wanted.pop(0)
        if checkpoint.root != frontier.root():
            message = "the leaves do not add up to the root of the checkpoint"
            raise VerificationFailed(message, place=f"checkpoint at {checkpoint.size}")
