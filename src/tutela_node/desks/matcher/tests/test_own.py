"""The node's own interface: a class and nothing else, or a problem."""

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PIL import Image, ImageOps

from tutela.media import Fingerprints, Isolated, fingerprint
from tutela.media.tests.recordings import video
from tutela_node.desks.matcher.desk import Desk
from tutela_node.desks.matcher.means import Means
from tutela_node.desks.matcher.own import MOST_QUESTIONS
from tutela_node.desks.matcher.tests.stage import KNOWN, LISTED, World, flipped
from tutela_node.hashlists.replica import Change, collect
from tutela_node.hashlists.replica.canaries import digest_of

FAR = "3c" * 32


def test_a_canary_is_written_down_by_its_digest_and_changes_no_answer(world: World) -> None:
    world.writer.append(Change(seq=2, canaries=[digest_of("md5", "cd" * 16)]))
    world.replica.refresh()
    answer = world.call("POST", "/v1/lookup", json={"algorithm": "md5", "hash": "CD" * 16})
    assert answer.json == {"class": "none"}
    world.spool.close()
    lines = [line for file in collect(world.folder) for line in file.records]
    assert [line["met"] for line in lines if "met" in line] == [[digest_of("md5", "cd" * 16)]]


def test_frames_of_a_video_are_looked_up(world: World) -> None:
    film = video(40)
    listed = fingerprint(film).frames[-1].pdq
    assert world.call("POST", "/v1/lookup", body=film, kind="video/mp4").json == {"class": "none"}
    world.writer.append(Change(seq=2, entries=[(9, 1, "pdq", listed)]))
    world.replica.refresh()
    assert world.call("POST", "/v1/lookup", body=film, kind="video/mp4").json == {"class": "near"}


def picture(*, mirrored: bool = False) -> bytes:
    out = io.BytesIO()
    shown = Image.linear_gradient("L").rotate(30).resize((320, 200))
    (ImageOps.mirror(shown) if mirrored else shown).save(out, "PNG")
    return out.getvalue()


def test_an_answer_is_a_class_and_nothing_else(world: World) -> None:
    assert world.call("POST", "/v1/match", json={"md5": KNOWN}).json == {"class": "exact"}
    assert world.call("POST", "/v1/match", json={"pdq": LISTED, "quality": 80}).json == {"class": "near"}
    assert world.call("POST", "/v1/match", json={"pdq": FAR}).json == {"class": "none"}
    assert world.call("POST", "/v1/match", json={"pdq": LISTED, "quality": 49}).json == {"class": "none"}
    assert world.match(LISTED.upper()) == "near"


def test_several_hashes_of_one_file_get_the_surest_class(world: World) -> None:
    assert world.call("POST", "/v1/match", json={"pdq": FAR, "md5": KNOWN}).json == {"class": "exact"}


def test_a_batch_answers_in_its_order_or_not_at_all(world: World) -> None:
    asked = [{"pdq": FAR}, {"md5": KNOWN}, {"pdq": LISTED}]
    answer = world.call("POST", "/v1/batch", json={"questions": asked}).json
    assert [each["class"] for each in answer["answers"]] == ["none", "exact", "near"]
    spoilt = world.call("POST", "/v1/batch", json={"questions": [*asked, {"pdq": "zz"}]})
    assert (spoilt.status, spoilt.json["place"]) == (400, "pdq")
    many = world.call("POST", "/v1/batch", json={"questions": [{"md5": KNOWN}] * (MOST_QUESTIONS + 1)})
    assert many.status == 413


def test_a_look_up_takes_a_hash_or_the_file(world: World) -> None:
    assert world.call("POST", "/v1/lookup", json={"algorithm": "md5", "hash": KNOWN}).json == {"class": "exact"}
    assert world.call("POST", "/v1/lookup", body=picture(), kind="image/png").json == {"class": "none"}
    assert world.call("POST", "/v1/lookup", body=b"\xff\xd8\xff garbage", kind="image/jpeg").json == {"class": "none"}


def test_the_fingerprints_of_ones_own_file_match_once_they_are_listed(world: World) -> None:
    found = world.call("POST", "/v1/hash", body=picture(), kind="application/octet-stream").json
    assert found["pdq"]
    world.writer.append(Change(seq=2, entries=[(7, 1, "pdq", found["pdq"])]))
    world.replica.refresh()
    assert world.call("POST", "/v1/lookup", body=picture(), kind="image/png").json == {"class": "near"}


def test_a_mirrored_file_is_found(world: World) -> None:
    _list(world, picture())
    assert world.call("POST", "/v1/lookup", body=picture(mirrored=True), kind="image/png").json == {"class": "near"}
    assert world.call("POST", "/v1/media", body=picture(mirrored=True), kind="image/png").json["match_type"] == "near"


def _list(world: World, content: bytes) -> None:
    found = world.call("POST", "/v1/hash", body=content, kind="application/octet-stream").json
    assert "forms" not in found
    world.writer.append(Change(seq=2, entries=[(7, 1, "pdq", found["pdq"])]))
    world.replica.refresh()


