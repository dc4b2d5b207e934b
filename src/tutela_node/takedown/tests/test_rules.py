"""What sources add up to, when something moved, and what an answer must hold."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela_node.takedown import rules
from tutela_node.takedown.errors import BadAnswer, BadContact, Wrong
from tutela_node.takedown.rules import NoticeState, Outcome, SourceFact, SourceKind

AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def network(organisation="Harbour Hosting", country="XA", contact="abuse@harbour.example", answered=True):
    return SourceFact(
        kind=SourceKind.NETWORK, answered=answered, organisation=organisation, country=country, contact=contact
    )


def facts(*sources, addresses=("192.0.2.1",)):
    return rules.add_up(host="img4.harbour.example", at=AT, addresses=addresses, sources=sources)


def test_sources_that_agree_are_counted():
    reverse = SourceFact(kind=SourceKind.REVERSE, answered=True, domains=("harbour.example",))
    elsewhere = SourceFact(kind=SourceKind.REGISTRATION, answered=True, domains=("names.example",))
    found = facts(SourceFact(kind=SourceKind.DNS, answered=True), network(), network(), reverse, elsewhere)
    assert (found.organisation, found.country, found.contact) == ("Harbour Hosting", "XA", "abuse@harbour.example")
    assert found.agree == 3


def test_most_networks_decide_who_the_operator_is():
    found = facts(network("Quay Cloud", "FR", "abuse@quay.example"), network(), network())
    assert found.organisation == "Harbour Hosting"
    assert found.agree == 2


def test_whether_a_content_network_stands_in_front_is_not_known():
    assert facts(network()).is_content_network is None


def test_without_a_network_the_operator_is_unknown():
    silent = SourceFact(kind=SourceKind.NETWORK, answered=False, problem="the registry knows nothing of this")
    assert facts(silent).outcome is Outcome.UNKNOWN_OPERATOR


def test_another_contact_means_moved():
    before, after = facts(network()), facts(network("Quay Cloud", "FR", "abuse@quay.example"))
    assert rules.has_moved(before, after, overridden=False)
    assert not rules.has_moved(before, facts(network(contact="Abuse@harbour.example")), overridden=False)


def test_after_a_correction_other_addresses_mean_moved():
    corrected = facts(network("Real Host", "ES", "abuse@real.example"))
    assert not rules.has_moved(corrected, facts(network()), overridden=True)
    assert rules.has_moved(corrected, facts(network(), addresses=("198.51.100.7",)), overridden=True)


@pytest.mark.parametrize(
    "text",
    ["", "abuse", "a@b", "a b@host.example", "a@host.example\nBcc: x@y.example", "a..b@host.example", "a@[192.0.2.1]"],
)
def test_what_is_no_contact_is_refused(text):
    with pytest.raises(BadContact):
        rules.clean_contact(text)


def test_a_contact_is_cleaned():
    assert rules.clean_contact(" Abuse+CP@Harbour.EXAMPLE ") == "Abuse+CP@harbour.example"


@given(st.text(max_size=400))
@settings(max_examples=80)
def test_cleaned_text_is_one_short_printable_line(text):
    cleaned = rules.clean_text(text)
    assert len(cleaned) <= rules.TEXT
    assert cleaned.isprintable()


@pytest.mark.parametrize(
    ("is_held", "is_approved", "state"),
    [
        (True, True, NoticeState.HELD),
        (True, False, NoticeState.HELD),
        (False, False, NoticeState.WAITING_CONTACT),
        (False, True, NoticeState.QUEUED),
    ],
)
def test_a_hold_comes_before_an_approval(is_held, is_approved, state):
    assert rules.next_state(is_held=is_held, is_approved=is_approved) is state


@pytest.mark.parametrize(("days", "reason"), [(0, "r"), (-1, "r"), (91, "r"), (1, " ")])
def test_a_hold_has_a_reason_and_an_end(days, reason):
    with pytest.raises(Invalid):
        rules.check_hold(starts=AT, ends=AT + timedelta(days=days), reason=reason)


@pytest.mark.parametrize(
    ("outcome", "details", "wrong"),
    [
        ("", {}, Wrong.OUTCOME),
        ("deleted", {}, Wrong.OUTCOME),
        ("removed", {}, Wrong.REMOVED_AT),
        ("removed", {"removed_at": "yesterday"}, Wrong.REMOVED_AT),
        ("removed", {"removed_at": "2026-11-22T06:55", "copies": "three"}, Wrong.COPIES),
        ("moved", {}, Wrong.MOVED_TO),
        ("moved", {"moved_to": "no host"}, Wrong.MOVED_TO),
        ("moved", {"moved_to": "word"}, Wrong.MOVED_TO),
        ("different", {"reason": "  "}, Wrong.REASON),
    ],
)
def test_an_answer_says_what_it_lacks(outcome, details, wrong):
    with pytest.raises(BadAnswer) as refusal:
        rules.check_answer(outcome, details)
    assert refusal.value.wrong == (wrong,)


@pytest.mark.parametrize("moved_to", ["new.host.example", "192.0.2.7", "2001:db8::7", "https://new.host.example/a"])
def test_a_new_host_may_be_named_in_any_way(moved_to):
    assert rules.check_answer("moved", {"moved_to": moved_to})["moved_to"] == moved_to


def test_an_answer_is_kept_without_what_was_left_empty():
    kept = rules.check_answer("already_gone", {"copies": "", "records_kept": "yes", "other": "x"})
    assert kept == {"outcome": "already_gone", "records_kept": "yes"}
