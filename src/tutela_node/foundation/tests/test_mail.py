"""Mail out of the outbox, through a real SMTP server on loopback."""

from dataclasses import replace
from datetime import timedelta

import pytest
from simulators.certificates import certificate

from tutela_node.desks.cli.exampleland.mailbox import Mailbox
from tutela_node.foundation import clock, delivering, mail, outbox
from tutela_node.foundation.errors import Invalid
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.models import OutboxMessage

pytestmark = pytest.mark.django_db
ARABIC = "العنوان:\nhttp://img4.example/a?b=1\nنشكركم"


@pytest.fixture
def mailbox(settings):
    with Mailbox() as mailbox:
        settings.TUTELA = replace(settings.TUTELA, smtp=(mailbox.host, mailbox.port))
        yield mailbox


def post(**changes):
    fields = {"to": "abuse@harbour.example", "subject": "إشعار N-1", "body": ARABIC, "language": "ar"}
    id = outbox.post(kind="mail", subject=new_id(), payload={**fields, **changes})
    return OutboxMessage.objects.get(id=id)


def again(message):
    message.refresh_from_db()
    return message


def test_a_mail_arrives_as_it_was_written(mailbox):
    row = post()
    assert mail.deliver_due() == 1
    (got,) = mailbox.messages
    assert got["Message-ID"] == row.message_id
    assert got["Subject"] == "إشعار N-1"
    assert got.get_content().replace("\r\n", "\n").strip() == ARABIC
    assert (got["Auto-Submitted"], got["Content-Language"]) == ("auto-generated", "ar")
    assert mailbox.recipients == [["abuse@harbour.example"]]
    assert again(row).state == OutboxMessage.State.SENT


def test_what_was_sent_is_not_sent_again(mailbox):
    post()
    assert [mail.deliver_due(), mail.deliver_due()] == [1, 0]


def test_what_is_not_due_waits(mailbox):
    row = post()
    OutboxMessage.objects.filter(id=row.id).update(due_at=clock.now() + timedelta(hours=1))
    assert mail.deliver_due() == 0


def test_a_temporary_refusal_is_tried_again_later_and_later(mailbox):
    row, pauses = post(), []
    mailbox.refuse(451)
    for _ in range(3):
        with clock.standing_at(again(row).due_at):
            assert mail.deliver_due() == 0
            pauses.append((again(row).due_at - clock.now()).total_seconds())
    assert pauses == [60, 300, 900]
    assert again(row).problem == "the mail server cannot take the message now (451)"
    mailbox.accept()
    with clock.standing_at(again(row).due_at):
        assert mail.deliver_due() == 1


def test_a_permanent_refusal_ends_it(mailbox):
    row = post()
    mailbox.refuse(550)
    assert mail.deliver_due() == 0
    assert again(row).state == OutboxMessage.State.FAILED
    assert again(row).problem == "the mail server refused the message for good (550)"


def test_a_mail_whose_fate_is_unknown_goes_again_under_the_same_id(mailbox):
    row = post()
    mailbox.forget()
    assert mail.deliver_due() == 0
    mailbox.accept()
    with clock.standing_at(again(row).due_at):
        assert mail.deliver_due() == 1
    assert [got["Message-ID"] for got in mailbox.messages] == [row.message_id] * 2


def test_a_worker_killed_before_it_says_sent_leaves_the_mail_due_again(mailbox):
    row = post()
    OutboxMessage.objects.filter(id=row.id).update(due_at=clock.now() + delivering.HELD, attempts=1)
    with clock.standing_at(clock.now() + delivering.HELD):
        assert mail.deliver_due() == 1
    assert mailbox.messages[0]["Message-ID"] == row.message_id


def test_a_server_that_is_away_is_tried_again(settings):
    with Mailbox() as mailbox:
        settings.TUTELA = replace(settings.TUTELA, smtp=(mailbox.host, mailbox.port))
    row = post()
    assert mail.deliver_due() == 0
    assert (again(row).state, again(row).attempts) == (OutboxMessage.State.WAITING, 1)


def test_in_production_a_server_whose_certificate_does_not_hold_gets_nothing(settings, tmp_path):
    with Mailbox(tls=certificate(tmp_path, "mail.example")) as mailbox:
        settings.TUTELA = replace(settings.TUTELA, smtp=(mailbox.host, mailbox.port), production=True)
        row = post()
        assert mail.deliver_due() == 0
    assert mailbox.messages == []
    assert again(row).problem == "the mail server's certificate does not hold"


def test_after_the_last_attempt_it_is_given_up(settings, mailbox):
    row = post()
    OutboxMessage.objects.filter(id=row.id).update(attempts=delivering.ATTEMPTS - 1)
    mailbox.refuse(451)
    mail.deliver_due()
    assert again(row).state == OutboxMessage.State.FAILED


@pytest.mark.parametrize("to", ["a@b.example\r\nBcc: c@d.example", "", "no address"])
def test_a_recipient_that_no_header_can_hold_fails_for_good(mailbox, to):
    row = post(to=to)
    mail.deliver_due()
    assert (again(row).state, mailbox.messages) == (OutboxMessage.State.FAILED, [])


def test_a_subject_cannot_carry_another_header():
    with pytest.raises(Invalid):
        mail.compose(
            {"to": "a@b.example", "subject": "x\nBcc: c@d.example", "body": "x", "language": "en"}, message_id="<1@n>"
        )
