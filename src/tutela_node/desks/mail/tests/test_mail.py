"""Mail with reports, from a real client to the desk, and what the worker makes of it."""

import json
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from django.db import connections
from simulators.certificates import certificate

from tutela.wire.arf.tests.test_arf import FEEDBACK, built
from tutela.wire.xarf.tests.reports import item, report
from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.desks.mail.tests.postal import HERE, Post, mail, send
from tutela_node.foundation.errors import TutelaError
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import queries
from tutela_node.intake.models import MailDrop
from tutela_node.journeys import steps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post():
    with Post() as made:
        yield made


def read():
    """Everything that came, as reports, oldest first, once the worker has read it."""
    steps.sweep()
    return [queries.report(SYSTEM, each.id) for each in reversed(queries.reports(SYSTEM))]


def refused(code, post, message, **how):
    with pytest.raises(smtplib.SMTPResponseException) as told:
        send(post, message, **how)
    assert told.value.smtp_code == code
    assert not MailDrop.objects.exists()


def xarf_mail(value, **headers):
    made = mail(**headers)
    made.add_attachment(json.dumps(value).encode(), maintype="application", subtype="json", filename="xarf.json")
    return made


def test_a_plain_mail_is_a_report_for_people(post):
    send(post, mail())
    (found,) = read()
    assert (found.channel, found.problem) == ("mail", "")
    assert found.words == "a test message\n\nA test message about https://host.example/1"
    assert b"A test message" in queries.original(SYSTEM, found.id)


def test_a_mail_is_ciphertext_until_the_worker_opens_it_and_emptied_then(post):
    send(post, mail())
    assert b"test message" not in bytes(MailDrop.objects.get().sealed)
    read()
    assert bytes(MailDrop.objects.get().sealed) == b""


def test_arf_by_mail_leads_to_its_addresses(post):
    send(post, built(FEEDBACK))
    (found,) = read()
    assert (found.channel, found.urls) == ("arf", ("https://host.example/a/b",))
    assert found.context["feedback_type"] == "fraud"


def test_xarf_by_mail_is_read_and_the_mail_is_its_original(post):
    send(post, xarf_mail(report()))
    (found,) = read()
    assert (found.channel, found.urls) == ("xarf", ("https://host.example/item/1",))
    assert b"Message-ID: <1@a.example>" in queries.original(SYSTEM, found.id)
    assert found.context["sender"] == "somebody@sender.example"


def test_xarf_in_the_three_parts_of_arf_is_read_as_xarf(post):
    made = MIMEMultipart("report")
    made.set_param("report-type", "feedback-report")
    made["From"] = "somebody@sender.example"
    made.attach(MIMEText("A test message."))
    feedback = EmailMessage()
    feedback["Content-Type"] = "message/feedback-report"
    feedback.set_payload("Feedback-Type: xarf\r\nUser-Agent: x/1\r\nVersion: 1\r\n")
    made.attach(feedback)
    made.attach(MIMEText(json.dumps([report(), report(tags=["a:b"])]), "json"))
    send(post, made.as_bytes())
    assert [each.channel for each in read()] == ["xarf", "xarf"]


def test_the_same_mail_again_is_not_a_second_report(post):
    for _ in range(2):
        send(post, mail())
    send(post, b"Received: from relay.example\r\n" + mail().as_bytes())
    assert len(read()) == 1
    send(post, mail("Another test message"))
    assert len(read()) == 2


def test_other_recipients_are_refused(post):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(post, mail(), to=("else@line.example",))
    send(post, mail(), to=("REPORT@line.example", "else@line.example"))
    assert len(read()) == 1


@pytest.mark.parametrize("kind", [("image", "png"), ("application", "zip"), ("text", "plain")])
def test_material_is_refused_and_nothing_is_kept(post, kind):
    made = mail()
    made.add_attachment(picture(3), maintype=kind[0], subtype=kind[1], filename="a.bin")
    refused(554, post, made)
    inside = EmailMessage()
    inside.set_content("A test message")
    inside.add_attachment(made)
    inside["From"] = "a@b.example"
    refused(554, post, inside)


def test_material_inside_xarf_by_mail_is_not_read_out(post):
    send(post, xarf_mail(report(evidence=[item(content_type="image/png", payload="iVBORw0KGgo=")])))
    (found,) = read()
    assert (found.urls, found.items) == ((), ())
    assert "material" in found.problem


