"""Abuse reports by mail: as the RFC has them, as Python's `email` builds them, and as programs get them wrong."""

from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited, TutelaError
from tutela.wire.arf import FORM, read, write
from tutela.wire.findings import Weight

FIELDS = {
    "Feedback-Type": "abuse",
    "User-Agent": "example-line/1",
    "Source-IP": "192.0.2.1",
    "Arrival-Date": "Sat, 31 Jan 2026 12:00:00 +0000",
    "Original-Mail-From": "<someone@sender.example>",
    "Reported-Domain": ["Host.example", "other.example"],
    "Reported-URI": "https://host.example/item/1",
}
HEAD = {
    "From": "desk@line.example",
    "To": "abuse@host.example",
    "Subject": "a test message",
    "Message-ID": "<1@a.example>",
}
REPORTED = "From: someone@sender.example\r\nSubject: a test message\r\n"
AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def written(**changes):
    fields = {name: value for name, value in {**FIELDS, **changes}.items() if value is not None}
    return write(fields, head=HEAD, words="A test message.", reported=REPORTED, at=AT)


def places(data):
    return [fault.place for fault in read(data).findings if fault.weight is Weight.FAULT]


def test_all_fields_are_read():
    found = read(written())
    assert (found.feedback_type, found.source_ip, found.incidents) == ("abuse", "192.0.2.1", 1)
    assert found.addresses == ("https://host.example/item/1",)
    assert found.domains == ("host.example", "other.example")
    assert (found.senders, found.arrived_at) == (("someone@sender.example",), AT)
    assert found.original.startswith(b"From: someone")
    assert found.findings == ()


def built(feedback, third="message/rfc822"):
    """As programs build it with Python's older classes."""
    mail = MIMEMultipart("report", **{"report-type": "feedback-report"})
    mail["From"], mail["Subject"] = "desk@line.example", "a test message"
    mail.attach(MIMEText("A test message."))
    part = Message()
    part["Content-Type"] = "message/feedback-report"
    part.set_payload(feedback)
    mail.attach(part)
    if third:
        original = Message()
        original["Content-Type"] = third
        original.set_payload(REPORTED + "\r\nA test message.\r\n")
        mail.attach(original)
    return mail.as_bytes()


FEEDBACK = (
    "Feedback-Type: fraud\nUser-Agent: x/1\nVersion: 1\nReported-URI: https://host.example/\n a/b\nIncidents: 3\n"
)


def test_the_mail_of_python_s_email_is_accepted():
    found = read(built(FEEDBACK))
    assert (found.feedback_type, found.incidents, found.addresses) == ("fraud", 3, ("https://host.example/a/b",))
    assert b"A test message." in found.original
    assert found.findings == ()


def test_a_feedback_part_in_base64_is_read_all_the_same():
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "desk@line.example", "a test message"
    mail.set_content("A test message.")
    mail.add_attachment(FEEDBACK.encode(), maintype="message", subtype="feedback-report")
    found = read(mail.as_bytes())
    assert found.addresses == ("https://host.example/a/b",)
    assert [fault.place for fault in found.findings] == ["Content-Type", "parts"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("Feedback-Type: fraud\n", ""), "part 2, Feedback-Type"),
        (("User-Agent: x/1\n", ""), "part 2, User-Agent"),
        (("Version: 1", "Version: 2"), "part 2, Version"),
        (("Incidents: 3", "Incidents: many"), "part 2, Incidents"),
        (("Incidents: 3", "Source-IP: 1.2.3"), "part 2, Source-IP"),
        (("Incidents: 3", "Arrival-Date: yesterday"), "part 2, Arrival-Date"),
        (("Incidents: 3", "Reported-Domain: -a-"), "part 2, Reported-Domain"),
        (("Incidents: 3", "Version: 1"), "part 2, Version"),
        (("https://host.example/", "host.example/"), "part 2, Reported-URI"),
        (("fraud", "auth-failure"), "part 2, Auth-Failure"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change, place):
    assert places(built(FEEDBACK.replace(*change))) == [place]


def test_a_type_that_is_not_known_is_doubtful_and_read_as_other():
    found = read(built(FEEDBACK.replace("fraud", "sport")))
    assert (found.feedback_type, found.is_broken) == ("other", False)
    assert [each.place for each in found.findings if each.weight is Weight.WARNING] == ["part 2, Feedback-Type"]


