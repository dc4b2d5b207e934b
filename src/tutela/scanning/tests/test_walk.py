"""The walk: its order, where it goes on, and what it tells instead of following."""

import os
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.walk import LINK, SPECIAL, tally, walk

_NAMES = st.binary(min_size=1, max_size=3).filter(lambda name: not {0, 47} & set(name) and name not in (b".", b".."))
_PATHS = st.sets(st.lists(_NAMES, min_size=1, max_size=3).map(tuple), max_size=12)


def _made(root: bytes, paths: set[tuple[bytes, ...]]) -> None:
    for steps in paths:
        path = os.path.join(root, *steps)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.path.isdir(path) or os.close(os.open(path, os.O_CREAT))
        except (FileExistsError, NotADirectoryError):
            pass  # a file stands where a folder would


@settings(deadline=None, max_examples=60)
@given(paths=_PATHS, at=st.integers(0, 12))
def test_law_a_walk_after_any_file_is_the_rest_of_the_walk(paths: set[tuple[bytes, ...]], at: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = os.fsencode(folder)
        _made(root, paths)
        whole = list(walk(root))
        assert [each.steps for each in whole] == sorted(each.steps for each in whole)
        assert len(list(tally(root))) == len(whole)
        for number, found in enumerate(whole):
            assert list(walk(root, after=found.steps)) == whole[number + 1 :]


def test_links_and_special_files_are_told_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert len(list(tally(bytes(tmp_path)))) == 2
    assert [(each.steps, each.problem) for each in walk(bytes(tmp_path))] == [((b"loop",), LINK), ((b"pipe",), SPECIAL)]


def test_a_single_file_is_a_root(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x")
    (only,) = walk(bytes(tmp_path / "one"))
    assert (only.steps, only.size) == ((), 1)
    assert not list(walk(bytes(tmp_path / "one"), after=()))
    assert len(list(tally(bytes(tmp_path / "one")))) == 1


def test_what_came_before_the_place_to_go_on_from_is_not_met(tmp_path: Path) -> None:
    for name in ("b", "d"):
        (tmp_path / name).touch()
    (tmp_path / "a").touch()
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "x").touch()
    assert [each.steps for each in walk(bytes(tmp_path), after=(b"b",))] == [(b"c", b"x"), (b"d",)]
