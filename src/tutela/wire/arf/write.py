"""An abuse report as a mail in the three parts of RFC 5965, read back before it leaves.

Rules:
- the fields are those of the form; what it reports travels as a head alone, never with its content
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime

from tutela.errors import Invalid
from tutela.wire.arf.read import read
from tutela.wire.findings import Weight

Fields = Mapping[str, str | Sequence[str]]


def write(fields: Fields, *, head: Mapping[str, str], words: str, reported: str, at: datetime) -> bytes:
    """The mail. `fields`: of the report, by name; `head`: From, To, Subject, Message-ID; `reported`: a mail's head.

    Raises Invalid with the place of what breaks the form.
    """
    mail = MIMEMultipart("report")
    mail.set_param("report-type", "feedback-report")
    try:
        for name, value in {**head, "Date": format_datetime(at), "Auto-Submitted": "auto-generated"}.items():
            mail[name] = value
        mail.attach(MIMEText(words, "plain", "utf-8"))
        mail.attach(_feedback(fields))
        mail.attach(_part("text", "rfc822-headers", reported))
        data = mail.as_bytes(policy=SMTP)
    except (ValueError, UnicodeError):
        raise Invalid("a field holds what no head can carry", place="fields") from None
    for each in read(data).findings:
        if each.weight is Weight.FAULT:
            raise Invalid(each.message, place=each.place)
    return data


def _feedback(fields: Fields) -> Message:
    lines = [
        f"{name}: {each}"
        for name, value in {"Version": "1", **fields}.items()
        for each in ([value] if isinstance(value, str) else value)
    ]
    if any("\n" in line or "\r" in line for line in lines):
        raise ValueError("one line a field")
    return _part("message", "feedback-report", "\r\n".join([*lines, ""]))


def _part(main: str, sub: str, text: str) -> Message:
    part = MIMENonMultipart(main, sub)
    part.set_payload(text.encode("ascii").decode())
    return part
