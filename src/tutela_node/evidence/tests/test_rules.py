"""Who releases, what may be released, what may be erased. Plain values, no database."""

from uuid import UUID

import pytest

from tutela.errors import Conflict, Forbidden, Invalid
from tutela_node.evidence import rules
from tutela_node.evidence.rules import ObjectState

REASON = "asked for in case 12 of the unit"


def test_a_release_needs_two_different_people():
    one, two = UUID(int=1), UUID(int=2)
    rules.check_second_person(proposer=one, approver=two)
    for proposer, approver in ((one, one), (None, two), (one, None)):
        with pytest.raises(Forbidden):
            rules.check_second_person(proposer=proposer, approver=approver)


@pytest.mark.parametrize(
    ("exhibits", "wanted", "reason", "error"),
    [(0, 0, REASON, Invalid), (1, 2, REASON, Conflict), (1, 1, " short ", Invalid), (1, 1, "x" * 501, Invalid)],
)
def test_a_proposal_names_exhibits_and_says_why(exhibits, wanted, reason, error):
    with pytest.raises(error):
        rules.check_proposal(exhibits=exhibits, wanted=wanted, reason=reason)


def test_an_exhibit_is_not_erased_and_what_was_erased_is_no_exhibit():
    rules.check_erasable(ObjectState.SEALED)
    with pytest.raises(Conflict):
        rules.check_erasable(ObjectState.EXHIBIT)
    with pytest.raises(Conflict):
        rules.check_exhibitable(ObjectState.ERASED)


def test_numbers_are_for_people():
    assert rules.exhibit_number("XA", 2026, 7) == "XA-2026-000007"
    assert rules.package_reference("XA", 2026, 12) == "P-XA-2026-00012"
