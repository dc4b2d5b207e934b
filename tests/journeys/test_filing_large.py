"""Large uploads: memory stays small, nothing plain is written anywhere, and the answer is the digest of what was sent.

The worker's own peak (VmHWM) is taken, and every folder that it could write to is looked at while it writes.
"""

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from journeys.filing_node import log_of, served

MARK = b"a plain test pattern that must not be found "
PIECE = (MARK * 24_000)[: 1024 * 1024]
MIB = 1024 * 1024
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
REPORT = (
    "<report><incidentSummary><incidentType>Child Sex Tourism</incidentType>"
    "<incidentDateTime>2024-05-06T07:08:09Z</incidentDateTime></incidentSummary>"
    "<reporter><reportingPerson><email>r@harbour.example</email></reportingPerson></reporter></report>"
)


@pytest.fixture
def node(tmp_path):
    (tmp_path / "temporary").mkdir()
    with served(tmp_path / "data", TMPDIR=str(tmp_path / "temporary")) as running:
        yield running


@pytest.mark.parametrize("mib", [96, pytest.param(4096, marks=pytest.mark.slow)])
def test_a_large_upload_uses_little_memory_and_leaves_nothing_plain(node, tmp_path, mib):
    auth = (node.user, node.token)
    with httpx.Client(base_url=node.base, auth=auth, trust_env=False, timeout=900) as client:
        number = client.post("/submit", content=REPORT).text.partition("<reportId>")[2].partition("<")[0]
        small = upload(client, number, 1)
        assert small.status_code == 200
        before = memory(node.worker(), "VmRSS")
        Path(f"/proc/{node.worker()}/clear_refs").write_text("5")  # the peak counts from here
        with watched(node, tmp_path / "temporary") as seen:
            answer = upload(client, number, mib)
        used = memory(node.worker(), "VmHWM") - before
    assert answer.status_code == 200
    assert digest(mib) in answer.text
    assert used < 100 * MIB, f"{used / MIB:.0f} MiB for {mib} MiB"
    assert not seen
    stored = max((path for path in (node.data / "vault").rglob("*") if path.is_file()), key=lambda p: p.stat().st_size)
    assert stored.stat().st_size >= mib * MIB
    with stored.open("rb") as handle:
        assert MARK[:20] not in handle.read(8 * MIB)
    assert MARK[:20] not in log_of(node.data).read_bytes()


def upload(client, number, mib):
    tail = f'\r\n--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n{number}\r\n--x--\r\n'.encode()
    length = len(HEAD) + mib * MIB + len(tail)
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(length)}
    return client.post("/upload", content=body(mib, tail), headers=headers)


def body(mib, tail) -> Iterator[bytes]:
    yield HEAD
    for _ in range(mib):
        yield PIECE
    yield tail


def digest(mib):
    md5 = hashlib.md5()
    for _ in range(mib):
        md5.update(PIECE)
    return md5.hexdigest()


def memory(process, name):
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024


@contextmanager
def watched(node, temporary):
    """Files that the worker holds open, or that appear in its temporary folder, beside vault and database."""
    seen, stop = set(), threading.Event()
    allowed = (str(node.data / "vault"), str(node.data / "node.sqlite3"), str(log_of(node.data)))

    def look():
        while not stop.wait(0.05):
            seen.update(str(path) for path in temporary.rglob("*"))
            for descriptor in Path(f"/proc/{node.worker()}/fd").iterdir():
                try:
                    target = os.readlink(descriptor)
                except OSError:
                    continue
                if is_written(descriptor, target) and not target.startswith(allowed):
                    seen.add(target)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def is_written(descriptor, target):
    """Whether a descriptor is an ordinary file with something in it, open for writing."""
    if not target.startswith("/") or target.startswith(("/dev/", "/proc/")) or "wgunicorn" in target:
        return False  # gunicorn's own file of no bytes, by which its arbiter sees that it lives
    try:
        return descriptor.stat().st_size > 0 and bool(int(descriptor.lstat().st_mode) & 0o200)
    except OSError:
        return False
