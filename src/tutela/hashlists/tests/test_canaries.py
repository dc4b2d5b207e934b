"""Canaries look like the others, belong to one recipient, and name who a found list comes from."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.hashlists import (
    Admission,
    ListEntry,
    Marking,
    Watch,
    current,
    is_canary,
    kept_canaries,
    make_canaries,
    sampled,
    sign,
    verified_entries,
    verify,
    who_leaked,
)
from tutela.hashlists.canaries import value
from tutela.hashlists.tests.signing import CREATED, KEY, SIGNER, entry, header, lists

MARKING = Marking(secret=bytes(range(32)), name="demo")
HARBOUR, LANTERN, MEADOW = NAMES = ("harbour.example", "lantern.example", "meadow.example")
WATCH = Watch(MARKING, NAMES)


def like(number: int, **given_: object) -> ListEntry:
    seed = bytes([number % 256, number // 256])
    hashes = (("md5", value(seed, "md5")), ("pdq", value(seed, "pdq")))
    time = CREATED - timedelta(minutes=7 * number)
    own = {"hashes": hashes, "timestamp": time, "admitted": Admission(id=f"D{number:04}", at=time)}
    return entry(number, id=MARKING.opaque_id(("", "image", str(number))), **own | given_)  # type: ignore[arg-type]


REAL = sorted((like(number) for number in range(200)), key=lambda each: each.key)
COPIES = {name: (*REAL, *make_canaries(MARKING, name, REAL)) for name in NAMES}


def test_two_recipients_have_no_canary_in_common_and_none_is_an_entry() -> None:
    values = [{pair for each in COPIES[name][200:] for pair in each.hashes} for name in NAMES]
    values.append({pair for each in REAL for pair in each.hashes})
    assert len(set.union(*values)) == sum(map(len, values)) == 64 * 3 + 400


def test_a_canary_has_the_shape_of_the_entries() -> None:
    for each in COPIES[HARBOUR][200:]:
        assert each.timestamp is not None
        assert each.admitted is not None
        assert min(one.timestamp for one in REAL if one.timestamp) <= each.timestamp <= CREATED
        assert each.timestamp.microsecond == 0
        assert (len(each.id), each.kind, each.admitted.id[0], len(each.admitted.id)) == (32, REAL[0].kind, "D", 5)
        assert [name for name, _ in each.hashes] == ["md5", "pdq"]
        assert int(dict(each.hashes)["pdq"], 16).bit_count() == 128


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_half_of_a_copy_names_its_recipient(seed: int) -> None:
    found = who_leaked(WATCH, Random(seed).sample(COPIES[HARBOUR], len(COPIES[HARBOUR]) // 2))
    assert set(found) <= {HARBOUR}
    assert found  # 32 canaries all in the other half: less than 1e-10


def test_one_column_is_enough() -> None:
    only_md5 = [replace(each, id="x", hashes=each.hashes[:1], kind=None) for each in COPIES[LANTERN]]
    assert who_leaked(WATCH, only_md5) == {LANTERN: 32}


def test_copies_put_together_name_both_and_compared_ones_name_nobody() -> None:
    mixed = [*COPIES[HARBOUR][::2], *COPIES[MEADOW][1::2]]
    assert set(who_leaked(WATCH, mixed)) == {HARBOUR, MEADOW}
    common = set(COPIES[HARBOUR]) & set(COPIES[MEADOW])
    assert who_leaked(WATCH, common) == {}  # the known limit


def test_the_publisher_tells_a_hit_on_a_canary_from_one_on_an_entry() -> None:
    assert is_canary(WATCH, COPIES[HARBOUR][-1])
    assert not is_canary(WATCH, REAL[0])
    assert not is_canary(Watch(replace_name("other"), NAMES), COPIES[HARBOUR][-1])


def replace_name(name: str) -> Marking:
    return Marking(secret=MARKING.secret, name=name)


def test_a_copy_is_signed_with_canaries_in_their_places_and_one_mark_of_content() -> None:
    marks, out = set(), io.BytesIO()
    for name in NAMES:
        out = io.BytesIO()
        made = COPIES[name][200:]
        head = header(recipient=name)
        sign(REAL, out, header=head, signer=SIGNER, canaries=made, content_key=MARKING.content_key)
        found = verify(out, publishers=[KEY], recipient=name)
        marks.add(found.content)
        again = list(verified_entries(out, found))
        assert again == sorted(COPIES[name], key=lambda each: each.key)
        assert who_leaked(WATCH, again) == {name: 32}
    assert len(marks) == 1
    assert marks.pop().startswith("hmac-sha256:")


def test_canaries_need_a_key_for_the_mark_of_content() -> None:
    with pytest.raises(Invalid, match="canaries"):
        sign(REAL, io.BytesIO(), header=header(recipient=HARBOUR), signer=SIGNER, canaries=COPIES[HARBOUR][200:])


def test_the_canaries_of_the_copy_before_stay_as_they_are() -> None:
    kept = kept_canaries(WATCH, HARBOUR, COPIES[HARBOUR])
    other = [like(number, expires=date(2030, 1, 1)) for number in range(500, 600)]
    assert make_canaries(MARKING, HARBOUR, other, kept=kept) == COPIES[HARBOUR][200:]
    ended = {number: replace(each, expires=date(2026, 1, 1)) for number, each in kept.items()}
    prolonged = make_canaries(MARKING, HARBOUR, other, kept=ended, on=date(2026, 6, 1))
    assert {each.expires for each in prolonged} == {date(2030, 1, 1)}
    assert [each.id for each in prolonged] == [each.id for each in COPIES[HARBOUR][200:]]


def test_a_sample_is_the_same_in_any_order_and_moves_little_with_growth() -> None:
    keyed = [(each.key, each) for each in REAL]
    few = sampled(MARKING, keyed, 50)
    assert sampled(MARKING, reversed(keyed), 50) == few
    assert len(set(few) & set(sampled(MARKING, keyed[:190], 50))) > 40


@pytest.mark.parametrize(
    ("id_", "shape"),
    [
        ("image-000123", r"image-000\d{3}"),
        ("0198f3c2-a1b0-7c3e-9d5f-4a6b7c8d9e0f", r"0198f3c2-a1[\da-f]{2}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}"),
        ("ABCDEF0123456789", r"[\dA-F]{16}"),
        ("md5:" + "ab" * 16, r"md5:[\da-f]{32}"),
    ],
)
def test_an_id_is_made_in_the_shape_of_the_others(id_: str, shape: str) -> None:
    made = make_canaries(MARKING, HARBOUR, [entry(1, id=id_, hashes=(("md5", "ab" * 16),))], count=3)
    for each in made:
        assert re.fullmatch(shape, each.id)
        assert each.id != id_


@settings(max_examples=150, deadline=None)
@given(lists, st.integers(1, 8))
def test_canaries_of_any_list_can_be_signed_with_it_or_are_refused(real: list[ListEntry], count: int) -> None:
    try:
        made = make_canaries(MARKING, HARBOUR, real, count=count)
    except Invalid:
        return
    out = io.BytesIO()
    sign(real, out, header=header(recipient=HARBOUR), signer=SIGNER, canaries=made, content_key=MARKING.content_key)
    found = list(verified_entries(out, verify(out, publishers=[KEY])))
    assert who_leaked(WATCH, found) == {HARBOUR: count}
    assert [each for each in found if not is_canary(WATCH, each)] == real


def test_what_cannot_be_imitated_is_said() -> None:
    for wrong in (entry(1, hashes=(("pdna", "A,1="),)), entry(1, id="a")):
        with pytest.raises(Invalid, match="canaries"):
            make_canaries(MARKING, HARBOUR, [wrong])


def test_current_leaves_out_what_has_expired_on_the_day() -> None:
    ends = entry(1, expires=date(2026, 6, 1))
    assert current([ends, entry(2)], on=date(2026, 5, 31)) == (ends, entry(2))
    assert current([ends, entry(2)], on=date(2026, 6, 1)) == (entry(2),)
    assert current([ends]) == (ends,)
