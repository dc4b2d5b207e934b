"""The supervisor with real processes: what dies comes back, what it stops is gone, and nothing outlives it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tutela_node.desks.cli import supervise

RUN = """
import json, sys
from tutela_node.desks.cli import supervise
supervise.PATIENCE = 1.0
sys.exit(supervise.supervise([tuple(each) for each in json.loads(sys.argv[1])]))
"""
STAYS = 'echo $$ >> "$0"; exec sleep 60'
WITH_CHILD = 'sleep 60 & echo $$ $! >> "$0"; wait'
DEAF = 'trap "" TERM; echo $$ >> "$0"; while :; do sleep 0.1; done'


@pytest.fixture
def start(tmp_path):
    """Starts a supervisor of one shell script a file; answers its process and what the children wrote there."""
    started = []

    def run(*scripts):
        files = [tmp_path / f"{number}" for number in range(len(scripts))]
        commands = [("sh", "-c", script, str(file)) for script, file in zip(scripts, files, strict=True)]
        started.append(subprocess.Popen([sys.executable, "-c", RUN, json.dumps(commands)]))
        return started[-1], files

    yield run
    for process in started:
        process.kill()
        process.wait()


def pids(file, lines=1):
    """The process ids that a child wrote, once there are so many lines."""
    until(lambda: file.exists() and len(file.read_text().splitlines()) >= lines)
    return [int(each) for each in file.read_text().split()]


def until(holds):
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "Z"


def test_a_killed_child_is_started_again_and_the_others_stay(start):
    _, (first, second) = start(STAYS, STAYS)
    (killed,), (kept,) = pids(first), pids(second)
    os.kill(killed, signal.SIGKILL)
    assert pids(first, 2)[1] != killed
    assert pids(second) == [kept]
    assert not is_gone(kept)


def test_a_child_that_keeps_dying_is_started_again_and_again(start):
    _, (file,) = start('echo $$ >> "$0"')
    assert len(set(pids(file, 3))) >= 3


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_children_are_stopped_with_the_supervisor(start, by):
    process, files = start(STAYS, STAYS)
    children = [pids(file)[0] for file in files]
    process.send_signal(by)
    assert process.wait(10) == 0
    assert all(is_gone(each) for each in children)


def test_a_child_that_does_not_listen_is_killed_in_the_end(start):
    process, (file,) = start(DEAF)
    (child,) = pids(file)
    process.terminate()
    assert process.wait(10) == 0
    assert is_gone(child)


def test_what_a_child_leaves_behind_ends_with_it(start):
    _, (file,) = start(WITH_CHILD)
    child, left = pids(file)
    os.kill(child, signal.SIGKILL)
    pids(file, 2)
    until(lambda: is_gone(left))


def test_children_do_not_outlive_a_killed_supervisor(start):
    process, (file,) = start(STAYS)
    (child,) = pids(file)
    process.kill()
    until(lambda: is_gone(child))


def test_pauses_grow_while_a_child_keeps_dying():
    child = supervise.Child((sys.executable, "-c", ""))
    waits = []
    for _ in range(6):
        child.again_at = 0
        child.start()
        child.process.wait()
        before = time.monotonic()
        child.look()
        waits.append(round(child.again_at - before, 1))
        if child.process:
            child.process.wait()
            child.process = None
    assert waits == [0.0, 0.5, 1.0, 2.0, 5.0, 5.0]


def test_every_role_is_served_by_its_own_command():
    for role in supervise.ROLES:
        assert supervise.command_of(role)[1:] == ("-m", "tutela.cli.main", "node", "serve", "--role", role)


GIVES_WAY = """
import os
from pathlib import Path
from tutela_node.desks.cli.serve import give_way
give_way(7)
print(os.nice(0), Path("/proc/self/autogroup").read_text() if Path("/proc/self/autogroup").exists() else "nice 7")
"""


def test_who_gives_way_does_so_with_the_session_that_is_its_own():
    """Where Linux weighs sessions, a process that is nice within its own gives way to nobody."""
    made = subprocess.run([sys.executable, "-c", GIVES_WAY], capture_output=True, text=True, start_new_session=True)
    own, _, session = made.stdout.strip().partition(" ")
    assert (own, session.rpartition("nice ")[2]) == ("7", "7"), made.stderr


def test_who_gives_way_leaves_the_session_of_others_alone():
    before = session_weight()
    made = subprocess.run([sys.executable, "-c", GIVES_WAY], capture_output=True, text=True)
    assert made.stdout.startswith("7 ")
    assert session_weight() == before


def session_weight():
    path = Path("/proc/self/autogroup")
    return path.read_text().rpartition("nice ")[2] if path.exists() else ""
