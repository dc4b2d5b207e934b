"""The façade of the Arachnid Shield SDK 0.2.2: what it sends and the members that it reads."""

import base64

from tutela_node.desks.matcher.tests.stage import LISTED, World
from tutela_node.desks.matcher.tests.test_own import picture


def basic(world: World) -> dict[str, str | None]:
    raw = base64.b64encode(f"anybody:{world.tokens['harbour']}".encode()).decode()
    return {"token": None, "authorization": f"Basic {raw}"}


def test_a_file_is_scanned(world: World) -> None:
    answer = world.call("POST", "/v1/media/", body=picture(), kind="image/png", **basic(world)).json
    assert (answer["size_bytes"], len(answer["sha1_base32"])) == (len(picture()), 32)
    assert (answer["classification"], answer["match_type"]) == ("no-known-match", None)
    assert answer["near_match_details"] == []


def test_hashes_are_scanned_and_nothing_of_a_list_is_shown(world: World) -> None:
    value = base64.b64encode(bytes.fromhex(LISTED)).decode()
    answer = world.call("POST", "/v1/pdq/", json={"hashes": [value]}, **basic(world)).json
    assert answer["scanned_hashes"][value] == {
        "classification": "csam",
        "match_type": "near",
        "near_match_details": None,
    }


def test_an_address_goes_to_the_worker_or_is_refused(world: World) -> None:
    answer = world.call("POST", "/v1/url/", json={"url": "http://images.example/a"}, **basic(world))
    assert (answer.status, len(world.fetched)) == (403, 1)
    assert answer.json["detail"]


def test_a_bad_password_is_refused(world: World) -> None:
    for value in ("Basic x", "Basic " + base64.b64encode(b"a:b").decode()):
        assert world.call("POST", "/v1/pdq/", token=None, authorization=value, json={}).status == 401