def test_bounces_and_automatic_answers_are_set_aside(post):
    bounce = MIMEMultipart("report")
    bounce.set_param("report-type", "delivery-status")
    bounce["From"] = "mailer-daemon@relay.example"
    bounce.attach(MIMEText("A test message could not be delivered."))
    send(post, bounce.as_bytes(), sender="")
    send(post, mail(Auto_Submitted="auto-replied", Message_ID="<2@a.example>"))
    assert read() == []
    assert AuditRecord.objects.filter(verb="mail.set_aside").count() == 2
    send(post, mail(Auto_Submitted="auto-generated", Message_ID="<3@a.example>"), sender="")
    assert len(read()) == 1


def test_a_mail_in_a_loop_is_refused(post):
    refused(554, post, b"Received: from a.example\r\n" * 60 + mail().as_bytes())


@pytest.mark.parametrize("body", [b"Content-Type: a/b\r\n" * 600 + b"\r\n", b"A: b\r\n\r\n" + b"\r\n" * 260_000])
def test_what_is_more_than_is_read_is_refused(post, body):
    refused(554, post, body)


@pytest.mark.parametrize(
    "body", [b"\xff\x00\r\n\r\n", b"no head at all", b"A: b\r\n" * 5000, b"Content-Type: x/\r\n\r\n"]
)
def test_what_cannot_be_read_is_a_report_for_people(post, body):
    send(post, body)
    (found,) = read()
    assert queries.original(SYSTEM, found.id).rstrip() == body.rstrip()


def test_too_much_is_refused_and_the_next_mail_is_taken(post):
    refused(552, post, b"Subject: a test message\r\n\r\n" + (b"a" * 70 + b"\r\n") * 260_000)
    send(post, mail())
    assert len(read()) == 1


def test_while_it_cannot_be_kept_its_server_is_told_to_come_again(post):
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE intake_maildrop RENAME TO intake_elsewhere")
    try:
        with pytest.raises(smtplib.SMTPDataError) as told:
            send(post, mail())
        assert told.value.smtp_code == 451
    finally:
        with connections["default"].cursor() as cursor:
            cursor.execute("ALTER TABLE intake_elsewhere RENAME TO intake_maildrop")
    send(post, mail())
    assert len(read()) == 1


def test_lmtp_answers_for_each_recipient():
    with Post("lmtp") as post:
        send(post, mail())
        with post.client() as client:
            client.ehlo_or_helo_if_needed()
            client.mail("a@b.example")
            assert [client.rcpt(HERE)[0], client.rcpt(HERE)[0]] == [250, 250]
            assert client.data(mail("Another").as_bytes())[0] == 250
            assert client.getreply()[0] == 250
    assert len(read()) == 2


def test_starttls_is_offered_with_a_certificate(tmp_path):
    chain = certificate(tmp_path, "localhost")
    with Post(tls=chain) as post, post.client() as client:
        context = ssl.create_default_context(cafile=str(chain[0]))
        context.check_hostname = False
        assert client.starttls(context=context)[0] == 220
        client.sendmail("a@b.example", [HERE], mail().as_bytes())
    assert len(read()) == 1


@pytest.mark.parametrize(
    "line", [b"\xff\xfe\r\n", b"RCPT TO:<" + b"a" * 900 + b">\r\n", b"DATA\r\n", b"MAIL FROM:<>\0\r\n"]
)
def test_a_wrong_command_ends_nothing(post, line):
    with socket.create_connection(("127.0.0.1", post.settings.port), timeout=10) as client:
        assert client.recv(200).startswith(b"220")
        client.sendall(b"EHLO a.example\r\n")
        assert client.recv(2000).startswith(b"250")
        client.sendall(line)
        told = client.recv(2000)
        assert told[:1] in (b"2", b"5")
        assert b"Traceback" not in told
    send(post, mail())
    assert len(read()) == 1


def test_connections_are_bounded():
    with Post(most=2) as post:
        where = ("127.0.0.1", post.settings.port)
        with socket.create_connection(where) as first, socket.create_connection(where) as second:
            assert first.recv(3) == second.recv(3) == b"220"
            with socket.create_connection(where) as third:
                assert third.recv(3) == b"421"


def test_a_mail_whose_reader_was_given_up_is_a_report_for_people(post):
    send(post, mail())
    steps.KINDS["mail_received", "read"].give_up(MailDrop.objects.get().id, TutelaError("broke with ValueError"))
    (found,) = [queries.report(SYSTEM, each.id) for each in queries.reports(SYSTEM)]
    assert "broke" in found.problem
    assert b"A test message" in queries.original(SYSTEM, found.id)
