"""States, references and searched texts, without a database."""

import pytest

from tutela_node.foundation.errors import Conflict, Invalid
from tutela_node.material import rules
from tutela_node.material.rules import ItemState


def test_an_item_moves_forward_or_stays() -> None:
    rules.check_move(ItemState.RECEIVED, ItemState.QUEUED)
    rules.check_move(ItemState.QUEUED, ItemState.QUEUED)
    with pytest.raises(Conflict, match="decided cannot become queued"):
        rules.check_move(ItemState.DECIDED, ItemState.QUEUED)


@pytest.mark.parametrize("reference", ["", "-1", "abc", "118204 1", "1" * 40, "１"])
def test_references_can_be_said_and_typed(reference: str) -> None:
    with pytest.raises(Invalid):
        rules.check_reference(reference)


@pytest.mark.parametrize(
    ("text", "names"),
    [("A" * 32, ("md5",)), ("a" * 40, ("sha1",)), ("0" * 64, ("sha256", "pdq")), ("g" * 32, ()), ("1182", ())],
)
def test_a_text_is_a_value_of_the_algorithms_it_fits(text: str, names: tuple[str, ...]) -> None:
    assert rules.possible_algorithms(text) == names


@pytest.mark.parametrize(("algorithm", "value"), [("md5", "A" * 32), ("sha1", "a" * 32), ("own", "abc"), ("own", "")])
def test_a_fingerprint_is_lower_case_hexadecimal_of_its_length(algorithm: str, value: str) -> None:
    with pytest.raises(Invalid, match=algorithm):
        rules.check_value(algorithm, value)
