"""Many changed reports of every form: each is read, or refused with a place; nothing breaks, hangs or grows.

The quick laws stand beside each form; these take their time.
"""

import io
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutela.errors import TutelaError
from tutela.wire import arf, csvreports, xarf
from tutela.wire.arf.tests.test_arf import FEEDBACK, built, written
from tutela.wire.forms import recognise
from tutela.wire.mailread import first_media, read_mail
from tutela.wire.xarf.tests.reports import item, report

pytestmark = pytest.mark.slow
MANY = settings(max_examples=5000, deadline=2000, suppress_health_check=list(HealthCheck))
PIECES = [
    *(
        b"",
        b"\0",
        b"\r\n",
        b"\r\n\r\n",
        b"--",
        b'"',
        b"{",
        b"[",
        b"\\u",
        b"=?utf-8?b?",
        b";",
        b"=",
        b"\xff\xfe",
        b"%00",
    ),
    *(b"boundary=", b"charset=", b"Content-Type: message/rfc822\r\n\r\n", b"9" * 400, b"a" * 70_000),
]
SEEDS = {
    "xarf": json.dumps([report(evidence=[item(hash="md5:00", size=6)]), {"Version": "3", "Report": {}}]).encode(),
    "arf": built(FEEDBACK),
    "mail": written(),
    "csv": b'url;note;hash\nhttps://host.example/1;"a;\nb";\n' * 4,
}
READERS = {
    "xarf": xarf.read,
    "arf": arf.read,
    "mail": lambda data: first_media(read_mail(data)),
    "csv": lambda data: list(csvreports.read(io.BytesIO(data))),
}


@st.composite
def changed(draw, seed):
    """The seed with some bytes changed, cut out, doubled or put in."""
    body = bytearray(seed)
    for _ in range(draw(st.integers(1, 8))):
        at, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
        what = draw(st.integers(0, 3))
        if what == 0:
            body[at : min(end, at + 40)] = b""
        elif what == 1:
            body[at:at] = body[at : min(end, at + 200)]
        elif what == 2:
            body[at:at] = draw(st.sampled_from(PIECES))
        elif at < len(body):
            body[at] = draw(st.integers(0, 255))
    return bytes(body)


@pytest.mark.parametrize("form", SEEDS)
@MANY
@given(data=st.data())
def test_no_change_breaks_a_reader(form, data):
    body = data.draw(changed(SEEDS[form]))
    with suppress(TutelaError):
        READERS[form](body)
    with suppress(TutelaError):
        recognise(body).check(body)
