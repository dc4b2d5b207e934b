"""May this domain be listed? Plain values, no database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Forbidden, Invalid
from tutela_node.blocking import rules
from tutela_node.blocking.errors import Refused
from tutela_node.blocking.rules import DomainFacts, Limits, ListingState

LIMITS = Limits(max_days=180, shared_hosts=("pages.example", "harbour.example"))
WORDS = "every page of it was opened by two people"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("site.example", "site.example"),
        (" Site.Example. ", "site.example"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_domain_is_kept_in_its_canonical_form(given, kept):
    assert rules.check_domain(given, limits=LIMITS) == kept


@pytest.mark.parametrize(
    "text",
    ["http://site.example", "site.example/a", "*.site.example", "a b.example", "localhost", "", "..", "a%2e.example"],
)
def test_what_is_no_bare_domain_is_invalid(text):
    with pytest.raises(Invalid) as caught:
        rules.check_domain(text, limits=LIMITS)
    assert caught.value.place == "domain"


@pytest.mark.parametrize(
    "text", ["192.0.2.7", "0x7f.1", "co.uk", "pages.example", "a.pages.example", "Harbour.Example."]
)
def test_what_many_share_is_refused(text):
    with pytest.raises(Refused):
        rules.check_domain(text, limits=LIMITS)


@given(st.sampled_from(LIMITS.shared_hosts), st.lists(st.sampled_from(["a", "www", "x-1"]), max_size=3))
def test_no_name_under_a_shared_host_is_ever_listed(shared, labels):
    with pytest.raises(Refused):
        rules.check_domain(".".join([*labels, shared]), limits=LIMITS)


@given(st.integers(0, 20), st.integers(0, 20))
def test_one_address_without_a_verdict_speaks_against_the_listing(sightings, illegal):
    facts = DomainFacts(sightings=sightings, illegal=min(illegal, sightings))
    if facts.illegal == facts.sightings:
        rules.check_dedicated(wholly_dedicated=True, evidence=WORDS, facts=facts)
        return
    with pytest.raises(Refused):
        rules.check_dedicated(wholly_dedicated=True, evidence=WORDS, facts=facts)


def test_the_proposer_states_it_with_evidence():
    facts = DomainFacts(sightings=1, illegal=1)
    with pytest.raises(Refused):
        rules.check_dedicated(wholly_dedicated=False, evidence=WORDS, facts=facts)
    for evidence in ("short", "x" * 2001):
        with pytest.raises(Invalid):
            rules.check_dedicated(wholly_dedicated=True, evidence=evidence, facts=facts)


@pytest.mark.parametrize(("grounds", "days"), [("short", 30), (WORDS, 0), (WORDS, 181), ("x" * 2001, 30)])
def test_terms_are_bounded(grounds, days):
    with pytest.raises(Invalid):
        rules.check_terms(grounds=grounds, days=days, limits=LIMITS)


@pytest.mark.parametrize("reason", ["", "   too short   ", "x" * 2001])
def test_a_refusal_says_why(reason):
    with pytest.raises(Invalid):
        rules.check_reason(reason)


def test_two_different_people_decide():
    proposer = UUID(int=1)
    rules.check_second_person(proposer=proposer, decider=uuid4())
    for same in (proposer, None):
        with pytest.raises(Forbidden):
            rules.check_second_person(proposer=proposer, decider=same)


def test_a_listing_is_live_until_its_end_and_not_at_it():
    ends = rules.expiry(NOW, 2)
    assert rules.is_live(ListingState.APPROVED, ends, ends - timedelta(seconds=1))
    assert not rules.is_live(ListingState.APPROVED, ends, ends)
    assert not rules.is_live(ListingState.WITHDRAWN, ends, NOW)
