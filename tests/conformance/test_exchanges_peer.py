"""The local servers speak the protocols as another client knows them: that of the peer reads and writes there.

So what our client is tested against is not only what we believe of the services.
"""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from simulators.exchanges_ncmec import NcmecServer
from simulators.exchanges_stopncii import StopNciiServer
from simulators.exchanges_tat import TatServer

from tutela.hashlists import ListEntry, MediaKind, Source

PEER = Path(__file__).resolve().parents[2] / ".venv-bench/bin/python"
START = datetime(2022, 1, 1, tzinfo=UTC)
pytestmark = [pytest.mark.peer, pytest.mark.skipif(not PEER.exists(), reason="the peers are not installed (./bench)")]

NCMEC = """
from threatexchange.exchanges.clients.ncmec import hash_api as api
client = api.NCMECHashAPI("node", "a password", api.NCMECEnvironment.test_NGO)
client._base_url = url
assert client.status().esp_id == 7 and len(client.members()) == 2
pages = client.get_entries_iter(start_timestamp=1, end_timestamp=1_800_000_000)
found = {each.id: each for page in pages for each in page.updates}
client.submit_feedback(42, "entry1", api.FingerprintType.md5, api.FeedbackType.upvote)
print(len(found), sum(each.deleted for each in found.values()))
"""
STOPNCII = """
from threatexchange.exchanges.clients.stopncii import api
keys = {api.StopNCIIEndpoint.SubmitFeedback: "feedback-key"}
client = api.StopNCIIAPI("subscription", "fetch-key", keys, url)
found = {each.hashValue: each for page in client.fetch_hashes_iter() for each in page.hashRecords}
client.submit_feedback(api.StopNCIISignalType.ImagePDQ, min(found), api.StopNCIICSPFeedbackValue.Blocked, {"tag"})
print(len(found), sum(each.hashStatus.value == "Withdrawn" for each in found.values()))
"""
TAT = """
from threatexchange.exchanges.clients.techagainstterrorism import api
api.TATHashListAPI.BASE_URL = url + "/"
client = api.TATHashListAPI("node", "a password")
found = {each.id: each for page in client.fetch_hashes_iter() for each in page.results}
print(len(found), sum(each.deleted for each in found.values()))
"""


def said(code: str, url: str) -> str:
    done = subprocess.run([PEER, "-c", f"url = {url!r}\n{code}"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_ncmec() -> None:
    with NcmecServer(page=10) as server:
        for number in range(35):
            hashes = (("md5", f"{number:032x}"),)
            source, at = Source(id="42", name="Example Member"), START + timedelta(hours=number)
            server.put(ListEntry(id=f"entry{number}", kind=MediaKind.IMAGE, hashes=hashes, source=source, timestamp=at))
        server.delete(("42", "image", "entry3"), at=START)
        assert said(NCMEC, server.url) == "35 1"
        assert server.feedback == {(("42", MediaKind.IMAGE, "entry1"), "Md5"): {"7": None}}


def test_stopncii() -> None:
    with StopNciiServer(page=10) as server:
        for number in range(35):
            server.put(
                f"{number:064x}", modified=1_600_000_000 + number, status="Withdrawn" if number == 5 else "Active"
            )
        assert said(STOPNCII, server.url) == "35 1"
        assert server.feedback_on("0" * 64) == [{"source": "Node", "feedbackValue": "Blocked", "tags": ["tag"]}]


def test_tat() -> None:
    with TatServer(page=10) as server:
        for number in range(35):
            server.put(number, f"{number:032x}", at=1_600_000_000 + number)
        server.delete(5, at=1_600_000_500)
        assert said(TAT, server.url) == "35 1"
