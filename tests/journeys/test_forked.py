"""No process of a node hands an open database on to the processes that it forks."""

import os
from pathlib import Path

import pytest
from journeys.house import House

DESKS = ("api", "public", "workbench")
needs_sqlite = pytest.mark.skipif(bool(os.environ.get("TUTELA_DATABASE")), reason="it is a file on SQLite alone")


@needs_sqlite
def test_no_desk_holds_the_database_where_it_forks(tmp_path):
    """A child that inherits SQLite's connection believes in locks that end with its parent, and loses what it wrote."""
    with House.on(tmp_path / "data") as house:
        processes = house.processes()
        for desk in DESKS:
            ids = [id for id, role in processes.items() if role == desk]
            assert len(ids) == 2, f"{desk}: one process that forks, and its child"
            assert open_files(min(ids), "node.sqlite3") == []


def open_files(id: int, part: str) -> list[str]:
    """The files with this in their name that a process holds open."""
    links = [os.readlink(link) for link in Path(f"/proc/{id}/fd").iterdir() if link.is_symlink()]
    return [link for link in links if part in Path(link).name]