def test_each_form_of_a_file_is_watched(world: World) -> None:
    _list(world, picture())
    world.call("POST", "/v1/lookup", body=picture(mirrored=True), kind="image/png")
    watch = next(iter(world.asking._askers.values())).watch
    assert watch.most_told() > 0
    assert len(watch._ring.held()) >= 9


def test_comparing_asks_no_list(world: World) -> None:
    def compared(*pair: str) -> str:
        answer = world.call("POST", "/v1/compare", json={"algorithm": "pdq", "hashes": list(pair)}).json
        return str(answer["class"])

    assert compared(FAR, flipped(FAR, *range(31))) == "near"
    assert compared(FAR, flipped(FAR, *range(32))) == "none"


@pytest.mark.parametrize("body", [{}, {"pdq": "0f"}, {"phash": FAR}, {"pdq": FAR, "quality": 101}, {"pdq": [1]}, []])
def test_what_is_not_a_question_is_a_problem(world: World, body: object) -> None:
    answer = world.call("POST", "/v1/match", json=body)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_problem_repeats_nothing_that_was_sent(world: World) -> None:
    assert b"abcabc" not in world.call("POST", "/v1/match", json={"pdq": "abcabc"}).body


def test_a_body_that_is_too_large_or_cut_is_refused(world: World) -> None:
    assert world.call("POST", "/v1/match", body=b" " * (1024 * 1024 + 1)).status == 413
    assert world.call("POST", "/v1/match", body=b"[" * 100_000).status == 400


def test_no_token_is_told_what_to_send(world: World) -> None:
    answer = world.call("POST", "/v1/match", token=None, json={"pdq": FAR})
    assert (answer.status, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer")


def test_it_fails_closed_when_the_publisher_is_silent(world: World) -> None:
    assert world.call("GET", "/ready", token=None).status == 200
    world.now[0] += 60
    assert world.call("GET", "/ready", token=None).status == 503
    assert world.match(LISTED) == "503"
    assert world.call("GET", "/status", token=None).body == b"INDEX-STALE"
    assert world.call("GET", "/health", token=None).status == 200


def test_a_look_up_is_written_down_without_any_hash(world: World) -> None:
    world.match(LISTED)
    world.spool.close()
    (collected,) = collect(world.folder)
    (record,) = collected.records
    assert {record[name] for name in ("class", "algorithm", "count")} == {"near", "pdq", 1}
    assert set(record) == {"token", "at", "class", "count", "algorithm"}
    assert LISTED[:8] not in json.dumps(record)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=some.sampled_from(["/v1/match", "/v1/lookup", "/v1/batch", "/v1/compare", "/m/compare", "/v1/pdq"]),
    data=some.data(),
)
def test_no_body_breaks_the_desk(world: World, path: str, data: some.DataObject) -> None:
    leaf = some.none() | some.integers() | some.text(max_size=70) | some.sampled_from([FAR, KNOWN, "pdq", "md5"])
    keys = some.sampled_from(["pdq", "md5", "quality", "url", "hash", "hashes", "algorithm", "questions"])
    value = some.recursive(
        leaf, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(keys, inner, max_size=3)
    )
    body = data.draw(some.binary(max_size=200) | value.map(lambda each: json.dumps(each).encode()))
    assert world.call("POST", path, body=body, kind="application/json").status in (200, 400, 403, 413)


def test_hashes_on_a_plain_disk_answer_nothing_in_production(world: World) -> None:
    refusing = Means(asking=world.asking, decoder=Isolated(), fetch=lambda *_: {}, refused="a plain disk")
    world = replace(world, desk=Desk(refusing))
    assert world.call("GET", "/ready", token=None).json == {"ready": False, "reason": "a plain disk"}
    assert world.match(LISTED) == "503"


class Stuck:
    """A decoder that does not come back until it is let go."""

    def __init__(self) -> None:
        self.held, self.go = threading.Semaphore(0), threading.Event()

    def fingerprint(self, data: bytes) -> Fingerprints:
        self.held.release()
        assert self.go.wait(20)
        return fingerprint(data)

    def fingerprint_stream(self, stream: BinaryIO) -> Fingerprints:
        return self.fingerprint(stream.read())


def test_files_that_take_long_leave_room_for_hashes(world: World) -> None:
    stuck = Stuck()
    world.desk = Desk(Means(asking=world.asking, decoder=stuck, fetch=lambda *_: {}))
    ask = partial(world.call, "POST", "/v1/lookup", body=picture(), kind="image/png")
    with ThreadPoolExecutor(3) as pool:
        slow = [pool.submit(ask) for _ in range(2)]
        assert stuck.held.acquire(timeout=10)
        assert stuck.held.acquire(timeout=10)
        refused = ask()
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        assert world.match(LISTED) == "near"
        stuck.go.set()
        assert [each.result().status for each in slow] == [200, 200]
    assert ask().status == 200


def test_in_production_a_token_is_taken_over_tls_alone(world: World) -> None:
    world.desk = Desk(replace(world.desk._means, tls_only=True))
    answer = world.call("POST", "/v1/match", json={"md5": KNOWN})
    assert answer.status == 403
    assert "HTTPS" in answer.json["detail"]
    assert world.call("GET", "/health", token=None).status == 200
