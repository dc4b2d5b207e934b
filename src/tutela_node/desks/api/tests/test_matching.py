"""Look-ups by machine: a class, and nothing else."""

import pytest

from tutela_node.hashlists import index

KNOWN = "ab" * 32


@pytest.fixture
def _loaded(db):
    index.forget()
    index.load()
    yield
    index.forget()


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize(
    "question", [{"sha256": KNOWN}, {"sha1": "0" * 40}, {"md5": "0" * 32}, {"pdq": "0" * 64, "quality": 100}]
)
def test_the_answer_is_a_class(machine, question):
    response = machine.ask("/match", question)
    assert (response.status_code, response.json()) == (200, {"class": "none"})


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"sha256": "x"},
        {"sha256": KNOWN.upper()},
        {"sha256": KNOWN, "md5": "0" * 32},
        {"pdq": KNOWN},
        {"pdq": KNOWN, "quality": 101},
        {"sha256": KNOWN, "quality": 50},
        {"sha256": KNOWN, "threshold": 200},
    ],
)
def test_a_question_that_cannot_be_read_is_refused_without_repeating_it(machine, question):
    response = machine.ask("/match", question)
    assert response.status_code == 400
    assert KNOWN not in response.content.decode().lower()


def test_without_an_index_nothing_is_said_to_be_unknown(machine):
    index.forget()
    response = machine.ask("/match", {"sha256": KNOWN})
    assert (response.status_code, response.json()["kind"]) == (503, "unavailable")
