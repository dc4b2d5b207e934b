"""Pages of the exchanges, from a public client's tests, served by a local server: every page is asked for and read.

What we write back is what that client writes: compared as documents, not as bytes.
"""

import json
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

from simulators.exchanges import ExchangeServer, Question, Reply
from simulators.exchanges_subscriber import Subscriber

from tutela.exchanges import Opinion, Transport, Verdict, open_exchange
from tutela.exchanges.stopncii_client import HashFeedback, StopNciiClient

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GUID = "01234567-abcd-0123-4567-012345678900"


class Playback(ExchangeServer):
    """Answers with files; what is put or posted is in `asked`."""

    def __init__(self, choose: Callable[[Question], bytes | None]) -> None:
        super().__init__()
        self._choose = choose

    def answer(self, question: Question) -> Reply:
        body = self._choose(question)
        return Reply(status=404) if body is None else Reply(body=body)

    def written(self) -> list[bytes]:
        return [each.body for each in self.asked if each.method != "GET"]


def transport() -> Transport:
    return Transport(clock=time.monotonic, pause=lambda _: None, pauses=(0,), seconds=10)


def ncmec(cases: Path) -> Playback:
    folder = cases / "hashing/ncmec_v2"
    pages = {"": "entries_xml", "2001": "entries_xml2", "3001": "entries_xml3", "4001": "entries_no_data_xml"}

    def choose(question: Question) -> bytes | None:
        name = question.path.removeprefix("/v2/")
        files = {"status": "status_xml", "feedback/SHA1/reasons": "feedback_reasons_xml"}
        files["entries"] = pages.get(question.query.get("start", ""), "")
        if question.method == "PUT":
            return b""
        return (folder / f"{files[name]}.xml").read_bytes() if name in files else None

    return Playback(choose)


def test_ncmec_pages_are_followed_and_read(cases: Path) -> None:
    secret = {"username": "u", "password": "p"}
    with ncmec(cases) as server:
        opened = open_exchange("ncmec", {"address": server.url}, secret, transport=transport())
        with closing(opened) as exchange:
            subscriber = Subscriber(exchange)
            last = subscriber.fetch(NOW)
            standing = exchange.check()
    assert last is not None
    assert last.is_caught_up
    assert {key[2] for key in subscriber.held} == {"image1", "video1", "image10", "willupdate", "willdelete"}
    assert [each.query.get("start") for each in server.asked[:4]] == [None, "2001", "3001", "4001"]
    assert standing.member is not None
    assert (standing.member.id, standing.member.name) == ("1", "test member")
    assert [(each.code, each.name) for each in standing.reasons] == [(GUID, "Example Reason 1")]


def test_ncmec_feedback_is_what_others_write(cases: Path) -> None:
    key = ("43", "image", "image/4")
    with ncmec(cases) as server:
        secret = {"username": "u", "password": "p"}
        with closing(open_exchange("ncmec", {"address": server.url}, secret, transport=transport())) as exchange:
            yes = Opinion(key=key, algorithm="md5", verdict=Verdict.AFFIRMATIVE)
            no = Opinion(key=key, algorithm="sha1", verdict=Verdict.NEGATIVE)
            assert all(each.accepted for each in exchange.send([yes, no]))
    expected = [cases / f"hashing/ncmec_v2/{name}_feedback_xml.xml" for name in ("affirmative", "negative")]
    for body, path in zip(server.written(), expected, strict=True):
        assert plain(body) == plain(path.read_bytes())
    assert next(each.path for each in server.asked if each.method == "PUT") == "/v2/entries/43/image%2F4/MD5/feedback"


def plain(document: bytes) -> str:
    return Xml.canonicalize(document.decode(), strip_text=True)


def test_stopncii_pages_are_followed_and_read(cases: Path) -> None:
    folder = cases / "hashing/stopncii"
    token = json.loads((folder / "fetch_page1.json").read_bytes())["nextPageToken"]

    def choose(question: Question) -> bytes | None:
        second = question.query.get("nextPageToken") == token
        return (folder / f"fetch_page{2 if second else 1}.json").read_bytes()

    secret = {"subscription_key": "a", "fetch_key": "b"}
    with Playback(choose) as server:
        opened = open_exchange("stopncii", {"address": server.url}, secret, transport=transport())
        with closing(opened) as exchange:
            subscriber = Subscriber(exchange)
            subscriber.fetch(NOW)
            again = Subscriber(exchange)
            again.checkpoint = subscriber.checkpoint
            again.fetch(NOW)
    held = {value for hashes in subscriber.held.values() for _, value in hashes}
    records = [
        each for page in (1, 2) for each in json.loads((folder / f"fetch_page{page}.json").read_bytes())["hashRecords"]
    ]
    assert held == {each["hashValue"] for each in records}
    assert not subscriber.problems
    assert server.asked[2].query["startTimestamp"] == "1625175071", "the latest time named, not the last"
    headers = server.asked[0].headers
    assert (headers["ocp-apim-subscription-key"], headers["x-functions-key"]) == ("a", "b")


def test_stopncii_feedback_is_what_others_write(cases: Path) -> None:
    expected = json.loads((cases / "hashing/stopncii/submit_feedback_expected_body.json").read_bytes())
    given = [
        HashFeedback(value=each["hashValue"], feedback=each["feedbackValue"], tags=tuple(each["tags"]))
        for each in expected["hashFeedbacks"]
    ]
    with Playback(lambda _: b"{}") as server, transport() as asking:
        client = StopNciiClient(server.url, subscription="a", keys={"SubmitFeedback": "c"}, transport=asking)
        client.submit_feedback(given)
    assert json.loads(server.asked[0].body) == expected
    assert server.asked[0].headers["x-functions-key"] == "c"


def test_tat_pages_are_followed_by_their_checkpoint(cases: Path) -> None:
    page = (cases / "hashing/tat/hash_list_page.json").read_bytes()
    mark = json.loads(page)["checkpoint"]
    empty = json.dumps({"count": 0, "next": None, "previous": None, "checkpoint": mark, "results": []}).encode()

    def choose(question: Question) -> bytes | None:
        if question.method == "POST":
            return b'{"token": "t", "user": {}}'
        return page if question.query["after"] == "" else empty

    secret = {"username": "u", "password": "p"}
    with Playback(choose) as server:
        opened = open_exchange("tat", {"address": server.url}, secret, transport=transport())
        with closing(opened) as exchange:
            subscriber = Subscriber(exchange)
            last = subscriber.fetch(NOW)
    assert last is not None
    assert last.is_caught_up
    asked = [each for each in server.asked if each.method == "GET"]
    assert [each.query["after"] for each in asked] == ["", mark]
    assert {each.headers["authorization"] for each in asked} == {"Bearer t"}
    assert len(subscriber.problems) >= 3, "its digests are cut short: each is told"
