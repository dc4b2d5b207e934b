"""The façade of Hasher-Matcher-Actioner: its paths and shapes, without its defects and without its secrets."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from tutela.errors import TutelaError
from tutela_node.desks.matcher.forms import read_form
from tutela_node.desks.matcher.tests.stage import KNOWN, LISTED, World, flipped
from tutela_node.desks.matcher.tests.test_own import picture
from tutela_node.hashlists.replica import Change

FORM = "multipart/form-data; boundary=cut"


def form(content: bytes, name: str = "photo") -> bytes:
    head = (
        f'--cut\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    )
    return head.encode() + content + b"\r\n--cut--\r\n"


def test_a_signal_is_looked_up_in_its_shape(world: World) -> None:
    answer = world.call("GET", f"/m/lookup?signal={LISTED}&signal_type=pdq").json
    ((bank, (hit,)),) = answer.items()
    assert (bank, set(hit), hit["distance"]) == ("KNOWN_NEAR", {"bank_content_id", "distance"}, "31")
    assert world.call("GET", f"/m/lookup?signal={'3c' * 32}&signal_type=pdq").json == {}
    assert list(world.call("GET", f"/m/lookup?signal={KNOWN}&signal_type=video_md5").json) == ["KNOWN_EXACT"]


def test_every_match_of_a_class_looks_alike_and_another_token_sees_another_number(world: World) -> None:
    asked = [f"/m/lookup?signal={each}&signal_type=pdq" for each in (LISTED, flipped(LISTED, *range(20)))]
    one, other = (world.call("GET", each).body for each in asked)
    assert one == other
    assert world.call("GET", asked[0], token="lighthouse").body != one


def test_upper_case_is_taken_and_flags_change_nothing(world: World) -> None:
    path = f"/m/lookup?signal={LISTED.upper()}&signal_type=pdq&bypass_coinflip=true&seed=x"
    assert world.call("GET", path).json["KNOWN_NEAR"]
    assert world.call("GET", path.replace("true", "perhaps")).status == 400


def test_banks_are_honoured_and_a_strange_one_is_no_empty_answer(world: World) -> None:
    path = f"/m/lookup?signal={LISTED}&signal_type=pdq&banks="
    assert world.call("GET", f"{path}KNOWN_NEAR").json["KNOWN_NEAR"]
    assert world.call("GET", f"{path}KNOWN_EXACT").json == {}
    assert world.call("GET", f"{path}MY_BANK").status == 400


def test_raw_look_up_gives_numbers_or_constant_distances(world: World) -> None:
    path = f"/m/raw_lookup?signal={LISTED}&signal_type=pdq"
    (number,) = world.call("GET", path).json["matches"]
    assert world.call("GET", f"{path}&include_distance=true").json == {
        "matches": [{"bank_content_id": number, "distance": "31"}]
    }


def test_pairs_are_compared_in_its_shape(world: World) -> None:
    answer = world.call("POST", "/m/compare", json={"pdq": [LISTED, flipped(LISTED, 1, 2)]})
    assert answer.json == {"pdq": [True, {"distance": 31}]}


def test_a_file_is_hashed_and_looked_up_by_the_name_of_its_field(world: World) -> None:
    hashes = world.call("POST", "/h/hash", body=form(picture()), kind=FORM).json
    assert list(hashes) == ["pdq"]
    assert world.call("POST", "/m/lookup", body=form(picture()), kind=FORM).json == {"pdq": {}}
    assert list(world.call("POST", "/h/hash", body=form(b"x", "video"), kind=FORM).json) == ["video_md5"]


def test_a_mirrored_file_is_found(world: World) -> None:
    hashes = world.call("POST", "/h/hash", body=form(picture()), kind=FORM).json
    world.writer.append(Change(seq=2, entries=[(7, 1, "pdq", hashes["pdq"])]))
    world.replica.refresh()
    assert "KNOWN_NEAR" in world.call("POST", "/m/lookup", body=form(picture(mirrored=True)), kind=FORM).json["pdq"]


@pytest.mark.parametrize("path", ["/h/hash", "/m/lookup"])
def test_garbage_cut_and_blank_pictures_are_refused_alike(world: World, path: str) -> None:
    blank = io.BytesIO()
    Image.new("L", (64, 64), 128).save(blank, "PNG")
    for content in (b"garbage", picture()[:40], blank.getvalue()):
        assert world.call("POST", path, body=form(content), kind=FORM).status == 400


@pytest.mark.parametrize("path", ["/c/banks", "/c/bank/A/content/1", "/c/exchanges", "/c/signal_type/pdq", "/c"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_lists_are_neither_shown_nor_changed(world: World, method: str, path: str) -> None:
    assert world.call(method, path).status == 403


def test_an_address_without_an_allow_list_is_never_fetched(make_world) -> None:
    world = make_world(hosts=())
    for path in ("/h/hash?url=http://127.0.0.1/", "/m/lookup?url=http://github.example/a.png"):
        assert world.call("GET", path).status == 403
    assert not world.fetched


def test_readiness_and_the_size_of_the_index_say_little(world: World) -> None:
    assert world.call("GET", "/status", token=None).body == b"I-AM-ALIVE"
    status = world.call("GET", "/m/index/status").json
    assert set(status["pdq"]) == {"built_to", "present", "size"}
    assert status["pdq"]["size"] == 1


def test_a_problem_has_the_message_that_its_clients_read(world: World) -> None:
    assert world.call("GET", "/m/lookup").json["message"]


@given(some.binary(max_size=300), some.binary(max_size=40))
def test_no_form_breaks_the_reader(noise: bytes, more: bytes) -> None:
    for body in (noise, form(noise), form(noise)[: len(noise)] + more, b"--cut\r\n" + noise + b"\r\n--cut" + more):
        try:
            read_form(FORM, body)
        except TutelaError as error:
            told = error.message
            assert told  # either an answer or one of our errors
