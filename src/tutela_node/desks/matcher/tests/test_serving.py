"""The real process: two matchers over one folder, and a new snapshot taken while they are asked."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tutela.matching import Matcher
from tutela_node.accounts.rules import write_token
from tutela_node.desks.matcher.tests.stage import HARBOUR, LISTED, LISTS, SECRET, SIGNER, grant
from tutela_node.foundation.ids import new_id
from tutela_node.hashlists.replica import Writer, layout
from tutela_node.hashlists.replica.writer import Tables

FAR = "3c" * 32


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def matcher(data: Path) -> Iterator[str]:
    address = f"http://127.0.0.1:{free_port()}"
    environment = os.environ | {"TUTELA_DATA": str(data), "TUTELA_MATCHER_URL": address}
    command = (sys.executable, "-m", "tutela.cli.main", "node", "serve", "--role", "matcher")
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def ready(address: str) -> bool:
    for _ in range(400):
        try:
            if httpx.get(f"{address}/ready").status_code == 200:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    return False


def publish(writer: Writer, lists: Matcher, token: str) -> None:
    tables = Tables(seq=1, lists=LISTS, grants=[grant(token, HARBOUR)])
    writer.switch(writer.snapshot(lists, tables, at=int(time.time())))
    writer.announce()
    writer.beat(at=int(time.time() * 1000))


def asked(address: str, token: str, stop: threading.Event, seen: list[tuple[int, str]]) -> None:
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
        while not stop.is_set():
            answer = client.post(f"{address}/v1/batch", json={"questions": [{"pdq": LISTED}, {"pdq": FAR}]})
            seen.append((answer.status_code, answer.text))


@pytest.mark.slow
def test_a_new_snapshot_is_taken_without_a_pause_by_every_matcher(tmp_path: Path) -> None:
    token, stop, seen = new_id(), threading.Event(), []
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "matcher.pub").write_bytes(SIGNER.public)
    lists = Matcher()
    lists.add([(1, [("pdq", LISTED)])], group=1)
    with Writer(tmp_path / layout.FOLDER, SIGNER) as writer:
        publish(writer, lists, token.hex)
        with matcher(tmp_path) as one, matcher(tmp_path) as two:
            assert ready(one)
            assert ready(two)
            raw = write_token(token, SECRET)
            load = [threading.Thread(target=asked, args=(each, raw, stop, seen)) for each in (one, two, one)]
            for each in load:
                each.start()
            for number in range(2, 10):
                lists.add([(number, [("md5", f"{number:032x}")])], group=1)
                publish(writer, lists, token.hex)
                time.sleep(0.3)
            stop.set()
            for each in load:
                each.join()
    assert len(seen) > 100
    assert set(seen) == {(200, '{"answers":[{"class":"near"},{"class":"none"}]}')}


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in listed]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_nothing_serves_on_when_the_matcher_is_killed(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "matcher.pub").write_bytes(SIGNER.public)
    lists = Matcher()
    lists.add([(1, [("pdq", LISTED)])], group=1)
    with Writer(tmp_path / layout.FOLDER, SIGNER) as writer:
        publish(writer, lists, new_id().hex)
        address = f"http://127.0.0.1:{free_port()}"
        environment = os.environ | {"TUTELA_DATA": str(tmp_path), "TUTELA_MATCHER_URL": address}
        command = (sys.executable, "-m", "tutela.cli.main", "node", "serve", "--role", "matcher")
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            assert ready(address)
            served = _children(process.pid)
            assert served
            process.kill()
            process.wait()
            for _ in range(100):
                if not any(Path(f"/proc/{each}").exists() for each in served):
                    break
                time.sleep(0.05)
            else:
                pytest.fail("a process went on serving")
