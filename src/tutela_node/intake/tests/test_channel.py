"""Questions and replies: sealed both ways, of one length, tied to a report by its code alone."""

import secrets
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import TutelaError
from tutela.sealing import open_with, seal_to
from tutela_node.foundation import keys
from tutela_node.foundation.errors import Forbidden, Invalid
from tutela_node.foundation.models import AuditRecord, PendingEvent
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, channel, channel_actions, conversations, queries
from tutela_node.intake.errors import NoMailbox, NoSuchReport
from tutela_node.intake.models import Question, Reply
from tutela_node.intake.rules import (
    MAX_PACE,
    MAX_QUESTION,
    MAX_WORDS,
    QUESTION_BYTES,
    QUESTION_INFO,
    REPLY_INFO,
    Form,
    Sheet,
    read_sheet,
    write_sheet,
)
from tutela_node.intake.tests.dropping import Reporter

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=MAX_QUESTION)


def reported():
    reporter = Reporter()
    reporter.finish(Sheet(words="a few words"))
    return reporter, actions.open_draft(SYSTEM, draft=reporter.draft).report


def replied(reporter, words="it was on Tuesday", plain=None):
    sealed = seal_to(
        keys.intake_public(), plain or channel.write_reply(words), info=REPLY_INFO + reporter.locator.encode()
    )
    return channel_actions.reply(step=secrets.token_hex(16), locator=reporter.locator, sealed=sealed)


@given(TEXT)
def test_a_question_reads_as_it_was_written_and_has_one_length(text):
    plain = channel.write_question(text, NOW)
    assert len(plain) == QUESTION_BYTES
    assert channel.read_question(plain) == channel.Asked(text=text, at=NOW)


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=200))
def test_a_reply_reads_as_it_was_written_and_has_one_length(words):
    assert channel.read_reply(channel.write_reply(words)) == words
    assert len(channel.write_reply(words)) == channel.REPLY_BYTES


@given(st.binary(max_size=300))
def test_what_is_no_reply_and_no_question_is_refused(plain):
    for read in (channel.read_reply, channel.read_question):
        with pytest.raises(TutelaError):
            read(plain)


@given(st.data())
def test_a_changed_reply_never_crashes(data):
    plain = bytearray(channel.write_reply("a few words").rstrip())
    for _ in range(data.draw(st.integers(1, 4))):
        plain[data.draw(st.integers(0, len(plain) - 1))] = data.draw(st.integers(0, 255))
    with suppress(TutelaError):
        assert 0 < len(channel.read_reply(bytes(plain))) <= MAX_WORDS


def test_only_the_mailbox_opens_a_question(mira):
    reporter, report = reported()
    channel_actions.ask(mira, report=report, text=" On which day was it?\r\n")
    (sealed,) = queries.questions(reporter.locator)
    opened = channel.read_question(open_with(reporter.mailbox.private, sealed, info=QUESTION_INFO))
    assert opened.text == "On which day was it?"
    assert b"which day" not in bytes(Question.objects.get().sealed) + bytes(Question.objects.get().text_sealed)
    assert PendingEvent.objects.filter(subject=report).count() >= 2


@pytest.mark.parametrize("text", ["", " \n ", "x" * (MAX_QUESTION + 1)])
def test_a_question_that_does_not_fit_is_refused(mira, text):
    _, report = reported()
    with pytest.raises(Invalid):
        channel_actions.ask(mira, report=report, text=text)


def test_who_left_half_way_has_no_code_to_read_a_question_with(mira):
    reporter = Reporter()
    reporter.answer(Sheet(words="a few words"))
    report = actions.open_draft(SYSTEM, draft=reporter.draft).report
    with pytest.raises(NoMailbox):
        channel_actions.ask(mira, report=report, text="On which day?")


def test_a_reply_is_read_beside_its_question(mira, pavel):
    reporter, report = reported()
    channel_actions.ask(pavel, report=report, text="On which day?")
    channel_actions.open_reply(SYSTEM, reply=replied(reporter))
    asked, said = conversations.conversation(mira, report)
    assert (asked.asked_by, asked.text) == (pavel.id, "On which day?")
    assert (said.asked_by, said.text) == (None, "it was on Tuesday")
    assert AuditRecord.objects.filter(verb="conversation.read", subject=report, is_read=True).count() == 1
    assert bytes(Reply.objects.get().sealed) == b""


def test_the_same_reply_twice_is_one_and_one_that_does_not_open_is_kept(mira):
    reporter, report = reported()
    step = secrets.token_hex(16)
    for _ in range(2):
        channel_actions.reply(step=step, locator=reporter.locator, sealed=b"no ciphertext of ours")
    channel_actions.open_reply(SYSTEM, reply=Reply.objects.get().id)
    assert bytes(Reply.objects.get().sealed) == b"no ciphertext of ours"
    assert [each.text for each in conversations.conversation(mira, report)] == [""]


def test_a_reply_waits_for_its_report(db):
    with pytest.raises(NoSuchReport):
        channel_actions.open_reply(SYSTEM, reply=replied(Reporter()))


def test_who_may_not_ask_does_not_read(ada, harbour):
    _, report = reported()
    for actor in (ada, harbour):
        with pytest.raises(Forbidden):
            conversations.conversation(actor, report)
        with pytest.raises(Forbidden):
            channel_actions.ask(actor, report=report, text="On which day?")


@given(st.data())
def test_a_changed_answer_sheet_is_read_or_refused_and_never_crashes(data):
    plain = bytearray(write_sheet(Sheet(words="a few words", happening="threat", form=Form.OWN, pace=9), b"salt"))
    for _ in range(data.draw(st.integers(1, 5))):
        plain[data.draw(st.integers(0, len(plain) - 1))] = data.draw(st.integers(0, 255))
    with suppress(TutelaError):
        sheet = read_sheet(bytes(plain))
        assert sheet.form in list(Form)
        assert 0 <= sheet.pace <= MAX_PACE
