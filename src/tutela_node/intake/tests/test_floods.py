"""Lanes, budgets and credit as plain values: nobody is refused, the genuine come first."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela_node.intake.floods import (
    Arrival,
    Lane,
    Standing,
    bits_for,
    credit_of,
    lane_of,
    most_pressure,
    standing_of,
    worked,
)
from tutela_node.intake.tests.working import work

URL = ("https://pictures.example/a/1",)
WORDS = "it was sent to a group"


@given(st.text(max_size=40), st.integers(0, 9))
def test_work_is_what_the_hash_says(challenge, bits):
    challenge = challenge.encode("utf-8", "ignore").decode()
    nonce = work(challenge, bits)
    assert worked(challenge, nonce, bits=bits)
    digest = hashlib.sha256(f"{challenge}:{nonce}".encode()).digest()
    assert int.from_bytes(digest) < 1 << (256 - bits)


@given(st.text(max_size=30))
def test_what_is_no_number_is_no_work(nonce):
    if not (nonce.isascii() and nonce.isdigit() and len(nonce) <= 20):
        assert not worked("challenge", nonce, bits=0)


def test_work_for_one_challenge_is_none_for_another():
    assert not worked("other", work("challenge", 14), bits=14)


@pytest.mark.parametrize(("pressure", "bits"), [(0, 16), (2000, 16), (2001, 17), (4001, 18), (8001, 19), (10**9, 20)])
def test_more_pressure_asks_for_more_work_up_to_a_bound(pressure, bits):
    assert bits_for(least=16, most=20, pressure=pressure, usual=2000) == bits


@given(least=st.integers(1, 24), more=st.integers(1, 8), usual=st.integers(1, 9999))
def test_what_is_counted_is_just_enough_for_the_most_work(least, more, usual):
    enough = most_pressure(least=least, most=least + more, usual=usual)
    bits = [bits_for(least=least, most=least + more, pressure=enough - n, usual=usual) for n in (0, 1)]
    assert bits == [least + more, least + more - 1]


@pytest.mark.parametrize(
    ("proof", "pace", "lane"), [(16, 0, Lane.PROVED), (0, 15, Lane.TIMED), (0, 14, Lane.HASTY), (0, 0, Lane.HASTY)]
)
def test_without_work_the_pace_decides_the_lane(proof, pace, lane):
    assert lane_of(proof=proof, pace=pace, ticket_seconds=15) is lane


def test_the_genuine_stand_before_the_rest():
    ordered = [
        Arrival(lane=Lane.PROVED, addresses=URL, words=WORDS),
        Arrival(lane=Lane.PROVED, addresses=URL),
        Arrival(lane=Lane.PROVED, words=WORDS),
        Arrival(lane=Lane.TIMED, addresses=URL, words=WORDS),
        Arrival(lane=Lane.TIMED, words=WORDS),
        Arrival(lane=Lane.TIMED, words="x"),
        Arrival(lane=Lane.HASTY, words=WORDS),
        Arrival(lane=Lane.HASTY, words=WORDS, repeats=3),
    ]
    credits = [credit_of(each) for each in ordered]
    assert credits == sorted(credits, reverse=True)
    assert len(set(credits)) == len(credits)


@given(st.sampled_from(Lane), st.lists(st.text(max_size=9), max_size=2), st.text(max_size=30), st.integers(0, 9))
def test_credit_stays_in_its_bounds(lane, addresses, words, repeats):
    assert -4 <= credit_of(Arrival(lane=lane, addresses=tuple(addresses), words=words, repeats=repeats)) <= 7


def test_what_the_budget_holds_goes_its_way():
    assert standing_of(taken=19, budget=20) is Standing.OPEN
    assert standing_of(taken=20, budget=20) is Standing.QUARANTINED
