"""Look-ups on their way to the worker: in order, once, whatever was killed."""

import os
from pathlib import Path

from tutela_node.hashlists.replica import Spool, collect
from tutela_node.hashlists.replica.spool import forget


def test_finished_files_are_collected_in_order_and_forgotten(tmp_path: Path) -> None:
    spool = Spool(tmp_path, name="one")
    spool.put({"token": "a", "class": "none"})
    assert list(collect(tmp_path)) == []
    spool.close()
    spool.put({"token": "b", "class": "near"})
    spool.close()
    taken = list(collect(tmp_path))
    assert [(each.number, each.records[0]["token"]) for each in taken] == [(1, "a"), (2, "b")]
    for each in taken:
        forget(each)
    assert list(collect(tmp_path)) == []
    spool.put({"token": "c"})
    spool.close()
    assert [each.number for each in collect(tmp_path)] == [3]


def test_what_a_killed_matcher_left_open_is_collected_later(tmp_path: Path) -> None:
    spool = Spool(tmp_path, name="one")
    spool.put({"token": "a"})
    (left,) = (tmp_path / "spool" / "one").glob("*.open")
    os.utime(left, (0, 0))
    assert [each.records[0]["token"] for each in collect(tmp_path)] == ["a"]


def test_a_spoilt_line_stops_nothing(tmp_path: Path) -> None:
    home = tmp_path / "spool" / "one"
    home.mkdir(parents=True)
    (home / "0000000001.done").write_bytes(b'{"token":"a"}\n[1]\n{"tok\n' + b"[" * 3000 + b'\n{"token":"b"}\n')
    (taken,) = collect(tmp_path)
    assert [each["token"] for each in taken.records] == ["a", "b"]
    assert taken.spoilt == 3
