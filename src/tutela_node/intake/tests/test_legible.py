"""What a screen would not show, or would show as something else, is a mark."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela_node.intake import actions, queries
from tutela_node.intake.documents import Document
from tutela_node.intake.facts import Facts
from tutela_node.intake.legible import UNSEEN, legible, legible_values
from tutela_node.intake.rules import Channel

TURNED = "photo\u202egpj.exe\x00"


def test_letters_line_ends_and_tabs_stay():
    said = "Zeile 1\n\tनमस्ते\r\nبلاغ 👋"
    assert legible(said) == said


def test_what_turns_or_hides_is_a_mark():
    assert legible(TURNED) == "photo\ufffdgpj.exe\ufffd"
    assert legible_values({TURNED: [TURNED, 1, None]}) == {legible(TURNED): [legible(TURNED), 1, None]}


@given(st.text())
def test_nothing_unseen_is_left_and_nothing_else_changes(text):
    assert not UNSEEN.search(legible(text))
    assert len(legible(text)) == len(text)


@pytest.mark.django_db
def test_an_officer_sees_marks_and_the_original_keeps_every_byte(harbour, mira):
    document = Document(
        channel=Channel.XARF,
        original=TURNED.encode(),
        facts=Facts(accounts=(TURNED,)),
        words=TURNED,
        context={"name": TURNED},
        reference=TURNED,
    )
    report = actions.receive_document(replace(harbour, scopes=None), document=document).report
    shown = queries.report(mira, report)
    for text in (shown.words, shown.context["name"], shown.sender_reference, shown.facts.accounts[0]):
        assert text == legible(TURNED)
    assert queries.original(mira, report) == TURNED.encode()
