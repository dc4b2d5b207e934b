"""Clients of the CyberTipline interface, none of which knows us, complete reports at a real server.

Two are written here from the interface's documentation, with requests as it shows them. Others are used as they come
from their registries, where somebody installed them beside the peers:

    npm install --prefix .venv-bench @civitai/cybertipline-tools@0.1.0
    python3.13 -m venv .venv-bench/clients && .venv-bench/clients/bin/pip install ncmec-cybertip==0.1.1
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from journeys.filing_node import served

HERE = Path(__file__).parent / "clients"
BESIDE = Path(__file__).resolve().parents[2] / ".venv-bench"
PEERS, PYTHON = BESIDE / "node_modules", BESIDE / "clients" / "bin" / "python"
NODE = shutil.which("node") or ""
needs_node = pytest.mark.skipif(not NODE, reason="Node is not installed (Debian package nodejs)")
FORMS = ("multipart", "urlencoded")


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with served(tmp_path_factory.mktemp("filing") / "data") as running:
        yield running


def run(node, *command, **more):
    words = [*command, node.base, node.user, node.token]
    done = subprocess.run([*words, *more.get("last", ())], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def state_of(node, number):
    url = node.base.removesuffix("/ispws") + f"/api/v1/reports/{number}"
    return httpx.get(url, headers={"Authorization": f"Bearer {node.token}"}, trust_env=False).json()["state"]


@pytest.mark.parametrize("form", FORMS)
def test_a_python_client_completes_a_report(node, form):
    told = run(node, sys.executable, str(HERE / "plain.py"), last=[form])
    assert (state_of(node, told["report"]), len(told["files"])) == ("received", 2)


@pytest.mark.system
@needs_node
@pytest.mark.parametrize("form", FORMS)
def test_a_javascript_client_completes_a_report(node, form):
    told = run(node, NODE, str(HERE / "plain.mjs"), last=[form])
    assert state_of(node, told["report"]) == "received"


@pytest.mark.system
@needs_node
@pytest.mark.peer
@pytest.mark.skipif(not PEERS.is_dir(), reason="no client is installed in .venv-bench/node_modules")
def test_a_published_javascript_client_completes_a_report(node):
    told = run(node, NODE, str(HERE / "civitai.mjs"), last=[str(PEERS)])
    assert state_of(node, told["report"]) == "received"


@pytest.mark.peer
@pytest.mark.skipif(not PYTHON.is_file(), reason="no client is installed in .venv-bench/clients")
def test_a_published_python_client_completes_a_report(node):
    told = run(node, str(PYTHON), str(HERE / "nachtalb.py"))
    assert state_of(node, told["report"]) == "received"


def test_a_chunked_upload_is_taken(node):
    auth = (node.user, node.token)
    with httpx.Client(base_url=node.base, auth=auth, trust_env=False) as client:
        number = httpx_report(client)
        parts = [
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
            *(b"pattern " * 10_000 for _ in range(20)),
            f'\r\n--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n{number}\r\n--x--\r\n'.encode(),
        ]
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        answer = client.post("/upload", content=iter(parts), headers=headers)
        assert (answer.status_code, b"<fileId>" in answer.content) == (200, True)


@pytest.mark.parametrize("framing", ["Content-Length: 900000", "Transfer-Encoding: chunked"])
def test_an_upload_that_breaks_off_leaves_nothing(node, framing):
    before = files_in(node.data / "vault")
    url = httpx.URL(node.base)
    credentials = httpx.BasicAuth(node.user, node.token)._auth_header
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + bytes(200_000)
    if "chunked" in framing:
        body = f"{len(body):x}\r\n".encode() + body + b"\r\n"
    with socket.create_connection((url.host, url.port)) as line:
        line.sendall(
            f"POST /ispws/upload HTTP/1.1\r\nHost: {url.host}\r\nAuthorization: {credentials}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\n{framing}\r\n\r\n".encode()
            + body
        )
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert b"200 OK" not in answer[:20]
    assert files_in(node.data / "vault") == before


def httpx_report(client):
    report = (HERE / "plain.py").read_text().partition('REPORT = """')[2].partition('"""')[0]
    answer = client.post("/submit", content=report.encode(), headers={"Content-Type": "text/xml"})
    return said(answer.text, "reportId")


def files_in(folder):
    return {path for path in folder.rglob("*") if path.is_file()}


def test_what_was_acknowledged_before_the_end_is_in_the_report(node):
    """Uploads race with /finish: each is either answered and in the report, or refused as too late."""
    with httpx.Client(base_url=node.base, auth=(node.user, node.token), trust_env=False, timeout=60) as client:
        number = httpx_report(client)

        def upload(each):
            sent = client.post("/upload", data={"id": number}, files={"file": (f"{each}.bin", bytes([each]) * 50_000)})
            code, file = said(sent.text, "responseCode"), said(sent.text, "fileId")
            assert (code, bool(file)) in (("0", True), ("5102", False))
            return file

        with ThreadPoolExecutor(6) as pool:
            waiting = [pool.submit(upload, each) for each in range(40)]
            while sum(each.done() for each in waiting) < 5:
                time.sleep(0.005)
            done = client.post("/finish", data={"id": number}).text
            acknowledged = {each.result() for each in waiting} - {""}
    assert acknowledged == set(re.findall("<fileId>([^<]*)", done))
    assert 5 <= len(acknowledged) <= 40


def said(text, name):
    return text.partition(f"<{name}>")[2].partition("<")[0]


def test_in_production_credentials_are_taken_behind_a_proxy_with_tls_alone(tmp_path):
    with served(tmp_path / "data", TUTELA_PRODUCTION="1") as node:
        seen = [
            httpx.get(f"{node.base}/status", auth=(node.user, node.token), headers=headers, trust_env=False).status_code
            for headers in ({}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Proto": "https"})
        ]
    assert seen == [403, 403, 200]
