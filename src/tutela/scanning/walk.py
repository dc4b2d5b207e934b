"""What lies under a root, in an order that a later walk repeats.

Rules:
- files come in the order of their paths, compared name by name as octets; so a walk can go on after any path, whatever
  was added or removed meanwhile, and meets nothing twice
- links are not followed; they, special files and folders that cannot be read are told, each as one
- a name is octets: nothing is skipped because it is no text
"""

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass

LINK = "a link, which is not followed"
SPECIAL = "not a regular file"

Steps = tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file at `path`. `steps`: the names from the root to it. With a `problem` it is not to be opened."""

    path: bytes
    steps: Steps
    size: int = 0
    problem: str = ""


def walk(root: bytes, *, after: Steps | None = None, without: Collection[tuple[int, int]] = ()) -> Iterator[Found]:
    """Every file under `root`, or `root` itself when it is one; only what comes later than `after`, when given.

    `without`: files and folders to leave out, as (device, inode). Raises OSError when `root` is not there.
    """
    if not stat.S_ISDIR(os.stat(root).st_mode):
        found = _of(root, (), os.stat(root))
        yield from () if after is not None else (found,)
        return
    waiting = [_listed(root, (), after, without)]
    while waiting:
        each = next(waiting[-1], None)
        if each is None:
            waiting.pop()
        elif isinstance(each, Found):
            yield each
        else:
            waiting.append(_listed(*each, after, without))


def tally(root: bytes) -> Iterator[None]:
    """One for each that `walk` meets under `root`, in no order and without looking at it: to say how much is left."""
    waiting = [root]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        yield None
        except OSError:
            yield None  # a file, or a folder that cannot be read


def _listed(
    folder: bytes, steps: Steps, after: Steps | None, without: Collection[tuple[int, int]]
) -> Iterator[Found | tuple[bytes, Steps]]:
    """What lies in one folder: files, and folders to go into."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        if after is None or steps > after:
            yield Found(path=folder, steps=steps, problem=_reason(error))
        return
    for name in names:
        path, here = os.path.join(folder, name), (*steps, name)
        if after is not None and here <= after and here != after[: len(here)]:
            continue
        try:
            state = os.lstat(path)
        except OSError as error:
            if after is None or here > after:
                yield Found(path=path, steps=here, problem=_reason(error))
            continue
        if (state.st_dev, state.st_ino) in without:
            continue
        if stat.S_ISDIR(state.st_mode):
            yield path, here
        elif after is None or here > after:
            yield _of(path, here, state)


def _of(path: bytes, steps: Steps, state: os.stat_result) -> Found:
    if stat.S_ISREG(state.st_mode):
        return Found(path=path, steps=steps, size=state.st_size)
    return Found(path=path, steps=steps, problem=LINK if stat.S_ISLNK(state.st_mode) else SPECIAL)


def _reason(error: OSError) -> str:
    return error.strerror or "could not be read"