@pytest.mark.parametrize("version", ["1", "1.0", "0.1"])
def test_the_version_is_one_however_it_is_written(version):
    assert places(built(FEEDBACK.replace("Version: 1", f"Version: {version}"))) == []


@pytest.mark.parametrize(
    ("date", "at"),
    [("Sat, 31 Jan 2026 12:00:00 -0000", AT), ("Sat, 31 Jan 2026 12:00:00 -0000 (UTC)", AT),
     ("Sat, 31 Jan 2026 13:00:00 +0100 (CET)", AT), ("Sat, 31 Jan 2026 07:00:00 EST", AT),
     ("Sat, 31 Jan 2026 12:00:00", None)],
)  # fmt: skip
def test_a_date_without_a_place_is_utc_and_one_without_a_zone_is_none(date, at):
    found = read(built(FEEDBACK + f"Arrival-Date: {date}\n"))
    assert found.arrived_at == at
    assert found.is_broken is (at is None)


@pytest.mark.parametrize("date", ["2026-01-31T12:00:00Z", "2026-01-31 12:00:00 UTC", "2026-01-31T13:00:00+01:00"])
def test_a_date_of_another_form_is_a_fault_and_read(date):
    found = read(built(FEEDBACK + f"Arrival-Date: {date}\n"))
    assert (found.arrived_at, places(built(FEEDBACK + f"Arrival-Date: {date}\n"))) == (AT, ["part 2, Arrival-Date"])


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_letters_beyond_ascii_stay_what_they_are(charset):
    raw = built(FEEDBACK + "Reported-Domain: bUcher.example\n").replace(b"bUcher", "bücher".encode(charset))
    assert read(raw).domains == ("bücher.example",)


def test_several_sources_are_all_told():
    lines = "Source-IP: 192.0.2.1\nSource-IP: [IPv6:2001:db8::1]\nSource-IP: 192.0.2.2, 192.0.2.3\n"
    found = read(built(FEEDBACK + lines))
    assert found.source_ips == ("192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3")
    assert found.source_ip == "192.0.2.1"
    assert "part 2, Source-IP" in places(built(FEEDBACK + lines))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_end_as_they_do_anywhere(end):
    raw = b"\n".join(built(FEEDBACK).splitlines()).replace(b"\n", end)
    assert FORM.looks(raw)
    assert read(raw).addresses == read(built(FEEDBACK)).addresses


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_heads_that_end_in_white_space_alone_hide_nothing(end):
    whole = built(FEEDBACK).decode().splitlines()
    starts = [number for number, line in enumerate(whole) if not line]
    spaced = [" " if number in starts[1:] and not whole[number - 1].startswith("--") else line
              for number, line in enumerate(whole)]  # fmt: skip
    found = read(end.join(spaced).encode())
    assert (found.addresses, found.findings) == (read(built(FEEDBACK)).addresses, ())
    assert found.original.startswith(b"From: someone")


def test_an_unknown_type_is_other_and_a_missing_original_is_a_fault():
    found = read(built(FEEDBACK.replace("fraud", "sport"), third=""))
    assert found.feedback_type == "other"
    assert "parts" in [fault.place for fault in found.findings]


def test_a_mail_without_a_feedback_part_is_no_report():
    with pytest.raises(Invalid):
        read(b"From: a@b.example\r\nSubject: a test message\r\n\r\nA test message.\r\n")
    with pytest.raises(Invalid):
        read(b"")


def test_what_breaks_the_form_is_not_written():
    with pytest.raises(Invalid, match="Source-IP"):
        written(**{"Source-IP": "somewhere"})
    with pytest.raises(Invalid):
        written(**{"User-Agent": "a\nb"})


@pytest.mark.parametrize(
    "data",
    [
        b"A: 1\n" + b"\n" * 300_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 70,
        b"A: 1\n\n" + bytes(9_000_000),
        b"Content-Type: text/plain" + b";a=b" * 100_000 + b"\n\n",
        b"Content-Disposition: inline" + b";\n a=b" * 50_000 + b"\n\n",
    ],
)
def test_bounds_hold(data):
    with pytest.raises(Limited):
        read(data)


@given(st.data())
def test_no_change_of_a_mail_breaks_the_reader(data):
    body = bytearray(built(FEEDBACK))
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=12)):
        body[at] = data.draw(st.integers(0, 255))
    with suppress(TutelaError):
        read(bytes(body))


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body):
    with suppress(TutelaError):
        read(body)
