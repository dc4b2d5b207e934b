"""Behind a real nginx: a large file passes through and lies nowhere, and what was acknowledged outlives a restart.

`TUTELA_PROXY_MIB` sets the size of the large file; 300 by default.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from journeys.house import until
from journeys.proxied import behind
from journeys.test_filing_large import MARK, MIB, REPORT, digest, is_written, memory, upload

from tests.simulators.proxy import find_nginx
from tests.simulators.watching import Watched

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_nginx() is None, reason="nginx is not installed; on Debian: apt-get install nginx-light"),
]
SIZE = int(os.environ.get("TUTELA_PROXY_MIB", "300"))
MOST_HERE = 32 * MIB
SENDERS, PEOPLE, SECONDS = 3, 2, 15.0


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lasting")
    (folder / "temporary").mkdir()
    with behind(folder, TMPDIR=str(folder / "temporary")) as running:
        yield running


@contextmanager
def open_files(processes):
    """Ordinary files with something in them that these processes hold open for writing, looked at all the time."""
    seen, stop = set(), threading.Event()

    def look():
        while not stop.wait(0.02):
            for process in processes:
                for each in list_of(process):
                    seen.add(each)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def list_of(process):
    folder = Path(f"/proc/{process}/fd")
    for descriptor in folder.iterdir():
        try:
            target = os.readlink(descriptor)
        except OSError:
            continue
        if is_written(descriptor, target):
            yield target


def test_a_large_upload_passes_through_and_lies_nowhere_in_plain(house):
    desk, proxy = house.worker_of("api"), house.proxy.processes()
    with house.provider() as provider:
        provider.timeout = httpx.Timeout(900)
        provider.base_url = f"{house.proxy.url('api')}/ispws"
        number = provider.post("/submit", content=REPORT).text.partition("<reportId>")[2].partition("<")[0]
        assert upload(provider, number, 1).status_code == 200
        before = {each: memory(each, "VmRSS") for each in (desk, *proxy)}
        for each in before:
            with open(f"/proc/{each}/clear_refs", "w") as handle:
                handle.write("5")  # the peak counts from here
        folders = house.proxy.folder, house.data.parent / "temporary"
        with Watched(*folders) as seen, open_files([desk, *proxy]) as opened:
            began = time.monotonic()
            answer = upload(provider, number, SIZE)
            took = time.monotonic() - began
            assert not seen.touched()
    used = {each: memory(each, "VmHWM") - before[each] for each in before}
    most = max(used[each] for each in proxy)
    print(f"{SIZE} MiB in {took:.1f} s; api {used[desk] / MIB:.0f} MiB more, nginx {most / MIB:.1f} MiB more")
    assert answer.status_code == 200
    assert digest(SIZE) in answer.text
    allowed = (str(house.data / "vault"), str(house.data / "node.sqlite3"), str(house.data.parent / "data.log"))
    assert not {each for each in opened if not each.startswith((*allowed, str(house.proxy.folder / "log")))}
    assert used[desk] < 100 * MIB
    assert most < MOST_HERE
    assert not [path for path in house.data.parent.rglob("*") if path.is_file() and holds(path, MARK[:20])]


def holds(path, mark):
    """Whether a mark stands in a file."""
    rest = b""
    with path.open("rb") as handle:
        while piece := handle.read(8 * MIB):
            if mark in rest + piece:
                return True
            rest = piece[-len(mark) :]
    return False


class Sending:
    """Programs and people who send report after report until told to stop, each again until it is acknowledged."""

    def __init__(self, house) -> None:
        self.house, self.stop = house, threading.Event()
        self.numbers: dict[str, str] = {}  # key of the sender -> number that was acknowledged
        self.codes: list[str] = []
        self.refused = 0

    def program(self) -> None:
        with self.house.machine() as machine:
            while not self.stop.is_set():
                key = str(uuid4())
                body = {"urls": [f"https://host.example/{key}"], "reference": key}
                named = {"Idempotency-Key": key}
                answer = self._again(partial(machine.post, "/api/v1/reports", json=body, headers=named))
                self.numbers[key] = answer.json()["report"]

    def person(self) -> None:
        while not self.stop.is_set():
            with self.house.visitor() as visitor:
                self._again(partial(visitor.get, "/en/go"))
                for fields in ({"address": f"https://host.example/{uuid4()}"}, None, None, {"words": "a test message"}):
                    self._again(partial(visitor.press, fields))
                code = " ".join(visitor.all("//*[contains(@class,'code')]/span"))
                assert len(code) >= 20
                self.codes.append(code)

    def _again(self, act: Callable[[], httpx.Response]) -> httpx.Response:
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = act()
                if answer.status_code < 500:
                    assert answer.status_code in (200, 201), answer.text
                    return answer
                assert "nginx" not in answer.text
            except httpx.TransportError:
                pass
            self.refused += 1
            assert time.monotonic() < deadline, "not acknowledged within a minute"
            time.sleep(0.1)


def restart(house):
    """Everything that takes reports starts again and again: once through gunicorn, once through the supervisor."""
    ends, turn = time.monotonic() + SECONDS, 0
    while time.monotonic() < ends:
        time.sleep(1)
        house.proxy.reload()
        for role in ("api", "public"):
            os.kill(house.worker_of(role) if turn % 2 else house.master_of(role), signal.SIGKILL)
        time.sleep(3)
        turn += 1


def test_nothing_acknowledged_is_lost_when_proxy_and_desks_start_again(house):
    sending = Sending(house)
    with ThreadPoolExecutor(SENDERS + PEOPLE) as pool:
        working = [pool.submit(sending.program) for _ in range(SENDERS)] + [
            pool.submit(sending.person) for _ in range(PEOPLE)
        ]
        try:
            restart(house)
        finally:
            sending.stop.set()
        for each in working:
            each.result()
    print(f"{len(sending.numbers)} and {len(sending.codes)} acknowledged, {sending.refused} tried again")
    assert len(sending.numbers) > 20
    assert len(sending.codes) > 5
    until("every report is known", 60, lambda: set(sending.numbers.values()) <= known(house))
    assert len(set(sending.numbers.values())) == len(sending.numbers)
    for code in sending.codes:
        with house.visitor() as visitor:
            visitor.come_back(code)
            assert visitor.status == 200
            assert "received" in visitor.text().lower()


def known(house):
    """The numbers of all reports of the provider."""
    found, cursor = set(), ""
    with house.machine() as machine:
        while True:
            page = machine.get("/api/v1/reports", params={"cursor": cursor, "limit": 500}).json()
            found |= {each["report"] for each in page["reports"]}
            if not page["reports"]:
                return found
            cursor = page["next"]
